"""Named queries of guests' accounts at providers."""

from functools import cache

from sqlalchemy import and_, bindparam, not_, or_, select, union
from sqlalchemy.sql import Executable

from storage.guests import GUESTS, LIVE, MEMBERSHIPS, POLICIES, WORKSPACES
from storage.policy_tables import Challenge, Identity, ProviderSecret
from storage.statements import insert
from storage.tables import table

IDENTITIES, SECRETS, CHALLENGES = table(Identity), table(ProviderSecret), table(Challenge)
BY_SUBJECT = (
    select(IDENTITIES.c.identity_id, IDENTITIES.c.guest_id, GUESTS.c.address_key)
    .join(GUESTS, and_(GUESTS.c.guest_id == IDENTITIES.c.guest_id, GUESTS.c.tenant_id == IDENTITIES.c.tenant_id))
    .where(
        IDENTITIES.c.tenant_id == bindparam("tenant_id"), IDENTITIES.c.issuer == bindparam("issuer"),
        IDENTITIES.c.subject == bindparam("subject"),
    )
)  # fmt: skip
OF_GUEST = select(IDENTITIES.c.identity_id, IDENTITIES.c.issuer, IDENTITIES.c.method).where(
    IDENTITIES.c.tenant_id == bindparam("tenant_id"), IDENTITIES.c.guest_id == bindparam("guest_id")
)
_MINE = and_(
    IDENTITIES.c.tenant_id == GUESTS.c.tenant_id,
    IDENTITIES.c.guest_id == GUESTS.c.guest_id,
    IDENTITIES.c.issuer == bindparam("issuer"),
)
_HOLDERS, _ADDRESSEES = IDENTITIES.alias("holders"), GUESTS.alias("addressees")
_KNOWN_BY = union(
    select(_HOLDERS.c.guest_id).where(
        _HOLDERS.c.issuer == bindparam("issuer"), _HOLDERS.c.subject == bindparam("subject")
    ),
    select(_ADDRESSEES.c.guest_id).where(_ADDRESSEES.c.address_key == bindparam("address_key")),
)
BY_ACCOUNT = (
    select(
        GUESTS.c.tenant_id, GUESTS.c.guest_id, GUESTS.c.address, GUESTS.c.language, MEMBERSHIPS.c.workspace_id,
        WORKSPACES.c.name.label("workspace"), IDENTITIES.c.identity_id, IDENTITIES.c.subject,
        POLICIES.c.version.label("policy_version"), POLICIES.c.document,
    )
    .select_from(
        GUESTS.join(
            MEMBERSHIPS,
            and_(MEMBERSHIPS.c.guest_id == GUESTS.c.guest_id, MEMBERSHIPS.c.tenant_id == GUESTS.c.tenant_id),
        )
        .join(WORKSPACES, WORKSPACES.c.workspace_id == MEMBERSHIPS.c.workspace_id)
        .outerjoin(IDENTITIES, _MINE)
        .outerjoin(POLICIES, POLICIES.c.tenant_id == GUESTS.c.tenant_id)
    )
    .where(LIVE, GUESTS.c.guest_id.in_(_KNOWN_BY))
    .order_by(GUESTS.c.tenant_id, MEMBERSHIPS.c.started_at)
)  # fmt: skip
"""Everything live behind an account or the address that it proves, in all tenants: for a returning guest, who names
no tenant. `subject` is null where the guest has no account of this issuer yet."""

SECRET = select(SECRETS.c.sealed).where(
    SECRETS.c.provider_id == bindparam("provider_id"), SECRETS.c.tenant_id == bindparam("tenant_id")
)
_SOME = or_(
    POLICIES.c.document.contains('"provider_id"', autoescape=True),
    not_(POLICIES.c.document.contains('"google_domains":[]', autoescape=True)),
)
WITH_PROVIDERS = (
    select(POLICIES.c.tenant_id, POLICIES.c.version.label("policy_version"), POLICIES.c.document)
    .where(_SOME)
    .order_by(POLICIES.c.tenant_id)
)
"""For a returning guest, whose address alone says where to sign in: policies with partners, or Google's domains."""


@cache
def put(dialect: str) -> Executable:
    """Nothing is written where the account, or another one of the same issuer, is known already."""
    statement = insert(dialect)(IDENTITIES).values(
        **{
            name: bindparam(name)
            for name in ("identity_id", "tenant_id", "guest_id", "method", "issuer", "subject", "linked_at")
        }
    )
    return statement.on_conflict_do_nothing()


@cache
def spend(dialect: str) -> Executable:
    """A sign-in is finished once. No row: it was."""
    names = ("challenge_hash", "tenant_id", "guest_id", "session_hash", "purpose", "expires_at", "used_at")
    statement = insert(dialect)(CHALLENGES).values(**{name: bindparam(name) for name in names})
    return statement.on_conflict_do_nothing(index_elements=["challenge_hash"])
