"""The try-out as `make run` gives it: Gatehouse in development, the Agents Playground, and a person in Chromium."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

import playground
from tests.servers.gatehouse import Gatehouse
from tests.servers.relay import Mail, mail

EDITOR = "div[role=textbox][data-lexical-editor=true]"
ALICE = playground.configuration()["currentUser"]
SECONDS = 20
expect.set_options(timeout=SECONDS * 1000)


@dataclass(frozen=True)
class TryOut:
    gatehouse: Gatehouse
    chat_url: str

    @property
    def site(self) -> str:
        return f"http://localhost:{self.gatehouse.port}"

    def mails(self, address: str) -> list[dict[str, Any]]:
        """What the built-in mailbox caught for this address, oldest first."""
        caught = json.loads(self.gatehouse.get("/dev/mailbox?format=json", {"Host": self.site[7:]}).text)
        return [one for one in reversed(caught) if address in str(one["to"])]


@contextlib.contextmanager
def tried_out(folder: Path, **settings: str) -> Iterator[TryOut]:
    """Both processes, until the block is left."""
    given = {"GATEHOUSE_ENV": "development", "GATEHOUSE_ADMINS": ALICE["aadObjectId"]} | settings
    gatehouse = Gatehouse(folder, given)
    port = playground.free_port()
    endpoint = f"{gatehouse.url}/api/messages"
    process = playground.start(port, endpoint, playground.configuration(), folder / "playground" / "playground.log")
    try:
        with playground.stopping(process):
            assert playground.wait(port, process), "the Playground did not start"
            yield TryOut(gatehouse, f"http://localhost:{port}")
    finally:
        gatehouse.stop()


class ChatWindow:
    """Alice at the Playground. `chats` are named as in its list: Personal Chat, Harbour group, Lighthouse - General."""

    def __init__(self, browser: Browser, tried: TryOut, *, width: int = 1280, height: int = 900) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.page.route_web_socket("**/conversations/stream", _keep_drawing)
        self.page.goto(tried.chat_url)
        self.page.wait_for_selector(EDITOR)

    def go(self, chat: str) -> None:
        self.page.get_by_role("treeitem", name=chat).click()

    def say(self, text: str) -> None:
        """In the personal chat."""
        self.page.locator(EDITOR).click()
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")

    def mention(self, text: str) -> None:
        """In a channel: `@Gatehouse text`."""
        self.page.locator(EDITOR).first.click()
        self.page.keyboard.type("@")
        self.page.get_by_role("menuitem", name="Gatehouse").click()
        self.page.keyboard.insert_text(f" {text}")
        self.page.get_by_role("button", name="Post").click()

    def cards(self, address: str) -> Locator:
        """The invitation cards that show this address."""
        with_status = self.page.locator(".ac-adaptiveCard", has=self.page.locator("[id=status]"))
        return with_status.filter(has_text=address)

    def card(self, address: str, status: str) -> Locator:
        """The newest one, as soon as it says `status`."""
        newest = self.cards(address).last
        expect(newest.locator("[id=status]")).to_have_text(status)
        return newest

    def told(self, pattern: str) -> Locator:
        """Something that the bot says."""
        said = self.page.get_by_text(re.compile(pattern)).last
        expect(said).to_be_visible()
        return said

    def press(self, card: Locator, *titles: str) -> None:
        for title in titles:
            card.get_by_role("button", name=title, exact=True).click()


def _keep_drawing(page: WebSocketRoute) -> None:
    """An edit of a message from before the page was opened makes the Playground's page throw, and it misses what comes
    until it has connected anew. Such edits stay away from it: it shows nothing from before anyway."""
    drawn: set[str] = set()
    told_by = page.connect_to_server()

    def passed_on(told: str | bytes) -> None:
        event = json.loads(told)
        message = event.get("message", {}).get("messageId")
        if event["action"] == "createMessage":
            drawn.add(message)
        elif event["action"] == "updateMessage" and message not in drawn:
            return
        page.send(told)

    told_by.on_message(passed_on)


def parsed(caught: dict[str, Any]) -> Mail:
    """A caught mail, to read its link or passcode from."""
    head = f"Subject: {caught['subject']}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return mail("", [caught["to"]], head.encode() + caught["text"].encode(), encrypted=False)
