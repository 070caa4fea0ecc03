"""Activities and what comes of them: replies, rows, silence."""

from typing import Any

import pytest

from bot.body import BadBody
from bot.connector import ConnectorFault
from bot.roster import NoRoster, NotInRoster, RosterFault, RosterRefusal
from domain.faults import Unavailable
from domain.views import Surface
from tests.bot.chat import (
    BOT,
    GROUP,
    OTHER_TENANT,
    PEOPLE,
    PERSONAL,
    TEAM,
    TEAM_DATA,
    TENANT,
    Chat,
    Clock,
    activity,
    click,
    mention,
    said,
)

GWEN = "gwen@fabrikam.example"
CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"


async def invited(chat: Chat, address: str = GWEN, where: dict[str, Any] | None = None) -> dict[str, Any]:
    """The invitation's row."""
    await chat.say(f"invite {address}", where=where)
    return next(row for row in await chat.rows("invitations") if row["address"] == address)


def button(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"invitation": row["invitation_id"], "version": row["version"], **more}


async def test_an_invitation_is_made_and_its_card_is_the_answer(chat: Chat) -> None:
    heard = await chat.say(f"invite {GWEN}")
    assert heard.quiet
    assert [row["address"] for row in await chat.rows("invitations")] == [GWEN]
    told = [row["channel"] for row in await chat.rows("outbox") if row["channel"] != "due"]
    assert sorted(told) == ["card", "mail"]


async def test_several_invitations_get_one_summary(chat: Chat) -> None:
    heard = await chat.say(f"invite {GWEN}, peter@fabrikam.example for 30 days")
    assert len(heard.sent) == 1
    assert "2 guests invited" in heard.words
    assert {row["access_days"] for row in await chat.rows("invitations")} == {30}


async def test_an_open_invitation_is_shown_and_nothing_is_changed(chat: Chat) -> None:
    await chat.say(f"invite {GWEN}")
    before = await chat.rows("invitations"), await chat.rows("outbox")
    heard = await chat.say(f"invite {GWEN}")
    assert [card["type"] for card in heard.cards] == ["AdaptiveCard"]
    assert GWEN in heard.words
    assert "This address is invited already; nothing was changed." in heard.words
    assert (await chat.rows("invitations"), await chat.rows("outbox")) == before
    assert "nothing was changed" not in (await chat.say(f"status {GWEN}")).words


async def test_bad_addresses_are_named_and_good_ones_wait_for_a_word(chat: Chat) -> None:
    heard = await chat.say(f"invite {GWEN}, peter@@x.example, nobody")
    assert "peter@" in heard.words
    assert "nobody" in heard.words
    assert await chat.rows("invitations") == []
    draft = (await chat.rows("drafts"))[0]["draft_id"]
    answer = await chat.click("invite.confirm", {"draft": draft})
    assert answer.body["type"] == CARD
    assert [row["address"] for row in await chat.rows("invitations")] == [GWEN]


async def test_nothing_but_bad_addresses_are_named_one_by_one(chat: Chat) -> None:
    heard = await chat.say("invite peter@@x.example, nobody")
    assert "peter" in heard.words
    assert "nobody" in heard.words
    assert "Nobody was invited." in heard.words
    assert await chat.rows("drafts") == []


@pytest.mark.parametrize("days", ["0", "-3", "366", "99999999999", "9" * 5000])
async def test_a_number_of_days_out_of_reach_is_told_with_the_limits(chat: Chat, days: str) -> None:
    heard = await chat.say(f"invite {GWEN} for {days} days")
    assert "from 1 to 365 days. Nobody was invited." in heard.words
    assert await chat.rows("invitations") == []


