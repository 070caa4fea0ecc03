"""Answers on cards that the bot posted by itself: the card in its new state, and what is said of a refusal."""

from collections.abc import Callable
from typing import Any

import cards
from bot.listeners import Listener, Reply
from domain import errors, life_errors
from domain.life_views import ReviewView, WarningView


def warned(view: WarningView, to: Listener) -> Reply:
    card = cards.warning(view, language=to.language, masked=to.masked)
    return Reply(cards=(card,), address=to.address(view.address))


def reviewed(view: ReviewView, to: Listener) -> Reply:
    return Reply(cards=(cards.review(view, language=to.language, masked=to.masked),))


def _nothing_asked(_: life_errors.NothingAsked, to: Listener) -> str:
    return to.speech.say("This is not for you to answer, or it is too old. Sponsors and owners can.")


LIFE_REFUSALS: dict[type[errors.Refusal], Callable[[Any, Listener], str]] = {
    life_errors.NothingAsked: _nothing_asked,
}
