"""I5: invitations that wait for a second person's word."""

from typing import Any

import pytest

from domain import (
    approval_decisions,
    approval_lists,
    approvals,
    housekeeping,
    invitations,
    policies,
    repairs,
    requests,
    workspaces,
)
from domain.approval_errors import ApprovalPutOff, NeedsApproval, NotApprover, NotAsker, UnknownApproval
from domain.approval_views import ApprovalTarget, AskedView, Word
from domain.errors import LimitReached, NotOwner, Outsider, PolicyForbids
from domain.policies import Approval, Policy
from domain.policy_views import Entry
from domain.request_views import Decision
from domain.views import InvitationMail, Kind, Status
from domain.wishes import Wishes
from tests.domain.approving import (
    BOBS,
    DORAS,
    EVERYONE,
    PETRA,
    approves,
    asked,
    chat,
    count,
    denies,
    invited,
    invites,
    own,
    posts,
    strict,
    target,
    to_approve,
    withdraws,
)
from tests.domain.test_requests import asked as asked_by_guest
from tests.domain.world import ALICE, BOB, CHARLIE, CHAT, DORA, FOREIGN, GRETA, GROUP, GWEN, TEAM, World

# which invitations wait


@pytest.mark.parametrize(
    ("approval", "familiar", "address", "waits"),
    [
        (Approval.NEVER, (), GWEN, False),
        (Approval.ALWAYS, ("fabrikam.example",), GWEN, True),
        (Approval.UNFAMILIAR, (), GWEN, True),
        (Approval.UNFAMILIAR, ("fabrikam.example",), "gwen@FABRIKAM.example", False),
        (Approval.UNFAMILIAR, ("fabrikam.example",), "gwen@mail.fabrikam.example", True),
        (Approval.UNFAMILIAR, ("*.fabrikam.example",), "gwen@mail.fabrikam.example", False),
        (Approval.UNFAMILIAR, ("*.fabrikam.example",), "gwen@evilfabrikam.example", True),
        (Approval.UNFAMILIAR, ("fabrikam.example",), "gwen@fabrikam.example.evil.example", True),
    ],
)
def test_what_waits(approval: Approval, familiar: tuple[str, ...], address: str, waits: bool) -> None:
    assert policies.waits(Policy(approval=approval, familiar_domains=familiar), address) is waits


async def test_nothing_is_made_and_no_mail_goes_before_the_word(world: World) -> None:
    await strict(world, BOB)
    view = await invites(world, reason="audits our books")
    assert (view.created, view.open, view.guests) == ((), (), ())
    assert view.asked[0].addresses == (GWEN,)
    await world.deliver()
    assert (await invited(world), world.inbox) == (0, [])
    assert await count(world, "approval.asked") == 1
    assert (await own(world)).reason == "audits our books"


async def test_of_a_mixed_list_those_that_need_no_word_are_invited_at_once(world: World) -> None:
    await strict(world, BOB, approval=Approval.UNFAMILIAR, familiar_domains=("fabrikam.example",))
    view = await invites(world, GWEN, PETRA)
    assert [each.address for each in view.created] == [GWEN]
    assert [each.addresses for each in view.asked] == [(PETRA,)]
    assert await invited(world) == 1


async def test_the_same_address_again_is_no_second_request(world: World) -> None:
    await strict(world, BOB)
    first = await asked(world, GWEN)
    again = await invites(world, GWEN.upper())
    assert ((), first.approval_id) == (again.asked, again.waiting[0].approval_id)
    more = await invites(world, GWEN, PETRA)
    assert ([each.addresses for each in more.asked], len(more.waiting)) == ([(PETRA,)], 1)
    assert await count(world, "approval.asked") == 2


async def test_another_workspace_asks_for_itself(world: World) -> None:
    await strict(world, BOB)
    await world.settle(GROUP)
    await asked(world, GWEN)
    assert len((await invites(world, GWEN, where=GROUP)).asked) == 1


