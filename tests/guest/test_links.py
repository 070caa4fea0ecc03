"""Links from mails: they change nothing, tell nothing, and leave no trace of themselves."""

import base64
import re
from dataclasses import replace

import pytest

from domain import invitations
from domain.views import Stage, Surface
from tests.guest.house import ALICE, GWEN, TEAM, House

pytestmark = pytest.mark.sockets


async def test_scanners_change_nothing(house: House) -> None:
    """B1"""
    link = await house.invite()
    scanner = house.browser()
    await scanner.ask("GET", link)
    before = await house.contents()
    for _ in range(34):
        for method in ("GET", "HEAD", "OPTIONS"):
            for path in (link, "/invitation", "/passcode"):
                await scanner.ask(method, path)
    assert await house.contents() == before
    assert GWEN in (await house.browser().signed_in(link)).text


async def test_head_does_not_even_note_that_the_link_was_opened(house: House) -> None:
    link = await house.invite()
    before = await house.contents()
    browser = house.browser()
    seen = await browser.ask("HEAD", link)
    assert (seen.status, seen.headers["Location"]) == (303, "/invitation")
    assert not browser.cookies
    assert await house.contents() == before


async def test_the_token_leaves_the_address_bar_and_stands_in_no_page(house: House) -> None:
    """B11"""
    link = await house.invite()
    token = link.removeprefix("/i/")
    browser = house.browser()
    seen = await browser.ask("GET", link)
    assert (seen.status, seen.headers["Location"], seen.body) == (303, "/invitation", b"")
    assert token not in str(seen.headers)
    page = await browser.open("/invitation")
    assert token not in page.text
    page = await browser.submit(page)
    assert token not in page.text


