"""Refusals about cards that the bot posted by itself; they belong to the tree at the top of domain/errors.py."""

from dataclasses import dataclass
from typing import ClassVar

from domain.errors import RequestRefusal


@dataclass
class NothingAsked(RequestRefusal):
    """No such card, or nothing on it that this person may answer."""

    code: ClassVar[str] = "nothing_asked"
