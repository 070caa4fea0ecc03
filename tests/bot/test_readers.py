"""Cards in teams and group chats: what each reader gets to see (C1, D7)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clicks import BUTTONS, clicked
from bot.commands import Look, Need, ShowGuests, ShowInvitation, Unclear
from cards import fallback_text
from domain import delivery, postings
from tests.bot.chat import GROUP, PERSONAL, TEAM, Chat, Clock, Heard, activity, mention
from tests.cards.reading import buttons

GWEN, MASKED = "gwen@fabrikam.example", "gw***@fabrikam.example"
OTHER = GROUP | {"id": "19:other@thread.v2", "name": "Elsewhere"}
LASTING = ("invitations", "cards", "outbox", "received", "audit_events", "limits", "owners", "drafts")


async def invited(chat: Chat, where: dict[str, Any] = GROUP) -> dict[str, Any]:
    """Alice owns the chat and has invited Gwen there. What a card's `refresh` holds."""
    await chat.install(where=where)
    await chat.say(f"invite {GWEN}", where=where)
    row = (await chat.rows("invitations"))[0]
    return {"invitation": row["invitation_id"], "version": row["version"]}


async def looks(chat: Chat, data: dict[str, Any], who: str, where: dict[str, Any] = GROUP, **more: Any) -> Heard:
    """What a client sends when it shows the card, nobody having clicked."""
    value = {"action": {"type": "Action.Execute", "verb": "invitation.show", "data": data}, "trigger": "automatic"}
    return await chat.hear(activity("invoke", who, where, name="adaptiveCard/action", value=value, **more))


async def posted(chat: Chat) -> Any:
    """The invitation's card as the outbox posts it."""
    from cards.posting import message

    (row,) = await chat.database.write(delivery.claim, "card", None, "w", 9, 60)
    post = await chat.database.read(postings.card, row)
    return message(post)["attachments"][0]["content"]


def whole(heard: Heard) -> bool:
    """The view of somebody who may act there: the address, the right one to correct, and buttons."""
    card = heard.body["value"]
    assert (GWEN in str(card)) == bool(buttons(card)), "both or none"
    assert (GWEN in str(card)) != (MASKED in str(card))
    return GWEN in str(card)


@pytest.mark.parametrize("where", [GROUP, TEAM], ids=["group", "team"])
async def test_what_all_read_is_masked_has_buttons_and_names_who_gets_more(chat: Chat, where: dict[str, Any]) -> None:
    await chat.say("help", "dora", where)
    data = await invited(chat, where)
    card = await posted(chat)
    assert MASKED in str(card)
    assert GWEN not in str(card)
    assert card["refresh"]["userIds"] == ["29:alice", "29:dora"]
    action = card["refresh"]["action"]
    assert (action["verb"], action["data"]) == ("invitation.show", data)
    assert {"invitation.resend", "invitation.revoke"} <= set(buttons(card))


async def test_a_personal_chat_needs_no_refresh(chat: Chat) -> None:
    await invited(chat, PERSONAL)
    card = await posted(chat)
    assert GWEN in str(card)
    assert "refresh" not in card


@pytest.mark.parametrize(("who", "more"), [("alice", True), ("dora", True), ("bob", False)])
async def test_owners_and_admins_see_all_and_others_what_they_saw(chat: Chat, who: str, more: bool) -> None:
    data = await invited(chat)
    heard = await looks(chat, data, who)
    assert whole(heard) == more
    assert ("refresh" in heard.body["value"]) == more


async def test_the_right_is_asked_at_each_look(chat: Chat, clock: Clock) -> None:
    data = await invited(chat)
    await chat.say("owners add", where=GROUP, entities=[mention("29:bob", "Bob Member")])
    assert whole(await looks(chat, data, "bob"))
    await chat.say("owners remove", where=GROUP, entities=[mention("29:bob", "Bob Member")])
    assert not whole(await looks(chat, data, "bob"))
    assert not whole(await looks(chat, data, "bob", id="the same again"))
    await chat.say("owners add", where=GROUP, entities=[mention("29:bob", "Bob Member")])
    assert whole(await looks(chat, data, "bob", id="the same again")), "nothing is remembered"
    chat.roster.roles["29:bob"] = "guest"
    clock.forward(seconds=61)
    heard = await looks(chat, data, "bob")
    assert isinstance(heard.body["value"], str)
    assert "gwen" not in heard.words


