"""Where one part of the product meets another: what each promises holds there too."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cards import posting
from domain import (
    bulk_naming,
    bulks,
    departures,
    erasing_asked,
    invitations,
    lists,
    notices,
    own_words,
    reviews,
    sponsoring,
    sponsors,
    workspaces,
)
from domain.approval_errors import NeedsApproval
from domain.approval_views import Word
from domain.bulk_views import State
from domain.errors import AddressTaken
from domain.form_errors import EndPassed
from domain.life_errors import NothingAsked
from domain.life_views import ReviewView
from domain.policies import Approval, Inviting
from domain.wishes import Wishes
from tests.domain import approving
from tests.domain.approving import PETRA, approves, asked, strict
from tests.domain.diary import Diary
from tests.domain.test_who_may_invite import MEMBER
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, DORA, GWEN, TEAM, World

SAM = replace(MEMBER, person_id="sam-id", name="Sam Member", channel_user_id="29:sam")


async def people(world: World) -> list[str]:
    return [row.address for row in await world.rows("SELECT address FROM invitations")]


@pytest.fixture
async def settled(world: World) -> World:
    world.settings["admins"] = frozenset({DORA.person_id})
    await world.settle()
    return world


async def test_nobody_is_invited_for_somebody_who_was_erased_meanwhile(settled: World) -> None:
    await strict(settled, BOB)
    both = await asked(settled, GWEN, PETRA)
    alone = await asked(settled, "gwen@partner.example")
    for address in (GWEN, "gwen@partner.example"):
        await settled.do(erasing_asked.by_operator, CONTOSO, address)
    view = await approves(settled, both)
    assert view.invited == 1
    assert await people(settled) == [PETRA]
    view = await approves(settled, alone)
    assert (view.word, view.invited) == (Word.APPROVED, 0)
    assert await people(settled) == [PETRA]


async def test_an_access_whose_end_passed_while_it_waited_is_not_approved(settled: World) -> None:
    await strict(settled, BOB)
    wishes = Wishes(until=settled.clock.now + timedelta(days=2))
    view = await settled.do(invitations.invite, TEAM, ALICE, (GWEN,), None, wishes=wishes)
    settled.clock.move(days=3)
    with pytest.raises(EndPassed):
        await approves(settled, approving.target(view.asked[0]))
    assert await people(settled) == []


async def test_an_approved_access_lasts_no_longer_than_the_tenant_lets_it_by_then(settled: World) -> None:
    await strict(settled, BOB)
    what = await asked(settled, days=300)
    await settled.policy(access_days_most=30)
    await approves(settled, what)
    (row,) = await settled.rows("SELECT access_days FROM invitations")
    assert row.access_days == 30


def some() -> Any:
    return lists.read(b"email\na@fabrikam.example\nb@fabrikam.example\n")


async def test_a_list_stops_where_the_bot_was_removed_and_a_click_elsewhere_does_not_bring_it_back(
    settled: World,
) -> None:
    view = await settled.do(bulks.preview, TEAM, ALICE, some(), "")
    await settled.do(bulks.confirm, TEAM, ALICE, view.bulk_id)
    await settled.do(workspaces.departed, TEAM)
    await settled.do(workspaces.arrived, CHAT, ALICE)
    await settled.do(bulks.shown, CHAT, ALICE, view.bulk_id)
    (row,) = await settled.rows("SELECT removed_at FROM workspaces WHERE kind = 'team'")
    assert row.removed_at is not None
    await settled.due()
    assert await people(settled) == []
    assert (await settled.do(bulks.shown, CHAT, ALICE, view.bulk_id)).state is State.STOPPED


async def test_of_others_invitations_an_inviter_of_several_learns_no_more_than_of_one(settled: World) -> None:
    await settled.invite(GWEN, PETRA)
    await settled.policy(who_may_invite=Inviting.MEMBERS)
    with pytest.raises(AddressTaken):
        await settled.do(invitations.invite, TEAM, MEMBER, (GWEN, PETRA), None)
    with pytest.raises(AddressTaken):
        await settled.do(invitations.invite, TEAM, MEMBER, ("new@fabrikam.example", PETRA), None)
    view = await settled.do(invitations.invite, TEAM, ALICE, (GWEN, PETRA), None)
    assert len(view.open) == 2


async def test_of_others_requests_for_approval_an_inviter_learns_nothing_but_that_there_is_one(settled: World) -> None:
    await strict(settled, BOB, approval=Approval.ALWAYS, who_may_invite=Inviting.MEMBERS)
    await approving.invites(settled, GWEN, PETRA, reason="the secret merger", by=SAM)
    with pytest.raises(AddressTaken):
        await approving.invites(settled, GWEN, by=MEMBER)
    assert len((await approving.invites(settled, GWEN, by=SAM)).waiting) == 1
    assert len((await approving.invites(settled, GWEN, by=ALICE)).waiting) == 1


async def test_who_left_the_organisation_invites_nobody_any_more(settled: World) -> None:
    await strict(settled, BOB, who_may_invite=Inviting.MEMBERS)
    await settled.do(workspaces.remember, SAM)
    what = await asked(settled, by=SAM)
    await settled.change("UPDATE people SET left_at = '2026-11-22 10:00:00' WHERE person_id = 'sam-id'")
    view = await approves(settled, what)
    assert view.word is Word.VOID
    assert await people(settled) == []


async def test_whom_the_directory_named_long_ago_is_asked_nothing(settled: World) -> None:
    (row,) = await settled.rows("SELECT workspace_id FROM workspaces")
    await settled.change(
        "INSERT INTO owners (tenant_id, workspace_id, person_id, since, source)"
        " SELECT tenant_id, workspace_id, 'dora-id', since, 'graph' FROM owners"
    )

    def owners(work: Any) -> Any:
        return sponsors.owners_of(work, CONTOSO, [row.workspace_id])[row.workspace_id]

    assert await settled.look(owners) == (ALICE.person_id,)


async def test_a_former_owner_turns_no_pages_of_guests_any_more(settled: World) -> None:
    diary = Diary(settled)
    await settled.do(notices.met, CHAT, ALICE)
    await settled.do(workspaces.add_owner, TEAM, DORA, BOB)
    await settled.do(invitations.invite, TEAM, BOB, (GWEN,), 300)
    await settled.comes_in()
    await settled.do(sponsoring.hand_over, TEAM, DORA, BOB, ALICE)
    await settled.policy(attestation_days=30, grace_days=7)
    await diary.until(31)
    [card] = diary.cards(ReviewView)
    assert (await settled.do(reviews.page, CHAT, ALICE, card.notice_id, 1)).lines
    await settled.do(sponsoring.hand_over, TEAM, DORA, ALICE, BOB)
    await settled.do(workspaces.remove_owner, TEAM, DORA, ALICE)
    with pytest.raises(NothingAsked):
        await settled.do(reviews.page, CHAT, ALICE, card.notice_id, 1)


async def test_whether_somebody_may_name_sponsors_is_only_looked_at(settled: World) -> None:
    await settled.invite()
    renamed = replace(TEAM, name="Launched")
    before = await settled.contents()
    assert await settled.look(sponsoring.may, renamed, replace(ALICE, name="Alice O."), GWEN)
    assert await settled.contents() == before


async def test_cards_of_requests_and_lists_show_nobody_who_was_erased(settled: World) -> None:
    await strict(settled, BOB)
    await asked(settled, GWEN, PETRA)
    await settled.do(bulks.preview, TEAM, ALICE, lists.read(f"email\n{GWEN}\n{PETRA}\n".encode()), "")
    await settled.post()
    assert [GWEN in str(post.view) for post in settled.chat.values()] == [True, True, True]
    await settled.do(erasing_asked.by_operator, CONTOSO, GWEN)
    settled.clock.move(minutes=1)
    await settled.post()
    assert [GWEN in str(post.view) for post in settled.chat.values()] == [False, False, False]
    for post in settled.chat.values():
        assert GWEN[:2] + "***" not in str(posting.message(post))


@pytest.mark.parametrize(
    "text", ["see evil.example/x", "go to evil.com", "ask a@b.example", "evil\u3002com", "www.evil.com"]
)
def test_a_list_takes_no_links_that_the_form_would_not_take(text: str) -> None:
    assert own_words.links(text)
    for column in ("name", "message"):
        [line] = lists.read(f'email,{column}\n{GWEN},"{text}"\n'.encode()).lines
        assert line.fault == column
    [line] = lists.read(f'email,name,message\n{GWEN},Gwen St. Clair,"Hello, it is 9.30 now."\n'.encode()).lines
    assert not line.fault


async def test_an_admin_who_leaves_one_workspace_approves_still(settled: World) -> None:
    await settled.do(notices.met, approving.chat(DORA), DORA)
    await settled.invite(by=DORA)
    assert await settled.do(departures.left, TEAM, (DORA.person_id, DORA.channel_user_id))
    await strict(settled)
    (view,) = (await approving.invites(settled, PETRA)).asked
    assert view.waits_for == 1


async def test_an_operator_names_no_workspace_that_the_bot_was_removed_from(settled: World) -> None:
    assert await settled.look(bulk_naming.places, CONTOSO, "launch")
    await settled.do(workspaces.departed, TEAM)
    assert not await settled.look(bulk_naming.places, CONTOSO, "launch")


async def test_what_ran_out_is_not_opened_again_past_an_approver(world: World) -> None:
    """Opening an invitation again is inviting."""
    await world.invite(GWEN)
    world.clock.move(days=20)
    await world.policy(approval=Approval.ALWAYS, approvers=(BOB.person_id,))
    for again, more in ((invitations.resend, ()), (invitations.extend, (7,))):
        with pytest.raises(NeedsApproval):
            await world.do(again, TEAM, ALICE, GWEN, *more)
