"""Named queries of what happens to a guest's access by date: its end, and the questions whether it is still needed."""

from functools import cache
from typing import Any, cast

from sqlalchemy import and_, bindparam, case, exists, func, literal, or_, select, update
from sqlalchemy.sql import Executable

from storage.lifecycle_tables import Attestation, Closing, Sponsor
from storage.statements import beside, insert
from storage.tables import Guest, Instant, Invitation, Membership, OutboxRow, Person, Session, Workspace, table

MEMBERSHIPS, GUESTS, WORKSPACES, INVITATIONS = table(Membership), table(Guest), table(Workspace), table(Invitation)
PEOPLE, SPONSORS, SESSIONS, OUTBOX = table(Person), table(Sponsor), table(Session), table(OutboxRow)
CLOSINGS, ATTESTATIONS = table(Closing), table(Attestation)
NOW = bindparam("now", type_=Instant)
TENANT = cast(Any, bindparam("tenant"))
ASKED, BEFORE = bindparam("asked", type_=Instant), bindparam("before", type_=Instant)
LIVE = and_(MEMBERSHIPS.c.ended_at.is_(None), MEMBERSHIPS.c.ends_at > NOW)
MOST_LINES = 1000
"""Of one question, which is about the guests of one workspace."""

JOINED = (
    MEMBERSHIPS.join(
        GUESTS, and_(GUESTS.c.guest_id == MEMBERSHIPS.c.guest_id, GUESTS.c.tenant_id == MEMBERSHIPS.c.tenant_id)
    )
    .join(
        INVITATIONS,
        and_(
            INVITATIONS.c.invitation_id == MEMBERSHIPS.c.invitation_id,
            INVITATIONS.c.tenant_id == MEMBERSHIPS.c.tenant_id,
        ),
    )
    .join(WORKSPACES, WORKSPACES.c.workspace_id == MEMBERSHIPS.c.workspace_id)
)
FACTS = (
    MEMBERSHIPS, GUESTS.c.address, GUESTS.c.language, GUESTS.c.seen_at, GUESTS.c.name.label("guest"),
    WORKSPACES.c.name.label("workspace"), WORKSPACES.c.kind, INVITATIONS.c.inviter_id,
)  # fmt: skip
MEMBERSHIP = (
    select(*FACTS)
    .select_from(JOINED)
    .where(MEMBERSHIPS.c.membership_id == bindparam("membership_id"), MEMBERSHIPS.c.tenant_id == bindparam("tenant_id"))
)
STARTED = select(MEMBERSHIPS.c.started_at).where(
    MEMBERSHIPS.c.membership_id == bindparam("membership_id"), MEMBERSHIPS.c.tenant_id == bindparam("tenant_id")
)
EXPIRE = (
    update(MEMBERSHIPS)
    .where(MEMBERSHIPS.c.membership_id == bindparam("membership"), MEMBERSHIPS.c.tenant_id == TENANT)
    .where(MEMBERSHIPS.c.ended_at.is_(None), MEMBERSHIPS.c.ends_at <= NOW)
    .values(ended_at=MEMBERSHIPS.c.ends_at, end_reason="expired")
)
"""It ended when it was to end, however late that is noticed."""
MAILED = select(OUTBOX.c.unique_key, OUTBOX.c.due_at, OUTBOX.c.created_at, OUTBOX.c.done_at).where(
    OUTBOX.c.tenant_id == bindparam("tenant_id"), OUTBOX.c.unique_key.in_(bindparam("keys", expanding=True))
)
SEEN = update(GUESTS).where(GUESTS.c.guest_id == bindparam("guest"), GUESTS.c.tenant_id == TENANT).values(seen_at=NOW)

# What is asked about guests

