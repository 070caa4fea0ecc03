"""What cards and pages may show of requests. Frozen, no secrets."""

from datetime import datetime
from enum import StrEnum

from domain.terms import Kind
from domain.value import value


class Wish(StrEnum):
    """What a request asks for."""

    INVITATION = "invitation"
    EXTENSION = "extension"


class Decision(StrEnum):
    INVITED = "invited"
    EXTENDED = "extended"
    ALREADY = "already"
    """There was nothing left to do."""
    ASKED = "asked"
    """The owner would invite, and an approver has the word now."""
    DISMISSED = "dismissed"


@value
class AskView:
    """The form on which the holder of a forwarded link asks for an invitation."""

    inviter: str
    workspace: str
    kind: Kind
    masked_address: str


@value
class RequestView:
    """A request as owners see it."""

    request_id: str
    wish: Wish
    workspace: str
    kind: Kind
    address: str
    """Who would be invited, or whose invitation would be extended; in full: cards mask it where others read along."""
    invited: str
    """To whom the link was mailed that the request was made with."""
    note: str
    asked_at: datetime
    decision: Decision | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
