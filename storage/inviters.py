"""Named queries of what inviters are now."""

from sqlalchemy import and_, bindparam, select

from storage.invitations import INVITATIONS, NOW, OPEN
from storage.owners import counts
from storage.workspaces import ADMINS, OWNERS, PEOPLE, WORKSPACES

OWNED = (
    select(OWNERS.c.tenant_id, OWNERS.c.person_id, OWNERS.c.workspace_id)
    .select_from(OWNERS.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNERS.c.workspace_id))
    .where(OWNERS.c.workspace_id.in_(bindparam("workspace_ids", expanding=True)), counts())
    .subquery("owned")
)
ROLES = (
    select(
        PEOPLE.c.person_id,
        PEOPLE.c.role,
        PEOPLE.c.left_at,
        ADMINS.c.person_id.label("admin"),
        OWNED.c.workspace_id,
    )
    .select_from(
        PEOPLE.outerjoin(
            ADMINS, and_(ADMINS.c.tenant_id == PEOPLE.c.tenant_id, ADMINS.c.person_id == PEOPLE.c.person_id)
        ).outerjoin(
            OWNED,
            and_(OWNED.c.tenant_id == PEOPLE.c.tenant_id, OWNED.c.person_id == PEOPLE.c.person_id),
        )
    )
    .where(PEOPLE.c.tenant_id == bindparam("tenant_id"))
    .where(PEOPLE.c.person_id.in_(bindparam("person_ids", expanding=True)))
)
"""A row for each of the workspaces that somebody owns (one with a null where there is none)."""
_OPEN = (
    select(INVITATIONS.c.invitation_id)
    .where(INVITATIONS.c.tenant_id == bindparam("tenant_id"))
    .where(OPEN, INVITATIONS.c.expires_at > NOW)
)
OPEN_IN_TENANT = _OPEN
OPEN_OF = _OPEN.where(
    INVITATIONS.c.workspace_id == bindparam("workspace_id"), INVITATIONS.c.inviter_id == bindparam("person_id")
)
