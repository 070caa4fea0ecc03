"""Named queries of workspaces, their owners, people and admins."""

from functools import cache

from sqlalchemy import and_, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.sql import Executable

from storage.owners import BOTH, DIRECTORY, counts
from storage.policy_tables import Policy, Request
from storage.statements import beside
from storage.statements import insert as upsert
from storage.tables import Admin, Card, ClaimCode, OutboxRow, Owner, Person, Tenant, Workspace, table

TENANTS, WORKSPACES, OWNERS = table(Tenant), table(Workspace), table(Owner)
PEOPLE, ADMINS, CLAIMS, CARDS, OUTBOX = table(Person), table(Admin), table(ClaimCode), table(Card), table(OutboxRow)
REQUESTS, POLICIES = table(Request), table(Policy)
TWICE = 2
"""A card that was deleted so often stays away, even when the bot comes back."""

STANDING = (
    select(
        WORKSPACES,
        OWNERS.c.person_id.label("owner"),
        ADMINS.c.person_id.label("admin"),
        PEOPLE.c.name.label("known_as"),
        PEOPLE.c.role,
        PEOPLE.c.left_at,
        POLICIES.c.version.label("policy_version"),
        POLICIES.c.document,
    )
    .select_from(
        WORKSPACES.outerjoin(
            OWNERS,
            and_(
                OWNERS.c.workspace_id == WORKSPACES.c.workspace_id,
                OWNERS.c.person_id == bindparam("person_id"),
                counts(),
            ),
        )
        .outerjoin(
            ADMINS, and_(ADMINS.c.tenant_id == WORKSPACES.c.tenant_id, ADMINS.c.person_id == bindparam("person_id"))
        )
        .outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == WORKSPACES.c.tenant_id, PEOPLE.c.person_id == bindparam("person_id"))
        )
        .outerjoin(POLICIES, POLICIES.c.tenant_id == WORKSPACES.c.tenant_id)
    )
    .where(WORKSPACES.c.tenant_id == bindparam("tenant_id"))
    .where(WORKSPACES.c.channel_id == bindparam("channel_id"), WORKSPACES.c.place_id == bindparam("place_id"))
)
"""The workspace at a place, in which roles a person stands to it, and the tenant's policy."""

