"""Alembic's entry: runs on the connection that storage/migrating.py hands in."""

from alembic import context
from sqlmodel import SQLModel

from storage import lifecycle_tables, policy_tables, tables  # noqa: F401  # pyright: ignore[reportUnusedImport] - they define the tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=False,
    transaction_per_migration=False,
)
context.run_migrations()
