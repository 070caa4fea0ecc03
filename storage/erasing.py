"""Named queries that erase what is known of a person who is no guest any more.

`ERASED` and `KEPT` name every text column there is that people could be known by.
"""

from typing import Any, cast

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update

from storage.lifecycle_tables import Approval, BulkRow
from storage.policy_tables import (
    Acceptance,
    Challenge,
    Factor,
    HostSession,
    Identity,
    RecoveryCode,
    Request,
    Ticket,
)
from storage.statements import beside
from storage.tables import (
    Draft,
    Guest,
    Instant,
    Invitation,
    Link,
    Membership,
    OutboxRow,
    Passcode,
    Received,
    Session,
    table,
)

INVITATIONS, GUESTS, MEMBERSHIPS, LINKS = table(Invitation), table(Guest), table(Membership), table(Link)
PASSCODES, SESSIONS, OUTBOX, RECEIVED = table(Passcode), table(Session), table(OutboxRow), table(Received)
DRAFTS, REQUESTS, APPROVALS, BULK_ROWS = table(Draft), table(Request), table(Approval), table(BulkRow)
HOST_SESSIONS, TICKETS = table(HostSession), table(Ticket)
NOW, BEFORE = bindparam("now", type_=Instant), bindparam("before", type_=Instant)
TENANT, KEY, GUEST = (cast(Any, bindparam(each)) for each in ("tenant", "key", "guest"))
IDS = cast(Any, bindparam("invitations", expanding=True))

ERASED: dict[str, frozenset[str]] = {
    "invitations": frozenset({"address", "address_key", "name", "message", "failure"}),
    "guests": frozenset({"address", "address_key", "name"}),
    "links": frozenset({"token_hash", "key_id"}),
    "passcodes": frozenset({"address", "scope", "browser_hash", "reference", "key_id", "withdraw_hash"}),
    "sessions": frozenset({"method", "occasion", "second_factor", "network", "browser", "rules", "session_hash"}),
    "host_sessions": frozenset({"host", "host_session_hash"}),
    "tickets": frozenset({"ticket_hash", "browser_hash"}),
    "challenges": frozenset({"challenge_hash", "session_hash", "purpose"}),
    "identities": frozenset({"method", "issuer", "subject"}),
    "factors": frozenset({"kind", "sealed", "public_key"}),
    "recovery_codes": frozenset({"code_hash"}),
    "acceptances": frozenset({"language", "client_hash"}),
    "drafts": frozenset({"addresses", "wishes"}),
    "requests": frozenset({"address", "note"}),
    "approvals": frozenset({"wishes", "reason", "note", "outcome"}),
    "bulk_rows": frozenset({"given", "address", "address_key", "wishes", "problem"}),
    "outbox": frozenset({"problem"}),
    "received": frozenset({"answer"}),
}
"""By table, what is replaced by a pseudonym, emptied, or deleted with its row."""
KEPT: dict[str, str] = {
    "people": "the organisation's own people, not its guests: as their chats tell them",
    "personal_chats": "where the organisation's own people talk with the bot",
    "tenants": "the organisation's language",
    "workspaces": "what teams and chats are called",
    "cards": "where a card stands; it shows the pseudonym",
    "notices": "where a card stands; subjects are ids",
    "resources": "the organisation's applications",
    "policies": "what the organisation demands: domains, ids and numbers",
    "provider_secrets": "the organisation's own, sealed",
    "terms": "the organisation's own text",
    "rollouts": "names of features and stages",
    "tenant_features": "names of features and settings",
    "claim_codes": "a hash, of the installation",
    "limits": "ids and hashes, gone after a day",
    "audit_events": "ids and codes, chained: they cannot change",
    "audit_heads": "a hash of the chain",
    "memberships": "ids and codes",
    "admins": "ids of the organisation's own people",
    "sponsors": "ids of the organisation's own people",
    "owners": "ids of the organisation's own people",
    "bulks": "what the organisation's own people called a list, and a hash of it",
    "attestations": "ids and codes",
    "closings": "ids and codes",
    "certificates": "ids, counts and moments",
    "blocks": "a hash: the wish for no more invitations is honoured for ever",
}
"""Tables whose text tells nothing of a guest, and why."""

