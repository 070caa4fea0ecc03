"""Two workers at one card, in every order of their steps: what stands in the chat is what the database says (I6)."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.poster import Outcome
from domain import delivery, invitations, postings
from domain.views import CardPost, Claimed, InvitationView
from outbox.card_channel import CardChannel
from tests.domain.world import ALICE, GWEN, TEAM, World, build


@dataclass
class Wall:
    """The chat: what stands there, by message."""

    shown: dict[str, int] = field(default_factory=dict)
    posts: int = 0


@dataclass
class Hand:
    """A worker that takes one step at a time: claims; the call arrives; its answer arrives."""

    name: str
    world: World
    wall: Wall
    task: asyncio.Task[None] | None = None
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    answer: int = 200

    async def step(self, answer: int = 200) -> None:
        self.answer = answer
        if self.task is None:
            rows = await self.world.do(delivery.claim, "card", None, self.name, 1, 60)
            if rows:
                row = rows[0]
                post = await self.world.look(postings.card, row)
                self.task = asyncio.create_task(self._deliver(row, post))
        else:
            self.go.set()
        await self._settled()

    async def _deliver(self, row: Claimed, post: CardPost | None) -> None:
        channel = CardChannel(self.world.database, self, _version, self.world.clock)
        await channel.deliver(replace(row, card=post), self.name)

    async def _settled(self) -> None:
        if self.task is None:
            return
        waiting = asyncio.create_task(self.waits.wait())
        await asyncio.wait({self.task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self.waits.clear()
        if self.task.done():
            self.task.result()
            self.task = None

    async def _pause(self) -> None:
        self.waits.set()
        await self.go.wait()
        self.go.clear()

    async def post(self, _url: str, _conversation: str, activity: Mapping[str, Any]) -> Outcome:
        await self._pause()
        if self.answer != 200:
            return Outcome(self.answer)
        self.wall.posts += 1
        message = f"m{self.wall.posts}"
        self.wall.shown[message] = activity["version"]
        await self._pause()
        return Outcome(200, message)

    async def put(self, _url: str, _conversation: str, message: str, activity: Mapping[str, Any]) -> Outcome:
        await self._pause()
        if self.answer != 200:
            return Outcome(self.answer)
        self.wall.shown[message] = activity["version"]
        await self._pause()
        return Outcome(200)


def _version(post: CardPost) -> Mapping[str, Any]:
    assert isinstance(post.view, InvitationView)
    return {"version": post.view.version}


STEPS = st.sampled_from(["change", "first", "second", "first fails", "second fails", "soon", "lease ends"])


async def _play(world: World, steps: list[str]) -> None:
    await world.settle()
    await world.invite()
    wall = Wall()
    hands = {name: Hand(name, world, wall) for name in ("first", "second")}
    for each in steps:
        name, _, fails = each.partition(" ")
        if each == "change":
            await world.do(invitations.extend, TEAM, ALICE, GWEN, None)
        elif each == "soon":
            world.clock.move(seconds=3)
        elif each == "lease ends":
            world.clock.move(minutes=3)
        else:
            await hands[name].step(503 if fails else 200)
    await _finish(world, hands)
    (card,) = await world.rows("SELECT activity_id FROM cards")
    (row,) = await world.rows("SELECT version FROM invitations")
    assert wall.shown[card.activity_id] == row.version
    if "lease ends" not in steps:
        assert wall.posts == 1


async def _finish(world: World, hands: dict[str, Hand]) -> None:
    """Both come to an end, and a worker does the rest in peace."""
    for hand in hands.values():
        while hand.task is not None:
            await hand.step()
    last = Hand("last", world, hands["first"].wall)
    for _ in range(20):
        world.clock.move(minutes=3)
        await last.step()
        while last.task is not None:
            await last.step()


@pytest.fixture
def template(sqlite_template: Path) -> Path:
    return sqlite_template


EXAMPLES = [
    ["first", "first", "first", "soon", "change", "first", "lease ends", "change", "second", *["second"] * 2, "first"],
    ["first", "first", "lease ends", "second", "second", "change", "second", "first", "change"],
]


@pytest.mark.parametrize("steps", EXAMPLES, ids=["late edit", "late post"])
async def test_a_call_that_arrives_late_does_not_have_the_last_word(
    template: Path, tmp_path: Path, steps: list[str]
) -> None:
    world = build(f"sqlite:///{shutil.copy(template, tmp_path / 'gatehouse.db')}")
    await _play(world, steps)
    await world.database.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=4, max_size=30))
def test_the_newest_state_wins(template: Path, tmp_path: Path, steps: list[str]) -> None:
    async def run() -> None:
        world = build(f"sqlite:///{shutil.copy(template, tmp_path / f'{uuid4().hex}.db')}")
        try:
            await _play(world, steps)
        finally:
            await world.database.close()

    asyncio.run(run())
