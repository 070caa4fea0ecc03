"""The audit in the chat: a view → a card."""

import cards
from bot.listeners import Listener, Reply
from domain.history_views import HistoryView


def history(view: HistoryView, to: Listener) -> Reply:
    card = cards.audit(view, language=to.language, masked=to.masked)
    asked = view.question.address
    return Reply(cards=(card,), address=to.address(asked) if asked else None)
