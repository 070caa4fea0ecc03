"""Requests about second factors, in the chat: a view → a card or a sentence."""

from collections.abc import Sequence

import cards
from bot.listeners import Listener, Reply
from domain.factor_views import ResetView


def asked(view: ResetView, to: Listener) -> Reply:
    """The request as it stands, in place of its card after a click. The card of a new one is posted by the outbox."""
    if view.new:
        return Reply()
    card = cards.factor_reset(view, language=to.language, masked=to.masked)
    return Reply(cards=(card,), address=to.address(view.address))


def waiting(views: Sequence[ResetView], to: Listener) -> Reply:
    if not views:
        return Reply(to.speech.say("No request waits for an admin’s word."))
    return Reply(cards=tuple(asked(view, to).cards[0] for view in views))
