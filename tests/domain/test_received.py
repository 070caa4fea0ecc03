"""Activities: however often the channel delivers one, it has one effect and one answer."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import housekeeping, invitations, received
from domain.errors import NotOwner
from domain.views import InviteView
from tests.domain.world import ALICE, BOB, GWEN, TEAM, World


def _answer(view: InviteView) -> str:
    return f"invited {len(view.created)}"


async def _once(world: World, key: str = "msteams:chat:1", by: Any = ALICE) -> tuple[InviteView | None, str | None]:
    return await world.do(received.once, key, _answer, invitations.invite, TEAM, by, (GWEN,), None)


async def test_the_same_activity_again_has_no_effect_and_gets_the_first_answer(world: World) -> None:
    """I8."""
    view, answer = await _once(world)
    assert view
    assert len(view.created) == 1
    before = await world.contents()
    assert await _once(world) == (None, answer) == (None, "invited 1")
    assert await world.contents() == before
    view, _ = await _once(world, "msteams:chat:2")
    assert view
    assert len(view.open) == 1


async def test_of_many_deliveries_at_once_one_has_the_effect_and_all_get_its_answer(world: World) -> None:
    outcomes = await asyncio.gather(*(_once(world) for _ in range(10)))
    assert sum(view is not None for view, _ in outcomes) == 1
    assert {answer for _, answer in outcomes} == {"invited 1"}


async def test_what_was_refused_leaves_nothing_and_is_refused_again(world: World) -> None:
    for _ in range(2):
        with pytest.raises(NotOwner):
            await _once(world, by=BOB)
    assert await world.rows("SELECT * FROM received") == []
    view, _ = await _once(world)
    assert view is not None


async def test_an_activity_is_remembered_for_a_day(world: World) -> None:
    await _once(world)
    world.clock.now += timedelta(hours=24)
    await world.do(housekeeping.sweep)
    assert (await _once(world))[0] is None
    world.clock.now += timedelta(seconds=1)
    await world.do(housekeeping.sweep)
    assert (await _once(world))[0] is not None


async def test_a_question_is_answered_once(world: World) -> None:
    assert [await world.do(received.first, "msteams:chat:1") for _ in range(3)] == [True, False, False]
