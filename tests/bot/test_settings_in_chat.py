"""The settings card in the chat: pages, changes, and who is refused – forged, stale and demoted; and who may invite."""

from typing import Any

import pytest

from domain import policy_changes
from domain.policies import Approval, Inviting, Policy
from tests.bot.chat import GROUP, PEOPLE, TEAM, TENANT, Chat
from tests.bot.test_policies_in_chat import CARD, GWEN, demand
from tests.cards.reading import parts


async def policy(chat: Chat) -> Policy:
    found: Policy = await chat.database.read(policy_changes.of_tenant, TENANT)
    return found


def data(heard: Any, verb: str) -> list[dict[str, Any]]:
    """Of every button with this verb in the card that came back."""
    card = heard.cards[0] if heard.cards else heard.body["value"]
    return [part["data"] for part in parts(card) if part.get("verb") == verb]


@pytest.mark.parametrize("word", ["inviting", "lifetimes", "quotas", "approval", "lifecycle", "rules", "terms"])
async def test_each_page_is_reached_by_a_word_and_by_a_button(chat: Chat, word: str) -> None:
    written = await chat.say(f"settings {word}", "dora")
    clicked = await chat.click("settings.page", {"page": word}, "dora")
    assert written.cards == [clicked.body["value"]]
    assert {"page": "domains"} in data(clicked, "settings.page")


async def test_numbers_are_saved_at_the_version_that_was_looked_at(chat: Chat) -> None:
    shown = await chat.say("settings lifetimes", "dora")
    (button,) = data(shown, "settings.save")
    sent = button | {"invitation_days": "7", "access_days": 30, "passcode_minutes": ""}
    saved = await chat.click("settings.save", sent, "dora")
    assert saved.body["type"] == CARD
    found = await policy(chat)
    assert (found.invitation_days, found.access_days, found.passcode_minutes) == (7, 30, 0)
    events = [row for row in await chat.rows("audit_events") if row["kind"] == "policy.changed"]
    assert '"invitation_days":0' in events[-1]["detail"]
    assert '"invitation_days":7' in events[-1]["detail"]


async def test_a_stale_card_changes_nothing_and_is_drawn_anew_with_a_notice(chat: Chat) -> None:
    (button,) = data(await chat.say("settings lifetimes", "dora"), "settings.save")
    await demand(chat, access_days=20)
    heard = await chat.click("settings.save", button | {"invitation_days": 7}, "dora")
    assert heard.body["type"] == CARD
    assert "Somebody else changed the settings" in heard.words
    assert (await policy(chat)).invitation_days == 0
    (fresh,) = data(heard, "settings.save")
    await chat.click("settings.save", fresh | {"invitation_days": 7}, "dora")
    found = await policy(chat)
    assert (found.invitation_days, found.access_days) == (7, 20)


async def test_all_faults_are_named_at_once(chat: Chat) -> None:
    (button,) = data(await chat.say("settings lifetimes", "dora"), "settings.save")
    sent = button | {"invitation_days": "91", "passcode_minutes": 4, "session_hours": "many"}
    heard = await chat.click("settings.save", sent, "dora")
    assert "from 1 to 90" in heard.words
    assert "from 5 to 30" in heard.words
    assert "from 1 to 24" in heard.words
    assert (await policy(chat)).version == 0


FORGED: list[tuple[str, dict[str, Any]]] = [
    ("settings.page", {"page": "secrets"}),
    ("settings.page", {}),
    ("settings.save", {"page": "lifetimes", "version": -1, "invitation_days": 3}),
    ("settings.save", {"page": "lifetimes", "version": 0, "rules": []}),
    ("settings.save", {"page": "lifetimes", "version": 0, "invitation_days": [1]}),
    ("settings.save", {"page": "inviting", "version": 0, "who_may_invite": "the world"}),
    ("settings.save", {"page": "inviting", "version": 0, "who_may_invite": {"x": 1}}),
    ("settings.save", {"page": "lifecycle", "version": 0, "sponsor_missing": 7}),
    ("settings.list", {"list": "rules", "item": "x.example", "version": 0, "do": "add"}),
    ("settings.list", {"list": "denied_domains", "item": "no domain", "version": 0, "do": "add"}),
    ("settings.list", {"list": "denied_domains", "item": "x.example", "version": 0, "do": "steal"}),
    ("settings.list", {"list": "inviters", "item": "somebody-unknown", "version": 0, "do": "add"}),
    ("settings.rule", {"name": "", "version": 0, "block": "true"}),
    ("settings.rule", {"name": "No demand", "version": 0}),
    ("settings.rule", {"name": "R", "version": 0, "mfa": "true", "domains": "a b", "networks": "1.2.3.4.5"}),
    ("settings.rule", {"name": "R", "version": 0, "mfa": "true", "workspace": "foreign"}),
    ("settings.rule", {"name": "R", "version": 0, "mfa": "true", "session_hours": 25}),
    ("settings.terms", {"words": "", "language": "en", "version": 0}),
    ("settings.terms", {"words": "x", "language": "xx", "version": 0}),
    ("settings.terms", {"words": "x" * 10_001, "language": "en", "version": 0}),
]


