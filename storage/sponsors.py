"""Named queries of sponsors: who answers for a guest."""

from functools import cache
from typing import Any, cast

from sqlalchemy import and_, bindparam, literal, select, union_all
from sqlalchemy.sql import Executable

from storage.lifecycle_tables import Sponsor
from storage.owners import WORKSPACES, counts
from storage.statements import beside, insert
from storage.tables import Admin, Invitation, Owner, Person, table

SPONSORS, INVITATIONS, PEOPLE, OWNERS, ADMINS = (
    table(Sponsor), table(Invitation), table(Person), table(Owner), table(Admin),
)  # fmt: skip
THESE = cast(Any, bindparam("invitation_ids", expanding=True))
OF = union_all(
    select(
        SPONSORS.c.invitation_id, SPONSORS.c.person_id, PEOPLE.c.left_at, literal(1).label("named"), SPONSORS.c.since
    )
    .select_from(
        SPONSORS.outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == SPONSORS.c.tenant_id, PEOPLE.c.person_id == SPONSORS.c.person_id)
        )
    )
    .where(beside(SPONSORS.c.tenant_id) == bindparam("tenant_id"), SPONSORS.c.invitation_id.in_(THESE)),
    select(
        INVITATIONS.c.invitation_id, INVITATIONS.c.inviter_id, PEOPLE.c.left_at, literal(0), INVITATIONS.c.created_at
    )
    .select_from(
        INVITATIONS.outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == INVITATIONS.c.tenant_id, PEOPLE.c.person_id == INVITATIONS.c.inviter_id)
        )
    )
    .where(INVITATIONS.c.tenant_id == bindparam("tenant_id"), INVITATIONS.c.invitation_id.in_(THESE)),
)
"""Who was named, and who invited, each with the moment of leaving."""
OWNERS_OF = (
    select(OWNERS.c.workspace_id, OWNERS.c.person_id)
    .select_from(
        OWNERS.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNERS.c.workspace_id).outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == OWNERS.c.tenant_id, PEOPLE.c.person_id == OWNERS.c.person_id)
        )
    )
    .where(beside(OWNERS.c.tenant_id) == bindparam("tenant_id"), PEOPLE.c.left_at.is_(None), counts())
    .where(OWNERS.c.workspace_id.in_(bindparam("workspace_ids", expanding=True)))
    .order_by(OWNERS.c.since, OWNERS.c.person_id)
)
ADMINS_OF = (
    select(ADMINS.c.person_id)
    .select_from(
        ADMINS.outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == ADMINS.c.tenant_id, PEOPLE.c.person_id == ADMINS.c.person_id)
        )
    )
    .where(ADMINS.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.left_at.is_(None))
    .order_by(ADMINS.c.since, ADMINS.c.person_id)
)
RIGHTS = union_all(
    select(OWNERS.c.person_id)
    .select_from(OWNERS.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNERS.c.workspace_id))
    .where(
        OWNERS.c.tenant_id == bindparam("tenant_id"), OWNERS.c.person_id == bindparam("person_id"),
        OWNERS.c.workspace_id == bindparam("workspace_id"), counts(),
    ),
    select(ADMINS.c.person_id).where(
        ADMINS.c.tenant_id == bindparam("tenant_id"), ADMINS.c.person_id == bindparam("person_id")
    ),
)  # fmt: skip
"""A row for an owner of the workspace, and one for an admin of the tenant."""
CONTACT = select(PEOPLE.c.person_id, PEOPLE.c.name, PEOPLE.c.address).where(
    PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.person_id.in_(bindparam("person_ids", expanding=True))
)


@cache
def add(dialect: str) -> Executable:
    return insert(dialect)(SPONSORS).on_conflict_do_nothing(index_elements=["invitation_id", "person_id"])
