"""What admins are shown of a feature that comes on by itself on a date. Frozen, no secrets."""

from datetime import datetime
from enum import StrEnum

from domain.terms import Kind, Surface
from domain.value import value


class Outcome(StrEnum):
    """What became, or will become, of an automatic switch."""

    PENDING = "pending"
    ON = "on"
    """The date came, and it was not stopped."""
    ENABLED = "enabled"
    """The tenant did not wait for the date."""
    BLOCKED = "blocked"
    """The tenant disabled the feature."""
    MOVED = "moved"
    """The operator took the date away, or set another one."""


class Remind(StrEnum):
    """When an admin wants to be reminded."""

    TOMORROW = "tomorrow"
    WEEK = "week"
    DAY_BEFORE = "day_before"


@value
class Reach:
    """How many a change concerns."""

    guests: int
    invitations: int
    """Open ones."""


@value
class SwitchView:
    notice_id: str
    feature: str
    at: datetime
    surfaces: tuple[Surface, ...]
    """On which it comes on then."""
    days: int
    """From the moment of asking until then, rounded up; 0: it is over."""
    outcome: Outcome
    moved_to: datetime | None
    """The next date, where there is another one."""
    comes_in: Reach
    """Who could sign in with it from that date on."""
    shut_out: Reach
    """Who could no longer sign in if it was disabled."""
    asking: bool = False
    """True: the admin wants to block it, and is asked whether to do that."""
    reminder_at: datetime | None = None
    """The admin was just told when the reminder comes."""
    kind: Kind = Kind.PERSONAL
    address: str = ""