THESE = cast(Any, bindparam("memberships", expanding=True))
WORKSPACES_OF = select(MEMBERSHIPS.c.membership_id, MEMBERSHIPS.c.workspace_id).where(
    MEMBERSHIPS.c.tenant_id == TENANT, MEMBERSHIPS.c.membership_id.in_(THESE)
)
OPEN_CLOSING = and_(CLOSINGS.c.tenant_id == TENANT, CLOSINGS.c.decided_at.is_(None))
_OPEN_ONE = and_(beside(CLOSINGS.c.tenant_id) == TENANT, CLOSINGS.c.decided_at.is_(None))
"""By its membership."""
OPEN_QUESTION = and_(ATTESTATIONS.c.tenant_id == TENANT, ATTESTATIONS.c.answered_at.is_(None))
CLOSING = select(CLOSINGS.c.ends_at).where(
    CLOSINGS.c.membership_id == bindparam("membership_id"), CLOSINGS.c.tenant_id == bindparam("tenant_id"),
    CLOSINGS.c.reason == bindparam("why"), CLOSINGS.c.decided_at.is_(None),
)  # fmt: skip
CLOSED_BY: dict[str, Any] = {"decided_at": NOW, "decided_by": bindparam("who"), "outcome": bindparam("word")}
ANSWERED_BY: dict[str, Any] = {"answered_at": NOW, "answered_by": bindparam("who"), "answer": bindparam("word")}
DECIDE_ALL = (
    update(CLOSINGS)
    .where(_OPEN_ONE, CLOSINGS.c.membership_id.in_(THESE))
    .values(**CLOSED_BY)
    .returning(CLOSINGS.c.membership_id, CLOSINGS.c.since, CLOSINGS.c.reason)
)
ANSWER_ALL = (
    update(ATTESTATIONS)
    .where(OPEN_QUESTION, ATTESTATIONS.c.membership_id.in_(THESE))
    .values(**ANSWERED_BY)
    .returning(
        ATTESTATIONS.c.membership_id, ATTESTATIONS.c.asked_at.label("since"), literal("attestation").label("reason")
    )
)
DECIDE = (
    update(CLOSINGS)
    .where(_OPEN_ONE, CLOSINGS.c.membership_id.in_(THESE))
    .where(CLOSINGS.c.reason == bindparam("why"), CLOSINGS.c.since == ASKED)
    .values(**CLOSED_BY)
    .returning(CLOSINGS.c.membership_id)
)
ANSWER = (
    update(ATTESTATIONS)
    .where(OPEN_QUESTION, ATTESTATIONS.c.membership_id.in_(THESE), ATTESTATIONS.c.asked_at == ASKED)
    .values(**ANSWERED_BY)
    .returning(ATTESTATIONS.c.membership_id)
)
BACK = (
    update(CLOSINGS)
    .where(_OPEN_ONE, CLOSINGS.c.reason == bindparam("why"))
    .where(
        CLOSINGS.c.membership_id.in_(
            select(MEMBERSHIPS.c.membership_id).where(
                MEMBERSHIPS.c.guest_id == bindparam("guest"), MEMBERSHIPS.c.tenant_id == TENANT
            )
        )
    )
    .values(decided_at=NOW, outcome="back")
    .returning(CLOSINGS.c.membership_id, CLOSINGS.c.since)
)
DECIDER = func.coalesce(PEOPLE.c.name, "").label("decider")


def _asked(asked: Any, names: dict[str, Any]) -> Any:
    """What one question is about: waiting ones first."""
    known = and_(PEOPLE.c.tenant_id == asked.c.tenant_id, PEOPLE.c.person_id == names["by"])
    return (
        select(
            *FACTS, names["since"].label("since"), names["until"].label("until"), names["at"].label("decided_at"),
            names["outcome"].label("outcome"), DECIDER,
        )
        .select_from(JOINED.join(asked, asked.c.membership_id == MEMBERSHIPS.c.membership_id).outerjoin(PEOPLE, known))
        .where(asked.c.tenant_id == bindparam("tenant_id"), names["since"] == ASKED)
        .where(MEMBERSHIPS.c.workspace_id == bindparam("workspace_id"))
        .order_by(case((names["at"].is_(None), 0), else_=1), GUESTS.c.address, MEMBERSHIPS.c.membership_id)
        .limit(MOST_LINES)
    )  # fmt: skip


