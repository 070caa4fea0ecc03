"""What people can ask for about lists of people; these belong to bot/commands.py."""

from bot.files import Attached
from domain.value import value
from domain.views import ParsedAddresses


@value
class InviteList:
    listed: ParsedAddresses | str
    """Many addresses; or rows with a first one that names their columns."""
    days: int | None = None


@value
class InviteFile:
    file: Attached
    days: int | None = None


@value
class OfferFile:
    """The list's result as a file: whether it may be put into the reader's drive is asked first."""

    bulk_id: str


@value
class Upload:
    """Where the client says that a file goes, and what it is called there."""

    name: str
    url: str
    content_url: str
    unique_id: str


@value
class PutFile:
    bulk_id: str
    upload: Upload


@value
class NoFile:
    """The reader does not want it."""


@value
class ConfirmList:
    bulk_id: str


@value
class StopList:
    bulk_id: str


@value
class ShowList:
    bulk_id: str
    only: str = ""
    """all, left, or nothing"""
    page: int = 1
