"""What people can ask for about lists of people; these belong to bot/commands.py."""

from dataclasses import dataclass

from bot.files import Attached
from domain.views import ParsedAddresses


@dataclass(frozen=True, slots=True)
class InviteList:
    listed: ParsedAddresses | str
    """Many addresses; or rows with a first one that names their columns."""
    days: int | None = None


@dataclass(frozen=True, slots=True)
class InviteFile:
    file: Attached
    days: int | None = None


@dataclass(frozen=True, slots=True)
class OfferFile:
    """The list's result as a file: whether it may be put into the reader's drive is asked first."""

    bulk_id: str


@dataclass(frozen=True, slots=True)
class Upload:
    """Where the client says that a file goes, and what it is called there."""

    name: str
    url: str
    content_url: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class PutFile:
    bulk_id: str
    upload: Upload


@dataclass(frozen=True, slots=True)
class NoFile:
    """The reader does not want it."""


@dataclass(frozen=True, slots=True)
class ConfirmList:
    bulk_id: str


@dataclass(frozen=True, slots=True)
class StopList:
    bulk_id: str


@dataclass(frozen=True, slots=True)
class ShowList:
    bulk_id: str
    only: str = ""
    """all, left, or nothing"""
    page: int = 1