CLOSING_LINES = _asked(
    CLOSINGS,
    {
        "since": CLOSINGS.c.since, "until": CLOSINGS.c.ends_at, "at": CLOSINGS.c.decided_at,
        "by": CLOSINGS.c.decided_by, "outcome": CLOSINGS.c.outcome,
    },
).where(CLOSINGS.c.reason == bindparam("why"))  # fmt: skip
ATTESTATION_LINES = _asked(
    ATTESTATIONS,
    {
        "since": ATTESTATIONS.c.asked_at, "until": ATTESTATIONS.c.answer_by, "at": ATTESTATIONS.c.answered_at,
        "by": ATTESTATIONS.c.answered_by, "outcome": ATTESTATIONS.c.answer,
    },
).where(ATTESTATIONS.c.workspace_id == bindparam("workspace_id"))  # fmt: skip

# What the rules find, so many at a time

MOST = cast(Any, bindparam("most"))
_ROWS = and_(
    SPONSORS.c.invitation_id == INVITATIONS.c.invitation_id,
    beside(SPONSORS.c.tenant_id) == INVITATIONS.c.tenant_id,
)


def _left(tenant_id: Any, person_id: Any) -> Any:
    return exists().where(
        PEOPLE.c.tenant_id == tenant_id, PEOPLE.c.person_id == person_id, PEOPLE.c.left_at.is_not(None)
    )


_NAMED = exists().where(_ROWS)
_PRESENT = exists().where(_ROWS, ~_left(SPONSORS.c.tenant_id, SPONSORS.c.person_id))
MISSING = or_(and_(_NAMED, ~_PRESENT), and_(~_NAMED, _left(INVITATIONS.c.tenant_id, INVITATIONS.c.inviter_id)))
"""All sponsors have left; where none was named, the inviter has."""
LAST_SEEN = case(
    (GUESTS.c.seen_at > MEMBERSHIPS.c.started_at, GUESTS.c.seen_at),
    else_=MEMBERSHIPS.c.started_at,
)


def _found(*conditions: Any) -> Any:
    return (
        select(*FACTS)
        .select_from(JOINED)
        .where(MEMBERSHIPS.c.tenant_id == bindparam("tenant_id"), LIVE, *conditions)
        .order_by(MEMBERSHIPS.c.membership_id)
        .limit(MOST)
    )


def _noted(*conditions: Any) -> Any:
    return exists().where(
        CLOSINGS.c.membership_id == MEMBERSHIPS.c.membership_id, CLOSINGS.c.reason == bindparam("why"), *conditions
    )


INACTIVE = _found(
    LAST_SEEN <= BEFORE,
    ~_noted(or_(CLOSINGS.c.decided_at.is_(None), and_(CLOSINGS.c.outcome == "kept", CLOSINGS.c.decided_at > BEFORE))),
)
"""Not seen since `before`, and not kept since."""
UNSPONSORED = _found(MISSING, ~_noted(CLOSINGS.c.decided_at.is_(None)))
UNATTESTED = _found(
    MEMBERSHIPS.c.started_at <= BEFORE,
    ~exists().where(
        ATTESTATIONS.c.membership_id == MEMBERSHIPS.c.membership_id,
        or_(ATTESTATIONS.c.answered_at.is_(None), ATTESTATIONS.c.asked_at > BEFORE),
    ),
)


def _over(*conditions: Any) -> Any:
    """Closings that the rule does not ask for any more."""
    return (
        select(CLOSINGS.c.membership_id)
        .select_from(JOINED.join(CLOSINGS, CLOSINGS.c.membership_id == MEMBERSHIPS.c.membership_id))
        .where(OPEN_CLOSING, CLOSINGS.c.reason == bindparam("why"), *conditions)
        .limit(MOST)
    )


