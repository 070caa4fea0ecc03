"""What a person reads when the form or the message extension was refused (bot/replies.py)."""

from collections.abc import Callable
from typing import Any

from bot.listeners import Listener
from domain.errors import Refusal
from domain.form_errors import EndPassed, NotHere


def _not_here(_: NotHere, to: Listener) -> str:
    return to.speech.say("I am not in this chat: please add me first, or invite from a chat that I am in.")


def _end_passed(_: EndPassed, to: Listener) -> str:
    return to.speech.say("The day on which the access was to end is over. Nobody was invited.")


REFUSALS: dict[type[Refusal], Callable[[Any, Listener], str]] = {NotHere: _not_here, EndPassed: _end_passed}
