"""The rows of features, policies, second factors, resources and requests.

As in storage/tables.py: facts only, no secrets. What has to be read again as it was (an authenticator's key, a
provider's client secret) is sealed under the secret keys, which are not in the database.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from storage.columns import Row, instant, long_text, where


class Rollout(Row, table=True):
    __tablename__ = "rollouts"
    feature: str = Field(primary_key=True)
    surface: str = Field(primary_key=True)
    stage: str
    from_at: datetime | None = instant()


class TenantFeature(Row, table=True):
    __tablename__ = "tenant_features"
    tenant_id: str = Field(primary_key=True)
    feature: str = Field(primary_key=True)
    setting: str


class Policy(Row, table=True):
    """Everything that a tenant demands of its guests, as one JSON document (domain/policies.py: Policy)."""

    __tablename__ = "policies"
    tenant_id: str = Field(primary_key=True)
    version: int
    document: str = long_text(nullable=False)
    changed_at: datetime = instant(nullable=False)


class ProviderSecret(Row, table=True):
    """The sealed client secret of a partner's sign-in provider."""

    __tablename__ = "provider_secrets"
    provider_id: str = Field(primary_key=True)
    tenant_id: str
    sealed: str = long_text(nullable=False)


class Identity(Row, table=True):
    """A guest's account at a provider, known by issuer and subject: addresses may change hands, these do not."""

    __tablename__ = "identities"
    identity_id: str = Field(primary_key=True)
    tenant_id: str
    guest_id: str
    method: str
    issuer: str
    subject: str
    linked_at: datetime = instant(nullable=False)
    __table_args__ = (
        UniqueConstraint("tenant_id", "issuer", "subject"),
        UniqueConstraint("tenant_id", "guest_id", "issuer"),
        Index("ix_identities_account", "issuer", "subject"),
    )


class Terms(Row, table=True):
    """The terms of use in one version and language."""

    __tablename__ = "terms"
    tenant_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    language: str = Field(primary_key=True)
    text: str = long_text(nullable=False)
    published_at: datetime = instant(nullable=False)


class Acceptance(Row, table=True):
    """What a guest agreed to last: that the organisation sees them, and a version of its terms (0: none)."""

    __tablename__ = "acceptances"
    tenant_id: str = Field(primary_key=True)
    guest_id: str = Field(primary_key=True)
    consented_at: datetime | None = instant()
    """To the privacy statement; none: it was not asked for yet."""
    terms_version: int = 0
    accepted_at: datetime | None = instant()
    language: str = "en"
    client_hash: str = ""


class Factor(Row, table=True):
    """A second factor: an authenticator app (its key sealed) or a passkey (its public key)."""

    __tablename__ = "factors"
    factor_id: str = Field(primary_key=True)
    tenant_id: str
    guest_id: str = Field(index=True)
    kind: str
    sealed: str | None = long_text()
    last_step: int = 0
    credential_id: str | None = Field(default=None, unique=True)
    public_key: str | None = long_text()
    sign_count: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = instant(nullable=False)
    confirmed_at: datetime | None = instant()
    used_at: datetime | None = instant()
    session_id: str = ""
    """In which it was set up: until it is confirmed, nobody else sees or confirms it."""


class RecoveryCode(Row, table=True):
    """One of a guest's codes for the day the second factor is lost; 120 random bits each, only hashes are kept."""

    __tablename__ = "recovery_codes"
    code_hash: str = Field(primary_key=True)
    tenant_id: str
    guest_id: str = Field(index=True)
    created_at: datetime = instant(nullable=False)
    used_at: datetime | None = instant()


class Challenge(Row, table=True):
    """What a passkey has signed, once, for one session. One that nobody answered has no row."""

    __tablename__ = "challenges"
    challenge_hash: str = Field(primary_key=True)
    tenant_id: str
    guest_id: str
    session_hash: str
    purpose: str
    expires_at: datetime = instant(nullable=False)
    used_at: datetime = instant(nullable=False)


class Resource(Row, table=True):
    """An application of a workspace: what its guests are let into."""

    __tablename__ = "resources"
    resource_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    name: str
    name_key: str
    url: str
    added_by: str
    created_at: datetime = instant(nullable=False)
    removed_at: datetime | None = instant()
    __table_args__ = (
        Index("uq_resources_live", "workspace_id", "name_key", unique=True, **where("removed_at IS NULL")),
    )


class Ticket(Row, table=True):
    """Carries a sign-in once from the guest pages' host to an application's host."""

    __tablename__ = "tickets"
    ticket_hash: str = Field(primary_key=True)
    tenant_id: str
    session_id: str
    resource_id: str
    browser_hash: str
    expires_at: datetime = instant(nullable=False)
    used_at: datetime | None = instant()


class HostSession(Row, table=True):
    """A session as an application's host knows it: as good as the session it came from, and no longer."""

    __tablename__ = "host_sessions"
    host_session_hash: str = Field(primary_key=True)
    tenant_id: str
    session_id: str = Field(index=True)
    host: str
    created_at: datetime = instant(nullable=False)
    expires_at: datetime = instant(nullable=False)


class Request(Row, table=True):
    """Something that waits for an owner's or admin's word, with the card on which it is given."""

    __tablename__ = "requests"
    request_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    kind: str
    invitation_id: str | None = Field(default=None, index=True)
    guest_id: str | None = None
    address: str | None = None
    note: str = ""
    asked_by: str | None = None
    asked_at: datetime = instant(nullable=False)
    decided_at: datetime | None = instant()
    decided_by: str | None = None
    decision: str | None = None
    channel_id: str
    service_url: str
    conversation_id: str
    bot_id: str
    locale: str
    activity_id: str | None = None
    creating_at: datetime | None = instant()
    __table_args__ = (Index("ix_requests_workspace", "tenant_id", "workspace_id", "asked_at"),)