OWNER_NAMES = (
    select(OWNERS.c.person_id, OWNERS.c.source, func.coalesce(PEOPLE.c.name, literal("")).label("name"))
    .select_from(
        OWNERS.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNERS.c.workspace_id).outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == OWNERS.c.tenant_id, PEOPLE.c.person_id == OWNERS.c.person_id)
        )
    )
    .where(beside(OWNERS.c.tenant_id) == bindparam("tenant_id"), OWNERS.c.workspace_id == bindparam("workspace_id"))
    .where(counts())
    .order_by(OWNERS.c.since, OWNERS.c.person_id)
)
LOCK_OWNERS = (
    select(OWNERS.c.person_id, OWNERS.c.source)
    .where(beside(OWNERS.c.tenant_id) == bindparam("tenant_id"), OWNERS.c.workspace_id == bindparam("workspace_id"))
    .order_by(OWNERS.c.person_id)
    .with_for_update()
)
_IN_TEAMS = PEOPLE.c.channel_user_id.startswith("29:", autoescape=True)
OWNERS_IN_TEAMS = (
    select(PEOPLE.c.channel_user_id, PEOPLE.c.role)
    .select_from(
        OWNERS.join(WORKSPACES, WORKSPACES.c.workspace_id == OWNERS.c.workspace_id).join(
            PEOPLE, and_(PEOPLE.c.tenant_id == OWNERS.c.tenant_id, PEOPLE.c.person_id == OWNERS.c.person_id)
        )
    )
    .where(beside(OWNERS.c.tenant_id) == bindparam("tenant_id"), OWNERS.c.workspace_id == bindparam("workspace_id"))
    .where(_IN_TEAMS, counts())
    .order_by(OWNERS.c.since, OWNERS.c.person_id)
    .limit(bindparam("most"))
)
PEOPLE_IN_TEAMS = (
    select(PEOPLE.c.channel_user_id, PEOPLE.c.role)
    .where(PEOPLE.c.tenant_id == bindparam("tenant_id"), _IN_TEAMS)
    .where(PEOPLE.c.person_id.in_(bindparam("person_ids", expanding=True)))
    .order_by(PEOPLE.c.person_id)
    .limit(bindparam("most"))
)
"""Teams' own ids (29:…) of people, as cards name their readers."""
ADMIN = select(ADMINS.c.person_id).where(
    ADMINS.c.tenant_id == bindparam("tenant_id"), ADMINS.c.person_id == bindparam("person_id")
)
ADMINS_OF = select(ADMINS.c.person_id).where(ADMINS.c.tenant_id == bindparam("tenant_id"))
NAMES = select(PEOPLE.c.person_id, PEOPLE.c.name).where(
    PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.person_id.in_(bindparam("person_ids", expanding=True))
)
PERSON = select(PEOPLE).where(
    PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.person_id == bindparam("person_id")
)
PERSON_BY_CHANNEL_ID = select(PEOPLE).where(
    PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.channel_user_id == bindparam("channel_user_id")
)
ADD_WORKSPACE = insert(WORKSPACES)
RETURN = (
    update(WORKSPACES)
    .where(WORKSPACES.c.workspace_id == bindparam("workspace"), WORKSPACES.c.tenant_id == bindparam("tenant"))
    .values(removed_at=None, name=bindparam("name"), group_id=func.coalesce(WORKSPACES.c.group_id, bindparam("group")))
)
NAME = (
    update(WORKSPACES)
    .where(WORKSPACES.c.workspace_id == bindparam("workspace"), WORKSPACES.c.tenant_id == bindparam("tenant"))
    .values(name=bindparam("name"), group_id=func.coalesce(WORKSPACES.c.group_id, bindparam("group")))
)
LEAVE = (
    update(WORKSPACES)
    .where(WORKSPACES.c.workspace_id == bindparam("workspace"), WORKSPACES.c.tenant_id == bindparam("tenant"))
    .values(removed_at=bindparam("now"))
)
QUIET_CARDS = (
    update(CARDS)
    .where(CARDS.c.workspace_id == bindparam("workspace"), CARDS.c.tenant_id == bindparam("tenant"))
    .where(CARDS.c.quiet_at.is_(None))
    .values(quiet_at=bindparam("now"))
)
TELL_CARDS = (
    update(OUTBOX)
    .where(OUTBOX.c.tenant_id == bindparam("tenant"), OUTBOX.c.channel == "card", OUTBOX.c.owner.is_(None))
    .where(
        OUTBOX.c.subject_id.in_(
            select(CARDS.c.invitation_id)
            .where(CARDS.c.workspace_id == bindparam("workspace"), CARDS.c.tenant_id == bindparam("tenant"))
            .where(CARDS.c.quiet_at.is_not(None), CARDS.c.reposted < TWICE)
        )
    )
    .values(due_at=bindparam("now"), changes=OUTBOX.c.changes + 1, attempts=0, dead_at=None)
)
WAKE_CARDS = (
    update(CARDS)
    .where(CARDS.c.workspace_id == bindparam("workspace"), CARDS.c.tenant_id == bindparam("tenant"))
    .where(CARDS.c.quiet_at.is_not(None), CARDS.c.reposted < TWICE)
    .values(quiet_at=None)
)
TELL_REQUESTS = (
    update(OUTBOX)
    .where(OUTBOX.c.tenant_id == bindparam("tenant"), OUTBOX.c.channel == "card", OUTBOX.c.owner.is_(None))
    .where(
        OUTBOX.c.subject_id.in_(
            select(REQUESTS.c.request_id)
            .where(REQUESTS.c.workspace_id == bindparam("workspace"), REQUESTS.c.tenant_id == bindparam("tenant"))
            .where(REQUESTS.c.decided_at.is_(None), REQUESTS.c.activity_id.is_(None))
        )
    )
    .values(due_at=bindparam("now"), changes=OUTBOX.c.changes + 1, attempts=0, dead_at=None)
)
"""Of those that nobody could be told of while the bot was away."""
REMOVE_OWNER = delete(OWNERS).where(
    OWNERS.c.tenant_id == bindparam("tenant_id"),
    OWNERS.c.workspace_id == bindparam("workspace_id"),
    OWNERS.c.person_id == bindparam("person_id"),
)
SPEND_CLAIM = (
    update(CLAIMS)
    .where(CLAIMS.c.code_hash == bindparam("hash"), CLAIMS.c.spent_at.is_(None), CLAIMS.c.expires_at > bindparam("now"))
    .values(spent_at=bindparam("now"), spent_by=bindparam("who"))
)
FORGET_CLAIMS = delete(CLAIMS).where(CLAIMS.c.spent_at.is_(None))
LIVE_CLAIM = select(CLAIMS.c.code_hash).where(CLAIMS.c.spent_at.is_(None), CLAIMS.c.expires_at > bindparam("after"))
ADD_CLAIM = insert(CLAIMS)
CLAIMED_TENANTS = select(ADMINS.c.tenant_id).distinct()


@cache
def add_tenant(dialect: str) -> Executable:
    return upsert(dialect)(TENANTS).on_conflict_do_nothing(index_elements=["tenant_id"])


@cache
def add_owner(dialect: str) -> Executable:
    """By people's word. Whom the directory names already stays an owner when it names that person no more."""
    return upsert(dialect)(OWNERS).on_conflict_do_update(
        index_elements=["workspace_id", "person_id"], set_={"source": BOTH}, where=OWNERS.c.source == DIRECTORY
    )


@cache
def add_admin(dialect: str) -> Executable:
    return upsert(dialect)(ADMINS).on_conflict_do_nothing(index_elements=["tenant_id", "person_id"])


@cache
def remember(dialect: str) -> Executable:
    """What was told replaces what was known; what was not told stays. Whoever is told of is there."""
    names = ("tenant_id", "person_id", "name", "address", "channel_user_id", "role", "role_checked_at")
    statement = upsert(dialect)(PEOPLE).values(**{name: bindparam(name) for name in names})
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={
            "name": func.coalesce(func.nullif(new.name, ""), PEOPLE.c.name),
            "address": func.coalesce(new.address, PEOPLE.c.address),
            "channel_user_id": func.coalesce(func.nullif(new.channel_user_id, ""), PEOPLE.c.channel_user_id),
            "role": func.coalesce(new.role, PEOPLE.c.role),
            "role_checked_at": func.coalesce(new.role_checked_at, PEOPLE.c.role_checked_at),
            "left_at": None,
        },
    )
