"""Resets of second factors: an owner asks, another person who is an admin confirms, once."""

from datetime import timedelta
from typing import Any

import pytest

from domain import factor_resets
from domain.errors import NoSession, NotAdmin, NotOwner, Outsider, SecondFactorNeeded
from domain.factor_errors import NothingToReset, OwnRequest, UnknownRequest
from domain.factor_views import Mistake, Passed
from tests.domain.second_factors import Holder, again, first_factor
from tests.domain.world import ALICE, BOB, CHARLIE, CHAT, DORA, FOREIGN, GRETA, GWEN, TEAM, World


async def lost(world: World, admins: Any = frozenset({DORA.person_id})) -> Holder:
    """Gwen, in, with an app; and Dora administers."""
    world.settings["admins"] = admins
    holder = await first_factor(world)
    await holder.sets_up_app()
    return holder


async def test_the_sponsor_asks_and_the_admin_confirms(world: World) -> None:
    holder = await lost(world)
    await holder.registers()
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    assert (view.address, view.workspace, view.asked_by, view.decision) == (GWEN, "Launch", "Alice Owner", "")
    assert isinstance(await holder.enters(holder.code(1)), Passed)
    done = await world.do(factor_resets.confirm, TEAM, DORA, view.request_id)
    assert (done.decision, done.decided_by, done.decided_at) == ("confirmed", "Dora Admin", world.clock.now)
    with pytest.raises(NoSession):
        await holder.browser.page()
    for table in ("factors", "recovery_codes"):
        assert not await world.rows(f"SELECT * FROM {table}")
    assert [kind for kind in await world.events() if "reset" in kind] == [
        "second_factor.reset_asked",
        "second_factor.reset",
    ]
    told = [(step.kind, step.actor) for step in (await world.card()).timeline]
    assert ("reset_asked", "Alice Owner") in told
    assert ("factors_reset", "Dora Admin") in told


async def test_after_a_reset_old_things_open_nothing_and_a_new_one_is_set_up(world: World) -> None:
    holder = await lost(world)
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    await world.do(factor_resets.confirm, TEAM, DORA, view.request_id)
    holder = await again(holder)
    assert await holder.enters() is Mistake.WRONG
    assert await holder.recovers(holder.codes[0]) is Mistake.WRONG
    with pytest.raises(SecondFactorNeeded):
        await holder.browser.page()
    assert isinstance(await holder.sets_up_app(), Passed)
    await holder.browser.page()


async def test_what_was_being_set_up_ends_with_the_reset(world: World) -> None:
    holder = await lost(world)
    await holder.begins()
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    await world.do(factor_resets.confirm, TEAM, DORA, view.request_id)
    assert not await world.rows("SELECT * FROM factors")


async def test_denied_everything_stays(world: World) -> None:
    holder = await lost(world)
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    assert (await world.do(factor_resets.deny, TEAM, DORA, view.request_id)).decision == "denied"
    assert (await world.do(factor_resets.confirm, TEAM, DORA, view.request_id)).decision == "denied"
    await holder.browser.page()
    assert "second_factor.reset" not in await world.events()


async def test_a_request_has_one_effect(world: World) -> None:
    holder = await lost(world)
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    await world.do(factor_resets.confirm, TEAM, DORA, view.request_id)
    holder = await again(holder)
    await holder.sets_up_app()
    stale = await world.do(factor_resets.confirm, TEAM, DORA, view.request_id)
    assert stale.decision == "confirmed"
    assert (await world.do(factor_resets.deny, TEAM, DORA, view.request_id)).decision == "confirmed"
    await holder.browser.page()
    assert (await world.events()).count("second_factor.reset") == 1


@pytest.mark.parametrize("who", [ALICE, BOB, GRETA], ids=lambda who: who.name)
async def test_nobody_but_an_admin_decides(world: World, who: Any) -> None:
    holder = await lost(world)
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    before = await world.contents()
    for decide in (factor_resets.confirm, factor_resets.deny):
        with pytest.raises((NotAdmin, Outsider)):
            await world.do(decide, TEAM, who, view.request_id)
    with pytest.raises((NotAdmin, Outsider)):
        await world.do(factor_resets.waiting, TEAM, who)
    assert await world.contents() == before
    await holder.browser.page()


async def test_whoever_asked_does_not_confirm_and_may_take_it_back(world: World) -> None:
    holder = await lost(world, frozenset({DORA.person_id, ALICE.person_id}))
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    with pytest.raises(OwnRequest):
        await world.do(factor_resets.confirm, TEAM, ALICE, view.request_id)
    await holder.browser.page()
    assert (await world.do(factor_resets.deny, TEAM, ALICE, view.request_id)).decision == "denied"


async def test_only_owners_and_admins_ask(world: World) -> None:
    await lost(world)
    for who in (BOB, GRETA):
        with pytest.raises((NotOwner, Outsider)):
            await world.do(factor_resets.ask, TEAM, who, GWEN)
    assert (await world.do(factor_resets.ask, TEAM, DORA, GWEN)).asked_by == "Dora Admin"


@pytest.mark.parametrize("address", ["nobody@fabrikam.example", "open@fabrikam.example", "plain@fabrikam.example"])
async def test_there_has_to_be_something_to_reset(world: World, address: str) -> None:
    await lost(world)
    await world.policy(rules=())
    await world.invite("open@fabrikam.example")
    await world.guest("plain@fabrikam.example")
    with pytest.raises(NothingToReset):
        await world.do(factor_resets.ask, TEAM, ALICE, address)


async def test_a_guest_of_another_workspace_is_nobody_here(world: World) -> None:
    await lost(world)
    with pytest.raises(NothingToReset):
        await world.do(factor_resets.ask, CHAT, ALICE, GWEN)


async def test_asking_twice_is_one_request(world: World) -> None:
    await lost(world)
    first = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    second = await world.do(factor_resets.ask, TEAM, ALICE, GWEN.upper())
    assert first.request_id == second.request_id
    assert (first.new, second.new) == (True, False)
    assert await world.do(factor_resets.waiting, TEAM, DORA) == (second,)


async def test_a_request_is_too_old_after_a_week(world: World) -> None:
    await lost(world)
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    world.clock.move(days=7)
    assert (await world.do(factor_resets.confirm, TEAM, DORA, view.request_id)).decision == "expired"
    assert await world.do(factor_resets.waiting, TEAM, DORA) == ()
    assert await world.rows("SELECT * FROM factors")
    again_asked = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    assert again_asked.request_id != view.request_id
    assert again_asked.asked_at == view.asked_at + timedelta(days=7)


async def test_an_unknown_or_foreign_request_is_none(world: World) -> None:
    await lost(world, frozenset({DORA.person_id, CHARLIE.person_id}))
    await world.settle(FOREIGN, CHARLIE)
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    for where, who, request in ((TEAM, DORA, "none"), (FOREIGN, CHARLIE, view.request_id)):
        for decide in (factor_resets.confirm, factor_resets.deny):
            with pytest.raises(UnknownRequest):
                await world.do(decide, where, who, request)
    assert await world.do(factor_resets.waiting, FOREIGN, CHARLIE) == ()
