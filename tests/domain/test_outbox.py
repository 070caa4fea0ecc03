"""The outbox: what is due is delivered once, by one worker, as it is at that moment."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from domain import delivery, guests, housekeeping, invitations, mailings, postings, workspaces
from domain.errors import LimitReached, NotOwner
from domain.views import Claimed, InvitationMail, Status
from tests.domain.world import ALICE, BOB, CONTOSO, GWEN, TAILSPIN, TEAM, WORKER, World


async def test_what_is_refused_enqueues_nothing_and_wakes_nobody(world: World) -> None:
    world.woken = 0
    world.limit(owner_hour=0)
    with pytest.raises(LimitReached):
        await world.invite()
    with pytest.raises(NotOwner):
        await world.invite(by=BOB)
    assert world.woken == 0
    assert await world.rows("SELECT * FROM outbox WHERE channel <> 'due'") == []
    world.limit()
    await world.invite()
    assert world.woken == 1


async def test_a_row_is_claimed_by_one_worker_until_its_lease_ends(world: World) -> None:
    """H3."""
    await world.invite()
    (row,) = await world.claim(owner="first")
    assert await world.claim(owner="second") == []
    assert not await world.do(mailings.begin, row, "second")
    world.clock.move(seconds=59)
    assert await world.claim(owner="second") == []
    world.clock.move(seconds=1)
    (again,) = await world.claim(owner="second")
    assert (again.row_id, again.attempts, again.cut) == (row.row_id, 2, False)
    assert not await world.do(mailings.begin, row, "first")
    await world.do(mailings.sent, row, "first")
    assert (await world.card()).status is Status.SENDING
    assert await world.do(mailings.begin, again, "second")
    await world.do(mailings.sent, again, "second")
    assert (await world.card()).status is Status.SENT


async def test_a_worker_that_died_while_handing_over_leaves_a_mark(world: World) -> None:
    await world.invite()
    (row,) = await world.claim()
    world.clock.move(seconds=50)
    assert await world.do(mailings.begin, row, WORKER)
    world.clock.move(seconds=50)
    assert await world.claim(owner="another") == [], "the lease began anew"
    world.clock.move(minutes=5)
    (again,) = await world.claim(owner="another")
    assert again.cut


@pytest.mark.postgres
async def test_many_workers_share_the_rows_and_take_none_twice(racing: World) -> None:
    """H4."""
    await racing.invite(*(f"guest{number}@x.example" for number in range(40)))
    claims = await asyncio.gather(
        *(racing.do(delivery.claim, "mail", 1, f"worker{number}", 10, 60) for number in range(8))
    )
    taken = [row.row_id for rows in claims for row in rows]
    assert len(taken) == len(set(taken)) == 40
    assert max(map(len, claims)) <= 10


async def test_passcodes_have_a_lane_of_their_own(world: World) -> None:
    await world.invite("a@x.example")
    browser = await world.opens("a@x.example")
    await world.invite("b@x.example")
    await browser.asks()
    (first,) = await world.do(delivery.claim, "mail", delivery.PASSCODES, WORKER, 10, 60)
    (second,) = await world.do(delivery.claim, "mail", delivery.INVITATIONS, WORKER, 10, 60)
    assert (first.kind, second.kind) == ("passcode", "invitation")


@pytest.mark.parametrize("act", ["revoke", "resend", "correct", "expire"])
async def test_a_mail_that_nobody_wants_any_more_is_not_sent(world: World, act: str) -> None:
    """H10: neither one that waits nor one that a worker has in its hands."""
    await world.invite()
    world.clock.move(seconds=61)
    (held,) = await world.claim()
    assert await world.look(mailings.mail, held) is not None
    if act == "expire":
        world.clock.move(days=14)
    else:
        more = ("x@x.example",) if act == "correct" else ()
        await world.do(getattr(invitations, act), TEAM, ALICE, GWEN, *more)
    assert await world.look(mailings.mail, held) is None
    assert not await world.do(mailings.begin, held, WORKER)
    await world.do(delivery.dropped, held, WORKER)
    await world.deliver()
    assert len(world.mails(InvitationMail)) == (1 if act == "resend" else 0)


async def test_a_waiting_mail_of_a_revoked_invitation_is_taken_out_of_the_queue(world: World) -> None:
    await world.invite()
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    assert await world.claim() == []


@pytest.mark.parametrize("act", ["revoke", "correct", "newer", "expire", "used"])
async def test_a_passcode_that_is_worth_nothing_any_more_is_not_sent(world: World, act: str) -> None:
    await world.invite()
    browser = await world.opens()
    await browser.asks()
    (held,) = await world.claim()
    mail = await world.look(mailings.mail, held)
    world.clock.move(seconds=61)
    match act:
        case "revoke":
            await world.do(invitations.revoke, TEAM, ALICE, GWEN)
        case "correct":
            await world.do(invitations.correct, TEAM, ALICE, GWEN, "x@x.example")
        case "newer":
            await browser.asks()
        case "expire":
            world.clock.move(minutes=30)
        case "used":
            await browser.types(mail.passcode)
    assert await world.look(mailings.mail, held) is None
    assert not await world.do(mailings.begin, held, WORKER)


async def test_the_same_mail_is_made_each_time(world: World) -> None:
    """H2."""
    await world.invite()
    (row,) = await world.claim()
    first = await world.look(mailings.mail, row)
    await world.do(delivery.deferred, row, WORKER, "451 later", world.clock.now + timedelta(minutes=1), True)
    assert await world.claim() == []
    world.clock.move(minutes=1)
    (again,) = await world.claim()
    assert await world.look(mailings.mail, again) == first
    assert again.attempts == 2


async def test_what_was_not_the_rows_fault_is_no_attempt(world: World) -> None:
    await world.invite()
    for _ in range(3):
        (row,) = await world.claim()
        assert row.attempts == 1
        await world.do(delivery.deferred, row, WORKER, "535", world.clock.now, False)


async def test_a_refused_mail_turns_the_card_to_undeliverable_and_a_new_one_turns_it_back(world: World) -> None:
    await world.invite()
    await world.bounce("550 5.1.1 no such user")
    view = await world.card()
    assert (view.status, view.failure) == (Status.UNDELIVERABLE, "550 5.1.1 no such user")
    assert await world.claim() == []
    world.clock.move(seconds=61)
    assert (await world.do(invitations.resend, TEAM, ALICE, GWEN)).failure is None
    await world.deliver()
    assert (await world.card()).status is Status.SENT


async def _deferred(world: World, problem: str = "Connection refused") -> None:
    for row in await world.claim():
        await world.do(mailings.deferred, row, WORKER, problem, world.clock.now + timedelta(minutes=1), True)


async def test_a_mail_that_the_relay_does_not_take_now_is_told_on_its_card_once_until_it_is_sent(world: World) -> None:
    view = await world.invite()
    await world.post()
    assert not world.chat[view.invitation_id].view.deferred
    world.clock.move(seconds=5)
    await _deferred(world)
    await world.post()
    shown = world.chat[view.invitation_id].view
    assert (shown.status, shown.deferred, shown.failure) == (Status.SENDING, True, None)
    assert (await world.card()).deferred, "asked for, it says the same"
    for _ in range(5):
        world.clock.move(minutes=1)
        await _deferred(world, "451 still down")
        assert await world.claim("card") == [], "an outage of hours does not edit the card again and again"
    world.clock.move(minutes=1)
    await world.deliver()
    await world.post()
    shown = world.chat[view.invitation_id].view
    assert (shown.status, shown.deferred) == (Status.SENT, False)


async def test_the_mail_of_a_new_link_waits_for_itself(world: World) -> None:
    """What the relay did with the old mail says nothing of the new one, nor does a late word about it."""
    await world.invite()
    (old,) = await world.claim(seconds=600)
    await world.do(mailings.deferred, old, WORKER, "451", world.clock.now, True)
    world.clock.move(seconds=61)
    (old,) = await world.claim(seconds=600)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    assert not (await world.card()).deferred
    await world.do(mailings.deferred, old, WORKER, "451", world.clock.now, True)
    assert not (await world.card()).deferred


async def test_a_worker_whose_lease_ran_out_defers_nothing(world: World) -> None:
    await world.invite()
    (row,) = await world.claim()
    world.clock.move(minutes=5)
    await world.claim(owner="another")
    await world.do(mailings.deferred, row, WORKER, "451", world.clock.now, True)
    assert not (await world.card()).deferred


async def test_a_refusal_after_a_deferral_is_told_as_ever(world: World) -> None:
    await world.invite()
    await _deferred(world)
    world.clock.move(minutes=1)
    await world.bounce("550 no such user")
    view = await world.card()
    assert (view.status, view.failure, view.deferred) == (Status.UNDELIVERABLE, "550 no such user", False)


async def test_a_passcode_that_the_relay_does_not_take_now_is_known_to_wait(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    await browser.asks()
    assert browser.passcode is not None
    asked = (CONTOSO, "passcode", browser.passcode.passcode_id)
    assert not await world.look(delivery.waits, *asked)
    await _deferred(world)
    assert await world.look(delivery.waits, *asked)
    assert not await world.look(delivery.waits, TAILSPIN, "passcode", browser.passcode.passcode_id)
    world.clock.move(minutes=1)
    await world.deliver()
    assert not await world.look(delivery.waits, *asked)


async def test_a_passcode_that_was_refused_for_good_does_not_wait(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    await browser.asks()
    await world.bounce()
    assert browser.passcode is not None
    assert not await world.look(delivery.waits, CONTOSO, "passcode", browser.passcode.passcode_id)


async def test_a_late_word_about_an_old_mail_changes_nothing(world: World) -> None:
    await world.invite()
    (old,) = await world.claim(seconds=600)
    world.clock.move(seconds=61)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.do(mailings.refused, old, WORKER, "550 old")
    view = await world.card()
    assert view.status is Status.SENDING
    assert "undeliverable" not in [step.kind for step in view.timeline]


# cards


async def _card_row(world: World) -> Claimed:
    (row,) = await world.claim("card")
    return row


async def test_changes_of_one_card_are_told_at_once_two_seconds_apart(world: World) -> None:
    """I5."""
    view = await world.invite()
    await world.post()
    assert world.chat[view.invitation_id].view.status is Status.SENDING
    await world.deliver()
    await world.opens()
    assert await world.claim("card") == []
    world.clock.move(seconds=2)
    await world.post()
    assert world.chat[view.invitation_id].view.status is Status.LINK_OPENED
    world.clock.move(seconds=2)
    assert await world.claim("card") == []
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    await world.post()
    assert world.chat[view.invitation_id].view.status is Status.REVOKED


async def test_what_changes_while_the_card_is_delivered_makes_it_due_again(world: World) -> None:
    """I6."""
    await world.invite()
    await world.post()
    world.clock.move(seconds=5)
    await world.deliver()
    row = await _card_row(world)
    await world.opens()
    await world.do(postings.told, row, WORKER)
    assert await world.claim("card") == []
    world.clock.move(seconds=2)
    assert (await _card_row(world)).row_id == row.row_id


async def test_time_alone_makes_a_card_due(world: World) -> None:
    view = await world.invite()
    await world.post()
    world.clock.move(days=14, seconds=-1)
    await world.post()
    assert world.chat[view.invitation_id].view.status is Status.SENDING
    world.clock.move(seconds=1)
    await world.post()
    assert world.chat[view.invitation_id].view.status is Status.EXPIRED
    world.clock.move(days=1)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.comes_in()
    world.clock.move(seconds=3)
    await world.post()
    world.clock.move(days=90)
    await world.post()
    assert world.chat[view.invitation_id].view.status is Status.EXPIRED


async def test_the_card_of_an_expired_invitation_says_that_the_address_was_invited_again(world: World) -> None:
    old = await world.invite()
    await world.post()
    world.clock.move(days=14)
    await world.post()
    assert not world.chat[old.invitation_id].view.replaced
    world.clock.move(seconds=3)
    new = await world.invite()
    await world.post()
    shown = {each: world.chat[each.invitation_id].view for each in (old, new)}
    assert (shown[old].status, shown[old].replaced) == (Status.EXPIRED, True)
    assert (shown[new].status, shown[new].replaced) == (Status.SENDING, False)


async def test_a_deleted_card_is_posted_again_once_and_then_left_in_peace(world: World) -> None:
    """I4."""
    view = await world.invite()
    await world.post()
    posted = []
    for _ in range(2):
        world.clock.move(seconds=61)
        await world.do(invitations.resend, TEAM, ALICE, GWEN)
        await world.do(postings.card_gone, await _card_row(world), WORKER)
        await world.post()
        posted.append(world.chat.pop(view.invitation_id, None))
    assert posted[0]
    assert posted[0].activity_id is None
    assert posted[1] is None
    world.clock.move(seconds=61)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.post()
    assert world.chat == {}


async def test_a_worker_that_died_before_posting_posts_again_and_an_unclear_end_does_not(world: World) -> None:
    """I3."""
    await world.invite()
    row = await _card_row(world)
    assert await world.do(postings.creating, row, WORKER)
    world.clock.move(minutes=5)
    row = await _card_row(world)
    assert row.cut
    assert await world.do(postings.creating, row, WORKER)
    await world.do(delivery.dropped, row, WORKER)
    world.clock.move(seconds=61)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    row = await _card_row(world)
    assert not await world.do(postings.creating, row, WORKER)


async def test_a_clear_refusal_to_post_is_tried_again(world: World) -> None:
    await world.invite()
    row = await _card_row(world)
    assert await world.do(postings.creating, row, WORKER)
    await world.do(postings.not_created, row, WORKER, "503", world.clock.now + timedelta(seconds=5), True)
    world.clock.move(seconds=5)
    row = await _card_row(world)
    assert await world.do(postings.creating, row, WORKER)


async def test_cards_go_quiet_with_the_bot_and_wake_with_it(world: World) -> None:
    view = await world.invite()
    await world.post()
    await world.do(workspaces.departed, TEAM)
    await world.deliver()
    world.clock.move(seconds=3)
    world.chat.clear()
    await world.post()
    assert world.chat == {}
    world.clock.move(days=3)
    world.woken = 0
    await world.do(workspaces.arrived, TEAM, BOB)
    assert world.woken == 1
    await world.post()
    assert world.chat[view.invitation_id].view.status is Status.SENT


async def test_an_owner_who_speaks_where_the_bot_was_gone_wakes_its_cards_too(world: World) -> None:
    view = await world.invite()
    await world.post()
    await world.do(workspaces.departed, TEAM)
    world.clock.move(seconds=61)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    world.chat.clear()
    await world.post()
    assert view.invitation_id in world.chat


async def test_housekeeping_deletes_what_is_over_and_nothing_that_counts(world: World) -> None:
    browser = await world.guest()
    await world.invite("open@x.example")
    world.clock.move(hours=3)
    before = await world.contents()
    await world.do(housekeeping.sweep)
    assert {name: rows for name, rows in (await world.contents()).items() if name != "limits"} == {
        name: rows for name, rows in before.items() if name != "limits"
    }
    await browser.page()
    world.clock.move(days=9)
    await world.deliver()
    await world.do(housekeeping.sweep)
    after = await world.contents()
    for name in ("passcodes", "sessions", "received"):
        assert after[name] == []
    assert after["memberships"] == before["memberships"]
    assert (await world.card("open@x.example")).status is Status.SENT
    assert (await world.card()).status is Status.REDEEMED


async def test_housekeeping_takes_small_steps_so_that_nobody_waits_for_it_long(world: World) -> None:
    """J: anybody can have passcodes made, by address."""
    for number in range(25):
        browser = world.browser(f"198.51.100.{number}")
        await browser.asks_by_address(f"nobody{number}@x.example")
    world.clock.move(minutes=30, hours=23)
    await world.do(housekeeping.sweep)
    assert len(await world.rows("SELECT * FROM passcodes")) == 25, "the pages of yesterday still say what it was"
    world.clock.move(hours=1, seconds=1)
    sizes = [await _size(world)]
    while await world.do(housekeeping.sweep, 10):
        sizes.append(await _size(world))
    assert [before - after for before, after in pairwise(sizes)] == [10] * (len(sizes) - 1)
    assert len(sizes) > 5
    assert await world.rows("SELECT * FROM passcodes") == []


async def _size(world: World) -> int:
    return sum(map(len, (await world.contents()).values()))


async def test_the_guests_leaving_and_the_owners_revoking_at_once_end_it_once(world: World) -> None:
    browser = await world.guest()
    membership = (await browser.page()).memberships[0].membership_id
    outcomes: list[Any] = await asyncio.gather(
        world.do(guests.leave, browser.session, membership),
        world.do(invitations.remove, TEAM, ALICE, GWEN),
        return_exceptions=True,
    )
    assert sum(not isinstance(each, BaseException) for each in outcomes) >= 1
    assert (await world.card()).status is Status.REVOKED
