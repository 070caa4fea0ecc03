"""Who gets something done: every command and button × everybody who might try."""

import random
from typing import Any

import pytest

from bot.clicks import BUTTONS
from bot.phrases import READERS
from domain import requests
from tests.bot.chat import GROUP, OTHER_TENANT, PEOPLE, TENANT, Chat, Clock, Heard, activity, click, mention, said

GWEN = "gwen@fabrikam.example"
OTHER_GROUP = GROUP | {"id": "19:other@thread.v2", "name": "Elsewhere"}
WATCHED = (
    *("policies", "invitations", "owners", "admins", "drafts", "outbox", "tenant_features", "requests"),
    "audit_events",
)

COMMANDS: dict[str, str] = {
    "invite": "invite peter@fabrikam.example",
    "invite, some bad": "invite peter@fabrikam.example, nobody",
    "invite, all bad": "invite nobody",
    "invite, alone": "invite",
    "guests": "guests",
    "status": f"status {GWEN}",
    "resend": f"resend {GWEN}",
    "revoke": f"revoke {GWEN}",
    "remove": f"remove {GWEN}",
    "extend": f"extend {GWEN} 30 days",
    "explain": "explain peter@fabrikam.example",
    "language": f"language {GWEN} de",
    "move": f"move {GWEN} to peter@fabrikam.example",
    "owners": "owners",
    "owners add": "owners add",
    "owners remove": "owners remove",
    "settings": "settings",
    "methods": "methods",
    "preview on": "preview on",
    "preview off": "preview off",
    "claim": "claim WRONG",
    "links": "links",
    "links add": "links add Wiki https://wiki.example/",
    "links remove": "links remove Board",
    "sessions": f"sessions {GWEN}",
    "mfa reset": f"mfa reset {GWEN}",
    "mfa requests": "mfa requests",
    "blocks": "blocks",
    "audit": f"audit {GWEN}",
    "sponsors": f"sponsors {GWEN}",
    "sponsors add": f"sponsors {GWEN} add",
    "sponsors remove": f"sponsors {GWEN} remove",
    "handover": "handover",
    "certificate": f"certificate {GWEN}",
    "erase": f"erase {GWEN}",
    "help": "help",
    "unknown": "inivte",
    "unclear": "status",
}
VERBS: dict[str, dict[str, Any]] = {
    "invitation.resend": {},
    "invitation.revoke": {},
    "invitation.extend": {},
    "invitation.correct": {"address": "peter@fabrikam.example"},
    "request.invite": {"request": "REQUEST"},
    "request.extend": {"request": "REQUEST"},
    "request.dismiss": {"request": "REQUEST"},
    "invite.confirm": {"draft": "DRAFT"},
    "invite.form": {"addresses": "peter@fabrikam.example", "days": 30},
    "guests.page": {"only": "all", "page": 1},
    "sessions.end": {"guest": "GUEST"},
    "mfa.confirm": {"request": "REQUEST"},
    "mfa.deny": {"request": "REQUEST"},
    "settings.show": {},
    "settings.feature": {"feature": "email_passcode", "setting": "enabled"},
    "settings.confirm": {"feature": "email_passcode", "setting": "disabled"},
    "methods.show": {},
    "methods.move": {"method": "google", "version": 0, "direction": "up"},
    "methods.switch": {"method": "google", "version": 0, "state": "off"},
    "sponsors.take": {"notice": "NOTICE"},
    "sponsors.give": {"notice": "NOTICE", "person": PEOPLE["dora"][0]},
    "erase.confirm": {"invitation": "INVITATION"},
    "audit.page": {"about": "all", "days": 0},
    "audit.filter": {"about": "all", "days": "0", "address": GWEN},
    "blocks.page": {"page": 1},
    "settings.page": {"page": "quotas"},
    "settings.save": {"page": "inviting", "version": 0, "who_may_invite": "everyone"},
    "settings.list": {"list": "denied_domains", "domain": "x.example", "version": 0, "do": "add"},
    "settings.list_sure": {"list": "denied_domains", "domain": "fabrikam.example", "version": 0, "do": "add"},
    "settings.rule": {"name": "R", "version": 0, "mfa": "true"},
    "settings.rule_remove": {"rule": "r", "version": 0},
    "settings.terms": {"words": "Be kind.", "language": "en", "version": 0},
}
LOOKS = {"invitation.show", "guests.show"}
"""Asked by clients on their own: tests/bot/test_readers.py."""
ON_NOTICES = ("access.", "approval.", "approvals.", "bulk.", "review.", "switch.")
"""On cards that have tests of their own, of who may use them."""
ELSEWHERE_TESTED = {"approvals"}
"""Shows everybody their own."""
FOR_ADMINS = {
    "settings", "preview on", "preview off", "settings.show", "settings.feature", "settings.confirm",
    "methods", "methods.show", "methods.move", "methods.switch", "mfa requests", "mfa.confirm", "mfa.deny",
    "settings.page", "settings.save", "settings.list", "settings.list_sure", "settings.rule", "settings.rule_remove",
    "settings.terms", "blocks", "blocks.page",
    "erase", "erase.confirm",
}  # fmt: skip
ELSEWHERE = {
    *("invitation.resend", "invitation.revoke", "invitation.extend", "invitation.correct", "invite.confirm"),
    *("request.invite", "request.extend", "request.dismiss"),
    *("sponsors.take", "sponsors.give"),
}
NOT_PERMITTED = ["member", "guest", "anonymous", "bot", "no id", "not in the roster", "other workspace", "other tenant"]


