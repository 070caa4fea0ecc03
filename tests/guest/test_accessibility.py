"""Every page for everybody: axe finds nothing, nothing overflows, the keyboard suffices, and no request leaves home."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pyotp.totp import TOTP

from domain import audit, invitations, policy_changes, resources, terms_of_use
from domain.policies import Rule
from tests.browser import chromium_path
from tests.guest.house import ALICE, GWEN, TEAM, House, build
from tests.servers.background import Loop, free_port

pytestmark = [pytest.mark.browser, pytest.mark.sockets]

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync")  # fmt: skip
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LONG_TERMS = "\n\n".join(
    f"{number}. Be kind to each other, and keep to yourself what you see here. " * 4 for number in range(9)
)
LOOKS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]


class Site:
    """A house in a thread of its own, as a browser reaches it."""

    def __init__(self, path: Path, **changes: Any) -> None:
        port = free_port()
        self.url = f"http://localhost:{port}"
        self.loop = Loop()
        self.house: House = self.loop.run(build(path, public_url=self.url, development=True, port=port, **changes))

    def run(self, coroutine: Any) -> Any:
        return self.loop.run(coroutine)

    def close(self) -> None:
        self.run(self.house.client.close())
        self.run(self.house.database.engine.close())
        self.loop.close()


@pytest.fixture
def site(empty_database: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copy(empty_database, tmp_path / "house.db")
    with contextlib.closing(Site(tmp_path / "house.db")) as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        with contextlib.closing(browser):
            yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    with contextlib.closing(context):
        yield context.new_page()


def invitation(site: Site, page: Page) -> None:
    page.goto(site.url + site.run(site.house.invite()))


def declining(site: Site, page: Page) -> None:
    invitation(site, page)
    page.click("summary")


def passcode(site: Site, page: Page) -> None:
    invitation(site, page)
    page.click("#next button")


def wrong_passcode(site: Site, page: Page) -> None:
    passcode(site, page)
    page.fill("#code", "0000 0000")
    page.click("#next button")


def too_soon(site: Site, page: Page) -> None:
    passcode(site, page)
    page.click("#again button")


def guest(site: Site, page: Page) -> None:
    passcode(site, page)
    page.fill("#code", site.run(site.house.passcode()))
    page.click("#next button")


def guest_with_applications(site: Site, page: Page) -> None:
    """And signed in elsewhere too."""
    guest(site, page)
    site.house.clock.move(minutes=2)
    elsewhere = site.house.browser(host=site.url.removeprefix("http://"))
    site.run(elsewhere.signed_in(site.run(_link(site.house))))
    for name in ("Team wiki", "Project board with quite a long name that goes on and on"):
        site.run(site.house.database.write(resources.add, TEAM, ALICE, name, "https://wiki.contoso.example/"))
    page.reload()
    page.click("summary")


def missed(site: Site, page: Page) -> None:
    guest_with_applications(site, page)
    (row, _) = site.run(site.house.rows("SELECT resource_id FROM resources"))
    page.goto(f"{site.url}/access/missed?resource={row.resource_id}")


async def _link(house: House) -> str:
    (row,) = await house.rows("SELECT invitation_id FROM invitations")
    return await house.link(row.invitation_id)


def leaving(site: Site, page: Page) -> None:
    guest(site, page)
    page.get_by_role("link", name="Leave Launch").click()


def terms(site: Site, page: Page) -> None:
    """Terms and privacy statement, as they are before the first workspace opens."""
    site.run(site.house.database.write(terms_of_use.publish, "contoso", audit.OPERATOR, {"en": LONG_TERMS}))
    privacy = "https://contoso.example/privacy-statement-for-guests"
    site.run(
        site.house.database.write(
            policy_changes.change, "contoso", audit.OPERATOR, lambda it: replace(it, privacy_url=privacy)
        )
    )
    guest(site, page)
    page.wait_for_url("**/consent")


def changed_terms(site: Site, page: Page) -> None:
    terms(site, page)
    site.run(site.house.database.write(terms_of_use.publish, "contoso", audit.OPERATOR, {"en": "Be kinder."}))
    page.click("#next button")


def not_agreed(site: Site, page: Page) -> None:
    terms(site, page)
    page.click("#refuse button")


def signed_out(site: Site, page: Page) -> None:
    guest(site, page)
    page.click("#sign-out button")


def ended(site: Site, page: Page) -> None:
    guest(site, page)
    site.run(site.house.database.write(invitations.remove, TEAM, ALICE, GWEN))
    page.reload()


def declined(site: Site, page: Page) -> None:
    declining(site, page)
    page.click("#decline button")


def blocking(site: Site, page: Page) -> None:
    declined(site, page)
    page.click("text=No more invitations from this organisation?")


def blocked(site: Site, page: Page) -> None:
    blocking(site, page)
    page.click("#next button")


def allowed_again(site: Site, page: Page) -> None:
    blocked(site, page)
    page.click("#next button")


def returning(site: Site, page: Page) -> None:
    page.goto(site.url)


def wrong_address(site: Site, page: Page) -> None:
    returning(site, page)
    page.fill("#email", "gwen@fabrikam")
    page.click("#next button")


def returning_passcode(site: Site, page: Page) -> None:
    returning(site, page)
    page.fill("#email", GWEN)
    page.click("#next button")


def choosing(site: Site, page: Page) -> None:
    site.run(_in_two_tenants(site.house))
    returning_passcode(site, page)
    page.fill("#code", site.run(site.house.passcode()))
    page.click("#next button")


def unwanted(site: Site, page: Page) -> None:
    passcode(site, page)
    page.goto(site.url + site.run(site.house.withdrawal()))


def withdrawn(site: Site, page: Page) -> None:
    unwanted(site, page)
    page.click("#next button")


def unknown_link(site: Site, page: Page) -> None:
    page.goto(site.url + "/i/unknown")


def asking(site: Site, page: Page) -> None:
    declining(site, page)
    page.click("#ask")
    page.fill("#email", "petra@northwind")
    page.click("#next button")


def asked(site: Site, page: Page) -> None:
    declining(site, page)
    page.click("#ask")
    page.fill("#email", "petra@northwind.example")
    page.click("#next button")


def old_link(site: Site, page: Page) -> None:
    link = site.run(site.house.invite())
    site.house.clock.move(minutes=5)
    site.run(site.house.database.write(invitations.resend, TEAM, ALICE, GWEN))
    page.goto(site.url + link)


def expired_link(site: Site, page: Page) -> None:
    link = site.run(site.house.invite())
    site.house.clock.move(days=15)
    page.goto(site.url + link)


def without_session(site: Site, page: Page) -> None:
    page.goto(site.url + "/guest")


def nowhere(site: Site, page: Page) -> None:
    page.goto(site.url + "/nowhere")


def factor_choice(site: Site, page: Page) -> None:
    site.run(_demanding(site.house))
    guest(site, page)


def factor_app(site: Site, page: Page) -> None:
    factor_choice(site, page)
    page.click("#next button")


def wrong_first_code(site: Site, page: Page) -> None:
    factor_app(site, page)
    page.fill("#code", "000000")
    page.click("#next button")


def recovery_codes(site: Site, page: Page) -> None:
    factor_app(site, page)
    page.fill("#code", app_code(site, page))
    page.click("#next button")


def security(site: Site, page: Page) -> None:
    recovery_codes(site, page)
    page.click("#next button")
    page.get_by_role("link", name="Sign-in security").click()


def only_factor(site: Site, page: Page) -> None:
    security(site, page)
    page.get_by_role("button", name="Remove Authenticator app").click()


def new_passkey(site: Site, page: Page) -> None:
    security(site, page)
    page.get_by_role("link", name="Add a passkey").click()


def second_factor(site: Site, page: Page) -> None:
    recovery_codes(site, page)
    page.context.clear_cookies()
    site.house.clock.move(minutes=2)
    (row,) = site.run(site.house.rows("SELECT invitation_id FROM invitations"))
    page.goto(site.url + site.run(site.house.link(row.invitation_id)))
    page.click("#next button")
    page.fill("#code", site.run(site.house.passcode()))
    page.click("#next button")


def wrong_recovery_code(site: Site, page: Page) -> None:
    second_factor(site, page)
    page.click("summary")
    page.fill("#recovery-code", "A")
    page.click("#recovery button")


def app_code(site: Site, page: Page) -> str:
    """What the app would show that scanned the picture."""
    return TOTP(page.inner_text(".key").replace(" ", "")).at(site.house.clock.now)


async def _demanding(house: House) -> None:
    rules = (Rule("r1", "Second factor", mfa=True),)
    await house.database.write(policy_changes.change, "contoso", "dora", lambda before: replace(before, rules=rules))


async def _in_two_tenants(house: House) -> None:
    northwind = replace(TEAM, tenant_id="northwind", place_id="19:other", name="Suppliers")
    for place, person in ((TEAM, ALICE), (northwind, replace(ALICE, tenant_id="northwind"))):
        link = await house.invite(GWEN, place, person)
        await house.browser(host=str(house.client.make_url("/").authority).replace("127.0.0.1", "localhost")).signed_in(
            link
        )
        house.clock.move(hours=2)


STATES: list[Callable[[Site, Page], None]] = [
    invitation, declining, declined, blocking, blocked, allowed_again,
    passcode, wrong_passcode, too_soon, guest, guest_with_applications, missed, terms,
    changed_terms, not_agreed, factor_choice, factor_app, wrong_first_code, recovery_codes, security, only_factor,
    new_passkey, second_factor, wrong_recovery_code, leaving, signed_out, ended, returning, wrong_address,
    returning_passcode, choosing, unwanted, withdrawn, unknown_link, without_session, nowhere, asking, asked, old_link,
    expired_link,
]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_page_is_accessible_in_every_look(site: Site, page: Page, state: Callable[[Site, Page], None]) -> None:
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.on("request", lambda request: asked.append(request.url))
    state(site, page)
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.title().endswith("· Gatehouse")
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], (width, scheme)
    assert not complaints
    assert all(url.startswith(site.url) for url in asked)


def test_the_whole_way_in_needs_no_mouse(site: Site, page: Page) -> None:
    page.goto(site.url + site.run(site.house.invite()))
    press_on(page, "Send me a code")
    page.wait_for_url("**/passcode")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(site.run(site.house.passcode()))
    page.keyboard.press("Enter")
    page.wait_for_url("**/guest")
    assert GWEN in page.inner_text("main")


def test_terms_are_accepted_once_and_again_after_they_changed(site: Site, page: Page) -> None:
    terms(site, page)
    assert "2. Be kind to each other" in page.inner_text("main")
    page.get_by_role("link", name="Go to the end of the terms").click()
    expect(page.locator("#next button")).to_be_in_viewport()
    page.get_by_role("button", name="Accept the terms and go in").click()
    page.wait_for_url("**/guest")
    page.goto(site.url + "/consent")
    assert page.url.endswith("/guest")
    site.run(site.house.database.write(terms_of_use.publish, "contoso", audit.OPERATOR, {"en": "Be kinder."}))
    page.reload()
    page.wait_for_url("**/consent")
    expect(page.locator("h1")).to_have_text("The terms have changed")
    expect(page.locator(".terms")).to_have_text("Be kinder.")
    page.click("#next button")
    page.wait_for_url("**/guest")
    accepted = site.run(site.house.rows("SELECT detail FROM audit_events WHERE kind = 'terms.accepted'"))
    assert [f'"version":{number}' in row.detail for number, row in enumerate(accepted, start=1)] == [True, True]


def press_on(page: Page, name: str) -> None:
    """Tab until the control of that name has the focus, then Enter. Its focus must be visible."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == name:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("Enter")
            return
    pytest.fail(f"{name} is out of the keyboard's reach")


def test_the_passcode_field_invites_autofill_and_names_its_error(site: Site, page: Page) -> None:
    wrong_passcode(site, page)
    field = page.locator("#code")
    assert field.get_attribute("autocomplete") == "one-time-code"
    assert field.get_attribute("inputmode") == "numeric"
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert "4 more tries" in " ".join(page.locator(f"#{name}").inner_text() for name in described)


def test_nothing_happens_on_a_page_that_is_only_left_open(site: Site, page: Page) -> None:
    """B2"""
    invitation(site, page)
    before = site.run(site.house.contents())
    page.wait_for_timeout(500)
    assert page.url.endswith("/invitation")
    assert site.run(site.house.contents()) == before
