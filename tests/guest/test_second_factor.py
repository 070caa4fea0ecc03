"""Pages of second factors: the way through them, and no way around."""

import re
from dataclasses import replace
from typing import Any

import pytest
from pyotp.totp import TOTP

from domain import policy_changes
from domain.policies import Rule
from guest.second_factor import SecondFactorPages
from guest.security import SecurityPages
from tests.guest.house import GWEN, TEAM, Browser, House, Seen

pytestmark = pytest.mark.sockets

MFA = Rule("r1", "Second factor", mfa=True)
CODE = re.compile(r"<li>((?:[A-Z2-7]{4}-){5}[A-Z2-7]{4})</li>")


async def demand(house: House, **changes: Any) -> None:
    changed = {"rules": (MFA,)} | changes
    await house.database.write(policy_changes.change, "contoso", "dora", lambda before: replace(before, **changed))


async def first_factor(house: House, **options: Any) -> tuple[Browser, Seen]:
    """Gwen after the passcode, and the page she sees."""
    await demand(house)
    gwen = house.browser(**options)
    return gwen, await gwen.signed_in(await house.invite())


def app_of(page: Seen) -> TOTP:
    (key,) = re.findall(r'<p class="key">([A-Z2-7 ]+)</p>', page.text)
    return TOTP(key.replace(" ", ""))


async def with_app(house: House) -> tuple[Browser, TOTP, list[str]]:
    gwen, page = await first_factor(house)
    page = await gwen.submit(page)
    app = app_of(page)
    page = await gwen.submit(page, code=app.at(house.clock.now))
    return gwen, app, CODE.findall(page.text)


async def again(house: House) -> tuple[Browser, Seen]:
    """Another browser of Gwen's, after the first factor."""
    house.clock.move(minutes=15)
    (row,) = await house.rows("SELECT invitation_id FROM invitations")
    gwen = house.browser()
    return gwen, await gwen.signed_in(await house.link(row.invitation_id))


async def test_the_whole_way_in_with_an_app_and_without_a_script(house: House) -> None:
    gwen, page = await first_factor(house)
    assert "Set up a second factor" in page.text
    page = await gwen.submit(page)
    app = app_of(page)
    assert f"secret={app.secret}" in page.text
    assert "<svg " in page.text
    assert "style=" not in page.text
    page = await gwen.submit(page, code=app.at(house.clock.now))
    assert len(set(CODE.findall(page.text))) == 10
    page = await gwen.submit(page)
    assert "Launch" in page.text
    assert (await gwen.ask("GET", "/access/check")).status == 200


async def test_the_next_time_a_code_is_enough(house: House) -> None:
    _, app, _ = await with_app(house)
    gwen, page = await again(house)
    assert "One more step" in page.text
    assert 'inputmode="numeric"' in page.text
    assert 'autocomplete="one-time-code"' in page.text
    wrong = await gwen.submit(page, code="000000")
    assert (wrong.status, "That code isn’t right." in wrong.text) == (422, True)
    unreadable = await gwen.submit(page, code="12345678")
    assert (unreadable.status, "A code has six digits." in unreadable.text) == (422, True)
    code = app.at(house.clock.now)
    assert "Launch" in (await gwen.submit(page, code=code)).text
    other, page = await again(house)
    house.clock.move(minutes=-15)
    assert "That code was used already." in (await other.submit(page, code=code)).text


async def test_the_session_has_a_new_secret_after_each_step(house: House) -> None:
    """F1"""
    gwen, page = await first_factor(house)
    first = dict(gwen.cookies)
    page = await gwen.submit(page)
    await gwen.submit(page, code=app_of(page).at(house.clock.now))
    assert gwen.cookies != first
    thief = house.browser(cookies=first)
    assert (await thief.ask("GET", "/guest")).status == 401
    assert (await thief.ask("GET", "/second-factor")).status == 401


async def test_recovery_codes_are_shown_once_and_each_works_once(house: House) -> None:
    gwen, _, codes = await with_app(house)
    for path in ("/second-factor", "/guest/security", "/second-factor/app", "/guest"):
        assert not [code for code in codes if code in (await gwen.open(path)).text]
    gwen, page = await again(house)
    seen = await gwen.submit(page, "recovery", code=codes[0].lower())
    assert "You have 9 recovery codes left." in seen.text
    assert "Launch" in (await gwen.submit(seen)).text
    gwen, page = await again(house)
    seen = await gwen.submit(page, "recovery", code=codes[0])
    assert (seen.status, "it was used already" in seen.text) == (422, True)
    seen = await gwen.submit(page, "recovery", code="ABCD")
    assert "24 letters and digits" in seen.text


