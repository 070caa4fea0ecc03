"""A world on each kind of database, its team settled; and the same on one kind for what has nothing to do with it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.domain.world import World, build


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Alice's team, on both databases."""
    made = build(database_url)
    await made.settle()
    yield made
    await made.database.close()


@pytest.fixture
async def quick(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[World]:
    """As `world`, on SQLite only: for tests of rules that no database has a part in."""
    path = tmp_path / "gatehouse.db"
    shutil.copy(sqlite_template, path)
    made = build(f"sqlite:///{path}")
    await made.settle()
    yield made
    await made.database.close()


@pytest.fixture
async def racing(postgres: object, postgres_template: str) -> AsyncIterator[World]:
    """As `world`, on PostgreSQL only, where units really run at the same time."""
    name = postgres.create(postgres_template)  # type: ignore[attr-defined]
    made = build(postgres.url(name))  # type: ignore[attr-defined]
    await made.settle()
    yield made
    await made.database.close()
    postgres.drop(name)  # type: ignore[attr-defined]
