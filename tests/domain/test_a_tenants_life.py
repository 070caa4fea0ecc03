"""A tenant's months as a diary: what guests are mailed, what sponsors read on their cards, and who is in when."""

from datetime import timedelta

import pytest

from domain import invitations, notices, reviews, warnings
from domain.errors import AccessEnded, NoSession
from domain.life_views import Answer, Ending, EndingMail, Outlook, Question, ReminderMail, ReviewView, WarningView
from domain.views import InvitationMail, Kind, Status
from tests.domain.diary import Diary, returns
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, GWEN, START, TEAM, World, place

BOBS = place(CONTOSO, Kind.PERSONAL, "Bob")


@pytest.fixture
async def diary(world: World) -> Diary:
    await world.do(notices.met, CHAT, ALICE)
    await world.do(notices.met, BOBS, BOB)
    return Diary(world)


async def test_a_hundred_and_twenty_days_of_one_guest(diary: Diary) -> None:
    world = diary.world
    # Day 0: Alice invites Gwen, for 30 days of access.
    await world.invite(days=30)
    await world.deliver()
    assert diary.mails(InvitationMail) == 1

    # Days 2, 5 and 10: Gwen has done nothing, and is reminded, with the link that she has.
    reminded: list[int] = []
    for day in range(1, 13):
        before = diary.mails(ReminderMail)
        await diary.until(day)
        reminded += [day] * (diary.mails(ReminderMail) - before)
    assert reminded == [2, 5, 10]
    assert {mail.token for mail in world.mails(ReminderMail)} == {world.link()}

    # Day 12: she comes in. Nobody reminds her any more.
    browser = await world.opens()
    await browser.asks()
    await world.deliver()
    await browser.types(world.passcode())
    assert (await browser.access()).address == GWEN
    assert await diary.status() is Status.REDEEMED

    # Day 35, a week before the end: she is warned by mail, and Alice by a card.
    await diary.until(34)
    assert not diary.mails(EndingMail)
    await diary.until(35)
    [mail] = world.mails(EndingMail)
    assert (mail.why, mail.ends_at, mail.contact) == (Ending.DATE, START + timedelta(days=42), "Alice Owner")
    [card] = diary.cards(WarningView)
    assert (card.outlook, card.address, card.days) == (Outlook.ENDING, GWEN, 90)

    # Day 41, a day before: again. The earlier card says that there is a newer one.
    await diary.until(41)
    assert diary.mails(EndingMail) == 2
    assert [card.outlook for card in diary.cards(WarningView)] == [Outlook.NEWER, Outlook.ENDING]

    # Alice extends by one click: 90 days from now. Both cards say so.
    click = diary.cards(WarningView)[-1].notice_id
    view = await world.do(warnings.extend, CHAT, ALICE, click)
    assert (view.outlook, view.by, view.until) == (
        Outlook.EXTENDED,
        "Alice Owner",
        world.clock.now + timedelta(days=90),
    )
    await diary.until(42)
    assert [(card.outlook, card.by) for card in diary.cards(WarningView)] == [(Outlook.EXTENDED, "Alice Owner")] * 2
    assert await diary.status() is Status.REDEEMED

    # Day 50: the tenant wants guests attested every 30 days, with a week to answer. Gwen has been in for longer.
    await diary.until(50)
    await world.policy(attestation_days=30, grace_days=7)
    await diary.until(51)
    [question] = diary.cards(ReviewView)
    assert (question.question, [line.address for line in question.lines]) == (Question.ATTESTATION, [GWEN])
    assert question.until.date() == (START + timedelta(days=58)).date()
    view = await world.do(reviews.keep, CHAT, ALICE, question.notice_id, question.lines[0].membership_id)
    assert [(line.answer, line.by) for line in view.lines] == [(Answer.KEPT, "Alice Owner")]
    await diary.until(70)
    assert await diary.status() is Status.REDEEMED

    # Day 81: asked again. Nobody answers; a day before the end Alice is reminded; then Gwen's access ends.
    await diary.until(80)
    back = await returns(world)
    await diary.until(81)
    assert len(diary.cards(ReviewView)) == 2
    await diary.until(87)
    assert [card.reminder for card in diary.cards(ReviewView)] == [False, False, True]
    assert await diary.status() is Status.REDEEMED
    await diary.until(88)
    assert await diary.status() is Status.EXPIRED
    assert {line.answer for line in diary.cards(ReviewView)[-1].lines} == {Answer.RUN_OUT}
    with pytest.raises((AccessEnded, NoSession)):
        await back.access()
    events = await world.events()
    assert (events.count("membership.ended"), events.count("membership.kept")) == (1, 1)
    assert "access_ended" in [entry.kind for entry in (await world.card()).timeline]

    # Day 90: Alice opens it again, for somebody who then does not come for long.
    await world.policy(attestation_days=0, inactive_days=14)
    await diary.until(90)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.comes_in()
    await world.do(invitations.extend, TEAM, ALICE, GWEN, 60)
    await diary.until(103)
    assert len(diary.cards(ReviewView)) == 3

    # Day 104: 14 days without a sign-in. Gwen is told by mail, Alice by a card; Gwen comes back, and stays.
    await diary.until(105)
    assert world.mails(EndingMail)[-1].why is Ending.INACTIVE
    assert diary.cards(ReviewView)[-1].question is Question.INACTIVE
    await returns(world)
    await diary.until(106)
    assert [line.answer for line in diary.cards(ReviewView)[-1].lines] == [Answer.BACK]
    assert await diary.status() is Status.REDEEMED

    # Day 119: inactive once more, and this time the week goes by: the access ends.
    await diary.until(120)
    assert diary.cards(ReviewView)[-1].lines[0].answer is Answer.WAITING
    await diary.until(127)
    assert await diary.status() is Status.EXPIRED
    assert (await world.events()).count("membership.ended") == 2