async def test_approvers_are_not_buried(world: World) -> None:
    world.limit(approvals_workspace_day=2)
    await strict(world, BOB)
    for number in range(2):
        await asked(world, f"g{number}@fabrikam.example")
    with pytest.raises(LimitReached):
        await invites(world, GWEN)
    assert (await invites(world, "g0@fabrikam.example")).waiting


async def test_more_than_could_ever_be_invited_at_once_is_not_asked_for(world: World) -> None:
    world.limit(owner_hour=2)
    await strict(world, BOB)
    with pytest.raises(LimitReached) as refused:
        await invites(world, *(f"g{number}@d{number}.example" for number in range(3)))
    assert refused.value.most == 2


async def test_who_would_be_needed_can_be_asked_beforehand(world: World) -> None:
    await strict(world, BOB, approval=Approval.UNFAMILIAR, familiar_domains=("fabrikam.example",))
    view = await world.invite()
    needed = await world.do(lambda work: approvals.needed(work, view, ALICE, [GWEN, PETRA]))
    assert needed == (PETRA,)
    assert await count(world, "approval.asked") == 0


# who is asked


async def test_each_approver_is_asked_alone_and_the_asker_sees_who(world: World) -> None:
    await strict(world, *EVERYONE)
    await asked(world, reason="audits our books")
    cards = await to_approve(world)
    assert {post.conversation_id for post in cards} == {BOBS.conversation_id.partition(";")[0], "19:dora@thread"}
    assert {(post.view.kind, post.view.asker, post.view.reason) for post in cards} == {
        (Kind.PERSONAL, "Alice Owner", "audits our books")
    }
    (explanation,) = cards[0].view.explanations
    assert (explanation.address, explanation.entry) == (GWEN, Entry.YES)
    view = await own(world)
    assert (view.approvers, view.waits_for, view.reached) == (("Bob Member", "Dora Admin"), 2, 2)


async def test_a_workspaces_own_approvers_come_before_the_tenants_and_admins_come_last(world: World) -> None:
    world.settings["admins"] = frozenset({DORA.person_id})
    await strict(world, BOB)
    workspace = (await world.do(workspaces.standing, TEAM, ALICE)).workspace_id
    await world.policy(workspace_approvers=((workspace, ("carol-id",)),))
    assert (await invites(world)).asked[0].waits_for == 1
    first = (await invites(world)).waiting[0]
    with pytest.raises(UnknownApproval):
        await approves(world, target(first))
    await world.policy(workspace_approvers=(), approvers=())
    await world.do(workspaces.remember, DORA)
    assert (await invites(world, PETRA)).asked[0].approvers == ("Dora Admin",)


async def test_where_no_approver_can_be_reached_the_card_stands_where_it_was_asked(world: World) -> None:
    await world.policy(approval=Approval.ALWAYS, approvers=(BOB.person_id,))
    await world.do(workspaces.remember, BOB)
    what = await asked(world)
    (card,) = await to_approve(world)
    assert (card.conversation_id, card.view.kind) == (TEAM.conversation_id, Kind.TEAM)
    view = await own(world)
    assert (view.approvers, view.reached) == (("Bob Member",), 0)
    done = await world.do(approval_decisions.approve, TEAM, BOB, what, "")
    assert done.word is Word.APPROVED


async def test_nobody_approves_the_own_request_while_there_is_somebody_else(world: World) -> None:
    await strict(world, ALICE, BOB)
    what = await asked(world)
    view = await own(world)
    assert (view.approvers, view.alone) == (("Bob Member",), False)
    with pytest.raises(NotApprover) as refused:
        await approves(world, what, ALICE)
    assert (refused.value.own, refused.value.approvers) == (True, ("Bob Member",))
    assert (await approves(world, what, BOB)).word is Word.APPROVED


