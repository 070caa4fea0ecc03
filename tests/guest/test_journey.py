"""From the link in the mail to the guest's own page, and back again."""

import re
from collections.abc import Awaitable, Callable

import pytest

from domain import invitations
from domain.views import Surface
from tests.guest.house import ALICE, GWEN, PRODUCTION, TEAM, House

pytestmark = pytest.mark.sockets
Make = Callable[..., Awaitable[House]]


async def test_a_guest_follows_the_link_types_the_passcode_and_is_in(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    assert page.status == 200
    assert "Alice Owner invites you to Launch" in page.text
    assert "gw***@fabrikam.example" in page.text
    page = await gwen.submit(page)
    (row,) = await house.rows("SELECT reference FROM passcodes")
    assert row.reference in page.text
    assert "29 minutes left" in page.text or "30 minutes left" in page.text
    page = await gwen.submit(page, code=await house.passcode())
    assert page.status == 200
    assert GWEN in page.text
    assert "Launch" in page.text


@pytest.mark.parametrize("shape", ["{0} {1}", "{0}-{1}", " {0}{1} ", "{0}\u2013{1}"])
async def test_spaces_and_dashes_in_a_pasted_passcode_do_no_harm(house: House, shape: str) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    code = await house.passcode()
    page = await gwen.submit(page, code=shape.format(code[:4], code[4:]))
    assert GWEN in page.text


async def test_a_wrong_passcode_tells_the_tries_left_and_keeps_the_form(house: House) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    right = await house.passcode()
    wrong = f"{(int(right) + 1) % 10**8:08d}"
    for left in ("4 more tries", "3 more tries", "2 more tries", "one more try"):
        page = await gwen.submit(page, code=wrong)
        assert page.status == 422
        assert left in page.text
    page = await gwen.submit(page, code=wrong)
    assert "used up" in page.text
    house.clock.move(seconds=61)
    page = await gwen.submit(page)
    page = await gwen.submit(page, code=await house.passcode())
    assert GWEN in page.text


async def test_what_cannot_be_a_passcode_is_said_to_be_and_keeps_the_form(house: House) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    for typed in ("", "hello", "1" * 33, "1" * 5000):
        page = await gwen.submit(page, code=typed)
        assert page.status == 422
    page = await gwen.submit(page, code=await house.passcode())
    assert GWEN in page.text


async def test_the_passcode_of_an_older_mail_is_told_from_a_wrong_one(house: House) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    older = await house.passcode()
    house.clock.move(minutes=2)
    page = await gwen.submit(page, "again")
    page = await gwen.submit(page, code=older)
    assert page.status == 422
    assert "a newer code was sent at" in page.text
    assert "10:02 UTC" in page.text


async def test_a_second_passcode_within_a_minute_is_refused_with_the_time_of_the_next(house: House) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    house.clock.move(seconds=20)
    page = await gwen.submit(page, "again")
    assert page.status == 429
    assert page.headers["Retry-After"] == "40"
    assert "10:01 UTC" in page.text
    assert "in 40 seconds" in page.text


async def test_another_browser_with_the_link_is_offered_its_own_passcode(house: House) -> None:
    link = await house.invite()
    await house.browser().asked(link)
    other = house.browser()
    await other.open(link)
    page = await other.open("/passcode")
    assert page.status == 409
    house.clock.move(seconds=61)
    page = await other.submit(page)
    page = await other.submit(page, code=await house.passcode())
    assert GWEN in page.text


async def test_who_is_in_and_opens_the_link_again_is_shown_the_way_to_the_own_page(house: House) -> None:
    gwen = house.browser()
    link = await house.invite()
    assert "Go to your page" not in (await gwen.open(link)).text
    await gwen.signed_in(link)
    page = await gwen.open(link)
    assert "Welcome back" in page.text
    assert '<a href="/guest">Go to your page</a>' in page.text
    assert "A code was sent. You can ask for a new one at" in page.text
    assert "Go to your page" not in (await house.browser().open(link)).text


async def test_an_expired_passcode_leads_to_a_new_one(house: House) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    old = await house.passcode()
    house.clock.move(minutes=30, seconds=1)
    page = await gwen.submit(page, code=old)
    assert page.status == 410
    page = await gwen.submit(page)
    page = await gwen.submit(page, code=await house.passcode())
    assert GWEN in page.text


async def test_declining_takes_one_form_and_ends_the_invitation(house: House) -> None:
    link = await house.invite()
    gwen = house.browser()
    page = await gwen.submit(await gwen.open(link), "decline")
    assert page.status == 200
    (row,) = await house.rows("SELECT declined_at FROM invitations")
    assert row.declined_at is not None
    assert (await gwen.open(link)).status == 410


async def test_declining_after_redeeming_in_another_browser_says_so_and_leads_to_the_sign_in(house: House) -> None:
    link, reading, gwen = await house.invite(), house.browser(), house.browser()
    page = await reading.open(link)
    await gwen.signed_in(link)
    seen = await reading.submit(page, "decline")
    assert (seen.status, "This invitation was accepted already" in seen.text) == (409, True)
    assert "withdrawn" not in seen.text
    assert 'href="/invitation"' in seen.text
    assert "Welcome back" in (await reading.open("/invitation")).text
    assert GWEN in (await gwen.open("/guest")).text


async def test_a_guest_comes_back_with_the_address_alone(house: House) -> None:
    await house.browser().signed_in(await house.invite())
    house.clock.move(hours=2)
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), email=GWEN.upper())
    page = await gwen.submit(page, code=await house.passcode())
    assert "Launch" in page.text


