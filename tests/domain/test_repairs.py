"""Mending without inviting anew: the newest mail again, another language, another mailbox."""

import asyncio
import contextlib
from typing import Any

import pytest

from domain import invitations, repairs
from domain.errors import (
    AddressTaken,
    FeatureOff,
    IllegalMove,
    LinkReplaced,
    LinkRevoked,
    NoPasscode,
    NoSession,
    NotOwner,
    Outdated,
    PolicyForbids,
    UnknownAddress,
    UnknownLink,
    WrongAddress,
)
from domain.request_errors import MailboxTaken, MailTooSoon, OthersConcerned
from domain.views import InvitationMail, PasscodeMail, SignedIn, Stage, Status, Surface
from tests.domain.world import ALICE, BOB, CONTOSO, DORA, GROUP, GWEN, TEAM, Browser, World

NEW = "gwen@northwind.example"


async def old_link(world: World) -> Browser:
    """The holder of a link after a newer mail was sent."""
    await world.invite()
    browser = await world.opens()
    world.clock.move(minutes=5)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.deliver()
    with pytest.raises(LinkReplaced):
        await browser.sees()
    return browser


async def asks_for_the_mail(browser: Browser, **other: str) -> None:
    assert browser.link
    held = {"tenant_id": browser.link.tenant_id, "invitation_id": browser.link.invitation_id}
    await browser.world.do(repairs.remail, **held | {"token_hash": browser.link.token_hash} | other)


async def test_an_old_link_has_the_newest_mail_sent_again_with_the_same_link(world: World) -> None:
    """R7"""
    browser = await old_link(world)
    before = (await world.rows("SELECT link_id, version, expires_at, address FROM invitations"))[0]
    world.clock.move(minutes=2)
    await asks_for_the_mail(browser)
    await world.deliver()
    first, newest, again = world.mails(InvitationMail)
    assert first.token != newest.token == again.token
    assert (await world.rows("SELECT link_id, version, expires_at, address FROM invitations"))[0] == before
    rows = await world.rows("SELECT row_id FROM outbox WHERE kind = 'invitation'")
    assert len({row.row_id for row in rows}) == 3, "another Message-ID, or mail programs hide it"
    assert "remailed" in [entry.kind for entry in (await world.card()).timeline]
    await world.comes_in()


async def test_it_counts_as_a_resend_and_leaves_most_of_these_to_the_owner(world: World) -> None:
    browser = await old_link(world)
    with pytest.raises(MailTooSoon):
        await asks_for_the_mail(browser)
    for _ in range(2):
        world.clock.move(hours=2)
        await asks_for_the_mail(browser)
        await world.deliver()
    world.clock.move(hours=2)
    with pytest.raises(MailTooSoon):
        await asks_for_the_mail(browser)
    for _ in range(2):
        await world.do(invitations.resend, TEAM, ALICE, GWEN)
        world.clock.move(hours=2)


