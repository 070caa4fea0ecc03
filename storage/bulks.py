"""Named queries of lists of people, and of their rows."""

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.sql import Executable

from storage.lifecycle_tables import Bulk, BulkRow
from storage.policy_tables import Policy
from storage.statements import insert as inserting
from storage.tables import Instant, Invitation, OutboxRow, Person, Workspace, table

BULKS, ROWS, INVITATIONS, OUTBOX = table(Bulk), table(BulkRow), table(Invitation), table(OutboxRow)
WORKSPACES, PEOPLE, POLICIES = table(Workspace), table(Person), table(Policy)
NOW = bindparam("now", type_=Instant)
NEW = "new"

FACTS = (
    select(
        BULKS, WORKSPACES.c.name.label("workspace"), WORKSPACES.c.kind, WORKSPACES.c.channel_id,
        WORKSPACES.c.place_id, func.coalesce(PEOPLE.c.name, "").label("by_name"),
        OUTBOX.c.due_at, OUTBOX.c.owner, POLICIES.c.version.label("policy_version"), POLICIES.c.document,
    )
    .select_from(
        BULKS.join(
            WORKSPACES,
            and_(WORKSPACES.c.workspace_id == BULKS.c.workspace_id, WORKSPACES.c.tenant_id == BULKS.c.tenant_id),
        )
        .outerjoin(PEOPLE, and_(PEOPLE.c.tenant_id == BULKS.c.tenant_id, PEOPLE.c.person_id == BULKS.c.person_id))
        .outerjoin(POLICIES, POLICIES.c.tenant_id == BULKS.c.tenant_id)
        .outerjoin(OUTBOX, OUTBOX.c.unique_key == "bulk:" + BULKS.c.bulk_id)
    )
    .where(BULKS.c.tenant_id == bindparam("tenant_id"))
)  # fmt: skip
"""A list, where it belongs, who gave it, and when its rows are looked at next."""
BY_ID = FACTS.where(BULKS.c.bulk_id == bindparam("bulk_id"))
BY_CONTENT = FACTS.where(
    BULKS.c.workspace_id == bindparam("workspace_id"), BULKS.c.content_hash == bindparam("content_hash"),
    BULKS.c.cancelled_at.is_(None),
)  # fmt: skip
OF_INVITATION = select(INVITATIONS.c.bulk_id).where(
    INVITATIONS.c.invitation_id == bindparam("invitation_id"), INVITATIONS.c.tenant_id == bindparam("tenant_id"),
    INVITATIONS.c.bulk_id.is_not(None),
)  # fmt: skip


@cache
def add(dialect: str) -> Executable:
    """Nothing where the workspace has the same list already."""
    return inserting(dialect)(BULKS).on_conflict_do_nothing()


ADD_ROWS = insert(ROWS)


def _change(*conditions: Any) -> Any:
    return update(BULKS).where(
        BULKS.c.bulk_id == bindparam("bulk"), BULKS.c.tenant_id == bindparam("tenant"), *conditions
    )


UNDECIDED = and_(BULKS.c.confirmed_at.is_(None), BULKS.c.cancelled_at.is_(None))
GOING_ON = and_(BULKS.c.confirmed_at.is_not(None), BULKS.c.cancelled_at.is_(None), BULKS.c.finished_at.is_(None))
NEXT = {"version": BULKS.c.version + 1}
CONFIRM = _change(UNDECIDED).values(confirmed_at=NOW, person_id=bindparam("person"), **NEXT)
CANCEL = _change(UNDECIDED).values(cancelled_at=NOW, **NEXT)
STOP = _change(GOING_ON).values(cancelled_at=NOW, finished_at=NOW, **NEXT)
FINISH = _change(GOING_ON).values(finished_at=NOW, **NEXT)
HOLD = _change(GOING_ON).values(rows=BULKS.c.rows)
"""Changes nothing: whoever works through a list has it alone until the unit ends."""

_ROW = and_(ROWS.c.bulk_id == bindparam("bulk"), ROWS.c.tenant_id == bindparam("tenant"))
WAITING = (
    select(ROWS.c.number, ROWS.c.address, ROWS.c.wishes)
    .where(_ROW, ROWS.c.done_at.is_(None), ROWS.c.number > bindparam("after"))
    .order_by(ROWS.c.number)
    .limit(bindparam("most"))
)
SETTLE = (
    update(ROWS)
    .where(_ROW, ROWS.c.number == bindparam("row"), ROWS.c.done_at.is_(None))
    .values(verdict=bindparam("outcome"), problem=bindparam("why"), invitation_id=bindparam("invitation"), done_at=NOW)
)
SETTLE_REST = update(ROWS).where(_ROW, ROWS.c.done_at.is_(None)).values(verdict=bindparam("outcome"), done_at=NOW)


def _number(fact: Any) -> Any:
    return func.sum(case((fact.is_not(None), 1), else_=0))


COUNTS = (
    select(
        ROWS.c.verdict, func.count().label("number"), _number(INVITATIONS.c.sent_at).label("sent"),
        _number(INVITATIONS.c.failed_at).label("failed"), _number(INVITATIONS.c.redeemed_at).label("redeemed"),
    )
    .select_from(
        ROWS.outerjoin(
            INVITATIONS,
            and_(INVITATIONS.c.invitation_id == ROWS.c.invitation_id, INVITATIONS.c.tenant_id == ROWS.c.tenant_id),
        )
    )
    .where(_ROW)
    .group_by(ROWS.c.verdict)
)  # fmt: skip
LINES = (
    select(ROWS.c.number, ROWS.c.given, ROWS.c.address, ROWS.c.verdict, ROWS.c.problem)
    .where(_ROW)
    .order_by(ROWS.c.number)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
LINES_BUT = LINES.where(ROWS.c.verdict.not_in(bindparam("hidden", expanding=True)))
IN_TENANT = select(WORKSPACES, WORKSPACES.c.name.label("workspace")).where(
    WORKSPACES.c.tenant_id == bindparam("tenant_id"),
    WORKSPACES.c.removed_at.is_(None),
    or_(WORKSPACES.c.workspace_id == bindparam("named"), func.lower(WORKSPACES.c.name) == bindparam("lower")),
)
SOMEBODY = select(PEOPLE).where(
    PEOPLE.c.tenant_id == bindparam("tenant_id"),
    or_(PEOPLE.c.person_id == bindparam("lower"), func.lower(PEOPLE.c.address) == bindparam("lower")),
)
TENANTS = select(WORKSPACES.c.tenant_id).distinct()
