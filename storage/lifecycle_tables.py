"""The rows of what happens to guests over months: notices to people, sponsors, approvals, lists of invitations,
attestations, certificates and blocks. As in storage/tables.py: facts only, no secrets."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.columns import Row, instant, long_text, where


class PersonalChat(Row, table=True):
    """Where a person of the tenant talks with the bot alone: notices go there."""

    __tablename__ = "personal_chats"
    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    channel_id: str
    service_url: str
    conversation_id: str
    bot_id: str
    locale: str


class Notice(Row, table=True):
    """A card for one person (or, without one, for a conversation) about something: once for each subject.

    Without a conversation id it waits for one to be opened with the person (`channel_user_id` of people).
    """

    __tablename__ = "notices"
    notice_id: str = Field(primary_key=True)
    tenant_id: str
    kind: str
    subject_id: str
    person_id: str = ""
    workspace_id: str | None = None
    made_at: datetime = instant(nullable=False)
    closed_at: datetime | None = instant()
    """It was answered or is over: the card shows that and asks nothing any more."""
    channel_id: str
    service_url: str
    conversation_id: str
    bot_id: str
    locale: str
    activity_id: str | None = None
    creating_at: datetime | None = instant()
    reposted: int = 0
    quiet_at: datetime | None = instant()
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "subject_id", "person_id"),
        Index("ix_notices_person", "tenant_id", "person_id", "made_at"),
        Index("ix_notices_workspace", "workspace_id"),
    )


class Sponsor(Row, table=True):
    """Who answers for a guest besides, or instead of, the inviter: one to five for each invitation that names any."""

    __tablename__ = "sponsors"
    invitation_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    tenant_id: str
    since: datetime = instant(nullable=False)
    __table_args__ = (Index("ix_sponsors_person", "tenant_id", "person_id"),)


class Approval(Row, table=True):
    """Invitations that wait for an approver's word."""

    __tablename__ = "approvals"
    approval_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    asked_by: str
    wishes: str = long_text(nullable=False)
    """What would be invited, as JSON: addresses, days, message …"""
    reason: str = ""
    service_url: str
    conversation_id: str
    bot_id: str
    locale: str
    """Where it was asked: the invitations' cards stand there, once they are made."""
    asked_at: datetime = instant(nullable=False)
    expires_at: datetime = instant(nullable=False)
    reminded_at: datetime | None = instant()
    decided_at: datetime | None = instant()
    decided_by: str | None = None
    decision: str | None = None
    note: str = ""
    outcome: str | None = long_text()
    """Who was invited and who could not be, as JSON."""
    version: int = 1
    __table_args__ = (Index("ix_approvals_open", "tenant_id", "expires_at", **where("decided_at IS NULL")),)


class Bulk(Row, table=True):
    """A list of people to invite: pasted, a file in the chat, or a file on the command line."""

    __tablename__ = "bulks"
    bulk_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    person_id: str
    surface: str
    content_hash: str
    name: str = ""
    rows: int
    made_at: datetime = instant(nullable=False)
    confirmed_at: datetime | None = instant()
    cancelled_at: datetime | None = instant()
    finished_at: datetime | None = instant()
    version: int = 1
    __table_args__ = (
        Index(
            "uq_bulks_content", "tenant_id", "workspace_id", "content_hash", unique=True,
            **where("cancelled_at IS NULL"),
        ),
    )  # fmt: skip


class BulkRow(Row, table=True):
    """One line of a list, as it was read, and what became of it."""

    __tablename__ = "bulk_rows"
    bulk_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    tenant_id: str
    given: str = ""
    address: str | None = None
    address_key: str | None = None
    wishes: str | None = long_text()
    """Name, language, days, message … as JSON."""
    verdict: str | None = None
    problem: str | None = long_text()
    invitation_id: str | None = None
    done_at: datetime | None = instant()
    __table_args__ = (Index("ix_bulk_rows_waiting", "bulk_id", "number", **where("done_at IS NULL")),)


class Attestation(Row, table=True):
    """The question whether a guest is still needed, and its answer."""

    __tablename__ = "attestations"
    attestation_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    membership_id: str
    asked_at: datetime = instant(nullable=False)
    answer_by: datetime = instant(nullable=False)
    answered_at: datetime | None = instant()
    answered_by: str | None = None
    answer: str | None = None
    __table_args__ = (
        Index("uq_attestations_open", "membership_id", unique=True, **where("answered_at IS NULL")),
        Index("ix_attestations_membership", "membership_id", "asked_at"),
        Index("ix_attestations_asked", "workspace_id", "asked_at"),
    )


class Closing(Row, table=True):
    """A guest's access that ends by a rule (inactive, sponsor missing …) unless something happens in the grace."""

    __tablename__ = "closings"
    membership_id: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    tenant_id: str
    since: datetime = instant(nullable=False)
    ends_at: datetime = instant(nullable=False)
    decided_at: datetime | None = instant()
    """A sponsor kept the guest, the guest came back, the rule is off, or the access has ended: see `outcome`."""
    decided_by: str | None = None
    outcome: str | None = None
    __table_args__ = (Index("ix_closings_asked", "tenant_id", "reason", "since"),)


class Certificate(Row, table=True):
    """What was removed when a guest was let go: counts and moments, as JSON."""

    __tablename__ = "certificates"
    certificate_id: str = Field(primary_key=True)
    tenant_id: str
    workspace_id: str
    invitation_id: str = Field(index=True)
    guest_id: str | None = None
    made_at: datetime = instant(nullable=False)
    made_by: str
    removed: str = long_text(nullable=False)


class Block(Row, table=True):
    """A mailbox whose holder wants no invitations from this organisation any more. Outlives the erasure of the address:
    only its hash is kept."""

    __tablename__ = "blocks"
    tenant_id: str = Field(primary_key=True)
    address_hash: str = Field(primary_key=True)
    blocked_at: datetime = instant(nullable=False)
    workspace_id: str | None = None
    invitation_id: str | None = None
