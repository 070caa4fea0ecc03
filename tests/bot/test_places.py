"""Where an activity came from, and who sent it."""

from typing import Any

import pytest

from bot.places import Unplaceable, mentions, person, place
from domain.errors import Outsider
from domain.views import Kind
from tests.bot.chat import BOT, GROUP, OTHER_TENANT, PEOPLE, TEAM, TENANT, activity, mention


def test_a_channel_belongs_to_its_team_and_keeps_its_thread() -> None:
    where = place(activity("message", where=TEAM), TENANT)
    assert (where.kind, where.place_id, where.name) == (Kind.TEAM, "19:team@thread.tacv2", "Web")
    assert where.conversation_id == "19:general@thread.tacv2;messageid=17"
    assert (where.bot_id, where.locale, where.channel_id) == (BOT, "en-GB", "msteams")


def test_a_group_chat_is_its_own_place() -> None:
    where = place(activity("message", where=GROUP), TENANT)
    assert (where.kind, where.place_id, where.name) == (Kind.GROUP, GROUP["id"], "Project Falcon")


def test_a_personal_chat_is_named_after_the_person() -> None:
    where = place(activity("message"), TENANT)
    assert (where.kind, where.place_id, where.name) == (Kind.PERSONAL, "a:personal", "Alice Owner")


@pytest.mark.parametrize(
    ("conversation", "data", "kind"),
    [
        ({"id": "c"}, {}, Kind.PERSONAL),
        ({"id": "c", "isGroup": True}, {}, Kind.GROUP),
        ({"id": "c", "isGroup": True}, {"team": {"id": "t"}}, Kind.TEAM),
        ({"id": "c", "conversationType": "groupChat"}, {"team": {"id": "t"}}, Kind.GROUP),
    ],
)
def test_the_kind_is_derived_where_it_is_not_told(
    conversation: dict[str, Any], data: dict[str, Any], kind: Kind
) -> None:
    raw = activity("message") | {"conversation": conversation, "channelData": data}
    assert place(raw, TENANT).kind is kind


@pytest.mark.parametrize("conversation", [None, {}, {"id": ""}, {"id": 7}, {"id": "x" * 600}, [], "c"])
def test_without_a_conversation_there_is_no_place(conversation: object) -> None:
    with pytest.raises(Unplaceable):
        place(activity("message") | {"conversation": conversation}, TENANT)


def test_names_come_without_controls_and_at_most_64_long() -> None:
    raw = activity("message", where=GROUP | {"name": "Fal\u202econ\n\x07" + "x" * 100})
    assert place(raw, TENANT).name == "Falcon " + "x" * 57


@pytest.mark.parametrize(
    "who",
    [
        {"aadObjectId": None},
        {"aadObjectId": ""},
        {"aadObjectId": ["a"]},
        {"role": "bot"},
        {"role": "skill"},
        {"role": "Guest"},
        {"userRole": "anonymous"},
        {"tenantId": OTHER_TENANT},
    ],
)
def test_bots_guests_and_strangers_are_outside(who: dict[str, Any]) -> None:
    """D3, C5"""
    raw = activity("message")
    raw["from"] = raw["from"] | who
    with pytest.raises(Outsider):
        person(raw, TENANT)


def test_a_member_is_known_by_the_entra_object_id() -> None:
    raw = activity("message")
    raw["from"]["aadObjectId"] = PEOPLE["alice"][0].upper()
    who = person(raw, TENANT)
    assert (who.person_id, who.channel_user_id, who.name) == (PEOPLE["alice"][0], "29:alice", "Alice Owner")


def test_the_bot_is_no_mentioned_person() -> None:
    raw = activity("message", entities=[mention(BOT, "Gatehouse"), mention("29:bob", "Bob"), mention("29:bob", "Bob")])
    people, called = mentions(raw)
    assert ([one.channel_user_id for one in people], called) == (["29:bob"], True)


@pytest.mark.parametrize("entities", [None, 7, [None], [{"type": "mention"}], [{"type": "mention", "mentioned": []}]])
def test_broken_entities_mention_nobody(entities: object) -> None:
    assert mentions(activity("message", entities=entities)) == ((), False)
