"""The rows. Facts only: moments at which something happened, never conclusions drawn from them.

No row holds a secret: passcodes and link tokens are derived (domain/secrets.py), session ids are stored hashed.
Every row names its tenant, except those of the whole installation (rollouts, claim code, limits, received activities).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Index, MetaData, String, Table, Text, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware moment, stored as UTC. SQLite knows no zone: it is cut off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def _instant(nullable: bool = True) -> Any:
    return Field(default=None if nullable else ..., sa_column=Column(Instant, nullable=nullable))


def _text(nullable: bool = True) -> Any:
    return Field(default=None if nullable else ..., sa_column=Column(Text, nullable=nullable))


OPEN = "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def table(model: type[SQLModel]) -> Table:
    """The table of a model: statements name columns, so that rows come back as they are, without objects."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


class Tenant(SQLModel, table=True):
    __tablename__ = "tenants"
    tenant_id: str = Field(primary_key=True)
    created_at: datetime = _instant(nullable=False)
    language: str = "en"


class Admin(SQLModel, table=True):
    """Who became admin with the claim code. Admins of the settings need no row."""

    __tablename__ = "admins"
    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    since: datetime = _instant(nullable=False)


class ClaimCode(SQLModel, table=True):
    __tablename__ = "claim_codes"
    code_hash: str = Field(primary_key=True)
    expires_at: datetime = _instant(nullable=False)
    spent_at: datetime | None = _instant()
    spent_by: str | None = None


class Person(SQLModel, table=True):
    """A chat user's erasable facts: what the roster and the activities said last."""

    __tablename__ = "people"
    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    name: str = ""
    address: str | None = None
    channel_user_id: str | None = Field(default=None, index=True)
    role: str | None = None
    role_checked_at: datetime | None = _instant()


class Workspace(SQLModel, table=True):
    __tablename__ = "workspaces"
    workspace_id: str = Field(primary_key=True)
    tenant_id: str = Field(index=True)
    kind: str
    channel_id: str
    place_id: str
    name: str = ""
    created_at: datetime = _instant(nullable=False)
    removed_at: datetime | None = _instant()
    __table_args__ = (UniqueConstraint("tenant_id", "channel_id", "place_id"),)


class Owner(SQLModel, table=True):
    __tablename__ = "owners"
    workspace_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    tenant_id: str
    since: datetime = _instant(nullable=False)


class Invitation(SQLModel, table=True):
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
    created_at: datetime = _instant(nullable=False)
    expires_at: datetime = _instant(nullable=False)
    link_id: str
    mailed_at: datetime = _instant(nullable=False)
    sent_at: datetime | None = _instant()
    failed_at: datetime | None = _instant()
    failure: str | None = _text()
    opened_at: datetime | None = _instant()
    passcode_sent_at: datetime | None = _instant()
    redeemed_at: datetime | None = _instant()
    declined_at: datetime | None = _instant()
    revoked_at: datetime | None = _instant()
    replaced_at: datetime | None = _instant()
    guest_id: str | None = None
    version: int = 1
    __table_args__ = (
        Index("ix_invitations_tenant_created", "tenant_id", "created_at"),
        Index("ix_invitations_workspace_address", "workspace_id", "address_key"),
        Index("ix_invitations_address", "tenant_id", "address_key"),
        Index("ix_invitations_guest", "guest_id"),
        Index("uq_invitations_open", "workspace_id", "address_key", unique=True, **_where(OPEN)),
        Index("ix_invitations_open_until", "workspace_id", "expires_at", **_where(OPEN)),
    )


class Link(SQLModel, table=True):
    """One mailed link. The invitation's `link_id` names the one that counts; older ones lead to a page that says so."""

    __tablename__ = "links"
    link_id: str = Field(primary_key=True)
    tenant_id: str
    invitation_id: str = Field(index=True)
    token_hash: str = Field(unique=True)
    key_id: str
    created_at: datetime = _instant(nullable=False)


class Passcode(SQLModel, table=True):
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
    issued_at: datetime = _instant(nullable=False)
    expires_at: datetime = _instant(nullable=False)
    attempts: int = 0
    used_at: datetime | None = _instant()
    withdrawn_at: datetime | None = _instant()
    chosen_at: datetime | None = _instant()


