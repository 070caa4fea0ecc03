"""A world on each kind of database, its team settled; and the same on one kind for what has nothing to do with it."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlmodel import SQLModel

from tests.domain.world import World, build
from tests.servers.postgres import Postgres

CLEAR = ";".join(f'DELETE FROM "{name}"' for name in SQLModel.metadata.tables)
"""A good deal quicker than a database for each test."""


@pytest.fixture(scope="session")
def lasting(postgres: Postgres, postgres_template: str) -> Iterator[Callable[[], str]]:
    """Gives the URL of one database, emptied each time."""
    name = postgres.create(postgres_template)
    url = postgres.url(name)
    connection = postgres.loop.run(asyncpg.connect(url))

    def emptied() -> str:
        postgres.loop.run(connection.execute(CLEAR))
        return url

    yield emptied
    postgres.loop.run(connection.close())
    postgres.drop(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'gatehouse.db')}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with all tables and no rows; the test runs once on each kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return request.getfixturevalue("lasting")()


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Alice's team, on both databases."""
    made = build(database_url)
    await made.settle()
    yield made
    await made.database.close()


@pytest.fixture
async def quick(sqlite_url: str) -> AsyncIterator[World]:
    """As `world`, on SQLite only: for tests of rules that no database has a part in."""
    made = build(sqlite_url)
    await made.settle()
    yield made
    await made.database.close()


@pytest.fixture
async def racing(lasting: Callable[[], str]) -> AsyncIterator[World]:
    """As `world`, on PostgreSQL only, where units really run at the same time."""
    made = build(lasting())
    await made.settle()
    yield made
    await made.database.close()
