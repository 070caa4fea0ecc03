"""What cards show of invitations that wait for an approver's word. Frozen, no secrets."""

from datetime import datetime
from enum import StrEnum

from domain.policy_views import Explanation
from domain.terms import Kind
from domain.value import value


class Word(StrEnum):
    """What became of a request for an approval."""

    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"
    """Approved, but who asked may not invite there any more: nothing was made."""


@value
class ApprovalTarget:
    """A request, and the state of it that the button's card showed."""

    approval_id: str
    version: int


@value
class ApprovalView:
    """A request as its approvers see it."""

    approval_id: str
    version: int
    workspace: str
    workspace_kind: Kind
    kind: Kind
    """Of the chat in which it is shown."""
    addresses: tuple[str, ...]
    """In full: cards mask them where others read along."""
    access_days: int
    reason: str
    asker: str
    """Name."""
    asked_at: datetime
    expires_at: datetime
    word: Word | None = None
    """None: it waits."""
    decider: str = ""
    decided_at: datetime | None = None
    note: str = ""
    approvers: tuple[str, ...] = ()
    """Names of who can decide it, as far as they are known."""
    waits_for: int = 0
    reached: int = 0
    """How many of them have a card of their own."""
    alone: bool = False
    """True: there is nobody but who asked."""
    invited: int = 0
    left_out: tuple[str, ...] = ()
    """Addresses that the policy kept out when it was approved, or that were there already."""
    explanations: tuple[Explanation, ...] = ()
    """Of the first few addresses: would they get in?"""
    reminder: bool = False

    @property
    def address(self) -> str:
        return self.addresses[0] if len(self.addresses) == 1 else ""


@value
class AskedView(ApprovalView):
    """The same as who asked sees it."""


@value
class ApprovalListView:
    kind: Kind
    page: int
    pages: int
    total: int
    lines: tuple[ApprovalView, ...]
    """Those to decide, and (AskedView) the person's own; none has explanations."""
