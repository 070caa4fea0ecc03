"""`audit` in the chat: what is typed and clicked, and who may read what comes back."""

from typing import Any

import pytest

from bot.clicks import clicked
from bot.commands import Audit, Command, Need, Unclear
from bot.phrases import understand
from bot.writing import Mention
from domain.history_views import About, Question
from tests.bot.chat import GROUP, PEOPLE, Chat, mention

GWEN = "gwen@fabrikam.example"
BOB = Mention("29:bob", "Bob")
OTHER_GROUP = GROUP | {"id": "19:other@thread.v2", "name": "Project Eagle"}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("audit", Audit(Question())),
        ("Protokoll", Audit(Question())),
        (f"audit {GWEN}", Audit(Question(address=GWEN))),
        (f"audit <mailto:{GWEN}|{GWEN}>", Audit(Question(address=GWEN))),
        ("audit refusals", Audit(Question(About.REFUSALS))),
        ("verlauf Ablehnungen", Audit(Question(About.REFUSALS))),
        ("audit last 30 days", Audit(Question(days=30))),
        ("audit die letzten 7 Tage", Audit(Question(days=7))),
        ("audit all", Audit(Question())),
        (f"audit access of {GWEN} for 90 days", Audit(Question(About.ACCESS, 90, GWEN))),
        ("audit nonsense", Unclear("audit", Need.EVENTS)),
        ("audit access refusals", Unclear("audit", Need.EVENTS)),
        ("audit 7 days 30 days", Unclear("audit", Need.EVENTS)),
        ("audit 0 days", Unclear("audit", Need.EVENTS)),
        ("audit 7", Unclear("audit", Need.EVENTS)),
        (f"audit {GWEN}, a@x.example", Unclear("audit", Need.ONE_ADDRESS)),
    ],
)
def test_what_is_typed_says_whom_what_and_since_when(text: str, command: Command) -> None:
    assert understand(text) == command


def test_a_bad_address_is_named() -> None:
    command = understand("audit gwen@")
    assert isinstance(command, Unclear)
    assert [bad.text for bad in command.bad] == ["gwen@"]


def test_a_mention_asks_what_somebody_did() -> None:
    assert understand("audit 7 days", [BOB]) == Audit(Question(days=7, person="29:bob"))
    assert understand("audit", [BOB, BOB]) == Unclear("audit", Need.PERSON)


@pytest.mark.parametrize(
    ("verb", "data", "command"),
    [
        ("audit.page", {"about": "all", "days": 0}, Audit(Question())),
        ("audit.page", {"about": "access", "days": 30.0, "before": 41}, Audit(Question(About.ACCESS, 30, before=41))),
        ("audit.page", {"about": "all", "days": 0, "invitation": "i1"}, Audit(Question(invitation_id="i1"))),
        ("audit.page", {"about": "all", "days": 0, "person": "p-1"}, Audit(Question(person="p-1"))),
        ("audit.filter", {"about": "all", "days": "7", "address": ""}, Audit(Question(days=7))),
        ("audit.filter", {"about": "all", "days": 7}, Audit(Question(days=7))),
        ("audit.filter", {"about": "refusals", "days": "0", "address": GWEN}, Audit(Question(About.REFUSALS, 0, GWEN))),
        (
            "audit.filter",
            {"about": "all", "days": "0", "address": f"{GWEN} a@x.example"},
            Unclear("audit", Need.ONE_ADDRESS),
        ),
    ],
)
def test_what_is_clicked_is_read_field_by_field(verb: str, data: dict[str, Any], command: Command) -> None:
    assert clicked(verb, data) == command


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": "secrets"},
        {"about": None},
        {"about": ["all"]},
        {"days": -1},
        {"days": "x"},
        {"days": float("nan")},
        {"days": True},
        {"before": -1},
        {"before": "1"},
        {"before": None},
        {"invitation": "a b"},
        {"invitation": 7},
        {"person": "x" * 65},
        {"person": "' OR 1=1 --"},
    ],
)
def test_what_no_card_of_ours_sends_is_no_command(wrong: dict[str, Any]) -> None:
    assert clicked("audit.page", {"about": "all", "days": 0} | wrong) == Unclear("", Need.BUTTON)
    if set(wrong) <= {"about", "days"}:
        assert clicked("audit.filter", {"about": "all", "days": 0} | wrong) == Unclear("", Need.BUTTON)


@pytest.fixture
async def group(chat: Chat) -> Chat:
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    return chat