async def test_an_edited_link_is_unknown_whichever_bit_was_changed(house: House) -> None:
    """B3"""
    token = (await house.invite()).removeprefix("/i/")
    raw = base64.urlsafe_b64decode(token + "=")
    browser = house.browser()
    bodies = set()
    for bit in range(0, 256, 5):
        edited = bytearray(raw)
        edited[bit // 8] ^= 1 << bit % 8
        text = base64.urlsafe_b64encode(bytes(edited)).decode().rstrip("=")
        seen = await browser.ask("GET", f"/i/{text}")
        bodies.add((seen.status, seen.body))
    assert len(bodies) == 1
    assert bodies.pop()[0] == 404
    assert not browser.cookies


@pytest.mark.parametrize(
    "token",
    ["", "x", "a" * 42, "a" * 44, "a" * 43 + "=", "a/b", "%00", "%ff", "..%2f..%2fetc", "%F0%9F%98%80", "a" * 4000],
)
async def test_malformed_links_get_the_page_of_unknown_ones(house: House, token: str) -> None:
    unknown = await house.browser().ask("GET", "/i/" + "a" * 43)
    seen = await house.browser().ask("GET", f"/i/{token}")
    assert (seen.status, seen.body) == (404, unknown.body)
    assert sorted(seen.headers) == sorted(unknown.headers)


async def test_a_revoked_link_says_whom_to_ask(house: House) -> None:
    link = await house.invite()
    gwen = house.browser()
    page = await gwen.open(link)
    await house.database.write(invitations.revoke, TEAM, ALICE, GWEN)
    for seen in (await gwen.open(link), await gwen.open("/invitation"), await gwen.submit(page)):
        assert seen.status == 410
        assert "withdrawn" in seen.text
        assert "Alice Owner" in seen.text


async def test_an_expired_link_says_whom_to_ask(house: House) -> None:
    link = await house.invite()
    house.clock.move(days=14, seconds=1)
    seen = await house.browser().open(link)
    assert seen.status == 410
    assert "expired" in seen.text
    assert "Alice Owner" in seen.text


async def test_a_replaced_link_says_when_the_newer_mail_was_sent(house: House) -> None:
    link = await house.invite()
    house.clock.move(minutes=5)
    view = await house.database.write(invitations.resend, TEAM, ALICE, GWEN)
    seen = await house.browser().open(link)
    assert seen.status == 410
    assert "10:05 UTC" in seen.text
    assert (await house.browser().open(await house.link(view.invitation_id))).status == 200


async def test_with_the_feature_off_the_page_says_whom_to_ask(house: House) -> None:
    from domain.settings import set_rollout

    link = await house.invite()
    gwen = house.browser()
    page = await gwen.open(link)
    await house.database.write(set_rollout, "email_passcode", Surface.CHAT, Stage.OFF, None)
    for seen in (await gwen.open(link), await gwen.submit(page)):
        assert seen.status == 403
        assert "Alice Owner" in seen.text


async def test_the_operators_own_switch_is_asked_for_the_tenant_and_obeyed(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    assert house.switches.asked == ["contoso"]
    house.switches.off = frozenset({("email_passcode", Surface.CHAT)})
    assert (await gwen.submit(page)).status == 403
    house.switches.off = frozenset()
    await gwen.submit(await gwen.submit(page), code=await house.passcode())
    house.switches.off = frozenset({("email_passcode", Surface.CHAT)})
    assert (await gwen.open("/guest")).status == 403
    assert (await gwen.ask("GET", "/access/check")).status == 401
    assert set(house.switches.asked) == {"contoso"}


@pytest.mark.parametrize(
    "query",
    ["next=//evil.example", "returnTo=https://evil.example", "url=/%5Cevil.example", "redirect=javascript:alert(1)",
     "next=https:evil.example", "next=%0d%0aLocation:%20//evil.example", "continue=//evil.example%2f@gate"],
)  # fmt: skip
async def test_no_query_turns_a_redirect_away_from_our_own_pages(house: House, query: str) -> None:
    """B9"""
    gwen = house.browser()
    link = await house.invite()
    places = [(await gwen.ask("GET", f"{link}?{query}")).headers["Location"]]
    page = await gwen.open(f"/invitation?{query}")
    seen = await gwen.post(f"/invitation?{query}", page.form().fields)
    places.append(seen.headers["Location"])
    seen = await gwen.post(f"/passcode?{query}", page.form().fields | {"code": await house.passcode()})
    places.append(seen.headers["Location"])
    assert places == ["/invitation", "/passcode", "/guest"]
    assert "evil" not in str(seen.headers)


async def test_a_foreign_double_slash_path_is_no_redirect(house: House) -> None:
    """B9"""
    for path in ("//evil.example", "//evil.example/%2e%2e", "/%5cevil.example", "/static//evil.example"):
        assert (await house.browser().ask("GET", path)).status == 404


async def test_opening_the_same_link_twice_keeps_forms_and_passcode(house: House) -> None:
    link = await house.invite()
    gwen = house.browser()
    first = await gwen.open(link)
    page = await gwen.submit(first)
    await gwen.open(link)
    page = await gwen.submit(page, code=await house.passcode())
    assert GWEN in page.text


async def test_a_form_of_another_invitation_does_not_act_on_this_one(house: House) -> None:
    """A7"""
    gwen = house.browser()
    first = await gwen.open(await house.invite())
    await gwen.open(await house.invite("gwen@northwind.example"))
    seen = await gwen.submit(first)
    assert seen.status == 403
    assert not await house.rows("SELECT * FROM passcodes")


async def test_names_from_the_chat_are_shown_as_text(house: House) -> None:
    from dataclasses import replace

    place = replace(TEAM, name='<script>alert("x")</script>')
    page = await house.browser().open(await house.invite(GWEN, place, replace(ALICE, name="{0.__class__} <b>&")))
    assert page.status == 200
    assert "<script" not in page.text
    assert "{0.__class__} &lt;b&gt;&amp;" in page.text


async def test_no_page_holds_a_script_or_a_style_of_its_own(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    pages = [page, await gwen.submit(page), await gwen.open("/"), await gwen.open("/nowhere")]
    for seen in pages:
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|https?://", seen.text)


@pytest.mark.parametrize(
    "name", ["Call +49 30 1234567 now", "Visit https://evil.example/x", "bob@evil.example", "www.evil.example"]
)
async def test_a_name_says_who_somebody_is_and_nothing_else(house: House, name: str) -> None:
    """E6: chat users choose their names, and pages stand under the operator's domain."""
    person, place = replace(ALICE, name=f"Eve {name}"), replace(TEAM, name=f"Prize {name}")
    link = await house.invite(place=place, person=person)
    browser = house.browser()
    pages = [await browser.open(link)]
    pages.append(await browser.open("/invitation/ask"))
    pages.append(await browser.signed_in(link))
    await house.database.write(invitations.revoke, place, person, GWEN)
    pages.append(await browser.open("/guest"))
    pages.append(await browser.open(link))
    for page in pages:
        assert "evil.example" not in page.text
        assert "1234567" not in page.text
    assert "Eve" in pages[0].text
    assert "Prize" in pages[2].text
