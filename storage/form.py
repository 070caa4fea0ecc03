"""Named queries of the invite form and of finding guests."""

from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.sql import ColumnElement

from storage.invitations import FACTS, INVITATIONS
from storage.lifecycle_tables import PersonalChat
from storage.owners import counts
from storage.statements import beside
from storage.tables import Guest, Owner, Person, Workspace, table

WORKSPACES, OWNED, PEOPLE, GUESTS, CHATS = (
    table(Workspace), table(Owner), table(Person), table(Guest), table(PersonalChat)
)  # fmt: skip

HERE = select(WORKSPACES.c.workspace_id).where(
    WORKSPACES.c.tenant_id == bindparam("tenant_id"), WORKSPACES.c.channel_id == bindparam("channel_id"),
    WORKSPACES.c.place_id == bindparam("place_id"), WORKSPACES.c.removed_at.is_(None),
)  # fmt: skip
OWNERS = (
    select(OWNED.c.person_id, PEOPLE.c.name)
    .join(PEOPLE, and_(PEOPLE.c.tenant_id == OWNED.c.tenant_id, PEOPLE.c.person_id == OWNED.c.person_id))
    .join(WORKSPACES, WORKSPACES.c.workspace_id == OWNED.c.workspace_id)
    .where(beside(OWNED.c.tenant_id) == bindparam("tenant_id"), OWNED.c.workspace_id == bindparam("workspace_id"))
    .where(counts(OWNED, WORKSPACES))
    .order_by(OWNED.c.since, OWNED.c.person_id)
    .limit(bindparam("most"))
)
PERSON = select(PEOPLE.c.role, PEOPLE.c.left_at).where(
    PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.person_id == bindparam("person_id")
)
OWN_CHAT = select(CHATS.c.person_id).where(
    CHATS.c.tenant_id == bindparam("tenant_id"), CHATS.c.person_id == bindparam("person_id"),
    CHATS.c.channel_id == bindparam("channel_id"), CHATS.c.conversation_id == bindparam("conversation_id"),
)  # fmt: skip


def _begins(name: Any) -> ColumnElement[bool]:
    """Some word of the name does. SQLite knows small letters of ASCII only, so names are tried as typed too."""
    column = func.coalesce(name, "")
    small = func.lower(column)
    patterns = ((small, "lower"), (small, "lower_word"), (column, "prefix"), (column, "word"))
    return or_(*(spelled.like(bindparam(pattern), escape="\\") for spelled, pattern in patterns))


KNOWN = func.coalesce(func.nullif(GUESTS.c.name, ""), INVITATIONS.c.name)
FOUND = (
    select(INVITATIONS.c.invitation_id, KNOWN.label("known"))
    .select_from(
        OWNED.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNED.c.workspace_id)
        .join(
            INVITATIONS,
            and_(
                INVITATIONS.c.workspace_id == OWNED.c.workspace_id,
                beside(INVITATIONS.c.tenant_id) == OWNED.c.tenant_id,
            ),
        ).outerjoin(
            GUESTS, and_(GUESTS.c.guest_id == INVITATIONS.c.guest_id, GUESTS.c.tenant_id == INVITATIONS.c.tenant_id)
        )
    )
    .where(OWNED.c.tenant_id == bindparam("tenant_id"), OWNED.c.person_id == bindparam("person_id"))
    .where(counts(OWNED, WORKSPACES), INVITATIONS.c.replaced_at.is_(None), INVITATIONS.c.erased_at.is_(None))
    .where(
        or_(
            INVITATIONS.c.address_key.like(bindparam("lower"), escape="\\"),
            _begins(INVITATIONS.c.name), _begins(GUESTS.c.name),
        )
    )
    .order_by(INVITATIONS.c.created_at.desc(), INVITATIONS.c.invitation_id)
    .limit(bindparam("most"))
)  # fmt: skip
"""The newest invitations of the workspaces that a person owns, by the beginning of an address or of a name."""
FACTS_OF = FACTS.where(INVITATIONS.c.invitation_id.in_(bindparam("invitations", expanding=True)))
