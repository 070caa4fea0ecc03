"""Doors in front of a recording bot, with a small Bot Framework behind them."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.adapter import Adapter
from bot.authentication import Authentication, TokenChecks
from bot.connector import Connector, open_session
from bot.credentials import Credentials
from bot.door import Door
from bot.keys import KeyCache
from bot.rate import Pace
from bot.service_url import ServiceHosts
from bot.turn import Turn
from tests.bot.edge.cloud import APP_ID, TENANT, Cloud


@pytest.fixture
async def cloud() -> AsyncIterator[Cloud]:
    cloud = Cloud()
    server = TestServer(cloud.app())
    await server.start_server()
    cloud.url = str(server.make_url("")).rstrip("/")
    yield cloud
    await server.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as session:
        yield session


@pytest.fixture
def hosts() -> ServiceHosts:
    return ServiceHosts(("127.0.0.1:*", "smba.trafficmanager.net", "*.botframework.com"))


@pytest.fixture
async def connector(cloud: Cloud, session: aiohttp.ClientSession, hosts: ServiceHosts) -> AsyncIterator[Connector]:
    credentials = Credentials(session, f"{cloud.url}/token", APP_ID, "password")
    yield Connector(session, hosts, credentials, Pace(()))
    await credentials.close()


class Recorder:
    """A bot that notes its turns and answers as it was told."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.turned: list[frozenset[str]] = []
        self.replies: list[Any] = ["Hello"]
        self.answer: Any = None
        self.fault: Exception | None = None

    async def turned_away(self, activity: Any, tenants: frozenset[str]) -> None:
        self.turned.append(tenants)

    async def on_turn(self, turn_context: Any) -> None:
        turn = Turn.of(turn_context)
        self.turns.append(turn)
        if self.fault:
            raise self.fault
        for reply in self.replies:
            await turn.reply(reply)
        if turn.is_invoke and self.answer is not None:
            await turn.answer(self.answer)


@pytest.fixture
def bot() -> Recorder:
    return Recorder()


async def _client(adapter: Adapter, bot: Recorder, roster: Any, tenants: frozenset[str] | None) -> TestClient[Any, Any]:
    app = web.Application()
    app.add_routes(Door(adapter, bot, roster, tenants).routes())
    client = TestClient(TestServer(app))
    await client.start_server()
    return client


@pytest.fixture
async def keys(cloud: Cloud, session: aiohttp.ClientSession) -> AsyncIterator[KeyCache]:
    keys = KeyCache(session, f"{cloud.url}/metadata")
    yield keys
    await keys.close()


@pytest.fixture
async def door(connector: Connector, hosts: ServiceHosts, keys: KeyCache, bot: Recorder) -> AsyncIterator[Any]:
    """The door as in production: tokens checked, one tenant served."""
    adapter = Adapter(Authentication(connector, hosts, TokenChecks(keys, APP_ID)))
    client = await _client(adapter, bot, connector.member, frozenset({TENANT.upper()}))
    yield client
    await client.close()


@pytest.fixture
async def open_door(connector: Connector, hosts: ServiceHosts, bot: Recorder) -> AsyncIterator[Any]:
    """The door as in development: nobody is asked for a token."""
    client = await _client(Adapter(Authentication(connector, hosts, None)), bot, connector.member, None)
    yield client
    await client.close()
