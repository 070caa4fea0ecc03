"""Lists of people to invite: what was read, what became of each row, and what doors and cards may show of it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from domain.policy_views import Barrier
from domain.value import value
from domain.views import Kind
from domain.wishes import NO_WISHES, Wishes


class Unreadable(StrEnum):
    """Why a list cannot be taken at all."""

    NO_CSV = "no_csv"
    ENCODING = "encoding"
    EMPTY = "empty"
    QUOTES = "quotes"
    LONG_FIELD = "long_field"
    COLUMNS = "columns"
    NO_ADDRESSES = "no_addresses"
    ROWS = "rows"
    BYTES = "bytes"
    HOST = "host"
    """The file lies where Gatehouse fetches nothing from."""
    UNREACHABLE = "unreachable"


class Fault(StrEnum):
    """What is wrong with a row besides its address (domain/views.py: Problem)."""

    CELLS = "cells"
    """More of them than there are columns."""
    NAME = "name"
    LANGUAGE = "language"
    DAYS = "days"
    UNTIL = "until"
    MESSAGE = "message"


class Outcome(StrEnum):
    """What becomes of a row: `NEW` waits, all others are final."""

    NEW = "new"
    INVITED = "invited"
    OPEN = "open"
    GUEST = "guest"
    DUPLICATE = "duplicate"
    BAD = "bad"
    FORBIDDEN = "forbidden"
    TYPO = "typo"
    APPROVAL = "approval"
    STOPPED = "stopped"
    NO_RIGHT = "no_right"
    """Whoever confirmed the list may not invite here any more."""


FINE = frozenset({Outcome.NEW, Outcome.INVITED, Outcome.OPEN, Outcome.GUEST, Outcome.DUPLICATE})
"""Nobody has to do anything about these."""


class State(StrEnum):
    PREVIEW = "preview"
    CANCELLED = "cancelled"
    RUNNING = "running"
    WAITING = "waiting"
    STOPPED = "stopped"
    DONE = "done"


@value
class Line:
    """A row as it was read. Its number is what a spreadsheet shows beside it."""

    number: int
    given: str
    address: str = ""
    """Empty: there is no good one."""
    fault: str = ""
    """A Problem or a Fault."""
    days: int | None = None
    wishes: Wishes = NO_WISHES


@value
class Listed:
    lines: tuple[Line, ...]
    content_hash: str
    """Of what the rows ask for, whatever they are written like."""


@value
class BulkLine:
    number: int
    address: str
    """As it was given where it is none."""
    outcome: Outcome
    why: str = ""
    """A Problem or Fault; the row that it repeats; the domain that was probably meant."""
    barrier: Barrier | None = None


@value
class BulkView:
    """`kind`: where the card stands, which may be a personal chat about a team's list."""

    bulk_id: str
    version: int
    kind: Kind
    workspace: str
    workspace_kind: Kind
    state: State
    name: str
    """Of the file; empty: it was pasted."""
    rows: int
    by: str
    made_at: datetime
    counts: Mapping[Outcome, int] = field(default_factory=dict[Outcome, int])
    sent: int = 0
    failed: int = 0
    redeemed: int = 0
    again_at: datetime | None = None
    """When rows that wait for a quota are tried again."""
    only: str = ""
    """What the page shows: all, left (those that were not invited), or nothing."""
    page: int = 1
    pages: int = 1
    lines: tuple[BulkLine, ...] = ()
    known: bool = False
    """True: it was given before, and nothing was made of it now."""
    files: bool = False
    """True: where the card stands, people can take a file from the bot."""
    address: str = ""

    def count(self, *outcomes: Outcome) -> int:
        return sum(self.counts.get(each, 0) for each in outcomes)

    @property
    def left(self) -> int:
        """Rows that somebody has to look at."""
        return sum(number for outcome, number in self.counts.items() if outcome not in FINE)
