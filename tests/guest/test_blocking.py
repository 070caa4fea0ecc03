"""The pages on which somebody refuses all further invitations of an organisation."""

import pytest

from tests.guest.house import House

pytestmark = pytest.mark.sockets


async def test_whoever_declines_can_refuse_all_further_invitations(house: House) -> None:
    browser = house.browser()
    page = await browser.open(await house.invite())
    declined = await browser.submit(page, "decline")
    assert 'href="/invitation/block"' in declined.text
    asked = await browser.open("/invitation/block")
    assert not await house.rows("SELECT * FROM blocks")
    done = await browser.submit(asked)
    assert "No more invitations from this organisation" in done.text
    assert len(await house.rows("SELECT * FROM blocks")) == 1
    again = await browser.submit(done)
    assert "welcome again" in again.text
    assert not await house.rows("SELECT * FROM blocks")


async def test_opening_the_page_changes_nothing_and_a_link_of_a_declined_invitation_leads_there(house: House) -> None:
    browser, link = house.browser(), await house.invite()
    await browser.submit(await browser.open(link), "decline")
    other = house.browser()
    page = await other.open(link)
    assert page.status == 410
    assert 'href="/invitation/block"' in page.text
    assert (await other.open("/invitation/block")).status == 200
    assert not await house.rows("SELECT * FROM blocks")


async def test_without_a_link_there_is_nothing_to_block(house: House) -> None:
    page = await house.browser().open("/invitation/block")
    assert page.status >= 400
