"""The rows. Facts only: moments at which something happened, never conclusions drawn from them.

No row holds a secret: passcodes and link tokens are derived (domain/secrets.py), session ids are stored hashed.
Every row names its tenant, except those of the whole installation (rollouts, claim code, limits, received activities).
"""

from datetime import datetime

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint
from sqlmodel import Field

from storage.columns import Instant, Row, instant, long_text, where

OPEN = "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"


def table(model: type[Row]) -> Table:
    """The table of a model: statements name columns, so that rows come back as they are, without objects."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


class Tenant(Row, table=True):
    __tablename__ = "tenants"
    tenant_id: str = Field(primary_key=True)
    created_at: datetime = instant(nullable=False)
    language: str = "en"


class Admin(Row, table=True):
    """Who became admin with the claim code. Admins of the settings need no row."""

    __tablename__ = "admins"
    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    since: datetime = instant(nullable=False)


class ClaimCode(Row, table=True):
    __tablename__ = "claim_codes"
    code_hash: str = Field(primary_key=True)
    expires_at: datetime = instant(nullable=False)
    spent_at: datetime | None = instant()
    spent_by: str | None = None


class Person(Row, table=True):
    """A chat user's erasable facts: what the roster and the activities said last."""

    __tablename__ = "people"
    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    name: str = ""
    address: str | None = None
    channel_user_id: str | None = Field(default=None, index=True)
    role: str | None = None
    role_checked_at: datetime | None = instant()
    left_at: datetime | None = instant()


class Workspace(Row, table=True):
    __tablename__ = "workspaces"
    workspace_id: str = Field(primary_key=True)
    tenant_id: str = Field(index=True)
    kind: str
    channel_id: str
    place_id: str
    name: str = ""
    created_at: datetime = instant(nullable=False)
    removed_at: datetime | None = instant()
    group_id: str | None = None
    owners_read_at: datetime | None = instant()
    __table_args__ = (UniqueConstraint("tenant_id", "channel_id", "place_id"),)


class Owner(Row, table=True):
    __tablename__ = "owners"
    workspace_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    tenant_id: str
    since: datetime = instant(nullable=False)
    source: str | None = None
    """Who says so: `graph` the directory; none: people in the chat."""
    __table_args__ = (Index("ix_owners_person", "tenant_id", "person_id"),)


class Invitation(Row, table=True):
    __tablename__ = "invitations"
    invitation_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    address: str
    address_key: str
    language: str
    surface: str
    inviter_id: str
    access_days: int
    created_at: datetime = instant(nullable=False)
    expires_at: datetime = instant(nullable=False)
    link_id: str
    mailed_at: datetime = instant(nullable=False)
    sent_at: datetime | None = instant()
    failed_at: datetime | None = instant()
    failure: str | None = long_text()
    """Why the relay did not take the mail: for good, or, without `failed_at`, until it does."""
    opened_at: datetime | None = instant()
    passcode_sent_at: datetime | None = instant()
    redeemed_at: datetime | None = instant()
    declined_at: datetime | None = instant()
    revoked_at: datetime | None = instant()
    replaced_at: datetime | None = instant()
    guest_id: str | None = None
    version: int = 1
    name: str | None = None
    message: str | None = long_text()
    access_until: datetime | None = instant()
    """When the access ends whenever it began; none: `access_days` after redemption."""
    bulk_id: str | None = None
    erased_at: datetime | None = instant()
    __table_args__ = (
        Index("ix_invitations_tenant_created", "tenant_id", "created_at"),
        Index("ix_invitations_workspace_address", "workspace_id", "address_key"),
        Index("ix_invitations_address", "tenant_id", "address_key"),
        Index("ix_invitations_guest", "guest_id"),
        Index("uq_invitations_open", "workspace_id", "address_key", unique=True, **where(OPEN)),
        Index("ix_invitations_open_until", "workspace_id", "expires_at", **where(OPEN)),
        Index("ix_invitations_unerased", "created_at", **where("erased_at IS NULL AND redeemed_at IS NULL")),
    )


class Link(Row, table=True):
    """One mailed link. The invitation's `link_id` names the one that counts; older ones lead to a page that says so."""

    __tablename__ = "links"
    link_id: str = Field(primary_key=True)
    tenant_id: str
    invitation_id: str = Field(index=True)
    token_hash: str = Field(unique=True)
    key_id: str
    created_at: datetime = instant(nullable=False)


class Passcode(Row, table=True):
    """A challenge. The passcode itself is derived from `passcode_id`, never stored."""

    __tablename__ = "passcodes"
    passcode_id: str = Field(primary_key=True)
    tenant_id: str
    scope: str = Field(index=True)
    invitation_id: str | None = None
    address: str | None = None
    browser_hash: str
    reference: str
    key_id: str
    language: str = "en"
    withdraw_hash: str = Field(unique=True)
    issued_at: datetime = instant(nullable=False)
    expires_at: datetime = instant(nullable=False)
    attempts: int = 0
    used_at: datetime | None = instant()
    withdrawn_at: datetime | None = instant()
    chosen_at: datetime | None = instant()


