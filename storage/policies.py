"""Named queries of tenants' policies."""

from functools import cache

from sqlalchemy import bindparam, select, update
from sqlalchemy.sql import Executable

from storage.policy_tables import Policy
from storage.statements import insert
from storage.tables import Guest, Invitation, Membership, Workspace, table

POLICIES, WORKSPACES = table(Policy), table(Workspace)
INVITATIONS, MEMBERSHIPS, GUESTS = table(Invitation), table(Membership), table(Guest)
OF = select(POLICIES.c.tenant_id, POLICIES.c.version.label("policy_version"), POLICIES.c.document).where(
    POLICIES.c.tenant_id == bindparam("tenant_id")
)
ALL = select(POLICIES.c.tenant_id, POLICIES.c.version.label("policy_version"), POLICIES.c.document).order_by(
    POLICIES.c.tenant_id
)
CHANGE = (
    update(POLICIES)
    .where(POLICIES.c.tenant_id == bindparam("tenant"), POLICIES.c.version == bindparam("seen"))
    .values(version=POLICIES.c.version + 1, document=bindparam("document"), changed_at=bindparam("now"))
)
WORKSPACES_OF = (
    select(WORKSPACES.c.workspace_id, WORKSPACES.c.name)
    .where(WORKSPACES.c.tenant_id == bindparam("tenant_id"))
    .order_by(WORKSPACES.c.name, WORKSPACES.c.workspace_id)
)
GUEST_ADDRESSES = (
    select(GUESTS.c.address)
    .join(MEMBERSHIPS, MEMBERSHIPS.c.guest_id == GUESTS.c.guest_id)
    .where(
        GUESTS.c.tenant_id == bindparam("tenant_id"),
        MEMBERSHIPS.c.tenant_id == bindparam("tenant_id"),
        MEMBERSHIPS.c.ended_at.is_(None),
        MEMBERSHIPS.c.ends_at > bindparam("now"),
    )
    .distinct()
)
OPEN_ADDRESSES = select(INVITATIONS.c.address).where(
    INVITATIONS.c.tenant_id == bindparam("tenant_id"),
    INVITATIONS.c.redeemed_at.is_(None),
    INVITATIONS.c.declined_at.is_(None),
    INVITATIONS.c.revoked_at.is_(None),
    INVITATIONS.c.replaced_at.is_(None),
    INVITATIONS.c.expires_at > bindparam("now"),
)


@cache
def put(dialect: str) -> Executable:
    """A tenant's first policy. No row: somebody else was faster."""
    statement = insert(dialect)(POLICIES).values(
        **{name: bindparam(name) for name in ("tenant_id", "version", "document", "changed_at")}
    )
    return statement.on_conflict_do_nothing(index_elements=["tenant_id"])
