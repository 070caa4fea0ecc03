"""Sponsors, certificates and erasing, as people write and click them."""

from typing import Any

import pytest

from bot.commands import Need, Unclear
from bot.phrases import understand
from bot.roster import RosterFault
from bot.sponsor_commands import AddSponsor, Certificate, Erase, HandOver, RemoveSponsor, Sponsors
from bot.writing import Mention
from domain import invitations, notices
from domain.sponsoring import LEFT
from tests.bot.chat import BOT, GROUP, PEOPLE, TENANT, Chat, activity, mention, sender

GWEN = "gwen@fabrikam.example"
BOB, DORA = Mention("29:bob", "Bob Member"), Mention("29:dora", "Dora Admin")
DESK: dict[str, Any] = {"id": "a:alice", "conversationType": "personal", "tenantId": TENANT}


@pytest.mark.parametrize(
    ("text", "people", "command"),
    [
        (f"sponsors {GWEN}", (), Sponsors(GWEN)),
        (f"sponsors {GWEN} add", (BOB,), AddSponsor(GWEN, BOB)),
        (f"Paten {GWEN} entfernen", (BOB,), RemoveSponsor(GWEN, BOB)),
        (f"sponsors add {GWEN}", (BOB,), AddSponsor(GWEN, BOB)),
        (f"sponsors {GWEN} add", (), Unclear("sponsors", Need.PERSON)),
        (f"sponsors {GWEN}", (BOB,), Unclear("sponsors", Need.PERSON)),
        ("sponsors", (), Unclear("sponsors", Need.ADDRESS)),
        ("handover to", (BOB, DORA), HandOver(BOB, DORA)),
        ("übergeben", (BOB,), Unclear("handover", Need.TWO_PEOPLE)),
        (f"certificate {GWEN}", (), Certificate(GWEN)),
        ("certificate kZ3rYb0tqkq6Jw1m8w0P3Q", (), Certificate("kZ3rYb0tqkq6Jw1m8w0P3Q")),
        ("certificate", (), Unclear("certificate", Need.ADDRESS)),
        (f"erase {GWEN}", (), Erase(GWEN)),
    ],
)
def test_what_is_written_is_understood(text: str, people: tuple[Mention, ...], command: object) -> None:
    assert understand(text, people) == command


@pytest.fixture
async def invited(chat: Chat) -> dict[str, Any]:
    await chat.install(where=GROUP)
    await chat.say(f"invite {GWEN}", where=GROUP)
    return (await chat.rows("invitations"))[0]


def named(*who: str) -> list[dict[str, Any]]:
    return [mention(f"29:{each}", PEOPLE[each][1]) for each in who]


async def test_sponsors_are_named_shown_and_removed(chat: Chat, invited: dict[str, Any]) -> None:
    heard = await chat.say(f"sponsors {GWEN} add", where=GROUP, entities=named("bob"))
    assert "Bob Member answers for the guest now." in heard.words
    assert "gwen@" not in heard.words
    heard = await chat.say(f"sponsors {GWEN}", "bob", GROUP)
    assert "Alice Owner" in heard.words
    assert len(await chat.rows("sponsors")) == 2
    chat.roster.roles["29:greta"] = "guest"
    heard = await chat.say(f"sponsors {GWEN} add", where=GROUP, entities=named("greta"))
    assert "not its guests" in heard.words
    await chat.say(f"sponsors {GWEN} remove", "bob", GROUP, entities=named("bob"))
    heard = await chat.say(f"sponsors {GWEN} remove", where=GROUP, entities=named("alice"))
    assert "Somebody has to answer for the guest." in heard.words
    assert [row["person_id"] for row in await chat.rows("sponsors")] == [PEOPLE["alice"][0]]


async def test_a_handover_goes_in_the_order_of_the_text(chat: Chat, invited: dict[str, Any]) -> None:
    text = "<at>Gatehouse</at> handover <at>Alice Owner</at> to <at>Bob Member</at>"
    people = [mention(BOT, "Gatehouse"), *named("bob", "alice")]
    heard = await chat.hear(activity("message", "alice", GROUP, text=text, entities=people))
    assert "Bob Member answers for 1 guest now, in place of Alice Owner." in heard.words
    assert [row["person_id"] for row in await chat.rows("sponsors")] == [PEOPLE["bob"][0]]


def leaves(*who: str) -> dict[str, Any]:
    return activity("conversationUpdate", "alice", GROUP, membersRemoved=[sender(each) for each in who])


async def test_owners_are_asked_about_who_left_once_the_roster_says_so(chat: Chat, invited: dict[str, Any]) -> None:
    await chat.say("help", "alice", DESK)
    await chat.say(f"sponsors {GWEN} add", where=GROUP, entities=named("bob"))
    assert (await chat.hear(leaves("bob"))).quiet
    chat.roster.fault = RosterFault
    await chat.hear(leaves("bob"))
    chat.roster.fault = None
    assert not await chat.database.read(notices.waiting, TENANT, LEFT)
    del chat.roster.roles["29:bob"]
    raw = leaves("bob", "dora")
    for _ in range(2):
        await chat.hear(raw)
    [notice] = await chat.database.read(notices.waiting, TENANT, LEFT)
    assert notice.person_id == PEOPLE["alice"][0]
    for _ in range(2):
        seen = await chat.click("sponsors.take", {"notice": notice.notice_id}, "alice", DESK)
        assert "Bob Member has left Project Falcon. Others answer for the guests now." in seen.words
    assert [row["person_id"] for row in await chat.rows("sponsors")] == [PEOPLE["alice"][0]]
    assert not await chat.database.read(notices.waiting, TENANT, LEFT)


async def test_an_admin_erases_after_a_confirmation(chat: Chat, invited: dict[str, Any]) -> None:
    asked = await chat.say(f"erase {GWEN}", "dora", GROUP)
    assert "Erase everything about this guest?" in asked.words
    assert GWEN not in repr(asked.sent)
    (row,) = await chat.rows("invitations")
    assert row["address"] == GWEN
    (button,) = asked.cards[0]["actions"]
    assert button["data"] == {"invitation": invited["invitation_id"]}
    done = await chat.click(button["verb"], button["data"], "dora", GROUP)
    (row,) = await chat.rows("invitations")
    assert row["address"].startswith("erased-")
    assert row["address"] in done.words
    again = await chat.click(button["verb"], button["data"], "dora", GROUP)
    assert "erased already" in again.words
    heard = await chat.say(f"status {GWEN}", where=GROUP)
    assert "never invited" in heard.words
    assert "Personal data" not in (await chat.say("guests", where=GROUP)).words


async def test_certificates_of_strangers_are_unknown(chat: Chat, invited: dict[str, Any]) -> None:
    await chat.database.write(invitations.revoke, *await _alice(chat), GWEN)
    for text in (f"certificate {GWEN}", "certificate kZ3rYb0tqkq6Jw1m8w0P3Q"):
        assert "I know no such certificate here." in (await chat.say(text, where=GROUP)).words


async def _alice(chat: Chat) -> tuple[Any, Any]:
    from bot import places

    raw = activity("message", "alice", GROUP, text="x")
    return places.place(raw, TENANT), places.person(raw, TENANT)
