"""Forwarded and old links: what their holders can ask for."""

from typing import Any

import pytest

from domain import invitations, repairs, requests
from domain.policies import Rule
from tests.guest.house import ALICE, GWEN, TEAM, Browser, House, Seen

pytestmark = pytest.mark.sockets
PETRA = "petra@northwind.example"


async def form(house: House, browser: Browser | None = None) -> tuple[Browser, Seen]:
    browser = browser or house.browser()
    page = await browser.open(await house.invite())
    assert 'href="/invitation/ask"' in page.text
    return browser, await browser.open("/invitation/ask")


async def test_a_forwarded_link_shows_a_masked_address_and_offers_to_ask(house: House) -> None:
    """R4"""
    browser, page = await form(house)
    assert page.status == 200
    assert "gw***@fabrikam.example" in page.text
    assert GWEN not in page.text
    seen = await browser.submit(page, email=PETRA, note="I work with Gwen https://evil.example/x")
    assert seen.status == 200
    assert "on its way" in seen.text
    ((address, note),) = await house.rows("SELECT address, note FROM requests")
    assert (address, note) == (PETRA, "I work with Gwen")
    assert not await house.rows("SELECT * FROM outbox WHERE channel = 'mail' AND kind != 'invitation'")
    assert len(await house.rows("SELECT * FROM outbox WHERE channel = 'mail'")) == 1


@pytest.mark.parametrize("known", [PETRA, GWEN, "guest@fabrikam.example", "invited@fabrikam.example"])
async def test_the_answer_is_the_same_for_every_address(house: House, known: str) -> None:
    await house.browser().signed_in(await house.invite("guest@fabrikam.example"))
    await house.invite("invited@fabrikam.example")
    house.clock.move(hours=1)
    browser, page = await form(house)
    seen = await browser.submit(page, email=known)
    other = await browser.submit(await browser.open("/invitation/ask"), email="other@northwind.example")
    assert (seen.status, seen.text.replace(known, "")) == (
        other.status,
        other.text.replace("other@northwind.example", ""),
    )


async def test_a_guest_who_is_in_may_have_forwarded_the_link_too(house: House) -> None:
    link = await house.invite()
    await house.browser().signed_in(link)
    page = await house.browser().open(link)
    assert 'href="/invitation/ask"' in page.text


@pytest.mark.parametrize("typed", ["", "petra", "petra@northwind", "<b>@x.example"])
async def test_what_is_no_address_is_asked_again(house: House, typed: str) -> None:
    browser, page = await form(house)
    seen = await browser.submit(page, email=typed, note='me "and" <b>')
    assert seen.status == 422
    assert "me &#34;and&#34; &lt;b&gt;" in seen.text
    assert not await house.rows("SELECT * FROM requests")


async def test_too_many_requests_get_a_page_that_says_when(house: House) -> None:
    browser, page = await form(house)
    for number in range(4):
        seen = await browser.submit(page, email=f"p{number}@northwind.example")
    assert seen.status == 429
    assert "Retry-After" in seen.headers
    assert len(await house.rows("SELECT * FROM requests")) == 3


AWAY = Rule("r1", "No guests from there", networks=("203.0.113.0/24",), elsewhere=True, block=True)
CLOSED = Rule("r1", "Nobody", block=True)


@pytest.mark.parametrize("rule", [AWAY, CLOSED], ids=["network", "policy"])
async def test_what_the_policy_forbids_is_not_asked_for_either(house: House, rule: Rule) -> None:
    browser, page = await form(house)
    await house.policy(rules=(rule,))
    assert (await browser.open("/invitation/ask")).status == 403
    assert (await browser.submit(page, email=PETRA)).status == 403
    assert not await house.rows("SELECT * FROM requests")
    headers = {"X-Forwarded-For": "203.0.113.7"}
    seen = await browser.open("/invitation/ask", headers=headers)
    assert seen.status == (200 if rule is AWAY else 403)


@pytest.mark.parametrize("rule", [AWAY, CLOSED], ids=["network", "policy"])
async def test_nor_for_more_time(house: House, rule: Rule) -> None:
    link = await house.invite()
    house.clock.move(days=15)
    browser = house.browser()
    page = await browser.open(link)
    await house.policy(rules=(rule,))
    assert (await browser.submit(page)).status == 403
    assert not await house.rows("SELECT * FROM requests")


async def test_without_a_link_nobody_is_asked(house: House) -> None:
    seen = await house.browser().open("/invitation/ask")
    assert seen.status == 400
    browser, page = await form(house)
    fields = page.form().fields | {"email": PETRA, "csrf": "x"}
    assert (await browser.post("/invitation/ask", fields)).status == 403
    assert (await house.browser().post("/invitation/ask", page.form().fields | {"email": PETRA})).status == 403
    assert not await house.rows("SELECT * FROM requests")


async def replaced(house: House) -> str:
    """An old link, after a newer mail went out."""
    link = await house.invite()
    house.clock.move(minutes=5)
    view = await house.database.write(invitations.resend, TEAM, ALICE, GWEN)
    await sent(house, view.invitation_id)
    house.clock.move(minutes=5)
    return link


async def sent(house: House, invitation_id: str) -> None:
    from sqlalchemy import text

    statement = text("UPDATE invitations SET sent_at = mailed_at WHERE invitation_id = :id")
    await house.database.write(lambda work: work.run(statement, {"id": invitation_id}))


