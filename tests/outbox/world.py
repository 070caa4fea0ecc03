"""An installation's inside without its doors: the real database and domain, a relay, a mail channel and a worker."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from domain import invitations, workspaces
from domain.limits import Numbers
from domain.secrets import Keys
from domain.views import InvitationView, Kind, Person, Place
from domain.work import Work
from outbox.mail_channel import MailChannel
from outbox.mails import Mails
from outbox.relay import Patience, Relay
from outbox.smtp import Pool
from outbox.worker import Worker
from storage.database import Database

ALICE = Person("contoso", "alice", "Alice Adams", "29:alice", "alice@contoso.example", "user")
CHAT = Place("contoso", Kind.PERSONAL, "msteams", "a:alice", "", "https://smba.example/", "a:alice", "28:bot")
QUICK = Patience(connect=2, command=0.5, idle=30, doubt=5)
MANY = 100_000


@dataclass
class Clock:
    """Runs with the real time, and can be moved on by hand."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **span: float) -> None:
        self.ahead += timedelta(**span)


class World:
    def __init__(self, url: str, clock: Clock) -> None:
        self.clock = clock
        numbers = Numbers(owner_hour=MANY, workspace_day=MANY, tenant_day=MANY, workspace_open=MANY)
        keys = Keys((b"k" * 32,))

        def opening(connection: Connection, vetoes: frozenset[Any]) -> Work:
            return Work(connection, clock(), keys, numbers, vetoes=vetoes)

        self.database = Database(_engine(url), opening)

    async def invite(self, *addresses: str) -> list[InvitationView]:
        view = await self.database.write(invitations.invite, CHAT, ALICE, addresses, None)
        return list(view.created)

    async def statuses(self) -> dict[str, tuple[str, str | None]]:
        """Address → status, and the reason while undeliverable."""

        def all_of(work: Work) -> dict[str, tuple[str, str | None]]:
            rows = work.all(text("select address from invitations"))
            views = [invitations.status(work, CHAT, ALICE, row.address) for row in rows]
            return {view.address: (view.status.value, view.failure) for view in views}

        return await self.database.read(all_of)

    async def rows(self) -> list[Any]:
        """The outbox rows of mails."""
        return await self.database.read(
            lambda work: list(work.all(text("select * from outbox where channel = 'mail'")))
        )

    def channel(self, relay: Relay, patience: Patience = QUICK) -> MailChannel:
        mails = Mails("Gatehouse <no-reply@example.com>", "https://guests.example.com")
        return MailChannel(self.database, Pool(relay, patience=patience), mails, self.clock)

    def worker(self, channel: Any) -> Worker:
        worker = Worker(self.database, {"mail": channel}, self.clock)
        self.database.committed = worker.wake
        return worker


async def opened(url: str) -> World:
    world = World(url, Clock())
    await world.database.migrate()
    await world.database.write(workspaces.arrived, CHAT, ALICE)
    return world


def _engine(url: str) -> Any:
    if url.startswith("postgresql"):
        from storage.postgres import PostgreSQL

        return PostgreSQL(url)
    from storage.sqlite import SQLite

    return SQLite(Path(url.removeprefix("sqlite:///")))


async def until(happened: Callable[[], Any], seconds: float = 8) -> None:
    """Waits for something that other tasks do."""
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.01)
