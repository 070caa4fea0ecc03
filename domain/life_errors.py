"""Refusals about cards that the bot posted by itself; they belong to the tree at the top of domain/errors.py."""

from typing import ClassVar

from domain.errors import RequestRefusal
from domain.value import value


@value
class NothingAsked(RequestRefusal):
    """No such card, or nothing on it that this person may answer."""

    code: ClassVar[str] = "nothing_asked"
