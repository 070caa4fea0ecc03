"""A page on which a passcode is typed, left open while the invitation ends or its mail is sent anew."""

from collections.abc import Awaitable, Callable

import pytest

from domain import invitations, passcodes
from domain.errors import LinkDeclined, LinkExpired, LinkRefusal, LinkReplaced, LinkRevoked, NoPasscode
from domain.views import PasscodeMail
from tests.domain.world import ALICE, GWEN, TEAM, Browser, World

Ending = Callable[[World], Awaitable[object]]


async def _declined(world: World) -> None:
    await (await world.opens()).declines()


async def _expired(world: World) -> None:
    world.clock.move(days=14)


ENDINGS: dict[str, tuple[Ending, type[LinkRefusal]]] = {
    "revoke": (lambda world: world.do(invitations.revoke, TEAM, ALICE, GWEN), LinkRevoked),
    "remove": (lambda world: world.do(invitations.remove, TEAM, ALICE, GWEN), LinkRevoked),
    "resend": (lambda world: world.do(invitations.resend, TEAM, ALICE, GWEN), LinkReplaced),
    "correct": (lambda world: world.do(invitations.correct, TEAM, ALICE, GWEN, f"right-{GWEN}"), LinkReplaced),
    "decline": (_declined, LinkDeclined),
    "expiry": (_expired, LinkExpired),
}
STEPS: dict[str, Callable[[Browser, str], Awaitable[object]]] = {
    "reload": lambda browser, _: browser.shows(),
    "submit": lambda browser, code: browser.types(code),
    "again": lambda browser, _: browser.asks(),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_an_open_page_says_at_its_next_request_what_became_of_the_invitation(world: World, ending: str) -> None:
    await world.invite()
    browser = await world.asks()
    code = world.passcode()
    world.clock.move(seconds=61)
    end, refusal = ENDINGS[ending]
    await end(world)
    before = await world.contents()
    for step in STEPS.values():
        with pytest.raises(refusal) as told:
            await step(browser, code)
        assert (told.value.inviter, told.value.workspace) == ("Alice Owner", "Launch")
    assert await world.contents() == before


@pytest.mark.parametrize("ending", ENDINGS)
async def test_another_browser_is_told_nothing_of_it(world: World, ending: str) -> None:
    """Not even one that holds the same link."""
    await world.invite()
    browser = await world.asks()
    code = world.passcode()
    stranger = world.browser()
    await stranger.opens(world.link())
    stranger.passcode = browser.passcode
    world.clock.move(seconds=61)
    await ENDINGS[ending][0](world)
    for step in ("reload", "submit"):
        with pytest.raises(NoPasscode):
            await STEPS[step](stranger, code)


async def test_a_passcode_alone_does_not_tell_about_the_link_that_asked_for_it(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    code = world.passcode()
    await world.invite("ben@fabrikam.example")
    await world.deliver()
    await browser.opens(world.link("ben@fabrikam.example"))
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    for step in ("reload", "submit"):
        with pytest.raises(LinkRefusal) as told:
            await STEPS[step](browser, code)
        assert told.value.code == "unknown_link"
        assert not told.value.inviter


@pytest.mark.parametrize("by_address", [False, True])
async def test_what_nobody_asked_for_ends_as_before(world: World, by_address: bool) -> None:
    await world.guest()
    world.clock.move(minutes=2)
    browser = world.browser() if by_address else await world.opens()
    await (browser.asks_by_address() if by_address else browser.asks())
    await world.deliver()
    mail = world.mails(PasscodeMail)[-1]
    await browser.shows()
    await world.do(passcodes.withdraw, mail.withdraw_token)
    for step in ("reload", "submit"):
        with pytest.raises(NoPasscode):
            await STEPS[step](browser, mail.passcode)


async def test_who_comes_back_by_address_has_no_part_in_what_becomes_of_a_link(world: World) -> None:
    await world.guest()
    world.clock.move(minutes=2)
    browser = world.browser()
    await browser.asks_by_address()
    await world.deliver()
    await world.do(invitations.remove, TEAM, ALICE, GWEN)
    await browser.shows()
    with pytest.raises(NoPasscode):
        await browser.types(world.passcode())