_OPEN = and_(
    INVITATIONS.c.redeemed_at.is_(None), INVITATIONS.c.declined_at.is_(None), INVITATIONS.c.revoked_at.is_(None),
    INVITATIONS.c.replaced_at.is_(None), INVITATIONS.c.expires_at > NOW,
)  # fmt: skip
ENDED = and_(
    INVITATIONS.c.erased_at.is_(None),
    INVITATIONS.c.redeemed_at.is_(None),
    INVITATIONS.c.created_at <= BEFORE,
    or_(
        INVITATIONS.c.expires_at <= BEFORE,
        INVITATIONS.c.revoked_at <= BEFORE,
        INVITATIONS.c.declined_at <= BEFORE,
        INVITATIONS.c.replaced_at <= BEFORE,
    ),
)
"""Offers that nobody took, over for so long. What was made later cannot be over for so long: the index is by that."""
GONE = and_(
    GUESTS.c.erased_at.is_(None),
    GUESTS.c.created_at <= BEFORE,
    ~exists().where(
        MEMBERSHIPS.c.guest_id == GUESTS.c.guest_id,
        MEMBERSHIPS.c.tenant_id == GUESTS.c.tenant_id,
        func.coalesce(MEMBERSHIPS.c.ended_at, MEMBERSHIPS.c.ends_at) > BEFORE,
    ),
    ~exists().where(
        INVITATIONS.c.tenant_id == GUESTS.c.tenant_id, INVITATIONS.c.address_key == GUESTS.c.address_key, _OPEN
    ),
)
"""Guests whose last access ended that long ago, and who were not invited anew."""
OFFERS = (
    select(INVITATIONS.c.tenant_id, INVITATIONS.c.invitation_id)
    .where(ENDED)
    .order_by(INVITATIONS.c.created_at, INVITATIONS.c.invitation_id)
    .limit(bindparam("most"))
)
FORMER = (
    select(GUESTS.c.tenant_id, GUESTS.c.guest_id)
    .where(GONE)
    .order_by(GUESTS.c.created_at, GUESTS.c.guest_id)
    .limit(bindparam("most"))
)
_FACTS = (
    INVITATIONS.c.invitation_id, INVITATIONS.c.workspace_id, INVITATIONS.c.guest_id, INVITATIONS.c.address,
    INVITATIONS.c.address_key, INVITATIONS.c.name, INVITATIONS.c.link_id,
)  # fmt: skip
OFFER = (
    select(*_FACTS)
    .where(INVITATIONS.c.tenant_id == TENANT, INVITATIONS.c.invitation_id == bindparam("invitation"), ENDED)
    .with_for_update()
)
"""One of them, if it still is: nobody opens it again until the unit ends."""
GUEST_GONE = select(GUESTS).where(GUESTS.c.tenant_id == TENANT, GUESTS.c.guest_id == GUEST, GONE).with_for_update()
GUEST_AT = select(GUESTS).where(GUESTS.c.tenant_id == TENANT, GUESTS.c.address_key == KEY)
OF_GUEST = (
    select(*_FACTS)
    .where(beside(INVITATIONS.c.tenant_id) == TENANT, INVITATIONS.c.guest_id == GUEST)
    .where(INVITATIONS.c.erased_at.is_(None))
    .order_by(INVITATIONS.c.invitation_id)
)
OF_KEY = (
    select(*_FACTS)
    .where(INVITATIONS.c.tenant_id == TENANT, INVITATIONS.c.address_key == KEY, INVITATIONS.c.erased_at.is_(None))
    .order_by(INVITATIONS.c.invitation_id)
)
INVITATION = (
    update(INVITATIONS)
    .where(INVITATIONS.c.invitation_id == bindparam("invitation"), INVITATIONS.c.tenant_id == TENANT)
    .where(INVITATIONS.c.erased_at.is_(None))
    .values(
        address=bindparam("pseudonym"), address_key=bindparam("pseudonym"), name=None, message=None, failure=None,
        erased_at=NOW, version=INVITATIONS.c.version + 1,
    )
)  # fmt: skip
GUEST_ROW = (
    update(GUESTS)
    .where(GUESTS.c.guest_id == GUEST, GUESTS.c.tenant_id == TENANT, GUESTS.c.erased_at.is_(None))
    .values(address=bindparam("pseudonym"), address_key=bindparam("pseudonym"), name="", erased_at=NOW)
)
STILL_HERE = select(
    or_(
        exists().where(INVITATIONS.c.tenant_id == TENANT, INVITATIONS.c.address_key == KEY),
        exists().where(GUESTS.c.tenant_id == TENANT, GUESTS.c.address_key == KEY),
    ).label("here")
)
"""Whether the address is known in the tenant by anything that lasts."""

