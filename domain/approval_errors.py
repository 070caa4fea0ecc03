"""Refusals around approvals. Members of the tree in domain/errors.py.

Refusal
├── AccessRefusal
│   ├── NotApprover              others decide; names them
│   └── NotAsker                 only who asked withdraws
├── RequestRefusal
│   ├── UnknownApproval          no such request in this tenant, or none of this person's business
│   └── NeedsApproval            this address cannot be put in the place of another without a second person's word
└── LimitRefusal
    └── ApprovalPutOff           approved, but the asker's quota is used up: says when it works
"""

from typing import ClassVar

from domain.errors import AccessRefusal, LimitReached, RequestRefusal
from domain.value import value


@value
class NotApprover(AccessRefusal):
    code: ClassVar[str] = "not_approver"
    approvers: tuple[str, ...] = ()
    own: bool = False
    """True: the person asked, and somebody else decides."""


@value
class NotAsker(AccessRefusal):
    code: ClassVar[str] = "not_asker"
    asker: str = ""


@value
class UnknownApproval(RequestRefusal):
    code: ClassVar[str] = "unknown_approval"


@value
class NeedsApproval(RequestRefusal):
    code: ClassVar[str] = "needs_approval"
    address: str = ""
    approvers: tuple[str, ...] = ()


@value
class ApprovalPutOff(LimitReached):
    code: ClassVar[str] = "approval_put_off"
    asker: str = ""


ALL = (NotApprover, NotAsker, UnknownApproval, NeedsApproval, ApprovalPutOff)