async def test_too_many_wrong_codes_say_when_it_works_again(house: House) -> None:
    await with_app(house)
    gwen, page = await again(house)
    for _ in range(5):
        await gwen.submit(page, code="000000")
    seen = await gwen.submit(page, code="000000")
    assert (seen.status, seen.headers["Retry-After"]) == (429, "900")
    assert "in 15 minutes" in seen.text


async def test_the_security_page_lists_adds_and_removes(house: House) -> None:
    gwen, app, codes = await with_app(house)
    page = await gwen.open("/guest/security")
    assert "Authenticator app" in page.text
    assert "You have 10 recovery codes left." in page.text
    refused = await _remove(gwen, page)
    assert (refused.status, "This is your only second factor" in refused.text) == (409, True)
    second = await gwen.submit(page)
    assert app_of(second).secret != app.secret
    page = await gwen.submit(second, code=app_of(second).at(house.clock.now))
    assert page.text.count(">Authenticator app</h2>") == 2
    page = await _remove(gwen, page)
    assert page.text.count(">Authenticator app</h2>") == 1
    page = await gwen.submit(page, "codes")
    new = CODE.findall(page.text)
    assert len(new) == 10
    assert not set(new) & set(codes)


async def test_whoever_has_one_shows_it_before_anything_is_changed(house: House) -> None:
    gwen, app, _ = await with_app(house)
    await demand(house, rules=())
    gwen, page = await again(house)
    assert "Launch" in page.text
    security = await gwen.open("/guest/security")
    for attempt in (gwen.submit(security), gwen.submit(security, "codes"), _remove(gwen, security)):
        assert "One more step" in (await attempt).text
    assert "One more step" in (await gwen.open("/second-factor/passkey/new")).text
    page = await gwen.submit(await gwen.open("/second-factor"), code=app.at(house.clock.now))
    assert "Sign-in security" in page.text
    assert app_of(await gwen.submit(page))


