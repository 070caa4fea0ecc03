"""The invite form in a card and in a dialog, the action on a message, the search: each answered in its own shape."""

import json
from typing import Any

import pytest

from bot import form_clicks
from bot.roster import NotInRoster, RosterFault
from bot.turn import CARD_TYPE as CARD
from cards import fallback_text
from tests.bot.chat import GROUP, PEOPLE, PERSONAL, TEAM, Chat, Clock, Heard, Roster, activity
from tests.cards.reading import parts

GWEN = "gwen@fabrikam.example"
BOB = PEOPLE["bob"][0]


async def invoked(chat: Chat, name: str, value: Any, who: str = "alice", where: Any = None, **more: Any) -> Heard:
    return await chat.hear(activity("invoke", who, where, name=name, value=value, **more))


async def sent(chat: Chat, who: str = "alice", where: Any = None, verb: str = "invite.form", **data: Any) -> Heard:
    return await invoked(chat, "task/submit", {"data": {"verb": verb, **data}}, who, where)


def dialog(heard: Heard) -> dict[str, Any]:
    """The card in a dialog."""
    task = heard.body["task"]
    assert task["type"] == "continue", task
    assert task["value"]["card"]["contentType"].endswith("adaptive")
    return task["value"]["card"]["content"]


def values(card: dict[str, Any]) -> dict[str, Any]:
    return {part["id"]: part.get("value") for part in parts(card) if str(part.get("type", "")).startswith("Input.")}


def buttons(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["title"]: one for one in parts(card) if str(one.get("type", "")).startswith("Action.")}


async def invitations(chat: Chat) -> list[dict[str, Any]]:
    return await chat.rows("invitations")


async def test_in_teams_invite_alone_offers_a_dialog_and_the_whole_form_folded_in(chat: Chat) -> None:
    (card,) = (await chat.say("invite")).cards
    found = buttons(card)
    assert found["Open the form"]["data"] == {"msteams": {"type": "task/fetch"}, "verb": "invite.open"}
    assert set(values(card)) == {"addresses", "days", "name", "language", "until", "sponsors", "message"}
    (people,) = (one for one in parts(card) if one.get("id") == "sponsors")
    assert people["choices.data"]["dataset"] == "graph.microsoft.com/users"
    await chat.install(where=TEAM)
    (card,) = (await chat.say("invite", where=TEAM)).cards
    (people,) = (one for one in parts(card) if one.get("id") == "sponsors")
    assert people["choices.data"]["dataset"] == "graph.microsoft.com/users?scope=currentContext"


async def test_elsewhere_there_is_no_dialog_and_owners_are_the_choice_of_sponsors(chat: Chat) -> None:
    await chat.hear(activity("installationUpdate", where=GROUP, action="add", channelId="emulator"))
    (card,) = (await chat.say("invite", where=GROUP, channelId="emulator")).cards
    assert "Open the form" not in buttons(card)
    (people,) = (one for one in parts(card) if one.get("id") == "sponsors")
    assert people["choices"] == [{"title": "Alice Owner", "value": PEOPLE["alice"][0]}]


async def test_the_button_opens_a_dialog_whose_buttons_a_dialog_can_send(chat: Chat) -> None:
    opened = await invoked(chat, "task/fetch", {"data": {"msteams": {"type": "task/fetch"}, "verb": "invite.open"}})
    card = dialog(opened)
    assert {one["type"] for one in buttons(card).values()} == {"Action.Submit"}
    assert buttons(card)["Invite"]["data"] == {"verb": "invite.form"}
    assert await chat.rows("received") == []


async def test_who_may_not_invite_gets_a_sentence_in_the_dialog(chat: Chat) -> None:
    await chat.install(where=TEAM)
    opened = await invoked(chat, "task/fetch", {"data": {"verb": "invite.open"}}, "bob", TEAM)
    assert "Please ask Alice Owner" in opened.body["task"]["value"]
    assert opened.body["task"]["type"] == "message"
    heard = await sent(chat, "bob", TEAM, addresses=GWEN)
    assert heard.body["task"]["type"] == "message"
    assert await invitations(chat) == []


async def test_a_form_that_is_right_closes_with_a_sentence_and_invites_once(chat: Chat) -> None:
    given = {"addresses": GWEN, "name": "Gwen", "language": "de", "days": 7, "until": "", "message": "Hello\nGwen"}
    first = await sent(chat, **given)
    assert first.body["task"] == {
        "type": "message",
        "value": "1 guest invited. A card in the chat shows how far it has come.",
    }
    (row,) = await invitations(chat)
    assert (row["name"], row["language"], row["access_days"], row["message"]) == ("Gwen", "de", 7, "Hello\nGwen")
    again = await sent(chat, **given)
    assert GWEN in fallback_text(dialog(again))
    assert len(await invitations(chat)) == 1


