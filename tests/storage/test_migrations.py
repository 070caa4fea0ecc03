"""Migrations: from nothing to this version, as often as one likes, by as many processes; and back."""

import asyncio
import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy import column as plain
from sqlalchemy import table as lightweight
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from storage import lifecycle_tables, migrating, policy_tables, sqlite, tables  # noqa: F401 - they define the tables
from storage.columns import Instant
from storage.engines import engine

INVITATIONS = lightweight(
    "invitations",
    *map(plain, ("invitation_id", "tenant_id", "workspace_id", "address", "address_key", "language", "surface")),
    *map(plain, ("inviter_id", "access_days", "link_id", "version")),
    *(plain(name, Instant) for name in ("created_at", "expires_at", "mailed_at")),
)
MEMBERSHIPS = lightweight(
    "memberships",
    *map(plain, ("membership_id", "tenant_id", "workspace_id", "guest_id", "invitation_id", "surface")),
    *(plain(name, Instant) for name in ("started_at", "ends_at")),
)
OUTBOX = lightweight("outbox", plain("unique_key"), plain("due_at", Instant))
EARLIER, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
OFFER: dict[str, Any] = dict.fromkeys(
    ("tenant_id", "address", "address_key", "language", "surface", "inviter_id", "link_id"), "x"
)
OFFER |= {"access_days": 1, "version": 1, "created_at": EARLIER, "mailed_at": EARLIER}
ACCESS: dict[str, Any] = dict.fromkeys(("tenant_id", "guest_id", "invitation_id", "surface"), "x") | {
    "started_at": EARLIER
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return request.getfixturevalue("postgres_url")


async def _migrate(url: str) -> None:
    database = engine(url)
    try:
        await database.migrate()
        assert await database.migrated()
    finally:
        await database.close()


def _migrate_here(url: str) -> None:
    asyncio.run(_migrate(url))


def _on_sqlite(path: Path, act: Callable[[Connection], Any]) -> Any:
    path.touch()
    with sqlite.engine(path).begin() as connection:
        return act(connection)


async def _with_connection(url: str, act: Callable[[Connection], Any]) -> Any:
    """On SQLAlchemy's own connection, as Alembic needs one."""
    if url.startswith("sqlite"):
        return _on_sqlite(Path(url.removeprefix("sqlite:///")), act)
    made = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    try:
        async with made.begin() as connection:
            return await connection.run_sync(act)
    finally:
        await made.dispose()


async def test_an_empty_database_is_brought_to_this_version_and_left_alone_afterwards(empty_url: str) -> None:
    database = engine(empty_url)
    assert not await database.migrated()
    await database.close()
    for _ in range(2):
        await _migrate(empty_url)
    names = await _with_connection(empty_url, lambda connection: inspect(connection).get_table_names())
    assert set(names) == {*SQLModel.metadata.tables, "alembic_version"}


async def test_models_and_migrations_agree(empty_url: str) -> None:
    """So a new database, whose tables are made at once, is like one that went through every revision."""
    await _with_connection(empty_url, migrating.revise)

    def differences(connection: Connection) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert await _with_connection(empty_url, differences) == []


INDEXES = {
    "sqlite": text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"),
    "postgresql": text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"),
}


async def test_made_at_once_every_partial_index_has_its_condition(empty_url: str) -> None:
    """Alembic does not compare them."""

    def conditions(connection: Connection) -> dict[str, str]:
        rows = connection.execute(INDEXES[connection.dialect.name])
        return {name: " ".join(sql.split(" WHERE ")[1].split()) for name, sql in rows if " WHERE " in sql}

    def revised(connection: Connection) -> dict[str, str]:
        migrating.revise(connection)
        found = conditions(connection)
        SQLModel.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        return found

    by_revision = await _with_connection(empty_url, revised)
    await _migrate(empty_url)
    at_once = await _with_connection(empty_url, conditions)
    assert at_once == by_revision
    assert len(at_once) == 10


def test_a_process_on_sqlite_never_loads_postgresqls_dialect() -> None:
    loading = "import sys, storage.sqlite, storage.tables; assert 'sqlalchemy.dialects.postgresql' not in sys.modules"
    subprocess.run([sys.executable, "-c", loading], check=True, cwd=migrating.FOLDER.parent.parent)


MAKING = "asyncio.run(sqlite.SQLite(path).migrate())"
REVISING = """path.touch()
with sqlite.engine(path).begin() as connection:
    migrating.revise(connection)"""


@pytest.mark.parametrize("act", [MAKING, REVISING])
def test_tables_are_made_by_the_copy_of_sqlite_that_is_used_afterwards(act: str, tmp_path: Path) -> None:
    """Two in one process take each other's locks away."""
    path = str(tmp_path / "gatehouse.db")
    begin = f"import asyncio, pathlib, sys\nfrom storage import migrating, sqlite\npath = pathlib.Path({path!r})"
    whole = f"{begin}\n{act}\nassert 'apsw' in sys.modules and '_sqlite3' not in sys.modules"
    subprocess.run([sys.executable, "-c", whole], check=True, cwd=migrating.FOLDER.parent.parent)


async def test_every_migration_can_be_taken_back_and_made_again(empty_url: str) -> None:
    await _migrate(empty_url)

    def back(connection: Connection) -> list[str]:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        return inspect(connection).get_table_names()

    assert await _with_connection(empty_url, back) == ["alembic_version"]
    await _migrate(empty_url)


async def test_what_was_begun_before_gets_its_dates(empty_url: str) -> None:
    await _migrate(empty_url)

    def again(connection: Connection) -> list[Any]:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        for number, until in enumerate((LATER, EARLIER)):
            connection.execute(
                insert(INVITATIONS),
                OFFER | {"invitation_id": f"i{number}", "workspace_id": f"w{number}", "expires_at": until},
            )
            connection.execute(
                insert(MEMBERSHIPS),
                ACCESS | {"membership_id": f"m{number}", "workspace_id": f"w{number}", "ends_at": until},
            )
        command.upgrade(config, "head")
        found = select(OUTBOX.c.unique_key, OUTBOX.c.due_at).order_by(OUTBOX.c.unique_key)
        return list(connection.execute(found).all())

    rows = await _with_connection(empty_url, again)
    assert [tuple(row) for row in rows] == [("access:m0", EARLIER), ("offer:i0", LATER)]


async def test_two_processes_that_start_together_both_find_the_database_ready(empty_url: str) -> None:
    """Replicas."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_migrate_here, args=(empty_url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join, 60)
    assert [process.exitcode for process in processes] == [0, 0]


def test_the_newest_version_is_the_head_that_alembic_knows() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(migrating._config()).get_current_head() == migrating.newest()
