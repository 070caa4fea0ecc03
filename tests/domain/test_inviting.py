"""Inviting: who is invited, who is there already, and how many there may be."""

import asyncio
from datetime import timedelta

import pytest

from domain import addresses, invitations, readers
from domain.errors import (
    AddressTaken,
    DraftGone,
    IllegalMove,
    LimitReached,
    LinkReplaced,
    Outdated,
    TooSoon,
    UnknownAddress,
    WrongDays,
)
from domain.views import InvitationMail, Quota, Status, Target
from storage import counters
from tests.domain.world import ALICE, BOB, CHARLIE, FOREIGN, GROUP, GWEN, TEAM, World


async def test_many_are_invited_at_once_each_with_a_mail_and_a_card(world: World) -> None:
    many = [f"guest{number}@fabrikam.example" for number in range(20)]
    view = await world.do(invitations.invite, TEAM, ALICE, many, 30)
    assert [each.address for each in view.created] == many
    assert {each.access_days for each in view.created} == {30}
    await world.deliver()
    await world.post()
    assert len({mail.token for mail in world.inbox if isinstance(mail, InvitationMail)}) == 20
    assert len(world.chat) == 20


async def test_an_address_that_is_named_twice_is_invited_once(world: World) -> None:
    view = await world.do(invitations.invite, TEAM, ALICE, (GWEN, GWEN.upper(), "bob@x.example", GWEN), None)
    assert [each.address for each in view.created] == [GWEN, "bob@x.example"]


async def test_inviting_somebody_who_is_invited_changes_nothing_and_shows_the_invitation(world: World) -> None:
    first = await world.invite()
    before = await world.contents()
    view = await world.do(invitations.invite, TEAM, ALICE, (GWEN.upper(),), None)
    assert view.created == () == view.guests
    assert view.open[0].invitation_id == first.invitation_id
    assert await world.contents() == before


async def test_inviting_a_guest_changes_nothing_and_says_so(world: World) -> None:
    await world.guest()
    before = await world.contents()
    view = await world.do(invitations.invite, TEAM, ALICE, (GWEN,), None)
    assert view.created == () == view.open
    assert view.guests[0].address == GWEN
    assert await world.contents() == before


async def test_one_command_tells_new_invited_and_guests_apart(world: World) -> None:
    await world.guest("guest@x.example")
    await world.invite("open@x.example")
    view = await world.do(invitations.invite, TEAM, ALICE, ("guest@x.example", "new@x.example", "open@x.example"), None)
    assert [len(part) for part in (view.created, view.open, view.guests)] == [1, 1, 1]


@pytest.mark.parametrize("redeemed", [False, True])
async def test_inviting_again_after_it_expired_makes_a_new_invitation_and_the_old_one_stays_over(
    world: World, redeemed: bool
) -> None:
    old = await world.invite()
    if redeemed:
        await world.comes_in()
    world.clock.move(days=91)
    new = await world.invite()
    assert new.invitation_id != old.invitation_id
    for again in (invitations.resend, invitations.extend):
        shown = (await world.do(readers.invitation, TEAM, ALICE, old.invitation_id)).view
        assert shown.status is Status.EXPIRED
        target = Target(old.invitation_id, shown.version)
        with pytest.raises(IllegalMove):
            await world.do(again, TEAM, ALICE, target, *((None,) if again is invitations.extend else ()))
    assert (await world.card()).invitation_id == new.invitation_id
    listed = await world.do(invitations.listing, TEAM, ALICE, "all", 1)
    assert [line.invitation_id for line in listed.lines] == [new.invitation_id]
    await world.comes_in()
    assert (await world.card()).status is Status.REDEEMED


@pytest.mark.parametrize("how", ["declined", "revoked"])
async def test_inviting_again_after_a_no_makes_a_new_invitation_and_a_new_card(world: World, how: str) -> None:
    old = await world.invite()
    browser = await world.opens()
    if how == "declined":
        await browser.declines()
    else:
        await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    world.clock.move(seconds=1)
    new = await world.invite()
    await world.post()
    assert set(world.chat) == {old.invitation_id, new.invitation_id}
    assert (await world.card()).invitation_id == new.invitation_id
    await world.comes_in()


async def test_one_and_the_same_person_may_be_invited_to_several_workspaces(world: World) -> None:
    await world.settle(GROUP)
    assert (await world.invite()).invitation_id != (await world.invite(where=GROUP)).invitation_id


async def test_an_invitation_that_was_corrected_to_an_address_counts_more_than_a_later_no_of_that_address(
    world: World,
) -> None:
    await world.invite("typo@x.example")
    world.clock.move(minutes=2)
    await world.invite()
    await (await world.opens()).declines()
    await world.do(invitations.correct, TEAM, ALICE, "typo@x.example", GWEN)
    assert (await world.card()).status is Status.SENDING
    assert (await world.do(invitations.invite, TEAM, ALICE, (GWEN,), None)).open[0].address == GWEN


