"""Units of work: all or nothing, on both databases; and what happens when a database is not there."""

import asyncio
import os
import shutil
import stat
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import pytest
from sqlalchemy import Connection, bindparam, insert, select, text, update

from storage import sqlite_driver
from storage.database import Database, Engine, Unavailable
from storage.engines import engine
from storage.postgres import BadStatement, PostgreSQL
from storage.sqlite import SQLite
from storage.tables import Tenant, table
from tests.domain.world import START
from tests.servers.background import free_port
from tests.servers.postgres import Postgres
from tests.storage.conftest import start, stop

TENANTS = table(Tenant)
ALL = select(TENANTS.c.tenant_id).order_by(TENANTS.c.tenant_id)


class Refused(Exception):
    pass


def add(name: str, fault: Exception | None = None) -> Callable[[Connection], str]:
    def unit(connection: Connection) -> str:
        connection.execute(insert(TENANTS), {"tenant_id": name, "created_at": START, "language": "en"})
        if fault:
            raise fault
        return name

    return unit


def everyone(connection: Connection) -> list[str]:
    return [row.tenant_id for row in connection.execute(ALL).all()]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Engine]:
    made = engine(database_url)
    yield made
    await made.close()


@pytest.fixture
async def file(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[SQLite]:
    made = SQLite(Path(shutil.copy(sqlite_template, tmp_path / "gatehouse.db")))
    yield made
    await made.close()


async def grouped(file: SQLite, *units: Callable[[Connection], Any]) -> list[Any]:
    """Their outcomes, written together behind a slow one."""
    go = threading.Event()
    first = asyncio.create_task(file.write(lambda _: go.wait(5)))
    await asyncio.sleep(0.05)
    rest = [asyncio.create_task(file.write(unit)) for unit in units]
    await asyncio.sleep(0)
    go.set()
    return (await asyncio.gather(first, *rest, return_exceptions=True))[1:]


async def test_a_unit_is_written_whole_or_not_at_all(database: Engine) -> None:
    assert await database.write(add("a")) == "a"
    with pytest.raises(Refused):
        await database.write(add("b", Refused()))
    assert await database.read(everyone) == ["a"]


async def test_of_units_that_are_written_together_each_stands_for_itself(database: Engine) -> None:
    names = [f"t{number:02}" for number in range(40)]
    outcomes = await asyncio.gather(
        *(database.write(add(name, Refused() if number % 3 == 0 else None)) for number, name in enumerate(names)),
        return_exceptions=True,
    )
    written = [name for number, name in enumerate(names) if number % 3]
    assert [each for each in outcomes if isinstance(each, str)] == written
    assert sum(isinstance(each, Refused) for each in outcomes) == len(names) - len(written)
    assert await database.read(everyone) == written


async def test_a_unit_that_broke_a_rule_of_the_tables_takes_no_other_along(file: SQLite) -> None:
    outcomes = await grouped(file, *(add(name) for name in ("a", "b", "a", "c")))
    assert outcomes[:2] == ["a", "b"]
    assert isinstance(outcomes[2], apsw.ConstraintError)
    assert outcomes[3] == "c"
    assert await file.read(everyone) == ["a", "b", "c"]


async def test_a_unit_that_refuses_before_it_writes_lets_the_others_run_once(file: SQLite) -> None:
    """What fails with something written behind others has its group run again."""
    runs: list[str] = []

    def told(name: str, fault: Exception | None = None) -> Callable[[Connection], str]:
        def unit(connection: Connection) -> str:
            runs.append(name)
            if fault:
                raise fault
            return add(name)(connection)

        return unit

    outcomes = await grouped(file, told("a"), told("no", Refused()), told("b"))
    assert (outcomes[0], type(outcomes[1]), outcomes[2]) == ("a", Refused, "b")
    assert runs == ["a", "no", "b"]
    assert await file.read(everyone) == ["a", "b"]


async def test_where_sqlite_takes_the_transaction_back_nothing_of_the_group_stays(file: SQLite) -> None:
    """As it does by itself when it gets no memory."""

    def without_memory(connection: Connection) -> None:
        connection.execute(text("ROLLBACK"))
        raise MemoryError

    outcomes = await grouped(file, add("a"), without_memory, add("c"), add("d", Refused()))
    assert {type(each) for each in outcomes} == {Unavailable}
    assert await file.read(everyone) == []
    assert await file.write(add("e")) == "e"


async def test_what_a_unit_changed_is_taken_back_where_it_cannot_read_what_that_returned(file: SQLite) -> None:
    for name in "abcd":
        await file.write(add(name))
    await file.write(lambda found: found.execute(text("UPDATE tenants SET created_at = 'x' WHERE tenant_id = 'b'")))
    renamed = update(TENANTS).values(language="de").returning(TENANTS.c.created_at)
    outcomes = await grouped(file, lambda found: found.execute(renamed).all(), add("e"))
    assert (type(outcomes[0]), outcomes[1]) == (ValueError, "e")
    languages = await file.read(lambda found: found.execute(select(TENANTS.c.language)).all())
    assert {row.language for row in languages} == {"en"}


async def test_rows_of_several_executions_are_refused_to_the_unit_that_asks_for_them(file: SQLite) -> None:
    several = [{"tenant_id": name, "created_at": START} for name in ("x", "y")]
    asking = insert(TENANTS).returning(TENANTS.c.tenant_id)
    outcomes = await grouped(file, add("a"), lambda found: found.execute(asking, several).all(), add("b"))
    assert (outcomes[0], type(outcomes[1]), outcomes[2]) == ("a", ValueError, "b")
    assert await file.read(everyone) == ["a", "b"]


async def test_rows_of_several_executions_are_refused_on_both_databases(database: Engine) -> None:
    several = [{"tenant_id": name, "created_at": START} for name in ("x", "y")]
    asking = insert(TENANTS).returning(TENANTS.c.tenant_id)
    with pytest.raises(ValueError, match="several"):
        await database.write(lambda found: found.execute(asking, several).all())
    assert await database.read(everyone) == []


async def test_a_list_longer_than_databases_take_is_refused_to_the_unit_that_gives_it(database: Engine) -> None:
    chosen = select(TENANTS.c.tenant_id).where(TENANTS.c.tenant_id.in_(bindparam("names", expanding=True)))

    def unit(count: int) -> Callable[[Connection], Any]:
        return lambda found: found.execute(chosen, {"names": [f"t{number}" for number in range(count)]}).all()

    await database.write(add("t31999"))
    assert await database.read(unit(32_000)) == [("t31999",)]
    with pytest.raises(ValueError, match="32000"):
        await database.read(unit(32_001))


def test_a_name_that_sqlite_cannot_take_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="UTF-8"):
        SQLite(tmp_path / os.fsdecode(b"\xff.db"))