async def test_invite_alone_shows_the_form(chat: Chat) -> None:
    heard = await chat.say("invite")
    assert [one["id"] for one in heard.cards[0]["body"] if "id" in one] == ["addresses", "days"]
    answer = await chat.click("invite.form", {"addresses": f"Gwen <{GWEN}>", "days": 7})
    assert answer.body["type"] == CARD
    assert [row["access_days"] for row in await chat.rows("invitations")] == [7]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("resend {a}", "A new mail is on its way to gwen@fabrikam.example."),
        ("revoke {a}", "revoked"),
        ("remove {a}", "revoked"),
        ("extend {a} 30 days", "open until 31 December 2026"),
        ("status {a}", "Sending"),
    ],
)
async def test_owners_look_after_an_invitation(chat: Chat, clock: Clock, command: str, words: str) -> None:
    await invited(chat)
    clock.forward(seconds=61)
    heard = await chat.say(command.format(a=GWEN))
    assert words in heard.words


@pytest.mark.parametrize("where", [GROUP, TEAM], ids=["group", "team"])
async def test_addresses_are_masked_where_others_read(chat: Chat, clock: Clock, where: dict[str, Any]) -> None:
    """D7"""
    await chat.install(where=where)
    await invited(chat, where=where)
    clock.forward(seconds=61)
    for command in ("status", "resend", "extend", "revoke", "revoke", "invite"):
        heard = await chat.say(f"{command} {GWEN}", where=where)
        assert "gwen@" not in str(heard.sent), command
    heard = await chat.say(f"status {GWEN}", where=where)
    assert "gw***@fabrikam.example" in heard.words


async def test_a_personal_chat_shows_whole_addresses(chat: Chat) -> None:
    await invited(chat)
    assert GWEN in (await chat.say(f"status {GWEN}")).words


async def test_a_reply_is_plain_text(chat: Chat) -> None:
    """D5"""
    heard = await chat.say(f"revoke {GWEN}")
    assert [message["textFormat"] for message in heard.sent] == ["plain"]


async def test_the_language_is_the_activitys(chat: Chat) -> None:
    heard = await chat.say("help", locale="fr-FR")
    assert heard.cards[0]["lang"] == "en"


class TestMentions:
    @pytest.mark.parametrize("where", [GROUP, TEAM], ids=["group", "team"])
    async def test_without_a_mention_the_bot_is_quiet(self, chat: Chat, where: dict[str, Any]) -> None:
        await chat.install(where=where)
        heard = await chat.hear(activity("message", where=where, text=f"invite {GWEN}"))
        assert heard.quiet
        assert await chat.rows("invitations") == []

    async def test_markup_without_an_entity_is_no_mention(self, chat: Chat) -> None:
        """D3"""
        await chat.install(where=GROUP)
        heard = await chat.hear(activity("message", where=GROUP, text=f"<at>Gatehouse</at> invite {GWEN}"))
        assert heard.quiet
        assert await chat.rows("invitations") == []

    async def test_somebody_elses_mention_is_no_call(self, chat: Chat) -> None:
        message = activity("message", where=GROUP, text="<at>Bob Member</at> help")
        message["entities"] = [mention("29:bob", "Bob Member")]
        assert (await chat.hear(message)).quiet

    async def test_a_personal_chat_needs_none(self, chat: Chat) -> None:
        assert not (await chat.say("help")).quiet


