"""Named queries of the audit."""

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, union
from sqlalchemy.sql import Executable

from storage.statements import insert as upsert
from storage.tables import AuditEvent, AuditHead, Guest, Invitation, Person, Tenant, table

EVENTS = table(AuditEvent)
CHAINS = table(AuditHead)
PEOPLE = table(Person)
TENANTS = table(Tenant)
APPEND = insert(EVENTS)
TENANT = select(TENANTS.c.tenant_id).where(TENANTS.c.tenant_id == bindparam("tenant_id"))
HEADS = union(select(CHAINS.c.tenant_id), select(EVENTS.c.tenant_id), select(TENANTS.c.tenant_id)).order_by("tenant_id")
HEAD = select(CHAINS).where(CHAINS.c.tenant_id == bindparam("tenant_id"))
ALL = select(EVENTS).where(EVENTS.c.tenant_id == bindparam("tenant_id")).order_by(EVENTS.c.sequence)
ACTOR = and_(PEOPLE.c.tenant_id == EVENTS.c.tenant_id, PEOPLE.c.person_id == EVENTS.c.actor)
TIMELINE = (
    select(EVENTS.c.invitation_id, EVENTS.c.kind, EVENTS.c.at, func.coalesce(PEOPLE.c.name, "").label("name"))
    .select_from(EVENTS.outerjoin(PEOPLE, ACTOR))
    .where(EVENTS.c.tenant_id + "" == bindparam("tenant_id"))
    .where(EVENTS.c.invitation_id.in_(bindparam("invitation_ids", expanding=True)))
    .order_by(EVENTS.c.sequence)
)
"""Found by the invitations' index: by the bare tenant, SQLite would walk through all of the tenant's events."""
_INVITATIONS, _GUESTS = table(Invitation), table(Guest)
EXPORT = (
    select(
        EVENTS,
        func.coalesce(PEOPLE.c.name, "").label("actor_name"),
        func.coalesce(_INVITATIONS.c.address, _GUESTS.c.address, "").label("address"),
    )
    .select_from(
        EVENTS.outerjoin(PEOPLE, ACTOR)
        .outerjoin(
            _INVITATIONS,
            and_(
                _INVITATIONS.c.invitation_id == EVENTS.c.invitation_id, _INVITATIONS.c.tenant_id == EVENTS.c.tenant_id
            ),
        )
        .outerjoin(_GUESTS, and_(_GUESTS.c.guest_id == EVENTS.c.guest_id, _GUESTS.c.tenant_id == EVENTS.c.tenant_id))
    )
    .where(EVENTS.c.tenant_id == bindparam("tenant_id"))
    .order_by(EVENTS.c.sequence)
)


@cache
def head(dialect: str) -> Executable:
    """The end of the tenant's chain, locked until the unit ends: where units write at the same time, it is made first.
    On SQLite one writes at a time, so that looking is enough."""
    if dialect == "sqlite":
        return HEAD
    statement = _put(dialect)
    return statement.on_conflict_do_update(
        index_elements=["tenant_id"], set_={"tenant_id": statement.excluded.tenant_id}
    ).returning(CHAINS.c.sequence, CHAINS.c.hash)


@cache
def move_head(dialect: str) -> Executable:
    statement = _put(dialect)
    return statement.on_conflict_do_update(
        index_elements=["tenant_id"],
        set_={"sequence": statement.excluded.sequence, "hash": statement.excluded.hash},
    )


def _put(dialect: str) -> Any:
    return upsert(dialect)(CHAINS).values(
        tenant_id=bindparam("tenant_id"), sequence=bindparam("sequence"), hash=bindparam("hash")
    )
