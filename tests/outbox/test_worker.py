"""The worker keeps going, whatever happens to one row, one channel or the database."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from domain import mailings
from domain.faults import Unavailable
from domain.views import Claimed
from domain.work import Work
from outbox import worker as workers
from outbox.worker import Lane, Worker
from storage.tables import Received, table
from tests.outbox.world import World, until


class Recorder:
    """A channel that notes what it is given, and does with it what the test says."""

    def __init__(self, world: World, act: Callable[[Claimed], Any] | None = None) -> None:
        self.world = world
        self.act = act
        self.taken: list[str] = []
        self.done: list[str] = []
        self.places: int | None = None
        self.at_once = self.most_at_once = 0

    def room(self, priority: int | None, free: int) -> int:
        return free if self.places is None else min(free, self.places)

    async def prepare(self) -> None:
        return

    async def deliver(self, row: Claimed, owner: str) -> None:
        from domain import delivery

        self.taken.append(row.row_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.act:
                await self.act(row)
        finally:
            self.at_once -= 1
        await self.world.database.write(delivery.dropped, row, owner)
        self.done.append(row.row_id)


def addresses(number: int) -> list[str]:
    return [f"guest{index}@fabrikam.example" for index in range(number)]


async def test_a_commit_wakes_the_worker_at_once(world: World) -> None:
    channel = Recorder(world)
    worker = world.worker(channel)
    worker.start()
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await world.invite("gwen@fabrikam.example")
    await until(lambda: channel.done)
    assert time.monotonic() - started < 0.6
    await worker.stop()


async def test_what_another_process_left_is_found_within_a_second_or_two(world: World) -> None:
    channel = Recorder(world)
    worker = world.worker(channel)
    world.database.committed = lambda: None
    worker.start()
    await world.invite("gwen@fabrikam.example")
    await until(lambda: channel.done, 2.5)
    await worker.stop()


async def test_a_lane_never_delivers_more_at_once_than_it_has_places(world: World) -> None:
    channel = Recorder(world, lambda _row: asyncio.sleep(0.02))
    worker = Worker(world.database, {"mail": channel}, world.clock, lanes=[Lane("mail", 1, 3)])
    await world.invite(*addresses(20))
    worker.start()
    await until(lambda: len(channel.done) == 20)
    assert channel.most_at_once == 3
    assert len(set(channel.taken)) == 20
    await worker.stop()


async def test_a_shut_gate_leaves_the_rows_alone(world: World) -> None:
    channel = Recorder(world)
    channel.places = 0
    worker = world.worker(channel)
    worker.start()
    await world.invite("gwen@fabrikam.example")
    await asyncio.sleep(0.2)
    assert not channel.taken
    assert [row.attempts for row in await world.rows()] == [0]
    channel.places = None
    await until(lambda: channel.done, 2.5)
    await worker.stop()


async def test_a_row_that_breaks_its_channel_waits_and_the_others_go_out_h7(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken: set[str] = set()

    async def act(row: Claimed) -> None:
        if not broken or row.row_id in broken:
            broken.add(row.row_id)
            raise ZeroDivisionError("poison")

    channel = Recorder(world, act)
    worker = world.worker(channel)
    await world.invite(*addresses(5))
    worker.start()
    await until(lambda: len(channel.done) == 4)
    await asyncio.sleep(0.1)
    (row,) = [row for row in await world.rows() if row.row_id in broken]
    assert row.problem == "internal fault"
    assert row.owner is None
    assert row.due_at is not None
    assert "ZeroDivisionError" in caplog.text
    for _ in range(3):
        world.clock.advance(hours=20)
        worker.wake()
        await asyncio.sleep(0.2)
    (row,) = [row for row in await world.rows() if row.row_id in broken]
    assert row.dead_at is not None, "in the end it is dead, with a reason"
    await worker.stop()


async def test_a_row_that_cannot_be_loaded_keeps_no_other_from_being_claimed_h7(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """It was made under a key that is gone since."""
    channel = Recorder(world)

    async def act(row: Claimed) -> None:
        await world.database.read(mailings.mail, row)

    channel.act = act
    await world.invite(*addresses(3))
    gone = (await world.rows())[0]
    await world.database.write(
        lambda work: work.run(text("update links set key_id = 'gone' where link_id = :link"), {"link": gone.subject_id})
    )
    worker = world.worker(channel)
    worker.start()
    await until(lambda: len(channel.done) == 2)
    await until(lambda: "UnknownKey" in caplog.text)
    await worker.stop()
    assert len(channel.taken) == 3
    [waits] = [row for row in await world.rows() if row.due_at is not None]
    assert (waits.row_id, waits.problem) == (gone.row_id, "internal fault")


async def test_a_row_whose_lease_ran_out_under_our_hands_is_not_taken_up_twice(world: World) -> None:
    go_on = asyncio.Event()
    channel = Recorder(world, lambda _row: go_on.wait())
    worker = world.worker(channel)
    await world.invite("gwen@fabrikam.example")
    worker.start()
    await until(lambda: channel.taken)
    world.clock.advance(seconds=120)
    worker.wake()
    await asyncio.sleep(0.2)
    assert len(channel.taken) == 1
    go_on.set()
    await until(lambda: channel.done)
    await worker.stop()


async def test_a_task_of_the_worker_that_dies_is_started_again_j13(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Recorder(world)
    worker = world.worker(channel)
    original, failures = worker._claim, [KeyError("bug"), Unavailable("away")]

    async def dies() -> bool:
        if failures:
            raise failures.pop(0)
        return await original()

    monkeypatch.setattr(worker, "_claim", dies)
    monkeypatch.setattr(workers, "RESTART_SECONDS", 0.05)
    worker.start()
    await world.invite("gwen@fabrikam.example")
    await until(lambda: channel.done, 5)
    assert worker.restarts == 2
    assert worker.alive
    assert "KeyError" in caplog.text
    await worker.stop()


def test_a_dead_task_is_back_within_five_seconds_j13() -> None:
    assert workers.RESTART_SECONDS <= 5


async def test_stopping_lets_what_is_under_way_finish_and_takes_up_nothing_new_j6(world: World) -> None:
    channel = Recorder(world, lambda _row: asyncio.sleep(0.2))
    worker = Worker(world.database, {"mail": channel}, world.clock, lanes=[Lane("mail", 1, 2)])
    await world.invite(*addresses(6))
    worker.start()
    await until(lambda: len(channel.taken) == 2)
    await worker.stop()
    assert sorted(channel.taken) == sorted(channel.done)
    assert len(channel.done) == 2
    waiting = [row for row in await world.rows() if row.done_at is None]
    assert len(waiting) == 4
    assert all(row.owner is None for row in waiting), "no lease is left behind"


async def test_stopping_does_not_wait_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "STOP_SECONDS", 0.1)
    channel = Recorder(world, lambda _row: asyncio.sleep(60))
    worker = world.worker(channel)
    await world.invite("gwen@fabrikam.example")
    worker.start()
    await until(lambda: channel.taken)
    started = time.monotonic()
    await worker.stop()
    assert time.monotonic() - started < 2
    assert not channel.done


async def test_a_worker_that_does_not_run_is_not_alive(world: World) -> None:
    worker = world.worker(Recorder(world))
    assert not worker.alive
    worker.start()
    await until(lambda: worker.alive)
    await worker.stop()


async def test_a_sweep_goes_on_until_nothing_is_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PREPARE_SECONDS", 0)
    await world.database.write(clutter, 2500)
    worker = world.worker(Recorder(world))
    worker.start()
    swept = False
    while not swept:
        await asyncio.sleep(0.05)
        swept = await world.database.read(lambda work: not work.all(select(table(Received))))
    await worker.stop()


def clutter(work: Work, number: int) -> None:
    old = work.now - timedelta(days=9)
    rows = [{"activity_key": f"a{each}", "received_at": old} for each in range(number)]
    work.run(insert(table(Received)), rows)