async def test_correcting_to_an_address_that_is_taken_or_the_same_is_refused(world: World) -> None:
    await world.invite("typo@x.example")
    await world.invite()
    for to in (GWEN, "Typo@X.example"):
        with pytest.raises(AddressTaken):
            await world.do(invitations.correct, TEAM, ALICE, "typo@x.example", to)


async def test_a_corrected_invitation_is_mailed_to_the_new_address_only_and_old_links_and_passcodes_end(
    world: World,
) -> None:
    await world.invite("typo@x.example")
    wrong = await world.asks("typo@x.example")
    await world.do(invitations.correct, TEAM, ALICE, "typo@x.example", GWEN)
    with pytest.raises(LinkReplaced):
        await wrong.types(world.passcode("typo@x.example"))
    with pytest.raises(LinkReplaced):
        await wrong.opens(world.link("typo@x.example"))
    world.clock.move(seconds=61)
    await world.comes_in()
    with pytest.raises(UnknownAddress):
        await world.card("typo@x.example")


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
async def test_access_lasts_a_day_to_a_year(quick: World, days: int) -> None:
    with pytest.raises(WrongDays) as refusal:
        await quick.invite(days=days)
    assert (refusal.value.least, refusal.value.most) == (1, 365)


async def test_an_offer_is_extended_by_at_most_ninety_days_and_a_guests_access_by_a_year(quick: World) -> None:
    await quick.invite()
    with pytest.raises(WrongDays):
        await quick.do(invitations.extend, TEAM, ALICE, GWEN, 91)
    view = await quick.do(invitations.extend, TEAM, ALICE, GWEN, 90)
    assert view.expires_at == quick.clock.now + timedelta(days=90)
    view = await quick.do(invitations.extend, TEAM, ALICE, GWEN, None)
    assert view.expires_at == quick.clock.now + timedelta(days=14)
    await quick.comes_in()
    with pytest.raises(WrongDays):
        await quick.do(invitations.extend, TEAM, ALICE, GWEN, 366)
    view = await quick.do(invitations.extend, TEAM, ALICE, GWEN, 365)
    assert view.access_ends_at == quick.clock.now + timedelta(days=365)


# quotas: the first moment at which it works again is told, and is right to the second


async def _refused_until(world: World, quota: Quota, *given: str, **where: object) -> None:
    before = await world.contents()
    with pytest.raises(LimitReached) as refusal:
        await world.invite(*given, **where)  # type: ignore[arg-type]
    assert refusal.value.quota is quota
    assert await world.contents() == before
    world.clock.now = refusal.value.again_at - timedelta(milliseconds=1)
    with pytest.raises(LimitReached):
        await world.invite(*given, **where)  # type: ignore[arg-type]
    world.clock.now = refusal.value.again_at
    await world.invite(*given, **where)  # type: ignore[arg-type]


async def test_the_sixty_first_invitation_of_an_owner_in_an_hour_waits(world: World) -> None:
    start = world.clock.now
    for number in range(60):
        await world.invite(f"guest{number}@x.example")
        world.clock.move(seconds=10)
    await _refused_until(world, Quota.OWNER_HOUR, "one-more@x.example")
    assert world.clock.now == start + timedelta(hours=1)


@pytest.mark.parametrize(
    ("number", "quota"), [("workspace_day", Quota.WORKSPACE_DAY), ("tenant_day", Quota.TENANT_DAY)]
)
async def test_a_day_of_a_workspace_and_of_a_tenant_holds_so_many(quick: World, number: str, quota: Quota) -> None:
    quick.limit(**{number: 3})
    start = quick.clock.now
    for nth in range(3):
        await quick.invite(f"guest{nth}@x.example")
        quick.clock.move(hours=2)
    await _refused_until(quick, quota, "one-more@x.example")
    assert quick.clock.now == start + timedelta(days=1)


async def test_a_tenants_day_counts_all_its_workspaces_and_no_other_tenants(quick: World) -> None:
    quick.limit(tenant_day=2)
    await quick.settle(GROUP)
    await quick.settle(FOREIGN, CHARLIE)
    await quick.invite("a@x.example")
    await quick.invite("b@x.example", where=GROUP)
    with pytest.raises(LimitReached):
        await quick.invite("c@x.example", where=GROUP)
    await quick.invite("c@x.example", where=FOREIGN, by=CHARLIE)


async def test_a_workspace_holds_so_many_open_invitations_and_says_when_there_is_room_for_all(quick: World) -> None:
    quick.limit(workspace_open=3)
    for nth in range(3):
        await quick.invite(f"guest{nth}@x.example")
        quick.clock.move(days=1)
    await _refused_until(quick, Quota.WORKSPACE_OPEN, "one-more@x.example", "and-another@x.example")


