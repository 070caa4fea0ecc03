from collections.abc import AsyncIterator

import pytest

from tests.outbox.scripted import Scripted, scripted
from tests.outbox.world import World, opened


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """On each kind of database."""
    world = await opened(database_url)
    yield world
    await world.database.close()


@pytest.fixture
async def relay() -> AsyncIterator[Scripted]:
    async with scripted(Scripted()) as script:
        yield script
