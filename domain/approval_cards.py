"""What the cards of a request for approval show: an approver's, and the one where it was asked for."""

import json
from typing import Any

from domain import approvers, inquiries, policy_changes
from domain.approval_views import ApprovalView, AskedView, Word
from domain.approvers import Panel
from domain.policy_views import Explanation
from domain.views import Kind
from domain.wanted import REMINDER, by_id, wanted
from domain.work import Work
from storage import approvals as rows

EXPLAINED = 10
"""Addresses of which a card says whether they would get in."""
NOBODY = Panel("", (), ())


def to_decide(work: Work, row: Any, kind: Kind, *, explained: bool = True, reminder: bool = False) -> ApprovalView:
    """`kind`: of the chat in which it is shown."""
    panel = _panel(work, row)
    reasons = _explanations(work, row) if explained and _word(work, row) is None else ()
    return ApprovalView(**_facts(work, row, kind, panel), **_outcome(row), explanations=reasons, reminder=reminder)


def asked(work: Work, row: Any, kind: Kind) -> AskedView:
    """As who asked sees it."""
    panel = _panel(work, row)
    reached = {each.person_id for each in _told(work, row) if each.person_id and each.quiet_at is None}
    return AskedView(**_facts(work, row, kind, panel), **_outcome(row), reached=len(reached & {*panel.people}))


def posted(work: Work, notice: Any, kind: Kind) -> ApprovalView | None:
    """An approver's card."""
    row = by_id(work, notice.tenant_id, notice.subject_id.removesuffix(REMINDER))
    return row and to_decide(work, row, kind, reminder=notice.subject_id.endswith(REMINDER))


def put(work: Work, notice: Any, kind: Kind) -> AskedView | None:
    """The card where it was asked for."""
    row = by_id(work, notice.tenant_id, notice.subject_id)
    return row and asked(work, row, kind)


def concerned(work: Work, row: Any) -> frozenset[str]:
    """Who asked, and who was ever given a card."""
    return frozenset({row.asked_by, *(each.person_id for each in _told(work, row) if each.person_id)})


def _told(work: Work, row: Any) -> Any:
    subjects = [row.approval_id, row.approval_id + REMINDER]
    return work.all(rows.TOLD, {"tenant_id": row.tenant_id, "subjects": subjects})


def _word(work: Work, row: Any) -> Word | None:
    """What nobody decided in time is over, whether or not somebody has looked since."""
    if row.decision:
        return Word(row.decision)
    return Word.EXPIRED if row.expires_at <= work.now else None


def _panel(work: Work, row: Any) -> Panel:
    if _word(work, row) is not None:
        return NOBODY
    policy = policy_changes.of_tenant(work, row.tenant_id)
    return approvers.of(work, policy, row.tenant_id, row.workspace_id, row.asked_by)


def _facts(work: Work, row: Any, kind: Kind, panel: Panel) -> dict[str, Any]:
    what = wanted(row)
    return {
        "approval_id": row.approval_id,
        "version": row.version,
        "workspace": row.workspace,
        "workspace_kind": Kind(row.workspace_kind),
        "kind": kind,
        "addresses": what.addresses,
        "access_days": what.days,
        "reason": row.reason,
        "asker": row.asker,
        "asked_at": row.asked_at,
        "expires_at": row.expires_at,
        "word": _word(work, row),
        "decider": row.decider,
        "decided_at": row.decided_at,
        "note": row.note,
        "approvers": panel.names,
        "waits_for": len(panel.people),
        "alone": panel.alone,
    }


def _outcome(row: Any) -> dict[str, Any]:
    if row.outcome is None:
        return {}
    found = json.loads(row.outcome)
    return {"invited": found["invited"], "left_out": tuple(found["left_out"])}


def _explanations(work: Work, row: Any) -> tuple[Explanation, ...]:
    """As far as it is known without asking who has an account where."""
    what = wanted(row)
    inquiry = inquiries.of_workspace(work, row, what.surface, {})
    return tuple(inquiry.about(each) for each in what.addresses[:EXPLAINED])
