"""SQLAlchemy's engine on SQLite: what a migration may do there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, String, Table, insert, select, text
from sqlalchemy.exc import IntegrityError

from storage import sqlite
from storage.columns import Instant

BERTHS = Table(
    "berths",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("name", String, unique=True),
    Column("since", Instant),
    Column("plan", LargeBinary),
)
SINCE = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    path = tmp_path / "berths.db"
    path.touch()
    with sqlite.engine(path).begin() as made:
        BERTHS.create(made)
        yield made


def add(connection: Connection, name: str) -> int:
    added = connection.execute(insert(BERTHS), {"name": name, "since": SINCE, "plan": b"\x00"})
    assert added.inserted_primary_key is not None
    return added.inserted_primary_key[0]


def test_a_row_says_its_number_and_comes_back_as_it_was_written(connection: Connection) -> None:
    assert [add(connection, name) for name in "abc"] == [1, 2, 3]
    assert connection.execute(select(BERTHS)).fetchmany(2) == [(1, "a", SINCE, b"\x00"), (2, "b", SINCE, b"\x00")]
    pieces = connection.execution_options(yield_per=2).execute(select(BERTHS.c.number)).partitions()
    assert [[row.number for row in piece] for piece in pieces] == [[1, 2], [3]]
    changed = connection.execute(text("UPDATE berths SET since = :at WHERE number > 1"), {"at": SINCE})
    assert changed.rowcount == 2
    assert connection.execute(text("SELECT number, name FROM berths WHERE number = 9")).keys() == ["number", "name"]


def test_what_was_not_read_to_its_end_is_in_nobodys_way(connection: Connection) -> None:
    for name in "abc":
        add(connection, name)
    connection.execute(select(BERTHS.c.number)).fetchone()
    next(iter(connection.execute(select(BERTHS.c.name))))
    Operations(MigrationContext.configure(connection)).drop_table("berths")


def test_a_rule_of_the_table_that_is_broken_has_its_own_error(connection: Connection) -> None:
    add(connection, "a")
    with pytest.raises(IntegrityError):
        add(connection, "a")
