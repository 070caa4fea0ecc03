"""Indexes for what was found by walking through a table."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_identities_account", "identities", ["issuer", "subject"])
    op.create_index("ix_attestations_asked", "attestations", ["workspace_id", "asked_at"])
    op.create_index("ix_closings_asked", "closings", ["tenant_id", "reason", "since"])
    op.drop_index("ix_closings_open", table_name="closings")


def downgrade() -> None:
    op.create_index(
        "ix_closings_open",
        "closings",
        ["tenant_id", "reason", "since"],
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index("ix_closings_asked", table_name="closings")
    op.drop_index("ix_attestations_asked", table_name="attestations")
    op.drop_index("ix_identities_account", table_name="identities")
