"""Mailboxes that want no invitations any more: honoured by every way of inviting (M4)."""

import asyncio

import pytest

from domain import blocks, inquiries, invitations, repairs
from domain.errors import NotAdmin, PolicyForbids, UnknownLink
from domain.policies import Forbidden
from domain.policy_views import Entry
from domain.views import DraftView, Status, Target
from tests.domain.world import ALICE, CHARLIE, CONTOSO, DORA, FOREIGN, GROUP, GWEN, TAILSPIN, TEAM, World

PETRA = "petra@fabrikam.example"


async def held(world: World, address: str = GWEN) -> tuple[str, str, str]:
    browser = await world.opens(address)
    assert browser.link
    return browser.link.tenant_id, browser.link.invitation_id, browser.link.token_hash


async def blocked(world: World, address: str = GWEN) -> tuple[str, str, str]:
    """The holder was invited, and wants no more of it."""
    await world.invite(address)
    await world.deliver()
    link = await held(world, address)
    await world.do(blocks.block, *link)
    return link


async def test_a_block_declines_every_open_invitation_of_the_mailbox(world: World) -> None:
    await world.settle(GROUP, ALICE)
    await world.invite(where=GROUP)
    await blocked(world)
    assert (await world.card()).status is Status.DECLINED
    assert (await world.card(where=GROUP)).status is Status.DECLINED
    assert (await world.events()).count("guest.blocked") == 1
    assert (await world.events()).count("invitation.declined") == 2


async def test_the_card_says_so_as_long_as_the_block_lasts(world: World) -> None:
    """Elsewhere than where the block was made the card says it too."""
    await world.settle(GROUP, ALICE)
    await world.invite(where=GROUP)
    link = await blocked(world)
    for where in (TEAM, GROUP):
        barrier = (await world.card(where=where)).barrier
        assert barrier
        assert barrier.reason is Forbidden.UNWANTED
    await world.do(blocks.lift, *link)
    assert (await world.card()).barrier is None


async def test_nobody_of_the_organisation_can_invite_a_blocked_mailbox(world: World) -> None:
    await blocked(world)
    for given in (GWEN, GWEN.upper().replace("FABRIKAM.EXAMPLE", "fabrikam.example")):
        with pytest.raises(PolicyForbids) as refused:
            await world.do(invitations.invite, TEAM, ALICE, (given,), None)
        assert refused.value.reason is Forbidden.UNWANTED
    mixed = await world.do(invitations.invite, TEAM, ALICE, (GWEN, PETRA), None)
    assert isinstance(mixed, DraftView)
    assert mixed.good == (PETRA,)
    assert (await world.do(inquiries.explain, TEAM, ALICE, (GWEN,))).explanations[0].entry is Entry.NO


async def test_neither_a_correction_nor_a_move_gets_round_a_block(world: World) -> None:
    await blocked(world)
    await world.invite(PETRA)
    with pytest.raises(PolicyForbids):
        await world.do(invitations.correct, TEAM, ALICE, PETRA, GWEN)
    await world.guest("miles@fabrikam.example")
    with pytest.raises(PolicyForbids):
        await world.do(repairs.move, TEAM, ALICE, "miles@fabrikam.example", GWEN)


async def test_a_mail_that_is_queued_already_is_not_sent(world: World) -> None:
    await world.settle(GROUP, ALICE)
    await world.invite(GWEN)
    await world.deliver()
    link = await held(world)
    await world.invite(where=GROUP)
    await world.do(blocks.block, *link)
    before = len(world.inbox)
    await world.deliver()
    assert len(world.inbox) == before


@pytest.mark.postgres
async def test_an_invitation_made_at_the_same_moment_is_declined_and_not_mailed(racing: World) -> None:
    """Whichever comes first: no open invitation is mailed to a mailbox that is blocked."""
    await racing.settle(GROUP, ALICE)
    await racing.invite()
    await racing.deliver()
    link = await held(racing)
    before = len(racing.inbox)
    await asyncio.gather(
        racing.do(blocks.block, *link),
        racing.do(invitations.invite, GROUP, ALICE, (GWEN,), None),
        return_exceptions=True,
    )
    await racing.deliver()
    await racing.deliver()
    assert len(racing.inbox) == before


async def test_another_organisation_may_still_invite(world: World) -> None:
    await blocked(world)
    await world.settle(FOREIGN, CHARLIE)
    view = await world.invite(where=FOREIGN, by=CHARLIE)
    assert view.tenant_id == TAILSPIN


async def test_only_who_holds_a_link_lifts_a_block(world: World) -> None:
    link = await blocked(world)
    await world.do(blocks.lift, *link)
    assert (await world.invite()).status is Status.SENDING
    assert (await world.events()).count("guest.unblocked") == 1


async def test_a_guest_who_is_in_stays_in(world: World) -> None:
    browser = await world.guest()
    link = await held(world)
    await world.do(blocks.block, *link)
    assert (await browser.page()).memberships


async def test_admins_see_how_many_and_nobody_else_does(world: World) -> None:
    await blocked(world)
    world.settings["admins"] = frozenset({DORA.person_id})
    seen = await world.look(blocks.report, TEAM, DORA, 1)
    assert (seen.total, seen.lines[0].workspace, seen.lines[0].masked_address) == (
        1,
        "Launch",
        "gw***@fabrikam.example",
    )
    with pytest.raises(NotAdmin):
        await world.look(blocks.report, TEAM, ALICE, 1)


async def test_no_address_is_kept_with_a_block(world: World) -> None:
    await blocked(world)
    ((tenant, named),) = await world.rows("SELECT tenant_id, address_hash FROM blocks")
    assert tenant == CONTOSO
    assert "gwen" not in named
    assert len(named) == 64


async def test_who_had_a_mail_by_mistake_says_nothing_for_the_right_mailbox(world: World) -> None:
    await world.invite()
    wrong = await held(world)
    world.clock.move(minutes=2)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    assert not await world.look(blocks.blocking, *wrong)
    world.clock.move(minutes=2)
    card = await world.card()
    await world.do(invitations.correct, TEAM, ALICE, Target(card.invitation_id, card.version), PETRA)
    for operation in (blocks.block, blocks.lift, blocks.blocking):
        with pytest.raises(UnknownLink):
            await world.do(operation, *wrong)
    assert (await world.card(PETRA)).status is Status.SENDING
    await world.do(blocks.block, *await held(world, PETRA))
    assert (await world.card(PETRA)).status is Status.DECLINED
