"""Approvals in the chat: asked for with a command, decided with a click, each by who may at that moment."""

from dataclasses import replace
from typing import Any

import pytest

from bot.approval_commands import Approvals, Approve, Deny, ShowApproval, Withdraw
from bot.approval_phrases import with_reason
from bot.clicks import clicked
from bot.commands import HowToInvite, Invite, Need, Unclear
from bot.phrases import understand
from domain import approval_lists, delivery, policy_changes, postings
from domain.approval_views import ApprovalTarget
from domain.policies import Approval
from domain.views import Place
from tests.bot.chat import GROUP, OTHER_TENANT, PEOPLE, PERSONAL, TENANT, Chat, Clock

GWEN = "gwen@fabrikam.example"
BOB, DORA = PEOPLE["bob"][0], PEOPLE["dora"][0]


def alone(name: str) -> dict[str, Any]:
    return PERSONAL | {"id": f"a:{name}"}


@pytest.fixture
async def strict(chat: Chat) -> Chat:
    """Alice's group chat; Bob approves every invitation, and has talked with the bot alone."""
    await chat.install(where=GROUP)
    await chat.say("help", "bob", alone("bob"))
    await approvers(chat, BOB)
    return chat


async def approvers(chat: Chat, *people: str) -> None:
    def change(work: Any) -> None:
        policy_changes.change(
            work, TENANT, DORA, lambda before: replace(before, approval=Approval.ALWAYS, approvers=people)
        )

    await chat.database.write(change)


async def asked(chat: Chat) -> dict[str, Any]:
    """What the buttons of the request's cards hold."""
    heard = await chat.say(f"invite {GWEN} for 30 days because she audits our books", where=GROUP)
    assert heard.quiet
    (row,) = await chat.rows("approvals")
    return {"approval": row["approval_id"], "version": row["version"]}


def verbs(card: dict[str, Any]) -> set[str]:
    return {each["verb"] for each in card.get("actions", ())}


async def test_what_waits_is_asked_for_with_its_reason_and_approved_with_a_click(strict: Chat) -> None:
    button = await asked(strict)
    assert await strict.rows("invitations") == []
    assert (await strict.rows("approvals"))[0]["reason"] == "she audits our books"
    done = await strict.click("approval.approve", button | {"note": "Fine"}, "bob", alone("bob"))
    assert "Approved by Bob Member: 1 guest invited" in done.words
    assert "Fine" in done.words
    assert verbs(done.body["value"]) == set()
    (invitation,) = await strict.rows("invitations")
    assert (invitation["inviter_id"], invitation["access_days"]) == (PEOPLE["alice"][0], 30)
    (card,) = await strict.rows("cards")
    assert card["conversation_id"] == GROUP["id"]


async def test_the_same_click_again_under_another_id_shows_what_was_decided(strict: Chat) -> None:
    button = await asked(strict)
    for _ in range(3):
        done = await strict.click("approval.approve", button, "bob", alone("bob"))
        assert "Approved by Bob Member" in done.words
    late = await strict.click("approval.deny", button, "dora", alone("dora"))
    assert "Approved by Bob Member" in late.words
    assert len(await strict.rows("invitations")) == 1


async def test_a_note_that_is_none_and_a_version_that_is_none_do_no_harm(strict: Chat) -> None:
    button = await asked(strict)
    for version in (7, 0, 10**12, True, "1", None, float("nan")):
        await strict.click("approval.approve", button | {"version": version}, "bob", alone("bob"))
    assert await strict.rows("invitations") == []
    for note in (17, {"a": 1}, None, "x" * 60_000):
        await strict.click("approval.deny", button | {"note": note}, "bob", alone("bob"))
    (row,) = await strict.rows("approvals")
    assert (row["decision"], row["note"]) == ("denied", "")


async def test_forged_and_foreign_ids_get_one_answer(strict: Chat) -> None:
    button = await asked(strict)
    answers = set[str]()
    for data in (button, {"approval": "no-such-id", "version": 1}):
        for verb in ("approval.approve", "approval.deny", "approval.withdraw", "approval.show"):
            heard = await strict.click(verb, data, "charlie", alone("charlie"))
            answers.add(heard.words)
    assert len(answers) == 1
    foreign = strict.click("approval.approve", button, "charlie", alone("charlie") | {"tenantId": OTHER_TENANT})
    await foreign
    assert (await strict.rows("approvals"))[0]["decided_at"] is None


async def test_who_is_no_approver_any_more_is_told_who_is(strict: Chat) -> None:
    button = await asked(strict)
    await strict.say("help", "dora", alone("dora"))
    await approvers(strict, DORA)
    heard = await strict.click("approval.approve", button, "bob", alone("bob"))
    assert "Only an approver can do this. Please ask Dora Admin." in heard.words
    assert await strict.rows("invitations") == []


async def test_who_asked_is_told_that_somebody_else_approves_and_may_withdraw(strict: Chat) -> None:
    await approvers(strict, BOB, PEOPLE["alice"][0])
    button = await asked(strict)
    heard = await strict.click("approval.approve", button, "alice", GROUP)
    assert "You asked for this yourself: somebody else has to approve it. Please ask Bob Member." in heard.words
    other = await strict.click("approval.withdraw", button, "bob", GROUP)
    assert "Only Alice Owner can withdraw this" in other.words
    done = await strict.click("approval.withdraw", button, "alice", GROUP)
    assert "Withdrawn by Alice Owner" in done.words
    assert GWEN in done.words, "the answer is for her alone"


