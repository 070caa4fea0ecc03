"""Clicks on the card about a feature that comes on by itself."""

from datetime import timedelta
from typing import Any

import pytest

from domain import notices, settings, switches
from domain.views import Claimed, Stage, Surface
from tests.bot.chat import ADMIN, START, TENANT, Chat

DESK: dict[str, Any] = {"id": "a:dora", "conversationType": "personal", "tenantId": TENANT}


@pytest.fixture
async def data(chat: Chat) -> dict[str, Any]:
    """What the buttons on Dora's card carry."""
    await chat.say("help", "dora", DESK)
    at = START + timedelta(days=20)
    await chat.database.write(settings.set_rollout, "email_passcode", Surface.CHAT, Stage.GA, at)
    row = Claimed("r", TENANT, switches.SWITCHES, TENANT, 1, 1, START)
    await chat.database.write(switches.announce, row)
    [notice] = await chat.database.read(notices.waiting, TENANT, switches.NOTICE)
    assert notice.person_id == ADMIN
    return {"notice": notice.notice_id}


async def test_blocking_asks_first_and_shows_who_could_no_longer_sign_in(chat: Chat, data: dict[str, Any]) -> None:
    asked = await chat.click("switch.ask", data, "dora", DESK)
    assert "0 guests could no longer sign in." in asked.words
    assert not await chat.rows("tenant_features")
    done = await chat.click("switch.block", data, "dora", DESK)
    assert "E-mail passcodes are blocked" in done.words
    [row] = await chat.rows("tenant_features")
    assert row["setting"] == "disabled"


async def test_turning_on_is_done_once_however_often_it_is_clicked(chat: Chat, data: dict[str, Any]) -> None:
    for _ in range(3):
        seen = await chat.click("switch.on", data, "dora", DESK)
        assert "E-mail passcodes were turned on" in seen.words
    assert [row["kind"] for row in await chat.rows("audit_events")].count("feature.set") == 1


async def test_a_reminder_is_confirmed_on_the_card(chat: Chat, data: dict[str, Any]) -> None:
    seen = await chat.click("switch.remind", data | {"when": "week"}, "dora", DESK)
    assert "You will be reminded on" in seen.words


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        ("switch.remind", {"when": "never"}),
        ("switch.remind", {}),
        ("switch.on", {"notice": "x" * 65_000}),
        ("switch.on", {"notice": ["a"]}),
        ("switch.block", {"notice": "somebody-elses"}),
    ],
)
async def test_what_no_card_of_ours_sends_does_nothing(
    verb: str, more: dict[str, Any], chat: Chat, data: dict[str, Any]
) -> None:
    seen = await chat.click(verb, data | more, "dora", DESK)
    assert "I do not know this" in seen.words
    assert not await chat.rows("tenant_features")


async def test_whoever_is_no_admin_cannot_use_the_card(chat: Chat, data: dict[str, Any]) -> None:
    seen = await chat.click("switch.on", data, "alice")
    assert "Only an admin can do this." in seen.words
    assert not await chat.rows("tenant_features")