async def test_an_admin_stands_in_where_the_only_approver_asks(world: World) -> None:
    world.settings["admins"] = frozenset({DORA.person_id})
    await strict(world, ALICE)
    what = await asked(world)
    with pytest.raises(NotApprover):
        await approves(world, what, ALICE)
    assert (await approves(world, what, DORA)).word is Word.APPROVED


async def test_who_is_the_only_one_who_could_decides_alone_and_the_card_says_so(world: World) -> None:
    await strict(world, ALICE)
    what = await asked(world)
    assert (await own(world)).alone
    assert (await approves(world, what, ALICE)).word is Word.APPROVED


async def test_an_admin_can_always_decide(world: World) -> None:
    world.settings["admins"] = frozenset({DORA.person_id})
    await strict(world, BOB)
    assert (await approves(world, await asked(world), DORA)).decider == "Dora Admin"


async def test_who_left_or_is_a_guest_of_the_chat_is_no_approver(world: World) -> None:
    await strict(world, BOB, GRETA, DORA)
    await world.change("UPDATE people SET left_at = '2026-01-01 00:00:00' WHERE person_id = 'bob-id'")
    assert (await invites(world)).asked[0].approvers == ("Dora Admin",)


# the word


async def test_what_is_approved_is_invited_in_the_askers_name_and_place(world: World) -> None:
    await strict(world, *EVERYONE)
    view = await invites(world, GWEN, PETRA, reason="audit", days=30)
    done = await approves(world, target(view.asked[0]), note="Fine,\nwelcome")
    assert (done.word, done.decider, done.note, done.invited) == (Word.APPROVED, "Bob Member", "Fine, welcome", 2)
    card = await world.card()
    assert (card.inviter, card.access_days, card.status) == ("Alice Owner", 30, Status.SENDING)
    await world.deliver()
    assert len(world.mails(InvitationMail)) == 1
    cards = await posts(world)
    assert {post.view.word for post in cards} == {Word.APPROVED}
    assert len(cards) == 3
    assert world.chat[card.invitation_id].conversation_id == TEAM.conversation_id
    assert (await own(world)).note == "Fine, welcome"
    assert await count(world, "approval.decided") == 1
    assert await count(world, "invitation.created") == 2


async def test_what_is_denied_is_told_and_can_be_asked_again(world: World) -> None:
    await strict(world, BOB)
    done = await denies(world, await asked(world), note="Not now")
    assert done.word is Word.DENIED
    view = await own(world)
    assert (view.word, view.decider, view.note) == (Word.DENIED, "Bob Member", "Not now")
    assert await invited(world) == 0
    assert (await invites(world)).asked


async def test_the_second_word_changes_nothing_and_shows_who_decided(world: World) -> None:
    await strict(world, *EVERYONE)
    what = await asked(world)
    await denies(world, what, BOB)
    again = await approves(world, what, DORA)
    assert (again.word, again.decider) == (Word.DENIED, "Bob Member")
    assert (await invited(world), await count(world, "approval.decided")) == (0, 1)


