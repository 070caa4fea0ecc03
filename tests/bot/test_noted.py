"""Refusals against somebody, in the audit (C5, D2, G4)."""

import json
from typing import Any

import pytest

from domain import audit
from domain.faults import Unavailable
from tests.bot.chat import GROUP, OTHER_TENANT, PEOPLE, TENANT, Chat, Clock, activity, mention

GWEN = "gwen@fabrikam.example"
BOB, CHARLIE = PEOPLE["bob"][0], PEOPLE["charlie"][0]


async def refusals(chat: Chat) -> list[tuple[str, str, dict[str, Any]]]:
    rows = [row for row in await chat.rows("audit_events") if row["kind"] == "refused"]
    return [(row["tenant_id"], row["actor"], json.loads(row["detail"])) for row in rows]


async def test_a_refused_command_and_a_refused_click_name_who_tried_what_and_where(chat: Chat, clock: Clock) -> None:
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", "bob", GROUP)
    clock.forward(seconds=61)
    await chat.click("settings.show", {}, "bob", GROUP)
    assert await refusals(chat) == [
        (TENANT, BOB, {"code": "not_owner", "command": "Invite"}),
        (TENANT, BOB, {"code": "not_admin", "command": "Settings"}),
    ]
    workspace = (await chat.rows("workspaces"))[0]["workspace_id"]
    assert {row["workspace_id"] for row in await chat.rows("audit_events")} == {workspace}
    assert await chat.database.read(audit.verify, TENANT) is None


async def test_whoever_goes_on_trying_adds_a_row_a_minute(chat: Chat, clock: Clock) -> None:
    await chat.install(where=GROUP)
    for _ in range(20):
        await chat.say("guests", "bob", GROUP)
    await chat.say("guests", "charlie", GROUP)
    assert [actor for _, actor, _ in await refusals(chat)] == [BOB, CHARLIE]
    clock.forward(seconds=59)
    await chat.say("guests", "bob", GROUP)
    assert len(await refusals(chat)) == 2
    clock.forward(seconds=2)
    await chat.say("guests", "bob", GROUP)
    assert [actor for _, actor, _ in await refusals(chat)] == [BOB, CHARLIE, BOB]


async def test_people_without_an_object_id_share_a_row(chat: Chat) -> None:
    await chat.install(where=GROUP)
    for number in range(3):
        raw = activity("message", "bob", text="help")
        raw["from"] = {"id": f"anonymous:{number}", "name": "Anonymous"}
        assert "Only people of this organisation" in (await chat.hear(raw)).words
    assert await refusals(chat) == [(TENANT, "unknown", {"code": "outsider", "command": "Help"})]


async def test_a_roster_that_is_silent_is_no_decision_against_anybody(chat: Chat) -> None:
    from bot.roster import RosterFault

    chat.roster.fault = RosterFault
    await chat.say("guests")
    assert await refusals(chat) == []


async def test_what_is_only_asked_wrongly_is_not_noted(chat: Chat) -> None:
    await chat.say("revoke nobody@fabrikam.example")
    await chat.say("claim WRONG")
    await chat.say(f"invite {GWEN} for 0 days")
    assert await refusals(chat) == []


async def test_without_a_database_the_answer_is_the_same(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    await chat.install(where=GROUP)
    told = (await chat.say("settings", "bob", GROUP)).words

    async def down(*_: Any, **__: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(chat.database, "write", down)
    assert (await chat.say("settings", "bob", GROUP)).words == told


async def test_nobody_learns_from_the_roster_without_the_right(chat: Chat) -> None:
    await chat.install(where=GROUP)
    asked = len(chat.roster.asked)
    heard = await chat.say("owners add", "bob", GROUP, entities=[mention("29:zoe", "Zoe")])
    assert "Please ask Alice Owner" in heard.words
    assert chat.roster.asked[asked:] == [(GROUP["id"], "29:bob")]


async def test_contradicting_tenants_stand_in_the_audit_of_those_that_are_served(chat: Chat) -> None:
    """C5"""
    raw = activity("message", "bob", text="help")
    for _ in range(5):
        await chat.bot.turned_away(raw, frozenset({TENANT, OTHER_TENANT}))
    await chat.bot.turned_away(raw, frozenset())
    assert await refusals(chat) == [
        (TENANT, BOB, {"code": "wrong_tenant"}),
        (OTHER_TENANT, BOB, {"code": "wrong_tenant"}),
    ]