class TestOwners:
    async def test_a_mentioned_member_becomes_an_owner_at_once(self, chat: Chat) -> None:
        await chat.install(where=GROUP)
        assert "Alice Owner" in (await chat.say(f"invite {GWEN}", "bob", GROUP)).words
        entities = [mention("29:bob", "Bob Member")]
        heard = await chat.say("owners add <at>Bob Member</at>", where=GROUP, entities=entities)
        assert "Bob Member is an owner now." in heard.words
        assert (await chat.say(f"invite {GWEN}", "bob", GROUP)).quiet

    async def test_a_removed_owner_has_no_right_any_more(self, chat: Chat) -> None:
        """D2: on old cards too"""
        await chat.install(where=GROUP)
        row = await invited(chat, where=GROUP)
        bob = {"entities": [mention("29:bob", "Bob Member")]}
        await chat.say("owners add <at>Bob Member</at>", where=GROUP, **bob)
        bob = {"entities": [mention("29:bob", "Bob Member")]}
        await chat.say("owners remove <at>Bob Member</at>", where=GROUP, **bob)
        heard = await chat.click("invitation.revoke", button(row), "bob", GROUP)
        assert heard.body["type"] == MESSAGE
        assert "Alice Owner" in heard.words
        assert (await chat.rows("invitations"))[0]["revoked_at"] is None

    async def test_a_guest_does_not_become_an_owner(self, chat: Chat) -> None:
        """D3"""
        await chat.install(where=GROUP)
        chat.roster.roles["29:greta"] = "guest"
        await chat.say("owners add", where=GROUP, entities=[mention("29:greta", "Greta Guest")])
        assert [row["person_id"] for row in await chat.rows("owners")] == [PEOPLE["alice"][0]]

    async def test_a_mention_that_lies_about_the_person_gives_no_right(self, chat: Chat) -> None:
        """The roster says who 29:bob is, not the message."""
        await chat.install(where=GROUP)
        lie = mention("29:bob", "Bob Member", aadObjectId=PEOPLE["charlie"][0])
        await chat.say("owners add", where=GROUP, entities=[lie])
        assert {row["person_id"] for row in await chat.rows("owners")} == {PEOPLE["alice"][0], PEOPLE["bob"][0]}

    async def test_a_stranger_to_the_roster_is_not_found(self, chat: Chat) -> None:
        await chat.install(where=GROUP)
        heard = await chat.say("owners add", where=GROUP, entities=[mention("29:zoe", "Zoe")])
        assert "I could not find Zoe here." in heard.words

    async def test_without_a_roster_the_mention_itself_names_the_person(self, chat: Chat) -> None:
        chat.roster.fault = NoRoster
        await chat.install(where=GROUP)
        who = mention("29:bob", "Bob Member", aadObjectId=PEOPLE["bob"][0])
        heard = await chat.say("owners add", where=GROUP, entities=[who])
        assert "Bob Member is an owner now." in heard.words

    async def test_a_roster_that_fails_gives_no_right(self, chat: Chat) -> None:
        await chat.install(where=GROUP)
        chat.roster.fault = RosterFault
        who = mention("29:bob", "Bob Member", aadObjectId=PEOPLE["bob"][0])
        heard = await chat.say("owners add", where=GROUP, entities=[who])
        assert "nothing was changed" in heard.words
        assert len(await chat.rows("owners")) == 1

    async def test_the_last_owner_stays(self, chat: Chat) -> None:
        await chat.install(where=GROUP)
        heard = await chat.say("owners remove", where=GROUP, entities=[mention("29:alice", "Alice Owner")])
        assert "at least one owner" in heard.words


class TestSettings:
    async def test_an_admin_turns_previews_on_and_off(self, chat: Chat) -> None:
        heard = await chat.say("preview on", "dora")
        assert "Settings" in heard.words
        assert [row["setting"] for row in await chat.rows("tenant_features")] == ["enabled"]
        await chat.say("preview off", "dora")
        assert [row["setting"] for row in await chat.rows("tenant_features")] == ["default"]

    async def test_disabling_shows_who_is_affected_first(self, chat: Chat) -> None:
        await invited(chat)
        data = {"feature": "email_passcode", "setting": "disabled"}
        asked = await chat.click("settings.feature", data, "dora")
        assert "1 open invitation could not be redeemed." in asked.words
        assert await chat.rows("tenant_features") == []
        await chat.click("settings.confirm", data, "dora")
        assert [row["setting"] for row in await chat.rows("tenant_features")] == ["disabled"]

    async def test_with_passcodes_off_the_inviter_learns_who_can_change_it(self, chat: Chat) -> None:
        await chat.say("preview on", "dora")
        chat.flags.off = frozenset({("email_passcode", Surface.CHAT)})
        heard = await chat.say(f"invite {GWEN}")
        assert "could not sign in" in heard.words
        assert "Dora Admin" in heard.words
        assert await chat.rows("invitations") == []