async def test_an_expired_invitation_is_not_opened_again_where_there_is_no_room(quick: World) -> None:
    quick.limit(workspace_open=1)
    await quick.invite("old@x.example")
    quick.clock.move(days=14)
    await quick.invite("new@x.example")
    for again in (invitations.resend, invitations.extend):
        with pytest.raises(LimitReached) as refusal:
            await quick.do(again, TEAM, ALICE, "old@x.example", *((None,) if again is invitations.extend else ()))
        assert refusal.value.quota is Quota.WORKSPACE_OPEN


async def test_one_mailbox_gets_five_invitations_an_hour_from_all_tenants_whatever_it_is_called(world: World) -> None:
    await world.settle(FOREIGN, CHARLIE)
    names = ["g.w.e.n+a@gmail.com", "GWEN@googlemail.com", "gwen+b@gmail.com", "g.wen@googlemail.com"]
    for name in names:
        await world.invite(name)
        world.clock.move(minutes=1)
    await world.invite("gwen@gmail.com", where=FOREIGN, by=CHARLIE)
    await _refused_until(world, Quota.MAILBOX_INVITATIONS, "gw.en+c@gmail.com", where=FOREIGN, by=CHARLIE)


async def test_a_list_that_one_mailbox_cannot_take_is_told_whose(quick: World) -> None:
    for given, most in ((6, 5), (5, None)):
        many = [f"gwen+{number}@x.example" for number in range(given)]
        with pytest.raises(LimitReached) as refusal:
            await quick.invite("hugo@x.example", *many)
        assert (refusal.value.most, refusal.value.address) == (most, many[0])
        if most:
            await quick.invite("gwen@x.example")


async def test_one_mailbox_gets_ten_invitations_a_day(quick: World) -> None:
    """B13."""
    start = quick.clock.now
    for number in range(10):
        await quick.invite(f"gwen+{number}@x.example")
        quick.clock.move(hours=1)
    with pytest.raises(LimitReached) as refusal:
        await quick.invite("gwen@x.example")
    assert (refusal.value.quota, refusal.value.again_at) == (Quota.MAILBOX_INVITATIONS, start + timedelta(days=1))


async def test_who_asks_for_more_at_once_than_ever_is_told_how_many_are_possible(quick: World) -> None:
    with pytest.raises(LimitReached) as refusal:
        await quick.invite(*(f"guest{number}@x.example" for number in range(500)))
    assert (refusal.value.quota, refusal.value.most) == (Quota.OWNER_HOUR, 60)


async def test_quotas_are_all_or_nothing(quick: World) -> None:
    quick.limit(owner_hour=2)
    before = await quick.contents()
    with pytest.raises(LimitReached):
        await quick.invite("a@x.example", "b@x.example", "c@x.example")
    assert await quick.contents() == before
    await quick.invite("a@x.example", "b@x.example")


async def test_a_mail_is_sent_anew_a_minute_after_the_last_and_five_times_a_day(quick: World) -> None:
    await quick.invite()
    with pytest.raises(TooSoon) as refusal:
        await quick.do(invitations.resend, TEAM, ALICE, GWEN)
    assert refusal.value.again_at == quick.clock.now + timedelta(seconds=60)
    quick.clock.move(seconds=60)
    first = quick.clock.now
    for _ in range(5):
        await quick.do(invitations.resend, TEAM, ALICE, GWEN)
        quick.clock.move(minutes=61)
    with pytest.raises(LimitReached) as limit:
        await quick.do(invitations.resend, TEAM, ALICE, GWEN)
    assert limit.value.quota is Quota.RESENDS_DAY
    assert limit.value.again_at == first + timedelta(days=1)


async def test_the_same_click_twice_sends_one_mail_and_the_second_gets_the_card_as_it_is(world: World) -> None:
    view = await world.invite()
    world.clock.move(seconds=61)
    target = Target(view.invitation_id, view.version)
    shown = await world.do(invitations.resend, TEAM, ALICE, target)
    world.clock.move(seconds=61)
    with pytest.raises(Outdated) as refusal:
        await world.do(invitations.resend, TEAM, ALICE, target)
    assert refusal.value.current == shown
    await world.deliver()
    assert len(world.mails(InvitationMail)) == 1


