"""Named queries of the audit."""

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, union
from sqlalchemy.sql import Executable

from storage.owners import counts
from storage.statements import beside
from storage.statements import insert as upsert
from storage.tables import (
    AuditEvent,
    AuditHead,
    Guest,
    Instant,
    Invitation,
    Owner,
    Person,
    Tenant,
    Workspace,
    table,
)

EVENTS = table(AuditEvent)
CHAINS = table(AuditHead)
PEOPLE = table(Person)
TENANTS = table(Tenant)
APPEND = insert(EVENTS)
TENANT = select(TENANTS.c.tenant_id).where(TENANTS.c.tenant_id == bindparam("tenant_id"))
HEADS = union(select(CHAINS.c.tenant_id), select(EVENTS.c.tenant_id), select(TENANTS.c.tenant_id)).order_by("tenant_id")
HEAD = select(CHAINS).where(CHAINS.c.tenant_id == bindparam("tenant_id"))
_OF_TENANT = EVENTS.c.tenant_id == bindparam("tenant_id")
CHAIN = (
    select(EVENTS)
    .where(_OF_TENANT, EVENTS.c.sequence > bindparam("after"))
    .order_by(EVENTS.c.sequence)
    .limit(bindparam("most"))
)
"""A piece of a chain, oldest first."""
EVENT = select(EVENTS).where(_OF_TENANT, EVENTS.c.sequence == bindparam("sequence"))
ACTOR = and_(PEOPLE.c.tenant_id == EVENTS.c.tenant_id, PEOPLE.c.person_id == EVENTS.c.actor)
TIMELINE = (
    select(EVENTS.c.invitation_id, EVENTS.c.kind, EVENTS.c.at, func.coalesce(PEOPLE.c.name, "").label("name"))
    .select_from(EVENTS.outerjoin(PEOPLE, ACTOR))
    .where(beside(EVENTS.c.tenant_id) == bindparam("tenant_id"))
    .where(EVENTS.c.invitation_id.in_(bindparam("invitation_ids", expanding=True)))
    .order_by(EVENTS.c.sequence)
)
_INVITATIONS, _GUESTS = table(Invitation), table(Guest)
_WORKSPACES, _OWNERS = table(Workspace), table(Owner)
_OF_INVITATION = and_(
    _INVITATIONS.c.invitation_id == EVENTS.c.invitation_id, _INVITATIONS.c.tenant_id == EVENTS.c.tenant_id
)
_OF_GUEST = and_(_GUESTS.c.guest_id == EVENTS.c.guest_id, _GUESTS.c.tenant_id == EVENTS.c.tenant_id)
_OF_WORKSPACE = and_(_WORKSPACES.c.workspace_id == EVENTS.c.workspace_id, _WORKSPACES.c.tenant_id == EVENTS.c.tenant_id)
_TOLD = EVENTS.outerjoin(PEOPLE, ACTOR).outerjoin(_INVITATIONS, _OF_INVITATION).outerjoin(_GUESTS, _OF_GUEST)
_ACTOR_NAME = func.coalesce(PEOPLE.c.name, "").label("actor_name")
_ADDRESS = func.coalesce(_INVITATIONS.c.address, _GUESTS.c.address, "").label("address")
_WITHIN = (EVENTS.c.at >= bindparam("since", type_=Instant), EVENTS.c.at < bindparam("until", type_=Instant))

OWNED = (
    select(_OWNERS.c.workspace_id)
    .select_from(_OWNERS.join(_WORKSPACES, _WORKSPACES.c.workspace_id == _OWNERS.c.workspace_id))
    .where(_OWNERS.c.tenant_id == bindparam("tenant_id"), _OWNERS.c.person_id == bindparam("person_id"))
    .where(counts(_OWNERS, _WORKSPACES))
    .order_by(_OWNERS.c.workspace_id)
)
WORKSPACE = select(_INVITATIONS.c.workspace_id).where(
    _INVITATIONS.c.tenant_id == bindparam("tenant_id"), _INVITATIONS.c.invitation_id == bindparam("invitation_id")
)
OF_ADDRESS = select(
    _INVITATIONS.c.invitation_id, _INVITATIONS.c.workspace_id, _INVITATIONS.c.guest_id, _INVITATIONS.c.created_at
).where(_INVITATIONS.c.tenant_id == bindparam("tenant_id"), _INVITATIONS.c.address_key == bindparam("address_key"))
GUEST_OF = select(_GUESTS.c.guest_id).where(
    _GUESTS.c.tenant_id == bindparam("tenant_id"), _GUESTS.c.address_key == bindparam("address_key")
)
INVITATION = select(_INVITATIONS.c.address, _INVITATIONS.c.address_key, _INVITATIONS.c.workspace_id).where(
    _INVITATIONS.c.tenant_id == bindparam("tenant_id"), _INVITATIONS.c.invitation_id == bindparam("invitation_id")
)
CONDITIONS: dict[str, Any] = {
    "workspace": EVENTS.c.workspace_id == bindparam("workspace"),
    "kinds": EVENTS.c.kind.in_(bindparam("kinds", expanding=True)),
    "actor": EVENTS.c.actor == bindparam("actor"),
    "invitations": or_(
        EVENTS.c.invitation_id.in_(bindparam("invitations", expanding=True)),
        EVENTS.c.guest_id.in_(bindparam("guests", expanding=True)),
    ),
}
"""What events can be chosen by, named as the value that goes with it."""


@cache
def newest(by: frozenset[str]) -> Executable:
    """Events before one of them, newest first: there are sixteen such statements."""
    return (
        select(
            EVENTS.c.sequence, EVENTS.c.at, EVENTS.c.kind, EVENTS.c.actor, EVENTS.c.detail,
            _ACTOR_NAME, _ADDRESS, _WORKSPACES.c.name.label("workspace"), _WORKSPACES.c.kind.label("place"),
        )
        .select_from(_TOLD.outerjoin(_WORKSPACES, _OF_WORKSPACE))
        .where(_OF_TENANT, EVENTS.c.sequence < bindparam("before"), *_WITHIN, *_chosen(by))
        .order_by(EVENTS.c.sequence.desc())
        .limit(bindparam("most"))
    )  # fmt: skip


@cache
def export(by: frozenset[str]) -> Executable:
    """Whole events after one of them, oldest first."""
    return (
        select(EVENTS, _ACTOR_NAME, _ADDRESS)
        .select_from(_TOLD)
        .where(_OF_TENANT, EVENTS.c.sequence > bindparam("after"), *_WITHIN, *_chosen(by))
        .order_by(EVENTS.c.sequence)
        .limit(bindparam("most"))
    )


def _chosen(by: frozenset[str]) -> list[Any]:
    return [CONDITIONS[name] for name in sorted(by)]


@cache
def head(dialect: str) -> Executable:
    """The end of the tenant's chain, locked until the unit ends. On SQLite one unit writes at a time: looking is
    enough."""
    return HEAD if dialect == "sqlite" else HEAD.with_for_update()


@cache
def first_head(dialect: str) -> Executable:
    """As `head`, where there was none: it is made, unless somebody else did meanwhile."""
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


@cache
def append_one(dialect: str) -> Executable:
    """A chain's next event, and its end moved there: one round trip where a database can do both at once."""
    moved: Any = move_head(dialect)
    return moved.add_cte(insert(EVENTS).values({each: bindparam(each.key) for each in EVENTS.columns}).cte("event"))


def _put(dialect: str) -> Any:
    return upsert(dialect)(CHAINS).values(
        tenant_id=bindparam("tenant_id"), sequence=bindparam("sequence"), hash=bindparam("hash")
    )
