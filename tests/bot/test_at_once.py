"""The same activity while the first one is still being answered (D4, I8), on each kind of database."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.limits import Numbers
from domain.secrets import Keys
from domain.work import Work
from storage.database import Database
from storage.engines import engine
from tests.bot.chat import ADMIN, Chat, Clock, Flags, Roster, click, said

GWEN = "gwen@fabrikam.example"
TIMES = 10


@pytest.fixture(params=["one process", "two replicas"])
async def chats(request: pytest.FixtureRequest, database_url: str, clock: Clock) -> AsyncIterator[list[Chat]]:
    """Who hears the activities, in turn."""

    def opening(connection: Any, vetoes: frozenset[Any]) -> Work:
        return Work(connection, clock.now, Keys((b"k" * 32,)), Numbers(), frozenset({ADMIN}), vetoes)

    number = 1 if request.param == "one process" else 2
    databases = [Database(engine(database_url), opening) for _ in range(number)]
    yield [Chat(one, Roster(), Flags(), clock) for one in databases]
    for one in databases:
        await one.close()


async def heard_at_once(chats: list[Chat], raw: dict[str, Any]) -> list[Any]:
    return await asyncio.gather(*(chats[n % len(chats)].hear(raw) for n in range(TIMES)))


async def invited(chats: list[Chat], clock: Clock) -> dict[str, Any]:
    for each in chats:
        await each.say("help")
    await chats[0].say(f"invite {GWEN}")
    clock.forward(seconds=61)
    row = (await chats[0].rows("invitations"))[0]
    return {"invitation": row["invitation_id"], "version": row["version"]}


async def kinds(chats: list[Chat]) -> list[str]:
    return [row["kind"] for row in await chats[0].rows("audit_events")]


@pytest.mark.parametrize(
    ("verb", "kind"),
    [("resend", "invitation.resent"), ("extend", "invitation.extended"), ("revoke", "invitation.revoked")],
)
async def test_the_same_click_ten_times_at_once_has_one_effect_and_one_answer(
    chats: list[Chat], clock: Clock, verb: str, kind: str
) -> None:
    target = await invited(chats, clock)
    answers = [one.body for one in await heard_at_once(chats, click(f"invitation.{verb}", target))]
    assert len(answers) == TIMES
    assert all(one == answers[0] for one in answers)
    assert answers[0]["type"].endswith("card.adaptive")
    assert (await kinds(chats)).count(kind) == 1


async def test_clicks_under_new_ids_at_once_have_one_effect_and_show_the_current_card(
    chats: list[Chat], clock: Clock
) -> None:
    target = await invited(chats, clock)
    again = [click("invitation.resend", target) for _ in range(TIMES)]
    heard = await asyncio.gather(*(chats[n % len(chats)].hear(raw) for n, raw in enumerate(again)))
    assert {one.body["type"] for one in heard} == {"application/vnd.microsoft.card.adaptive"}
    versions = {action["data"]["version"] for one in heard for action in buttons(one.body["value"])}
    assert versions == {target["version"] + 1}
    assert (await kinds(chats)).count("invitation.resent") == 1


def buttons(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        mine = [value] if value.get("type") == "Action.Execute" else []
        return mine + [found for part in value.values() for found in buttons(part)]
    return [found for part in value for found in buttons(part)] if isinstance(value, list) else []


async def test_a_refused_click_ten_times_at_once_gets_one_answer(chats: list[Chat], clock: Clock) -> None:
    target = await invited(chats, clock)
    await chats[0].click("invitation.resend", target)
    raw = click("invitation.resend", {**target, "version": target["version"] + 1})
    answers = [one.body for one in await heard_at_once(chats, raw)]
    assert all(one == answers[0] for one in answers)
    assert "You can send another one" in answers[0]["value"]


async def test_the_same_message_ten_times_at_once_has_one_effect(chats: list[Chat], clock: Clock) -> None:
    await invited(chats, clock)
    heard = await heard_at_once(chats, said(f"extend {GWEN}"))
    assert len([one for one in heard if not one.quiet]) == 1
    assert (await kinds(chats)).count("invitation.extended") == 1
