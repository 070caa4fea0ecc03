"""Declining what was accepted already, in another browser or at the same moment."""

import asyncio

import pytest

from domain import invitations
from domain.errors import LinkRedeemed, LinkRefusal, LinkReplaced, PasscodeRefusal
from domain.views import SignedIn
from tests.domain.world import ALICE, GWEN, TEAM, World


async def test_declining_after_redeeming_elsewhere_says_that_the_guest_is_in(world: World) -> None:
    await world.invite()
    reading = await world.opens()
    world.clock.move(seconds=61)
    guest = await world.comes_in()
    before = await world.contents()
    with pytest.raises(LinkRedeemed) as told:
        await reading.declines()
    assert (told.value.inviter, told.value.workspace) == ("Alice Owner", "Launch")
    assert await world.contents() == before
    await guest.page()


async def test_an_old_link_does_not_tell_that_the_guest_is_in(world: World) -> None:
    await world.invite()
    reading = await world.opens()
    world.clock.move(seconds=61)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.comes_in()
    with pytest.raises(LinkReplaced) as told:
        await reading.declines()
    assert not told.value.way


@pytest.mark.postgres
async def test_declining_at_the_moment_of_redeeming_says_what_happened(racing: World) -> None:
    world = racing
    await world.invite()
    browser, reading = await world.asks(), await world.opens()

    async def declines() -> type[LinkRefusal] | None:
        try:
            await reading.declines()
        except LinkRefusal as refusal:
            return type(refusal)
        return None

    async def types() -> bool:
        try:
            return isinstance(await browser.types(world.passcode()), SignedIn)
        except (LinkRefusal, PasscodeRefusal):
            return False

    signed_in, told = await asyncio.gather(types(), declines())
    assert told is (LinkRedeemed if signed_in else None)
