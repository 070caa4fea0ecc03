"""Named queries of guests, memberships and sessions."""

from functools import cache
from typing import Any, cast

from sqlalchemy import and_, bindparam, func, insert, or_, select, union_all, update
from sqlalchemy.sql import Executable

from storage.policy_tables import Acceptance, Identity, Policy
from storage.statements import insert as upsert
from storage.tables import Guest, Instant, Invitation, Membership, Person, Session, Tenant, Workspace, table

GUESTS, MEMBERSHIPS, SESSIONS = table(Guest), table(Membership), table(Session)
WORKSPACES, TENANTS, INVITATIONS, PEOPLE = table(Workspace), table(Tenant), table(Invitation), table(Person)
POLICIES, ACCEPTANCES, IDENTITIES = table(Policy), table(Acceptance), table(Identity)
NOW = bindparam("now", type_=Instant)
ALL = 1_000_000
"""SQLite takes no offset without a limit."""
LIVE = and_(MEMBERSHIPS.c.ended_at.is_(None), MEMBERSHIPS.c.ends_at > NOW)

OTHERS = cast(Any, bindparam("others", ""))
LANGUAGES = union_all(
    select(GUESTS.c.address_key, GUESTS.c.language).where(
        GUESTS.c.tenant_id == bindparam("tenant_id"),
        GUESTS.c.address_key.in_(bindparam("address_keys", expanding=True)),
    ),
    select(OTHERS.label("address_key"), TENANTS.c.language).where(TENANTS.c.tenant_id == bindparam("tenant_id")),
)
PROLONG = (
    update(MEMBERSHIPS)
    .where(MEMBERSHIPS.c.membership_id == bindparam("membership"), MEMBERSHIPS.c.tenant_id == bindparam("tenant"), LIVE)
    .values(ends_at=bindparam("until"))
)
END = (
    update(MEMBERSHIPS)
    .where(
        MEMBERSHIPS.c.membership_id == bindparam("membership"), MEMBERSHIPS.c.tenant_id == bindparam("tenant"),
        MEMBERSHIPS.c.ended_at.is_(None),
    )
    .values(ended_at=NOW, end_reason=bindparam("reason"))
)  # fmt: skip
END_RUN_OUT = (
    update(MEMBERSHIPS)
    .where(
        MEMBERSHIPS.c.workspace_id == bindparam("workspace"), MEMBERSHIPS.c.guest_id == bindparam("guest"),
        MEMBERSHIPS.c.ended_at.is_(None), MEMBERSHIPS.c.ends_at <= NOW,
    )
    .values(ended_at=NOW, end_reason="expired")
)  # fmt: skip
START = insert(MEMBERSHIPS)
END_SESSIONS = (
    update(SESSIONS)
    .where(
        SESSIONS.c.tenant_id == bindparam("tenant"), SESSIONS.c.guest_id == bindparam("guest"),
        SESSIONS.c.ended_at.is_(None),
    )
    .values(ended_at=NOW, end_reason=bindparam("reason"))
)  # fmt: skip
LEFT = (
    update(INVITATIONS)
    .where(INVITATIONS.c.invitation_id == bindparam("invitation"), INVITATIONS.c.tenant_id == bindparam("tenant"))
    .values(revoked_at=NOW, version=INVITATIONS.c.version + 1)
)
"""A guest who left holds no invitation any more either."""
ADD_SESSION = insert(SESSIONS)
END_SESSION = (
    update(SESSIONS)
    .where(SESSIONS.c.session_hash == bindparam("hash"), SESSIONS.c.ended_at.is_(None))
    .values(ended_at=NOW, end_reason=bindparam("reason"))
)
OPEN_SESSION = and_(
    SESSIONS.c.tenant_id == bindparam("tenant"), SESSIONS.c.guest_id == bindparam("guest"),
    SESSIONS.c.ended_at.is_(None), SESSIONS.c.expires_at > NOW,
)  # fmt: skip
TOO_MANY = (
    select(SESSIONS.c.session_id)
    .where(OPEN_SESSION, SESSIONS.c.session_id.is_not(None))
    .order_by(SESSIONS.c.created_at.desc(), SESSIONS.c.session_hash)
    .offset(bindparam("most"))
)
END_ONE = (
    update(SESSIONS)
    .where(OPEN_SESSION, SESSIONS.c.session_id == bindparam("session"))
    .values(ended_at=NOW, end_reason=bindparam("reason"))
)
SIGN_INS = (
    select(
        SESSIONS.c.session_id, SESSIONS.c.created_at, SESSIONS.c.expires_at, SESSIONS.c.method, SESSIONS.c.network,
        SESSIONS.c.browser,
    )
    .where(OPEN_SESSION)
    .order_by(SESSIONS.c.created_at.desc(), SESSIONS.c.session_hash)
)  # fmt: skip
GUEST_IN = (
    select(GUESTS.c.guest_id, GUESTS.c.address)
    .select_from(
        GUESTS.join(
            MEMBERSHIPS,
            and_(MEMBERSHIPS.c.guest_id == GUESTS.c.guest_id, MEMBERSHIPS.c.tenant_id == GUESTS.c.tenant_id),
        )
    )
    .where(GUESTS.c.tenant_id == bindparam("tenant_id"), MEMBERSHIPS.c.workspace_id == bindparam("workspace_id"))
    .where(or_(GUESTS.c.address_key == bindparam("address_key"), GUESTS.c.guest_id == bindparam("guest_id")), LIVE)
    .limit(1)
)
"""A guest of the workspace, by address or by id. Whoever was one is nobody to its owners any more."""
RENEW = (
    update(SESSIONS)
    .where(SESSIONS.c.session_hash == bindparam("hash"), SESSIONS.c.ended_at.is_(None), SESSIONS.c.expires_at > NOW)
    .values(session_hash=bindparam("new_hash"))
    .returning(SESSIONS.c.tenant_id, SESSIONS.c.guest_id, SESSIONS.c.expires_at)
)
SPEAK = (
    update(GUESTS)
    .where(GUESTS.c.guest_id == bindparam("guest"), GUESTS.c.tenant_id == bindparam("tenant"))
    .where(GUESTS.c.language != bindparam("chosen"))
    .values(language=bindparam("chosen"))
)
SESSION_ROWS = (
    select(
        SESSIONS.c.session_hash, SESSIONS.c.session_id, SESSIONS.c.tenant_id, SESSIONS.c.guest_id,
        SESSIONS.c.created_at, SESSIONS.c.expires_at, SESSIONS.c.ended_at, SESSIONS.c.end_reason,
        SESSIONS.c.method, SESSIONS.c.occasion, SESSIONS.c.second_factor,
        SESSIONS.c.second_factor_at, IDENTITIES.c.issuer,
        GUESTS.c.address, GUESTS.c.name, GUESTS.c.language,
        MEMBERSHIPS.c.membership_id, MEMBERSHIPS.c.workspace_id, MEMBERSHIPS.c.surface, MEMBERSHIPS.c.started_at,
        MEMBERSHIPS.c.ends_at, MEMBERSHIPS.c.invitation_id, WORKSPACES.c.name.label("workspace"), WORKSPACES.c.kind,
        POLICIES.c.version.label("policy_version"), POLICIES.c.document,
        ACCEPTANCES.c.consented_at, ACCEPTANCES.c.terms_version,
    )
    .select_from(
        SESSIONS.join(
            GUESTS, and_(GUESTS.c.guest_id == SESSIONS.c.guest_id, GUESTS.c.tenant_id == SESSIONS.c.tenant_id)
        )
        .outerjoin(
            MEMBERSHIPS,
            and_(
                MEMBERSHIPS.c.guest_id == SESSIONS.c.guest_id, MEMBERSHIPS.c.tenant_id == SESSIONS.c.tenant_id, LIVE
            ),
        )
        .outerjoin(WORKSPACES, WORKSPACES.c.workspace_id == MEMBERSHIPS.c.workspace_id)
        .outerjoin(POLICIES, POLICIES.c.tenant_id == SESSIONS.c.tenant_id)
        .outerjoin(
            ACCEPTANCES,
            and_(ACCEPTANCES.c.tenant_id == SESSIONS.c.tenant_id, ACCEPTANCES.c.guest_id == SESSIONS.c.guest_id),
        )
        .outerjoin(
            IDENTITIES,
            and_(IDENTITIES.c.identity_id == SESSIONS.c.identity_id, IDENTITIES.c.tenant_id == SESSIONS.c.tenant_id),
        )
    )
    .order_by(MEMBERSHIPS.c.started_at, MEMBERSHIPS.c.membership_id)
)  # fmt: skip
"""Sessions with their guests, a row for each live membership (one with nulls where there is none)."""

