"""Policies, sign-in methods, second factors, resources and requests."""

import sqlalchemy as sa
from alembic import op

from storage.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acceptances",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("consented_at", Instant(), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("client_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "guest_id", name=op.f("pk_acceptances")),
    )
    op.create_table(
        "challenges",
        sa.Column("challenge_hash", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("session_hash", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_challenges")),
    )
    op.create_table(
        "factors",
        sa.Column("factor_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=True),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("factor_id", name=op.f("pk_factors")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_factors_credential_id")),
    )
    op.create_index(op.f("ix_factors_guest_id"), "factors", ["guest_id"], unique=False)
    op.create_table(
        "host_sessions",
        sa.Column("host_session_hash", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("host_session_hash", name=op.f("pk_host_sessions")),
    )
    op.create_index(op.f("ix_host_sessions_session_id"), "host_sessions", ["session_id"], unique=False)
    op.create_table(
        "identities",
        sa.Column("identity_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("identity_id", name=op.f("pk_identities")),
        sa.UniqueConstraint("tenant_id", "guest_id", "issuer", name=op.f("uq_identities_tenant_id_guest_id_issuer")),
        sa.UniqueConstraint("tenant_id", "issuer", "subject", name=op.f("uq_identities_tenant_id_issuer_subject")),
    )
    op.create_table(
        "policies",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_policies")),
    )
    op.create_table(
        "provider_secrets",
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_provider_secrets")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("guest_id", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_guest_id"), "recovery_codes", ["guest_id"], unique=False)
    op.create_table(
        "requests",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("invitation_id", sa.String(), nullable=True),
        sa.Column("guest_id", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=True),
        sa.Column("creating_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_requests")),
    )
    op.create_index(op.f("ix_requests_invitation_id"), "requests", ["invitation_id"], unique=False)
    op.create_index("ix_requests_workspace", "requests", ["tenant_id", "workspace_id", "asked_at"], unique=False)
    op.create_table(
        "resources",
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_resources")),
    )
    op.create_index(
        "uq_resources_live",
        "resources",
        ["workspace_id", "name_key"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "terms",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "version", "language", name=op.f("pk_terms")),
    )
    op.create_table(
        "tickets",
        sa.Column("ticket_hash", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_tickets")),
    )
    op.add_column("sessions", sa.Column("session_id", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("method", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("identity_id", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("occasion", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("second_factor", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("second_factor_at", Instant(), nullable=True))
    op.add_column("sessions", sa.Column("network", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("browser", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("rules", sa.String(), nullable=True))
    op.create_index("uq_sessions_id", "sessions", ["session_id"], unique=True)


def downgrade() -> None:
    op.drop_index(
        "uq_sessions_id",
        table_name="sessions",
    )
    op.drop_column("sessions", "rules")
    op.drop_column("sessions", "browser")
    op.drop_column("sessions", "network")
    op.drop_column("sessions", "second_factor_at")
    op.drop_column("sessions", "second_factor")
    op.drop_column("sessions", "occasion")
    op.drop_column("sessions", "identity_id")
    op.drop_column("sessions", "method")
    op.drop_column("sessions", "session_id")
    op.drop_table("tickets")
    op.drop_table("terms")
    op.drop_index(
        "uq_resources_live",
        table_name="resources",
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_table("resources")
    op.drop_index(
        "ix_requests_workspace",
        table_name="requests",
    )
    op.drop_index(
        op.f("ix_requests_invitation_id"),
        table_name="requests",
    )
    op.drop_table("requests")
    op.drop_index(
        op.f("ix_recovery_codes_guest_id"),
        table_name="recovery_codes",
    )
    op.drop_table("recovery_codes")
    op.drop_table("provider_secrets")
    op.drop_table("policies")
    op.drop_table("identities")
    op.drop_index(
        op.f("ix_host_sessions_session_id"),
        table_name="host_sessions",
    )
    op.drop_table("host_sessions")
    op.drop_index(
        op.f("ix_factors_guest_id"),
        table_name="factors",
    )
    op.drop_table("factors")
    op.drop_table("challenges")
    op.drop_table("acceptances")