@pytest.mark.parametrize(("verb", "sent"), FORGED)
async def test_what_no_card_sends_changes_nothing(chat: Chat, verb: str, sent: dict[str, Any]) -> None:
    """D1"""
    heard = await chat.click(verb, sent, "dora")
    assert heard.body["statusCode"] == 200
    assert await policy(chat) == Policy()


GENUINE: list[tuple[str, dict[str, Any]]] = [
    ("settings.page", {"page": "quotas"}),
    ("settings.save", {"page": "lifetimes", "version": 0, "invitation_days": 3}),
    ("settings.list", {"list": "denied_domains", "item": "x.example", "version": 0, "do": "add"}),
    ("settings.list_sure", {"list": "denied_domains", "item": "x.example", "version": 0, "do": "add"}),
    ("settings.rule", {"name": "R", "version": 0, "mfa": "true"}),
    ("settings.rule_remove", {"rule": "r", "version": 0}),
    ("settings.terms", {"words": "Be kind.", "language": "en", "version": 0}),
]


@pytest.mark.parametrize(("verb", "sent"), GENUINE)
@pytest.mark.parametrize("who", ["alice", "bob", "greta"])
async def test_only_admins_see_and_change_settings(chat: Chat, verb: str, sent: dict[str, Any], who: str) -> None:
    """D2, D3: asked at each click, whoever the card was made for."""
    await chat.install(where=GROUP)
    chat.roster.roles["29:greta"] = "guest"
    await demand(chat, who_may_invite=Inviting.EVERYONE)
    before = await policy(chat)
    heard = await chat.click(verb, sent | {"version": 1}, who, GROUP)
    assert heard.body["type"] != CARD
    assert await policy(chat) == before


async def test_a_list_that_keeps_guests_out_asks_before(chat: Chat) -> None:
    await chat.say(f"invite {GWEN}")
    sent = {"list": "denied_domains", "item": "Fabrikam.example", "version": 0, "do": "add"}
    asked = await chat.click("settings.list", sent, "dora")
    assert "1 open invitation could not be redeemed." in asked.words
    assert (await policy(chat)).denied_domains == ()
    (sure,) = data(asked, "settings.list_sure")
    await chat.click("settings.list_sure", sure, "dora")
    assert (await policy(chat)).denied_domains == ("fabrikam.example",)
    again = await chat.click("settings.list", sure | {"list": "allowed_domains", "version": 1}, "dora")
    assert "not both" in again.words


async def test_people_are_chosen_among_those_who_were_met(chat: Chat) -> None:
    await chat.install(where=GROUP)
    await chat.say("help", "bob", GROUP)
    bob = PEOPLE["bob"][0]
    shown = await chat.say("settings approval", "dora", GROUP)
    assert "Bob Member" in str(shown.cards)
    for name in ("approvers", "workspace_approvers"):
        version = (await policy(chat)).version
        sent = {"list": name, "item": bob, "version": version, "do": "add"}
        assert "Bob Member" in (await chat.click("settings.list", sent, "dora", GROUP)).words
    found = await policy(chat)
    assert found.approvers == (bob,)
    ((workspace_id, some),) = found.workspace_approvers
    assert (some, bool(workspace_id)) == ((bob,), True)
    assert "@" not in str(shown.cards).replace("@person", "")
    removed = {"list": "workspace_approvers", "item": bob, "version": found.version, "do": "remove"}
    await chat.click("settings.list", removed, "dora", GROUP)
    assert (await policy(chat)).workspace_approvers == ()