async def test_asking_again_shows_the_open_request_masked(strict: Chat) -> None:
    await asked(strict)
    heard = await strict.say(f"invite {GWEN}", where=GROUP)
    (card,) = heard.cards
    assert verbs(card) == {"approval.withdraw"}
    assert GWEN not in heard.words
    assert "Waits for 1 approver. Bob Member" in heard.words
    assert len(await strict.rows("approvals")) == 1


async def test_approvals_lists_and_shows_and_decides_by_address(strict: Chat) -> None:
    assert "No invitation waits" in (await strict.say("approvals", "bob", alone("bob"))).words
    button = await asked(strict)
    listed = await strict.say("Freigaben", "bob", alone("bob"))
    assert GWEN in listed.words
    assert "Alice Owner asks" in listed.words
    shown = await strict.click("approval.show", button, "bob", alone("bob"))
    assert verbs(shown.body["value"]) == {"approval.approve", "approval.deny"}
    assert "Would get in" in shown.words
    denied = await strict.say(f"approvals deny {GWEN} because not this year", "bob", alone("bob"))
    assert "Denied by Bob Member" in denied.words
    assert "not this year" in denied.words
    assert "I know no such request" in (await strict.say(f"approvals approve {GWEN}", "bob", alone("bob"))).words


async def test_a_channel_without_cards_gets_the_words_to_write(strict: Chat) -> None:
    await asked(strict)
    heard = await strict.say(f"invite {GWEN}", where=GROUP, channelId="msteams")
    from cards import fallback_text

    assert f"approvals withdraw {GWEN}" in fallback_text(heard.cards[0], address=GWEN)


async def test_a_click_tells_where_a_lost_card_stands(strict: Chat, clock: Clock) -> None:
    button = await asked(strict)
    for row in await strict.database.write(delivery.claim, "card", None, "worker", 9, 60):
        assert await strict.database.write(postings.creating, row, "worker")
        await strict.database.write(delivery.dropped, row, "worker")
    await strict.click("approval.deny", button, "bob", alone("bob"), replyToId="m-1")
    found = {row["person_id"]: row["activity_id"] for row in await strict.rows("notices")}
    assert found == {BOB: "m-1", "": None}
    assert clock


async def test_of_somebody_without_a_right_nothing_is_believed_of_where_a_card_stands(strict: Chat) -> None:
    button = await asked(strict)
    for row in await strict.database.write(delivery.claim, "card", None, "worker", 9, 60):
        assert await strict.database.write(postings.creating, row, "worker")
        await strict.database.write(delivery.dropped, row, "worker")
    await approvers(strict, DORA)
    await strict.click("approval.show", button, "bob", GROUP, replyToId="m-forged")
    assert {row["activity_id"] for row in await strict.rows("notices")} == {None}


async def test_a_cards_click_of_another_tenant_finds_nothing(strict: Chat) -> None:
    button = await asked(strict)
    foreign = Place(OTHER_TENANT, "personal", "msteams", "a:bob", "", "https://x", "a:bob", "28:bot")  # type: ignore[arg-type]
    assert not await strict.database.write(approval_lists.card_found, foreign, button["approval"], "m-1")


@pytest.mark.parametrize(
    ("text", "reason", "days"),
    [
        (f"invite {GWEN} because she audits our books.", "she audits our books", None),
        (f"invite {GWEN} for 30 days because: audit", "audit", 30),
        (f"einladen {GWEN}, weil sie prüft", "sie prüft", None),
        (f"invite Simone Weil <weil@fabrikam.example>, {GWEN}", "", None),
        (f"invite {GWEN}, Simone Weil <weil@fabrikam.example>", "", None),
        ("invite because@fabrikam.example", "", None),
    ],
)
def test_a_reason_stands_behind_because(text: str, reason: str, days: int | None) -> None:
    command = understand(text)
    assert isinstance(command, Invite)
    assert not command.addresses.bad
    assert (command.reason, command.days) == (reason, days)


def test_a_reason_without_an_address_invites_nobody() -> None:
    assert isinstance(understand("invite because"), HowToInvite | Invite)
    assert with_reason("because of you") == ("because of you", "")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("approvals", Approvals()),
        ("approvals 3", Approvals(3)),
        ("freigaben seite 2", Approvals(2)),
        (f"approvals approve {GWEN}", Approve(GWEN)),
        (f"approvals deny {GWEN} because no", Deny(GWEN, "no")),
        (f"approvals withdraw {GWEN}", Withdraw(GWEN)),
        ("approvals approve", Unclear("approvals", Need.ADDRESS)),
        (f"approvals maybe {GWEN}", Unclear("approvals", Need.APPROVALS)),
    ],
)
def test_approvals_are_read(text: str, command: Any) -> None:
    assert understand(text) == command


@pytest.mark.parametrize(
    ("verb", "data", "command"),
    [
        ("approval.approve", {"approval": "a", "version": 1, "note": "x"}, Approve(ApprovalTarget("a", 1), "x")),
        ("approval.deny", {"approval": "a", "version": 1.0}, Deny(ApprovalTarget("a", 1), "")),
        ("approval.withdraw", {"approval": "a", "version": 2}, Withdraw(ApprovalTarget("a", 2))),
        ("approval.show", {"approval": "a", "version": 2}, ShowApproval(ApprovalTarget("a", 2))),
        ("approvals.page", {"page": 2}, Approvals(2)),
        ("approvals.page", {"page": "x"}, Unclear("", Need.BUTTON)),
        ("approval.approve", {"approval": "a b", "version": 1}, Unclear("", Need.BUTTON)),
        ("approval.approve", {"approval": "a", "version": -1}, Unclear("", Need.BUTTON)),
    ],
)
def test_buttons_are_read(verb: str, data: dict[str, Any], command: Any) -> None:
    assert clicked(verb, data) == command
