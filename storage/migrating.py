"""Brings a database to this version (Alembic), one process at a time."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlmodel import SQLModel

from storage import lifecycle_tables, policy_tables, tables  # noqa: F401  # pyright: ignore[reportUnusedImport] - they define the tables

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x6A7E_0001
"""Of pg_advisory_xact_lock: replicas that start together must not migrate together."""

THERE = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'"),
    "postgresql": text("SELECT to_regclass('alembic_version')"),
}
TABLES = {
    "sqlite": text("SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"),
    "postgresql": text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"),
}
VERSION = text("SELECT version_num FROM alembic_version")


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
    if connection.execute(THERE[connection.dialect.name]).scalar() is None:
        return False
    row = connection.execute(VERSION).first()
    return row is not None and row[0] == newest()


def _make(connection: Connection) -> None:
    """An empty database gets the newest tables at once: importing Alembic takes longer than making them."""
    SQLModel.metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": newest()})


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
        if connection.execute(TABLES[connection.dialect.name]).scalar() == 0:
            _make(connection)
            return
        revise(connection)


def revise(connection: Connection) -> None:
    """Revision by revision, in the caller's transaction."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
