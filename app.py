"""Gatehouse: the one file that knows all parts. Settings → database → doors → worker → routes."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from email.utils import formataddr
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

import cli
import evaluation
import health
import logs
from config import Settings
from domain import admins
from domain.faults import Unavailable
from domain.limits import Numbers
from domain.secrets import Keys
from domain.work import Work
from storage.database import Database

log: Any = structlog.get_logger("gatehouse")
CLAIM_CHECK_SECONDS = 600.0
STOP_SECONDS = 20.0


def clock() -> datetime:
    return datetime.now(UTC)


def database_of(settings: Settings) -> Database:
    keys, numbers = Keys(settings.secret_keys), Numbers(**settings.quotas)

    def opening(connection: Any, vetoes: frozenset[Any]) -> Work:
        return Work(connection, clock(), keys, numbers, settings.admins, vetoes)

    if settings.database_url.startswith("postgresql"):
        from storage.postgres import PostgreSQL

        return Database(PostgreSQL(settings.database_url), opening)
    from storage.sqlite import SQLite

    return Database(SQLite(Path(settings.database_url.removeprefix("sqlite:///"))), opening)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Database]:
    database = database_of(settings)
    try:
        yield database
    finally:
        await database.close()


class Installation:
    """One running process: which parts it has depends on its role."""

    def __init__(self, settings: Settings, role: cli.Role, stack: AsyncExitStack) -> None:
        self.settings, self.role, self.stack = settings, role, stack
        self.metrics = health.Metrics()
        self.application = web.Application(client_max_size=256 * 1024)

    async def start(self) -> health.Readiness:
        self.database = await self.stack.enter_async_context(open_database(self.settings))
        await self.database.migrate()
        readiness = health.Readiness(self.database)
        operators = self.settings.feature_provider
        self.flags = evaluation.Flags(self.database.read, evaluation.find(operators) if operators else None)
        await self._connect()
        self._add_pages(readiness)
        if self.role != "worker":
            await self._add_chat()
        if self.role != "web":
            await self._add_worker()
        return readiness

    async def _connect(self) -> None:
        """The one session on which keys, credentials and the connector call out."""
        from bot.connector import Connector, open_session
        from bot.credentials import Credentials
        from bot.rate import TEAMS, Pace
        from bot.service_url import ServiceHosts

        settings = self.settings
        self.session = await self.stack.enter_async_context(open_session())
        self.hosts = ServiceHosts(settings.bot_service_hosts)
        credentials = None
        if settings.app_id:
            credentials = Credentials(
                self.session, settings.bot_token_url, settings.app_id, settings.app_password or ""
            )
            self.stack.push_async_callback(credentials.close)
        self.connector = Connector(self.session, self.hosts, credentials, Pace(TEAMS if settings.app_id else ()))

    async def _add_chat(self) -> None:
        from bot.adapter import Adapter
        from bot.authentication import Authentication, TokenChecks
        from bot.door import Door
        from bot.handler import Gatehouse
        from bot.keys import KeyCache

        settings, checks = self.settings, None
        if settings.app_id:
            keys = KeyCache(self.session, settings.bot_openid_url)
            self.stack.push_async_callback(keys.close)
            checks = TokenChecks(keys, settings.app_id, settings.bot_issuer)
        adapter = Adapter(Authentication(self.connector, self.hosts, checks))
        bot = Gatehouse(self.database, self.flags, clock, count=self.metrics.activity)
        self.application.add_routes(Door(adapter, bot, self.connector.member, settings.tenants).routes())
        self.stack.push_async_callback(_cancelled, asyncio.create_task(self._offer_claim_code()))

    def _add_pages(self, readiness: health.Readiness) -> None:
        from guest import GuestDoor

        settings = self.settings
        door = GuestDoor(
            self.database,
            self.flags,
            Keys(settings.secret_keys),
            public_url=settings.public_url,
            development=settings.development,
            trusted_proxies=settings.trusted_proxies,
            clock=clock,
        )
        self.application.middlewares.extend(door.middlewares())
        self.application.add_routes(health.routes(readiness, self.metrics))
        if self.role != "worker":
            self.application.add_routes(door.routes())

    async def _add_worker(self) -> None:
        from bot.poster import Poster
        from cards.posting import message
        from outbox.card_channel import CardChannel
        from outbox.mail_channel import MailChannel
        from outbox.mails import Mails
        from outbox.smtp import Pool
        from outbox.worker import Worker

        pool = Pool(await self._relay())
        self.stack.callback(pool.close)
        sender = self.settings.mail_from
        mails = Mails(formataddr((sender.name, sender.address)), self.settings.public_url)
        channels = {
            "mail": MailChannel(self.database, pool, mails, clock),
            "card": CardChannel(self.database, Poster(self.connector), message, clock),
        }
        worker = Worker(self.database, channels, clock)
        self.database.committed = worker.wake
        worker.start()
        self.stack.push_async_callback(worker.stop)

    async def _relay(self) -> Any:
        """The operator's relay, or in development the built-in mailbox: the same way to either."""
        from outbox.relay import Relay

        settings = self.settings
        if settings.smtp is None:
            return Relay("127.0.0.1", await self._add_mailbox())
        relay = settings.smtp
        ca_file = str(settings.smtp_ca_file) if settings.smtp_ca_file else None
        return Relay(relay.host, relay.port, relay.tls == "implicit", relay.user, relay.password, ca_file)

    async def _add_mailbox(self) -> int:
        from guest import mailbox
        from outbox.mailbox import Mailbox

        caught = Mailbox()
        port = await caught.start()
        self.stack.push_async_callback(caught.stop)
        self.application.add_routes(mailbox.routes(caught.mails))
        return port

    async def _offer_claim_code(self) -> None:
        """While nobody administers a served tenant, the log says how to become its admin."""
        starting, tenants = True, tuple(sorted(self.settings.tenants or ()))
        while True:
            with contextlib.suppress(Unavailable):
                code = await self.database.write(admins.issue_claim_code, tenants, starting=starting)
                if code:
                    log.warning("no admin yet: write this to the bot in Teams", command=f"claim {code}")
                starting = False
            await asyncio.sleep(CLAIM_CHECK_SECONDS)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def run(settings: Settings, role: cli.Role) -> int:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        installation = Installation(settings, role, stack)
        readiness = await installation.start()
        runner = web.AppRunner(installation.application, access_log=None, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, settings.host, settings.port, backlog=1024).start()
        log.info("ready", url=settings.public_url, role=role)
        await stopping.wait()
        readiness.stop()
        log.info("stopping")
    return cli.DONE


def serve(settings: Settings, role: cli.Role) -> int:
    logs.configure(development=settings.development)
    try:
        return asyncio.run(run(settings, role))
    except (OSError, Unavailable, evaluation.Unusable) as fault:
        log.error("cannot start", problem=str(fault))
        return cli.FAILED


if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:], open_database=open_database, serve=serve))