@pytest.mark.parametrize("who", ["guest", "anonymous", None])
async def test_guests_and_strangers_get_a_sentence(chat: Chat, who: str | None) -> None:
    data = await invited(chat)
    if who:
        chat.roster.roles["29:bob"] = who
    else:
        del chat.roster.roles["29:bob"]
    before = {table: await chat.rows(table) for table in LASTING}
    heard = await looks(chat, data, "bob")
    assert "not its guests" in heard.body["value"]
    assert {table: await chat.rows(table) for table in LASTING} == before


async def test_looking_has_no_effect_and_leaves_nothing(chat: Chat) -> None:
    data = await invited(chat)
    for who in ("alice", "bob", "dora"):
        await looks(chat, data, who)
    before = {table: await chat.rows(table) for table in LASTING}
    for who in ("alice", "bob", "dora"):
        for _ in range(50):
            await looks(chat, data, who, replyToId="m-1")
            await chat.click("guests.show", {"only": "all", "page": 1}, who, GROUP)
    assert {table: await chat.rows(table) for table in LASTING} == before


async def test_an_old_card_looks_and_gets_the_current_one(chat: Chat) -> None:
    data = await invited(chat)
    await chat.say(f"revoke {GWEN}", where=GROUP)
    for version in (data["version"], 0, 99):
        heard = await looks(chat, data | {"version": version}, "alice")
        assert "Revoked" in heard.words


async def test_foreign_and_unknown_invitations_look_the_same(chat: Chat) -> None:
    data = await invited(chat)
    await chat.install("charlie", OTHER)
    foreign = await looks(chat, data, "charlie", OTHER)
    admin = await looks(chat, data, "dora", OTHER)
    unknown = await looks(chat, data | {"invitation": "nobodys"}, "charlie", OTHER)
    nowhere = await looks(chat, data, "charlie", GROUP | {"id": "19:never@thread.v2"})
    assert foreign.body == admin.body == unknown.body == nowhere.body
    assert isinstance(foreign.body["value"], str)


async def test_each_reader_reads_in_their_own_language(chat: Chat) -> None:
    data = await invited(chat)
    assert (await looks(chat, data, "alice", locale="de-DE")).body["value"]["lang"] == "de"
    assert (await looks(chat, data, "bob", locale="de-AT")).body["value"]["lang"] == "de"
    assert (await looks(chat, data, "dora", locale="en-GB")).body["value"]["lang"] == "en"


async def test_who_clicked_gets_the_own_view_back_and_all_others_the_masked_card(chat: Chat) -> None:
    data = await invited(chat)
    heard = await chat.click("invitation.extend", data, where=GROUP)
    assert whole(heard)
    assert GWEN not in str(await posted(chat))
    stale = await chat.click("invitation.extend", data, where=GROUP)
    assert whole(stale)
    listed = await chat.click("guests.page", {"only": "all", "page": 1}, where=GROUP)
    assert GWEN in listed.words


async def test_elsewhere_than_in_teams_everybody_may_read_what_answers_a_click(chat: Chat) -> None:
    where = {"where": GROUP, "channelId": "webchat"}
    chat.bot._people._anonymous = True
    await chat.hear(activity("installationUpdate", action="add", **where))
    await chat.say(f"invite {GWEN}", **where)
    row = (await chat.rows("invitations"))[0]
    data = {"invitation": row["invitation_id"], "version": row["version"]}
    assert "refresh" not in await posted(chat)
    heard = await chat.click("invitation.extend", data, **where)
    assert GWEN not in str(heard.body)
    assert MASKED in str(heard.body)


async def test_a_list_shows_addresses_to_owners_only(chat: Chat) -> None:
    await invited(chat)
    (base,) = (await chat.say("guests", where=GROUP)).cards
    assert GWEN not in str(base)
    assert base["refresh"]["userIds"] == ["29:alice"]
    action = base["refresh"]["action"]
    assert action["verb"] == "guests.show"
    heard = await chat.click(action["verb"], action["data"], where=GROUP)
    assert GWEN in fallback_text(heard.body["value"])
    bob = await chat.click(action["verb"], action["data"], "bob", GROUP)
    assert "Only the owners of Project Falcon can do this." in bob.words


