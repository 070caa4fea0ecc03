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
