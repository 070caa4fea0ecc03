"""Clicks on cards that the bot posted by itself: through the real handler, to the card's new state."""

from typing import Any

import pytest

from cards.posting import message
from domain import delivery, due, policy_changes, postings, redemption, showing
from domain.policies import Policy
from domain.work import Work
from outbox.due_channel import ACTS
from tests.bot.chat import GROUP, PERSONAL, TENANT, Chat, Clock

GWEN = "gwen@fabrikam.example"


@pytest.fixture
async def guest(chat: Chat) -> Chat:
    """Gwen is a guest of Alice's group chat for 30 days, and Alice talks with the bot alone, too."""
    await chat.install(where=GROUP)
    await chat.say("help", where=PERSONAL)
    await chat.say(f"invite {GWEN} for 30 days", where=GROUP)
    (invitation,) = await chat.rows("invitations")

    def comes_in(work: Work) -> None:
        redemption.redeemed(work, showing.by_id(work, TENANT, invitation["invitation_id"]), "en")

    await chat.database.write(comes_in)
    return chat


async def lives(chat: Chat, clock: Clock, days: int) -> list[dict[str, Any]]:
    """Days go by; gives the notices' cards that are posted then."""
    for _ in range(days):
        clock.forward(days=1)
        for row in await chat.database.write(delivery.claim, "due", None, "worker", 100, 60):
            await chat.database.write(due.done, row, "worker", ACTS[row.kind])
    shown: list[dict[str, Any]] = []
    for row in await chat.database.write(delivery.claim, "card", None, "worker", 100, 60):
        post = await chat.database.read(postings.card, row)
        if row.kind == delivery.NOTICE:
            shown.append(message(post)["attachments"][0]["content"])
        await chat.database.write(postings.creating, row, "worker")
        await chat.database.write(postings.posted, row, "worker", f"m-{row.row_id}")
    return shown


def buttons(part: Any) -> dict[str, Any]:
    """Every button of a card by its verb."""
    if isinstance(part, list):
        return {verb: data for each in part for verb, data in buttons(each).items()}
    if not isinstance(part, dict):
        return {}
    own = {part["verb"]: part["data"]} if part.get("type") == "Action.Execute" else {}
    return own | buttons(list(part.values()))


async def test_one_click_extends_and_the_card_says_who_did(guest: Chat, clock: Clock) -> None:
    [card] = await lives(guest, clock, 23)
    click = buttons(card)["access.extend"]
    heard = await guest.click("access.extend", click)
    assert "Extended by Alice Owner until" in heard.words
    assert not buttons(heard.body["value"])
    ends = [row["ends_at"] for row in await guest.rows("memberships")]
    again = await guest.click("access.extend", click)
    assert "Extended by Alice Owner until" in again.words
    assert [row["ends_at"] for row in await guest.rows("memberships")] == ends


async def test_let_it_end_closes_the_card(guest: Chat, clock: Clock) -> None:
    [card] = await lives(guest, clock, 23)
    heard = await guest.click("access.let_end", buttons(card)["access.let_end"])
    assert "Alice Owner lets it end on" in heard.words
    assert not buttons(heard.body["value"])


@pytest.mark.parametrize("verb", ["access.extend", "access.let_end"])
async def test_somebody_else_gets_the_sentence_that_an_unknown_card_gets(guest: Chat, clock: Clock, verb: str) -> None:
    [card] = await lives(guest, clock, 23)
    theirs = {**PERSONAL, "id": "a:bob"}
    before = await guest.rows("memberships")
    refused = await guest.click(verb, buttons(card)[verb], "bob", theirs)
    unknown = await guest.click(verb, {"notice": "unknown"}, "bob", theirs)
    assert refused.body == unknown.body
    assert "not for you to answer" in refused.words
    assert await guest.rows("memberships") == before


async def test_guests_are_kept_and_ended_on_the_card_that_asks(guest: Chat, clock: Clock) -> None:
    await guest.database.write(
        policy_changes.change, TENANT, "dora", lambda _: Policy(attestation_days=10, grace_days=5)
    )
    [card] = await lives(guest, clock, 12)
    found = buttons(card)
    assert {"review.keep", "review.end"} <= set(found)
    for junk in ({}, {"notice": 3}, {"notice": found["review.keep"]["notice"], "guest": "x y"}):
        assert not buttons((await guest.click("review.keep", junk)).body["value"])
    turned = await guest.click("review.page", found["review.keep"] | {"page": 10**9})
    assert set(buttons(turned.body["value"])) == {"review.keep", "review.end"}
    ended = await guest.click("review.end", found["review.end"])
    assert "Ended by Alice Owner" in ended.words
    assert [row["end_reason"] for row in await guest.rows("memberships")] == ["removed"]
    late = await guest.click("review.keep", found["review.keep"])
    assert "Ended by Alice Owner" in late.words
