import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import bot.sdk  # noqa: F401 - first, so that the chat door is tested on what it runs on, hollow libraries and all
from domain.limits import Numbers
from domain.secrets import Keys
from domain.work import Work
from storage.database import Database
from storage.sqlite import SQLite
from tests.bot.chat import ADMIN, Chat, Clock, Flags, Roster


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(tmp_path: Path, sqlite_template: Path, clock: Clock) -> AsyncIterator[Database]:
    """The real thing, on SQLite: what differs between databases is the domain's tests' to show."""
    path = tmp_path / "gatehouse.db"
    shutil.copy(sqlite_template, path)

    def opening(connection: Any, vetoes: frozenset[Any]) -> Work:
        return Work(connection, clock.now, Keys((b"k" * 32,)), Numbers(), frozenset({ADMIN}), vetoes)

    made = Database(SQLite(path), opening)
    yield made
    await made.close()


@pytest.fixture
def roster() -> Roster:
    return Roster()


@pytest.fixture
def chat(database: Database, clock: Clock, roster: Roster) -> Chat:
    return Chat(database, roster, Flags(), clock)
