import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from storage import migrating
from tests.guest.house import House, build


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: migrating takes longer than most tests here."""
    path = tmp_path_factory.mktemp("guest") / "empty.db"
    engine = create_engine(f"sqlite:///{path}")
    migrating.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
async def make_house(empty_database: Path, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[House]]]:
    houses: list[House] = []

    async def make(**options: Any) -> House:
        path = tmp_path / f"{len(houses)}.db"
        shutil.copy(empty_database, path)
        houses.append(await build(path, **options))
        return houses[-1]

    yield make
    for house in houses:
        await house.client.close()
        await house.database.engine.close()


@pytest.fixture
async def house(make_house: Callable[..., Awaitable[House]]) -> House:
    return await make_house()
