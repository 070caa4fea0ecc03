"""What is measured: each subject starts its server and knows how one operation is done with it."""

import re
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import node
from bench.processes import Server, free_port
from bench.wire import Answer, Client
from bench.world import World

PEERS = Path(__file__).parent / "peers"
DOMAIN = "bench.example"
CODE = re.compile(rb"^([0-9]{4}) ?([0-9]{4})\r?$", re.MULTILINE)
Operation = Callable[[Client, int], Awaitable[None]]
"""Done once with the connection, for the guest (or the turn) of that number. Raises for anything but success."""


class NothingRefused(Exception):
    """A wrong code was taken: nothing else would be worth measuring."""


@dataclass
class Round:
    """Where one round takes place. `known`: guests from 0 to below this are known before the round begins."""

    folder: Path
    world: World
    known: int
    database_url: str = ""
    """Empty: SQLite."""


@dataclass
class Subject:
    """One server. `operations` are by name; `prepare` may use some guests' numbers from the end on."""

    round: Round
    port: int = field(default_factory=free_port)
    server: Server = field(init=False)
    first_path = "/"
    rest_seconds = 0.4
    """So long nothing may arrive before it counts as at rest: what it still does for the operations is its work too."""

    def start(self) -> None:
        command, settings = self.command()
        self.server = Server(command, self.round.folder, settings)

    def command(self) -> tuple[list[str], dict[str, object]]:
        raise NotImplementedError

    async def prepare(self, client: Client) -> None:
        """What has to be there before the first operation."""

    async def settled(self) -> None:
        """Waits for what the server does for finished operations later on."""

    async def refuses(self, client: Client, number: int) -> None:
        """Raises NothingRefused where a wrong code is as good as the right one."""

    def operation(self, work: str) -> Operation:
        return getattr(self, work)


def address(number: int) -> str:
    return f"guest{number}@{DOMAIN}"


def passcode(mail: bytes) -> str:
    found = CODE.search(mail)
    assert found, mail[-600:]
    return (found[1] + found[2]).decode()


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def expect(answer: Answer, *statuses: int) -> Answer:
    assert answer.status in statuses, (answer.status, answer.body[:1000])
    return answer


class Echo(Subject):
    """Stock botbuilder: what a turn costs before a bot does anything."""

    first_path = "/api/messages"

    def command(self) -> tuple[list[str], dict[str, object]]:
        return [sys.executable, str(PEERS / "echo.py")], {"PORT": self.port}

    async def turn(self, client: Client, number: int) -> None:
        message = typed(self.round.world, number, f"hello {number}")
        expect(await client.post_json("/api/messages", message), 200, 201, 202)


PEOPLE = 64
"""Each in a personal chat of their own, in four tenants: nobody invites more than a person would."""
TENANTS = 4


def typed(world: World, number: int, text: str) -> dict[str, Any]:
    """A message in a personal chat of Teams."""
    who = number % PEOPLE
    tenant = f"00000000-0000-4000-8000-00000000000{who % TENANTS}"
    return {
        "type": "message",
        "id": f"{1_700_000_000_000 + number}",
        "timestamp": "2026-11-01T09:00:00.000Z",
        "channelId": "msteams",
        "serviceUrl": world.service_url,
        "locale": "en-GB",
        "textFormat": "plain",
        "text": text,
        "from": {"id": f"29:{who}", "name": f"Owner {who}", "aadObjectId": person(who)},
        "recipient": {"id": "28:bot", "name": "Bot"},
        "conversation": {"id": f"a:{who}", "conversationType": "personal", "tenantId": tenant},
        "channelData": {"tenant": {"id": tenant}},
    }


def person(who: int) -> str:
    return f"11111111-1111-4111-8111-{who:012d}"


def member(channel_id: str) -> bytes:
    """The roster's line of one of these people."""
    who = int(channel_id.removeprefix("29:"))
    return (
        f'{{"id": "29:{who}", "name": "Owner {who}", "aadObjectId": "{person(who)}", "userRole": "user",'
        f' "email": "owner{who}@bench.example", "userPrincipalName": "owner{who}@bench.example"}}'
    ).encode()


class BetterAuth(Subject):
    """better-auth behind its own handler. An invitation there is one into an organisation, made by its owner."""

    first_path = "/api/auth/ok"
    organisation = ""

    def command(self) -> tuple[list[str], dict[str, object]]:
        found = node.get()
        url, settings = self.round.database_url, {"PORT": self.port, "SMTP_PORT": self.round.world.smtp_port}
        where = {"DATABASE_URL": url} if url else {"DATABASE_FILE": self.round.folder / "better-auth.db"}
        settings |= {"NODE_ENV": "production", "KNOWN": self.round.known, **where}
        return [found.program, str(PEERS / "better_auth.mjs")], settings

    async def prepare(self, client: Client) -> None:
        owner = f"owner@{DOMAIN}"
        self.owner = await self._sign_in(client, owner, await self._requested(client, owner))
        asked = {"name": "Bench", "slug": "bench"}
        made = await self._call(client, "/organization/create", asked, self.owner)
        self.organisation = made.json()["id"]

    async def refuses(self, client: Client, number: int) -> None:
        code = await self._requested(client, address(number))
        wrong = {"email": address(number), "otp": another(code)}
        answer = await client.post_json("/api/auth/sign-in/email-otp", wrong, self._headers(""))
        if answer.status < 400 or answer.header("set-cookie"):
            raise NothingRefused
        await self._sign_in(client, address(number), code)

    async def redeem(self, client: Client, number: int) -> None:
        await self._sign_in(client, address(number), await self._requested(client, address(number)))

    async def full(self, client: Client, number: int) -> None:
        guest = f"new.{address(number)}"
        mail = self.round.world.mails.expect(guest)
        asked = {"email": guest, "role": "member", "organizationId": self.organisation}
        made = await self._call(client, "/organization/invite-member", asked, self.owner)
        await mail
        cookies = await self._sign_in(client, guest, await self._requested(client, guest))
        await self._call(client, "/organization/accept-invitation", {"invitationId": made.json()["id"]}, cookies)

    async def _requested(self, client: Client, guest: str) -> str:
        mail = self.round.world.mails.expect(guest)
        await self._call(client, "/email-otp/send-verification-otp", {"email": guest, "type": "sign-in"})
        return passcode(await mail)

    async def _sign_in(self, client: Client, guest: str, code: str) -> str:
        answer = await self._call(client, "/sign-in/email-otp", {"email": guest, "otp": code})
        crumbs = [value.partition(";")[0] for name, value in answer.fields if name == "set-cookie"]
        assert any("session_token=" in crumb for crumb in crumbs), answer
        return "; ".join(crumbs)

    async def _call(self, client: Client, path: str, body: dict[str, str], cookies: str = "") -> Answer:
        return expect(await client.post_json("/api/auth" + path, body, self._headers(cookies)), 200)

    def _headers(self, cookies: str) -> dict[str, str]:
        origin = {"Origin": f"http://127.0.0.1:{self.port}"}
        return {**origin, "Cookie": cookies} if cookies else origin