class TestComingAndGoing:
    async def test_one_welcome_when_both_activities_come(self, chat: Chat) -> None:
        first = await chat.install(where=GROUP)
        second = await chat.hear(activity("conversationUpdate", where=GROUP, membersAdded=[{"id": BOT}]))
        assert "I am Gatehouse" in first.words
        assert second.quiet
        assert [row["person_id"] for row in await chat.rows("owners")] == [PEOPLE["alice"][0]]

    async def test_adding_it_again_changes_no_owner(self, chat: Chat) -> None:
        await chat.install(where=GROUP)
        await chat.hear(activity("installationUpdate", where=GROUP, action="remove"))
        assert (await chat.install("bob", GROUP)).quiet
        assert [row["person_id"] for row in await chat.rows("owners")] == [PEOPLE["alice"][0]]

    async def test_a_conversation_update_without_a_person_takes_nobodys_place(self, chat: Chat) -> None:
        update = activity("conversationUpdate", where=GROUP, membersAdded=[{"id": BOT}])
        update["from"] = {"id": BOT, "name": "Gatehouse"}
        assert (await chat.hear(update)).quiet
        assert "I am Gatehouse" in (await chat.install(where=GROUP)).words
        assert [row["person_id"] for row in await chat.rows("owners")] == [PEOPLE["alice"][0]]

    async def test_a_team_that_is_renamed_has_its_new_name_in_mails_and_pages(self, chat: Chat) -> None:
        await chat.install(where=TEAM)
        data = {"tenant": {"id": TENANT}, "eventType": "teamRenamed", "team": TEAM_DATA | {"name": "Loom"}}
        assert (await chat.hear(activity("conversationUpdate", where=TEAM, channelData=data))).quiet
        assert [row["name"] for row in await chat.rows("workspaces")] == ["Loom"]

    async def test_a_guest_who_adds_it_owns_nothing(self, chat: Chat) -> None:
        """D3"""
        chat.roster.roles["29:greta"] = "guest"
        await chat.install("greta", GROUP)
        assert await chat.rows("owners") == []

    async def test_whoever_adds_it_owns_it_even_while_the_roster_is_silent(self, chat: Chat) -> None:
        chat.roster.fault = RosterFault
        await chat.install(where=GROUP)
        heard = await chat.say(f"invite {GWEN}", where=GROUP)
        assert "could not check who you are" in heard.words
        chat.roster.fault = None
        assert (await chat.say(f"invite {GWEN}", where=GROUP)).quiet

    @pytest.mark.parametrize(
        "raw",
        [
            activity("conversationUpdate", where=GROUP, membersAdded=[{"id": "29:bob"}]),
            activity(
                "conversationUpdate", where=GROUP, channelData={"tenant": {"id": "x"}, "eventType": "teamRenamed"}
            ),
            activity("messageReaction", reactionsAdded=[{"type": "like"}]),
            activity("messageUpdate", text=f"invite {GWEN}"),
            activity("messageDelete"),
            activity("typing"),
            activity("event", name="application/vnd.microsoft.readReceipt"),
            activity("installationUpdate", action="remove-upgrade"),
            activity("message", text="  \n "),
            activity("message"),
            activity("message", text=17),
            said("help") | {"from": {"id": BOT, "name": "Gatehouse"}},
        ],
    )
    async def test_other_activities_are_passed_over(self, chat: Chat, raw: dict[str, Any]) -> None:
        assert (await chat.hear(raw)).quiet
        assert await chat.rows("workspaces") == []


