"""A small world around the domain: people, places, a clock moved by hand, a relay, and guests with their browsers.

Everything goes through the real operations. Tests learn links and passcodes from mails only.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

from domain import (
    bulks,
    delivery,
    due,
    guests,
    invitations,
    mailings,
    passcodes,
    policy_changes,
    postings,
    redemption,
    workspaces,
)
from domain.errors import LimitRefusal
from domain.guests import Client
from domain.limits import Numbers
from domain.policies import Address, Policy
from domain.secrets import Keys
from domain.views import (
    CardPost,
    ChooseTenant,
    Claimed,
    InvitationMail,
    InvitationView,
    Kind,
    OpenedLink,
    PasscodeMail,
    PasscodeView,
    Person,
    Place,
    SignedIn,
)
from domain.work import Veto, Work
from outbox.due_channel import ACTS
from storage.database import Database

CONTOSO, TAILSPIN = "contoso", "tailspin"
ALICE = Person(CONTOSO, "alice-id", "Alice Owner", "29:alice", "alice@contoso.example")
BOB = Person(CONTOSO, "bob-id", "Bob Member", "29:bob")
DORA = Person(CONTOSO, "dora-id", "Dora Admin", "29:dora")
GRETA = Person(CONTOSO, "greta-id", "Greta Teamsguest", "29:greta", role="guest")
CHARLIE = Person(TAILSPIN, "charlie-id", "Charlie Outsider", "29:charlie")
GWEN = "gwen@fabrikam.example"


def place(tenant: str, kind: Kind, name: str) -> Place:
    where = f"19:{name.lower()}@thread"
    return Place(tenant, kind, "msteams", where, name, "https://smba.example/", f"{where};messageid=1", "28:bot")


TEAM = place(CONTOSO, Kind.TEAM, "Launch")
GROUP = place(CONTOSO, Kind.GROUP, "Lunch")
CHAT = place(CONTOSO, Kind.PERSONAL, "Alice")
FOREIGN = place(TAILSPIN, Kind.TEAM, "Toys")
KEYS = Keys((b"first key of thirty-two bytes ok!", b"second key of thirty-two bytes!!"))
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WORKER = "worker"
EVERYTHING = {each.name: each.select() for each in SQLModel.metadata.sorted_tables}


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    database: Database
    clock: Clock
    settings: dict[str, Any]
    """What `Work` is made with: numbers, admins, keys."""
    vetoes: frozenset[Veto] = frozenset()
    woken: int = 0
    inbox: list[InvitationMail | PasscodeMail] = field(default_factory=list)
    """What the relay took, oldest first."""
    chat: dict[str, CardPost] = field(default_factory=dict)
    """By invitation, the card as it stands in the chat."""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    # units

    async def do(self, operation: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return await self.database.write(operation, *args, vetoes=self.vetoes, **named)

    async def look(self, operation: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return await self.database.read(operation, *args, vetoes=self.vetoes, **named)

    def limit(self, **numbers: int) -> None:
        """Other numbers than the usual ones."""
        self.settings["numbers"] = Numbers(**numbers)

    async def policy(self, tenant: str = CONTOSO, **changes: Any) -> Policy:
        """The tenant's policy from now on: as it was, with these changes."""
        return await self.do(policy_changes.change, tenant, DORA.person_id, lambda before: replace(before, **changes))

    # owners

    async def settle(self, where: Place = TEAM, owner: Person = ALICE) -> None:
        """The bot is added to a place."""
        await self.do(workspaces.arrived, where, owner)

    async def invite(
        self, *addresses: str, where: Place = TEAM, by: Person = ALICE, days: int | None = None
    ) -> InvitationView:
        """The last of the invitations made."""
        view = await self.do(invitations.invite, where, by, addresses or (GWEN,), days)
        return view.created[-1]

    async def card(self, address: str = GWEN, where: Place = TEAM, by: Person = ALICE) -> InvitationView:
        """What the owner sees of an address."""
        return await self.do(invitations.status, where, by, address)

    # the relay and the chat's channel

    async def claim(self, channel: str = "mail", owner: str = WORKER, seconds: int = 60) -> list[Claimed]:
        return await self.do(delivery.claim, channel, None, owner, 1000, seconds)

    async def deliver(self) -> None:
        """All mail that is due is handed to the relay, which takes it."""
        for row in await self.claim():
            mail = await self.look(mailings.mail, row)
            if mail is None:
                await self.do(mailings.unwanted, row, WORKER)
            elif await self.do(mailings.begin, row, WORKER):
                self.inbox.append(mail)
                await self.do(mailings.sent, row, WORKER)

    async def bounce(self, reason: str = "550 no such user") -> None:
        """All mail that is due is refused by the relay for good."""
        for row in await self.claim():
            await self.do(mailings.refused, row, WORKER, reason)

    async def post(self) -> None:
        """All cards that are due are posted or edited."""
        for row in await self.claim("card"):
            card = await self.look(postings.card, row)
            if card is None:
                await self.do(bulks.cardless, row, WORKER)
                continue
            self.chat[row.subject_id] = card
            if card.activity_id is not None:
                await self.do(postings.told, row, WORKER)
            elif await self.do(postings.creating, row, WORKER):
                await self.do(postings.posted, row, WORKER, f"activity-{next(self._numbers)}")

    async def due(self) -> None:
        """What is due by itself is done."""
        for row in await self.claim("due"):
            await self.do(due.done, row, WORKER, ACTS[row.kind])

    async def live(self, days: int) -> None:
        """So many days go by, an hour at noon of each: what is due is done, mailed and posted."""
        for _ in range(days):
            self.clock.move(days=1)
            await self.due()
            await self.deliver()
            await self.post()

    def mails(self, kind: type[Any], to: str = GWEN) -> list[Any]:
        return [mail for mail in self.inbox if isinstance(mail, kind) and mail.recipient == to]

    def link(self, to: str = GWEN) -> str:
        """The token of the newest invitation mail."""
        return self.mails(InvitationMail, to)[-1].token

    def passcode(self, to: str = GWEN) -> str:
        return self.mails(PasscodeMail, to)[-1].passcode

    # guests

    def browser(self, client: str = "203.0.113.7") -> "Browser":
        return Browser(self, f"browser-{next(self._numbers)}", client)

    async def opens(self, to: str = GWEN) -> "Browser":
        """Somebody reads the invitation mail and follows its link."""
        await self.deliver()
        browser = self.browser()
        await browser.opens(self.link(to))
        return browser

    async def asks(self, to: str = GWEN) -> "Browser":
        """As `opens`, and clicks for a passcode, whose mail arrives."""
        browser = await self.opens(to)
        await browser.asks()
        await self.deliver()
        return browser

    async def comes_in(self, to: str = GWEN) -> "Browser":
        """The whole way in."""
        browser = await self.asks(to)
        entered = await browser.types(self.passcode(to))
        assert isinstance(entered, SignedIn)
        return browser

    async def guest(self, address: str = GWEN, **where: Any) -> "Browser":
        """Invited, and in."""
        await self.invite(address, **where)
        return await self.comes_in(address)

    # looking behind the curtain

    async def rows(self, query: str, **values: Any) -> list[Any]:
        return await self.look(lambda work: list(work.all(text(query), values)))

    async def change(self, statement: str, **values: Any) -> int:
        return await self.do(lambda work: work.run(text(statement), values))

    async def contents(self) -> dict[str, list[Any]]:
        """Everything in the database, in a fixed order."""

        def read(work: Work) -> dict[str, list[Any]]:
            return {name: sorted(map(repr, work.all(everything))) for name, everything in EVERYTHING.items()}

        return await self.look(read)

    async def events(self, tenant: str = CONTOSO) -> list[str]:
        """Kinds of the tenant's audit events, oldest first."""
        found = await self.rows(
            "SELECT kind FROM audit_events WHERE tenant_id = :tenant ORDER BY sequence", tenant=tenant
        )
        return [row.kind for row in found]


