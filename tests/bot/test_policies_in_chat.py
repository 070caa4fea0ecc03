"""Policies and sign-in methods in the chat: explained beforehand, asked at each invitation, ordered by admins."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.asking import Asking
from domain import policy_changes
from domain.methods import Answer, Discovered, DiscoveryNeeded
from domain.policies import NO_POLICY, Method, Partner, Policy, Rule
from tests.bot.chat import ADMIN, GROUP, PERSONAL, START, TENANT, Chat, Clock, Flags, Heard, Roster, click
from tests.cards.reading import parts, verbs

GWEN = "gwen@fabrikam.example"
CARD = "application/vnd.microsoft.card.adaptive"
FABRIKAM = Partner("p", "Fabrikam", "https://login.fabrikam.example", "id", ("fabrikam.example",))
OFF: dict[str, Any] = {"methods": ((Method.EMAIL_PASSCODE, False),)}


@dataclass
class Directory:
    """Who has an account at the partner; `asked` is everybody that was asked about."""

    accounts: frozenset[str] = frozenset()
    slow: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    async def ask(self, policy: Policy, address: str, /) -> Sequence[Discovered]:
        self.asked.append(address)
        if address in self.slow:
            await asyncio.Event().wait()
        answer = Answer.YES if address in self.accounts else Answer.NO
        return (Discovered(Method.PARTNER, answer, "partner_domain", START, "p", "Fabrikam"),)


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def chat(database: Any, clock: Clock, directory: Directory) -> Chat:
    return Chat(database, Roster(), Flags(), clock, directory)


async def demand(chat: Chat, **changes: Any) -> None:
    await chat.database.write(policy_changes.change, TENANT, ADMIN, lambda policy: replace(policy, **changes))


async def addresses(chat: Chat) -> list[str]:
    return [row["address"] for row in await chat.rows("invitations")]


# ── explaining ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_explaining_answers_with_a_card_for_each_address_and_invites_nobody(chat: Chat) -> None:
    heard = await chat.say(f"explain {GWEN}, peter@gmial.com")
    assert len(heard.cards) == 2
    assert "Would get in" in heard.words
    assert "Did you mean gmail.com?" in heard.words
    assert await addresses(chat) == []


async def test_explaining_is_understood_and_answered_in_german(chat: Chat) -> None:
    heard = await chat.say(f"erklären {GWEN}", locale="de-DE")
    assert "Käme hinein" in heard.words


async def test_explaining_names_the_rule_and_who_can_change_it(chat: Chat) -> None:
    await chat.say("settings", "dora")
    await demand(chat, rules=(Rule("r", "Fabrikam stays out", domains=("fabrikam.example",), block=True),))
    heard = await chat.say(f"explain {GWEN}")
    assert "Would not get in" in heard.words
    assert "Fabrikam stays out" in heard.words


async def test_explaining_asks_who_has_an_account(chat: Chat, directory: Directory) -> None:
    directory.accounts = frozenset({GWEN})
    await demand(chat, partners=(FABRIKAM,))
    heard = await chat.say(f"explain {GWEN}")
    assert directory.asked == [GWEN]
    assert "Fabrikam" in heard.words
    assert "The domain is a partner’s." in heard.words
    assert "asked just now" in heard.words
    assert "Not needed" in heard.words


async def test_explaining_masks_addresses_where_others_read(chat: Chat) -> None:
    """D7"""
    await chat.install(where=GROUP)
    heard = await chat.say(f"explain {GWEN}", where=GROUP)
    assert "gwen@" not in str(heard.sent)
    assert "gw***@fabrikam.example" in heard.words


async def test_members_are_told_whom_to_ask_and_nobody_is_asked_about_anybody(chat: Chat, directory: Directory) -> None:
    await chat.install(where=GROUP)
    await demand(chat, partners=(FABRIKAM,))
    heard = await chat.say(f"explain {GWEN}", "bob", GROUP)
    assert "Alice Owner" in heard.words
    assert directory.asked == []


# ── inviting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_forbidden_address_is_refused_with_a_sentence(chat: Chat) -> None:
    await demand(chat, denied_domains=("fabrikam.example",))
    heard = await chat.say(f"invite {GWEN}")
    assert heard.texts == [f"{GWEN} cannot be invited: the domain is blocked. An admin can change that."]
    assert await addresses(chat) == []


async def test_an_admin_is_not_sent_to_herself(chat: Chat) -> None:
    await chat.say("settings", "dora")
    await demand(chat, denied_domains=("fabrikam.example",))
    for who, told in (("alice", "Dora Admin can change that."), ("dora", "You can change that.")):
        heard = await chat.say(f"invite {GWEN}", who, PERSONAL | {"id": f"a:{who}"})
        assert heard.texts == [f"{GWEN} cannot be invited: the domain is blocked. {told}"]


async def test_forbidden_and_malformed_addresses_are_named_and_the_good_ones_wait(chat: Chat) -> None:
    await demand(chat, denied_domains=("fabrikam.example",))
    for written in (f"invite {GWEN}, peter@tailspin.example", f"invite {GWEN}, peter@tailspin.example, nobody"):
        heard = await chat.say(written)
        assert "The domain fabrikam.example is blocked." in heard.words
        assert await addresses(chat) == []
    assert "nobody" in heard.words
    draft = (await chat.rows("drafts"))[-1]["draft_id"]
    answer = await chat.click("invite.confirm", {"draft": draft})
    assert answer.body["type"] == CARD
    assert await addresses(chat) == ["peter@tailspin.example"]


async def test_a_typing_mistake_is_asked_about_once(chat: Chat) -> None:
    heard = await chat.say("invite gwen@gmial.com")
    assert "Did you mean gmail.com?" in heard.words
    assert await addresses(chat) == []
    await chat.click("invite.confirm", {"draft": (await chat.rows("drafts"))[0]["draft_id"]})
    assert await addresses(chat) == ["gwen@gmial.com"]


async def test_a_name_waits_along_with_its_doubtful_address(chat: Chat) -> None:
    heard = await chat.say("invite Ida Ivers <ida@gmial.com>")
    (sure,) = heard.cards[0]["actions"]
    await chat.click(sure["verb"], sure["data"])
    assert [(row["address"], row["name"]) for row in await chat.rows("invitations")] == [("ida@gmial.com", "Ida Ivers")]


async def test_the_button_for_the_good_ones_leaves_the_doubtful_one_out(chat: Chat) -> None:
    heard = await chat.say("invite gwen@gmial.com, peter@tailspin.example")
    good, _ = heard.cards[0]["actions"]
    await chat.click(good["verb"], good["data"])
    assert await addresses(chat) == ["peter@tailspin.example"]


async def test_with_passcodes_nobody_is_asked_about_anybody(chat: Chat, directory: Directory) -> None:
    await demand(chat, partners=(FABRIKAM,))
    await chat.say(f"invite {GWEN}")
    assert await addresses(chat) == [GWEN]
    assert directory.asked == []


async def test_without_passcodes_those_with_an_account_are_invited(chat: Chat, directory: Directory) -> None:
    directory.accounts = frozenset({GWEN})
    await demand(chat, partners=(FABRIKAM,), **OFF)
    heard = await chat.say("invite peter@fabrikam.example")
    assert "switched off" in heard.words
    form = await chat.click("invite.form", {"addresses": GWEN, "days": 30})
    assert form.body["type"] == CARD
    assert await addresses(chat) == [GWEN]
    assert directory.asked == ["peter@fabrikam.example", GWEN]


async def test_a_click_is_answered_the_same_again_after_somebody_was_asked(chat: Chat, directory: Directory) -> None:
    directory.accounts = frozenset({GWEN})
    await demand(chat, partners=(FABRIKAM,), **OFF)
    raw = click("invite.form", {"addresses": GWEN, "days": 30})
    first, again = await chat.hear(raw), await chat.hear(raw)
    assert first.body == again.body
    assert await addresses(chat) == [GWEN]


async def test_buttons_on_cards_ask_too(chat: Chat, clock: Clock, directory: Directory) -> None:
    await chat.say(f"invite {GWEN}")
    await demand(chat, partners=(FABRIKAM,), **OFF)
    clock.forward(seconds=61)
    row = (await chat.rows("invitations"))[0]
    target = {"invitation": row["invitation_id"], "version": row["version"]}
    assert "switched off" in (await chat.click("invitation.resend", target, replyToId="card")).words
    directory.accounts = frozenset({GWEN})
    assert (await chat.click("invitation.resend", target, replyToId="card")).body["type"] == CARD


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _needing(_operation: Any, *given: str, found: Any = None) -> Any:
    if found is None:
        raise DiscoveryNeeded(NO_POLICY, *given)
    return found


async def test_what_is_not_known_in_time_stays_unknown() -> None:
    directory = Directory(slow=frozenset({"slow@x.example"}))
    found = await Asking(directory, 0.05).run(_needing, None, "a@x.example", "slow@x.example")
    assert list(found) == ["a@x.example"]


async def test_one_message_asks_about_so_many_at_most() -> None:
    directory = Directory()
    await Asking(directory).run(_needing, None, *(f"guest{number}@x.example" for number in range(300)))
    assert len(directory.asked) == 100


async def test_where_nothing_was_set_up_nobody_has_an_account() -> None:
    assert await Asking(None).run(_needing, None, GWEN) == {GWEN: ()}


# ── methods ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def order(card: Any) -> list[str]:
    found = [part["data"]["method"] for part in parts(card) if part.get("verb") == "methods.switch"]
    return list(dict.fromkeys(found))


def shown(heard: Heard) -> Any:
    return heard.body["value"]


async def test_admins_move_and_switch_methods_on_one_card(chat: Chat) -> None:
    heard = await chat.say("methods", "dora")
    assert order(heard.cards[0]) == ["microsoft", "partner", "google", "personal", "email_passcode"]
    moved = await chat.click("methods.move", {"method": "google", "direction": "up", "version": 0}, "dora")
    assert order(shown(moved)) == ["microsoft", "google", "partner", "personal", "email_passcode"]
    switched = await chat.click("methods.switch", {"method": "google", "state": "off", "version": 1}, "dora")
    assert "Off" in switched.words
    assert len(await chat.rows("policies")) == 1


async def test_an_old_card_is_refreshed_and_says_why(chat: Chat) -> None:
    await chat.click("methods.move", {"method": "google", "direction": "up", "version": 0}, "dora")
    before = await chat.rows("policies")
    stale = await chat.click("methods.switch", {"method": "google", "state": "off", "version": 0}, "dora")
    assert stale.body["type"] == CARD
    assert "Somebody else changed the settings meanwhile." in stale.words
    assert order(shown(stale)) == ["microsoft", "google", "partner", "personal", "email_passcode"]
    assert await chat.rows("policies") == before
    assert chat.counted[-1] == ("SwitchMethod", "superseded")


async def test_owners_who_are_no_admins_are_told_whom_to_ask(chat: Chat) -> None:
    for heard in (
        await chat.say("methods"),
        await chat.click("methods.switch", {"method": "google", "state": "off", "version": 0}),
    ):
        assert "Only an admin can do this." in heard.words
    assert await chat.rows("policies") == []


async def test_the_settings_lead_to_the_methods(chat: Chat) -> None:
    heard = await chat.say("settings", "dora")
    assert "methods.show" in verbs(heard.cards[0])
    assert order(shown(await chat.click("methods.show", {}, "dora")))[-1] == "email_passcode"
