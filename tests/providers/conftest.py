from collections.abc import AsyncIterator

import pytest

from tests.servers.authority import Authority


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    server = await Authority().start()
    yield server
    await server.stop()
