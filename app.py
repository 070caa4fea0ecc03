"""Gatehouse: the one file that knows all parts. Settings → database → doors → worker → routes."""
# ruff: noqa: E402 - what is imported stays: looking through it for garbage is a tenth of the start

import gc

gc.disable()

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from email.utils import formataddr
from importlib import import_module
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

import bot
import cli
import evaluation
import health
import later
import logs
import serving
from config import Settings
from domain import delivery
from domain.faults import Unavailable
from domain.limits import Numbers
from domain.secrets import Keys
from domain.work import Work
from providers import Providers
from providers.clients import Client, Clients
from storage.database import Database
from storage.engines import engine

gc.freeze()
gc.enable()

log = logs.logger("gatehouse")
WORKER = ("outbox.deliveries", "outbox.mails", "cards.posting")
CHAT = ("bot.chat", "bot.handler", "email_validator")
"""What is imported behind the first pages, since none of them needs it."""


def clock() -> datetime:
    return datetime.now(UTC)


def clients(settings: Settings) -> Clients:
    """With which providers the operator registered Gatehouse, for every tenant."""
    at = settings.registrations
    return Clients(
        Client(at.microsoft_id, at.microsoft_secret) if at.microsoft_id else None,
        Client(at.google_id, at.google_secret) if at.google_id else None,
        at.microsoft_url,
        at.google_issuer,
        settings.graph,
    )


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Database]:
    keys, numbers = Keys(settings.secret_keys), Numbers(**settings.quotas)
    providers = clients(settings).methods

    def opening(connection: Any, vetoes: frozenset[Any]) -> Work:
        development = settings.development
        return Work(connection, clock(), keys, numbers, settings.admins, vetoes, providers, development=development)

    database = Database(engine(settings.database_url), opening)
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
        """Everything that pages need. `finish` does the rest."""
        settings = self.settings
        self.database = await self.stack.enter_async_context(open_database(settings))
        await self.database.migrate()
        self.database.counted = self.metrics.happened
        readiness = health.Readiness(self.database)
        operators = settings.feature_provider
        if operators:  # foreign code, with threads of its own, which may want what the SDK is given hollow
            import_module("bot.sdk")
        self.flags = evaluation.Flags(self.database.read, evaluation.find(operators) if operators else None)
        self.discovery = Providers(clients(settings), clock, development=settings.development)
        self.stack.push_async_callback(self.discovery.close)
        self.chat, self.talking = later.Chat(), await self.stack.enter_async_context(AsyncExitStack())
        self._add_pages(readiness)
        if self.role != "worker":
            self.application.router.add_post(bot.PATH, self.chat.messages)
        self.relay: Any = await self._relay() if self.role != "web" else None
        return readiness

    async def finish(self) -> None:
        """The worker, and the chat, whose SDK takes long to import: in a thread, while the first pages are asked. The
        claim code, which replaces an older one, waits until it is sure that this process serves."""
        try:
            if self.role != "worker":
                await self._offer_claim_codes()
            if self.role != "web":
                await self._load(WORKER)
                await self._start_worker()
            await self._load(CHAT)
            await self._open_chat()
        except BaseException:
            self.chat.given_up()
            raise

    async def _load(self, parts: tuple[str, ...]) -> None:
        for part in parts:
            await asyncio.to_thread(import_module, part)

    async def _open_chat(self) -> None:
        from bot.chat import Chat, Registration

        settings = self.settings
        registration = Registration(
            app_id=settings.app_id,
            password=settings.app_password,
            openid_url=settings.bot_openid_url,
            issuer=settings.bot_issuer,
            token_url=settings.bot_token_url,
            service_hosts=settings.bot_service_hosts,
            file_hosts=settings.file_hosts,
            private_files=settings.development,
        )
        chat = Chat(registration, self.talking)
        self.chat.opened(await chat.open())
        if self.role != "worker":
            self.chat.answers(chat.messages(self._bot(await chat.files(), chat.group), settings.tenants))

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
            metrics=self.metrics.page,
            discovery=self.discovery,
            sign_in=self.discovery,
        )
        door.frame(self.application)
        self.application.add_routes(health.routes(readiness, self.metrics))
        if self.role != "worker":
            self.application.add_routes(door.routes())

    def _bot(self, files: Any, group: Any) -> Any:
        from bot import team_owners
        from bot.handler import Gatehouse

        directory = self.discovery.directory
        options: dict[str, Any] = {"count": self.metrics.command, "discovery": self.discovery, "files": files}
        options["team_owners"] = directory and team_owners.TeamOwners(self.database, directory, clock, group)
        return Gatehouse(self.database, self.flags, clock, anonymous=self.settings.app_id is None, **options)

    async def _offer_claim_codes(self) -> None:
        from bot import claim_codes

        await self.stack.enter_async_context(claim_codes.offered(self.database, tuple(self.settings.tenants or ())))

    async def _start_worker(self) -> None:
        from cards.posting import message
        from outbox import deliveries
        from outbox.card_channel import CardChannel
        from outbox.mails import Mails
        from outbox.smtp import Pool

        sender = self.settings.mail_from
        mails = Mails(formataddr((sender.name, sender.address)), self.settings.public_url)
        cards = CardChannel(self.database, self.chat, message, clock)
        pool = Pool(self.relay, name=urlsplit(self.settings.public_url).hostname or "localhost")
        if self.settings.sqlite_path:
            await self.database.write(delivery.take_back)
        worker = deliveries.start(self.database, pool, mails, cards, clock, self.stack)
        self.metrics.watch(lambda: monotonic() - worker.beat_at, lambda: worker.restarts)

    async def _relay(self) -> Any:
        """The operator's relay, or in development the built-in mailbox: the same way to either."""
        from outbox.relay import Relay

        relay, ca_file = self.settings.smtp, self.settings.smtp_ca_file
        if relay is not None:
            implicit = relay.tls == "implicit"
            return Relay(relay.host, relay.port, implicit, relay.user, relay.password, ca_file and str(ca_file))
        from guest import mailbox
        from outbox.mailbox import Mailbox

        caught = Mailbox()
        port = await caught.start()
        self.stack.push_async_callback(caught.stop)
        self.application.add_routes(mailbox.routes(caught.mails))
        return Relay("127.0.0.1", port)


async def run(settings: Settings, role: cli.Role) -> int:
    async with AsyncExitStack() as stack:
        installation = Installation(settings, role, stack)
        readiness = await installation.start()
        log.info("starting", url=settings.public_url, role=role)
        if settings.proxies_missing and role != "worker":
            log.warning("GATEHOUSE_TRUSTED_PROXIES is missing: all guests look like one client")
        await serving.until_told(
            installation.application, settings.host, settings.port, readiness.stop, installation.finish
        )
    return cli.DONE


def serve(settings: Settings, role: cli.Role) -> int:
    gc.disable()  # until the start is over: see `serving.settle`
    serving.spare_memory()
    if settings.sqlite_path:
        serving.keep_to_one_core()
    logs.configure(development=settings.development)
    try:
        return asyncio.run(run(settings, role))
    except (OSError, Unavailable) as fault:
        log.error("cannot start", problem=str(fault))
        return cli.FAILED


if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:], open_database=open_database, serve=serve))