def buttons(card: dict[str, Any]) -> dict[str, Any]:
    return {each["title"]: each for each in card.get("actions", ()) if "verb" in each}


async def test_an_owner_reads_who_invited_whom(group: Chat) -> None:
    heard = await group.say("audit")
    assert "A guest was invited." in heard.words
    assert f"Alice Owner · {GWEN} · Project Falcon" in heard.words
    assert "All workspaces that you own" in heard.words


@pytest.mark.parametrize("who", ["alice", "dora"])
async def test_in_a_group_addresses_are_masked_for_admins_too(group: Chat, who: str) -> None:
    for text in ("audit", f"audit {GWEN}"):
        heard = await group.say(text, who, GROUP)
        assert "gw***@fabrikam.example" in heard.words
        assert GWEN not in repr(heard.cards)


async def test_in_a_group_an_admin_reads_of_that_workspace_alone(group: Chat) -> None:
    await group.install("bob", OTHER_GROUP)
    await group.say("invite otto@northwind.example", "bob", OTHER_GROUP)
    assert "northwind" not in (await group.say("audit", "dora", GROUP)).words
    assert "otto@northwind.example" in (await group.say("audit", "dora")).words


async def test_an_admin_reads_what_belongs_to_no_workspace(group: Chat) -> None:
    await group.say("preview on", "dora")
    assert "A feature was turned on" in (await group.say("audit settings", "dora")).words
    assert "A feature was turned on" not in (await group.say("audit settings")).words


async def test_the_right_is_asked_at_each_click(group: Chat) -> None:
    await group.say("owners add", where=GROUP, entities=[mention("29:bob", "Bob Member")])
    await group.say("invite " + " ".join(f"guest{n}@fabrikam.example" for n in range(12)), where=GROUP)
    (card,) = (await group.say("audit", "bob", GROUP)).cards
    older = buttons(card)["Older"]
    page = await group.click(older["verb"], older["data"], "bob", GROUP)
    assert "Gatehouse was added to the workspace." in page.words
    assert "Newest" in buttons(page.body["value"])
    await group.say("owners remove", where=GROUP, entities=[mention("29:bob", "Bob Member")])
    for verb in ("audit.page", "audit.filter"):
        refused = await group.click(verb, older["data"], "bob", GROUP)
        assert "Only the owners" in refused.words
        assert "guest" not in refused.words.partition("Only the owners")[2]
    assert "Project Falcon" not in (await group.say("audit", "bob")).words
    assert [row["kind"] for row in await group.rows("audit_events")].count("refused") == 1


async def test_the_same_click_twice_gets_the_same_answer(group: Chat) -> None:
    first = await group.click("audit.page", {"about": "all", "days": 0}, where=GROUP, replyToId="1")
    again = await group.click("audit.page", {"about": "all", "days": 0}, where=GROUP, replyToId="1")
    assert first.body == again.body


async def test_the_form_chooses_and_the_answer_says_what_was_chosen(group: Chat) -> None:
    data = {"about": "invitations", "days": "30", "address": GWEN}
    heard = await group.click("audit.filter", data)
    for words in (f"Only about {GWEN}", "Only this: Invitations", "The last 30 days", "A guest was invited."):
        assert words in heard.words
    nobody = await group.click("audit.filter", data | {"address": "nobody@x.example"})
    assert "Nothing that you may read here." in nobody.words


async def test_a_person_is_asked_about_by_a_mention(group: Chat) -> None:
    heard = await group.say("audit", where=GROUP, entities=[mention("29:alice", "Alice Owner")])
    assert "Only what this person did: Alice Owner" in heard.words
    unknown = await group.say("audit", where=GROUP, entities=[mention("29:nobody", "Nobody")])
    assert "I could not find this person here." in unknown.words


@pytest.mark.parametrize("person", ["made-up", PEOPLE["charlie"][0], "29"])
async def test_a_made_up_person_is_nobody(group: Chat, person: str) -> None:
    heard = await group.click("audit.page", {"about": "all", "days": 0, "person": person})
    assert "I could not find this person here." in heard.words


async def test_it_is_read_in_german(group: Chat) -> None:
    heard = await group.say("protokoll einladungen", locale="de-AT")
    assert "Was bisher geschah" in heard.words
    assert "Ein Gast wurde eingeladen." in heard.words
    assert "Nur dies: Einladungen" in heard.words


async def test_help_names_it(group: Chat) -> None:
    assert "audit ADDRESS" in (await group.say("help")).words
    assert "audit" in (await group.say("audti")).words
