"""What cards and mails about the life of an access may show."""

from datetime import datetime
from enum import StrEnum

from domain.terms import Kind
from domain.value import value


class Outlook(StrEnum):
    """How it stands with an access whose end was near."""

    ENDING = "ending"
    EXTENDED = "extended"
    LEFT = "left"
    """Somebody said that it is to end."""
    NEWER = "newer"
    """A newer card asks."""
    ENDED = "ended"


@value
class WarningView:
    """An access ends soon: a sponsor may extend it."""

    notice_id: str
    kind: Kind
    """Of the chat in which the card stands."""
    address: str
    workspace: str
    workspace_kind: Kind
    ends_at: datetime
    outlook: Outlook
    until: datetime
    """When the access ends, or ended, as it is now."""
    by: str = ""
    """Who extended it, or lets it end."""
    days: int = 0
    """So many days an extension gives from now."""


class Question(StrEnum):
    """Why something is asked about guests."""

    ATTESTATION = "attestation"
    INACTIVE = "inactive"
    SPONSOR_MISSING = "sponsor_missing"


class Answer(StrEnum):
    WAITING = "waiting"
    KEPT = "kept"
    ENDED = "ended"
    """Somebody ended the access."""
    RUN_OUT = "run_out"
    """Nobody answered in time."""
    BACK = "back"
    """The guest signed in."""
    CANCELLED = "cancelled"
    """The rule was changed, or does not fit any more."""
    OVER = "over"
    """The access ended in another way."""


@value
class ReviewLine:
    membership_id: str
    address: str
    seen_at: datetime
    """The last sign-in, or when the access began."""
    answer: Answer
    by: str = ""


@value
class ReviewView:
    """Are these guests still needed? One page of those whom the reader is asked about."""

    notice_id: str
    kind: Kind
    question: Question
    workspace: str
    workspace_kind: Kind
    until: datetime
    """By when to answer."""
    lines: tuple[ReviewLine, ...]
    page: int
    pages: int
    waiting: int
    """On all pages."""
    reminder: bool = False
    address: str = ""


class Ending(StrEnum):
    """Why an access ends."""

    DATE = "date"
    INACTIVE = "inactive"
    SPONSOR_MISSING = "sponsor_missing"


@value
class ReminderMail:
    """Holds the invitation's link: made at the moment of sending, never kept."""

    recipient: str
    language: str
    token: str
    inviter: str
    reply_to: str | None
    workspace: str
    kind: Kind
    mailed_at: datetime
    expires_at: datetime


@value
class EndingMail:
    """A guest's access ends."""

    recipient: str
    language: str
    workspace: str
    kind: Kind
    ends_at: datetime
    why: Ending
    contact: str
    """Whom to ask; empty: nobody is known."""
    reply_to: str | None