async def test_status_shows_all_the_masked_address(chat: Chat) -> None:
    await invited(chat)
    (base,) = (await chat.say(f"status {GWEN}", where=GROUP)).cards
    assert GWEN not in str(base)
    assert base["refresh"]["userIds"] == ["29:alice"]


async def test_a_message_is_no_look(chat: Chat) -> None:
    """Its answer would be read by all."""
    data = await invited(chat)
    for who in ("alice", "bob"):
        heard = await chat.hear(activity("message", who, GROUP, value={"verb": "invitation.show", **data}))
        assert not heard.cards


@pytest.mark.parametrize("verb", BUTTONS)
async def test_what_a_client_does_by_itself_has_no_effect(chat: Chat, verb: str) -> None:
    data = await invited(chat) | {"address": "x@fabrikam.example", "addresses": "y@fabrikam.example", "only": "all"}
    data |= {"page": 1, "feature": "email_passcode", "setting": "disabled", "request": "r", "draft": "d", "guest": "g"}
    data |= {"method": "google", "state": "off", "direction": "up"}
    await looks(chat, data, "dora")
    before = {table: await chat.rows(table) for table in LASTING if table != "received"}
    value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "automatic"}
    await chat.hear(activity("invoke", "dora", GROUP, name="adaptiveCard/action", value=value))
    assert {table: await chat.rows(table) for table in LASTING if table != "received"} == before


@pytest.mark.parametrize("data", [{}, {"invitation": 7}, {"invitation": "a b", "version": 1}, {"invitation": "x" * 65}])
def test_a_made_up_look_is_none(data: dict[str, Any]) -> None:
    assert clicked("invitation.show", data) == Unclear("", Need.BUTTON)


@given(verb=st.sampled_from(sorted(BUTTONS)), data=st.dictionaries(st.text(max_size=9), st.integers() | st.text()))
def test_automatic_is_a_look_or_nothing(verb: str, data: dict[str, Any]) -> None:
    read = clicked(verb, data, automatic=True)
    assert isinstance(read, Look) or read == Unclear("", Need.BUTTON)


def test_looks_are_read() -> None:
    assert clicked("invitation.show", {"invitation": "abc", "version": 3.0}) == ShowInvitation("abc")
    assert clicked("guests.show", {"only": "pending", "page": 2}, automatic=True) == ShowGuests("pending", 2)


async def test_guests_of_the_organisation_are_never_named(chat: Chat) -> None:
    """An owner whom the roster calls a guest since gets no view of their own."""
    await invited(chat)
    await chat.say("owners add", where=GROUP, entities=[mention("29:bob", "Bob Member")])
    from sqlalchemy import text

    await chat.database.write(lambda work: work.run(text("UPDATE people SET role = 'guest' WHERE name LIKE 'Bob%'")))
    assert (await posted(chat))["refresh"]["userIds"] == ["29:alice"]


async def test_a_personal_card_follows_the_language_of_its_owner(chat: Chat, clock: Clock) -> None:
    data = await invited(chat, PERSONAL)
    assert (await posted(chat))["lang"] == "en"
    clock.forward(seconds=61)
    await chat.click("invitation.extend", data, where=PERSONAL, locale="de-DE")
    assert (await posted(chat))["lang"] == "de"
    await chat.say(f"resend {GWEN}", locale="en-US")
    clock.forward(seconds=61)
    assert (await posted(chat))["lang"] == "en"


async def test_a_card_that_many_read_keeps_the_language_it_was_made_in(chat: Chat, clock: Clock) -> None:
    data = await invited(chat)
    heard = await chat.click("invitation.extend", data, where=GROUP, locale="de-DE")
    assert heard.body["value"]["lang"] == "de"
    assert (await posted(chat))["lang"] == "en"


@pytest.mark.parametrize(("where", "shown"), [(PERSONAL, GWEN), (GROUP, MASKED), (TEAM, MASKED)])
async def test_what_was_not_understood_comes_back_masked_where_all_read_it(
    chat: Chat, where: dict[str, Any], shown: str
) -> None:
    await chat.install(where=where)
    heard = await chat.say(f"invit {GWEN}", where=where)
    assert f"Did you mean “invite {shown}”?" in heard.words
    assert (GWEN in str(heard.cards)) == (shown == GWEN)
