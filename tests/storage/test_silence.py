"""A PostgreSQL that goes silent: the network swallows what is said, and nobody hangs up."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, text

from storage import postgres as postgres_module
from storage.database import Unavailable
from storage.postgres import BadStatement, PostgreSQL
from tests.servers.postgres import Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.sockets]


@dataclass
class Wire:
    """Between us and the server; lets through what is said until it is silent."""

    port: int
    flowing: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.port)
        for source, target in ((reader, to_server), (from_server, writer)):
            self.tasks.add(asyncio.create_task(self._pass(source, target)))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while said := await source.read(65536):
                await self.flowing.wait()
                target.write(said)
                await target.drain()
        target.close()


@pytest.fixture
async def wire(postgres: Postgres) -> AsyncIterator[tuple[Wire, int]]:
    made = Wire(postgres.port)
    made.flowing.set()
    server = await asyncio.start_server(made.open, "127.0.0.1", 0)
    yield made, server.sockets[0].getsockname()[1]
    server.close()
    made.flowing.set()
    for task in made.tasks:
        task.cancel()
    await asyncio.gather(*made.tasks, return_exceptions=True)


async def test_a_silent_server_is_unavailable_in_time_and_back_with_the_network(
    wire: tuple[Wire, int], postgres: Postgres, postgres_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J2."""
    monkeypatch.setattr(postgres_module, "COMMAND_SECONDS", 0.5)
    network, port = wire
    name = postgres.create(postgres_template)
    database = PostgreSQL(postgres.url(name).replace(f":{urlsplit(postgres.url(name)).port}/", f":{port}/"))

    def one(connection: Connection) -> int:
        return connection.execute(text("SELECT 1")).scalar_one()

    def silenced(connection: Connection) -> int:
        network.flowing.clear()
        return one(connection)

    assert await database.read(one) == 1
    started = time.monotonic()
    for unit in (silenced, one):
        with pytest.raises(Unavailable):
            await asyncio.wait_for(database.write(unit), 9)
    assert time.monotonic() - started < 14
    network.flowing.set()
    assert await database.read(one) == 1
    await database.close()
    postgres.drop(name)


async def test_a_fault_tells_the_statement_and_not_what_was_in_it(postgres: Postgres, postgres_template: str) -> None:
    """G2: it is logged."""
    name = postgres.create(postgres_template)
    database = PostgreSQL(postgres.url(name))

    def broken(connection: Connection) -> None:
        connection.execute(text("SELECT nothing FROM nowhere WHERE address = :address"), {"address": "gwen@fabrikam"})

    with pytest.raises(BadStatement) as fault:
        await database.write(broken)
    assert "gwen" not in str(fault.value)
    await database.close()
    postgres.drop(name)
