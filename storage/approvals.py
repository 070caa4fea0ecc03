"""Named queries of invitations that wait for an approver's word."""

from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from storage.lifecycle_tables import Approval, Notice
from storage.policy_tables import Policy
from storage.tables import Instant, Person, Workspace, table

APPROVALS, NOTICES = table(Approval), table(Notice)
WORKSPACES, PEOPLE, POLICIES = table(Workspace), table(Person), table(Policy)
NOW, SINCE = bindparam("now", type_=Instant), bindparam("since", type_=Instant)
_DECIDERS = PEOPLE.alias("deciders")
_WAITS = and_(APPROVALS.c.decided_at.is_(None), APPROVALS.c.expires_at > NOW)

ADD = insert(APPROVALS)
_WHOLE = (
    select(
        APPROVALS, WORKSPACES.c.name.label("workspace"), WORKSPACES.c.kind.label("workspace_kind"),
        WORKSPACES.c.channel_id, WORKSPACES.c.place_id, WORKSPACES.c.removed_at,
        POLICIES.c.version.label("policy_version"), POLICIES.c.document,
        func.coalesce(PEOPLE.c.name, "").label("asker"), func.coalesce(_DECIDERS.c.name, "").label("decider"),
    )
    .select_from(
        APPROVALS.join(
            WORKSPACES,
            and_(
                WORKSPACES.c.workspace_id == APPROVALS.c.workspace_id, WORKSPACES.c.tenant_id == APPROVALS.c.tenant_id
            ),
        )
        .outerjoin(POLICIES, POLICIES.c.tenant_id == APPROVALS.c.tenant_id)
        .outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == APPROVALS.c.tenant_id, PEOPLE.c.person_id == APPROVALS.c.asked_by)
        )
        .outerjoin(
            _DECIDERS,
            and_(_DECIDERS.c.tenant_id == APPROVALS.c.tenant_id, _DECIDERS.c.person_id == APPROVALS.c.decided_by),
        )
    )
    .where(APPROVALS.c.tenant_id == bindparam("tenant_id"))
)  # fmt: skip
BY_ID = _WHOLE.where(APPROVALS.c.approval_id == bindparam("approval_id"))
OPEN_IN = _WHOLE.where(_WAITS, APPROVALS.c.workspace_id == bindparam("workspace_id")).order_by(
    APPROVALS.c.asked_at, APPROVALS.c.approval_id
)
OPEN = _WHOLE.where(_WAITS).order_by(APPROVALS.c.asked_at, APPROVALS.c.approval_id)
LISTED = _WHOLE.where(
    or_(_WAITS, and_(APPROVALS.c.asked_by == bindparam("person_id"), APPROVALS.c.asked_at > SINCE))
).order_by(APPROVALS.c.asked_at.desc(), APPROVALS.c.approval_id)
"""All that wait, and what this person asked of late."""


def _change(*conditions: Any) -> Any:
    return update(APPROVALS).where(
        APPROVALS.c.approval_id == bindparam("approval"), APPROVALS.c.tenant_id == bindparam("tenant"), *conditions
    )


DECIDE = _change(_WAITS, APPROVALS.c.version == bindparam("seen")).values(
    decided_at=NOW, decided_by=bindparam("who"), decision=bindparam("word"), note=bindparam("said"),
    version=APPROVALS.c.version + 1,
)  # fmt: skip
CAME_OF_IT = _change().values(decision=bindparam("word"), outcome=bindparam("became"))
REMIND = _change(_WAITS, APPROVALS.c.reminded_at.is_(None)).values(reminded_at=NOW)
EXPIRE = _change(APPROVALS.c.decided_at.is_(None), APPROVALS.c.expires_at <= NOW).values(
    decided_at=NOW, decision="expired", version=APPROVALS.c.version + 1
)
TOLD = (
    select(NOTICES.c.notice_id, NOTICES.c.subject_id, NOTICES.c.person_id, NOTICES.c.quiet_at)
    .where(
        NOTICES.c.tenant_id == bindparam("tenant_id"),
        or_(NOTICES.c.kind == "approval", NOTICES.c.kind == "approval_asked"),
    )
    .where(NOTICES.c.subject_id.in_(bindparam("subjects", expanding=True)))
    .order_by(NOTICES.c.notice_id)
)
"""The cards about some requests."""
PRESENT = (
    select(PEOPLE.c.person_id, PEOPLE.c.name, PEOPLE.c.role, PEOPLE.c.left_at)
    .where(PEOPLE.c.tenant_id == bindparam("tenant_id"))
    .where(PEOPLE.c.person_id.in_(bindparam("person_ids", expanding=True)))
)
