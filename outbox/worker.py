"""The worker: claims due rows, hands each to its channel, and keeps going whatever happens to any one of them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

from domain import delivery, erasing, housekeeping, mailings, postings
from domain.doors import Clock, Units
from domain.faults import Unavailable
from domain.secrets import UnknownKey, new_id
from domain.value import value
from domain.views import Claimed
from domain.work import Work
from outbox import schedule

log = logging.getLogger(__name__)
T = TypeVar("T")

LEASE_SECONDS = 60
LOOK_SECONDS = 1.0
"""Between two looks for due rows when nobody says that there are some."""
SWEEP_SECONDS = 3600.0
SWEEP_PAUSE_SECONDS = 0.05
"""Between two parts of a sweep others come first."""
PREPARE_SECONDS = 2.0
"""After the start, whose time is short."""
RESTART_SECONDS = 1.0
STOP_SECONDS = 25.0


class Channel(Protocol):
    async def deliver(self, row: Claimed, owner: str) -> None:
        """Delivers and writes down what became of it; may raise anything."""
        ...

    def room(self, priority: int | None, free: int) -> int:
        """How many rows may be claimed now, of `free` places."""
        ...

    async def prepare(self) -> None:
        """What need not wait for the first row."""
        ...


GATHER_SECONDS = 0.003
BROKEN = (LookupError, ValueError, TypeError, AttributeError, UnknownKey)
"""What a row may be at fault for; the database never raises any of these."""


@value
class Lane:
    """Rows of one channel and priority, so many at a time: no lane can hold up another."""

    channel: str
    priority: int | None
    places: int


LANES = (Lane("mail", 0, 8), Lane("mail", 1, 6), Lane("card", delivery.CARDS, 8), Lane("due", 0, 2))


def claim_all(work: Work, wishes: Sequence[delivery.Wish], owner: str) -> list[list[Claimed]]:
    """Due rows of several lanes in one unit of work, with what they say."""
    claims = delivery.claim_all(work, wishes, owner, LEASE_SECONDS)
    every = [row for rows in claims for row in rows]
    mails = [row for row in every if row.channel == delivery.MAIL]
    for row, mail in zip(mails, _loaded(mailings.mails, work, mails), strict=True):
        row.mail = mail
    cards = [row for row in every if row.channel == delivery.CARD]
    for row, card in zip(cards, _loaded(postings.cards, work, cards), strict=True):
        row.card = card
    return claims


def _loaded(
    load: Callable[[Work, Sequence[Claimed]], list[T | None]], work: Work, rows: list[Claimed]
) -> list[T | None]:
    """A row that cannot be loaded must not keep the others from being claimed: its channel asks again, and fails."""
    try:
        return load(work, rows)
    except BROKEN:
        return [None] if len(rows) == 1 else [one for row in rows for one in _loaded(load, work, [row])]


class Worker:
    """`channels` by name (mail, card); a lane without a channel is left alone."""

    def __init__(
        self,
        database: Units,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        lanes: Sequence[Lane] = LANES,
    ) -> None:
        self.owner = new_id()
        self.beat_at = 0.0
        """Monotonic seconds of the last look for due rows: the heartbeat."""
        self.restarts = 0
        """How often a task of the worker died and was started again."""
        self._database = database
        self._channels = channels
        self._clock = clock
        self._lanes = [lane for lane in lanes if lane.channel in channels]
        self._busy: dict[Lane, set[asyncio.Task[None]]] = {lane: set() for lane in self._lanes}
        self._under_way: set[str] = set()
        """Their rows. A lease that ran out meanwhile only comes back to us: the row is not taken up twice."""
        self._full: set[Lane] = set()
        """Lanes that were given as many rows as they asked for: there may be more."""
        self._woken = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """On the running loop."""
        self._tasks = [
            asyncio.create_task(self._forever("delivery", self._look), name="outbox delivery"),
            asyncio.create_task(self._forever("housekeeping", self._keep_house), name="outbox housekeeping"),
        ]

    def wake(self) -> None:
        """Something may be due. Cheap, and only to be called on the loop."""
        self._woken.set()

    async def stop(self) -> None:
        """Claims no more, lets what is under way finish for a while, and gives back what is not."""
        self._stopping = True
        self._woken.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        under_way = {task for tasks in self._busy.values() for task in tasks}
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def alive(self) -> bool:
        return bool(self._tasks) and time.monotonic() - self.beat_at < 10 * LOOK_SECONDS

    # claiming

    async def _look(self) -> None:
        while not self._stopping:
            self.beat_at = time.monotonic()
            self._woken.clear()
            if await self._claim():
                await asyncio.sleep(0)  # what was just handed out begins, so that gates know of it
            else:
                await self._pause()

    async def _pause(self) -> None:
        """Until woken, a second at most; what is enqueued right after it is claimed along."""
        timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._woken.set)
        try:
            await self._woken.wait()
            await asyncio.sleep(GATHER_SECONDS)
        finally:
            timer.cancel()

    async def _claim(self) -> bool:
        """True: there may be more to claim at once."""
        rooms = {lane: room for lane in self._lanes if (room := self._room(lane)) > 0}
        if not rooms:
            return False
        wishes = [delivery.Wish(lane.channel, lane.priority, room) for lane, room in rooms.items()]
        claiming = asyncio.create_task(self._database.write(claim_all, wishes, self.owner))
        try:
            claims: list[list[Claimed]] = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            # Stopped in the middle of it: what was claimed is still delivered, not left to wait for its lease.
            claims = await claiming
            self._hand_out(rooms, claims)
            raise
        return self._hand_out(rooms, claims)

    def _room(self, lane: Lane) -> int:
        free = lane.places - len(self._busy[lane])
        return self._channels[lane.channel].room(lane.priority, free) if free > 0 else 0

    def _hand_out(self, rooms: Mapping[Lane, int], claims: Sequence[Sequence[Claimed]]) -> bool:
        more = False
        for (lane, room), rows in zip(rooms.items(), claims, strict=True):
            for row in rows:
                if row.row_id in self._under_way:
                    continue
                self._under_way.add(row.row_id)
                task = asyncio.create_task(self._deliver(lane, row))
                self._busy[lane].add(task)
                task.add_done_callback(partial(self._done, lane, row.row_id))
            full = len(rows) >= room
            (self._full.add if full else self._full.discard)(lane)
            more = more or (full and self._room(lane) > 0)
        return more

    def _done(self, lane: Lane, row_id: str, task: asyncio.Task[None]) -> None:
        self._busy[lane].discard(task)
        self._under_way.discard(row_id)
        if lane in self._full:
            self._woken.set()

    # delivering

    async def _deliver(self, lane: Lane, row: Claimed) -> None:
        if not await self._survives(f"{row.kind} {row.row_id}", self._channels[lane.channel].deliver(row, self.owner)):
            await self._survives(f"putting off {row.row_id}", self._put_off(row))

    async def _put_off(self, row: Claimed) -> None:
        """A row that broke its channel waits like one that could not be delivered, and does not stop the others."""
        due_at = schedule.next_attempt(row.kind, row.attempts, row.created_at, self._clock())
        if due_at is None:
            await self._database.write(mailings.dead, row, self.owner, "internal fault")
        else:
            await self._database.write(delivery.deferred, row, self.owner, "internal fault", due_at, True)

    async def _keep_house(self) -> None:
        await asyncio.sleep(PREPARE_SECONDS)
        for channel in self._channels.values():
            await channel.prepare()
        while True:
            more = await self._database.write(housekeeping.sweep)
            more = await self._forget() or more
            await asyncio.sleep(SWEEP_PAUSE_SECONDS if more else SWEEP_SECONDS)

    async def _forget(self) -> bool:
        """Erases a page of people whose time has come. What to erase is looked up aside, so that nobody waits for that.
        True: there may be more."""
        found = await self._database.read(erasing.over)
        erased = bool(found) and await self._database.write(erasing.erase_all, found) > 0
        return await self._database.write(erasing.stale) > 0 or erased

    async def _forever(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping:
            if not await self._survives(name, loop()) and not self._stopping:
                self.restarts += 1
                await asyncio.sleep(RESTART_SECONDS)

    async def _survives(self, what: str, work: Awaitable[None]) -> bool:
        """The one place where any exception ends: neither a row nor a task that breaks may take others along."""
        try:
            await work
        except Unavailable as fault:
            log.warning("%s: the database is away: %s", what, fault)
            return False
        except Exception:
            log.exception("%s failed", what)
            return False
        return True
