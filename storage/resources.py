"""Named queries of applications, tickets and host sessions."""

from functools import cache

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.sql import Executable

from storage.guests import NOW, SESSION_ROWS, SESSIONS
from storage.policy_tables import HostSession, Resource, Ticket
from storage.statements import insert as upsert
from storage.tables import Workspace, table

RESOURCES, TICKETS, HOST_SESSIONS = table(Resource), table(Ticket), table(HostSession)
WORKSPACES = table(Workspace)
STANDING = RESOURCES.c.removed_at.is_(None)
OF_WORKSPACES = (
    select(RESOURCES.c.resource_id, RESOURCES.c.workspace_id, RESOURCES.c.name, RESOURCES.c.url)
    .where(RESOURCES.c.tenant_id == bindparam("tenant_id"), STANDING)
    .where(RESOURCES.c.workspace_id.in_(bindparam("workspace_ids", expanding=True)))
    .order_by(RESOURCES.c.name_key)
)
BY_ID = select(RESOURCES.c.resource_id, RESOURCES.c.tenant_id, RESOURCES.c.workspace_id, RESOURCES.c.url).where(
    RESOURCES.c.resource_id == bindparam("resource_id"), STANDING
)
COUNT = (
    select(func.count().label("number"))
    .select_from(RESOURCES)
    .where(
        RESOURCES.c.tenant_id == bindparam("tenant_id"), RESOURCES.c.workspace_id == bindparam("workspace_id"), STANDING
    )
)
LOCK = (
    select(WORKSPACES.c.workspace_id)
    .where(WORKSPACES.c.workspace_id == bindparam("workspace_id"), WORKSPACES.c.tenant_id == bindparam("tenant_id"))
    .with_for_update()
)
REMOVE = (
    update(RESOURCES)
    .where(
        RESOURCES.c.tenant_id == bindparam("tenant"), RESOURCES.c.workspace_id == bindparam("workspace"),
        RESOURCES.c.name_key == bindparam("key"), STANDING,
    )
    .values(removed_at=NOW)
    .returning(RESOURCES.c.resource_id, RESOURCES.c.name)
)  # fmt: skip
ADD_TICKET = insert(TICKETS)
SPEND = (
    update(TICKETS)
    .where(
        TICKETS.c.ticket_hash == bindparam("hash"), TICKETS.c.tenant_id == bindparam("tenant"),
        TICKETS.c.resource_id == bindparam("resource"), TICKETS.c.browser_hash == bindparam("browser"),
        TICKETS.c.used_at.is_(None), TICKETS.c.expires_at > NOW,
    )
    .values(used_at=NOW)
    .returning(TICKETS.c.session_id)
)  # fmt: skip
ADD_HOST_SESSION = insert(HOST_SESSIONS)
BY_SESSION_ID = SESSION_ROWS.where(
    SESSIONS.c.session_id == bindparam("session_id"), SESSIONS.c.tenant_id == bindparam("tenant_id")
)
HELD = (
    SESSION_ROWS.where(
        SESSIONS.c.session_id
        == select(HOST_SESSIONS.c.session_id)
        .where(HOST_SESSIONS.c.host_session_hash == bindparam("hash"))
        .where(HOST_SESSIONS.c.host == bindparam("host"), HOST_SESSIONS.c.tenant_id == bindparam("tenant_id"))
        .where(HOST_SESSIONS.c.expires_at > NOW)
        .scalar_subquery()
    )
).where(SESSIONS.c.tenant_id == bindparam("tenant_id"))
"""The session behind an application host's cookie."""


@cache
def put(dialect: str) -> Executable:
    """A new application. No row: the workspace has one of this name."""
    statement = upsert(dialect)(RESOURCES).values(
        **{
            name: bindparam(name)
            for name in (
                "resource_id", "tenant_id", "workspace_id", "name", "name_key", "url", "added_by", "created_at",
            )
        }
    )  # fmt: skip
    return statement.on_conflict_do_nothing(index_elements=["workspace_id", "name_key"], index_where=STANDING)