async def test_a_mail_that_is_still_on_its_way_is_not_sent_twice(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    world.clock.move(minutes=5)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    world.clock.move(minutes=5)
    before = await world.contents()
    await asks_for_the_mail(browser)
    assert await world.contents() == before


@pytest.mark.parametrize("other", [{"token_hash": "0" * 64}, {"invitation_id": "x"}, {"tenant_id": "tailspin"}])
async def test_only_who_holds_a_link_of_the_invitation_can_ask_for_its_mail(world: World, other: Any) -> None:
    browser = await old_link(world)
    world.clock.move(minutes=2)
    before = await world.contents()
    with pytest.raises(UnknownLink):
        await asks_for_the_mail(browser, **other)
    assert await world.contents() == before


async def test_what_was_revoked_is_not_mailed_again(world: World) -> None:
    browser = await old_link(world)
    world.clock.move(minutes=2)
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    with pytest.raises(LinkRevoked):
        await asks_for_the_mail(browser)


async def test_a_guest_who_is_in_gets_no_further_mail(world: World) -> None:
    browser = await old_link(world)
    await world.comes_in()
    world.clock.move(minutes=2)
    with pytest.raises(LinkReplaced):
        await asks_for_the_mail(browser)


# language


async def test_the_next_mails_and_the_card_have_the_new_language(world: World) -> None:
    """R7"""
    await world.invite()
    view = await world.do(repairs.language, TEAM, ALICE, GWEN, "de")
    assert view.language == "de"
    assert view.timeline[-1].kind == "language"
    await world.deliver()
    assert world.mails(InvitationMail)[-1].language == "de"
    assert (await world.card()).language == "de"


async def test_a_known_guests_language_changes_too(world: World) -> None:
    browser = await world.guest()
    await world.do(repairs.language, TEAM, ALICE, GWEN, "de")
    assert (await browser.page()).language == "de"


async def test_an_ended_invitation_has_no_language_any_more(world: World) -> None:
    await world.invite()
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    with pytest.raises(IllegalMove):
        await world.do(repairs.language, TEAM, ALICE, GWEN, "de")


# another mailbox


async def moved(world: World, **who: Any) -> Any:
    world.clock.move(minutes=2)
    return await world.do(repairs.move, who.get("where", TEAM), who.get("by", ALICE), GWEN, NEW)


async def kept(world: World) -> list[Any]:
    return [
        await world.rows("SELECT guest_id, name, language FROM guests"),
        await world.rows("SELECT * FROM memberships"),
        await world.rows("SELECT * FROM factors"),
        await world.rows("SELECT * FROM acceptances"),
    ]


async def marked(world: World) -> None:
    """Gwen has a second factor, has agreed to the terms, and has an account elsewhere."""
    ((guest_id,),) = await world.rows("SELECT guest_id FROM guests")
    for statement in (
        (
            "INSERT INTO acceptances (tenant_id, guest_id, consented_at, terms_version, language, client_hash)"
            " SELECT :tenant, :guest, created_at, 1, 'en', '' FROM guests"
        ),
        (
            "INSERT INTO factors (factor_id, tenant_id, guest_id, kind, session_id, last_step, sign_count, created_at)"
            " SELECT 'f', :tenant, :guest, 'app', '', 0, 0, created_at FROM guests"
        ),
        (
            "INSERT INTO identities (identity_id, tenant_id, guest_id, method, issuer, subject, linked_at)"
            " SELECT 'i', :tenant, :guest, 'google', 'https://issuer.example', 's', created_at FROM guests"
        ),
    ):
        await world.change(statement, tenant=CONTOSO, guest=guest_id)


async def test_a_guest_moves_and_keeps_everything_but_the_old_mailbox(world: World) -> None:
    """R7"""
    browser = await world.guest()
    await marked(world)
    before = await kept(world)
    view = await moved(world)
    assert (view.address, view.status, view.timeline[-1].kind) == (NEW, Status.REDEEMED, "moved")
    assert await kept(world) == before
    assert not await world.rows("SELECT * FROM identities")
    with pytest.raises(NoSession):
        await browser.page()
    newcomer = await world.comes_in(NEW)
    page = await newcomer.page()
    assert page.address == NEW
    assert (await newcomer.access()).workspace_ids == (page.memberships[0].workspace_id,)
    assert await kept(world) == before


async def test_the_new_mailbox_has_to_be_proved_with_a_passcode_sent_there(world: World) -> None:
    await world.guest()
    await moved(world)
    newcomer = await world.opens(NEW)
    assert (await newcomer.sees()).masked_address == "gw***@northwind.example"
    await newcomer.asks()
    await world.deliver()
    assert len(world.mails(PasscodeMail, NEW)) == 1
    assert isinstance(await newcomer.types(world.passcode(NEW)), SignedIn)


async def test_the_card_of_a_moved_guest_knows_when_the_guest_is_back(world: World) -> None:
    await world.guest()
    world.clock.move(minutes=2)
    move = (await moved(world)).timeline[-1]
    card = await world.card(NEW)
    assert card.seen_at
    assert card.seen_at < move.at
    await world.deliver()
    world.clock.move(minutes=2)
    newcomer = await world.asks(NEW)
    await world.deliver()
    cards = "SELECT changes FROM outbox WHERE kind = 'card'"
    before = sum(row.changes for row in await world.rows(cards))
    assert isinstance(await newcomer.types(world.passcode(NEW)), SignedIn)
    assert (await world.card(NEW)).seen_at == world.clock.now
    assert sum(row.changes for row in await world.rows(cards)) > before


async def test_the_mail_says_how_long_the_access_really_lasts(world: World) -> None:
    await world.guest(days=10)
    world.clock.move(days=4)
    await moved(world)
    await world.deliver()
    (mail,) = world.mails(InvitationMail, NEW)
    assert mail.moved
    assert mail.access_days == 6
    assert mail.expires_at == (await world.card(NEW)).access_ends_at


async def test_old_links_and_passcodes_of_the_old_mailbox_open_nothing(world: World) -> None:
    await world.guest()
    world.clock.move(minutes=2)
    by_link = await world.asks()
    code = world.passcode()
    by_address = world.browser()
    await by_address.asks_by_address()
    await world.deliver()
    other = world.passcode()
    await moved(world)
    with pytest.raises(LinkReplaced):
        await by_link.types(code)
    with pytest.raises(NoPasscode):
        await by_address.types(other)


async def test_returning_by_address_follows_the_move(world: World) -> None:
    """R8: the old address gets the same page as any unknown one, and no mail."""
    await world.guest()
    await moved(world)
    await world.deliver()
    world.clock.move(hours=2)
    mails = len(world.inbox)
    stale, unknown, new = (world.browser() for _ in range(3))
    shapes = [await stale.asks_by_address(), await unknown.asks_by_address("nobody@fabrikam.example")]
    assert len({(view.workspace, view.tries_left, view.issued_at, view.again_at) for view in shapes}) == 1
    await world.deliver()
    assert len(world.inbox) == mails
    await new.asks_by_address(NEW)
    await world.deliver()
    assert isinstance(await new.types(world.passcode(NEW)), SignedIn)


async def test_an_open_invitation_is_corrected(world: World) -> None:
    await world.invite()
    view = await moved(world)
    assert (view.address, view.status, view.timeline[-1].kind) == (NEW, Status.SENDING, "corrected")
    await world.comes_in(NEW)


async def test_a_mail_that_cannot_be_delivered_is_told(world: World) -> None:
    await world.guest()
    await moved(world)
    await world.bounce()
    view = await world.card(NEW)
    assert [entry.kind for entry in view.timeline][-2:] == ["moved", "undeliverable"]
    world.clock.move(minutes=2)
    again = await world.do(repairs.move, TEAM, ALICE, NEW, GWEN)
    assert again.address == GWEN
    await world.comes_in()


@pytest.mark.parametrize("there", ["guest", "invited", "former"])
async def test_nobody_moves_to_an_address_that_is_known(world: World, there: str) -> None:
    await world.guest()
    await world.settle(GROUP, BOB)
    if there == "invited":
        await world.invite(NEW, where=GROUP, by=BOB)
    else:
        await world.guest(NEW, where=GROUP, by=BOB)
    if there == "former":
        await world.do(invitations.remove, GROUP, BOB, NEW)
    before = await world.contents()
    with pytest.raises(MailboxTaken):
        await moved(world)
    assert await world.contents() == before


async def test_a_move_to_the_same_or_to_no_address_is_refused(world: World) -> None:
    await world.guest()
    with pytest.raises(MailboxTaken):
        await world.do(repairs.move, TEAM, ALICE, GWEN, GWEN.upper())
    with pytest.raises(WrongAddress):
        await world.do(repairs.move, TEAM, ALICE, GWEN, "gwen")
    with pytest.raises(UnknownAddress):
        await world.do(repairs.move, TEAM, ALICE, NEW, GWEN)
    await world.invite("open@fabrikam.example")
    with pytest.raises(AddressTaken):
        await world.do(repairs.move, TEAM, ALICE, "open@fabrikam.example", GWEN)


async def test_what_the_policy_forbids_is_no_place_to_move_to(world: World) -> None:
    await world.guest()
    await world.policy(denied_domains=("northwind.example",))
    before = await world.contents()
    with pytest.raises(PolicyForbids) as refusal:
        await moved(world)
    assert refusal.value.address == NEW
    assert await world.contents() == before


async def test_nobody_moves_while_there_is_no_way_in(world: World) -> None:
    from domain.settings import set_rollout

    await world.guest()
    await world.do(set_rollout, "email_passcode", Surface.CHAT, Stage.OFF, None)
    with pytest.raises(FeatureOff):
        await moved(world)


async def test_only_owners_move_a_guest(world: World) -> None:
    await world.guest()
    with pytest.raises(NotOwner):
        await moved(world, by=BOB)
    with pytest.raises(NotOwner):
        await world.do(repairs.language, TEAM, BOB, GWEN, "de")


async def two_workspaces(world: World, *, invited_only: bool = False) -> None:
    await world.guest()
    await world.settle(GROUP, BOB)
    world.clock.move(hours=1)
    if invited_only:
        await world.invite(where=GROUP, by=BOB)
    else:
        await world.guest(where=GROUP, by=BOB)


@pytest.mark.parametrize("invited_only", [True, False])
async def test_a_guest_of_other_workspaces_moves_with_the_word_of_all_of_them(world: World, invited_only: bool) -> None:
    await two_workspaces(world, invited_only=invited_only)
    before = await world.contents()
    with pytest.raises(OthersConcerned):
        await moved(world)
    assert await world.contents() == before


async def test_an_admin_moves_a_guest_of_several_workspaces_with_one_mail(world: World) -> None:
    await two_workspaces(world)
    world.settings["admins"] = frozenset({DORA.person_id})
    await moved(world, by=DORA)
    assert (await world.card(NEW, GROUP, BOB)).timeline[-1].kind == "moved"
    newcomer = await world.comes_in(NEW)
    assert len((await newcomer.page()).memberships) == 2
    assert len(world.mails(InvitationMail, NEW)) == 1


async def test_an_owner_of_all_workspaces_moves_and_open_invitations_are_corrected(world: World) -> None:
    from domain import workspaces

    await two_workspaces(world, invited_only=True)
    await world.do(workspaces.add_owner, GROUP, BOB, ALICE)
    await moved(world)
    await world.deliver()
    assert (await world.card(NEW, GROUP, BOB)).status is Status.SENT
    assert len(world.mails(InvitationMail, NEW)) == 2


async def test_another_tenants_guest_of_that_address_stays(world: World) -> None:
    from tests.domain.world import CHARLIE, FOREIGN

    await world.settle(FOREIGN, CHARLIE)
    await world.guest(where=FOREIGN, by=CHARLIE)
    world.clock.move(hours=1)
    await world.guest()
    await moved(world)
    rows = await world.rows("SELECT tenant_id, address FROM guests ORDER BY tenant_id")
    assert [tuple(row) for row in rows] == [(CONTOSO, NEW), ("tailspin", GWEN)]


@pytest.mark.postgres
async def test_two_moves_at_once_are_one(racing: World) -> None:
    world = racing
    await world.guest()
    targets = [NEW, "gwen@tailspin.example"] * 3

    async def try_it(new: str) -> str:
        try:
            return (await world.do(repairs.move, TEAM, ALICE, GWEN, new)).address
        except (UnknownAddress, MailboxTaken, Outdated):
            return ""

    done = [each for each in await asyncio.gather(*map(try_it, targets)) if each]
    assert len(done) == 1
    ((address,),) = await world.rows("SELECT address FROM guests")
    assert [address] == done


@pytest.mark.postgres
async def test_whoever_signs_in_while_the_guest_moves_is_out_afterwards(racing: World) -> None:
    world = racing
    await world.guest()
    world.clock.move(minutes=2)
    browser = await world.asks()

    async def types() -> None:
        with contextlib.suppress(NoPasscode, LinkReplaced):
            await browser.types(world.passcode())

    await asyncio.gather(types(), moved(world))
    with pytest.raises(NoSession):
        await browser.page()


async def test_the_events_of_a_move_hold_no_address(world: World) -> None:
    await world.guest()
    await moved(world)
    ((detail,),) = await world.rows("SELECT detail FROM audit_events WHERE kind = 'guest.moved'")
    assert "@" not in detail
