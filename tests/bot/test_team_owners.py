"""A team's owners by Microsoft Graph's word, in the chat: they need nobody to name them, and go when Teams says so."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot import places
from bot.team_owners import TeamOwners
from providers.documents import Documents
from providers.graph import GraphDirectory
from tests.bot.chat import GROUP, PEOPLE, PERSONAL, TEAM, TEAM_DATA, TENANT, Chat, Clock, Flags, Heard, Roster, mention
from tests.servers.graph import Graph, error, user

GROUP_ID = "3e9c5a70-2d4b-4c81-b6f3-0a8d7e5c2b19"
DATA = {"tenant": {"id": TENANT}, "team": {**TEAM_DATA, "aadGroupId": GROUP_ID}}
BOB, CHARLIE = PEOPLE["bob"][0], PEOPLE["charlie"][0]

pytestmark = pytest.mark.sockets


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    server = await Graph().start()
    server.groups[TENANT, GROUP_ID] = [user(BOB, "Bob Member", mail="bob@contoso.example")]
    yield server
    await server.stop()


@pytest.fixture
async def chat(database: Any, clock: Clock, graph: Graph) -> AsyncIterator[Chat]:
    documents = Documents(clock, loopback=True)
    directory = GraphDirectory(graph, documents, clock, _at_once)
    yield Chat(database, Roster(), Flags(), clock, team_owners=TeamOwners(database, directory, clock, _untold))
    await documents.close()


async def test_where_messages_do_not_name_the_group_the_chat_is_asked_once(
    database: Any, clock: Clock, graph: Graph
) -> None:
    documents, asked, known = Documents(clock, loopback=True), list[tuple[str, str]](), [GROUP_ID, ""]

    async def groups(service_url: str, team_id: str) -> str:
        asked.append((service_url, team_id))
        return known.pop()

    directory = GraphDirectory(graph, documents, clock, _at_once)
    chat = Chat(database, Roster(), Flags(), clock, team_owners=TeamOwners(database, directory, clock, groups))
    await chat.install("alice", TEAM)
    for _ in range(2):
        assert "Only the owners" in (await chat.say("guests", "bob", TEAM)).words
    assert asked == [("https://smba.trafficmanager.net/emea/", TEAM_DATA["id"])]
    clock.forward(minutes=10)
    assert "Only the owners" not in (await chat.say("guests", "bob", TEAM)).words
    clock.forward(minutes=10)
    assert "Only the owners" not in (await chat.say("guests", "bob", TEAM)).words
    assert (len(asked), len(graph.asked)) == (2, 2)
    await documents.close()


async def _at_once(_: float) -> None: ...


async def _untold(_service_url: str, _team_id: str) -> str:
    return ""


async def says(chat: Chat, text: str, who: str = "bob", **more: Any) -> Heard:
    return await chat.say(text, who, TEAM, **{"channelData": DATA, **more})


async def test_an_owner_of_the_team_invites_without_being_named(chat: Chat) -> None:
    await chat.install("alice", TEAM)
    assert "Only the owners" in (await says(chat, "invite gwen@fabrikam.example", "charlie")).words
    await says(chat, "invite gwen@fabrikam.example")
    assert [row["inviter_id"] for row in await chat.rows("invitations")] == [BOB]
    assert "Only the owners" in (await says(chat, "guests", "charlie")).words


async def test_who_is_removed_in_teams_is_refused_within_ten_minutes(chat: Chat, graph: Graph, clock: Clock) -> None:
    await chat.install("alice", TEAM)
    assert "Only the owners" not in (await says(chat, "guests")).words
    graph.groups[TENANT, GROUP_ID] = [user(CHARLIE, "Charlie")]
    clock.forward(minutes=9)
    assert "Only the owners" not in (await says(chat, "guests")).words
    clock.forward(minutes=1)
    assert "Only the owners" in (await says(chat, "guests")).words
    assert "Only the owners" not in (await says(chat, "guests", "charlie")).words


async def test_a_click_is_asked_too_in_a_personal_chat_as_well(chat: Chat, graph: Graph, clock: Clock) -> None:
    await chat.install("alice", TEAM)
    await says(chat, "invite gwen@fabrikam.example")
    (row,) = await chat.rows("invitations")
    graph.groups[TENANT, GROUP_ID] = []
    clock.forward(minutes=10)
    data = {"invitation": row["invitation_id"], "version": 1}
    heard = await chat.click("invitation.revoke", data, "bob", TEAM, channelData=DATA)
    assert "Only the owners" in heard.words
    graph.groups[TENANT, GROUP_ID] = [user(BOB, "Bob")]
    clock.forward(minutes=10)
    await says(chat, "guests")
    clock.forward(minutes=10)
    asked = len(graph.asked)
    await chat.say("audit", "bob", PERSONAL)
    assert len(graph.asked) == asked + 1


async def test_while_graph_cannot_be_asked_the_last_word_counts_for_a_day(
    chat: Chat, graph: Graph, clock: Clock
) -> None:
    await chat.install("alice", TEAM)
    await says(chat, "guests")
    graph.always = lambda: error(503, "ServiceUnavailable")
    clock.forward(hours=23)
    assert "Only the owners" not in (await says(chat, "guests")).words
    clock.forward(hours=1)
    assert "Only the owners" in (await says(chat, "guests")).words
    assert "Only the owners" not in (await says(chat, "guests", "alice")).words, "whom people named still may"


async def test_without_permission_the_commands_go_on(chat: Chat, graph: Graph, caplog) -> None:
    graph.always = lambda: error(403, "Authorization_RequestDenied")
    await chat.install("alice", TEAM)
    assert "Only the owners" in (await says(chat, "guests")).words
    await says(chat, "owners add <at>Bob</at>", "alice", entities=[mention("29:bob", "Bob")])
    assert "Only the owners" not in (await says(chat, "guests")).words
    assert caplog.text.count("forbidden") == 1


async def test_after_a_failure_it_is_left_alone_for_a_while(chat: Chat, graph: Graph, clock: Clock) -> None:
    graph.always = lambda: error(429, "TooManyRequests", Retry_After="180")
    await chat.install("alice", TEAM)
    for _ in range(3):
        await says(chat, "guests", "alice")
    assert len(graph.asked) == 1
    clock.forward(seconds=179)
    await says(chat, "guests", "alice")
    assert len(graph.asked) == 1
    clock.forward(seconds=1)
    await says(chat, "guests", "alice")
    assert len(graph.asked) == 2


async def test_a_slow_answer_counts_for_the_next_turn_and_is_asked_for_once(
    chat: Chat, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chat.install("alice", TEAM)
    monkeypatch.setattr(chat.bot._team_owners, "_seconds", 0.05)
    graph.held = asyncio.Event()
    heard = await asyncio.gather(*(says(chat, "guests") for _ in range(3)))
    assert all("Only the owners" in each.words for each in heard)
    running = list(chat.bot._team_owners._running.values())
    graph.held.set()
    await asyncio.gather(*running)
    assert len(graph.asked) == 1
    assert "Only the owners" not in (await says(chat, "guests")).words


async def test_the_card_says_where_each_owner_comes_from(chat: Chat) -> None:
    await chat.install("alice", TEAM)
    words = (await says(chat, "owners")).words
    assert words.index("Owners\n") < words.index("Alice Owner") < words.index("Owners of the team in Microsoft Teams")
    assert words.index("Owners of the team in Microsoft Teams") < words.index("Bob Member")


async def test_removing_a_team_owner_is_answered_with_where_to_change_it(chat: Chat) -> None:
    await chat.install("alice", TEAM)
    await says(chat, "guests")
    heard = await says(chat, "owners remove <at>Bob</at>", "alice", entities=[mention("29:bob", "Bob")])
    assert "stays an owner, as an owner of the team in Microsoft Teams" in heard.words
    german = await says(
        chat, "owners remove <at>Bob</at>", "alice", entities=[mention("29:bob", "Bob")], locale="de-DE"
    )
    assert "Microsoft Teams" in german.words
    assert "stays an owner" not in german.words


async def test_group_chats_and_personal_chats_are_never_asked_about(chat: Chat, graph: Graph) -> None:
    await chat.install("alice", GROUP)
    await chat.say("guests", "alice", GROUP, channelData=DATA)
    await chat.say("guests", "alice", PERSONAL, channelData=DATA)
    assert graph.asked == []


async def test_guests_of_the_team_never_make_it_ask(chat: Chat, graph: Graph) -> None:
    await chat.install("alice", TEAM)
    chat.roster.roles["29:greta"] = "guest"
    await says(chat, "guests", "greta")
    assert graph.asked == []


async def test_a_guest_among_the_owners_is_none(chat: Chat, graph: Graph) -> None:
    graph.groups[TENANT, GROUP_ID] = [user(BOB, "Bob", "Guest")]
    await chat.install("alice", TEAM)
    assert "Only the owners" in (await says(chat, "guests")).words


@pytest.mark.parametrize(
    ("channel", "told", "expected"),
    [
        ("msteams", GROUP_ID.upper(), GROUP_ID),
        ("directline", GROUP_ID, ""),
        ("msteams", "../users", ""),
        ("msteams", 7, ""),
        ("msteams", None, ""),
    ],
)
def test_only_teams_names_the_group(channel: str, told: Any, expected: str) -> None:
    activity = {
        "channelId": channel,
        "conversation": {"id": "19:x", "conversationType": "channel"},
        "channelData": {"team": {"id": "19:team", "aadGroupId": told}},
    }
    assert places.place(activity, TENANT).group_id == expected
