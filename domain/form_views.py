"""What the invite form holds, what is wrong with it, and what finding guests shows."""

from datetime import date
from enum import StrEnum

from domain.value import value
from domain.views import BadAddress, InvitationView, Kind, ParsedAddresses

NOTHING = ParsedAddresses((), ())


@value
class Filled:
    """The form as somebody filled it in, to be shown again as it was. All of it may be made up."""

    typed: str = ""
    """The addresses, as they were typed."""
    parsed: ParsedAddresses = NOTHING
    name: str = ""
    language: str = ""
    """One of those there are, or empty: as known."""
    days: int | None = None
    """None: the usual number; 0: not a number."""
    until: str = ""
    """A date (ISO 8601), in place of days."""
    sponsors: tuple[str, ...] = ()
    message: str = ""
    reason: str = ""
    """For approvers."""

    @property
    def plain(self) -> bool:
        """Nothing but addresses and days."""
        return not (self.name or self.language or self.until or self.sponsors or self.message or self.reason)


EMPTY = Filled()


class Input(StrEnum):
    """A field of the form, by the id it has on the card."""

    ADDRESSES = "addresses"
    NAME = "name"
    LANGUAGE = "language"
    DAYS = "days"
    UNTIL = "until"
    SPONSORS = "sponsors"
    MESSAGE = "message"
    REASON = "reason"


class Flaw(StrEnum):
    MISSING = "missing"
    BAD_ADDRESS = "bad_address"
    SEVERAL = "several"
    """One name for several addresses."""
    TOO_LONG = "too_long"
    LINK = "link"
    WRONG_DAYS = "wrong_days"
    NO_DATE = "no_date"
    PAST = "past"
    TOO_LATE = "too_late"
    TOO_MANY = "too_many"
    UNKNOWN_PERSON = "unknown_person"


@value
class Fault:
    field: Input
    flaw: Flaw
    words: tuple[str, ...] = ()
    """What is meant: the words that look like links."""
    most: int = 0
    bad: tuple[BadAddress, ...] = ()


@value
class FormView:
    """The form for one workspace: empty, prefilled, or once more with what is wrong."""

    kind: Kind
    workspace: str = ""
    filled: Filled = EMPTY
    faults: tuple[Fault, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    """Ids and names of people who could be sponsors, where the chat has no way to pick them."""
    days: int = 90
    days_most: int = 365
    today: date | None = None
    approval: bool = False
    """True: the tenant may want approval, so a reason is of use."""


@value
class FoundView:
    """Guests whose address or name begins with what was looked for."""

    guests: tuple[InvitationView, ...]
    names: tuple[str, ...]
    """Of each of them, as far as they are known."""
    masked: bool = True
    """False: nobody but the person reads it."""
