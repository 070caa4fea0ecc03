"""Named queries of invitations, links and cards."""

from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.sql import ColumnElement, Executable

from storage.lifecycle_tables import Sponsor
from storage.policy_tables import Identity, Policy, Rollout, TenantFeature
from storage.statements import beside
from storage.tables import (
    Card,
    Draft,
    Guest,
    Instant,
    Invitation,
    Link,
    Membership,
    OutboxRow,
    Person,
    Workspace,
    table,
)

INVITATIONS, LINKS, CARDS, DRAFTS = table(Invitation), table(Link), table(Card), table(Draft)
WORKSPACES, PEOPLE, MEMBERSHIPS, OUTBOX = table(Workspace), table(Person), table(Membership), table(OutboxRow)
ROLLOUTS, SETTINGS, POLICIES = table(Rollout), table(TenantFeature), table(Policy)
GUESTS, IDENTITIES, SPONSORS = table(Guest), table(Identity), table(Sponsor)
METHOD = "email_passcode"
"""The feature behind today's only sign-in method: whether it is on is asked with almost every look at an invitation."""
NOW = bindparam("now", type_=Instant)

OPEN = and_(
    INVITATIONS.c.redeemed_at.is_(None),
    INVITATIONS.c.declined_at.is_(None),
    INVITATIONS.c.revoked_at.is_(None),
    INVITATIONS.c.replaced_at.is_(None),
)
LATEST_MEMBERSHIP = and_(
    MEMBERSHIPS.c.invitation_id == INVITATIONS.c.invitation_id,
    MEMBERSHIPS.c.guest_id == INVITATIONS.c.guest_id,
    MEMBERSHIPS.c.started_at >= INVITATIONS.c.redeemed_at,
)
BY_ACCOUNT = (
    exists()
    .where(GUESTS.c.guest_id == INVITATIONS.c.guest_id, GUESTS.c.tenant_id == INVITATIONS.c.tenant_id)
    .where(IDENTITIES.c.guest_id == GUESTS.c.guest_id, IDENTITIES.c.tenant_id == GUESTS.c.tenant_id)
    .where(IDENTITIES.c.linked_at == GUESTS.c.created_at)
)
"""The guest came in with an account, and never needed a passcode."""
SEEN = (
    select(GUESTS.c.seen_at)
    .where(GUESTS.c.guest_id == INVITATIONS.c.guest_id, GUESTS.c.tenant_id == INVITATIONS.c.tenant_id)
    .correlate(INVITATIONS)
    .scalar_subquery()
)
"""The guest's last sign-in."""
SPONSORED = exists().where(
    SPONSORS.c.invitation_id == INVITATIONS.c.invitation_id, beside(SPONSORS.c.tenant_id) == INVITATIONS.c.tenant_id
)
"""Somebody was named to answer for the guest: else it is the inviter."""
_FACTS = select(
    INVITATIONS,
    BY_ACCOUNT.label("by_account"),
    SPONSORED.label("sponsored"),
    SEEN.label("seen_at"),
    WORKSPACES.c.name.label("workspace"),
    WORKSPACES.c.kind,
    WORKSPACES.c.channel_id,
    func.coalesce(PEOPLE.c.name, "").label("inviter"),
    PEOPLE.c.address.label("inviter_address"),
    MEMBERSHIPS.c.membership_id,
    MEMBERSHIPS.c.ends_at,
    MEMBERSHIPS.c.ended_at,
    MEMBERSHIPS.c.end_reason,
    ROLLOUTS.c.stage,
    ROLLOUTS.c.from_at,
    SETTINGS.c.setting,
    POLICIES.c.version.label("policy_version"),
    POLICIES.c.document,
).select_from(
    INVITATIONS.join(WORKSPACES, WORKSPACES.c.workspace_id == INVITATIONS.c.workspace_id)
    .outerjoin(
        PEOPLE,
        and_(PEOPLE.c.tenant_id == INVITATIONS.c.tenant_id, PEOPLE.c.person_id == INVITATIONS.c.inviter_id),
    )
    .outerjoin(MEMBERSHIPS, LATEST_MEMBERSHIP)
    .outerjoin(ROLLOUTS, and_(ROLLOUTS.c.feature == METHOD, ROLLOUTS.c.surface == INVITATIONS.c.surface))
    .outerjoin(SETTINGS, and_(SETTINGS.c.tenant_id == INVITATIONS.c.tenant_id, SETTINGS.c.feature == METHOD))
    .outerjoin(POLICIES, POLICIES.c.tenant_id == INVITATIONS.c.tenant_id)
)
FACTS = _FACTS.where(beside(INVITATIONS.c.tenant_id) == bindparam("tenant_id"))
"""Everything that is known of an invitation: its state, its views and its mails are made of this."""
FACTS_OF_ALL = _FACTS.where(beside(INVITATIONS.c.tenant_id).in_(bindparam("tenant_ids", expanding=True)))
"""Of several tenants, for the worker: what belongs to which is to be looked at again."""

