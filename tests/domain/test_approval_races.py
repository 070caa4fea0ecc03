"""One word on each request, whoever says something at the same moment, and one request for each address."""

import asyncio
from typing import Any

import pytest

from domain import approval_dues
from domain.approval_views import ApprovalView, Word
from domain.views import InviteView
from domain.work import Work
from tests.domain.approving import EVERYONE, approves, asked, count, denies, invited, invites, own, strict, withdraws
from tests.domain.test_moving_races import holding, until_waiting
from tests.domain.world import BOB, DORA, World

pytestmark = pytest.mark.postgres


async def at_once(world: World, *acts: Any) -> list[Any]:
    """All of them have looked before any of them writes."""
    async with holding(world, "approvals") as rows:
        tasks = [asyncio.create_task(each) for each in acts]
        await until_waiting(rows, len(acts))
    return [await each for each in tasks]


async def test_of_two_approvers_one_decides_and_the_other_sees_who_did(racing: World) -> None:
    await strict(racing, *EVERYONE)
    what = await asked(racing)
    seen = await at_once(racing, approves(racing, what, BOB), denies(racing, what, DORA))
    assert len({(each.word, each.decider) for each in seen}) == 1
    word = seen[0].word
    assert (await own(racing)).word is word
    assert await invited(racing) == (1 if word is Word.APPROVED else 0)
    assert await count(racing, "approval.decided") == 1


async def test_two_approvers_who_agree_invite_once(racing: World) -> None:
    await strict(racing, *EVERYONE)
    what = await asked(racing)
    seen = await at_once(racing, approves(racing, what, BOB), approves(racing, what, DORA))
    assert {each.word for each in seen} == {Word.APPROVED}
    assert (await invited(racing), await count(racing, "approval.decided")) == (1, 1)


async def test_an_approval_and_a_withdrawal_are_one_word(racing: World) -> None:
    await strict(racing, *EVERYONE)
    what = await asked(racing)
    seen = await at_once(racing, withdraws(racing, what), approves(racing, what, BOB))
    assert len({each.word for each in seen}) == 1
    events = await racing.events()
    assert events.count("approval.decided") + events.count("approval.withdrawn") == 1
    assert await invited(racing) == events.count("approval.decided")


async def test_an_approval_and_the_end_are_one_word(racing: World) -> None:
    """The approver's clock is a moment behind the worker's."""
    await strict(racing, *EVERYONE)
    what = await asked(racing)
    racing.clock.move(days=8)
    (due,) = [row for row in await racing.claim("due") if row.kind == "approval"]
    late = racing.clock.now

    def act(work: Work) -> None:
        work.now = late
        approval_dues.act(work, due)

    racing.clock.move(days=-2)
    seen = await at_once(racing, approves(racing, what, BOB), racing.do(act))
    events = await racing.events()
    assert events.count("approval.decided") + events.count("approval.expired") == 1
    assert isinstance(seen[0], ApprovalView)
    assert await invited(racing) == events.count("approval.decided")


async def test_two_who_ask_for_the_same_address_at_once_are_one_request(racing: World) -> None:
    await strict(racing, *EVERYONE)
    await asked(racing, "first@fabrikam.example")
    async with holding(racing, "limits") as rows:
        tasks = [asyncio.create_task(invites(racing)) for _ in range(2)]
        await until_waiting(rows, 2)
    seen: list[InviteView] = [await each for each in tasks]
    assert sorted((len(each.asked), len(each.waiting)) for each in seen) == [(0, 1), (1, 0)]
    assert len(await racing.rows("SELECT 1 FROM approvals")) == 2
