"""What comes due by itself: at its time, in one unit with what it does, and by one worker only."""

from datetime import datetime, timedelta

from domain import audit, delivery, due
from domain.views import Claimed
from domain.work import Work
from tests.domain.world import CONTOSO, START, World


class Act:
    """Notes an event each time, and is due again as it was told."""

    def __init__(self, *again: timedelta) -> None:
        self.again = list(again)

    def __call__(self, work: Work, row: Claimed) -> datetime | None:
        audit.record(work, CONTOSO, "test.acted", audit.SYSTEM, subject=row.subject_id)
        return work.now + self.again.pop(0) if self.again else None


async def acted(world: World) -> int:
    events = await world.look(lambda work: list(audit.export(work, CONTOSO)))
    return sum(event["kind"] == "test.acted" for event in events)


async def pass_by(world: World, act: Act) -> None:
    for row in await ours(world):
        await world.do(due.done, row, "worker", act)


async def ours(world: World, owner: str = "worker") -> list[Claimed]:
    """What is due of ours."""
    return [row for row in await world.claim("due", owner=owner) if row.kind == "test"]


async def test_an_act_is_done_at_its_time_and_once(world: World) -> None:
    act = Act()
    await world.do(delivery.schedule, CONTOSO, "test", "s1", START + timedelta(days=3))
    for hours, times in ((71.9, 0), (0.1, 1), (48, 1)):
        world.clock.move(hours=hours)
        await pass_by(world, act)
        assert await acted(world) == times


async def test_an_act_that_is_due_again_is_done_again(world: World) -> None:
    act = Act(timedelta(days=1), timedelta(days=1))
    await world.do(delivery.schedule, CONTOSO, "test", "s1", START)
    for times in (1, 2, 3, 3):
        await pass_by(world, act)
        assert await acted(world) == times
        world.clock.move(days=1)


async def test_the_time_said_last_counts(world: World) -> None:
    await world.do(delivery.schedule, CONTOSO, "test", "s1", START)
    await world.do(delivery.schedule, CONTOSO, "test", "s1", START + timedelta(days=2))
    await pass_by(world, Act())
    assert await acted(world) == 0
    await world.do(delivery.unschedule, "test", "s1")
    world.clock.move(days=3)
    await pass_by(world, Act())
    assert await acted(world) == 0


async def test_a_lease_that_ran_out_does_nothing(world: World) -> None:
    await world.do(delivery.schedule, CONTOSO, "test", "s1", START)
    [late] = await ours(world, "slow")
    world.clock.move(minutes=2)
    await pass_by(world, Act())
    await world.do(due.done, late, "slow", Act())
    assert await acted(world) == 1


async def test_what_is_scheduled_anew_while_it_is_done_is_looked_at_again(world: World) -> None:
    await world.do(delivery.schedule, CONTOSO, "test", "s1", START)
    [row] = await ours(world)
    await world.do(delivery.schedule, CONTOSO, "test", "s1", START + timedelta(days=9))
    await world.do(due.done, row, "worker", Act())
    await pass_by(world, Act())
    assert await acted(world) == 2
