"""Named queries of changing who answers for guests."""

from functools import cache
from typing import Any, cast

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update

from storage.lifecycle_tables import Sponsor
from storage.statements import beside
from storage.tables import Instant, Invitation, Membership, Owner, Person, table

SPONSORS, INVITATIONS, PEOPLE = table(Sponsor), table(Invitation), table(Person)
MEMBERSHIPS, OWNERS = table(Membership), table(Owner)
NOW = bindparam("now", type_=Instant)
LOCK = (
    select(INVITATIONS.c.invitation_id)
    .where(INVITATIONS.c.invitation_id == bindparam("invitation_id"), INVITATIONS.c.tenant_id == bindparam("tenant_id"))
    .with_for_update()
)
"""Until the unit ends nobody else changes who answers for this guest."""
NAMED = (
    select(
        SPONSORS.c.invitation_id, SPONSORS.c.person_id, func.coalesce(PEOPLE.c.name, "").label("name"),
        PEOPLE.c.left_at,
    )
    .select_from(
        SPONSORS.outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == SPONSORS.c.tenant_id, PEOPLE.c.person_id == SPONSORS.c.person_id)
        )
    )
    .where(beside(SPONSORS.c.tenant_id) == bindparam("tenant_id"))
    .where(SPONSORS.c.invitation_id.in_(bindparam("invitation_ids", expanding=True)))
    .order_by(SPONSORS.c.since, SPONSORS.c.person_id)
)  # fmt: skip
"""Those who were named, with what they are called."""
REMOVE = delete(SPONSORS).where(
    SPONSORS.c.tenant_id == bindparam("tenant"), SPONSORS.c.invitation_id == bindparam("invitation"),
    SPONSORS.c.person_id == bindparam("person"),
)  # fmt: skip
_LIVE = exists().where(
    MEMBERSHIPS.c.invitation_id == INVITATIONS.c.invitation_id, MEMBERSHIPS.c.tenant_id == INVITATIONS.c.tenant_id,
    MEMBERSHIPS.c.ended_at.is_(None), MEMBERSHIPS.c.ends_at > NOW,
)  # fmt: skip
STANDING = and_(
    INVITATIONS.c.erased_at.is_(None), INVITATIONS.c.revoked_at.is_(None), INVITATIONS.c.declined_at.is_(None),
    or_(
        and_(INVITATIONS.c.redeemed_at.is_(None), INVITATIONS.c.replaced_at.is_(None), INVITATIONS.c.expires_at > NOW),
        and_(INVITATIONS.c.redeemed_at.is_not(None), _LIVE),
    ),
)  # fmt: skip
"""Open invitations, and guests who are in."""
_ANY = SPONSORS.alias("any_sponsor")
_OLD = SPONSORS.alias("old_sponsor")
_BY_NAME = exists().where(
    _OLD.c.invitation_id == INVITATIONS.c.invitation_id, _OLD.c.tenant_id == INVITATIONS.c.tenant_id,
    _OLD.c.person_id == bindparam("old"),
)  # fmt: skip
_BY_INVITING = and_(
    INVITATIONS.c.inviter_id == bindparam("old"),
    ~exists().where(_ANY.c.invitation_id == INVITATIONS.c.invitation_id, _ANY.c.tenant_id == INVITATIONS.c.tenant_id),
)
_ANSWERED_FOR = and_(INVITATIONS.c.tenant_id == bindparam("tenant"), STANDING, or_(_BY_NAME, _BY_INVITING))


@cache
def answered_for(everywhere: bool) -> Any:
    """Invitations for whose guests the person answers: as one of the named, or by having invited."""
    found = select(INVITATIONS.c.invitation_id, INVITATIONS.c.workspace_id).where(_ANSWERED_FOR)
    return found if everywhere else found.where(INVITATIONS.c.workspace_id == bindparam("workspace"))


HAND_OVER_MOST = 500
"""Invitations of one statement."""
_THESE = cast(Any, bindparam("invitations", expanding=True))
HAND_OVER = delete(SPONSORS).where(
    SPONSORS.c.tenant_id == bindparam("tenant"), SPONSORS.c.person_id == bindparam("old"),
    SPONSORS.c.invitation_id.in_(_THESE),
)  # fmt: skip
LEFT = (
    update(PEOPLE)
    .where(PEOPLE.c.tenant_id == bindparam("tenant"), PEOPLE.c.person_id == bindparam("person"))
    .where(PEOPLE.c.left_at.is_(None))
    .values(left_at=NOW)
)
OWNS = select(OWNERS.c.workspace_id).where(
    OWNERS.c.tenant_id == bindparam("tenant_id"), OWNERS.c.person_id == bindparam("person_id")
)
