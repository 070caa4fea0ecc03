"""A browser's whole way: invited, to the partner's own provider, and back onto the guest's page."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.policies import Method, Partner
from providers.clients import Client, Clients
from tests.guest.house import GWEN
from tests.guest.test_accessibility import AXE, LOOKS, Site, chromium, page, site
from tests.servers.authority import HOME, Authority
from tests.servers.background import Loop
from tests.servers.openid import OpenIdProvider

pytestmark = [pytest.mark.browser, pytest.mark.sockets]
__all__ = ["chromium", "page", "site"]
PEOPLE = {
    "gwen-1": {"email": GWEN, "email_verified": True},
    "bob-1": {"email": "bob@fabrikam.example", "email_verified": True},
}


@pytest.fixture
def provider(site: Site) -> Iterator[OpenIdProvider]:
    """The partner's, known to the tenant."""
    site.house.clock.now = datetime.now(UTC)
    server = OpenIdProvider.start(f"{site.url}/sign-in/fabrikam/callback")
    server.control(accounts=PEOPLE, account="gwen-1", page=True)
    partner = Partner("fabrikam", "Fabrikam", server.issuer, "public", ("fabrikam.example",))
    site.run(site.house.policy(partners=(partner,)))
    yield server
    server.stop()


@pytest.fixture
def authority() -> Iterator[Authority]:
    """Microsoft's and Google's sign-in service in one; Fabrikam is an organisation at Microsoft."""
    with contextlib.closing(Loop()) as loop:
        server = loop.run(Authority().start())
        server.tenants["fabrikam.example"], server.realms[GWEN] = HOME, "Managed"
        yield server
        loop.run(server.stop())


@pytest.fixture
def registered(empty_database: Path, tmp_path: Path, authority: Authority) -> Iterator[Site]:
    """A site that is registered with both."""
    shutil.copy(empty_database, tmp_path / "registered.db")
    client = Client("id", "secret")
    clients = Clients(client, client, authority.url, authority.url)
    with contextlib.closing(Site(tmp_path / "registered.db", clients=clients)) as site:
        now = int(site.house.clock.now.timestamp())
        authority.claims = {"iat": now, "exp": now + 600}
        yield site


def test_a_guest_with_an_organisations_microsoft_account(registered: Site, page: Page, authority: Authority) -> None:
    authority.claims |= {"iss": f"{authority.url}/{HOME}/v2.0", "tid": HOME, "preferred_username": GWEN}
    page.goto(registered.url + registered.run(registered.house.invite()))
    assert page.get_by_role("button", name="Send me a code").count() == 0
    page.get_by_role("link", name="Sign in with Microsoft").click()
    page.wait_for_url("**/guest")
    assert GWEN in page.inner_text("main")


def test_a_guest_with_a_google_account(registered: Site, page: Page, authority: Authority) -> None:
    authority.claims |= {"iss": authority.url, "sub": "g", "email": "gwen@gmail.com", "email_verified": True}
    page.goto(registered.url + registered.run(registered.house.invite("gwen@gmail.com")))
    page.get_by_role("link", name="Sign in with Google").click()
    page.wait_for_url("**/guest")
    assert "gwen@gmail.com" in page.inner_text("main")


def accessible(page: Page) -> None:
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], (width, scheme)


def test_an_invited_guest_signs_in_with_the_partners_account(site: Site, page: Page, provider: OpenIdProvider) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.goto(site.url + site.run(site.house.invite()))
    accessible(page)
    page.get_by_role("link", name="Sign in with Fabrikam").click()
    page.get_by_role("button", name="Continue as gwen-1").click()
    page.get_by_role("button").click()
    page.wait_for_url("**/guest")
    assert GWEN in page.inner_text("main")
    assert "Launch" in page.inner_text("main")
    assert complaints == []


def test_the_wrong_account_and_back_again_in_german(site: Site, chromium: Browser, provider: OpenIdProvider) -> None:
    provider.control(account="bob-1", page=False)
    with contextlib.closing(chromium.new_context(locale="de-DE", reduced_motion="reduce")) as context:
        page = context.new_page()
        page.goto(site.url + site.run(site.house.invite()))
        page.get_by_role("link", name="Mit Fabrikam anmelden").click()
        expect(page.locator("h1")).to_have_text("Sie haben sich als jemand anderes angemeldet")
        accessible(page)
        provider.control(account="gwen-1")
        page.get_by_role("link", name="Mit Fabrikam anmelden").click()
        page.wait_for_url("**/guest")
        assert GWEN in page.inner_text("main")


def test_who_comes_back_by_address_chooses_how(site: Site, page: Page, provider: OpenIdProvider) -> None:
    provider.control(page=False)
    page.goto(site.url + site.run(site.house.invite()))
    page.get_by_role("link", name="Sign in with Fabrikam").click()
    page.wait_for_url("**/guest")
    page.click("#sign-out button")
    page.goto(site.url)
    page.fill("#email", GWEN)
    page.click("#next button")
    expect(page).to_have_url(re.compile("/sign-in$"))
    accessible(page)
    page.get_by_role("link", name="Sign in with Fabrikam").click()
    page.wait_for_url("**/guest")


def test_the_move_is_offered_and_taken(site: Site, page: Page, provider: OpenIdProvider) -> None:
    provider.control(page=False)
    site.run(site.house.policy(methods=((Method.PARTNER, False),)))
    page.goto(site.url + site.run(site.house.invite()))
    page.click("#next button")
    page.fill("#code", site.run(site.house.passcode()))
    page.click("#next button")
    page.wait_for_url("**/guest")
    site.run(site.house.policy(methods=()))
    page.reload()
    accessible(page)
    page.get_by_role("link", name="Sign in with Fabrikam").click()
    page.wait_for_url("**/guest")
    assert page.get_by_role("link", name="Sign in with Fabrikam").count() == 0
