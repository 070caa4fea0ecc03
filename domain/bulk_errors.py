"""Refusals about lists; they belong to the tree at the top of domain/errors.py."""

from typing import ClassVar

from domain.bulk_views import Unreadable
from domain.errors import RequestRefusal
from domain.value import value


@value
class UnreadableList(RequestRefusal):
    """Nothing can be made of it; `line` is the first one that is wrong, where one is."""

    code: ClassVar[str] = "unreadable_list"
    why: Unreadable = Unreadable.NO_CSV
    line: int | None = None


@value
class NotUploaded(RequestRefusal):
    """The result file could not be put where the client named; `elsewhere`: nothing is put there at all."""

    code: ClassVar[str] = "not_uploaded"
    elsewhere: bool = False


@value
class UnknownList(RequestRefusal):
    """No such list for this workspace and tenant, or not any more."""

    code: ClassVar[str] = "unknown_list"
