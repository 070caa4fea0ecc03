"""What people can ask for about approvals: typed commands, as in bot/commands.py."""

from dataclasses import dataclass

from domain.approval_views import ApprovalTarget

Named = ApprovalTarget | str
"""A button's request, or an address."""


@dataclass(frozen=True, slots=True)
class Approvals:
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowApproval:
    target: ApprovalTarget


@dataclass(frozen=True, slots=True)
class Approve:
    named: Named
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deny:
    named: Named
    note: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    named: Named


ApprovalCommand = Approvals | ShowApproval | Approve | Deny | Withdraw
