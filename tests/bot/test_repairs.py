"""Requests, languages and mailboxes, as owners handle them in the chat."""

from typing import Any

import pytest
from sqlalchemy import text

from bot.clicks import clicked
from bot.commands import Decide, Language, Move, Need, Unclear
from bot.phrases import understand
from domain import delivery, postings, redemption, requests
from domain.request_views import Decision
from tests.bot.chat import GROUP, TEAM, Chat, Clock

GWEN, PETRA = "gwen@fabrikam.example", "petra@northwind.example"
NEW = "gwen@northwind.example"
CARD = "application/vnd.microsoft.card.adaptive"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (f"language {GWEN} de", Language(GWEN, "de")),
        (f"Language {GWEN} English.", Language(GWEN, "en")),
        (f"sprache {GWEN} deutsch", Language(GWEN, "de")),
        (f"sprache Gwen <{GWEN}> auf deutsch", Language(GWEN, "de")),
        (f"move {GWEN} to {NEW}", Move(GWEN, NEW)),
        (f"umziehen {GWEN} nach {NEW}", Move(GWEN, NEW)),
        (f"move <mailto:{GWEN}|{GWEN}> → Gwen <{NEW}>", Move(GWEN, NEW)),
        (f"move {GWEN} {NEW}", Move(GWEN, NEW)),
        ("move", Unclear("move", Need.TWO_ADDRESSES)),
        (f"move {GWEN}", Unclear("move", Need.TWO_ADDRESSES)),
        (f"move {GWEN} to {NEW}, {PETRA}", Unclear("move", Need.TWO_ADDRESSES)),
        (f"language {GWEN} fr", Unclear("language", Need.LANGUAGE)),
        (f"language {GWEN}", Unclear("language", Need.LANGUAGE)),
        ("language de", None),
    ],
)
def test_each_command_is_understood(text: str, command: object) -> None:
    found = understand(text)
    assert found == command or (command is None and isinstance(found, Unclear))


@pytest.mark.parametrize("data", [{}, {"request": 7}, {"request": "a b"}, {"request": "x" * 65}, {"request": None}])
def test_a_made_up_request_is_no_request(data: dict[str, Any]) -> None:
    assert clicked("request.invite", data) == Unclear("", Need.BUTTON)


def test_a_button_names_the_request_and_the_word() -> None:
    assert clicked("request.dismiss", {"request": "abc"}) == Decide("abc", Decision.DISMISSED)


async def asked(chat: Chat, where: dict[str, Any] | None = None) -> dict[str, Any]:
    """Somebody holds Gwen's link, and asks. The request's row."""
    await chat.say(f"invite {GWEN}", where=where)
    (row,) = await chat.rows("links")
    held = (row["tenant_id"], row["invitation_id"], row["token_hash"])
    await chat.database.write(requests.ask, *held, PETRA, "a friend", client="c")
    return (await chat.rows("requests"))[0]


async def posted(chat: Chat) -> Any:
    """What the outbox posts of a request."""
    from cards.posting import message

    rows = await chat.database.write(delivery.claim, "card", None, "worker", 10, 60)
    (row,) = [each for each in rows if each.kind == "request"]
    return message(await chat.database.read(postings.card, row))


async def test_the_owner_invites_by_a_click_and_the_card_shows_the_outcome(chat: Chat) -> None:
    row = await asked(chat)
    answer = await chat.click("request.invite", {"request": row["request_id"]})
    assert answer.body["type"] == CARD
    assert "Invited by Alice Owner" in str(answer.body)
    assert "request.invite" not in str(answer.body)
    assert {each["address"] for each in await chat.rows("invitations")} == {GWEN, PETRA}


async def test_a_repeated_click_has_one_effect(chat: Chat) -> None:
    row = await asked(chat)
    for _ in range(3):
        answer = await chat.click("request.invite", {"request": row["request_id"]})
        assert "Invited by Alice Owner" in str(answer.body)
    assert len(await chat.rows("invitations")) == 2
    assert [each["kind"] for each in await chat.rows("audit_events")].count("request.decided") == 1


async def test_dismissing_leaves_everything_else_as_it_is(chat: Chat) -> None:
    row = await asked(chat)
    answer = await chat.click("request.dismiss", {"request": row["request_id"]})
    assert "Dismissed by Alice Owner" in str(answer.body)
    assert len(await chat.rows("invitations")) == 1


@pytest.mark.parametrize("where", [GROUP, TEAM])
async def test_who_owns_nothing_here_is_told_whom_to_ask(chat: Chat, where: dict[str, Any]) -> None:
    await chat.install(where=where)
    row = await asked(chat, where)
    for verb in ("request.invite", "request.dismiss"):
        answer = await chat.click(verb, {"request": row["request_id"]}, "bob", where)
        assert "Alice Owner" in str(answer.body)
    assert (await chat.rows("requests"))[0]["decided_at"] is None
    assert len(await chat.rows("invitations")) == 1


async def test_a_request_of_another_workspace_is_unknown(chat: Chat) -> None:
    await chat.install(where=GROUP)
    row = await asked(chat, GROUP)
    answer = await chat.click("request.invite", {"request": row["request_id"]})
    assert "do not know this request" in str(answer.body)


async def test_addresses_are_masked_where_others_read(chat: Chat) -> None:
    """D7"""
    await chat.install(where=GROUP)
    await asked(chat, GROUP)
    shown = str(await posted(chat))
    assert "pe***@northwind.example" in shown
    assert PETRA not in shown
    assert GWEN not in shown


async def test_in_a_personal_chat_the_address_is_whole(chat: Chat) -> None:
    await asked(chat)
    shown = str(await posted(chat))
    assert PETRA in shown
    assert "a friend" in shown


async def test_a_channel_without_cards_gets_words(chat: Chat) -> None:
    await asked(chat)
    await chat.database.write(lambda work: work.run(text("UPDATE requests SET channel_id = 'sms'")))
    assert f"invite {PETRA}" in (await posted(chat))["text"]


async def test_the_language_of_mails_is_changed(chat: Chat) -> None:
    await chat.say(f"invite {GWEN}")
    assert "gets mails in German now" in (await chat.say(f"language {GWEN} de")).words
    assert (await chat.rows("invitations"))[0]["language"] == "de"


async def test_moving_an_open_invitation_corrects_it(chat: Chat) -> None:
    await chat.say(f"invite {GWEN}")
    assert f"A new mail is on its way to {NEW}." in (await chat.say(f"move {GWEN} to {NEW}")).words


async def test_moving_a_guest_says_what_that_means(chat: Chat, clock: Clock) -> None:
    await chat.say(f"invite {GWEN}")
    row = (await chat.rows("invitations"))[0]

    def comes_in(work: Any) -> None:
        from domain import showing

        redemption.redeemed(work, showing.by_id(work, row["tenant_id"], row["invitation_id"]), "en")

    await chat.database.write(comes_in)
    clock.forward(minutes=2)
    said = (await chat.say(f"move {GWEN} to {NEW}")).words
    assert f"{GWEN} is {NEW} from now on" in said
    assert (await chat.rows("guests"))[0]["address"] == NEW
    assert "never invited into this chat, or has another address by now" in (await chat.say(f"status {GWEN}")).words


async def test_members_move_nobody(chat: Chat) -> None:
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    for said in (f"move {GWEN} to {NEW}", f"language {GWEN} de"):
        assert "Alice Owner" in (await chat.say(said, "bob", GROUP)).words
    assert (await chat.rows("invitations"))[0]["address"] == GWEN
