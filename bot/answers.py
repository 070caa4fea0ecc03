"""The answer to an invoke, in the shape that its protocol asks for: cards, dialogs, the message extension."""

from collections.abc import Mapping
from typing import Any

import cards
from bot.invokes import DIALOGS
from bot.listeners import Card, Listener, Reply
from bot.turn import card_answer, message_answer

THUMBNAIL = "application/vnd.microsoft.card.thumbnail"


def body(name: str, reply: Reply, to: Listener) -> Mapping[str, Any]:
    """`name`: the invoke's. Its answer: one card, or a sentence."""
    if name in DIALOGS:
        return _in_dialog(reply.cards[0], to) if reply.cards else {"task": {"type": "message", "value": reply.text}}
    if name.startswith("composeExtension/"):
        return {"composeExtension": _found(reply)}
    return card_answer(reply.cards[0]) if reply.cards else message_answer(reply.text)


def _in_dialog(card: Card, to: Listener) -> Mapping[str, Any]:
    shown = {
        "title": to.speech.say("Invite guests"),
        "width": "medium",
        "height": "large",
        "card": cards.attachment(cards.dialog(card)),
    }
    return {"task": {"type": "continue", "value": shown}}


def _found(reply: Reply) -> Mapping[str, Any]:
    """Each card with the line that stands for it in the list."""
    if not reply.cards:
        return {"type": "message", "text": reply.text}
    listed = [
        cards.attachment(card) | {"preview": {"contentType": THUMBNAIL, "content": {"title": title, "text": text}}}
        for card, (title, text) in zip(reply.cards, reply.lines, strict=True)
    ]
    return {"type": "result", "attachmentLayout": "list", "attachments": listed}


def unknown(to: Listener) -> Reply:
    """To something that Gatehouse has not got."""
    return Reply(to.speech.say("I cannot do this. Write “help” to see what I can do."))
