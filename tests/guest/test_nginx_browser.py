"""The way into an application in a real browser: TLS, nginx, two hosts, cookies that Chromium keeps apart."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bot.chat import Chat, Flags, Roster
from tests.browser import chromium_path
from tests.guest.house import GWEN, House, build
from tests.guest.test_nginx import added
from tests.servers.background import Loop, free_port
from tests.servers.nginx import Application, Nginx, documented

pytestmark = [pytest.mark.browser, pytest.mark.sockets]
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync")  # fmt: skip


class Site:
    """Gatehouse at gate.localhost and a wiki at wiki.localhost, both behind nginx."""

    def __init__(self, path: Path, certificate: trustme.LeafCert) -> None:
        port = free_port()
        self.gate, self.wiki = f"https://gate.localhost:{port}", f"https://wiki.localhost:{port}"
        self.loop = Loop()
        self.house: House = self.loop.run(build(path, public_url=self.gate))
        self.chat = Chat(self.house.database, Roster(), Flags(), self.house.clock)
        self.run(self.chat.install())
        self.application = Application()
        board, wiki = (self.run(added(self.chat, each)) for each in (f"Board {self.gate}/board/", f"Wiki {self.wiki}"))
        at = {"gatehouse": f"127.0.0.1:{self.house.client.port}", "application": self.application.address}
        servers = {
            "gate.localhost": documented("in Gatehouse's server block", resource=board, **at),
            "wiki.localhost": documented("in the application's server block", resource=wiki, **at),
        }
        self.nginx = Nginx(servers, port, certificate)

    def run(self, coroutine: Any) -> Any:
        return self.loop.run(coroutine)

    def invite(self) -> str:
        self.run(self.chat.say(f"invite {GWEN}"))
        (row,) = self.run(self.house.rows("SELECT invitation_id FROM invitations"))
        return self.gate + self.run(self.house.link(row.invitation_id))

    def close(self) -> None:
        self.nginx.stop()
        self.application.stop()
        self.run(self.house.client.close())
        self.run(self.house.database.engine.close())
        self.loop.close()


@pytest.fixture
def site(empty_database: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copy(empty_database, tmp_path / "house.db")
    certificate = trustme.CA().issue_cert("gate.localhost", "wiki.localhost")
    with contextlib.closing(Site(tmp_path / "house.db", certificate)) as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        with contextlib.closing(browser):
            yield browser


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(ignore_https_errors=True, locale="en-GB", java_script_enabled=request.param)
    with contextlib.closing(context):
        yield context.new_page()


def told(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.inner_text("body"))
    return found


def test_led_to_the_sign_in_and_back_then_stopped_by_a_word_in_the_chat(site: Site, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    asked = f"{site.wiki}/deep/page?a=b&c=d"
    page.goto(asked)
    expect(page).to_have_url(f"{site.gate}/")
    page.goto(site.invite())
    page.click("#next button")
    page.fill("#code", site.run(site.house.passcode()))
    page.click("#next button")
    page.wait_for_url(asked)
    assert told(page)["Remote-User"] == [GWEN]
    page.goto(f"{site.gate}/guest")
    expect(page.get_by_role("link", name="Wiki")).to_be_visible()
    page.click("text=Board")
    page.wait_for_url(f"{site.gate}/board/")
    assert told(page)["Remote-User"] == [GWEN]
    names = {(each["domain"], each["name"]) for each in page.context.cookies()}
    assert {name for domain, name in names if domain == "wiki.localhost"} == {
        "__Host-gatehouse-application", "__Host-gatehouse-state",
    }  # fmt: skip
    assert "__Host-gatehouse-application" not in {name for domain, name in names if domain == "gate.localhost"}
    assert complaints == []
    site.run(site.chat.say(f"revoke {GWEN}"))
    page.goto(f"{site.wiki}/after")
    assert page.url.startswith(site.gate)
    expect(page.locator("h1")).to_contain_text("has ended")
    assert not site.application.asked.matching(lambda each: "/after" in each)