class Scene:
    """Alice owns a group chat with an invitation and a draft in it; a minute has gone by."""

    def __init__(self, chat: Chat, clock: Clock) -> None:
        self.chat = chat
        self.clock = clock
        self.invitation: dict[str, Any] = {}
        self.draft = ""
        self.request = ""

    async def set(self) -> "Scene":
        await self.chat.install(where=GROUP)
        await self.chat.say(f"invite {GWEN}", where=GROUP)
        await self.chat.say("invite ann@fabrikam.example, nobody", where=GROUP)
        row = (await self.chat.rows("invitations"))[0]
        self.invitation = {"invitation": row["invitation_id"], "version": row["version"]}
        self.draft = (await self.chat.rows("drafts"))[0]["draft_id"]
        (link,) = await self.chat.rows("links")
        held = (link["tenant_id"], link["invitation_id"], link["token_hash"])
        await self.chat.database.write(requests.ask, *held, "petra@fabrikam.example", "", client="c")
        self.request = (await self.chat.rows("requests"))[0]["request_id"]
        self.clock.forward(seconds=61)
        return self

    async def state(self) -> dict[str, list[dict[str, Any]]]:
        return {table: await self.chat.rows(table) for table in WATCHED}

    def act(self, what: str, who: str = "alice", where: dict[str, Any] | None = None) -> dict[str, Any]:
        where = where or GROUP
        if what in COMMANDS:
            changing = what.startswith(("owners ", "sponsors ", "handover"))
            people = [mention("29:bob", "Bob Member")] if changing else []
            people += [mention("29:dora", "Dora Admin")] if what == "handover" else []
            return said(COMMANDS[what], who, where, entities=people)
        data = {**(self.invitation if what.startswith("invitation.") else {}), **VERBS[what]}
        if what == "erase.confirm":
            data["invitation"] = self.invitation["invitation"]
        if "draft" in data:
            data["draft"] = self.draft
        if "request" in data:
            data["request"] = self.request
        return click(what, data, who, where)

    async def attempt(self, what: str, who: str) -> Heard:
        """Somebody without the right tries."""
        chat, raw, tenant_id = self.chat, self.act(what, "bob"), TENANT
        if who == "guest":
            chat.roster.roles["29:bob"] = "guest"
        elif who == "anonymous":
            chat.roster.roles["29:bob"] = "anonymous"
        elif who == "bot":
            raw["from"]["role"] = "bot"
        elif who == "no id":
            del raw["from"]["aadObjectId"]
        elif who == "not in the roster":
            del chat.roster.roles["29:bob"]
        elif who == "other workspace":
            await chat.install("charlie", OTHER_GROUP)
            raw = self.act(what, "charlie", OTHER_GROUP)
        elif who == "other tenant":
            tenant_id = OTHER_TENANT
            chat.roster.tenants = {"29:bob": OTHER_TENANT}
            raw["conversation"] = GROUP | {"tenantId": OTHER_TENANT}
            raw["channelData"] = {"tenant": {"id": OTHER_TENANT}}
        return await chat.hear(raw, tenant_id)


@pytest.fixture
async def scene(chat: Chat, clock: Clock) -> Scene:
    return await Scene(chat, clock).set()


def test_the_table_is_complete() -> None:
    assert set(VERBS) | LOOKS == {verb for verb in BUTTONS if not verb.startswith(ON_NOTICES)}
    assert {what.partition(" ")[0].rstrip(",") for what in COMMANDS} >= set(READERS) - ELSEWHERE_TESTED


def about_this_workspace(what: str, who: str) -> bool:
    """The owner of another workspace has every right there."""
    return who != "other workspace" or what in ELSEWHERE | FOR_ADMINS


