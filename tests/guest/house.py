"""A whole installation behind the guest door: the real domain on SQLite, a clock to move, and simple browsers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from yarl import URL

import serving
from domain import invitations, policy_changes, workspaces
from domain.limits import Numbers
from domain.methods import DiscoveryNeeded
from domain.policies import Policy
from domain.secrets import Keys
from domain.views import Kind, Person, Place
from domain.work import Veto, Work
from guest import GuestDoor
from providers import Providers
from providers.clients import Clients
from storage.database import Database
from storage.sqlite import SQLite

PRODUCTION = "https://gate.contoso.example"
ALICE = Person("contoso", "alice-id", "Alice Owner")
TEAM = Place(
    "contoso", Kind.TEAM, "msteams", "19:launch@thread", "Launch", "https://smba.example/", "19:launch@thread", "28:bot"
)
GWEN = "gwen@fabrikam.example"
KEYS = Keys((b"first key of thirty-two bytes ok!", b"second key of thirty-two bytes!!"))


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Switches:
    """The operator's own provider. Remembers for which tenants it was asked."""

    off: frozenset[Veto] = frozenset()
    only: str | None = None
    """Off for this tenant alone."""
    asked: list[str | None] = field(default_factory=list)

    async def vetoes(self, tenant_id: str | None, /) -> frozenset[Veto]:
        self.asked.append(tenant_id)
        return self.off if self.only in (None, tenant_id) else frozenset()


@dataclass
class House:
    database: Any
    clock: Clock
    switches: Switches
    client: TestClient[Any, Any] = None  # type: ignore[assignment]
    answers: list[tuple[str, int]] = field(default_factory=list)

    async def invite(self, address: str = GWEN, place: Place = TEAM, person: Person = ALICE) -> str:
        """The path of the mailed link."""
        await self.database.write(workspaces.arrived, place, person)
        invited = (place, person, (address,), None)
        try:
            view = await self.database.write(invitations.invite, *invited)
        except DiscoveryNeeded:  # as if nobody could be asked: an unknown answer is not a no
            view = await self.database.write(invitations.invite, *invited, found={})
        return await self.link(view.created[0].invitation_id)

    async def link(self, invitation_id: str) -> str:
        (row,) = await self.rows(f"SELECT * FROM invitations WHERE invitation_id = '{invitation_id}'")
        token = KEYS.link_token(KEYS.current, row.tenant_id, row.invitation_id, row.link_id)
        return f"/i/{token}"

    async def passcode(self, nth: int = -1) -> str:
        """What the passcode mail says; the last one asked for unless said."""
        row = (await self.rows("SELECT * FROM passcodes ORDER BY issued_at, rowid"))[nth]
        return KEYS.passcode(row.key_id, row.tenant_id, row.scope, row.passcode_id)

    async def withdrawal(self) -> str:
        row = (await self.rows("SELECT * FROM passcodes ORDER BY issued_at, rowid"))[-1]
        return f"/w/{KEYS.withdraw_token(row.key_id, row.passcode_id)}"

    async def rows(self, query: str) -> list[Any]:
        return await self.database.read(lambda work: list(work.all(text(query))))

    async def contents(self) -> dict[str, list[Any]]:
        """Everything in the database."""
        names = [row.name for row in await self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [tuple(row) for row in await self.rows(f"SELECT * FROM {name}")] for name in names}

    def browser(self, **options: Any) -> "Browser":
        return Browser(self, **options)

    async def policy(self, tenant: str = "contoso", **changes: Any) -> Policy:
        """The tenant's policy from now on: as it was, with these changes."""
        return await self.database.write(
            policy_changes.change, tenant, "dora-id", lambda before: replace(before, **changes)
        )


async def build(path: Path, *, public_url: str = PRODUCTION, development: bool = False, **changes: Any) -> House:
    clock, switches = Clock(changes.get("now", Clock.now)), Switches()
    providers = Providers(changes.get("clients", Clients()), clock, development=True)

    def opening(connection: Any, vetoes: frozenset[Veto]) -> Work:
        return Work(connection, clock(), KEYS, Numbers(), frozenset(), vetoes, providers.methods)

    house = House(Database(SQLite(path), opening), clock, switches)
    door = GuestDoor(
        changes.get("database") or house.database,
        switches,
        changes.get("keys", KEYS),
        public_url=public_url,
        development=development,
        trusted_proxies=changes.get("trusted_proxies", ("127.0.0.1/32", "10.0.0.0/8")),
        clock=clock,
        metrics=lambda route, status: house.answers.append((route, status)),
        discovery=providers,
        sign_in=providers,
    )
    application = web.Application(client_max_size=256 * 1024)
    door.frame(application)
    application.add_routes([*door.routes(), *changes.get("routes", ())])
    application.on_cleanup.append(lambda _: providers.close())
    house.client = TestClient(TestServer(application, port=changes.get("port")))
    await house.client.start_server()
    serving.answer_for(application, house.client.server.runner)
    return house


@dataclass
class Form:
    name: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert named["method"] == "post"
            self.found.append(Form(named.get("id", ""), named["action"]))
        elif tag == "input" and named.get("type") == "hidden":
            self.found[-1].fields[named["name"]] = named["value"]


@dataclass
class Seen:
    """An answer, read to its end."""

    answer: ClientResponse
    body: bytes

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def headers(self) -> Any:
        return self.answer.headers

    def form(self, name: str = "next") -> Form:
        reader = _Forms()
        reader.feed(self.text)
        return next(form for form in reader.found if form.name == name)


@dataclass
class Browser:
    """Keeps cookies whatever the scheme: a proxy that ends TLS stands before the real one."""

    house: House
    language: str = "en-GB,en;q=0.9"
    host: str = "gate.contoso.example"
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Seen:
        """One request; redirects are not followed."""
        sent = {"Host": self.host, "Accept-Language": self.language} | (headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        target = URL(str(self.house.client.make_url("")).rstrip("/") + path, encoded=True)
        async with self.house.client.session.request(
            method, target, headers=sent, allow_redirects=False, **options
        ) as answer:
            seen = Seen(answer, await answer.read())
        for line in answer.headers.getall("Set-Cookie", ()):
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return seen

    async def open(self, path: str, **options: Any) -> Seen:
        """A page, at the end of its redirects."""
        seen = await self.ask("GET", path, **options)
        while seen.status == 303:
            seen = await self.ask("GET", seen.headers["Location"], **options)
        return seen

    async def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Seen:
        return await self.ask(
            "POST",
            path,
            data=urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"} | (headers or {}),
        )

    async def submit(self, page: Seen, name: str = "next", **typed: str) -> Seen:
        """Fills in a form of the page, and follows where it leads."""
        form = page.form(name)
        seen = await self.post(form.action, {**form.fields, **typed})
        return await self.open(seen.headers["Location"]) if seen.status == 303 else seen

    async def asked(self, link: str) -> Seen:
        """The passcode page, after the link and "Send me a code"."""
        return await self.submit(await self.open(link))

    async def signed_in(self, link: str) -> Seen:
        """The guest's page."""
        page = await self.asked(link)
        return await self.submit(page, code=await self.house.passcode())


Make = Callable[..., Any]