async def test_the_same_submission_again_gets_the_same_answer(chat: Chat) -> None:
    raw = activity("invoke", name="task/submit", value={"data": {"verb": "invite.form", "addresses": GWEN}})
    first, second = await chat.hear(raw), await chat.hear(raw)
    assert first.bodies == second.bodies
    assert len(await invitations(chat)) == 1


async def test_faults_are_told_beside_their_fields_and_nothing_typed_is_lost(chat: Chat) -> None:
    given = {
        "addresses": f"{GWEN}, foo@",
        "name": "Gwen www.evil.example",
        "language": "de",
        "days": 30,
        "until": "2026-11-01",
        "sponsors": "nobody-1,nobody-2",
        "message": "x" * 501,
    }
    card = dialog(await sent(chat, **given))
    assert values(card) == given
    body = card["body"]
    for field, words in {
        "addresses": "not an e-mail address",
        "name": "looks like a link",
        "until": "over already",
        "sponsors": "do not know all",
        "message": "at most 500",
    }.items():
        at = next(n for n, one in enumerate(body) if one.get("id") == field)
        assert words in json.dumps(body[at + 1]), field
    assert await invitations(chat) == []


async def test_what_the_policy_or_a_limit_forbids_is_told_above_the_form_as_it_was(chat: Chat) -> None:
    for number in range(6):
        many = ", ".join(f"g{number}x{n}@fabrikam.example" for n in range(10))
        await chat.say(f"invite {many}")
    card = dialog(await sent(chat, addresses=GWEN, message="Hello"))
    assert values(card)["addresses"] == GWEN
    assert values(card)["message"] == "Hello"
    assert "used up your invitations" in fallback_text(card)


async def test_a_mistyped_domain_keeps_the_form_and_can_be_meant(chat: Chat) -> None:
    card = dialog(await sent(chat, addresses="gwen@gmial.com", message="Hello"))
    assert "Did you mean gmail" in fallback_text(card)
    assert values(card)["message"] == "Hello"
    sure = buttons(card)["Invite it as written"]["data"]
    heard = await sent(chat, **sure)
    assert heard.body["task"]["type"] == "message"
    (row,) = await invitations(chat)
    assert (row["address"], row["message"]) == ("gwen@gmial.com", "Hello")


async def test_the_inline_form_takes_wishes_too_and_names_faults(chat: Chat) -> None:
    heard = await chat.click("invite.form", {"addresses": GWEN, "days": 7, "message": "see evil.example"})
    assert heard.body["type"] == CARD
    assert "looks like a link" in fallback_text(heard.body["value"])
    assert values(heard.body["value"])["message"] == "see evil.example"
    heard = await chat.click("invite.form", {"addresses": GWEN, "days": 7, "language": "known", "name": "Gwen"})
    assert heard.body["type"] == CARD
    assert [row["name"] for row in await invitations(chat)] == ["Gwen"]


async def test_sponsors_are_people_whom_the_roster_knows_and_never_guests(chat: Chat, roster: Roster) -> None:
    await chat.install(where=TEAM)
    roster.roles |= {BOB: "user", PEOPLE["greta"][0]: "guest"}
    card = dialog(await sent(chat, where=TEAM, addresses=GWEN, sponsors=PEOPLE["greta"][0]))
    assert "do not know all" in fallback_text(card)
    heard = await sent(chat, where=TEAM, addresses=GWEN, sponsors=BOB.upper())
    assert heard.body["task"]["type"] == "message"
    assert [row["person_id"] for row in await chat.rows("sponsors")] == [BOB]


@pytest.mark.parametrize(
    "data",
    [
        {"addresses": 7},
        {"addresses": GWEN, "name": ["x"]},
        {"addresses": GWEN, "message": {"a": 1}},
        {"addresses": GWEN, "message": "x" * 5000},
        {"addresses": GWEN, "language": "fr"},
        {"addresses": GWEN, "sponsors": "'; DROP TABLE people"},
        {"addresses": GWEN, "sponsors": ["a"]},
        {"addresses": GWEN, "until": "x" * 100},
        {"addresses": "x" * 60_001},
        {"verb": "invite.confirm", "draft": "unknown"},
        {"verb": "x" * 100},
        {"verb": None},
    ],
)
async def test_what_no_form_sends_is_answered_in_the_shape_of_a_dialog(chat: Chat, data: dict[str, Any]) -> None:
    heard = await invoked(chat, "task/submit", {"data": {"verb": "invite.form", **data}})
    assert heard.body["task"]["type"] == "message"
    assert heard.body["task"]["value"]
    assert await invitations(chat) == []


# the action on a message


def message(content: str, user_id: str = BOB, name: str = "Bob Member") -> dict[str, Any]:
    return {
        "commandId": "inviteFromMessage",
        "commandContext": "message",
        "messagePayload": {
            "id": "1",
            "body": {"contentType": "html", "content": content},
            "from": {"user": {"id": user_id, "displayName": name, "userIdentityType": "aadUser"}},
        },
    }