class Guest(SQLModel, table=True):
    __tablename__ = "guests"
    guest_id: str = Field(primary_key=True)
    tenant_id: str
    address: str
    address_key: str = Field(index=True)
    name: str = ""
    language: str = "en"
    created_at: datetime = _instant(nullable=False)
    __table_args__ = (UniqueConstraint("tenant_id", "address_key"),)


class Membership(SQLModel, table=True):
    __tablename__ = "memberships"
    membership_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    guest_id: str = Field(index=True)
    invitation_id: str = Field(index=True)
    surface: str
    started_at: datetime = _instant(nullable=False)
    ends_at: datetime = _instant(nullable=False)
    ended_at: datetime | None = _instant()
    end_reason: str | None = None
    __table_args__ = (
        Index("uq_memberships_live", "workspace_id", "guest_id", unique=True, **_where("ended_at IS NULL")),
    )


class Session(SQLModel, table=True):
    __tablename__ = "sessions"
    session_hash: str = Field(primary_key=True)
    tenant_id: str
    guest_id: str = Field(index=True)
    passcode_id: str
    created_at: datetime = _instant(nullable=False)
    expires_at: datetime = _instant(nullable=False)
    ended_at: datetime | None = _instant()
    end_reason: str | None = None


class Draft(SQLModel, table=True):
    """Good addresses of a command that also had bad ones, waiting for the owner's word."""

    __tablename__ = "drafts"
    draft_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    person_id: str
    addresses: str = _text(nullable=False)
    access_days: int
    created_at: datetime = _instant(nullable=False)
    spent_at: datetime | None = _instant()


class Card(SQLModel, table=True):
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
    creating_at: datetime | None = _instant()
    posted_at: datetime | None = _instant()
    reposted: int = 0
    quiet_at: datetime | None = _instant()


class OutboxRow(SQLModel, table=True):
    """Something to deliver: ids only, the text is made when it is sent."""

    __tablename__ = "outbox"
    row_id: str = Field(primary_key=True)
    tenant_id: str
    channel: str
    kind: str
    unique_key: str = Field(unique=True)
    subject_id: str
    priority: int
    due_at: datetime | None = _instant()
    created_at: datetime = _instant(nullable=False)
    attempts: int = 0
    changes: int = 1
    owner: str | None = None
    sending_at: datetime | None = _instant()
    done_at: datetime | None = _instant()
    dead_at: datetime | None = _instant()
    problem: str | None = _text()
    __table_args__ = (Index("ix_outbox_due", "channel", "priority", "due_at"),)


class Rollout(SQLModel, table=True):
    __tablename__ = "rollouts"
    feature: str = Field(primary_key=True)
    surface: str = Field(primary_key=True)
    stage: str
    from_at: datetime | None = _instant()


class TenantFeature(SQLModel, table=True):
    __tablename__ = "tenant_features"
    tenant_id: str = Field(primary_key=True)
    feature: str = Field(primary_key=True)
    setting: str


class Limit(SQLModel, table=True):
    """Moments (whole seconds, a count each) at which something limited was done, newest last."""

    __tablename__ = "limits"
    limit_key: str = Field(primary_key=True)
    hits: str = _text(nullable=False)
    until: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))


class Received(SQLModel, table=True):
    """An activity that had its effect, and for an invoke the answer it got."""

    __tablename__ = "received"
    activity_key: str = Field(primary_key=True)
    received_at: datetime = Field(sa_column=Column(Instant, nullable=False, index=True))
    answer: str | None = _text()


class AuditEvent(SQLModel, table=True):
    __tablename__ = "audit_events"
    tenant_id: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime = _instant(nullable=False)
    kind: str
    actor: str
    workspace_id: str | None = None
    invitation_id: str | None = Field(default=None, index=True)
    guest_id: str | None = None
    detail: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(sa_column=Column(String, nullable=False))


class AuditHead(SQLModel, table=True):
    """The last link of a tenant's chain: so that cut-off rows are noticed too."""

    __tablename__ = "audit_heads"
    tenant_id: str = Field(primary_key=True)
    sequence: int
    hash: str