_MINE = select(LINKS.c.link_id).where(LINKS.c.tenant_id == TENANT, LINKS.c.invitation_id.in_(IDS))
_CODES = select(PASSCODES.c.passcode_id).where(PASSCODES.c.tenant_id == TENANT, PASSCODES.c.invitation_id.in_(IDS))
OUTBOX_PROBLEMS = (
    update(OUTBOX)
    .where(OUTBOX.c.tenant_id == TENANT, OUTBOX.c.problem.is_not(None))
    .where(or_(OUTBOX.c.subject_id.in_(IDS), OUTBOX.c.subject_id.in_(_MINE), OUTBOX.c.subject_id.in_(_CODES)))
    .values(problem=None)
)
"""The relay's own words, which often repeat the address. Before links and passcodes are gone."""
OF_INVITATIONS: tuple[Any, ...] = (
    OUTBOX_PROBLEMS,
    delete(PASSCODES).where(PASSCODES.c.tenant_id == TENANT, PASSCODES.c.invitation_id.in_(IDS)),
    delete(LINKS).where(LINKS.c.tenant_id == TENANT, LINKS.c.invitation_id.in_(IDS)),
    update(REQUESTS).where(REQUESTS.c.tenant_id == TENANT, REQUESTS.c.invitation_id.in_(IDS)).values(note=""),
    update(BULK_ROWS)
    .where(BULK_ROWS.c.tenant_id == TENANT, BULK_ROWS.c.invitation_id.in_(IDS))
    .values(given="", address=None, address_key=None, wishes=None, problem=None),
)
_SESSIONS = select(SESSIONS.c.session_id).where(SESSIONS.c.tenant_id == TENANT, SESSIONS.c.guest_id == GUEST)
OF_GUESTS: tuple[Any, ...] = (
    delete(HOST_SESSIONS).where(HOST_SESSIONS.c.tenant_id == TENANT, HOST_SESSIONS.c.session_id.in_(_SESSIONS)),
    delete(TICKETS).where(TICKETS.c.tenant_id == TENANT, TICKETS.c.session_id.in_(_SESSIONS)),
    *(
        delete(each).where(each.c.tenant_id == TENANT, each.c.guest_id == GUEST)
        for each in map(table, (Session, Challenge, Identity, Factor, RecoveryCode, Acceptance))
    ),
    update(REQUESTS).where(REQUESTS.c.tenant_id == TENANT, REQUESTS.c.guest_id == GUEST).values(note=""),
)


def _holding(column: Any) -> Any:
    """Texts that hold the address, as it is or as JSON spells it."""
    text = func.lower(column)
    return or_(*(text.like(bindparam(each), escape="/") for each in ("pattern", "spelled")))