async def test_a_draft_is_invited_by_whom_it_belongs_to_once_and_within_the_hour(world: World) -> None:
    await world.change(
        "INSERT INTO owners (workspace_id, person_id, tenant_id, since) "
        "SELECT workspace_id, :bob, tenant_id, created_at FROM workspaces",
        bob=BOB.person_id,
    )
    draft = await world.do(invitations.draft, TEAM, ALICE, (GWEN, "b@x.example"), 7)
    assert await world.events() == ["workspace.added", "owner.added"]
    with pytest.raises(DraftGone):
        await world.do(invitations.confirm, TEAM, BOB, draft.draft_id)
    world.clock.move(minutes=59)
    view = await world.do(invitations.confirm, TEAM, ALICE, draft.draft_id)
    assert [(each.address, each.access_days) for each in view.created] == [(GWEN, 7), ("b@x.example", 7)]
    with pytest.raises(DraftGone):
        await world.do(invitations.confirm, TEAM, ALICE, draft.draft_id)
    late = await world.do(invitations.draft, TEAM, ALICE, ("c@x.example",), None)
    world.clock.move(hours=1)
    with pytest.raises(DraftGone):
        await world.do(invitations.confirm, TEAM, ALICE, late.draft_id)


async def test_lists_are_paged_newest_first_and_counted(quick: World) -> None:
    for number in range(12):
        await quick.invite(f"guest{number}@x.example")
        quick.clock.move(minutes=2)
    await quick.comes_in("guest3@x.example")
    await quick.do(invitations.revoke, TEAM, ALICE, "guest4@x.example")
    everyone = await quick.do(invitations.listing, TEAM, ALICE, "all", 1)
    assert [line.address for line in everyone.lines][:2] == ["guest11@x.example", "guest10@x.example"]
    assert (everyone.total, everyone.pages, len(everyone.lines)) == (12, 2, 10)
    pending = await quick.do(invitations.listing, TEAM, ALICE, "pending", 99)
    assert (pending.total, pending.page, len(pending.lines)) == (10, 1, 10)
    active = await quick.do(invitations.listing, TEAM, ALICE, "active", 1)
    assert [line.address for line in active.lines] == ["guest3@x.example"]


async def test_more_addresses_than_could_ever_be_let_through_are_refused_before_any_counter_is_touched(
    quick: World,
) -> None:
    """E: each number of them would keep a statement for ever."""
    before = counters.lock.cache_info().currsize
    for number in range(61, 200):
        with pytest.raises(LimitReached) as refusal:
            await quick.invite(*(f"guest{each}@x.example" for each in range(number)))
        assert refusal.value.quota is Quota.OWNER_HOUR
        assert refusal.value.again_at == quick.clock.now + timedelta(hours=1)
    assert counters.lock.cache_info().currsize == before
    quick.limit(owner_hour=1000, workspace_open=100)
    with pytest.raises(LimitReached) as refusal:
        await quick.invite(*(f"guest{each}@x.example" for each in range(101)))
    assert refusal.value.quota is Quota.WORKSPACE_OPEN


async def test_however_many_are_invited_the_statements_are_few_and_every_mailbox_counts(world: World) -> None:
    world.limit(owner_hour=10_000, tenant_day=10_000, workspace_day=10_000, workspace_open=10_000)
    for number in (97, 61, 33, 17, 9):
        await world.invite(*(f"guest{each}-of-{number}@x.example" for each in range(number)))
    assert len(await world.rows("SELECT * FROM limits WHERE limit_key LIKE 'invitations:%'")) == 97 + 61 + 33 + 17 + 9
    kinds = 2
    assert counters.lock.cache_info().currsize <= kinds * len(counters.SIZES)


@pytest.mark.postgres
async def test_two_hundred_invitations_at_once_with_one_left_make_exactly_one(racing: World) -> None:
    """B14."""
    racing.limit(owner_hour=1)

    async def invite(number: int) -> bool:
        try:
            await racing.invite(f"guest{number}@x.example")
        except LimitReached:
            return False
        return True

    assert sum(await asyncio.gather(*(invite(number) for number in range(200)))) == 1
    assert len(await racing.rows("SELECT * FROM invitations")) == 1


@pytest.mark.postgres
async def test_the_same_address_invited_at_once_by_many_is_invited_once(racing: World) -> None:
    views = await asyncio.gather(*(racing.do(invitations.invite, TEAM, ALICE, (GWEN,), None) for _ in range(12)))
    assert sum(len(view.created) for view in views) == 1
    assert sum(len(view.open) for view in views) == 11


def test_the_mailbox_behind_an_address_is_for_counting_only() -> None:
    same = ["G.W.E.N+x@gmail.com", "gwen@googlemail.com", "gwen+y+z@Gmail.com"]
    assert {addresses.mailbox(each) for each in same} == {"gwen@gmail.com"}
    assert addresses.mailbox("G.Wen+x@Fabrikam.example") == "g.wen@fabrikam.example"
    assert addresses.key("G.Wen+x@Fabrikam.example") == "g.wen+x@fabrikam.example"
