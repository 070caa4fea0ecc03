"""The consent page: what it shows, what it sends, and where it leads."""

from dataclasses import replace
from typing import Any

import pytest

from domain import audit, policy_changes, terms_of_use
from domain.policies import Rule
from tests.guest.house import GWEN, Browser, House, Seen

pytestmark = pytest.mark.sockets

TERMS = {"en": "Be kind.\nAlways.\n\n<b>Be brief.</b>", "de": "Seien Sie freundlich."}
PRIVACY = "https://contoso.example/privacy?a=1&b=2"


async def publish(house: House, **texts: str) -> None:
    await house.database.write(terms_of_use.publish, "contoso", audit.OPERATOR, texts or TERMS)


async def policy(house: House, **changes: Any) -> None:
    await house.database.write(policy_changes.change, "contoso", audit.OPERATOR, lambda it: replace(it, **changes))


async def at_terms(house: House, **options: Any) -> tuple[Browser, Seen]:
    await publish(house)
    gwen = house.browser(**options)
    return gwen, await gwen.signed_in(await house.invite())


async def test_terms_stand_between_the_code_and_the_workspace(house: House) -> None:
    gwen, page = await at_terms(house)
    assert page.answer.url.path == "/consent"
    assert "Version 1 of" in page.text
    assert "<p>Be kind.\nAlways.</p>" in page.text
    assert "&lt;b&gt;Be brief.&lt;/b&gt;" in page.text
    assert GWEN in page.text
    assert "Launch" in page.text
    assert (await gwen.ask("GET", "/access/check")).status == 401
    inside = await gwen.submit(page)
    assert inside.answer.url.path == "/guest"
    assert (await gwen.ask("GET", "/access/check")).status == 200
    assert (await gwen.open("/consent")).answer.url.path == "/guest"


async def test_the_session_cookie_is_a_new_one_after_agreeing(house: House) -> None:
    gwen, page = await at_terms(house)
    before = dict(gwen.cookies)
    await gwen.submit(page)
    assert gwen.cookies != before
    assert (await house.browser(cookies=before).ask("GET", "/guest")).status == 401


async def test_german_guests_read_german_terms(house: House) -> None:
    _, page = await at_terms(house, language="de")
    assert "Nutzungsbedingungen" in page.text
    assert '<div class="terms" lang="de">' in page.text
    assert "Seien Sie freundlich." in page.text


async def test_a_newer_version_is_shown_instead_of_being_accepted_unread(house: House) -> None:
    gwen, page = await at_terms(house)
    await publish(house, en="Be kinder.")
    form = page.form()
    again = await gwen.post(form.action, form.fields)
    assert again.status == 409
    assert "Be kinder." in again.text
    assert "changed while you were reading" in again.text
    assert await house.rows("SELECT * FROM acceptances") == []
    assert (await gwen.submit(again)).answer.url.path == "/guest"
    (row,) = await house.rows("SELECT * FROM acceptances")
    assert row.terms_version == 2


@pytest.mark.parametrize("version", ["", "0", "2", "-1", "١", "9" * 30, "x"])
async def test_no_other_version_can_be_named(house: House, version: str) -> None:
    gwen, page = await at_terms(house)
    form = page.form()
    assert (await gwen.post(form.action, form.fields | {"version": version})).status == 409
    assert await house.rows("SELECT * FROM acceptances") == []


async def test_a_form_without_its_hidden_field_agrees_to_nothing(house: House) -> None:
    gwen, page = await at_terms(house)
    form = page.form()
    for csrf in ("", "x" * 43):
        assert (await gwen.post("/consent", form.fields | {"csrf": csrf})).status == 403
        assert (await gwen.post("/consent/refuse", {"csrf": csrf})).status == 403
    assert await house.rows("SELECT * FROM acceptances") == []
    assert (await gwen.open("/consent")).status == 200


