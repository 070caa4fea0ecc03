"""Resets of second factors, asked for and decided in the chat."""

from typing import Any

import pytest
from sqlalchemy import text

from domain import redemption, showing
from domain.work import Work
from tests.bot.chat import GROUP, TENANT, Chat

GWEN = "gwen@fabrikam.example"


@pytest.fixture
async def group(chat: Chat) -> Chat:
    """Alice's group chat, where Gwen is a guest with a second factor."""
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    (invitation,) = await chat.rows("invitations")

    def comes_in(work: Work) -> None:
        row = showing.by_id(work, TENANT, invitation["invitation_id"])
        guest = redemption.redeemed(work, row, "en")
        work.run(
            text(
                "INSERT INTO factors (factor_id, tenant_id, guest_id, kind, last_step, sign_count, created_at,"
                " confirmed_at, session_id) VALUES ('f', :tenant, :guest, 'app', 0, 0, '2026-01-01', '2026-01-01', '')"
            ),
            {"tenant": TENANT, "guest": guest},
        )

    await chat.database.write(comes_in)
    return chat


def buttons(card: dict[str, Any]) -> dict[str, Any]:
    return {each["verb"]: each["data"] for each in card.get("actions", ())}


async def test_an_owner_asks_and_an_admin_confirms_with_a_click(group: Chat) -> None:
    heard = await group.say(f"mfa reset {GWEN}", where=GROUP)
    (card,) = heard.cards
    assert set(buttons(card)) == {"mfa.confirm", "mfa.deny"}
    assert GWEN not in heard.words
    assert "gw***@fabrikam.example" in heard.words
    refused = await group.click("mfa.confirm", buttons(card)["mfa.confirm"], where=GROUP)
    assert "Only an admin can do this." in refused.words
    assert await group.rows("factors")
    done = await group.click("mfa.confirm", buttons(card)["mfa.confirm"], "dora", GROUP)
    assert "Confirmed by Dora Admin" in done.words
    assert not buttons(done.body["value"])
    assert not await group.rows("factors")


async def test_a_stale_click_shows_what_was_decided_and_does_nothing(group: Chat) -> None:
    (card,) = (await group.say(f"mfa reset {GWEN}", where=GROUP)).cards
    await group.click("mfa.deny", buttons(card)["mfa.deny"], "dora", GROUP)
    stale = await group.click("mfa.confirm", buttons(card)["mfa.confirm"], "dora", GROUP)
    assert "Denied by Dora Admin" in stale.words
    assert await group.rows("factors")


async def test_an_admin_who_asked_is_told_that_another_one_has_to_confirm(group: Chat) -> None:
    (card,) = (await group.say(f"mfa reset {GWEN}", "dora", GROUP)).cards
    heard = await group.click("mfa.confirm", buttons(card)["mfa.confirm"], "dora", GROUP)
    assert "another admin has to confirm it" in heard.words
    assert await group.rows("factors")


async def test_an_admin_sees_what_waits_and_decides_there(group: Chat) -> None:
    assert "No request waits" in (await group.say("mfa requests", "dora")).words
    await group.say(f"mfa reset {GWEN}", where=GROUP)
    listed = await group.say("mfa requests", "dora")
    (card,) = listed.cards
    assert GWEN in listed.words
    assert "Project Falcon" in listed.words
    await group.click("mfa.confirm", buttons(card)["mfa.confirm"], "dora")
    assert not await group.rows("factors")


async def test_where_there_is_nothing_to_reset_a_sentence_says_so(group: Chat) -> None:
    heard = await group.say("mfa reset nobody@fabrikam.example")
    assert "no guest nobody@fabrikam.example in this chat who has a second factor" in heard.words
    assert not await group.rows("requests")


@pytest.mark.parametrize("data", [{}, {"request": ""}, {"request": 1}, {"request": "a b"}, {"request": "x" * 65}])
async def test_a_made_up_click_does_nothing(group: Chat, data: dict[str, Any]) -> None:
    await group.say(f"mfa reset {GWEN}", where=GROUP)
    await group.click("mfa.confirm", data, "dora", GROUP)
    assert await group.rows("factors")
