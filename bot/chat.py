"""The chat door put together: connector, token checks, adapter. app.py hands in what it is made of."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from aiohttp import web

from bot import files
from bot.adapter import Adapter
from bot.authentication import Authentication, TokenChecks
from bot.connector import Connector, open_session
from bot.credentials import Credentials
from bot.door import Bot, Door
from bot.files import Fetcher
from bot.keys import KeyCache
from bot.poster import Poster
from bot.rate import TEAMS, Pace
from bot.service_url import ServiceHosts

Messages = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, kw_only=True)
class Registration:
    """How the bot is registered. Without an app id nobody's token is checked: development, on loopback only."""

    app_id: str | None
    password: str | None
    openid_url: str
    issuer: str
    token_url: str
    service_hosts: tuple[str, ...]
    file_hosts: tuple[str, ...] = ()
    """Where people's files may lie, besides there."""
    private_files: bool = False
    """True: also on private networks (development)."""


class Chat:
    """Everything of the chat that the door and the outbox share; what was opened is closed with the stack."""

    def __init__(self, registration: Registration, stack: AsyncExitStack) -> None:
        self._registration = registration
        self._stack = stack

    async def open(self) -> Poster:
        """Opens the one session on which keys, credentials and the connector call out. Gives what posts cards."""
        told = self._registration
        self._session = await self._stack.enter_async_context(open_session())
        self._hosts = ServiceHosts(told.service_hosts)
        credentials = None
        if told.app_id:
            credentials = Credentials(self._session, told.token_url, told.app_id, told.password or "")
            self._stack.push_async_callback(credentials.close)
        self._connector = Connector(self._session, self._hosts, credentials, Pace(TEAMS if told.app_id else ()))
        return Poster(self._connector)

    async def group(self, service_url: str, team_id: str) -> str:
        """A team's group in the tenant's directory; empty where the chat does not tell it."""
        return await self._connector.group(service_url, team_id)

    async def files(self) -> Fetcher:
        """What fetches people's files, on a session of its own that knows no token."""
        session = await self._stack.enter_async_context(files.open_session(self._registration.private_files))
        return Fetcher(session, self._hosts, ServiceHosts(self._registration.file_hosts))

    def messages(self, bot: Bot, tenants: frozenset[str] | None) -> Messages:
        """What answers POST /api/messages. `tenants`: who is served; None: any."""
        told, checks = self._registration, None
        if told.app_id:
            keys = KeyCache(self._session, told.openid_url)
            self._stack.push_async_callback(keys.close)
            checks = TokenChecks(keys, told.app_id, told.issuer)
        adapter = Adapter(Authentication(self._connector, self._hosts, checks))
        return Door(adapter, bot, self._connector.member, tenants).messages
