"""Named queries of blocks: mailboxes that want no invitations from a tenant any more."""

from functools import cache

from sqlalchemy import and_, bindparam, delete, func, select, update
from sqlalchemy.sql import Executable

from storage.invitations import NEXT, OPEN
from storage.lifecycle_tables import Block
from storage.statements import insert
from storage.tables import Instant, Invitation, Workspace, table

BLOCKS, INVITATIONS, WORKSPACES = table(Block), table(Invitation), table(Workspace)
NOW = bindparam("now", type_=Instant)

FOUND = select(BLOCKS.c.address_hash).where(
    BLOCKS.c.tenant_id == bindparam("tenant_id"), BLOCKS.c.address_hash.in_(bindparam("hashes", expanding=True))
)
LIFT = delete(BLOCKS).where(BLOCKS.c.tenant_id == bindparam("tenant"), BLOCKS.c.address_hash == bindparam("hash"))
DECLINE = (
    update(INVITATIONS)
    .where(INVITATIONS.c.tenant_id == bindparam("tenant"), INVITATIONS.c.address_key == bindparam("key"))
    .where(OPEN, INVITATIONS.c.expires_at > NOW)
    .values(declined_at=NOW, **NEXT)
    .returning(INVITATIONS.c.invitation_id, INVITATIONS.c.workspace_id, INVITATIONS.c.link_id)
)
"""All open invitations of a mailbox in the tenant."""
NUMBER = select(func.count()).where(BLOCKS.c.tenant_id == bindparam("tenant_id"))
PAGE = (
    select(
        BLOCKS.c.blocked_at,
        func.coalesce(WORKSPACES.c.name, "").label("workspace"),
        func.coalesce(INVITATIONS.c.address, "").label("address"),
    )
    .select_from(
        BLOCKS.outerjoin(
            WORKSPACES,
            and_(WORKSPACES.c.workspace_id == BLOCKS.c.workspace_id, WORKSPACES.c.tenant_id == BLOCKS.c.tenant_id),
        ).outerjoin(
            INVITATIONS,
            and_(INVITATIONS.c.invitation_id == BLOCKS.c.invitation_id, INVITATIONS.c.tenant_id == BLOCKS.c.tenant_id),
        )
    )
    .where(BLOCKS.c.tenant_id == bindparam("tenant_id"))
    .order_by(BLOCKS.c.blocked_at.desc(), BLOCKS.c.address_hash)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)


@cache
def add(dialect: str) -> Executable:
    """Once for each mailbox."""
    return insert(dialect)(BLOCKS).on_conflict_do_nothing(index_elements=["tenant_id", "address_hash"])
