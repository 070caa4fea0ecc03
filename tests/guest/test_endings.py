"""What a guest is told whose access is over: whose wish it was, and whom to ask."""

import re

import pytest

from domain import endings, invitations, repairs
from tests.guest.house import ALICE, GWEN, TEAM, Browser, House

pytestmark = pytest.mark.sockets


async def leave(gwen: Browser) -> None:
    page = await gwen.open("/guest")
    (path,) = re.findall(r'href="(/guest/leave[^"]*)"', page.text)
    await gwen.submit(await gwen.open(path))


async def test_the_link_of_a_guest_who_left_says_when_and_how_to_come_back(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    await gwen.signed_in(link)
    house.clock.move(hours=20)
    await leave(gwen)
    house.clock.move(days=2)
    page = await house.browser().open(link)
    assert page.status == 410
    assert "You left this workspace on" in page.text
    assert "23 November 2026" in page.text
    assert "Ask <strong>Alice Owner</strong> for a new invitation" in page.text
    assert "withdrawn" not in page.text


async def test_an_old_mailboxs_link_does_not_tell_that_the_guest_left(house: House) -> None:
    old = await house.invite()
    gwen = house.browser()
    await gwen.signed_in(old)
    moved = await house.database.write(repairs.move, TEAM, ALICE, GWEN, "gwen2@fabrikam.example")
    house.clock.move(minutes=2)
    await gwen.signed_in(await house.link(moved.invitation_id))
    await leave(gwen)
    page = await house.browser().open(old)
    assert page.status == 410
    assert "This invitation was withdrawn" in page.text
    assert "You left" not in page.text


async def test_who_was_removed_is_told_that_the_organisation_did_it_and_whom_to_ask(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    await house.database.write(invitations.remove, TEAM, ALICE, GWEN)
    page = await gwen.open("/guest")
    assert page.status == 401
    assert "Somebody in the organisation ended it." in page.text
    assert "Ask <strong>Alice Owner</strong>" in page.text


async def test_whose_access_ran_out_is_told_that(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    (row,) = await house.rows("SELECT invitation_id FROM invitations")
    house.clock.move(days=89, hours=12)
    await gwen.signed_in(await house.link(row.invitation_id))
    house.clock.move(hours=13)
    page = await gwen.open("/guest")
    assert page.status == 401
    assert "It ran out." in page.text
    assert "ended it" not in page.text


async def test_whose_access_a_rule_ended_is_told_that(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    (row,) = await house.rows("SELECT membership_id FROM memberships")
    await house.database.write(endings.end, "contoso", [row.membership_id], "inactive")
    page = await gwen.open("/guest")
    assert "A rule of the organisation ended it." in page.text
