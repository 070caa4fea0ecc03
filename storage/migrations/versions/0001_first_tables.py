"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admins",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_admins")),
    )
    op.create_table(
        "audit_events",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=True),
        sa.Column("invitation_id", sa.String(), nullable=True),
        sa.Column("guest_id", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "sequence", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_invitation_id"), "audit_events", ["invitation_id"], unique=False)
    op.create_table(
        "audit_heads",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "cards",
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=True),
        sa.Column("creating_at", Instant(), nullable=True),
        sa.Column("posted_at", Instant(), nullable=True),
        sa.Column("reposted", sa.Integer(), nullable=False),
        sa.Column("quiet_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_cards")),
    )
    op.create_index(op.f("ix_cards_workspace_id"), "cards", ["workspace_id"], unique=False)
    op.create_table(
        "claim_codes",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("spent_at", Instant(), nullable=True),
        sa.Column("spent_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_claim_codes")),
    )
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("addresses", sa.Text(), nullable=False),
        sa.Column("access_days", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("spent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "guests",
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("guest_id", name=op.f("pk_guests")),
        sa.UniqueConstraint("tenant_id", "address_key", name=op.f("uq_guests_tenant_id_address_key")),
    )
    op.create_index(op.f("ix_guests_address_key"), "guests", ["address_key"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("inviter_id", sa.String(), nullable=False),
        sa.Column("access_days", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("mailed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("passcode_sent_at", Instant(), nullable=True),
        sa.Column("redeemed_at", Instant(), nullable=True),
        sa.Column("declined_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("replaced_at", Instant(), nullable=True),
        sa.Column("guest_id", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitations")),
    )
    op.create_index("ix_invitations_address", "invitations", ["tenant_id", "address_key"], unique=False)
    op.create_index("ix_invitations_guest", "invitations", ["guest_id"], unique=False)
    op.create_index(
        "ix_invitations_open_until",
        "invitations",
        ["workspace_id", "expires_at"],
        unique=False,
        sqlite_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
        postgresql_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
    )
    op.create_index("ix_invitations_tenant_created", "invitations", ["tenant_id", "created_at"], unique=False)
    op.create_index("ix_invitations_workspace_address", "invitations", ["workspace_id", "address_key"], unique=False)
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["workspace_id", "address_key"],
        unique=True,
        sqlite_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
        postgresql_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
    )
    op.create_table(
        "limits",
        sa.Column("limit_key", sa.String(), nullable=False),
        sa.Column("hits", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("limit_key", name=op.f("pk_limits")),
    )
    op.create_index(op.f("ix_limits_until"), "limits", ["until"], unique=False)
    op.create_table(
        "links",
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
    )
    op.create_index(op.f("ix_links_invitation_id"), "links", ["invitation_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("membership_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("invitation_id", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_guest_id"), "memberships", ["guest_id"], unique=False)
    op.create_index(op.f("ix_memberships_invitation_id"), "memberships", ["invitation_id"], unique=False)
    op.create_index(
        "uq_memberships_live",
        "memberships",
        ["workspace_id", "guest_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unique_key", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("sending_at", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("dead_at", Instant(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_outbox_unique_key")),
    )
    op.create_index("ix_outbox_due", "outbox", ["channel", "priority", "due_at"], unique=False)
    op.create_table(
        "owners",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", name=op.f("pk_owners")),
    )
    op.create_table(
        "passcodes",
        sa.Column("passcode_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("invitation_id", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("withdraw_hash", sa.String(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("chosen_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("passcode_id", name=op.f("pk_passcodes")),
        sa.UniqueConstraint("withdraw_hash", name=op.f("uq_passcodes_withdraw_hash")),
    )
    op.create_index(op.f("ix_passcodes_scope"), "passcodes", ["scope"], unique=False)
    op.create_table(
        "people",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("channel_user_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("role_checked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_channel_user_id"), "people", ["channel_user_id"], unique=False)
    op.create_table(
        "received",
        sa.Column("activity_key", sa.String(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("activity_key", name=op.f("pk_received")),
    )
    op.create_index(op.f("ix_received_received_at"), "received", ["received_at"], unique=False)
    op.create_table(
        "rollouts",
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("from_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("feature", "surface", name=op.f("pk_rollouts")),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("passcode_id", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_guest_id"), "sessions", ["guest_id"], unique=False)
    op.create_table(
        "tenant_features",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column("setting", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "feature", name=op.f("pk_tenant_features")),
    )
    op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenants")),
    )
    op.create_table(
        "workspaces",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint(
            "tenant_id", "channel_id", "place_id", name=op.f("uq_workspaces_tenant_id_channel_id_place_id")
        ),
    )
    op.create_index(op.f("ix_workspaces_tenant_id"), "workspaces", ["tenant_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_workspaces_tenant_id"), table_name="workspaces")
    op.drop_table("workspaces")
    op.drop_table("tenants")
    op.drop_table("tenant_features")
    op.drop_index(op.f("ix_sessions_guest_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("rollouts")
    op.drop_index(op.f("ix_received_received_at"), table_name="received")
    op.drop_table("received")
    op.drop_index(op.f("ix_people_channel_user_id"), table_name="people")
    op.drop_table("people")
    op.drop_index(op.f("ix_passcodes_scope"), table_name="passcodes")
    op.drop_table("passcodes")
    op.drop_table("owners")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(
        "uq_memberships_live",
        table_name="memberships",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_memberships_invitation_id"), table_name="memberships")
    op.drop_index(op.f("ix_memberships_guest_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_links_invitation_id"), table_name="links")
    op.drop_table("links")
    op.drop_index(op.f("ix_limits_until"), table_name="limits")
    op.drop_table("limits")
    op.drop_index(
        "uq_invitations_open",
        table_name="invitations",
        sqlite_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
        postgresql_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
    )
    op.drop_index("ix_invitations_workspace_address", table_name="invitations")
    op.drop_index("ix_invitations_tenant_created", table_name="invitations")
    op.drop_index(
        "ix_invitations_open_until",
        table_name="invitations",
        sqlite_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
        postgresql_where=sa.text(
            "redeemed_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL AND replaced_at IS NULL"
        ),
    )
    op.drop_index("ix_invitations_guest", table_name="invitations")
    op.drop_index("ix_invitations_address", table_name="invitations")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_guests_address_key"), table_name="guests")
    op.drop_table("guests")
    op.drop_table("drafts")
    op.drop_table("claim_codes")
    op.drop_index(op.f("ix_cards_workspace_id"), table_name="cards")
    op.drop_table("cards")
    op.drop_table("audit_heads")
    op.drop_index(op.f("ix_audit_events_invitation_id"), table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("admins")
