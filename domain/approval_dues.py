"""What becomes of a request for approval that nobody decides: approvers are told once more, and after a week it ends,
visibly."""

from datetime import datetime
from typing import Any

from domain import approvals, approvers, audit, notices, policy_changes
from domain.views import Claimed
from domain.wanted import ASKED, KIND, REMINDER, by_id, place_of
from domain.work import Work
from storage import approvals as rows


def act(work: Work, due: Claimed) -> datetime | None:
    row = by_id(work, due.tenant_id, due.subject_id)
    if row is None or row.decided_at is not None:
        return None
    if row.expires_at <= work.now:
        _expire(work, row)
        return None
    remind_at = row.asked_at + approvals.REMINDED
    if row.reminded_at is None:
        if work.now < remind_at:
            return remind_at
        _remind(work, row)
    return row.expires_at


def _expire(work: Work, row: Any) -> None:
    where = {"approval": row.approval_id, "tenant": row.tenant_id, "now": work.now}
    if work.run(rows.EXPIRE, where):
        approvals.settle(work, row.tenant_id, row.approval_id)
        _record(work, row, "approval.expired")


def _remind(work: Work, row: Any) -> None:
    """Another card, which is announced as the first was, to whoever approves today."""
    where = {"approval": row.approval_id, "tenant": row.tenant_id, "now": work.now}
    if not work.run(rows.REMIND, where):
        return
    policy = policy_changes.of_tenant(work, row.tenant_id)
    panel = approvers.of(work, policy, row.tenant_id, row.workspace_id, row.asked_by)
    approvals.tell(work, place_of(row), panel, row.approval_id + REMINDER, row.workspace_id)
    for kind in (KIND, ASKED):
        notices.changed(work, row.tenant_id, kind, row.approval_id)
    _record(work, row, "approval.reminded")


def _record(work: Work, row: Any, kind: str) -> None:
    audit.record(work, row.tenant_id, kind, audit.SYSTEM, workspace_id=row.workspace_id, approval=row.approval_id)