async def test_the_action_on_a_message_prefills_the_form_with_its_addresses(chat: Chat) -> None:
    await chat.install(where=TEAM)
    said = f'<p>Write to <a href="mailto:{GWEN}">Gwen</a>, or petra@northwind.example.</p>'
    card = dialog(await invoked(chat, "composeExtension/fetchTask", message(said), where=TEAM))
    assert values(card)["addresses"] == f"{GWEN}\npetra@northwind.example"
    submitted = {"commandId": "inviteFromMessage", "data": {"verb": "invite.form", "addresses": GWEN}}
    heard = await invoked(chat, "composeExtension/submitAction", submitted, where=TEAM)
    assert heard.body["task"]["type"] == "message"
    assert len(await invitations(chat)) == 1


async def test_an_author_from_outside_is_suggested_too(chat: Chat, roster: Roster) -> None:
    await chat.install(where=TEAM)
    greta = PEOPLE["greta"][0]
    roster.roles[greta] = "guest"
    card = dialog(await invoked(chat, "composeExtension/fetchTask", message("Hi", greta, "Greta Guest"), where=TEAM))
    assert values(card)["addresses"].endswith("@contoso.example")
    assert values(card)["name"] == "Greta Guest"
    card = dialog(await invoked(chat, "composeExtension/fetchTask", message("Hi"), where=TEAM))
    assert values(card)["addresses"] is None


async def test_where_the_bot_is_not_it_says_so_and_makes_no_workspace(chat: Chat, roster: Roster) -> None:
    roster.fault = RosterFault
    two = {**PERSONAL, "id": "19:two@unq.gbl.spaces"}
    heard = await invoked(chat, "composeExtension/fetchTask", message(GWEN), where=two)
    assert "I am not in this chat" in heard.body["task"]["value"]
    assert await chat.rows("workspaces") == []


# the search


async def searched(chat: Chat, words: str, who: str = "alice", where: Any = None) -> Heard:
    value = {"commandId": "findGuest", "parameters": [{"name": "guest", "value": words}]}
    return await invoked(chat, "composeExtension/query", value, who, where)


async def test_the_search_finds_by_beginning_and_masks_outside_of_the_own_chat(chat: Chat, roster: Roster) -> None:
    await chat.say(f"invite {GWEN}")
    found = (await searched(chat, "gwe")).body["composeExtension"]
    assert (found["type"], found["attachmentLayout"]) == ("result", "list")
    (one,) = found["attachments"]
    assert one["preview"]["content"]["title"] == GWEN
    assert not buttons(one["content"])
    roster.fault = NotInRoster
    for where in ({**PERSONAL, "id": "19:two@unq.gbl.spaces"}, GROUP, TEAM):
        found = (await searched(chat, "gwe", where=where)).body["composeExtension"]
        assert GWEN not in json.dumps(found)
        assert found["attachments"][0]["preview"]["content"]["title"] == "gw***@fabrikam.example"


async def test_others_find_nothing_and_guests_of_teams_are_turned_away(chat: Chat) -> None:
    await chat.say(f"invite {GWEN}")
    found = (await searched(chat, "gwe", "bob")).body["composeExtension"]
    assert found["type"] == "message"
    raw = activity("invoke", "greta", name="composeExtension/query", value={"commandId": "findGuest"})
    raw["from"]["role"] = "guest"
    assert (await chat.hear(raw)).body["composeExtension"]["type"] == "message"
    assert await chat.rows("received") != []


@pytest.mark.parametrize("value", [None, {}, {"commandId": "findGuest", "parameters": "x"}, {"commandId": 7}, []])
@pytest.mark.parametrize(
    "name", ["composeExtension/query", "composeExtension/fetchTask", "composeExtension/submitAction"]
)
async def test_whatever_comes_is_answered_in_its_own_shape(chat: Chat, name: str, value: Any) -> None:
    heard = await invoked(chat, name, value)
    assert set(heard.body) == ({"composeExtension"} if name.endswith("query") else {"task"})


async def test_an_extension_that_is_not_ours_is_told_so(chat: Chat, clock: Clock) -> None:
    heard = await invoked(chat, "composeExtension/queryLink", {"url": "https://x.example"})
    assert "I cannot do this" in heard.body["composeExtension"]["text"]
    heard = await invoked(chat, "task/fetch", {"data": {"verb": "else"}})
    assert heard.body["task"]["type"] == "message"


@pytest.mark.parametrize("days", [float("inf"), float("-inf"), 1e308, 7.5, True, [7], {}])
async def test_days_that_are_no_number_of_days_are_a_fault_of_that_field(days: Any) -> None:
    read = form_clicks.filled({"addresses": GWEN, "days": days})
    assert read
    assert read.days == 0