@pytest.mark.parametrize("development", [False, True])
async def test_strangers_do_not_lock_out_the_holder_of_a_link_behind_a_proxy_that_nobody_told_of(
    make_house: Make, development: bool
) -> None:
    """A: in development there is no proxy, so that the client's own limit counts."""
    url = "http://localhost:3978" if development else PRODUCTION
    house = await make_house(public_url=url, development=development, trusted_proxies=())
    host = {"host": "localhost:3978"} if development else {}
    for number in range(6):
        stranger = house.browser(**host)
        page = await stranger.submit(await stranger.open("/"), email=f"nobody{number}@nowhere.example")
        for _ in range(5):
            await stranger.post("/passcode", page.form().fields | {"code": "00000000"})
    gwen = house.browser(**host)
    page = await gwen.asked(await house.invite())
    page = await gwen.submit(page, code=await house.passcode())
    assert page.status == (429 if development else 200)
    late = house.browser(**host)
    assert (await late.submit(await late.open("/"), email=GWEN)).status == 429


async def test_the_operators_switch_for_a_tenant_counts_before_a_returning_guest_is_in(house: House) -> None:
    """Asked by address, nobody knows the tenant before the passcode is typed."""
    await house.browser().signed_in(await house.invite())
    house.clock.move(hours=2)
    house.switches.off = frozenset({("email_passcode", Surface.CHAT)})
    house.switches.only = "contoso"
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), email=GWEN)
    page = await gwen.submit(page, code=await house.passcode())
    assert page.status == 403
    assert len(await house.rows("SELECT * FROM sessions")) == 1
    house.switches.only = "northwind"
    page = await gwen.submit(await gwen.open("/choose"))
    assert "Launch" in page.text


async def test_a_returning_guest_can_have_another_passcode(house: House) -> None:
    await house.browser().signed_in(await house.invite())
    house.clock.move(hours=2)
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), email=GWEN)
    house.clock.move(seconds=61)
    page = await gwen.submit(page, "again")
    page = await gwen.submit(page, code=await house.passcode())
    assert "Launch" in page.text


async def test_known_and_unknown_addresses_get_the_same_answers(house: House) -> None:
    """B12"""
    await house.browser().signed_in(await house.invite())
    house.clock.move(hours=2)
    seen = []
    for address in (GWEN, "nora@fabrikam.example"):
        browser = house.browser()
        first = await browser.open("/")
        posted = await browser.post("/", {**first.form().fields, "email": address})
        page = await browser.open("/passcode")
        wrong = await browser.submit(page, code="12345678")
        again = await browser.submit(page, "again")
        seen.append([_masked(answer.text, answer.headers) for answer in (posted, page, wrong, again)])
        assert [posted.status, page.status, again.status] == [303, 200, 429]
    assert [each.replace("gw***", "no***") for each in seen[0]] == seen[1]