async def test_a_card_that_showed_something_else_gets_the_present_one(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    for version in (0, 2, 99):
        shown = await approves(world, ApprovalTarget(what.approval_id, version))
        assert (shown.word, shown.version) == (None, 1)
    assert await invited(world) == 0


async def test_an_approver_who_is_none_any_more_decides_nothing(world: World) -> None:
    await strict(world, *EVERYONE)
    what = await asked(world)
    await world.policy(approvers=(DORA.person_id,))
    for act in (approves, denies):
        with pytest.raises(NotApprover) as refused:
            await act(world, what, BOB)
        assert refused.value.approvers == ("Dora Admin",)
    assert (await own(world)).word is None


async def test_who_has_nothing_to_do_with_it_learns_nothing(world: World) -> None:
    """The same for a request of another tenant, of another workspace, and for none at all."""
    await strict(world, BOB)
    await world.settle(GROUP, DORA)
    await world.settle(FOREIGN, CHARLIE)
    what = await asked(world)
    for where, who, which in (
        (DORAS, DORA, what),
        (GROUP, DORA, what),
        (FOREIGN, CHARLIE, what),
        (BOBS, BOB, ApprovalTarget("unknown", 1)),
        (BOBS, BOB, PETRA),
    ):
        for act in (approval_decisions.approve, approval_decisions.deny):
            with pytest.raises(UnknownApproval):
                await world.do(act, where, who, which, "")
        with pytest.raises(UnknownApproval):
            await world.do(approval_decisions.withdraw, where, who, which)
    with pytest.raises(Outsider):
        await world.do(approval_decisions.approve, TEAM, GRETA, what, "")
    assert (await own(world)).word is None


async def test_who_lost_the_right_to_invite_meanwhile_invites_nobody(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    await world.do(workspaces.add_owner, TEAM, ALICE, DORA)
    await world.do(workspaces.remove_owner, TEAM, DORA, ALICE)
    assert (await approves(world, what)).word is Word.VOID
    assert (await own(world)).word is Word.VOID
    assert (await invited(world), await count(world, "approval.decided")) == (0, 1)


async def test_the_bot_that_was_removed_invites_nobody_there(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    await world.do(workspaces.departed, TEAM)
    assert (await approves(world, what)).word is Word.VOID
    assert await world.rows("SELECT 1 FROM workspaces WHERE removed_at IS NOT NULL")


async def test_the_policy_is_asked_again_and_keeps_some_out(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world, GWEN, PETRA)
    await world.policy(denied_domains=("northwind.example",))
    done = await approves(world, what)
    assert (done.word, done.invited, done.left_out) == (Word.APPROVED, 1, (PETRA,))


async def test_where_the_policy_lets_nobody_in_nothing_is_decided(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    await world.policy(denied_domains=("fabrikam.example",))
    with pytest.raises(PolicyForbids):
        await approves(world, what)
    (card,) = await to_approve(world)
    assert (card.view.word, card.view.explanations[0].entry) == (None, Entry.NO)


async def test_who_became_a_guest_meanwhile_is_not_invited_twice(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world, GWEN, PETRA)
    await world.policy(approval=Approval.NEVER)
    await world.invite()
    done = await approves(world, what)
    assert (done.invited, done.left_out) == (1, (GWEN,))
    assert await invited(world) == 2


async def test_quotas_count_at_the_approval_and_put_it_off(world: World) -> None:
    world.limit(owner_hour=1)
    await strict(world, BOB)
    first, second = await asked(world, GWEN), await asked(world, PETRA)
    await approves(world, first)
    with pytest.raises(ApprovalPutOff) as refused:
        await approves(world, second)
    assert refused.value.asker == "Alice Owner"
    world.clock.move(minutes=61)
    assert (await approves(world, second)).invited == 1


async def test_a_mailbox_that_is_full_puts_the_approval_off_and_is_named(quick: World) -> None:
    quick.limit(mailbox_invitations_hour=1)
    await strict(quick, BOB)
    first, second = await asked(quick, "gwen+1@x.example"), await asked(quick, "gwen+2@x.example")
    await approves(quick, first)
    with pytest.raises(ApprovalPutOff) as refused:
        await approves(quick, second)
    assert (refused.value.address, refused.value.asker) == ("gwen+2@x.example", "Alice Owner")


async def test_who_asked_withdraws_and_nobody_else(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    with pytest.raises(NotAsker) as refused:
        await withdraws(world, what, DORA)
    assert refused.value.asker == "Alice Owner"
    assert (await withdraws(world, what)).word is Word.WITHDRAWN
    assert (await approves(world, what)).word is Word.WITHDRAWN
    assert (await invited(world), await count(world, "approval.withdrawn")) == (0, 1)
    assert (await withdraws(world, what)).word is Word.WITHDRAWN
    assert await count(world, "approval.withdrawn") == 1


async def test_a_request_can_be_named_by_an_address(world: World) -> None:
    await strict(world, BOB)
    await asked(world, PETRA, GWEN)
    assert (await approves(world, GWEN)).invited == 2
    with pytest.raises(UnknownApproval):
        await approves(world, GWEN)


# time


async def test_approvers_are_reminded_after_a_day_once(world: World) -> None:
    await strict(world, BOB)
    await asked(world)
    assert len(await to_approve(world)) == 1
    for hours, cards in ((23.9, 1), (0.2, 2), (24, 2), (48, 2)):
        world.clock.move(hours=hours)
        await world.due()
        shown = await to_approve(world)
        assert [post.view.reminder for post in shown] == [False, True][:cards]
    assert await count(world, "approval.reminded") == 1


async def test_who_approves_since_is_reminded_too_and_every_card_is_closed_by_the_word(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    await strict(world, BOB, DORA)
    await world.live(2)
    assert len(await to_approve(world)) == 3
    await approves(world, what, DORA)
    assert {post.view.word for post in await posts(world)} == {Word.APPROVED}
    assert len(await world.rows("SELECT 1 FROM notices WHERE closed_at IS NULL")) == 0


async def test_what_nobody_decides_ends_visibly_after_a_week(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    await world.live(6)
    assert (await own(world)).word is None
    await world.live(1)
    assert {post.view.word for post in await posts(world)} == {Word.EXPIRED}
    assert await count(world, "approval.expired") == 1
    assert (await approves(world, what)).word is Word.EXPIRED
    assert await invited(world) == 0
    assert (await invites(world)).asked


async def test_a_word_in_the_moment_between_the_end_and_its_act_comes_too_late(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    world.clock.move(days=7)
    assert (await approves(world, what)).word is Word.EXPIRED
    await world.due()
    assert await count(world, "approval.expired") == 1
    assert await count(world, "approval.decided") == 0


async def test_a_worker_that_was_down_for_a_week_ends_it_without_reminding(world: World) -> None:
    await strict(world, BOB)
    await asked(world)
    world.clock.move(days=8)
    await world.due()
    assert await count(world, "approval.expired") == 1
    assert await count(world, "approval.reminded") == 0


async def test_a_decided_request_is_neither_reminded_of_nor_ended(world: World) -> None:
    await strict(world, BOB)
    await denies(world, await asked(world))
    await world.live(9)
    assert {"approval.reminded", "approval.expired"}.isdisjoint(await world.events())


async def test_what_was_decided_is_forgotten_after_a_month(world: World) -> None:
    await strict(world, BOB)
    for end in (denies, withdraws, approves):
        await end(world, await asked(world, f"{end.__name__}@fabrikam.example"))
    await asked(world, PETRA)
    await world.live(7)
    world.clock.move(days=22)
    await world.do(housekeeping.sweep)
    assert len(await world.rows("SELECT 1 FROM approvals")) == 4
    world.clock.move(days=9)
    await world.do(housekeeping.sweep)
    assert await world.rows("SELECT 1 FROM approvals") == []
    await posts(world)


# other ways in


async def test_a_draft_that_is_confirmed_waits_too(world: World) -> None:
    await strict(world, BOB)
    draft = await world.do(invitations.draft, TEAM, ALICE, (GWEN,), None)
    view = await world.do(invitations.confirm, TEAM, ALICE, draft.draft_id)
    assert (view.created, len(view.asked)) == ((), 1)


async def test_who_got_a_forwarded_link_waits_too_and_the_requests_card_says_so(world: World) -> None:
    view = await asked_by_guest(world)
    await strict(world, BOB)
    done = await world.do(requests.invite, TEAM, ALICE, view.request_id)
    assert done.decision is Decision.ASKED
    assert await invited(world) == 1
    assert (await own(world)).addresses == (view.address,)


@pytest.mark.parametrize("act", ["correct", "move"])
async def test_another_address_does_not_slip_through(world: World, act: str) -> None:
    await world.invite() if act == "correct" else await world.guest()
    await strict(world, BOB)
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    world.clock.move(minutes=2)
    operation: Any = invitations.correct if act == "correct" else repairs.move
    with pytest.raises(NeedsApproval) as refused:
        await world.do(operation, TEAM, ALICE, GWEN, PETRA)
    assert refused.value.approvers == ("Bob Member",)
    assert (await world.do(operation, TEAM, BOB, GWEN, PETRA)).address == PETRA


# the list


async def test_everybody_sees_what_waits_for_them_and_what_they_asked(world: World) -> None:
    await strict(world, BOB)
    first = await asked(world, GWEN)
    await asked(world, PETRA)
    await denies(world, first)
    bobs = await world.do(approval_lists.listing, BOBS, BOB, 1)
    assert [(each.addresses, each.word) for each in bobs.lines] == [((PETRA,), None)]
    alices = await world.do(approval_lists.listing, CHAT, ALICE, 1)
    assert {(each.addresses, each.word) for each in alices.lines} == {((PETRA,), None), ((GWEN,), Word.DENIED)}
    assert all(isinstance(each, AskedView) for each in alices.lines)
    assert (await world.do(approval_lists.listing, DORAS, DORA, 1)).total == 0


async def test_the_list_has_pages_and_in_a_team_only_what_was_asked_there(world: World) -> None:
    await strict(world, BOB)
    await world.settle(GROUP)
    for number in range(7):
        await asked(world, f"g{number}@fabrikam.example")
    await asked(world, PETRA, where=GROUP)
    second = await world.do(approval_lists.listing, BOBS, BOB, 2)
    assert (second.page, second.pages, second.total, len(second.lines)) == (2, 2, 8, 3)
    assert (await world.do(approval_lists.listing, GROUP, BOB, 1)).total == 1


async def test_a_request_is_shown_to_who_decides_and_to_who_asked(world: World) -> None:
    await strict(world, BOB)
    what = await asked(world)
    assert (await world.do(approval_lists.shown, BOBS, BOB, what)).explanations
    assert isinstance(await world.do(approval_lists.shown, CHAT, ALICE, what), AskedView)
    for where, who in ((DORAS, DORA), (FOREIGN, CHARLIE)):
        with pytest.raises(UnknownApproval):
            await world.do(approval_lists.shown, where, who, what)


async def test_it_is_in_the_database_and_nowhere_else(world: World) -> None:
    """Another process on the same database goes on where the first was killed."""
    from tests.domain.world import build

    await strict(world, BOB)
    what = await asked(world, reason="audit")
    engine = world.database.engine
    url = getattr(engine, "url", "")
    again = build(str(url).replace("+asyncpg", "") if url else f"sqlite:///{engine.path}")
    again.clock.now = world.clock.now
    try:
        done = await again.do(approval_decisions.approve, chat(BOB), BOB, what, "")
        assert (done.word, done.reason) == (Word.APPROVED, "audit")
        await again.deliver()
        assert len(again.mails(InvitationMail)) == 1
    finally:
        await again.database.close()


async def test_only_who_may_invite_asks(world: World) -> None:
    await strict(world, BOB)
    with pytest.raises(NotOwner):
        await invites(world, by=BOB)
    assert await count(world, "approval.asked") == 0


async def test_a_reason_is_one_line_of_visible_words(world: World) -> None:
    await strict(world, BOB)
    long = "x" * 1000
    view = await world.do(invitations.invite, TEAM, ALICE, (GWEN,), None, wishes=Wishes(reason=f"a\n\u202eb {long}"))
    assert view.asked[0].reason.startswith("a b x")
    assert len(view.asked[0].reason) == approvals.LONGEST_REASON