SESSION = SESSION_ROWS.where(SESSIONS.c.session_hash == bindparam("hash"))

LAST_ENDED = (
    select(
        WORKSPACES.c.name.label("workspace"), WORKSPACES.c.kind,
        func.coalesce(PEOPLE.c.name, "").label("inviter"), MEMBERSHIPS.c.end_reason,
    )
    .select_from(
        MEMBERSHIPS.join(WORKSPACES, WORKSPACES.c.workspace_id == MEMBERSHIPS.c.workspace_id)
        .join(INVITATIONS, INVITATIONS.c.invitation_id == MEMBERSHIPS.c.invitation_id)
        .outerjoin(
            PEOPLE,
            and_(PEOPLE.c.tenant_id == INVITATIONS.c.tenant_id, PEOPLE.c.person_id == INVITATIONS.c.inviter_id),
        )
    )
    .where(MEMBERSHIPS.c.tenant_id == bindparam("tenant_id"), MEMBERSHIPS.c.guest_id == bindparam("guest_id"))
    .where(or_(MEMBERSHIPS.c.ended_at.is_not(None), MEMBERSHIPS.c.ends_at <= NOW))
    .order_by(func.coalesce(MEMBERSHIPS.c.ended_at, MEMBERSHIPS.c.ends_at).desc())
    .limit(1)
)  # fmt: skip
BY_ADDRESS = (
    select(
        GUESTS.c.tenant_id, GUESTS.c.guest_id, GUESTS.c.address, GUESTS.c.language, MEMBERSHIPS.c.surface,
        MEMBERSHIPS.c.workspace_id, WORKSPACES.c.name.label("workspace"),
        POLICIES.c.version.label("policy_version"), POLICIES.c.document, IDENTITIES.c.issuer, IDENTITIES.c.method,
    )
    .select_from(
        GUESTS.join(
            MEMBERSHIPS,
            and_(MEMBERSHIPS.c.guest_id == GUESTS.c.guest_id, MEMBERSHIPS.c.tenant_id == GUESTS.c.tenant_id),
        )
        .join(WORKSPACES, WORKSPACES.c.workspace_id == MEMBERSHIPS.c.workspace_id)
        .outerjoin(POLICIES, POLICIES.c.tenant_id == GUESTS.c.tenant_id)
        .outerjoin(
            IDENTITIES,
            and_(
                IDENTITIES.c.guest_id == GUESTS.c.guest_id, IDENTITIES.c.tenant_id == GUESTS.c.tenant_id,
                IDENTITIES.c.linked_at == GUESTS.c.created_at,
            ),
        )
    )
    .where(GUESTS.c.address_key == bindparam("address_key"), LIVE)
    .order_by(GUESTS.c.tenant_id, MEMBERSHIPS.c.started_at)
)  # fmt: skip
"""Everything live behind an address, in all tenants: for a returning guest, who names no tenant. `issuer` and `method`
are of the account that the guest came in with at first; null: it was a passcode."""