class TestAgain:
    """D4, C6"""

    async def test_the_same_message_has_one_effect(self, chat: Chat, clock: Clock) -> None:
        await invited(chat)
        clock.forward(seconds=61)
        message = said(f"resend {GWEN}")
        heard = [await chat.hear(message) for _ in range(10)]
        assert [not one.quiet for one in heard] == [True, *[False] * 9]
        assert len([row for row in await chat.rows("audit_events") if row["kind"] == "invitation.resent"]) == 1

    async def test_another_process_has_no_second_effect(self, chat: Chat, clock: Clock) -> None:
        await chat.install(where=GROUP)
        message = said("owners add", where=GROUP, entities=[mention("29:bob", "Bob Member")])
        await chat.hear(message)
        replica = Chat(chat.database, chat.roster, chat.flags, clock)
        assert (await replica.hear(message)).quiet

    async def test_the_same_question_is_answered_once(self, chat: Chat) -> None:
        message = said("help")
        assert not (await chat.hear(message)).quiet
        assert (await chat.hear(message)).quiet

    async def test_after_a_restart_a_question_is_answered_again(self, chat: Chat, clock: Clock) -> None:
        """Its first answer may have been lost; what changed something is not done or told twice."""
        await invited(chat)
        for command, answered in (
            ("help", True),
            ("guests", True),
            (f"status {GWEN}", True),
            (f"revoke {GWEN}", False),
        ):
            message = said(command)
            await chat.hear(message)
            restarted = Chat(chat.database, chat.roster, chat.flags, clock)
            assert (await restarted.hear(message)).quiet is not answered, command
            assert (await restarted.hear(message)).quiet, command

    async def test_a_message_that_met_a_fault_may_come_again(self, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
        message = said(f"invite {GWEN}")
        write = chat.database.write
        monkeypatch.setattr(chat.database, "write", _down)
        monkeypatch.setattr("tests.bot.chat.Recorder.send_activities", _undelivered)
        with pytest.raises(Unavailable):
            await chat.hear(message)
        monkeypatch.undo()
        chat.database.write = write
        await chat.hear(message)
        assert len(await chat.rows("invitations")) == 1

    async def test_a_repeated_click_gets_the_same_answer(self, chat: Chat) -> None:
        row = await invited(chat)
        again = click("invitation.extend", button(row))
        answers = [(await chat.hear(again)).body for _ in range(10)]
        assert answers[0]["type"] == CARD
        assert all(one == answers[0] for one in answers)
        assert (await chat.rows("invitations"))[0]["version"] == row["version"] + 1

    async def test_a_repeated_click_that_was_refused_is_refused_the_same_way(self, chat: Chat, clock: Clock) -> None:
        row = await invited(chat)
        again = click("invitation.resend", button(row))
        first = (await chat.hear(again)).body
        assert first["type"] == MESSAGE
        assert "You can send another one in" in first["value"]
        clock.forward(minutes=5)
        assert (await chat.hear(again)).body == first

    async def test_a_click_under_a_new_id_gets_the_current_card(self, chat: Chat, clock: Clock) -> None:
        row = await invited(chat)
        clock.forward(seconds=61)
        answers = [(await chat.click("invitation.resend", button(row))).body for _ in range(10)]
        assert {one["type"] for one in answers} == {CARD}
        assert len([one for one in await chat.rows("audit_events") if one["kind"] == "invitation.resent"]) == 1

    async def test_an_activity_without_an_id_works(self, chat: Chat) -> None:
        message = said(f"invite {GWEN}")
        del message["id"]
        assert (await chat.hear(message)).quiet
        row = (await chat.rows("invitations"))[0]
        without = click("invitation.revoke", button(row))
        del without["id"]
        assert (await chat.hear(without)).body["type"] == CARD


class TestClicks:
    async def test_each_verb_of_a_card_answers_with_the_card(self, chat: Chat, clock: Clock) -> None:
        for verb, more in (("extend", {}), ("correct", {"address": "peter@fabrikam.example"}), ("revoke", {})):
            row = await invited(chat, f"{verb}@fabrikam.example")
            heard = await chat.click(f"invitation.{verb}", button(row, **more))
            assert heard.answers[0]["status"] == 200
            assert (heard.body["statusCode"], heard.body["type"]) == (200, CARD), verb
            assert heard.body["value"]["type"] == "AdaptiveCard"

    async def test_a_bad_address_in_a_correction_is_named(self, chat: Chat) -> None:
        row = await invited(chat)
        heard = await chat.click("invitation.correct", button(row, address="nobody"))
        assert heard.body["type"] == MESSAGE
        assert "nobody" in heard.words

    async def test_the_list_turns_its_page(self, chat: Chat) -> None:
        await chat.say("invite " + ", ".join(f"g{n}@fabrikam.example" for n in range(12)))
        heard = await chat.click("guests.page", {"only": "pending", "page": 2})
        assert "Page 2 of 2" in heard.words

    @pytest.mark.parametrize("shape", ["verb", "action", "whole"])
    async def test_clients_that_only_submit_are_understood(self, chat: Chat, shape: str) -> None:
        row = await invited(chat)
        value = {
            "verb": {"verb": "invitation.revoke", **button(row)},
            "action": {"action": "invitation.revoke", **button(row)},
            "whole": {"action": {"type": "Action.Execute", "verb": "invitation.revoke", "data": button(row)}},
        }[shape]
        heard = await chat.hear(activity("message", value=value))
        assert "Revoked" in heard.words
        assert (await chat.rows("invitations"))[0]["revoked_at"] is not None

    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("task/fetch", "task"),
            ("composeExtension/query", "composeExtension"),
            ("signin/verifyState", "value"),
            (None, "value"),
        ],
    )
    async def test_an_unknown_invoke_is_answered_in_its_own_protocol(self, chat: Chat, name: Any, key: str) -> None:
        heard = await chat.hear(activity("invoke", name=name, value={}))
        assert heard.answers[0]["status"] == 200
        assert key in heard.body

    @pytest.mark.parametrize("address", [None, 7, "", "x" * 65_536], ids=["none", "number", "empty", "64 KB"])
    async def test_a_correction_without_an_address_asks_for_one(self, chat: Chat, address: Any) -> None:
        row = await invited(chat)
        heard = await chat.click("invitation.correct", button(row, address=address))
        assert "This needs an e-mail address." in heard.words

    @pytest.mark.parametrize("kind", ["message", "invoke", "installationUpdate"])
    @pytest.mark.parametrize("conversation_id", ["x" * 600, "a\nb"], ids=["long", "two lines"])
    async def test_an_activity_from_nowhere_is_a_bad_body(self, chat: Chat, kind: str, conversation_id: str) -> None:
        raw = activity(kind, where=PERSONAL | {"id": conversation_id}, name="adaptiveCard/action", action="add")
        with pytest.raises(BadBody):
            await chat.hear(raw)