def changes(state: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [row for row in state["audit_events"] if row["kind"] not in ("workspace.added", "refused")]


def noted(state: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [row for row in state["audit_events"] if row["kind"] == "refused"]


HARMLESS = {"invite, all bad", "invite, alone", "claim", "help", "unknown", "unclear"}
"""Nothing would have been done: whoever belongs to the tenant is told whom to ask, and that is all."""


def noted_refusals(what: str, who: str) -> int:
    if who == "other workspace":
        return 1 if what in FOR_ADMINS else 0
    return 0 if what in HARMLESS and who in ("member", "other tenant") else 1


ATTEMPTS = [(what, who) for what in (*COMMANDS, *VERBS) for who in NOT_PERMITTED if about_this_workspace(what, who)]


@pytest.mark.parametrize(("what", "who"), ATTEMPTS)
async def test_who_has_no_right_gets_a_sentence_and_changes_nothing(scene: Scene, what: str, who: str) -> None:
    """D1, D2, D3, C5"""
    if who == "other workspace":
        await scene.chat.install("charlie", OTHER_GROUP)
    before = await scene.state()
    heard = await scene.attempt(what, who)
    after = await scene.state()
    assert changes(after) == changes(before)
    assert [row["kind"] for row in noted(after)] == ["refused"] * noted_refusals(what, who)
    assert {**after, "audit_events": 0} == {**before, "audit_events": 0}
    assert not heard.cards
    assert all(isinstance(body["value"], str) for body in heard.bodies)
    assert heard.words, "somebody is told whom to ask"
    assert "gwen" not in heard.words


@pytest.mark.parametrize("what", [*COMMANDS, *VERBS])
async def test_an_owner_gets_everything_but_what_is_the_admins(scene: Scene, what: str) -> None:
    before = await scene.state()
    heard = await scene.chat.hear(scene.act(what))
    if what in FOR_ADMINS:
        after = await scene.state()
        assert "Only an admin can do this." in heard.words
        assert changes(after) == changes(before)
        assert [row["kind"] for row in noted(after)] == ["refused"]
        assert {**after, "audit_events": 0} == {**before, "audit_events": 0}
    else:
        assert "Please ask" not in heard.words
        assert "went wrong" not in heard.words


@pytest.mark.parametrize("what", [*COMMANDS, *VERBS])
async def test_an_admin_gets_everything(scene: Scene, what: str) -> None:
    heard = await scene.chat.hear(scene.act(what, "dora"))
    assert "Please ask" not in heard.words
    assert "went wrong" not in heard.words


async def test_a_draft_is_its_writers_own(scene: Scene) -> None:
    heard = await scene.chat.hear(scene.act("invite.confirm", "dora"))
    assert "answered already" in heard.words
    assert len(await scene.chat.rows("invitations")) == 1


async def test_foreign_and_unknown_invitations_look_the_same(scene: Scene) -> None:
    """D1"""
    await scene.chat.install("charlie", OTHER_GROUP)
    foreign = await scene.chat.hear(scene.act("invitation.revoke", "charlie", OTHER_GROUP))
    unknown = await scene.chat.click(
        "invitation.revoke", {"invitation": "nobodys", "version": 1}, "charlie", OTHER_GROUP
    )
    broken = await scene.chat.click("invitation.revoke", {"invitation": 7}, "charlie", OTHER_GROUP)
    assert foreign.body == unknown.body == broken.body


async def test_a_workspace_without_an_owner_waits_for_an_admin(chat: Chat) -> None:
    heard = await chat.say(f"invite {GWEN}", "bob", GROUP)
    assert "admin" in heard.words
    await chat.say("owners add", "dora", GROUP, entities=[mention("29:bob", "Bob Member")])
    assert (await chat.say(f"invite {GWEN}", "bob", GROUP)).quiet


VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1,
    2**63,
    10**400,
    1.0,
    float("nan"),
    float("inf"),
    "",
    "1",
    "x" * 65_536,
    "' OR 1=1 --",
    "../../etc",
    "\u0000",
    "__proto__",
    [],
    [[]],
    {},
    {"$ne": ""},
]
FIELDS = (
    "invitation", "version", "address", "draft", "only", "page", "feature", "setting",
    "addresses", "days", "__proto__", "constructor", "verb", "action",
)  # fmt: skip


async def test_forged_payloads_have_no_effect_and_an_answer_each(scene: Scene) -> None:
    """D1: 500 payloads from a member, of every verb and with every kind of value"""
    dice = random.Random(5)
    before = await scene.state()
    for number in range(500):
        verb = dice.choice([*VERBS, "invitation.delete", "", None, 7, ["invitation.revoke"]])
        data: Any = {dice.choice(FIELDS): dice.choice(VALUES) for _ in range(dice.randrange(6))}
        if dice.random() < 0.5:
            data |= scene.invitation
        if dice.random() < 0.1:
            data = dice.choice(VALUES)
        raw = click(verb, data, "bob", GROUP) if number % 3 else activity("message", "bob", GROUP, value=data)
        heard = await scene.chat.hear(raw)
        assert not heard.cards, data
        assert "went wrong" not in heard.words, (verb, data)
        assert len(heard.answers) == (1 if raw["type"] == "invoke" else 0)
    after = await scene.state()
    assert changes(after) == changes(before)
    assert {row["actor"] for row in noted(after)} == {PEOPLE["bob"][0]}
    assert len(noted(after)) == 2, "one for each kind of refusal, however often"
    assert {**after, "audit_events": 0} == {**before, "audit_events": 0}


async def test_forged_payloads_of_an_owner_meet_no_fault(scene: Scene) -> None:
    """D1: what is malformed is refused before it reaches the domain"""
    dice = random.Random(7)
    for _ in range(300):
        verb = dice.choice(list(VERBS))
        data = scene.invitation | {dice.choice(FIELDS): dice.choice(VALUES) for _ in range(dice.randrange(1, 4))}
        heard = await scene.chat.click(verb, data, "alice", GROUP)
        assert "went wrong" not in heard.words, (verb, data)
        assert heard.body["statusCode"] == 200