BY_ID = FACTS.where(INVITATIONS.c.invitation_id == bindparam("invitation_id"))
BY_ADDRESSES = FACTS.where(
    INVITATIONS.c.workspace_id == bindparam("workspace_id"),
    INVITATIONS.c.address_key.in_(bindparam("address_keys", expanding=True)),
).order_by(INVITATIONS.c.created_at, INVITATIONS.c.invitation_id)
AT_ADDRESS = _FACTS.where(
    INVITATIONS.c.tenant_id == bindparam("tenant_id"), INVITATIONS.c.address_key == bindparam("address_key")
)
IN_WORKSPACE = FACTS.where(INVITATIONS.c.workspace_id == bindparam("workspace_id"))
_LINK = (
    LINKS.c.link_id.label("held_link"),
    LINKS.c.key_id.label("held_key"),
    LINKS.c.created_at.label("held_since"),
    LINKS.c.token_hash,
)
_LINKED = and_(LINKS.c.invitation_id == INVITATIONS.c.invitation_id, LINKS.c.tenant_id == INVITATIONS.c.tenant_id)
_HELD = _FACTS.add_columns(*_LINK).where(_LINKED)
"""An invitation's facts with one of its links, which need not be the one that counts."""
BY_TOKEN = _HELD.where(LINKS.c.token_hash == bindparam("token_hash"))
BY_LINK = _HELD.where(LINKS.c.link_id == bindparam("link_id"), LINKS.c.tenant_id == bindparam("tenant_id"))
BY_LINKS = FACTS_OF_ALL.add_columns(*_LINK).where(
    _LINKED, LINKS.c.link_id.in_(bindparam("subject_ids", expanding=True))
)
ADD, ADD_LINK, ADD_CARD, ADD_DRAFT = insert(INVITATIONS), insert(LINKS), insert(CARDS), insert(DRAFTS)

LIVE = and_(MEMBERSHIPS.c.ended_at.is_(None), MEMBERSHIPS.c.ends_at > NOW)
WAITING = and_(OPEN, INVITATIONS.c.expires_at > NOW)
SHOWN = {
    "all": and_(INVITATIONS.c.replaced_at.is_(None), INVITATIONS.c.erased_at.is_(None)),
    "pending": WAITING,
    "active": and_(INVITATIONS.c.redeemed_at.is_not(None), INVITATIONS.c.revoked_at.is_(None), LIVE),
}


@cache
def listing(only: str, *, mine: bool = False) -> tuple[Executable, Executable]:
    """The number of rows, and one page of them (`most`, `skip`), newest first. `mine`: of one `inviter`."""
    chosen = IN_WORKSPACE.where(SHOWN[only])
    if mine:
        chosen = chosen.where(INVITATIONS.c.inviter_id == bindparam("inviter"))
    number = select(func.count()).select_from(chosen.subquery())
    newest = chosen.order_by(INVITATIONS.c.created_at.desc(), INVITATIONS.c.invitation_id)
    return number, newest.limit(bindparam("most")).offset(bindparam("skip"))


OPEN_UNTIL = (
    select(INVITATIONS.c.expires_at)
    .where(INVITATIONS.c.tenant_id == bindparam("tenant_id"), INVITATIONS.c.workspace_id == bindparam("workspace_id"))
    .where(WAITING)
    .order_by(INVITATIONS.c.expires_at)
    .limit(1)
    .offset(bindparam("skip"))
)
OPEN_NUMBER = select(func.count()).where(
    INVITATIONS.c.tenant_id == bindparam("tenant_id"), INVITATIONS.c.workspace_id == bindparam("workspace_id"), WAITING
)


def _change(*conditions: ColumnElement[bool]) -> Any:
    return update(INVITATIONS).where(
        INVITATIONS.c.invitation_id == bindparam("invitation"), INVITATIONS.c.tenant_id == bindparam("tenant"),
        *conditions,
    )  # fmt: skip


