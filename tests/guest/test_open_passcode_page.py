"""The page on which the passcode is typed, left open while the invitation ends or its mail is sent anew."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain import invitations
from tests.guest.house import ALICE, GWEN, TEAM, Browser, House, Seen

pytestmark = pytest.mark.sockets

WITHDRAWN, NEWER = "This invitation was withdrawn", "A newer mail was sent"
DECLINED, NO_CODE = "You declined this invitation", "This browser needs its own code"
Steps = dict[str, Callable[[Browser, Seen, str], Awaitable[Seen]]]
STEPS: Steps = {
    "reload": lambda browser, _page, _code: browser.open("/passcode"),
    "submit": lambda browser, page, code: browser.submit(page, code=code),
    "submit nothing": lambda browser, page, _code: browser.submit(page, code=""),
    "again": lambda browser, page, _code: browser.submit(page, "again"),
}


def by_owner(operation: Any, *more: str) -> Callable[[House, str], Awaitable[Any]]:
    return lambda house, _: house.database.write(operation, TEAM, ALICE, GWEN, *more)


async def decline(house: House, link: str) -> None:
    browser = house.browser()
    await browser.submit(await browser.open(link), "decline")


ENDINGS: dict[str, tuple[Callable[[House, str], Awaitable[Any]], str]] = {
    "revoke": (by_owner(invitations.revoke), WITHDRAWN),
    "remove": (by_owner(invitations.remove), WITHDRAWN),
    "resend": (by_owner(invitations.resend), NEWER),
    "correct": (by_owner(invitations.correct, "right@fabrikam.example"), NEWER),
    "decline": (decline, DECLINED),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("ending", ENDINGS)
async def test_the_open_page_says_at_its_next_request_what_became_of_the_invitation(
    house: House, ending: str, step: str
) -> None:
    link, gwen = await house.invite(), house.browser()
    page, code = await gwen.asked(link), await house.passcode()
    house.clock.move(seconds=61)
    end, title = ENDINGS[ending]
    await end(house, link)
    seen = await STEPS[step](gwen, page, code)
    assert (seen.status, f"<h1>{title}</h1>" in seen.text) == (410, True)
    assert "Alice Owner" in seen.text
    assert "right@" not in seen.text


async def test_the_page_of_an_old_link_mails_the_newest_from_where_the_code_was_typed(house: House) -> None:
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    house.clock.move(minutes=2)
    await house.database.write(invitations.resend, TEAM, ALICE, GWEN)
    seen = await gwen.submit(page, code=await house.passcode())
    assert "10:02 UTC" in seen.text
    assert seen.form().action == "/invitation/newest"


@pytest.mark.parametrize("step", ["reload", "submit"])
async def test_a_code_that_nobody_asked_for_ends_with_a_new_one_to_ask_for(house: House, step: str) -> None:
    gwen, stranger = house.browser(), house.browser()
    page, code = await gwen.asked(await house.invite()), await house.passcode()
    await stranger.submit(await stranger.open(await house.withdrawal()))
    seen = await STEPS[step](gwen, page, code)
    assert (seen.status, NO_CODE in seen.text) == (409, True)
    assert seen.form().action == "/passcode/again"


@pytest.mark.parametrize("step", ["reload", "submit"])
async def test_a_returning_guests_page_is_about_no_link(house: House, step: str) -> None:
    await house.browser().signed_in(await house.invite())
    house.clock.move(hours=2)
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), email=GWEN)
    await house.database.write(invitations.remove, TEAM, ALICE, GWEN)
    seen = await STEPS[step](gwen, page, await house.passcode())
    assert seen.status == (200 if step == "reload" else 409)
    assert "Alice Owner" not in seen.text