def _cancel(*conditions: Any) -> Any:
    return (
        update(CLOSINGS)
        .where(OPEN_CLOSING, CLOSINGS.c.reason == bindparam("why"))
        .where(CLOSINGS.c.membership_id.in_(_over(*conditions)))
        .values(decided_at=NOW, outcome="cancelled")
        .returning(CLOSINGS.c.membership_id, CLOSINGS.c.since)
    )


CANCEL_ALL = _cancel()
CANCEL = {
    "inactive": _cancel(or_(LAST_SEEN > BEFORE, ~LIVE)),
    "sponsor_missing": _cancel(or_(~MISSING, ~LIVE)),
}
CANCEL_QUESTIONS = (
    update(ATTESTATIONS)
    .where(OPEN_QUESTION)
    .where(ATTESTATIONS.c.attestation_id.in_(select(ATTESTATIONS.c.attestation_id).where(OPEN_QUESTION).limit(MOST)))
    .values(answered_at=NOW, answer="cancelled")
    .returning(ATTESTATIONS.c.asked_at.label("since"), ATTESTATIONS.c.workspace_id)
)
_OPEN_OFFER = and_(
    INVITATIONS.c.redeemed_at.is_(None), INVITATIONS.c.declined_at.is_(None), INVITATIONS.c.revoked_at.is_(None),
    INVITATIONS.c.replaced_at.is_(None), INVITATIONS.c.tenant_id == TENANT,
)  # fmt: skip
END_OFFERS = (
    update(INVITATIONS)
    .where(_OPEN_OFFER, INVITATIONS.c.expires_at > NOW)
    .where(
        INVITATIONS.c.invitation_id.in_(
            select(INVITATIONS.c.invitation_id)
            .where(_OPEN_OFFER, INVITATIONS.c.expires_at > NOW, INVITATIONS.c.created_at <= BEFORE)
            .limit(MOST)
        )
    )
    .values(expires_at=NOW, version=INVITATIONS.c.version + 1)
    .returning(INVITATIONS.c.invitation_id)
)

# Ending many

LOCK = (
    select(GUESTS.c.guest_id)
    .where(
        GUESTS.c.tenant_id == bindparam("tenant_id"),
        GUESTS.c.guest_id.in_(bindparam("guests", expanding=True)),
    )
    .order_by(GUESTS.c.guest_id)
    .with_for_update()
)
END = (
    update(MEMBERSHIPS)
    .where(MEMBERSHIPS.c.tenant_id == TENANT, MEMBERSHIPS.c.membership_id.in_(THESE), LIVE)
    .values(ended_at=NOW, end_reason=bindparam("reason"))
    .returning(
        MEMBERSHIPS.c.membership_id, MEMBERSHIPS.c.guest_id, MEMBERSHIPS.c.invitation_id, MEMBERSHIPS.c.workspace_id
    )
)
END_SESSIONS = (
    update(SESSIONS)
    .where(SESSIONS.c.tenant_id == TENANT, SESSIONS.c.guest_id.in_(bindparam("guests", expanding=True)))
    .where(SESSIONS.c.ended_at.is_(None))
    .values(ended_at=NOW, end_reason=bindparam("reason"))
)


@cache
def note(dialect: str) -> Executable:
    """A closing; one that was decided before begins anew."""
    statement = insert(dialect)(CLOSINGS)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["membership_id", "reason"],
        set_={"since": new.since, "ends_at": new.ends_at, "decided_at": None, "decided_by": None, "outcome": None},
        where=CLOSINGS.c.decided_at.is_not(None),
    )


@cache
def ask(dialect: str) -> Executable:
    return insert(dialect)(ATTESTATIONS).on_conflict_do_nothing()