DECIDED = {
    "decided_at": func.coalesce(REQUESTS.c.decided_at, NOW),
    "decision": func.coalesce(REQUESTS.c.decision, "dismissed"),
}
REQUEST = (
    update(REQUESTS)
    .where(REQUESTS.c.tenant_id == TENANT, func.lower(REQUESTS.c.address) == KEY)
    .values(address=bindparam("pseudonym"), note="", **DECIDED)
    .returning(REQUESTS.c.request_id)
)
BULK_ROW = (
    update(BULK_ROWS)
    .where(BULK_ROWS.c.tenant_id == TENANT)
    .where(or_(BULK_ROWS.c.address_key == KEY, _holding(BULK_ROWS.c.given)))
    .values(
        given="", address=None, address_key=None, wishes=None, problem=None,
        done_at=func.coalesce(BULK_ROWS.c.done_at, NOW),
    )
    .returning(BULK_ROWS.c.bulk_id)
)  # fmt: skip
BY_ADDRESS = delete(PASSCODES).where(
    func.lower(PASSCODES.c.address) == KEY, ~exists().where(GUESTS.c.address_key == KEY)
)
"""Passcodes that were asked for without a link belong to no tenant: they stay while one knows the address."""


DRAFTED = select(DRAFTS.c.draft_id, DRAFTS.c.addresses).where(
    DRAFTS.c.tenant_id == TENANT, or_(_holding(DRAFTS.c.addresses), _holding(DRAFTS.c.wishes))
)
DRAFT = (
    update(DRAFTS)
    .where(DRAFTS.c.draft_id == bindparam("draft"), DRAFTS.c.tenant_id == TENANT)
    .values(addresses=bindparam("left"), wishes=None)
)
NO_DRAFT = delete(DRAFTS).where(DRAFTS.c.draft_id == bindparam("draft"), DRAFTS.c.tenant_id == TENANT)
_TEXTS = (APPROVALS.c.wishes, APPROVALS.c.reason, APPROVALS.c.note, APPROVALS.c.outcome)
_APPROVALS = (APPROVALS.c.approval_id, *_TEXTS)
WANTED = select(*_APPROVALS).where(APPROVALS.c.tenant_id == TENANT, or_(*map(_holding, _TEXTS)))
APPROVAL = (
    update(APPROVALS)
    .where(APPROVALS.c.approval_id == bindparam("approval"), APPROVALS.c.tenant_id == TENANT)
    .values(
        wishes=bindparam("kept"),
        reason=bindparam("why"),
        note=bindparam("word"),
        outcome=bindparam("became"),
    )
)
_UNINVITED = and_(
    BULK_ROWS.c.invitation_id.is_(None), BULK_ROWS.c.done_at <= BEFORE,
    or_(BULK_ROWS.c.given != "", BULK_ROWS.c.address.is_not(None)),
)  # fmt: skip
STALE_LINES = (
    update(BULK_ROWS)
    .where(_UNINVITED, BULK_ROWS.c.bulk_id.in_(select(BULK_ROWS.c.bulk_id).where(_UNINVITED).limit(1)))
    .values(given="", address=None, address_key=None, wishes=None, problem=None)
)
"""Lines of a list that became no invitation, long ago: of one list at a time."""
STALE_APPROVALS = (
    select(*_APPROVALS, APPROVALS.c.tenant_id)
    .where(func.coalesce(APPROVALS.c.decided_at, APPROVALS.c.expires_at) <= BEFORE)
    .where(or_(*(text.like("%@%") for text in _TEXTS)))
    .limit(bindparam("most"))
)
"""Decided, or run out, long ago: whoever was invited by them is known by the invitation."""
ANSWERS = delete(RECEIVED).where(_holding(RECEIVED.c.answer))
"""Cards that were an answer to a click. Without it the same click again is judged anew, by what is known then."""
