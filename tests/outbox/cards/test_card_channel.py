"""What becomes of a card's row, whatever the chat answers (I2–I7)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.views import CardPost, Claimed, InvitationView, Kind, Status
from outbox.card_channel import CardChannel
from outbox.schedule import WAITS

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ROW = Claimed("row", "tenant", "card", "invitation", attempts=1, changes=1, created_at=NOW)
VIEW = InvitationView(
    "invitation", "tenant", "workspace", "Fabrikam", Kind.TEAM, "gwen@fabrikam.example", Status.SENT, 3, "Alice", "a1",
    NOW, NOW + timedelta(days=14), 90,
)  # fmt: skip


def post(activity_id: str | None) -> CardPost:
    return CardPost(VIEW, "msteams", "https://smba.trafficmanager.net/emea/", "19:a", "28:bot", "en", activity_id)


@dataclass
class Answer:
    status: int | None
    activity_id: str | None = None
    retry_after: float | None = None
    ambiguous: bool = False
    problem: str = ""


@dataclass
class Chat:
    answer: Answer
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    async def post(self, *called: Any) -> Answer:
        self.calls.append(("post", *called))
        return self.answer

    async def put(self, *called: Any) -> Answer:
        self.calls.append(("put", *called))
        return self.answer


@dataclass
class Database:
    """Notes what is written, by name."""

    post: CardPost | None
    may_create: bool = True
    written: list[tuple[Any, ...]] = field(default_factory=list)

    async def read(self, operation: Callable[..., Any], *args: Any) -> Any:
        assert (operation.__name__, args) == ("card", (ROW,)) or args[0].row_id == "row"
        return self.post

    async def write(self, operation: Callable[..., Any], row: Claimed, owner: str, *more: Any) -> Any:
        assert (row.row_id, owner) == ("row", "me")
        self.written.append((operation.__name__, *more))
        return self.may_create

    @property
    def names(self) -> list[str]:
        return [name for name, *_ in self.written]


async def deliver(
    answer: Answer, at: CardPost | None, *, row: Claimed = ROW, may_create: bool = True
) -> tuple[Chat, Database]:
    chat, database = Chat(answer), Database(at, may_create)
    channel = CardChannel(database, chat, lambda card: {"drawn": card.view.version}, lambda: NOW)
    await channel.deliver(row, "me")
    return chat, database


async def test_a_new_card_is_posted_once_and_its_id_is_kept() -> None:
    chat, database = await deliver(Answer(201, "act-1"), post(None))
    assert chat.calls == [("post", "https://smba.trafficmanager.net/emea/", "19:a", {"drawn": 3})]
    assert database.written == [("creating",), ("posted", "act-1")]


async def test_a_posted_card_is_edited() -> None:
    chat, database = await deliver(Answer(200), post("act-1"))
    assert chat.calls == [("put", "https://smba.trafficmanager.net/emea/", "19:a", "act-1", {"drawn": 3})]
    assert database.written == [("told",)]


async def test_a_card_that_is_not_wanted_any_more_is_dropped() -> None:
    chat, database = await deliver(Answer(200), None)
    assert (chat.calls, database.names) == ([], ["cardless"])


async def test_what_may_have_been_posted_is_never_posted_again() -> None:
    """I3"""
    chat, database = await deliver(Answer(200, "act-1"), post(None), may_create=False)
    assert (chat.calls, database.names) == ([], ["creating", "dropped"])


@pytest.mark.parametrize("answer", [Answer(503, ambiguous=True), Answer(None, ambiguous=True), Answer(200)])
async def test_an_ambiguous_creation_stays_marked_and_is_not_tried_again(answer: Answer) -> None:
    """I3"""
    chat, database = await deliver(answer, post(None))
    assert (len(chat.calls), database.names) == (1, ["creating", "dropped"])


@pytest.mark.parametrize("status", [403, 404])
async def test_where_the_bot_is_not_welcome_a_new_card_goes_quiet(status: int) -> None:
    """I4"""
    _, database = await deliver(Answer(status), post(None))
    assert database.names == ["creating", "card_quiet"]


@pytest.mark.parametrize(("status", "written"), [(404, "card_gone"), (403, "card_quiet")])
async def test_a_deleted_card_is_posted_anew_and_a_removed_bot_goes_quiet(status: int, written: str) -> None:
    """I4"""
    _, database = await deliver(Answer(status), post("act-1"))
    assert database.names == [written]


@pytest.mark.parametrize("status", [None, 401, 412, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_tried_again_later(status: int | None) -> None:
    """I2"""
    _, database = await deliver(Answer(status, problem="why"), post("act-1"))
    [(name, problem, due_at, counted)] = database.written
    assert (name, problem, counted) == ("deferred", "why", status not in (401, 429))
    assert due_at > NOW


@pytest.mark.parametrize("status", [429, 412, None])
async def test_a_creation_that_was_not_taken_may_be_tried_again(status: int | None) -> None:
    _, database = await deliver(Answer(status), post(None))
    assert database.names == ["creating", "not_created"]


async def test_retry_after_is_honoured() -> None:
    """I2"""
    _, database = await deliver(Answer(429, retry_after=900), post("act-1"))
    assert database.written[0][2] == NOW + timedelta(seconds=900)


@pytest.mark.parametrize("status", [400, 405, 413])
async def test_what_is_our_own_fault_is_not_tried_again(status: int) -> None:
    _, database = await deliver(Answer(status, problem="why"), post("act-1"))
    assert database.written == [("dead", "why")]


@pytest.mark.parametrize("activity_id", ["act-1", None])
async def test_after_all_its_attempts_a_card_is_given_up(activity_id: str | None) -> None:
    old = replace(ROW, attempts=len(WAITS["card"]) + 1)
    _, database = await deliver(Answer(429), post(activity_id), row=old)
    assert database.names[-1] == "dead"
