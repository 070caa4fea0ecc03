"""Named queries of requests, and of the cards on which they are decided."""

from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from storage.owners import counts
from storage.policy_tables import Identity, Request
from storage.tables import Card, Guest, Instant, Invitation, Owner, Person, Workspace, table

REQUESTS, INVITATIONS, CARDS, OWNERS = table(Request), table(Invitation), table(Card), table(Owner)
WORKSPACES, PEOPLE, GUESTS, IDENTITIES = table(Workspace), table(Person), table(Guest), table(Identity)
NOW = bindparam("now", type_=Instant)

OWNERS_TO_DECIDE = or_(REQUESTS.c.kind == "invitation", REQUESTS.c.kind == "extension")
"""Other kinds are not for owners (storage/factor_resets.py)."""
ADD = insert(REQUESTS)
BY_ID = (
    select(
        REQUESTS,
        WORKSPACES.c.name.label("workspace"),
        WORKSPACES.c.kind.label("workspace_kind"),
        WORKSPACES.c.removed_at,
        INVITATIONS.c.address.label("invited"),
        func.coalesce(PEOPLE.c.name, "").label("decider"),
    )
    .select_from(
        REQUESTS.join(WORKSPACES, WORKSPACES.c.workspace_id == REQUESTS.c.workspace_id)
        .join(INVITATIONS, INVITATIONS.c.invitation_id == REQUESTS.c.invitation_id)
        .outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == REQUESTS.c.tenant_id, PEOPLE.c.person_id == REQUESTS.c.decided_by)
        )
    )
    .where(REQUESTS.c.request_id == bindparam("request_id"), REQUESTS.c.tenant_id == bindparam("tenant_id"))
    .where(OWNERS_TO_DECIDE)
)
SAME = (
    select(REQUESTS.c.request_id)
    .where(REQUESTS.c.tenant_id == bindparam("tenant_id"), REQUESTS.c.workspace_id == bindparam("workspace_id"))
    .where(REQUESTS.c.kind == bindparam("wish"), func.lower(REQUESTS.c.address) == bindparam("address_key"))
    .where((REQUESTS.c.decided_at.is_(None)) | (REQUESTS.c.asked_at > bindparam("since", type_=Instant)))
    .limit(1)
)
"""Somebody asked the same already: it waits, or was answered a moment ago."""


def _change(*conditions: Any) -> Any:
    return update(REQUESTS).where(
        REQUESTS.c.request_id == bindparam("request"), REQUESTS.c.tenant_id == bindparam("tenant"), *conditions
    )


DECIDE = _change(
    OWNERS_TO_DECIDE, REQUESTS.c.workspace_id == bindparam("workspace"), REQUESTS.c.decided_at.is_(None)
).values(decided_at=NOW, decided_by=bindparam("who"), decision=bindparam("word"))
DECIDED_AS = _change().values(decision=bindparam("word"))
NO_ID = REQUESTS.c.activity_id.is_(None)
CREATING = _change(NO_ID, REQUESTS.c.creating_at.is_(None)).values(creating_at=NOW)
CREATING_AGAIN = _change(NO_ID).values(creating_at=NOW)
POSTED = _change().values(activity_id=bindparam("activity"), creating_at=None)
NOT_CREATED = _change().values(creating_at=None)
FOUND = (
    _change(NO_ID, REQUESTS.c.creating_at.is_not(None))
    .where(REQUESTS.c.channel_id == bindparam("channel"), REQUESTS.c.conversation_id == bindparam("conversation"))
    .values(activity_id=bindparam("activity"), creating_at=None)
)

REMAILED = (
    update(INVITATIONS)
    .where(INVITATIONS.c.invitation_id == bindparam("invitation"), INVITATIONS.c.tenant_id == bindparam("tenant"))
    .where(INVITATIONS.c.link_id == bindparam("link"), INVITATIONS.c.mailed_at == bindparam("before", type_=Instant))
    .values(mailed_at=NOW)
)
SPEAK = (
    update(INVITATIONS)
    .where(INVITATIONS.c.invitation_id == bindparam("invitation"), INVITATIONS.c.tenant_id == bindparam("tenant"))
    .where(INVITATIONS.c.version == bindparam("seen"))
    .values(language=bindparam("chosen"), version=INVITATIONS.c.version + 1)
)
GUEST_SPEAKS = (
    update(GUESTS)
    .where(GUESTS.c.tenant_id == bindparam("tenant"), GUESTS.c.address_key == bindparam("key"))
    .values(language=bindparam("chosen"))
)
GUEST_AT = select(GUESTS.c.guest_id).where(
    GUESTS.c.tenant_id == bindparam("tenant_id"), GUESTS.c.address_key == bindparam("address_key")
)
MOVE = (
    update(INVITATIONS)
    .where(INVITATIONS.c.invitation_id == bindparam("invitation"), INVITATIONS.c.tenant_id == bindparam("tenant"))
    .where(INVITATIONS.c.version == bindparam("seen"))
    .values(
        link_id=bindparam("link"), mailed_at=NOW, sent_at=None, failed_at=None, failure=None, opened_at=None,
        address=bindparam("to"), address_key=bindparam("to_key"), version=INVITATIONS.c.version + 1,
    )
)  # fmt: skip
MOVE_GUEST = (
    update(GUESTS)
    .where(GUESTS.c.guest_id == bindparam("guest"), GUESTS.c.tenant_id == bindparam("tenant"))
    .where(GUESTS.c.address_key == bindparam("from_key"))
    .values(address=bindparam("to"), address_key=bindparam("to_key"))
)
UNLINK = delete(IDENTITIES).where(
    IDENTITIES.c.guest_id == bindparam("guest"), IDENTITIES.c.tenant_id == bindparam("tenant")
)
OWNED = (
    select(OWNERS.c.workspace_id)
    .select_from(OWNERS.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNERS.c.workspace_id))
    .where(
        OWNERS.c.tenant_id == bindparam("tenant_id"),
        OWNERS.c.person_id == bindparam("person_id"),
        OWNERS.c.workspace_id.in_(bindparam("workspace_ids", expanding=True)),
        counts(),
    )
)
