"""Cards that the bot posts by itself, to a person or into a conversation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from domain import noticeboard, notices
from domain.views import Kind, Person
from domain.work import Work
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, DORA, TEAM, World


@dataclass(frozen=True)
class View:
    kind: Kind
    text: str
    address: str = ""


@pytest.fixture(autouse=True)
def a_kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kind of notice that shows its subject and whether it still waits."""

    def view(_: Work, row: Any) -> View:
        return View(noticeboard.kind_of(row), f"{row.subject_id}{' closed' if row.closed_at else ''}")

    monkeypatch.setitem(noticeboard.VIEWS, "test", view)
    return iter(())


async def told(world: World, *people: Person, subject: str = "s1") -> tuple[str, ...]:
    return await world.do(notices.tell, CONTOSO, "test", subject, [each.person_id for each in people])


def cards(world: World) -> list[Any]:
    return [post for post in world.chat.values() if isinstance(post.view, View)]


async def test_somebody_who_talked_to_the_bot_alone_is_told_there_and_once(world: World) -> None:
    await world.do(notices.met, CHAT, ALICE)
    assert await told(world, ALICE) == await told(world, ALICE) == (ALICE.person_id,)
    await world.post()
    [card] = cards(world)
    assert (card.conversation_id, card.view.text, card.view.kind) == ("19:alice@thread", "s1", Kind.PERSONAL)
    assert card.activity_id is None
    await world.post()
    assert len(cards(world)) == 1


async def test_what_was_answered_shows_on_the_card(world: World) -> None:
    await world.do(notices.met, CHAT, ALICE)
    await told(world, ALICE)
    await world.post()
    world.clock.move(seconds=5)
    await world.do(notices.close, CONTOSO, "test", "s1")
    await world.post()
    assert [(card.view.text, card.activity_id is not None) for card in cards(world)] == [("s1 closed", True)]


async def test_whoever_never_talked_to_the_bot_is_written_to_by_a_chat_of_the_same_channel(world: World) -> None:
    """Dora is known by the roster only; Alice's chat shows how the channel is reached."""
    await world.do(notices.met, TEAM, DORA)
    assert await told(world, DORA) == ()
    await world.do(notices.met, CHAT, ALICE)
    assert await told(world, DORA, BOB) == (DORA.person_id,)
    await world.post()
    [card] = cards(world)
    assert (card.conversation_id, card.member_id, card.service_url) == ("", DORA.channel_user_id, CHAT.service_url)


async def test_a_notice_into_a_conversation_is_for_all_who_are_there(world: World) -> None:
    row = await world.invite()
    await world.do(notices.put, TEAM, "test", "s1", row.workspace_id)
    await world.post()
    [card] = cards(world)
    assert (card.conversation_id, card.view.kind) == (TEAM.conversation_id, Kind.TEAM)


async def test_a_chat_that_the_bot_was_removed_from_is_written_to_no_more_until_it_is_back(world: World) -> None:
    await world.do(notices.met, CHAT, ALICE)
    await told(world, ALICE)
    await world.do(notices.parted, CHAT)
    assert await told(world, ALICE, subject="s2") == ()
    await world.do(notices.met, CHAT, ALICE)
    assert await told(world, ALICE, subject="s2") == (ALICE.person_id,)