async def mails(house: House) -> int:
    return len(await house.rows("SELECT * FROM outbox WHERE channel = 'mail' AND due_at IS NOT NULL"))


async def test_an_old_link_has_the_newest_mail_sent_again(house: House) -> None:
    """R7"""
    link = await replaced(house)
    before = await mails(house)
    browser = house.browser()
    page = await browser.open(link)
    assert page.status == 410
    seen = await browser.submit(page)
    assert seen.status == 200
    assert "on its way" in seen.text
    assert await mails(house) == before + 1
    again = await browser.submit(page)
    assert again.status == 429
    assert "Retry-After" in again.headers
    assert await mails(house) == before + 1


async def test_the_old_links_page_stays_410_and_shows_no_address(house: House) -> None:
    link = await replaced(house)
    browser = house.browser()
    for seen in (await browser.open(link), await browser.open("/invitation"), await browser.open(link)):
        assert seen.status == 410
        assert "@" not in seen.text
        assert seen.form().action == "/invitation/newest"


async def test_looking_at_an_old_link_changes_nothing(house: House) -> None:
    link = await replaced(house)
    before = await house.contents()
    for method in ("GET", "HEAD"):
        assert (await house.browser().ask(method, link)).status == 410
    assert await house.contents() == before


async def test_a_browser_that_waits_for_a_passcode_keeps_it_when_the_old_link_is_opened(house: House) -> None:
    old = await replaced(house)
    (row,) = await house.rows("SELECT invitation_id FROM invitations")
    browser = house.browser()
    page = await browser.asked(await house.link(row.invitation_id))
    assert (await browser.open(old)).status == 410
    assert GWEN in (await browser.submit(page, code=await house.passcode())).text


async def test_another_browser_cannot_send_the_form(house: House) -> None:
    link = await replaced(house)
    page = await house.browser().open(link)
    stranger = house.browser()
    before = await house.contents()
    assert (await stranger.post("/invitation/newest", page.form().fields)).status == 403
    assert (await stranger.post("/invitation/time", page.form().fields)).status == 403
    assert await house.contents() == before


async def test_an_old_link_of_a_guest_who_is_in_leads_to_the_sign_in(house: House) -> None:
    link = await replaced(house)
    (row,) = await house.rows("SELECT invitation_id FROM invitations")
    await house.browser().signed_in(await house.link(row.invitation_id))
    seen = await house.browser().open(link)
    assert seen.status == 410
    assert "/invitation/newest" not in seen.text
    assert 'href="/"' in seen.text


async def test_an_expired_link_asks_for_more_time(house: House) -> None:
    """R7"""
    link = await house.invite()
    house.clock.move(days=15)
    browser = house.browser()
    page = await browser.open(link)
    assert page.status == 410
    seen = await browser.submit(page)
    assert (seen.status, "on its way" in seen.text) == (200, True)
    ((kind, address),) = await house.rows("SELECT kind, address FROM requests")
    assert (kind, address) == ("extension", GWEN)


@pytest.mark.parametrize("end", [invitations.revoke, invitations.remove])
async def test_what_was_withdrawn_offers_no_form(house: House, end: Any) -> None:
    link = await house.invite()
    await house.database.write(end, TEAM, ALICE, GWEN)
    seen = await house.browser().open(link)
    assert seen.status == 410
    assert "<form" not in seen.text


async def test_a_moved_guest_comes_in_at_the_new_mailbox_only(house: House) -> None:
    """R8"""
    link = await house.invite()
    old = house.browser()
    await old.signed_in(link)
    house.clock.move(minutes=5)
    view = await house.database.write(repairs.move, TEAM, ALICE, GWEN, PETRA)
    assert (await old.open("/guest")).status == 401
    assert "Please sign in" in (await old.open("/guest")).text
    assert (await house.browser().open(link)).status == 410
    page = await house.browser().signed_in(await house.link(view.invitation_id))
    assert PETRA in page.text
    house.clock.move(hours=2)
    answers = []
    for address in (GWEN, "nobody@fabrikam.example", PETRA):
        browser = house.browser()
        page = await browser.submit(await browser.open("/"), email=address)
        answers.append((page.status, len(page.text) - len(address)))
    assert answers[0][0] == answers[1][0] == answers[2][0] == 200
    rows = await house.rows("SELECT address FROM passcodes WHERE tenant_id = ''")
    assert sorted(str(row.address) for row in rows) == ["None", "None", PETRA]


async def test_the_guests_own_choice_of_language_goes_before_the_owners(house: House) -> None:
    link = await house.invite()
    gwen = house.browser()
    page = await gwen.signed_in(link)
    await house.database.write(repairs.language, TEAM, ALICE, GWEN, "de")
    page = await gwen.open("/guest")
    assert 'lang="de"' in page.text[:40]
    fields = page.form("sign-out").fields
    await gwen.post("/guest/language", fields | {"language": "en"})
    await house.database.write(repairs.language, TEAM, ALICE, GWEN, "de")
    assert 'lang="en"' in (await gwen.open("/guest")).text[:40]


async def test_a_note_is_cut_where_a_card_would_overflow(house: House) -> None:
    browser, page = await form(house)
    await browser.submit(page, email=PETRA, note="x" * 5000)
    ((note,),) = await house.rows("SELECT note FROM requests")
    assert len(note) == requests.LONGEST_NOTE