async def test_rules_and_terms_are_made_in_the_chat(chat: Chat) -> None:
    sent = {
        "name": "Partners",
        "version": 0,
        "domains": "fabrikam.example, *.northwind.example",
        "methods": "google,email_passcode",
        "networks": "203.0.113.0/24",
        "elsewhere": "true",
        "occasion": "later",
        "mfa": "true",
        "session_hours": 4,
    }
    heard = await chat.click("settings.rule", sent, "dora")
    (rule,) = (await policy(chat)).rules
    assert (rule.domains, rule.elsewhere, rule.mfa, rule.session_hours) == (
        ("fabrikam.example", "*.northwind.example"), True, True, 4,
    )  # fmt: skip
    (button,) = data(heard, "settings.rule_remove")
    await chat.click("settings.rule_remove", button, "dora")
    assert (await policy(chat)).rules == ()
    version = (await policy(chat)).version
    await chat.click("settings.terms", {"words": "Be kind.", "language": "en", "version": version}, "dora")
    assert (await policy(chat)).terms_version == 1


async def test_approval_and_inviting_are_chosen(chat: Chat) -> None:
    (button,) = data(await chat.say("settings approval", "dora"), "settings.save")
    await chat.click("settings.save", button | {"approval": "unfamiliar"}, "dora")
    assert (await policy(chat)).approval is Approval.UNFAMILIAR
    (button,) = data(await chat.say("settings inviting", "dora"), "settings.save")
    await chat.click("settings.save", button | {"who_may_invite": "nobody"}, "dora")
    heard = await chat.say(f"invite {GWEN}")
    assert heard.texts == ["Nobody may invite guests at present. Dora Admin can change that."]
    assert (await chat.say("invite")).texts == heard.texts
    assert await chat.rows("invitations") == []


# ── who may invite ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", [GROUP, TEAM])
@pytest.mark.parametrize(("setting", "invited"), [(Inviting.OWNERS, 0), (Inviting.MEMBERS, 1), (Inviting.EVERYONE, 1)])
async def test_members_invite_where_the_tenant_lets_them(
    chat: Chat, where: dict[str, Any], setting: Inviting, invited: int
) -> None:
    await chat.install(where=where)
    await demand(chat, who_may_invite=setting)
    await chat.say(f"invite {GWEN}", "bob", where)
    assert len(await chat.rows("invitations")) == invited


@pytest.mark.parametrize("told_by", ["roster", "activity"])
@pytest.mark.parametrize("setting", list(Inviting))
async def test_teams_guests_invite_only_where_everyone_may(chat: Chat, setting: Inviting, told_by: str) -> None:
    """D3"""
    await chat.install(where=GROUP)
    more: dict[str, Any] = {}
    if told_by == "roster":
        chat.roster.roles["29:greta"] = "guest"
    else:
        more["from"] = {"id": "29:greta", "name": "Greta", "aadObjectId": PEOPLE["greta"][0], "role": "guest"}
    await demand(chat, who_may_invite=setting)
    heard = await chat.say(f"invite {GWEN}", "greta", GROUP, **more)
    assert len(await chat.rows("invitations")) == (setting is Inviting.EVERYONE)
    if setting is not Inviting.EVERYONE:
        assert "not its guests" in heard.words
    for other in ("settings", "owners", f"remove {GWEN}", "links", f"sessions {GWEN}", f"move {GWEN} to a@b.example"):
        assert "not its guests" in (await chat.say(other, "greta", GROUP, **more)).words


@pytest.mark.parametrize("role", ["anonymous", "bot", "skill"])
async def test_nobody_anonymous_ever_invites(chat: Chat, role: str) -> None:
    await chat.install(where=GROUP)
    chat.roster.roles["29:greta"] = role
    await demand(chat, who_may_invite=Inviting.EVERYONE)
    await chat.say(f"invite {GWEN}", "greta", GROUP)
    assert await chat.rows("invitations") == []


async def test_who_is_on_no_roster_of_the_place_is_no_member(chat: Chat) -> None:
    await chat.install(where=GROUP)
    await demand(chat, who_may_invite=Inviting.EVERYONE)
    del chat.roster.roles["29:bob"]
    await chat.say(f"invite {GWEN}", "bob", GROUP)
    assert await chat.rows("invitations") == []