class TestPlainChannels:
    async def test_commands_stand_where_buttons_would(self, chat: Chat) -> None:
        await invited(chat)
        heard = await chat.say(f"status {GWEN}", channelId="sms", serviceUrl="https://sms.botframework.com/")
        assert not heard.cards
        other = await chat.say(f"invite {GWEN}", channelId="sms")
        again = await chat.say(f"status {GWEN}", channelId="sms")
        assert other.quiet
        assert not again.cards
        assert f"revoke {GWEN}" in again.texts[0]
        assert again.sent[0]["textFormat"] == "plain"


class TestFaults:
    async def test_a_database_that_is_down_is_told(self, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
        await chat.say("help")
        monkeypatch.setattr(chat.database, "write", _down)
        heard = await chat.say(f"invite {GWEN}")
        assert "nothing was changed" in heard.words
        answer = await chat.click("settings.show", {})
        assert answer.body["type"] == MESSAGE
        assert "nothing was changed" in answer.words

    async def test_an_installation_while_the_database_is_down_is_to_come_again(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await chat.say("help")
        monkeypatch.setattr(chat.database, "write", _down)
        with pytest.raises(Unavailable):
            await chat.install(where=GROUP)

    async def test_a_fault_that_cannot_be_told_is_to_come_again(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError("broken")

        await chat.say("help")
        monkeypatch.setattr(chat.database, "write", broken)
        assert "went wrong" in (await chat.install(where=GROUP)).words, "an arrival's fault is told too"
        monkeypatch.setattr("tests.bot.chat.Recorder.send_activities", _undelivered)
        with pytest.raises(RuntimeError):
            await chat.say(f"invite {GWEN}")

    async def test_a_fault_is_told_by_its_reference_only(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError("secret detail")

        await chat.say("help")
        monkeypatch.setattr(chat.database, "write", broken)
        heard = await chat.say(f"invite {GWEN}")
        assert "secret detail" not in heard.words
        assert "Traceback" not in heard.words
        reference = heard.words.rsplit(" ", 1)[1]
        assert reference in caplog.text
        assert chat.counted[-1] == ("Invite", "fault")


class TestRoles:
    async def test_the_roster_is_asked_once_a_minute(self, chat: Chat, clock: Clock) -> None:
        for _ in range(3):
            await chat.say("help")
        assert len(chat.roster.asked) == 1
        clock.forward(seconds=61)
        await chat.say("help")
        assert len(chat.roster.asked) == 2

    async def test_being_seen_in_one_conversation_says_nothing_about_another(self, chat: Chat) -> None:
        await chat.say("help")
        await chat.say("help", where=GROUP)
        assert len(chat.roster.asked) == 2

    @pytest.mark.parametrize("silent", [NoRoster, RosterFault])
    async def test_where_clients_name_themselves_only_the_rosters_word_counts(
        self, chat: Chat, silent: type[RosterRefusal]
    ) -> None:
        await chat.say("help", channelId="directline")
        chat.roster.fault = silent
        fresh = Chat(chat.database, chat.roster, chat.flags, chat.now)
        await fresh.say(f"invite {GWEN}", channelId="directline", where={**PERSONAL, "id": "another"})
        assert not await chat.rows("invitations")

    async def test_a_member_of_another_tenant_in_a_shared_channel_gets_nothing(self, chat: Chat) -> None:
        chat.roster.tenants["29:alice"] = OTHER_TENANT
        heard = await chat.say(f"invite {GWEN}")
        assert not await chat.rows("invitations")
        assert "organisation" in heard.words

    async def test_a_team_has_one_roster(self, chat: Chat) -> None:
        await chat.say("help", where=TEAM)
        assert chat.roster.asked == [("19:team@thread.tacv2", "29:alice")]

    async def test_the_address_is_remembered_for_replies_to_mails(self, chat: Chat) -> None:
        await chat.say("help")
        assert [row["address"] for row in await chat.rows("people")] == ["alice@contoso.example"]

    async def test_a_demotion_counts_after_a_minute_at_most(self, chat: Chat, clock: Clock) -> None:
        await chat.say(f"invite {GWEN}")
        chat.roster.roles["29:alice"] = "guest"
        clock.forward(seconds=61)
        assert "not its guests" in (await chat.say(f"revoke {GWEN}")).words
        assert (await chat.rows("invitations"))[0]["revoked_at"] is None

    async def test_a_role_of_minutes_ago_serves_while_the_roster_is_silent(self, chat: Chat, clock: Clock) -> None:
        await chat.say("help")
        chat.roster.fault = RosterFault
        clock.forward(minutes=9)
        assert (await chat.say(f"invite {GWEN}")).quiet
        clock.forward(minutes=2)
        assert "could not check who you are" in (await chat.say(f"revoke {GWEN}")).words

    async def test_who_is_not_in_the_roster_is_outside(self, chat: Chat) -> None:
        chat.roster.fault = NotInRoster
        assert "not its guests" in (await chat.say(f"invite {GWEN}")).words

    async def test_a_channel_without_a_roster_is_believed(self, chat: Chat) -> None:
        chat.roster.fault = NoRoster
        assert (await chat.say(f"invite {GWEN}")).quiet
        assert len(await chat.rows("invitations")) == 1

    async def test_a_roster_that_contradicts_the_activity_wins(self, chat: Chat) -> None:
        message = said(f"invite {GWEN}")
        message["from"] = {"id": "29:bob", "name": "Alice Owner", "aadObjectId": PEOPLE["alice"][0]}
        await chat.hear(message)
        assert await chat.rows("invitations") == []


async def _down(*_: Any, **__: Any) -> None:
    raise Unavailable


async def _undelivered(*_: Any, **__: Any) -> list[Any]:
    raise ConnectorFault(503)
