"""The invitation's page offers what will work: the code of this browser while it does, a new one when there is one."""

from datetime import timedelta

import pytest

from domain import delivery, mailings
from domain.views import Claimed
from tests.guest.house import GWEN, Browser, House

pytestmark = pytest.mark.sockets

TYPE, ASK = "Type my code", 'class="wide">Send me a'
"""As what to do first: a quiet button stays, which works without loading the page again when the time has come."""


WAITS = "The mail server does not take mail just now."


async def claimed(house: House) -> Claimed:
    """The newest passcode's mail, in a worker's hands."""
    rows = await house.database.write(delivery.claim, "mail", delivery.PASSCODES, "me", 10, 60)
    return max(rows, key=lambda row: row.created_at)


async def wrongly(house: House, gwen: Browser, link: str, times: int) -> None:
    """Asks for a code, and types it wrongly."""
    page = await gwen.asked(link)
    wrong = f"{(int(await house.passcode()) + 1) % 10**8:08d}"
    for _ in range(times):
        page = await gwen.submit(page, code=wrong)


async def test_a_code_that_works_can_be_typed_from_the_invitation(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    await gwen.asked(link)
    page = await gwen.open(link)
    assert TYPE in page.text
    assert "A code was sent." in page.text
    assert 'class="wide quiet">Send me a new code' in page.text


async def test_while_the_mail_server_does_not_answer_the_page_says_so_until_the_mail_is_out(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    page = await gwen.asked(link)
    assert "Eight digits are on their way to" in page.text
    assert WAITS not in page.text
    row = await claimed(house)
    later = house.clock.now + timedelta(seconds=5)
    await house.database.write(mailings.deferred, row, "me", "10.0.0.9:25: Connection refused", later, True)
    page = await gwen.open("/passcode")
    assert WAITS in page.text
    assert "10.0.0.9" not in page.text
    house.clock.move(seconds=5)
    await house.database.write(mailings.sent, await claimed(house), "me")
    assert WAITS not in (await gwen.open("/passcode")).text


async def test_the_page_of_who_came_by_address_does_not_tell_whether_a_mail_waits(house: House) -> None:
    """There is a mail to known addresses only."""
    link = await house.invite()
    gwen = house.browser()
    await gwen.submit(await gwen.asked(link), code=await house.passcode())
    house.clock.move(minutes=2)
    back = house.browser()
    await back.submit(await back.open("/"), email=GWEN)
    row = await claimed(house)
    await house.database.write(mailings.deferred, row, "me", "451", house.clock.now + timedelta(seconds=5), True)
    page = await back.open("/passcode")
    assert "eight digits are on their way" in page.text
    assert WAITS not in page.text


async def test_a_code_that_was_typed_wrong_too_often_is_not_offered(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    await wrongly(house, gwen, link, 5)
    house.clock.move(minutes=2)
    page = await gwen.open(link)
    assert TYPE not in page.text
    assert 'class="wide">Send me a code' in page.text


async def test_a_code_that_expired_or_was_withdrawn_is_not_offered(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    await gwen.asked(link)
    house.clock.move(minutes=31)
    assert TYPE not in (await gwen.open(link)).text
    await gwen.asked(link)
    stranger = house.browser()
    await stranger.submit(await stranger.open(await house.withdrawal()))
    assert TYPE not in (await gwen.open(link)).text


async def test_after_too_many_wrong_codes_the_page_says_why_and_when_and_leads_with_no_button(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    await wrongly(house, gwen, link, 4)
    house.clock.move(minutes=2)
    await wrongly(house, gwen, link, 4)
    house.clock.move(minutes=2)
    await wrongly(house, gwen, link, 2)
    page = await gwen.open(link)
    assert "Too many wrong codes: a new one can be asked for at" in page.text
    assert "11:00 UTC" in page.text
    assert TYPE not in page.text  # three of its tries are left, and none would be looked at
    assert ASK not in page.text
    assert (await gwen.submit(page)).status == 429
    house.clock.move(minutes=58)
    assert ASK in (await gwen.open(link)).text
    assert (await gwen.submit(page)).status == 200


async def test_after_many_codes_the_page_says_that_and_the_last_one_can_be_typed(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    for _ in range(5):
        await gwen.asked(link)
        house.clock.move(minutes=2)
    page = await gwen.open(link)
    assert "Many codes were sent already: a new one can be asked for at" in page.text
    assert "11:00 UTC" in page.text
    assert TYPE in page.text
    assert ASK not in page.text


async def test_a_link_that_was_tried_too_often_says_that_only_a_new_mail_helps(house: House) -> None:
    gwen, link = house.browser(), await house.invite()
    for _ in range(10):
        await wrongly(house, gwen, link, 5)
        house.clock.move(hours=6)
    page = await gwen.open(link)
    assert "tried wrongly so often that it gets no more codes" in page.text
    assert ASK not in page.text