async def test_a_copy_of_what_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "gatehouse.db"
    path.write_bytes(b"something else" * 1000)
    wrong = SQLite(path)
    with pytest.raises(Unavailable, match="not a database"):
        await wrong.backup(tmp_path / "copy.db")
    await wrong.close()


async def test_what_a_statement_leaves_out_gets_its_default_on_both_databases(database: Engine) -> None:
    def unit(connection: Connection) -> Any:
        connection.execute(insert(TENANTS), {"tenant_id": "a", "created_at": START})
        connection.execute(insert(TENANTS), [{"tenant_id": "b", "created_at": START}])
        return connection.execute(select(TENANTS.c.language)).all()

    assert [row.language for row in await database.write(unit)] == ["en", "en"]


async def test_reading_writes_nothing(file: SQLite) -> None:
    with pytest.raises(Unavailable):
        await file.read(add("a"))
    assert await file.read(everyone) == []


async def test_a_database_that_somebody_else_holds_is_unavailable_and_back_afterwards(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J1."""
    monkeypatch.setattr(sqlite_driver, "BUSY_SECONDS", 0.1)
    path = Path(shutil.copy(sqlite_template, tmp_path / "gatehouse.db"))
    database = SQLite(path)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        await database.write(add("a"))
    assert await database.read(everyone) == []
    other.execute("ROLLBACK")
    other.close()
    await database.write(add("a"))
    await database.close()


async def test_a_full_disk_is_unavailable_and_loses_nothing_that_was_written(file: SQLite) -> None:
    """J9: the limit stands for the disk."""
    await file.write(add("a"))

    def fill(connection: Connection) -> None:
        connection.execute(text("PRAGMA max_page_count = 1"))
        connection.execute(insert(TENANTS), {"tenant_id": "b" * 1_000_000, "created_at": START, "language": "en"})

    with pytest.raises(Unavailable):
        await file.write(fill)
    await file.write(add("c"))
    assert await file.read(everyone) == ["a", "c"]


async def test_a_closed_database_is_unavailable_and_what_waited_was_written(file: SQLite) -> None:
    waiting = [asyncio.create_task(file.write(add(f"t{number}"))) for number in range(10)]
    await asyncio.sleep(0)
    await file.close()
    assert len(await asyncio.gather(*waiting)) == 10
    for act in (file.write(add("late")), file.read(everyone)):
        with pytest.raises(Unavailable):
            await act
    again = SQLite(file.path)
    assert len(await again.read(everyone)) == 10
    await again.close()


async def test_the_database_and_what_belongs_to_it_are_for_its_owners_eyes_only(file: SQLite) -> None:
    """G1."""
    await file.write(add("a"))
    await file.backup(file.path.with_name("copy.db"))
    files = sorted(file.path.parent.glob("*.db*"))
    assert [each.name for each in files] == ["copy.db", "gatehouse.db", "gatehouse.db-shm", "gatehouse.db-wal"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


async def test_a_copy_holds_what_was_written_and_overwrites_nothing(file: SQLite, tmp_path: Path) -> None:
    await file.write(add("a"))
    await file.backup(tmp_path / "copy.db")
    with pytest.raises(FileExistsError):
        await file.backup(tmp_path / "copy.db")
    copy = SQLite(tmp_path / "copy.db")
    assert await copy.read(everyone) == ["a"]
    await copy.close()


class _Unit:
    def __init__(self, connection: Connection, wake: bool) -> None:
        self.connection, self.wake, self.kinds = connection, wake, ["tenant.added"]

    def finish(self) -> None:
        pass


async def test_the_worker_is_woken_after_the_commit_and_only_where_something_is_due(database: Engine) -> None:
    told: list[Any] = []
    wake = True
    units = Database(database, lambda connection, _: _Unit(connection, wake))
    units.committed = lambda: told.append("due")
    await units.write(lambda work: add("a")(work.connection))
    with pytest.raises(Refused):
        await units.write(lambda work: add("b", Refused())(work.connection))
    wake = False
    await units.write(lambda work: add("c")(work.connection))
    assert told == ["due"]


# PostgreSQL


CONFLICTS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.UniqueViolationError)


@pytest.fixture
async def server(postgres: Postgres, postgres_template: str) -> AsyncIterator[PostgreSQL]:
    name = postgres.create(postgres_template)
    made = PostgreSQL(postgres.url(name))
    yield made
    await made.close()
    postgres.drop(name)


@pytest.mark.postgres
@pytest.mark.parametrize("conflict", CONFLICTS)
async def test_a_unit_that_met_another_is_run_again_from_its_beginning(
    server: PostgreSQL, conflict: type[Exception]
) -> None:
    """J2."""
    runs = 0

    def unit(connection: Connection) -> list[str]:
        nonlocal runs
        runs += 1
        add(f"run {runs}")(connection)
        if runs < 3:
            raise conflict("again")
        return everyone(connection)

    assert await server.write(unit) == ["run 3"]


@pytest.mark.postgres
async def test_a_unit_that_meets_others_again_and_again_is_given_up_and_nothing_was_written(server: PostgreSQL) -> None:
    def unit(connection: Connection) -> None:
        add("never")(connection)
        raise asyncpg.DeadlockDetectedError("again")

    with pytest.raises(Unavailable):
        await server.write(unit)
    assert await server.read(everyone) == []


@pytest.mark.postgres
@pytest.mark.parametrize("broken", ["tenant_id = 'b'", "language = NULL"])
async def test_what_goes_wrong_is_told_without_the_rows_it_happened_to(server: PostgreSQL, broken: str) -> None:
    """PostgreSQL's DETAIL shows them, addresses and all: in an error's text, and in those of its causes."""
    await server.write(add("a"))
    await server.write(add("b"))
    change = text(f"UPDATE tenants SET {broken} WHERE tenant_id = 'a'")
    with pytest.raises((BadStatement, Unavailable)) as fault:
        await server.write(lambda connection: connection.execute(change))
    told = "".join(traceback.format_exception(fault.value))
    assert "constraint" in str(fault.value)
    assert "DETAIL" not in told
    assert "Failing row" not in told


@pytest.mark.postgres
async def test_reading_is_spared_a_transaction_and_writing_has_one(server: PostgreSQL) -> None:
    def moments(connection: Connection) -> set[Any]:
        """PostgreSQL's now() is the beginning of the transaction."""
        return {connection.execute(text("SELECT now(), pg_sleep(0.01)")).scalar() for _ in range(2)}

    assert [len(await run(moments)) for run in (server.write, server.read, server.write)] == [1, 2, 1]


@pytest.mark.postgres
async def test_a_statement_is_planned_once_whatever_its_values(server: PostgreSQL) -> None:
    """Planning takes longer than running."""
    custom = text("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'INSERT%'")

    def unit(connection: Connection) -> Any:
        for name in "abc":
            add(name)(connection)
        return connection.execute(custom).all()

    assert {tuple(row) for row in await server.write(unit)} == {(3, 0)}


@pytest.mark.postgres
async def test_a_deadlock_ends_with_both_units_written(server: PostgreSQL) -> None:
    await server.write(add("a"))
    await server.write(add("b"))
    change = text("UPDATE tenants SET language = language || :mine WHERE tenant_id = :which")
    met: set[str] = set()

    def both(mine: str, first: str, second: str) -> Callable[[Connection], None]:
        def unit(connection: Connection) -> None:
            connection.execute(change, {"mine": mine, "which": first})
            if mine not in met:
                met.add(mine)
                connection.execute(text("SELECT pg_sleep(0.3)"))
            connection.execute(change, {"mine": mine, "which": second})

        return unit

    await asyncio.gather(server.write(both("x", "a", "b")), server.write(both("y", "b", "a")))
    rows = await server.read(lambda connection: connection.execute(text("SELECT language FROM tenants")).all())
    assert all(sorted(row.language) == sorted("enxy") for row in rows)


def cut_all(server: PostgreSQL, postgres: Postgres) -> None:
    """All connections to the database."""
    name = server.url.rpartition("/")[2]
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    postgres.loop.run(postgres.admin.execute(cut))


@pytest.mark.postgres
async def test_a_cut_connection_is_unavailable_or_replaced_and_the_next_unit_works(
    server: PostgreSQL, postgres: Postgres
) -> None:
    await server.write(add("a"))
    cut_all(server, postgres)
    await server.write(add("b"))

    def cut_off(connection: Connection) -> None:
        add("c")(connection)
        cut_all(server, postgres)
        everyone(connection)

    with pytest.raises(Unavailable):
        await server.write(cut_off)
    assert await server.read(everyone) == ["a", "b"]


@pytest.mark.postgres
async def test_after_a_cut_every_unit_of_a_crowd_is_written_once(server: PostgreSQL, postgres: Postgres) -> None:
    """J2: connections that lay idle are found to be dead by the units that take them."""
    crowd = [f"{number:02d}" for number in range(30)]
    await asyncio.gather(*(server.read(everyone) for _ in crowd))
    cut_all(server, postgres)
    await asyncio.gather(*(server.write(add(each)) for each in crowd))
    assert await server.read(everyone) == crowd


@pytest.mark.postgres
async def test_a_unit_that_was_cut_at_its_commit_is_not_run_again(server: PostgreSQL, postgres: Postgres) -> None:
    """Whether that was written is not known: twice would be worse."""
    runs: list[str] = []

    def unit(connection: Connection) -> None:
        runs.append("run")
        add("a")(connection)
        cut_all(server, postgres)

    with pytest.raises(Unavailable):
        await server.write(unit)
    assert runs == ["run"]
    assert await server.read(everyone) == []


@pytest.mark.postgres
@pytest.mark.slow
async def test_a_restart_of_the_server_loses_nothing_that_was_acknowledged(own_server: Postgres) -> None:
    """J2: while it is away everybody is told so; afterwards it works without a restart of ours."""
    database = PostgreSQL(own_server.url("postgres"))
    await database.migrate()
    await database.write(add("before"))
    await asyncio.to_thread(own_server._run, *stop(own_server))
    with pytest.raises(Unavailable):
        await database.write(add("while"))
    assert not await Database(database, lambda connection, _: None).ready()
    await asyncio.to_thread(own_server._run, *start(own_server))
    await database.write(add("after"))
    assert await database.read(everyone) == ["after", "before"]
    await database.close()


@pytest.mark.sockets
async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = PostgreSQL(f"postgresql://postgres:unused@127.0.0.1:{free_port()}/gatehouse")
    for act in (database.write(add("a")), database.migrate()):
        with pytest.raises(Unavailable):
            await act
    await database.close()
