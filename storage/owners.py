"""Named queries of owners that the team's directory names, and when such a word counts."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.sql import Executable

from storage.columns import Instant
from storage.statements import insert as upsert
from storage.tables import Owner, Workspace, table

OWNERS, WORKSPACES = table(Owner), table(Workspace)
DIRECTORY, BOTH = "graph", "both"
"""Sources: the directory alone; the directory, and people in the chat too. None: people in the chat alone."""


def counts(owners: Any = OWNERS, workspaces: Any = WORKSPACES) -> ColumnElement[bool]:
    """Whether a row makes somebody an owner: what people said always does, the directory's word while it is young."""
    young = workspaces.c.owners_read_at > bindparam("believed_after", type_=Instant)
    return or_(owners.c.source.is_distinct_from(DIRECTORY), young)


_OF_TEAM = (
    WORKSPACES.c.tenant_id == bindparam("tenant"),
    WORKSPACES.c.workspace_id == bindparam("workspace"),
)
_READABLE = select(WORKSPACES.c.workspace_id, WORKSPACES.c.group_id, WORKSPACES.c.owners_read_at)
TEAM = _READABLE.where(
    WORKSPACES.c.tenant_id == bindparam("tenant_id"),
    WORKSPACES.c.channel_id == bindparam("channel_id"),
    WORKSPACES.c.place_id == bindparam("place_id"),
)
TEAMS_OF = (
    _READABLE.select_from(OWNERS.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNERS.c.workspace_id))
    .where(OWNERS.c.tenant_id == bindparam("tenant_id"), OWNERS.c.person_id == bindparam("person_id"))
    .where(OWNERS.c.source == DIRECTORY, WORKSPACES.c.tenant_id == bindparam("tenant_id"))
    .where(WORKSPACES.c.group_id.is_not(None), WORKSPACES.c.removed_at.is_(None))
    .order_by(WORKSPACES.c.owners_read_at, WORKSPACES.c.workspace_id)
    .limit(bindparam("most"))
)
"""Teams that somebody owns by the directory's word alone, the oldest word first."""
READ = (
    update(WORKSPACES)
    .where(*_OF_TEAM)
    .where(or_(WORKSPACES.c.group_id.is_(None), WORKSPACES.c.group_id == bindparam("group")))
    .where(
        or_(WORKSPACES.c.owners_read_at.is_(None), WORKSPACES.c.owners_read_at < bindparam("asked_at", type_=Instant))
    )
    .values(
        owners_read_at=bindparam("asked_at", type_=Instant),
        group_id=func.coalesce(WORKSPACES.c.group_id, bindparam("group")),
    )
)
"""Holds for a newer answer about the same group only, and keeps all others waiting until this one is written."""
SET_SOURCE = (
    update(OWNERS)
    .where(OWNERS.c.tenant_id == bindparam("tenant"), OWNERS.c.workspace_id == bindparam("workspace"))
    .where(OWNERS.c.person_id == bindparam("person"))
    .values(source=bindparam("told"))
)


@cache
def add_from_directory(dialect: str) -> Executable:
    """Whom people named in the meantime is named by both."""
    return upsert(dialect)(OWNERS).on_conflict_do_update(
        index_elements=["workspace_id", "person_id"], set_={"source": BOTH}, where=OWNERS.c.source.is_(None)
    )
