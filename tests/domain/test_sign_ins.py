"""Open sessions: seen and ended by their guest and by owners, and never more than five."""

from typing import Any

import pytest

from domain import invitations, sessions
from domain.errors import AccessEnded, NoGuestHere, NoSession, NotOwner, SecondFactorNeeded
from domain.policies import Rule
from tests.domain.world import ALICE, BOB, GROUP, GWEN, TEAM, Browser, World


async def again(world: World, client: str = "203.0.113.7") -> Browser:
    world.clock.move(minutes=20)
    browser = world.browser(client)
    await browser.opens(world.link())
    await browser.asks()
    await world.deliver()
    await browser.types(world.passcode())
    return browser


async def own(world: World, browser: Browser) -> Any:
    return await world.look(sessions.own, browser.session, browser.network)


async def ended(browser: Browser) -> bool:
    """Signed out, with the access itself untouched."""
    try:
        await browser.page()
    except AccessEnded:
        raise
    except NoSession:
        return True
    return False


async def test_a_guest_sees_the_own_sessions_coarsely_and_ends_one(world: World) -> None:
    first = await world.guest()
    second = await again(world, "2001:db8:1:2:3::4")
    listed = await own(world, first)
    assert [each.network for each in listed] == ["2001:db8:1::/48", "203.0.113.0/24"]
    assert [each.here for each in listed] == [False, True]
    assert await world.do(sessions.end, first.session, listed[0].session_id) == 1
    assert await ended(second)
    assert len(await own(world, first)) == 1
    assert (await world.events()).count("session.ended") == 1


async def test_a_guest_ends_all_others(world: World) -> None:
    browsers = [await world.guest(), await again(world), await again(world)]
    assert await world.do(sessions.end, browsers[1].session, None) == 2
    assert [await ended(each) for each in browsers] == [True, False, True]


async def test_a_guest_ends_nobody_elses_session(world: World) -> None:
    gwen = await world.guest()
    world.clock.move(minutes=2)
    other = await world.guest("other@x.example")
    (theirs,) = await own(world, other)
    assert await world.do(sessions.end, gwen.session, theirs.session_id) == 0
    assert not await ended(other)


async def test_nothing_is_seen_or_ended_before_the_second_factor(world: World) -> None:
    """F5."""
    gwen = await world.guest()
    await world.policy(rules=(Rule("r1", "Second factor", mfa=True),))
    with pytest.raises(SecondFactorNeeded):
        await own(world, gwen)
    with pytest.raises(SecondFactorNeeded):
        await world.do(sessions.end, gwen.session, None)


async def test_an_owner_ends_them_all_and_the_guest_may_come_back(world: World) -> None:
    browsers = [await world.guest(), await again(world)]
    view = await world.do(sessions.of_guest, TEAM, ALICE, GWEN.upper())
    assert (view.address, len(view.lines), view.ended) == (GWEN, 2, None)
    view = await world.do(sessions.end_all, TEAM, ALICE, view.guest_id)
    assert (view.lines, view.ended) == ((), 2)
    assert [await ended(each) for each in browsers] == [True, True]
    assert (await world.events()).count("session.ended") == 2
    assert not await ended(await again(world))


async def test_only_the_owners_of_the_guests_own_workspaces_may(world: World) -> None:
    await world.guest()
    await world.settle(GROUP, BOB)
    view = await world.do(sessions.of_guest, TEAM, ALICE, GWEN)
    with pytest.raises(NotOwner):
        await world.do(sessions.of_guest, TEAM, BOB, GWEN)
    with pytest.raises(NoGuestHere):
        await world.do(sessions.of_guest, GROUP, BOB, GWEN)
    with pytest.raises(NoGuestHere):
        await world.do(sessions.end_all, GROUP, BOB, view.guest_id)


async def test_the_sixth_session_ends_the_oldest(world: World) -> None:
    world.limit(passcodes_hour=100, passcodes_day=100, mailbox_passcodes_hour=100)
    browsers = [await world.guest(), *[await again(world) for _ in range(5)]]
    assert [await ended(each) for each in browsers] == [True, False, False, False, False, False]
    assert len(await own(world, browsers[5])) == 5
    await world.do(sessions.end, browsers[5].session, (await own(world, browsers[5]))[-1].session_id)
    await again(world)
    assert [await ended(each) for each in browsers[2:]] == [False] * 4


@pytest.mark.parametrize("how", ["removed", "run out"])
async def test_owners_of_where_somebody_was_a_guest_see_and_end_nothing(world: World, how: str) -> None:
    await world.guest()
    view = await world.do(sessions.of_guest, TEAM, ALICE, GWEN)
    await world.settle(GROUP, BOB)
    if how == "removed":
        await world.do(invitations.remove, TEAM, ALICE, GWEN)
    else:
        world.clock.move(days=91)
    await world.invite(where=GROUP, by=BOB)
    world.clock.move(minutes=2)
    gwen = await world.comes_in()
    for act in (sessions.of_guest, sessions.end_all):
        with pytest.raises(NoGuestHere):
            await world.do(act, TEAM, ALICE, GWEN if act is sessions.of_guest else view.guest_id)
    await gwen.page()
