"""Brings a database to this version (Alembic), one process at a time."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x6A7E_0001
"""Of pg_advisory_xact_lock: replicas that start together must not migrate together."""


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def newest() -> str:
    """The version that this code needs: the last revision in the folder, read without importing Alembic."""
    return max(path.stem.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> bool:
    """True: the database has exactly this code's tables."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return row is not None and row[0] == newest()


def upgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        upgrade_on(connection)


def upgrade_on(connection: Connection) -> None:
    """In one transaction, on a connection of its own. A database of this version is left untouched, without Alembic."""
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        if current(connection):
            return
        from alembic import command

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