@dataclass
class Browser:
    """Somebody with a browser: what its cookies would hold."""

    world: World
    name: str
    client: str
    link: OpenedLink | None = None
    passcode: PasscodeView | None = None
    session: str = ""
    address: str | None = None
    shared: bool = False
    """True: nobody can tell this client from others."""

    @property
    def network(self) -> Address:
        return ip_address(self.client)

    async def opens(self, token: str) -> None:
        self.link = await self.world.do(redemption.open, token)

    async def sees(self) -> Any:
        assert self.link
        return await self.world.look(redemption.offer, *self._link(), network=self.network)

    async def asks(self) -> PasscodeView:
        """Clicks "Send me a code"."""
        view = await self.world.do(
            passcodes.request, *self._link(), browser=self.name, language="en", network=self.network
        )
        self.passcode = view
        return view

    async def asks_by_address(self, address: str = GWEN) -> PasscodeView:
        self.address = address
        self.passcode = await self.world.do(
            passcodes.request_by_address, address, browser=self.name, client=self.client, language="en"
        )
        assert self.passcode
        return self.passcode

    async def types(self, code: str, passcode_id: str | None = None) -> Any:
        """SignedIn, ChooseTenant or WrongPasscode. Where there is one tenant to choose, it is chosen."""
        which = passcode_id or (self.passcode.passcode_id if self.passcode else "")
        held = self.link.token_hash if self.link else None
        entered = await self.world.do(
            redemption.enter,
            which,
            code,
            browser=self.name,
            client=self.client,
            token_hash=held,
            shared=self.shared,
            came=Client(self.network),
        )
        if isinstance(entered, LimitRefusal):
            raise entered
        if isinstance(entered, ChooseTenant) and len(entered.choices) == 1:
            return await self.chooses(entered.choices[0].tenant_id)
        if isinstance(entered, SignedIn):
            self.session = entered.session_token
        return entered

    async def chooses(self, tenant: str) -> SignedIn:
        assert self.passcode
        entered = await self.world.do(
            redemption.choose, self.passcode.passcode_id, tenant, browser=self.name, came=Client(self.network)
        )
        self.session = entered.session_token
        return entered

    async def shows(self) -> PasscodeView:
        assert self.passcode
        view = self.passcode
        return await self.world.look(
            passcodes.show,
            view.passcode_id,
            browser=self.name,
            token_hash=self.link.token_hash if self.link else None,
            masked=view.masked_address,
            workspace=view.workspace,
        )

    async def declines(self) -> None:
        await self.world.do(redemption.decline, *self._link())

    async def page(self) -> Any:
        return await self.world.look(guests.page, self.session, self.network)

    async def access(self) -> Any:
        return await self.world.look(guests.access, self.session, self.network)

    def _link(self) -> tuple[str, str, str]:
        assert self.link
        return self.link.tenant_id, self.link.invitation_id, self.link.token_hash


def other_code(right: str) -> str:
    """Eight digits that are not the right ones."""
    return f"{(int(right) + 1) % 10**8:08d}"


def engine(url: str) -> Any:
    if url.startswith("postgresql"):
        from storage.postgres import PostgreSQL

        return PostgreSQL(url)
    from storage.sqlite import SQLite

    return SQLite(Path(url.removeprefix("sqlite:///")))


def build(url: str) -> World:
    clock = Clock()
    settings: dict[str, Any] = {"keys": KEYS, "numbers": Numbers(), "admins": frozenset()}

    def opening(connection: Any, vetoes: frozenset[Veto]) -> Work:
        return Work(connection, clock(), vetoes=vetoes, **settings)

    world = World(Database(engine(url), opening), clock, settings)

    def committed() -> None:
        world.woken += 1

    world.database.committed = committed
    return world
