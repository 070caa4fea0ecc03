"""Notices, sponsors, approvals, lists of invitations, attestations, certificates and blocks."""

import sqlalchemy as sa
from alembic import op

from storage.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LOOK_AGAIN = """
    INSERT INTO outbox (row_id, tenant_id, channel, kind, unique_key, subject_id, priority, due_at, created_at,
                        attempts, changes)
    SELECT 'switches:' || tenant_id, tenant_id, 'due', 'switches', 'switches:' || tenant_id, tenant_id, 0, created_at,
           created_at, 0, 1
    FROM tenants WHERE true
"""
"""Tenants that were there before are told of dates that were set before (domain/switches.py)."""


DATES = (
    """
    INSERT INTO outbox (
        row_id, tenant_id, channel, kind, unique_key, subject_id, priority, due_at, created_at, attempts, changes
    )
    SELECT 'offer-' || invitation_id, tenant_id, 'due', 'offer', 'offer:' || invitation_id, invitation_id, 0,
        expires_at, created_at, 0, 1
    FROM invitations
    WHERE redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL
        AND expires_at > CURRENT_TIMESTAMP
    """,
    """
    INSERT INTO outbox (
        row_id, tenant_id, channel, kind, unique_key, subject_id, priority, due_at, created_at, attempts, changes
    )
    SELECT 'access-' || membership_id, tenant_id, 'due', 'access', 'access:' || membership_id, membership_id, 0,
        started_at, started_at, 0, 1
    FROM memberships
    WHERE ended_at IS NULL AND ends_at > CURRENT_TIMESTAMP
    """,
)
"""What was begun before: offers expire on their day, accesses are looked at at once and warned of in time."""


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_approvals")),
    )
    op.create_index(
        "ix_approvals_open",
        "approvals",
        ["tenant_id", "expires_at"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "attestations",
        sa.Column("attestation_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("membership_id", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("answer_by", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("attestation_id", name=op.f("pk_attestations")),
    )
    op.create_index("ix_attestations_membership", "attestations", ["membership_id", "asked_at"], unique=False)
    op.create_index(
        "uq_attestations_open",
        "attestations",
        ["membership_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "blocks",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("blocked_at", Instant(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=True),
        sa.Column("invitation_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "address_hash", name=op.f("pk_blocks")),
    )
    op.create_table(
        "bulk_rows",
        sa.Column("bulk_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("address_key", sa.String(), nullable=True),
        sa.Column("wishes", sa.Text(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("invitation_id", sa.String(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("bulk_id", "number", name=op.f("pk_bulk_rows")),
    )
    op.create_index(
        "ix_bulk_rows_waiting",
        "bulk_rows",
        ["bulk_id", "number"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "bulks",
        sa.Column("bulk_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bulk_id", name=op.f("pk_bulks")),
    )
    op.create_index(
        "uq_bulks_content",
        "bulks",
        ["tenant_id", "workspace_id", "content_hash"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "certificates",
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_invitation_id"), "certificates", ["invitation_id"], unique=False)
    op.create_table(
        "closings",
        sa.Column("membership_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("membership_id", "reason", name=op.f("pk_closings")),
    )
    op.create_index(
        "ix_closings_open",
        "closings",
        ["tenant_id", "reason", "since"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=True),
        sa.Column("creating_at", Instant(), nullable=True),
        sa.Column("reposted", sa.Integer(), nullable=False),
        sa.Column("quiet_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "subject_id", "person_id", name=op.f("uq_notices_tenant_id_kind_subject_id_person_id")
        ),
    )
    op.create_index("ix_notices_person", "notices", ["tenant_id", "person_id", "made_at"], unique=False)
    op.create_index("ix_notices_workspace", "notices", ["workspace_id"], unique=False)
    op.create_table(
        "personal_chats",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_personal_chats")),
    )
    op.create_table(
        "sponsors",
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("invitation_id", "person_id", name=op.f("pk_sponsors")),
    )
    op.create_index("ix_sponsors_person", "sponsors", ["tenant_id", "person_id"], unique=False)
    op.add_column("drafts", sa.Column("wishes", sa.Text(), nullable=True))
    op.add_column("guests", sa.Column("seen_at", Instant(), nullable=True))
    op.add_column("guests", sa.Column("erased_at", Instant(), nullable=True))
    op.add_column("invitations", sa.Column("name", sa.String(), nullable=True))
    op.add_column("invitations", sa.Column("message", sa.Text(), nullable=True))
    op.add_column("invitations", sa.Column("access_until", Instant(), nullable=True))
    op.add_column("invitations", sa.Column("bulk_id", sa.String(), nullable=True))
    op.add_column("invitations", sa.Column("erased_at", Instant(), nullable=True))
    op.add_column("owners", sa.Column("source", sa.String(), nullable=True))
    op.add_column("people", sa.Column("left_at", Instant(), nullable=True))
    op.add_column("workspaces", sa.Column("group_id", sa.String(), nullable=True))
    op.add_column("workspaces", sa.Column("owners_read_at", Instant(), nullable=True))
    op.execute(LOOK_AGAIN)
    op.create_index("ix_audit_events_workspace", "audit_events", ["tenant_id", "workspace_id", "sequence"])
    op.create_index("ix_owners_person", "owners", ["tenant_id", "person_id"])
    for dates in DATES:
        op.execute(dates)
    op.create_index(
        "ix_invitations_unerased",
        "invitations",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("erased_at IS NULL AND redeemed_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL AND redeemed_at IS NULL"),
    )
    op.create_index(
        "ix_guests_unerased",
        "guests",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("erased_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_guests_unerased", table_name="guests")
    op.drop_index("ix_invitations_unerased", table_name="invitations")
    op.execute("DELETE FROM outbox WHERE channel = 'due'")
    op.drop_index("ix_owners_person", table_name="owners")
    op.drop_index("ix_audit_events_workspace", table_name="audit_events")
    op.drop_column("workspaces", "owners_read_at")
    op.drop_column("workspaces", "group_id")
    op.drop_column("people", "left_at")
    op.drop_column("owners", "source")
    op.drop_column("invitations", "erased_at")
    op.drop_column("invitations", "bulk_id")
    op.drop_column("invitations", "access_until")
    op.drop_column("invitations", "message")
    op.drop_column("invitations", "name")
    op.drop_column("guests", "erased_at")
    op.drop_column("guests", "seen_at")
    op.drop_column("drafts", "wishes")
    op.drop_index("ix_sponsors_person", table_name="sponsors")
    op.drop_table("sponsors")
    op.drop_table("personal_chats")
    op.drop_index("ix_notices_workspace", table_name="notices")
    op.drop_index("ix_notices_person", table_name="notices")
    op.drop_table("notices")
    op.drop_index(
        "ix_closings_open",
        table_name="closings",
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_table("closings")
    op.drop_index(op.f("ix_certificates_invitation_id"), table_name="certificates")
    op.drop_table("certificates")
    op.drop_index(
        "uq_bulks_content",
        table_name="bulks",
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.drop_table("bulks")
    op.drop_index(
        "ix_bulk_rows_waiting",
        table_name="bulk_rows",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("bulk_rows")
    op.drop_table("blocks")
    op.drop_index(
        "uq_attestations_open",
        table_name="attestations",
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.drop_index("ix_attestations_membership", table_name="attestations")
    op.drop_table("attestations")
    op.drop_index(
        "ix_approvals_open",
        table_name="approvals",
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_table("approvals")