async def test_who_refuses_is_signed_out_and_told_what_that_means(house: House) -> None:
    gwen, page = await at_terms(house)
    told = await gwen.submit(page, "refuse")
    assert told.status == 200
    assert "You did not agree, and are signed out" in told.text
    assert (await gwen.open("/guest")).status == 401
    assert await house.rows("SELECT * FROM acceptances") == []


async def test_a_privacy_statement_is_a_link_out_and_its_consent_is_recorded(house: House) -> None:
    await policy(house, privacy_url=PRIVACY)
    gwen = house.browser()
    page = await gwen.signed_in(await house.invite())
    assert page.answer.url.path == "/consent"
    assert 'href="https://contoso.example/privacy?a=1&amp;b=2"' in page.text
    assert 'rel="noopener noreferrer"' in page.text
    assert "Terms of use" not in page.text
    assert (await gwen.submit(page)).answer.url.path == "/guest"
    (row,) = await house.rows("SELECT * FROM acceptances")
    assert (row.terms_version, bool(row.consented_at)) == (0, True)


async def test_the_second_factor_comes_before_the_consent(house: House) -> None:
    gwen, _ = await at_terms(house)
    await policy(house, rules=(Rule("r", "", mfa=True),))
    for path in ("/consent", "/guest"):
        seen = await gwen.ask("GET", path)
        assert (seen.status, seen.headers["Location"]) == (303, "/second-factor")


async def test_without_a_session_there_is_nothing_to_agree_to(house: House) -> None:
    browser = house.browser()
    assert (await browser.open("/consent")).status == 401
    assert (await browser.post("/consent", {})).status == 401


async def test_without_terms_the_invitation_says_what_the_organisation_sees(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    assert "The organisation sees your address" in page.text
    inside = await gwen.submit(await gwen.submit(page), code=await house.passcode())
    assert inside.answer.url.path == "/guest"


async def test_what_a_policy_forbids_is_noted_with_its_rule_and_looking_leaves_no_trace(house: House) -> None:
    inside = house.browser()
    await inside.signed_in(await house.invite())
    link = await house.invite("second@fabrikam.example")
    other = house.browser()
    page = await other.open(link)
    await policy(house, rules=(Rule("r1", "Nobody", block=True),))
    noted = "SELECT * FROM audit_events WHERE kind = 'refused'"
    assert (await other.open(link)).status == 403
    assert await house.rows(noted) == []
    for _ in range(2):
        assert (await other.submit(page)).status == 403
        assert (await inside.open("/guest")).status == 403
    first, second = await house.rows(noted)
    assert first.invitation_id
    assert second.actor == f"guest:{second.guest_id}"
    for event in (first, second):
        assert '"reason":"rule"' in event.detail
        assert '"rule":"r1"' in event.detail


async def test_the_invitation_announces_what_follows_the_code(house: House) -> None:
    link = await house.invite()
    gwen = house.browser()
    assert "and you are in" in (await gwen.open(link)).text
    await policy(house, rules=(Rule("r", "", mfa=True),))
    page = await gwen.open(link)
    assert "you set up a second factor" in page.text
    assert "terms of use" not in page.text
    await policy(house, rules=(), privacy_url=PRIVACY)
    assert "you agree to what the organisation sees" in (await gwen.open(link)).text
    await publish(house)
    page = await gwen.open(link)
    assert "you read and accept the terms of use" in page.text
    assert "second factor" not in page.text
    assert "and you are in" not in page.text
    assert "is enough" not in page.text


async def test_who_is_a_guest_already_is_told_of_the_second_factor_alone(house: House) -> None:
    await publish(house)
    gwen, link = house.browser(), await house.invite()
    await gwen.submit(await gwen.signed_in(link))
    await policy(house, rules=(Rule("r", "", mfa=True),))
    page = await house.browser().open(link)
    assert "After that comes your second factor" in page.text
    assert "terms of use" not in page.text


async def test_a_second_factor_elsewhere_than_in_this_workspace_is_not_announced(house: House) -> None:
    link = await house.invite()
    await policy(house, rules=(Rule("r", "", workspaces=("another",), mfa=True),))
    assert "and you are in" in (await house.browser().open(link)).text
