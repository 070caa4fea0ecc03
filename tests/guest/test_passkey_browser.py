"""Passkeys in Chromium, with a virtual authenticator: registered, used, refused."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.guest.test_accessibility import (
    Site,
    chromium,  # noqa: F401 - fixtures
    factor_choice,
    guest,
    page,  # noqa: F401
    site,  # noqa: F401
)

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def device(page: Page) -> CDPSession:  # noqa: F811
    """An authenticator in the machine that page runs on: it verifies its user at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    session.id = made["authenticatorId"]  # type: ignore[attr-defined]
    return session


def registered(site: Site, page: Page) -> None:  # noqa: F811
    factor_choice(site, page)
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Create the passkey").click()
    expect(page.locator("h1")).to_have_text("Keep these recovery codes")


def after_the_first_factor(site: Site, page: Page) -> None:  # noqa: F811
    page.context.clear_cookies()
    site.house.clock.move(minutes=2)
    (row,) = site.run(site.house.rows("SELECT invitation_id FROM invitations"))
    page.goto(site.url + site.run(site.house.link(row.invitation_id)))
    page.click("#next button")
    page.fill("#code", site.run(site.house.passcode()))
    page.click("#next button")
    expect(page.locator("h1")).to_have_text("One more step")


def test_a_passkey_is_set_up_and_lets_the_guest_in_next_time(site: Site, page: Page, device: CDPSession) -> None:  # noqa: F811
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    registered(site, page)
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url("**/guest")
    after_the_first_factor(site, page)
    page.goto(site.url + "/guest")
    page.wait_for_url("**/second-factor")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/guest")
    assert "Launch" in page.inner_text("main")
    (factor,) = site.run(site.house.rows("SELECT * FROM factors"))
    assert factor.kind == "passkey"
    assert factor.sign_count > 1
    assert not complaints


def test_a_device_that_does_not_know_its_user_gets_nobody_in(site: Site, page: Page, device: CDPSession) -> None:  # noqa: F811
    registered(site, page)
    after_the_first_factor(site, page)
    told = {"authenticatorId": device.id, "isUserVerified": False}  # type: ignore[attr-defined]
    device.send("WebAuthn.setUserVerified", told)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.locator("[data-problem]")).to_be_visible()
    page.goto(site.url + "/guest")
    page.wait_for_url("**/second-factor")


def test_a_browser_without_the_passkey_says_so_and_a_recovery_code_helps(
    site: Site,  # noqa: F811
    page: Page,  # noqa: F811
    device: CDPSession,
) -> None:
    registered(site, page)
    code = page.locator(".codes li").first.inner_text()
    device.send("WebAuthn.clearCredentials", {"authenticatorId": device.id})  # type: ignore[attr-defined]
    after_the_first_factor(site, page)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.locator("[data-problem]")).to_be_visible(timeout=10_000)
    page.click("summary")
    page.fill("#recovery-code", code)
    page.click("#recovery button")
    expect(page.locator("main")).to_contain_text("You have 9 recovery codes left.")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/guest")


def test_the_same_device_is_not_registered_twice(site: Site, page: Page, device: CDPSession) -> None:  # noqa: F811
    registered(site, page)
    page.goto(site.url + "/second-factor/passkey/new")
    page.get_by_role("button", name="Create the passkey").click()
    expect(page.locator("[data-problem]")).to_be_visible()
    assert len(site.run(site.house.rows("SELECT * FROM factors"))) == 1


def test_a_guest_may_add_a_passkey_unasked(site: Site, page: Page, device: CDPSession) -> None:  # noqa: F811
    guest(site, page)
    page.get_by_role("link", name="Sign-in security").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Create the passkey").click()
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url("**/guest")
