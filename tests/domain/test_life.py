"""Reminders, warnings and rules one by one: when they come, for whom, and what keeps them away."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from domain import delivery, invitations, mailings, notices, repairs, reviews, warnings, workspaces
from domain.errors import IllegalMove, Outdated
from domain.life_errors import NothingAsked
from domain.life_views import Answer, EndingMail, Outlook, Question, ReminderMail, ReviewView, WarningView
from domain.terms import Kind
from domain.views import InvitationMail, Person, Status
from domain.wishes import Wishes
from storage.tables import Person as PersonRow
from storage.tables import table
from tests.domain.diary import Diary, returns
from tests.domain.world import (
    ALICE,
    BOB,
    CHARLIE,
    CHAT,
    CONTOSO,
    DORA,
    FOREIGN,
    GROUP,
    GWEN,
    TAILSPIN,
    TEAM,
    WORKER,
    World,
    place,
)

BOBS, DORAS = place(CONTOSO, Kind.PERSONAL, "Bob"), place(CONTOSO, Kind.PERSONAL, "Dora")
PETER = "peter@fabrikam.example"


@pytest.fixture
async def diary(world: World) -> Diary:
    await world.do(notices.met, CHAT, ALICE)
    await world.do(notices.met, BOBS, BOB)
    return Diary(world)


async def sponsored(world: World, *people: Person, address: str = GWEN, days: int = 30) -> Any:
    """Invited by Alice with these sponsors, and in."""
    wishes = Wishes(sponsors=tuple(each.person_id for each in people))
    await world.do(invitations.invite, TEAM, ALICE, (address,), days, wishes=wishes)
    return await world.comes_in(address)


async def leaves(world: World, person: Person) -> None:
    """The person is not of the organisation any more."""
    people = table(PersonRow)
    named = (people.c.person_id == person.person_id, people.c.tenant_id == person.tenant_id)
    gone = update(people).where(*named).values(left_at=world.clock.now)
    await world.do(lambda work: work.run(gone))


# reminders


async def revoked(world: World) -> None:
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)


async def declined(world: World) -> None:
    await (await world.opens()).declines()


async def redeemed(world: World) -> None:
    await world.comes_in()


async def undelivered(world: World) -> None:
    world.clock.move(minutes=2)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.bounce()


@pytest.mark.parametrize("happens", [revoked, declined, redeemed, undelivered])
async def test_nobody_is_reminded_of_what_is_over(diary: Diary, happens: Callable[[World], Awaitable[None]]) -> None:
    await diary.world.invite()
    await diary.world.deliver()
    await happens(diary.world)
    await diary.until(13)
    assert diary.mails(ReminderMail) == 0


async def test_a_reminder_has_a_message_id_of_its_own_and_shows_in_the_timeline(diary: Diary) -> None:
    world = diary.world
    await world.invite()
    await diary.until(5)
    found = await world.rows("SELECT row_id FROM outbox WHERE kind IN ('invitation', 'reminder')")
    assert len({row.row_id for row in found}) == 3
    assert [entry.kind for entry in (await world.card()).timeline] == ["invited", "sent", "reminded", "reminded"]


async def test_a_reminder_waits_while_the_guest_could_not_get_in_and_then_comes_once(diary: Diary) -> None:
    world = diary.world
    await world.invite()
    await world.deliver()
    await world.policy(denied_domains=("fabrikam.example",))
    await diary.until(7)
    assert diary.mails(ReminderMail) == 0
    await world.policy(denied_domains=())
    await world.deliver()
    assert diary.mails(ReminderMail) == 1


async def test_a_mail_of_today_makes_a_reminder_pointless(diary: Diary) -> None:
    world = diary.world
    await world.invite()
    await diary.until(1)
    world.clock.move(hours=20)
    browser = await world.opens()
    assert browser.link
    link = (browser.link.tenant_id, browser.link.invitation_id, browser.link.token_hash)
    await world.do(repairs.remail, *link)
    await world.deliver()
    world.clock.move(hours=5)
    await world.due()
    await world.deliver()
    assert diary.mails(ReminderMail) == 0


async def test_a_new_link_begins_the_days_anew(diary: Diary) -> None:
    world = diary.world
    await world.invite()
    await diary.until(4)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.deliver()
    await diary.until(5)
    assert [mail.token for mail in world.mails(ReminderMail)] != [world.link()]
    assert diary.mails(ReminderMail) == 1
    await diary.until(6)
    assert world.mails(ReminderMail)[-1].token == world.link()


async def test_reminders_count_for_the_mailbox_and_not_for_the_owners_resends(diary: Diary) -> None:
    world = diary.world
    world.limit(mailbox_invitations_day=1, resends_day=5)
    await world.invite()
    await world.deliver()
    await diary.until(2)
    assert diary.mails(ReminderMail) == 1
    world.limit(mailbox_invitations_day=10, resends_day=1)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    world.limit(mailbox_invitations_day=2)
    await world.deliver()
    await world.invite("other@fabrikam.example")
    assert len(world.mails(InvitationMail)) == 2


async def test_a_full_mailbox_is_reminded_when_there_is_room(diary: Diary) -> None:
    world = diary.world
    await world.invite()
    await diary.until(1)
    world.limit(mailbox_invitations_hour=0)
    world.clock.move(days=1)
    await world.due()
    world.limit()
    await world.deliver()
    assert diary.mails(ReminderMail) == 0
    world.clock.move(hours=2)
    await world.due()
    await world.deliver()
    assert diary.mails(ReminderMail) == 1


async def test_a_refused_reminder_makes_an_open_invitation_undeliverable(diary: Diary) -> None:
    world = diary.world
    await world.invite()
    await world.deliver()
    world.clock.move(days=2)
    await world.due()
    await world.bounce()
    assert await diary.status() is Status.UNDELIVERABLE


async def test_a_refused_warning_leaves_the_guest_as_he_is(diary: Diary) -> None:
    world = diary.world
    await world.invite(days=30)
    await world.comes_in()
    await diary.until(22)
    world.clock.move(days=1)
    await world.due()
    [row] = await world.claim()
    await world.do(mailings.refused, row, WORKER, "550 no such user")
    assert await diary.status() is Status.REDEEMED


async def test_an_offer_expires_once_for_the_audit(diary: Diary) -> None:
    world = diary.world
    await world.invite()
    await diary.until(13)
    assert "invitation.expired" not in await world.events()
    await diary.until(20)
    assert (await world.events()).count("invitation.expired") == 1
    assert [entry.kind for entry in (await world.card()).timeline].count("expired") == 1
    await world.do(invitations.extend, TEAM, ALICE, GWEN, 5)
    await diary.until(30)
    assert (await world.events()).count("invitation.expired") == 2


async def test_an_access_ends_once_for_the_audit_and_the_timeline(diary: Diary) -> None:
    world = diary.world
    await world.guest(days=10)
    await diary.until(14)
    assert (await world.events()).count("membership.expired") == 1
    card = await world.card()
    assert [entry.at for entry in card.timeline if entry.kind == "access_ended"] != []
    assert [entry.kind for entry in card.timeline].count("access_ended") == 1
    [row] = await world.rows("SELECT ended_at, ends_at FROM memberships")
    assert row.ended_at == row.ends_at


# warnings


@pytest.mark.parametrize(("days", "warned"), [(1, 0), (2, 1), (5, 1), (7, 1), (8, 2), (90, 2)])
async def test_a_short_access_is_warned_of_as_often_as_makes_sense(diary: Diary, days: int, warned: int) -> None:
    await diary.world.guest(days=days)
    await diary.until(days + 1)
    assert diary.mails(EndingMail) == len(diary.cards(WarningView)) == warned


async def near_the_end(diary: Diary, *people: Person) -> WarningView:
    await sponsored(diary.world, *people)
    await diary.until(23)
    [card] = diary.cards(WarningView, CHAT if ALICE in people else BOBS)
    return card


async def test_a_named_sponsor_is_asked_in_place_of_the_inviter(diary: Diary) -> None:
    card = await near_the_end(diary, BOB)
    assert not diary.cards(WarningView, CHAT)
    view = await diary.world.do(warnings.extend, BOBS, BOB, card.notice_id)
    assert (view.outlook, view.by) == (Outlook.EXTENDED, "Bob Member")


async def test_the_same_click_twice_extends_once(diary: Diary) -> None:
    world = diary.world
    card = await near_the_end(diary, ALICE, BOB)
    first = await world.do(warnings.extend, CHAT, ALICE, card.notice_id)
    world.clock.move(hours=1)
    again = await world.do(warnings.extend, CHAT, ALICE, card.notice_id)
    assert again.until == first.until
    assert (await world.events()).count("invitation.extended") == 1
    [bobs] = diary.cards(WarningView, BOBS)
    await world.do(warnings.extend, BOBS, BOB, bobs.notice_id)
    assert (await world.events()).count("invitation.extended") == 1
    await world.post()
    assert [each.by for each in diary.cards(WarningView, BOBS)] == ["Alice Owner"]


async def test_an_extension_is_as_long_as_usual_and_as_the_tenant_allows(diary: Diary) -> None:
    await diary.world.policy(access_days=60, access_days_most=45)
    card = await near_the_end(diary, ALICE)
    view = await diary.world.do(warnings.extend, CHAT, ALICE, card.notice_id)
    assert view.until == diary.world.clock.now + timedelta(days=45)


async def test_an_extension_brings_new_warnings_before_the_new_end(diary: Diary) -> None:
    card = await near_the_end(diary, ALICE)
    await diary.world.do(warnings.extend, CHAT, ALICE, card.notice_id)
    await diary.until(105)
    assert diary.mails(EndingMail) == 1
    await diary.until(106)
    assert diary.mails(EndingMail) == 2


async def test_nobody_else_may_extend_and_all_get_the_same_answer(diary: Diary) -> None:
    world = diary.world
    card = await near_the_end(diary, ALICE)
    await world.settle(FOREIGN, CHARLIE)
    crossed = Person(TAILSPIN, ALICE.person_id, "Charlie as Alice")
    guest = replace(ALICE, role="guest")
    for where, who, what in (
        (BOBS, BOB, card.notice_id),
        (FOREIGN, CHARLIE, card.notice_id),
        (FOREIGN, crossed, card.notice_id),
        (CHAT, guest, card.notice_id),
        (CHAT, ALICE, "unknown"),
    ):
        for act in (warnings.extend, warnings.let_end):
            with pytest.raises(NothingAsked):
                await world.do(act, where, who, what)
    assert "invitation.extended" not in await world.events()
    world.settings["admins"] = frozenset({DORA.person_id})
    view = await world.do(warnings.extend, DORAS, DORA, card.notice_id)
    assert view.by == "Dora Admin"


async def test_whoever_lost_the_right_may_not_click_an_old_card(diary: Diary) -> None:
    world = diary.world
    card = await near_the_end(diary, BOB)
    await world.change("UPDATE sponsors SET person_id = 'dora-id'")
    with pytest.raises(NothingAsked):
        await world.do(warnings.extend, BOBS, BOB, card.notice_id)


async def test_let_it_end_closes_the_cards_and_asks_no_more(diary: Diary) -> None:
    world = diary.world
    card = await near_the_end(diary, ALICE, BOB)
    view = await world.do(warnings.let_end, CHAT, ALICE, card.notice_id)
    assert (view.outlook, view.by) == (Outlook.LEFT, "Alice Owner")
    await diary.until(29)
    assert [each.outlook for each in diary.cards(WarningView, BOBS)] == [Outlook.LEFT]
    assert diary.mails(EndingMail) == 2
    await diary.until(31)
    assert [each.outlook for each in diary.cards(WarningView, BOBS)] == [Outlook.ENDED]
    assert await diary.status() is Status.EXPIRED


async def test_owners_and_then_admins_are_asked_where_no_sponsor_can_be_reached(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, BOB)
    await leaves(world, BOB)
    await diary.until(23)
    assert len(diary.cards(WarningView, CHAT)) == 1
    assert not diary.cards(WarningView, BOBS)


# attestation and rules


async def test_one_card_asks_about_several_guests_and_turns_pages(diary: Diary) -> None:
    world = diary.world
    world.limit(client_tries_hour=100)
    for number in range(12):
        await sponsored(world, ALICE, BOB, address=f"guest{number:02}@fabrikam.example", days=300)
    await world.policy(attestation_days=30, grace_days=7)
    await diary.until(31)
    [card] = diary.cards(ReviewView)
    assert (len(card.lines), card.pages, card.waiting) == (10, 2, 12)
    second = await world.do(reviews.page, CHAT, ALICE, card.notice_id, 2)
    assert [line.address for line in second.lines] == ["guest10@fabrikam.example", "guest11@fabrikam.example"]
    view = await world.do(reviews.end, CHAT, ALICE, card.notice_id, card.lines[0].membership_id)
    assert view.waiting == 11
    assert (await world.card("guest00@fabrikam.example")).status is Status.REVOKED
    view = await world.do(reviews.keep, CHAT, ALICE, card.notice_id, None)
    assert view.waiting == 0
    await diary.until(32)
    [bobs] = diary.cards(ReviewView, BOBS)
    assert bobs.waiting == 0
    await diary.until(45)
    assert (await world.events()).count("membership.kept") == 11
    assert (await world.card("guest05@fabrikam.example")).status is Status.REDEEMED


async def test_nobody_answers_for_guests_of_others(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, BOB, days=300)
    await sponsored(world, ALICE, address=PETER, days=300)
    await world.policy(attestation_days=30)
    await diary.until(31)
    [bobs], [alices] = diary.cards(ReviewView, BOBS), diary.cards(ReviewView, CHAT)
    assert [line.address for line in bobs.lines] == [GWEN]
    assert [line.address for line in alices.lines] == [PETER]
    before = await world.contents()
    peters = alices.lines[0].membership_id
    for who, where, notice, membership in (
        (BOB, BOBS, bobs.notice_id, peters),
        (BOB, BOBS, alices.notice_id, peters),
        (CHARLIE, FOREIGN, bobs.notice_id, bobs.lines[0].membership_id),
        (BOB, BOBS, "unknown", peters),
    ):
        for act in (reviews.keep, reviews.end):
            with pytest.raises(NothingAsked):
                await world.do(act, where, who, notice, membership)
    assert await world.contents() == before


async def test_without_anybody_to_ask_silence_ends_nothing(world: World) -> None:
    await world.guest(days=300)
    await world.change("DELETE FROM personal_chats")
    await world.policy(attestation_days=30, grace_days=1)
    await world.live(40)
    assert (await world.card()).status is Status.REDEEMED


async def test_a_guest_kept_is_not_asked_about_every_day(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, ALICE, days=300)
    await world.policy(inactive_days=30, grace_days=5)
    await diary.until(31)
    [card] = diary.cards(ReviewView)
    assert card.question is Question.INACTIVE
    await world.do(reviews.keep, CHAT, ALICE, card.notice_id, card.lines[0].membership_id)
    await diary.until(55)
    assert len(diary.cards(ReviewView)) == 1
    assert await diary.status() is Status.REDEEMED
    await diary.until(62)
    assert len(diary.cards(ReviewView)) == 2


async def inactive_in_two(diary: Diary) -> None:
    """Gwen in the one workspace and Peter in the other have been away for too long, and Alice is asked about both."""
    world = diary.world
    await world.guest(days=300)
    await world.settle(GROUP)
    await world.guest(PETER, where=GROUP, days=300)
    await world.policy(inactive_days=30, grace_days=5)
    await diary.until(32)


def answers(diary: Diary) -> dict[str, Answer]:
    return {line.address: line.answer for card in diary.cards(ReviewView) for line in card.lines}


@pytest.mark.parametrize("back", [GWEN, PETER])
async def test_the_card_of_the_workspace_says_that_its_guest_is_back(diary: Diary, back: str) -> None:
    await inactive_in_two(diary)
    assert answers(diary) == {GWEN: Answer.WAITING, PETER: Answer.WAITING}
    await returns(diary.world, back)
    diary.world.clock.move(seconds=10)
    await diary.world.post()
    assert answers(diary) == {GWEN: Answer.WAITING, PETER: Answer.WAITING} | {back: Answer.BACK}


async def test_what_a_rule_began_is_called_off_on_the_card_of_each_workspace(diary: Diary) -> None:
    await inactive_in_two(diary)
    await diary.world.policy(inactive_days=0)
    await diary.until(33)
    assert answers(diary) == {GWEN: Answer.CANCELLED, PETER: Answer.CANCELLED}


@pytest.mark.parametrize("changes", [{"inactive_days": 0}, {"inactive_days": 90}])
async def test_another_rule_calls_off_what_the_old_one_began(diary: Diary, changes: dict[str, int]) -> None:
    world = diary.world
    await sponsored(world, ALICE, days=300)
    await world.policy(inactive_days=30, grace_days=5)
    await diary.until(32)
    await world.policy(**changes)
    await diary.until(45)
    assert await diary.status() is Status.REDEEMED
    [card] = diary.cards(ReviewView)
    assert [line.answer for line in card.lines] == [Answer.CANCELLED]


async def test_switching_attestation_off_calls_off_its_questions(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, ALICE, days=300)
    await world.policy(attestation_days=30, grace_days=5)
    await diary.until(32)
    await world.policy(attestation_days=0)
    await diary.until(45)
    assert await diary.status() is Status.REDEEMED
    assert [line.answer for line in diary.cards(ReviewView)[0].lines] == [Answer.CANCELLED]


async def test_without_grace_access_ends_on_the_day_the_rule_finds_it(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, ALICE, days=300)
    await world.policy(inactive_days=30, grace_days=0)
    await diary.until(32)
    assert await diary.status() is Status.EXPIRED
    assert [row.end_reason for row in await world.rows("SELECT end_reason FROM memberships")] == ["inactive"]


async def test_who_left_elsewhere_under_the_same_id_has_not_left_here(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, BOB, days=300)
    await world.settle(FOREIGN, CHARLIE)
    await world.invite("toys@fabrikam.example", where=FOREIGN, by=CHARLIE)
    await world.do(workspaces.remember, replace(BOB, tenant_id=TAILSPIN))
    await leaves(world, replace(BOB, tenant_id=TAILSPIN))
    await world.policy(sponsor_missing=True, grace_days=10)
    await diary.until(30)
    assert diary.cards(ReviewView) == []
    assert await diary.status() is Status.REDEEMED


async def test_invitations_that_nobody_used_are_ended_however_often_they_were_sent(diary: Diary) -> None:
    world = diary.world
    await world.policy(unredeemed_days=10)
    await world.invite()
    await diary.until(6)
    await world.do(invitations.extend, TEAM, ALICE, GWEN, 30)
    await diary.until(9)
    assert await diary.status() is not Status.EXPIRED
    await diary.until(12)
    assert await diary.status() is Status.EXPIRED
    await diary.until(40)
    assert (await world.events()).count("invitation.expired") == 1


async def test_owners_take_over_guests_whose_sponsors_have_left(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, BOB, days=300)
    await sponsored(world, BOB, address=PETER, days=300)
    await world.policy(sponsor_missing=True, grace_days=10)
    await diary.until(2)
    assert not diary.cards(ReviewView)
    await leaves(world, BOB)
    await diary.until(3)
    [card] = diary.cards(ReviewView)
    assert (card.question, len(card.lines)) == (Question.SPONSOR_MISSING, 2)
    assert diary.mails(EndingMail) == 1
    gwens = next(line for line in card.lines if line.address == GWEN)
    await world.do(reviews.keep, CHAT, ALICE, card.notice_id, gwens.membership_id)
    await diary.until(14)
    assert await diary.status() is Status.REDEEMED
    assert await diary.status(PETER) is Status.EXPIRED
    await diary.until(20)
    assert len(diary.cards(ReviewView)) == 1


async def test_a_sponsor_who_is_back_calls_it_off(diary: Diary) -> None:
    world = diary.world
    await sponsored(world, BOB, days=300)
    await world.policy(sponsor_missing=True, grace_days=10)
    await leaves(world, BOB)
    await diary.until(3)
    await world.change("UPDATE people SET left_at = NULL")
    await diary.until(20)
    assert await diary.status() is Status.REDEEMED


# races


@pytest.mark.postgres
async def test_of_two_sponsors_who_answer_at_once_one_counts(racing: World) -> None:
    diary = Diary(racing)
    await racing.do(notices.met, CHAT, ALICE)
    await racing.do(notices.met, BOBS, BOB)
    await sponsored(racing, ALICE, BOB, days=300)
    await racing.policy(attestation_days=30)
    await diary.until(31)
    [alices], [bobs] = diary.cards(ReviewView, CHAT), diary.cards(ReviewView, BOBS)
    guest = alices.lines[0].membership_id
    await asyncio.gather(
        racing.do(reviews.keep, CHAT, ALICE, alices.notice_id, guest),
        racing.do(reviews.end, BOBS, BOB, bobs.notice_id, guest),
    )
    events = await racing.events()
    assert events.count("membership.kept") + events.count("membership.removed") == 1
    kept = "membership.kept" in events
    assert (await diary.status() is Status.REDEEMED) is kept


@pytest.mark.postgres
@pytest.mark.parametrize("turn", range(4))
async def test_an_extension_and_the_end_by_a_rule_never_both_happen(racing: World, turn: int) -> None:
    diary = Diary(racing)
    await racing.do(notices.met, CHAT, ALICE)
    await sponsored(racing, ALICE, days=300)
    await racing.policy(inactive_days=30, grace_days=5)
    await diary.until(34)
    racing.clock.move(days=2)

    async def extended() -> bool:
        try:
            await racing.do(invitations.extend, TEAM, ALICE, GWEN, 90)
        except (IllegalMove, Outdated):
            return False
        return True

    done, *_ = await asyncio.gather(extended(), racing.due(), racing.due())
    ended = (await racing.events()).count("membership.ended")
    assert (done, ended, await diary.status()) in (
        (True, 0, Status.REDEEMED),
        (False, 1, Status.EXPIRED),
        (True, 1, Status.SENDING),  # what had ended before was opened anew, which is another access
    )


@pytest.mark.postgres
async def test_two_replicas_remind_once(racing: World) -> None:
    await racing.invite()
    await racing.deliver()
    racing.clock.move(days=2)
    await asyncio.gather(*(racing.due() for _ in range(4)))
    rows = await racing.rows("SELECT row_id FROM outbox WHERE kind = 'reminder'")
    assert len(rows) == 1
    assert await racing.do(delivery.finish, (await racing.claim())[0], WORKER)
