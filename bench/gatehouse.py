"""Gatehouse as an operator starts it, and what owners and guests do with it."""

import re
import sys
from asyncio import Future, gather
from dataclasses import dataclass, field
from pathlib import Path

from bench.subjects import NothingRefused, Subject, address, another, expect, passcode, typed
from bench.wire import Browser, Client

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(rb"/i/([A-Za-z0-9_-]{43})\r?$", re.MULTILINE)
HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')
FORM = re.compile(rb'<form id="next".*?</form>', re.DOTALL)
BATCH = 20
"""Addresses in one message, where many guests are needed at once."""
QUOTAS = "owner_hour=1000000,workspace_day=1000000,tenant_day=1000000,workspace_open=1000000"


def fields(page: bytes) -> dict[str, str]:
    """The hidden fields of the form that leads on."""
    form = FORM.search(page)
    assert form, page[-2000:]
    found = {name.decode(): value.decode() for name, value in HIDDEN.findall(form[0])}
    assert found, form[0]
    return found


@dataclass
class Gatehouse(Subject):
    """`guests` have opened their link, up to the button that sends them a code: by number, browser and form."""

    first_path = "/livez"
    rest_seconds = 3.3
    """A card waits two seconds for its next edit, and the worker looks every second."""
    turns: int = 0
    guests: dict[int, tuple[Browser, dict[str, str]]] = field(default_factory=dict)
    turning: "list[Future[bytes]]" = field(default_factory=list)
    """Cards that are going to say *Redeemed*. A card is edited every other second at most, so no flow waits for it."""

    def command(self) -> tuple[list[str], dict[str, object]]:
        world, folder = self.round.world, self.round.folder
        settings: dict[str, object] = {
            "GATEHOUSE_ENV": "development",
            "PORT": self.port,
            "GATEHOUSE_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "GATEHOUSE_DATABASE_URL": self.round.database_url or f"sqlite:///{folder / 'gatehouse.db'}",
            "GATEHOUSE_SMTP_URL": f"smtp://127.0.0.1:{world.smtp_port}",
            "GATEHOUSE_QUOTAS": QUOTAS,
        }
        return [sys.executable, str(ROOT / "app.py"), "serve"], settings

    async def prepare(self, client: Client) -> None:
        """Invites and opens the links of all guests that are to be known, the one for `refuses` among them."""
        for start in range(0, self.round.known, BATCH):
            numbers = range(start, min(start + BATCH, self.round.known))
            mails = [self.round.world.mails.expect(address(number)) for number in numbers]
            await self._say(client, "invite " + ", ".join(address(number) for number in numbers))
            for number, mail in zip(numbers, mails, strict=True):
                self.guests[number] = await self._opened(client, await mail)

    async def refuses(self, client: Client, number: int) -> None:
        browser, form = self.guests.pop(number)
        code = await self._requested(browser, form, number)
        await browser.post("/passcode", {**form, "code": another(code)}, status=422)
        if any("session" in name for name in browser.cookies):
            raise NothingRefused
        expect(await client.send("GET", "/access/check"), 401)
        await browser.post("/passcode", {**form, "code": code})
        await browser.get("/access/check")

    async def settled(self) -> None:
        await gather(*self.turning)
        self.turning.clear()

    async def help(self, client: Client, number: int) -> None:
        """A command that is answered with a card and changes nothing."""
        await self._say(client, "help")

    async def invite(self, client: Client, number: int) -> None:
        mail = self.round.world.mails.expect(address(number))
        await self._say(client, f"invite {address(number)}")
        await mail

    async def redeem(self, client: Client, number: int) -> None:
        """ "Send me a code", the mail, and the code typed."""
        browser, form = self.guests.pop(number)
        browser.client = client
        self.turning.append(self.round.world.redeemed.expect(address(number)))
        code = await self._requested(browser, form, number)
        await browser.post("/passcode", {**form, "code": code})

    async def full(self, client: Client, number: int) -> None:
        """From the command in the chat to the guest's page, with every page between. The card turns later."""
        world = self.round.world
        mail = world.mails.expect(address(number))
        self.turning.append(world.redeemed.expect(address(number)))
        await self._say(client, f"invite {address(number)}")
        browser, form = await self._opened(client, await mail)
        code = await self._requested(browser, form, number)
        await browser.get("/passcode")
        await browser.post("/passcode", {**form, "code": code})
        await browser.get("/guest")

    async def _say(self, client: Client, text: str) -> None:
        self.turns += 1
        expect(await client.post_json("/api/messages", typed(self.round.world, self.turns, text)), 200, 201, 202)

    async def _opened(self, client: Client, mail: bytes) -> tuple[Browser, dict[str, str]]:
        link = LINK.search(mail)
        assert link, mail
        browser = Browser(client)
        await browser.get(f"/i/{link[1].decode()}", status=303)
        return browser, fields((await browser.get("/invitation")).body)

    async def _requested(self, browser: Browser, form: dict[str, str], number: int) -> str:
        mail = self.round.world.mails.expect(address(number))
        await browser.post("/invitation", form)
        return passcode(await mail)