async def test_a_guest_in_two_workspaces_sees_which_one_wants_more(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    house.clock.move(minutes=2)
    lunch = replace(TEAM, place_id="19:lunch@thread", name="Lunch")
    await gwen.signed_in(await house.invite(place=lunch))
    (row,) = await house.rows("SELECT workspace_id FROM workspaces WHERE name = 'Lunch'")
    await demand(house, rules=(replace(MFA, workspaces=(row.workspace_id,)),))
    page = await gwen.open("/guest")
    assert page.text.count('<a href="/second-factor">Second factor needed</a>') == 1
    groups = (await gwen.ask("GET", "/access/check")).headers["Remote-Groups"]
    assert groups
    assert row.workspace_id not in groups
    page = await gwen.submit(await gwen.open("/second-factor"))
    await gwen.submit(page, code=app_of(page).at(house.clock.now))
    assert row.workspace_id in (await gwen.ask("GET", "/access/check")).headers["Remote-Groups"]


# ── no way around ────────────────────────────────────────────────────────────────────────────────────────────────
OPEN = {"/second-factor", "/second-factor/app", "/second-factor/passkey/new"}
"""Pages that a guest sees after the first factor alone: they set up or ask for the second."""


async def test_no_route_gives_anything_before_the_second_factor(house: House) -> None:
    """F5: skip, replay, force-browse."""
    gwen, page = await first_factor(house)
    form = page.form().fields["csrf"]
    before = await house.rows("SELECT * FROM memberships")
    (membership,) = before
    fields = {"csrf": form, "membership": membership.membership_id, "language": "de", "code": "123456", "email": GWEN}
    walked = set()
    for route in house.client.server.app.router.routes():  # type: ignore[union-attr]
        path = re.sub(r"\{.*?\}", "x", route.resource.canonical)  # type: ignore[union-attr]
        if route.method not in {"GET", "POST"} or path in {"/guest/sign-out", "/consent/refuse"}:
            continue
        walked.add(path)
        browser = house.browser(cookies=dict(gwen.cookies))
        seen = await (browser.ask("GET", path) if route.method == "GET" else browser.post(path, fields))
        assert "Launch" not in seen.text, path
        assert not [name for name in seen.headers if name.startswith("Remote-")], path
        if seen.status == 200:
            assert path in OPEN or path in {"/", "/favicon.ico"}, path
    assert {"/guest", "/guest/leave", "/guest/security", "/access/check"} <= walked
    assert await house.rows("SELECT * FROM memberships") == before
    assert not await house.rows("SELECT * FROM factors WHERE confirmed_at IS NOT NULL")
    assert (await gwen.ask("GET", "/access/check")).status == 401


POSTS = sorted(
    route.path
    for section in (SecondFactorPages, SecurityPages)
    for route in section(type("Desk", (), {"ours": type("Ours", (), {"url": "https://x"})})).routes()  # type: ignore[arg-type]
    if route.method == "POST"
)


@pytest.mark.parametrize("path", POSTS)
async def test_every_form_is_ours_alone(house: House, path: str) -> None:
    """F1"""
    gwen, app, _ = await with_app(house)
    page = await gwen.open("/guest/security")
    (factor,) = re.findall(r'name="factor" value="([^"]+)"', page.text)
    good = {"csrf": page.form().fields["csrf"], "factor": factor, "code": app.at(house.clock.now), "credential": "{}"}
    before = await house.contents()
    for fields, headers in (
        ({**good, "csrf": ""}, {}),
        ({**good, "csrf": "x" * 43}, {}),
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Sec-Fetch-Site": "same-site"}),
        (good, {"Origin": "https://evil.example"}),
    ):
        assert (await gwen.post(path, fields, headers)).status == 403
    assert (await house.browser().post(path, good)).status == 401
    assert await house.contents() == before


async def test_a_script_runs_on_pages_that_ask_for_a_passkey_and_on_no_other(house: House) -> None:
    gwen, page = await first_factor(house)
    assert "script-src" not in page.headers["Content-Security-Policy"]
    asks = await gwen.open("/second-factor/passkey/new")
    policy = asks.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("frame-ancestors 'none'; script-src 'self'")
    (script,) = re.findall(r'<script src="(/static/passkeys\.[0-9a-f]{12}\.js)" defer></script>', asks.text)
    answer = await gwen.ask("GET", script)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    failed = await gwen.submit(asks)
    assert (failed.status, "did not work" in failed.text) == (422, True)
    assert failed.headers["Content-Security-Policy"] == policy
    shown = await gwen.submit(page)
    assert "script-src" not in shown.headers["Content-Security-Policy"]


async def test_what_is_being_set_up_is_not_shown_in_another_browser(house: House) -> None:
    gwen, page = await first_factor(house)
    await gwen.submit(page)
    other, _ = await again(house)
    assert (await other.ask("GET", "/second-factor/app")).headers["Location"] == "/second-factor"


async def test_the_pages_speak_german(house: House) -> None:
    gwen, page = await first_factor(house, language="de-DE")
    assert "Richten Sie einen zweiten Faktor ein" in page.text
    page = await gwen.submit(page)
    assert "Scannen Sie dieses Bild mit der App." in page.text
    page = await gwen.submit(page, code="1")
    assert "Ein Code hat sechs Ziffern." in page.text


async def _remove(gwen: Browser, page: Seen) -> Seen:
    (factor, *_) = re.findall(r'name="factor" value="([^"]+)"', page.text)
    seen = await gwen.post("/guest/security/remove", {"csrf": page.form().fields["csrf"], "factor": factor})
    return await gwen.open(seen.headers["Location"]) if seen.status == 303 else seen


async def test_who_cannot_go_on_signs_out_on_each_page_of_the_way(house: House) -> None:
    gwen, choice = await first_factor(house)
    app = await gwen.submit(choice)
    for page in (choice, app, await gwen.open("/second-factor/passkey/new")):
        assert page.form("sign-out").action == "/guest/sign-out"
    assert "You are signed out" in (await gwen.submit(app, "sign-out")).text
    assert (await gwen.open("/second-factor")).status == 401


async def test_who_has_to_show_a_factor_can_sign_out_instead(house: House) -> None:
    await with_app(house)
    gwen, page = await again(house)
    assert "You are signed out" in (await gwen.submit(page, "sign-out")).text


@pytest.mark.parametrize("path", ["/second-factor/app", "/second-factor/passkey/new"])
async def test_a_page_that_sets_one_up_leads_back_to_the_choice(house: House, path: str) -> None:
    gwen, page = await first_factor(house)
    await gwen.submit(page)
    assert 'href="/second-factor">Choose another way' in (await gwen.open(path)).text


async def test_who_adds_another_one_is_led_back_to_the_list_of_them(house: House) -> None:
    gwen, _, _ = await with_app(house)
    page = await gwen.open("/second-factor/passkey/new")
    assert 'href="/guest/security">Choose another way' in page.text