AT_VERSION = INVITATIONS.c.version == bindparam("seen")
NEXT = {"version": INVITATIONS.c.version + 1}
RENEW = _change(AT_VERSION).values(
    link_id=bindparam("link"), mailed_at=NOW, sent_at=None, failed_at=None, failure=None, opened_at=None,
    passcode_sent_at=None, redeemed_at=None, expires_at=bindparam("until"), address=bindparam("to"),
    address_key=bindparam("to_key"), access_until=bindparam("last"), **NEXT,
)  # fmt: skip
PROLONG = _change(AT_VERSION).values(expires_at=bindparam("until"), access_until=bindparam("last"), **NEXT)
BUMP = _change(AT_VERSION).values(**NEXT)
NO_END = _change(AT_VERSION).values(access_until=None, **NEXT)
REVOKE = _change(AT_VERSION).values(revoked_at=NOW, **NEXT)
REPLACE = (
    update(INVITATIONS)
    .where(INVITATIONS.c.tenant_id == bindparam("tenant"))
    .where(INVITATIONS.c.invitation_id.in_(bindparam("invitations", expanding=True)))
    .where(
        INVITATIONS.c.replaced_at.is_(None),
        or_(INVITATIONS.c.redeemed_at.is_not(None), INVITATIONS.c.expires_at <= NOW),
    )
    .values(replaced_at=NOW, **NEXT)
)
"""Expired ones, whether they had been redeemed or not. One that was just opened again stays: then a new one is refused
by the index."""
DECLINE = _change(OPEN, INVITATIONS.c.expires_at > NOW).values(declined_at=NOW, **NEXT)
REDEEM = _change(OPEN, INVITATIONS.c.expires_at > NOW, INVITATIONS.c.link_id == bindparam("link")).values(
    redeemed_at=NOW, guest_id=bindparam("guest"), **NEXT
)
OPENED = _change(INVITATIONS.c.opened_at.is_(None)).values(opened_at=NOW)
THIS_LINK = INVITATIONS.c.link_id == bindparam("link")
SENT = _change(THIS_LINK).values(sent_at=NOW, failed_at=None, failure=None)
FAILED = _change(THIS_LINK).values(failed_at=NOW, failure=bindparam("why"))
DEFERRED = _change(THIS_LINK, OPEN, INVITATIONS.c.sent_at.is_(None), INVITATIONS.c.failure.is_(None)).values(
    failure=bindparam("why")
)
"""The first time only, so that whoever writes it knows."""
BOUNCED = _change(THIS_LINK, OPEN, INVITATIONS.c.expires_at > NOW).values(failed_at=NOW, failure=bindparam("why"))
"""A later mail of an offer that is still open."""
PASSCODE_SENT = _change(INVITATIONS.c.redeemed_at.is_(None)).values(passcode_sent_at=NOW, failed_at=None, failure=None)
PASSCODE_FAILED = _change(INVITATIONS.c.redeemed_at.is_(None)).values(failed_at=NOW, failure=bindparam("why"))

SPEND_DRAFT = (
    update(DRAFTS)
    .where(
        DRAFTS.c.draft_id == bindparam("draft"), DRAFTS.c.tenant_id == bindparam("tenant"),
        DRAFTS.c.workspace_id == bindparam("workspace"), DRAFTS.c.person_id == bindparam("person"),
        DRAFTS.c.spent_at.is_(None), DRAFTS.c.created_at > bindparam("after"),
    )
    .values(spent_at=NOW)
    .returning(DRAFTS.c.addresses, DRAFTS.c.access_days, DRAFTS.c.wishes)
)  # fmt: skip

CARD = select(CARDS).where(
    CARDS.c.invitation_id == bindparam("invitation_id"), CARDS.c.tenant_id == bindparam("tenant_id")
)
WITH_CARDS = FACTS.where(INVITATIONS.c.invitation_id.in_(bindparam("invitation_ids", expanding=True))).add_columns(
    CARDS.c.channel_id.label("card_channel"), CARDS.c.service_url, CARDS.c.conversation_id, CARDS.c.bot_id,
    CARDS.c.locale, CARDS.c.activity_id, CARDS.c.quiet_at,
).where(CARDS.c.invitation_id == INVITATIONS.c.invitation_id, CARDS.c.tenant_id == INVITATIONS.c.tenant_id)  # fmt: skip
"""The facts, and where the cards stand."""
_CARD = and_(CARDS.c.invitation_id == bindparam("invitation"), CARDS.c.tenant_id == bindparam("tenant"))
SPEAKS = update(CARDS).where(_CARD, CARDS.c.locale != bindparam("spoken")).values(locale=bindparam("spoken"))
CREATING = update(CARDS).where(_CARD, CARDS.c.activity_id.is_(None), CARDS.c.creating_at.is_(None)).values(
    creating_at=NOW
)  # fmt: skip
CREATING_AGAIN = update(CARDS).where(_CARD, CARDS.c.activity_id.is_(None)).values(creating_at=NOW)
POSTED = update(CARDS).where(_CARD).values(activity_id=bindparam("activity"), posted_at=NOW, creating_at=None)
FOUND = (
    update(CARDS)
    .where(_CARD, CARDS.c.activity_id.is_(None), CARDS.c.creating_at.is_not(None))
    .where(CARDS.c.channel_id == bindparam("channel"), CARDS.c.conversation_id == bindparam("conversation"))
    .values(activity_id=bindparam("activity"), posted_at=NOW, creating_at=None)
)
NOT_CREATED = update(CARDS).where(_CARD).values(creating_at=None)
GONE = update(CARDS).where(_CARD).values(activity_id=None, creating_at=None, reposted=CARDS.c.reposted + 1)
QUIET = update(CARDS).where(_CARD).values(quiet_at=NOW)
