"""Every state × every operation, as one table; and how one state leads to another."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from domain import guests, invitations, mailings
from domain.errors import IllegalMove, LinkRefusal, NoPasscode
from domain.views import SignedIn, Status, Target
from tests.domain.world import ALICE, GWEN, TEAM, WORKER, Browser, World

TABLE = """
                resend  revoke  remove  extend  correct decline open    request enter
sending         yes     yes     yes     yes     yes     yes     yes     yes     yes
sent            yes     yes     yes     yes     yes     yes     yes     yes     yes
link_opened     yes     yes     yes     yes     yes     yes     yes     yes     yes
passcode_sent   yes     yes     yes     yes     yes     yes     yes     yes     yes
undeliverable   yes     yes     yes     no      yes     yes     yes     yes     yes
redeemed        no      yes     yes     yes     no      no      yes     yes     yes
declined        no      no      no      no      no      no      no      no      no
expired         yes     no      no      yes     no      no      no      no      no
access_over     yes     no      no      yes     no      no      no      no      no
revoked         no      no      no      no      no      no      no      no      no
removed         no      no      no      no      no      no      no      no      no
left            no      no      no      no      no      no      no      no      no
"""
LEGAL = {row.split()[0]: row.split()[1:] for row in TABLE.strip().splitlines()[1:]}
OPERATIONS = TABLE.strip().splitlines()[0].split()
AFTERWARDS = {
    "resend": Status.SENDING,
    "revoke": Status.REVOKED,
    "remove": Status.REVOKED,
    "correct": Status.SENDING,
    "decline": Status.DECLINED,
    "enter": Status.REDEEMED,
}


async def _sending(world: World, address: str) -> Browser:
    """The link is known, as if the mail had been taken and that were not yet written down."""
    return await _read(world, address, sent=False)


async def _read(world: World, address: str, *, sent: bool = True) -> Browser:
    await world.deliver()
    view = await world.card(address)
    browser = world.browser()
    await browser.opens(world.link(address))
    await world.change("UPDATE invitations SET opened_at = NULL WHERE invitation_id = :it", it=view.invitation_id)
    if not sent:
        await world.change("UPDATE invitations SET sent_at = NULL WHERE invitation_id = :it", it=view.invitation_id)
    return browser


async def _bounced(world: World, address: str) -> Browser:
    """The relay refuses it for good, and the link is known all the same."""
    (row,) = await world.claim()
    world.inbox.append(await world.look(mailings.mail, row))
    await world.do(mailings.refused, row, WORKER, "550 no such user")
    browser = world.browser()
    await browser.opens(world.link(address))
    return browser


async def _declined(world: World, address: str) -> Browser:
    browser = await world.asks(address)
    await browser.declines()
    return browser


async def _expired(world: World, address: str) -> Browser:
    browser = await world.asks(address)
    world.clock.move(days=14)
    return browser


async def _access_over(world: World, address: str) -> Browser:
    browser = await world.comes_in(address)
    world.clock.move(days=90)
    return browser


async def _revoked(world: World, address: str) -> Browser:
    browser = await world.asks(address)
    await world.do(invitations.revoke, TEAM, ALICE, address)
    return browser


async def _removed(world: World, address: str) -> Browser:
    browser = await world.comes_in(address)
    await world.do(invitations.remove, TEAM, ALICE, address)
    return browser


async def _left(world: World, address: str) -> Browser:
    browser = await world.comes_in(address)
    page = await browser.page()
    await world.do(guests.leave, browser.session, page.memberships[0].membership_id)
    return browser


WAYS: dict[str, tuple[Status, Callable[[World, str], Awaitable[Browser]]]] = {
    "sending": (Status.SENDING, _sending),
    "sent": (Status.SENT, _read),
    "link_opened": (Status.LINK_OPENED, lambda world, address: world.opens(address)),
    "passcode_sent": (Status.PASSCODE_SENT, lambda world, address: world.asks(address)),
    "undeliverable": (Status.UNDELIVERABLE, _bounced),
    "redeemed": (Status.REDEEMED, lambda world, address: world.comes_in(address)),
    "declined": (Status.DECLINED, _declined),
    "expired": (Status.EXPIRED, _expired),
    "access_over": (Status.EXPIRED, _access_over),
    "revoked": (Status.REVOKED, _revoked),
    "removed": (Status.REVOKED, _removed),
    "left": (Status.REVOKED, _left),
}


async def _do(world: World, operation: str, address: str, browser: Browser) -> None:
    view = await world.card(address)
    target = Target(view.invitation_id, view.version)
    match operation:
        case "resend" | "revoke" | "extend":
            more = (None,) if operation == "extend" else ()
            await world.do(getattr(invitations, operation), TEAM, ALICE, target, *more)
        case "remove":
            await world.do(invitations.remove, TEAM, ALICE, address)
        case "correct":
            await world.do(invitations.correct, TEAM, ALICE, target, f"right-{address}")
        case "decline":
            await browser.declines()
        case "open":
            await browser.opens(world.link(address))
        case "request":
            await browser.asks()
        case "enter":
            await _enter(world, browser, address)


async def _enter(world: World, browser: Browser, address: str) -> None:
    """With a passcode asked for now where the state lets one be asked for, with the old one otherwise."""
    try:
        await browser.asks()
        await world.deliver()
    except LinkRefusal:
        if browser.passcode is None:
            raise
    assert isinstance(await browser.types(world.passcode(address)), SignedIn)


@pytest.mark.parametrize("state", WAYS)
async def test_each_operation_is_possible_in_the_states_of_the_table_and_in_no_other(world: World, state: str) -> None:
    expected, lead = WAYS[state]
    for number, operation in enumerate(OPERATIONS):
        address = f"g{number}@{state.replace('_', '-')}.example"
        shown = await _fresh(world, address, lead)
        before = await world.card(address)
        assert before.status is expected
        world.clock.move(seconds=61)
        verdict = "yes"
        try:
            await _do(world, operation, address, shown)
        except (IllegalMove, LinkRefusal, NoPasscode):
            verdict = "no"
        assert verdict == LEGAL[state][number], f"{operation} in state {state}"
        assert verdict == "yes" or await world.card(address) == before
        if verdict == "yes" and operation in AFTERWARDS:
            there = f"right-{address}" if operation == "correct" else address
            assert (await world.card(there)).status is AFTERWARDS[operation]


async def _fresh(world: World, address: str, lead: Callable[[World, str], Awaitable[Browser]]) -> Browser:
    await world.deliver()
    world.clock.move(hours=1)
    await world.invite(address)
    return await lead(world, address)


async def test_an_invitation_tells_its_states_one_after_the_other(world: World) -> None:
    told = [(await world.invite()).status]
    await world.deliver()
    told.append((await world.card()).status)
    browser = await world.opens()
    told.append((await world.card()).status)
    await browser.asks()
    told.append((await world.card()).status)
    await world.deliver()
    told.append((await world.card()).status)
    await browser.types(world.passcode())
    told.append((await world.card()).status)
    world.clock.move(days=90)
    told.append((await world.card()).status)
    assert told == [
        Status.SENDING,
        Status.SENT,
        Status.LINK_OPENED,
        Status.LINK_OPENED,
        Status.PASSCODE_SENT,
        Status.REDEEMED,
        Status.EXPIRED,
    ]


async def test_an_expired_invitation_that_is_resent_or_extended_is_open_again_with_a_new_link(world: World) -> None:
    for again in (invitations.resend, invitations.extend):
        address = f"{again.__name__}@fabrikam.example"
        await world.invite(address)
        await world.deliver()
        world.clock.move(days=14)
        first = world.link(address)
        await world.do(again, TEAM, ALICE, address, *((30,) if again is invitations.extend else ()))
        await world.deliver()
        assert world.link(address) != first
        assert (await world.card(address)).status is Status.SENT
        await (await world.asks(address)).types(world.passcode(address))
        assert (await world.card(address)).status is Status.REDEEMED


async def test_an_opened_link_is_a_display_fact_and_noted_once(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    first = (await world.card()).timeline
    world.clock.move(minutes=5)
    await browser.opens(world.link())
    view = await world.card()
    assert view.timeline == first
    assert view.version == 1


async def test_a_guest_who_lost_access_comes_back_through_the_same_invitation(world: World) -> None:
    browser = await world.guest()
    world.clock.move(days=90)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    assert (await world.card()).status is Status.SENDING
    again = await world.comes_in()
    assert (await again.page()).memberships[0].ends_at == world.clock.now + timedelta(days=90)
    assert (await world.card()).status is Status.REDEEMED
    assert browser.session != again.session