class Guest(Row, table=True):
    __tablename__ = "guests"
    guest_id: str = Field(primary_key=True)
    tenant_id: str
    address: str
    address_key: str = Field(index=True)
    name: str = ""
    language: str = "en"
    created_at: datetime = instant(nullable=False)
    seen_at: datetime | None = instant()
    """The last sign-in."""
    erased_at: datetime | None = instant()
    __table_args__ = (
        UniqueConstraint("tenant_id", "address_key"),
        Index("ix_guests_unerased", "created_at", **where("erased_at IS NULL")),
    )


class Membership(Row, table=True):
    __tablename__ = "memberships"
    membership_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    guest_id: str = Field(index=True)
    invitation_id: str = Field(index=True)
    surface: str
    started_at: datetime = instant(nullable=False)
    ends_at: datetime = instant(nullable=False)
    ended_at: datetime | None = instant()
    end_reason: str | None = None
    __table_args__ = (
        Index("uq_memberships_live", "workspace_id", "guest_id", unique=True, **where("ended_at IS NULL")),
    )


class Session(Row, table=True):
    """A sign-in. `session_id` names it in lists; `rules` are the policy's rules that applied when it began."""

    __tablename__ = "sessions"
    session_hash: str = Field(primary_key=True)
    tenant_id: str
    guest_id: str = Field(index=True)
    passcode_id: str
    created_at: datetime = instant(nullable=False)
    expires_at: datetime = instant(nullable=False)
    ended_at: datetime | None = instant()
    end_reason: str | None = None
    session_id: str | None = None
    method: str | None = None
    identity_id: str | None = None
    occasion: str | None = None
    second_factor: str | None = None
    second_factor_at: datetime | None = instant()
    network: str | None = None
    browser: str | None = None
    rules: str | None = None
    __table_args__ = (Index("uq_sessions_id", "session_id", unique=True),)


class Draft(Row, table=True):
    """Good addresses of a command that also had bad ones, waiting for the owner's word."""

    __tablename__ = "drafts"
    draft_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    person_id: str
    addresses: str = long_text(nullable=False)
    access_days: int
    created_at: datetime = instant(nullable=False)
    spent_at: datetime | None = instant()
    wishes: str | None = long_text()
    """As JSON (domain/wishes.py)."""


class Card(Row, table=True):
    """Where an invitation's card stands in the chat, and how far it has been told."""

    __tablename__ = "cards"
    invitation_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str = Field(index=True)
    channel_id: str
    service_url: str
    conversation_id: str
    bot_id: str
    locale: str
    activity_id: str | None = None
    creating_at: datetime | None = instant()
    posted_at: datetime | None = instant()
    reposted: int = 0
    quiet_at: datetime | None = instant()


class OutboxRow(Row, table=True):
    """Something to deliver: ids only, the text is made when it is sent."""

    __tablename__ = "outbox"
    row_id: str = Field(primary_key=True)
    tenant_id: str
    channel: str
    kind: str
    unique_key: str = Field(unique=True)
    subject_id: str
    priority: int
    due_at: datetime | None = instant()
    created_at: datetime = instant(nullable=False)
    attempts: int = 0
    changes: int = 1
    owner: str | None = None
    sending_at: datetime | None = instant()
    done_at: datetime | None = instant()
    dead_at: datetime | None = instant()
    problem: str | None = long_text()
    __table_args__ = (Index("ix_outbox_due", "channel", "priority", "due_at"),)


class Limit(Row, table=True):
    """Moments (whole seconds, a count each) at which something limited was done, newest last."""

    __tablename__ = "limits"
    limit_key: str = Field(primary_key=True)
    hits: str = long_text(nullable=False)
    until: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class Received(Row, table=True):
    """An activity that had its effect, and for an invoke the answer it got."""

    __tablename__ = "received"
    activity_key: str = Field(primary_key=True)
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    answer: str | None = long_text()


class AuditEvent(Row, table=True):
    __tablename__ = "audit_events"
    tenant_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime = instant(nullable=False)
    kind: str
    actor: str
    workspace_id: str | None = None
    invitation_id: str | None = Field(default=None, index=True)
    guest_id: str | None = None
    detail: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(sa_column=Column(String, nullable=False))
    __table_args__ = (Index("ix_audit_events_workspace", "tenant_id", "workspace_id", "sequence"),)


class AuditHead(Row, table=True):
    """The last link of a tenant's chain: so that cut-off rows are noticed too."""

    __tablename__ = "audit_heads"
    tenant_id: str = Field(primary_key=True)
    sequence: int
    hash: str