LOCK = (
    select(GUESTS.c.guest_id)
    .where(GUESTS.c.guest_id == bindparam("guest_id"), GUESTS.c.tenant_id == bindparam("tenant_id"))
    .with_for_update()
)
MEMBERSHIP = (
    select(MEMBERSHIPS)
    .where(
        MEMBERSHIPS.c.membership_id == bindparam("membership_id"), MEMBERSHIPS.c.tenant_id == bindparam("tenant_id"),
        MEMBERSHIPS.c.guest_id == bindparam("guest_id"), LIVE,
    )
)  # fmt: skip


NAME = (
    update(GUESTS)
    .where(GUESTS.c.guest_id == bindparam("guest"), GUESTS.c.tenant_id == bindparam("tenant"), GUESTS.c.name == "")
    .values(name=bindparam("called"))
)
"""The first name that somebody gives stays."""


@cache
def put(dialect: str) -> Executable:
    """The guest of an address in a tenant: made, or found as it is spelled, and locked until the unit ends."""
    statement = upsert(dialect)(GUESTS).values(
        **{
            name: bindparam(name)
            for name in ("guest_id", "tenant_id", "address", "address_key", "name", "language", "created_at", "seen_at")
        }
    )
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "address_key"], set_={"address": GUESTS.c.address}
    ).returning(GUESTS.c.guest_id, GUESTS.c.language)
