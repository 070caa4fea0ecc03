"""A card whose posting had no clear end: the next click tells where it stands (I3)."""

from typing import Any

import pytest

from domain import delivery, postings
from domain.views import Claimed
from tests.bot.chat import GROUP, PERSONAL, Chat, Clock

GWEN = "gwen@fabrikam.example"
WHERE = {"where": GROUP}


@pytest.fixture
async def lost(chat: Chat, clock: Clock) -> dict[str, Any]:
    """A button of an invitation whose card was posted, nobody knows with what end. Alice owns the group chat."""
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    await settled(chat, ambiguous=True)
    clock.forward(seconds=61)
    row = (await chat.rows("invitations"))[0]
    return {"invitation": row["invitation_id"], "version": row["version"]}


async def settled(chat: Chat, *, ambiguous: bool) -> Claimed:
    [row] = await chat.database.write(delivery.claim, "card", None, "worker", 5, 60)
    assert await chat.database.write(postings.creating, row, "worker")
    if ambiguous:
        await chat.database.write(delivery.dropped, row, "worker")
    else:
        await chat.database.write(postings.posted, row, "worker", "the-card")
    return row


async def stands(chat: Chat) -> str | None:
    return (await chat.rows("cards"))[0]["activity_id"]


async def due(chat: Chat, clock: Clock) -> Any:
    """The card's next delivery: where to."""
    clock.forward(seconds=5)
    [row] = await chat.database.write(delivery.claim, "card", None, "worker", 5, 60)
    return (await chat.database.read(postings.card, row)).activity_id


async def test_a_click_tells_where_the_card_stands(chat: Chat, clock: Clock, lost: dict[str, Any]) -> None:
    assert await stands(chat) is None
    await chat.click("invitation.extend", lost, replyToId="m-1", **WHERE)
    assert await stands(chat) == "m-1"
    assert await due(chat, clock) == "m-1", "edits go there"


async def test_an_old_button_tells_it_too(chat: Chat, clock: Clock, lost: dict[str, Any]) -> None:
    """What is shown there is old, so it is to be edited."""
    await chat.say(f"extend {GWEN}", where=GROUP)
    heard = await chat.click("invitation.revoke", lost, replyToId="m-1", **WHERE)
    assert heard.body["type"].endswith("card.adaptive")
    assert (await chat.rows("invitations"))[0]["revoked_at"] is None
    assert (await stands(chat), await due(chat, clock)) == ("m-1", "m-1")


async def test_a_card_whose_place_is_known_stays_there(chat: Chat, clock: Clock) -> None:
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    await settled(chat, ambiguous=False)
    row = (await chat.rows("invitations"))[0]
    data = {"invitation": row["invitation_id"], "version": row["version"]}
    await chat.click("invitation.extend", data, replyToId="another", **WHERE)
    assert await stands(chat) == "the-card"


async def test_a_card_that_was_not_posted_yet_is_not_found(chat: Chat, clock: Clock) -> None:
    """The outbox posts it: what was clicked is the reply to `status`."""
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    row = (await chat.rows("invitations"))[0]
    data = {"invitation": row["invitation_id"], "version": row["version"]}
    await chat.click("invitation.extend", data, replyToId="m-1", **WHERE)
    assert await stands(chat) is None


@pytest.mark.parametrize("named", [{}, {"replyToId": ""}, {"replyToId": "m" * 600}])
async def test_a_click_that_names_no_message_changes_nothing(
    chat: Chat, lost: dict[str, Any], named: dict[str, Any]
) -> None:
    await chat.click("invitation.extend", lost, **named, **WHERE)
    assert await stands(chat) is None


async def test_who_may_not_click_tells_nothing(chat: Chat, lost: dict[str, Any]) -> None:
    await chat.click("invitation.extend", lost, "bob", replyToId="m-1", **WHERE)
    assert await stands(chat) is None


@pytest.mark.parametrize("where", [PERSONAL, GROUP | {"id": "19:other@thread.v2"}], ids=["personal", "other group"])
async def test_another_conversation_tells_nothing(chat: Chat, lost: dict[str, Any], where: dict[str, Any]) -> None:
    await chat.install(where=where)
    for verb in ("invitation.extend", "invitation.revoke"):
        await chat.click(verb, lost, replyToId="m-1", where=where)
        await chat.click(verb, lost, "dora", replyToId="m-1", where=where)
    assert await stands(chat) is None


async def test_another_thread_of_the_channel_tells_nothing(chat: Chat, lost: dict[str, Any]) -> None:
    await chat.click("invitation.extend", lost, replyToId="m-1", where=GROUP | {"id": GROUP["id"] + ";messageid=9"})
    assert await stands(chat) is None


async def test_the_same_click_again_tells_nothing_new(chat: Chat, clock: Clock, lost: dict[str, Any]) -> None:
    await chat.click("invitation.extend", lost, replyToId="m-1", **WHERE)
    await chat.click("invitation.extend", lost, replyToId="m-2", **WHERE)
    assert await stands(chat) == "m-1"
