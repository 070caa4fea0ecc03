"""Refusals of the invite form and the message extension; they belong to the tree at the top of domain/errors.py."""

from typing import ClassVar

from domain.errors import RequestRefusal
from domain.value import value


@value
class NotHere(RequestRefusal):
    """Asked for in a chat that the bot was not added to."""

    code: ClassVar[str] = "not_here"


@value
class EndPassed(RequestRefusal):
    """The access would end before it begins."""

    code: ClassVar[str] = "end_passed"
