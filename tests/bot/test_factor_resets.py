"""Resets of second factors, asked for and decided in the chat."""

from typing import Any

import pytest
from sqlalchemy import text

from cards.posting import message
from domain import delivery, factor_resets, postings, redemption, showing
from domain.work import Work
from tests.bot.chat import GROUP, TENANT, Chat, Clock

GWEN = "gwen@fabrikam.example"


@pytest.fixture
async def group(chat: Chat) -> Chat:
    """Alice's group chat, where Gwen is a guest with a second factor."""
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    (invitation,) = await chat.rows("invitations")

    def comes_in(work: Work) -> None:
        row = showing.by_id(work, TENANT, invitation["invitation_id"])
        guest = redemption.redeemed(work, row, "en").guest_id
        work.run(
            text(
                "INSERT INTO factors (factor_id, tenant_id, guest_id, kind, last_step, sign_count, created_at,"
                " confirmed_at, session_id) VALUES ('f', :tenant, :guest, 'app', 0, 0, '2026-01-01', '2026-01-01', '')"
            ),
            {"tenant": TENANT, "guest": guest},
        )

    await chat.database.write(comes_in)
    return chat


async def posted(chat: Chat) -> dict[str, Any]:
    """The request's card as it stands in the chat: the outbox posts and edits what is due."""
    for row in await chat.database.write(delivery.claim, "card", None, "w", 9, 60):
        post = await chat.database.read(postings.card, row)
        if row.kind == "request":
            card = message(post)["attachments"][0]["content"]
        if post.activity_id is None:
            await chat.database.write(postings.creating, row, "w")
            await chat.database.write(postings.posted, row, "w", f"card of {row.subject_id}")
        else:
            await chat.database.write(postings.told, row, "w")
    return card


async def asked(chat: Chat, who: str = "alice") -> dict[str, Any]:
    assert (await chat.say(f"mfa reset {GWEN}", who, GROUP)).quiet, "the card is the answer"
    return await posted(chat)


def buttons(card: dict[str, Any]) -> dict[str, Any]:
    return {each["verb"]: each["data"] for each in card.get("actions", ())}


async def test_an_owner_asks_and_an_admin_confirms_with_a_click(group: Chat) -> None:
    card = await asked(group)
    assert set(buttons(card)) == {"mfa.confirm", "mfa.deny"}
    assert GWEN not in str(card)
    assert "gw***@fabrikam.example" in str(card)
    refused = await group.click("mfa.confirm", buttons(card)["mfa.confirm"], where=GROUP)
    assert "Only an admin can do this." in refused.words
    assert await group.rows("factors")
    done = await group.click("mfa.confirm", buttons(card)["mfa.confirm"], "dora", GROUP)
    assert "Confirmed by Dora Admin" in done.words
    assert not buttons(done.body["value"])
    assert not await group.rows("factors")


async def test_a_stale_click_shows_what_was_decided_and_does_nothing(group: Chat) -> None:
    card = await asked(group)
    await group.click("mfa.deny", buttons(card)["mfa.deny"], "dora", GROUP)
    stale = await group.click("mfa.confirm", buttons(card)["mfa.confirm"], "dora", GROUP)
    assert "Denied by Dora Admin" in stale.words
    assert await group.rows("factors")


async def test_an_admin_who_asked_is_told_that_another_one_has_to_confirm(group: Chat) -> None:
    card = await asked(group, "dora")
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


async def test_a_card_follows_what_is_decided_elsewhere(group: Chat, clock: Clock) -> None:
    await asked(group)
    (card,) = (await group.say("mfa requests", "dora")).cards
    await group.click("mfa.deny", buttons(card)["mfa.deny"], "dora")
    clock.forward(seconds=3)
    card = await posted(group)
    assert "Denied by Dora Admin" in str(card)
    assert not buttons(card)


async def test_a_card_follows_when_nobody_decides_in_time(group: Chat, clock: Clock) -> None:
    await asked(group)
    clock.now += factor_resets.LIFE
    card = await posted(group)
    assert "Nobody confirmed it in time" in str(card)
    assert not buttons(card)


async def test_asking_again_shows_the_request_that_waits(group: Chat) -> None:
    await asked(group)
    heard = await group.say(f"mfa reset {GWEN}", where=GROUP)
    assert set(buttons(heard.cards[0])) == {"mfa.confirm", "mfa.deny"}
    assert len(await group.rows("requests")) == 1


async def test_a_click_tells_where_a_lost_card_stands(group: Chat) -> None:
    await group.say(f"mfa reset {GWEN}", where=GROUP)
    rows = await group.database.write(delivery.claim, "card", None, "w", 9, 60)
    (row,) = [each for each in rows if each.kind == "request"]
    await group.database.write(postings.creating, row, "w")
    await group.database.write(delivery.dropped, row, "w")
    await group.click("mfa.deny", {"request": row.subject_id}, "dora", GROUP, replyToId="m-7")
    assert (await group.rows("requests"))[0]["activity_id"] == "m-7"


async def test_where_there_is_nothing_to_reset_a_sentence_says_so(group: Chat) -> None:
    heard = await group.say("mfa reset nobody@fabrikam.example")
    assert "no guest nobody@fabrikam.example in this chat who has a second factor" in heard.words
    assert not await group.rows("requests")


@pytest.mark.parametrize("data", [{}, {"request": ""}, {"request": 1}, {"request": "a b"}, {"request": "x" * 65}])
async def test_a_made_up_click_does_nothing(group: Chat, data: dict[str, Any]) -> None:
    await group.say(f"mfa reset {GWEN}", where=GROUP)
    await group.click("mfa.confirm", data, "dora", GROUP)
    assert await group.rows("factors")
