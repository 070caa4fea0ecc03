"""What people can ask for about approvals: typed commands, as in bot/commands.py."""

from domain.approval_views import ApprovalTarget
from domain.value import value

Named = ApprovalTarget | str
"""A button's request, or an address."""


@value
class Approvals:
    page: int = 1


@value
class ShowApproval:
    target: ApprovalTarget


@value
class Approve:
    named: Named
    note: str = ""


@value
class Deny:
    named: Named
    note: str = ""


@value
class Withdraw:
    named: Named


ApprovalCommand = Approvals | ShowApproval | Approve | Deny | Withdraw