def _masked(text: str, headers: object) -> str:
    """Without what is random in every answer."""
    whole = f"{sorted(headers.items())}{text}"  # type: ignore[attr-defined]
    whole = re.sub(r"flow=[^;]+", lambda found: f"flow={len(found[0]) // 8}", whole)
    whole = re.sub(r"<strong>\w{3}</strong>", "REFERENCE", whole)
    return re.sub(r'value="[\w-]{43}"', "HIDDEN", re.sub(r"('Date', '[^']*')", "", whole))


async def test_a_guest_of_two_organisations_chooses_after_one_passcode(house: House) -> None:
    from dataclasses import replace

    await house.browser().signed_in(await house.invite())
    northwind = replace(TEAM, tenant_id="northwind", place_id="19:other", name="Suppliers")
    house.clock.move(hours=2)
    await house.browser().signed_in(await house.invite(GWEN, northwind, replace(ALICE, tenant_id="northwind")))
    house.clock.move(hours=2)
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), email=GWEN)
    page = await gwen.submit(page, code=await house.passcode())
    assert "Launch" in page.text
    assert "Suppliers" in page.text
    strange = await gwen.submit(page, tenant="elsewhere")
    assert strange.status == 422
    page = await gwen.submit(page, tenant="northwind")
    assert "Suppliers" in page.text
    assert "Launch" not in page.text


async def test_signing_out_ends_the_session_everywhere(house: House) -> None:
    gwen = house.browser()
    page = await gwen.signed_in(await house.invite())
    kept = dict(gwen.cookies)
    page = await gwen.submit(page, "sign-out")
    assert page.status == 200
    assert not gwen.cookies
    gwen.cookies = kept
    assert (await gwen.open("/guest")).status == 401


async def test_who_comes_by_address_is_shown_no_steps_of_an_invitation(house: House) -> None:
    link = await house.invite()
    page = await house.browser().asked(link)
    assert '<ol class="steps"' in page.text
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), email=GWEN)
    assert page.answer.url.path == "/passcode"
    assert '<ol class="steps"' not in page.text


async def test_the_logo_leads_home_which_is_the_own_page_once_the_guest_is_in(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    assert '<a class="brand" href="/">' in page.text
    gwen = house.browser()
    page = await gwen.signed_in(await house.invite("gwen2@fabrikam.example"))
    leaving = re.findall(r'href="(/guest/leave[^"]*)"', page.text)[0]
    for seen in (page, await gwen.open("/guest/security"), await gwen.open(leaving)):
        assert '<a class="brand" href="/guest">' in seen.text


async def test_leaving_asks_first_and_then_ends_the_membership(house: House) -> None:
    gwen = house.browser()
    page = await gwen.signed_in(await house.invite())
    path = re.search(r'href="(/guest/leave[^"]*)"', page.text)
    assert path
    page = await gwen.open(path[1])
    assert "Leave Launch?" in page.text
    page = await gwen.submit(page)
    assert "You left Launch" in page.text
    assert "your sign-ins, codes and links" in page.text
    assert page.status == 401


async def test_a_revoked_guest_is_told_so_at_the_next_request(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    await house.database.write(invitations.remove, TEAM, ALICE, GWEN)
    page = await gwen.open("/guest")
    assert page.status == 401
    assert "Your access to Launch has ended" in page.text


async def test_the_chosen_language_goes_before_the_browsers(house: House) -> None:
    gwen = house.browser(language="en")
    page = await gwen.signed_in(await house.invite())
    assert '<html lang="en">' in page.text
    fields = page.form("sign-out").fields
    await gwen.post("/guest/language", {**fields, "language": "de"})
    assert '<html lang="de">' in (await gwen.open("/guest")).text
    assert '<html lang="de">' in (await gwen.open("/")).text


async def test_pages_speak_the_browsers_language(house: House) -> None:
    gwen = house.browser(language="fr;q=0.9, de-AT;q=0.8, en;q=0.1")
    for path in ("/", "/nowhere", "/guest"):
        assert '<html lang="de">' in (await gwen.open(path)).text


async def test_whoever_did_not_ask_withdraws_the_passcode(house: House) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    mailbox = house.browser()
    shown = await mailbox.open(await house.withdrawal())
    assert "gw***@fabrikam.example" in shown.text
    assert (await gwen.open("/passcode")).status == 200
    assert (await mailbox.submit(shown)).status == 200
    page = await gwen.submit(page, code=await house.passcode())
    assert page.status == 409
