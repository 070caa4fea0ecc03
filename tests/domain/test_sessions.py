"""Sessions and memberships: they end when they should, and at once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from domain import guests, invitations, redemption
from domain.errors import AccessEnded, LinkRevoked, NoPasscode, NoSession, PasscodeSpent
from domain.views import Ended, SignedIn, Status
from domain.work import Work
from tests.domain.world import ALICE, CHARLIE, CHAT, FOREIGN, GROUP, GWEN, TEAM, World


async def test_a_session_ends_after_a_day_and_is_never_prolonged(world: World) -> None:
    """F2."""
    browser = await world.guest()
    start = world.clock.now
    for hours in range(24):
        world.clock.now = start + timedelta(hours=hours)
        await browser.page()
    world.clock.now = start + timedelta(hours=24, seconds=-1)
    await browser.access()
    world.clock.now = start + timedelta(hours=24, seconds=1)
    for asked in (browser.page, browser.access):
        with pytest.raises(NoSession) as refusal:
            await asked()
        assert not isinstance(refusal.value, AccessEnded)


async def test_a_guest_has_five_sessions_at_a_time_and_a_sixth_ends_the_oldest(world: World) -> None:
    world.limit(passcodes_hour=100, mailbox_passcodes_hour=100, mailbox_passcodes_day=100)
    await world.guest("other@x.example")
    browsers = [await world.guest()]
    for _ in range(6):
        world.clock.move(minutes=2)
        browsers.append(await world.comes_in())
    for browser in browsers[2:]:
        await browser.page()
    for browser in browsers[:2]:
        with pytest.raises(NoSession) as refusal:
            await browser.page()
        assert not isinstance(refusal.value, AccessEnded)
    assert (await world.events()).count("session.ended") == 2


async def test_a_personal_chat_is_no_place_that_somebody_had_access_to(world: World) -> None:
    """Its name is its owner's."""
    await world.settle(CHAT)
    browser = await world.guest(where=CHAT)
    await world.do(invitations.remove, CHAT, ALICE, GWEN)
    with pytest.raises(AccessEnded) as refusal:
        await browser.page()
    assert (refusal.value.workspace, refusal.value.contact) == ("", "Alice Owner")


async def test_the_page_and_the_check_tell_the_same_guest(world: World) -> None:
    await world.settle(GROUP)
    await world.guest()
    await world.invite(where=GROUP)
    world.clock.move(minutes=2)
    browser = await world.comes_in()
    page, access = await browser.page(), await browser.access()
    assert [each.workspace for each in page.memberships] == ["Launch", "Lunch"]
    assert access.workspace_ids == tuple(each.workspace_id for each in page.memberships)
    assert page.address == access.address == GWEN


@pytest.mark.parametrize("how", [invitations.revoke, invitations.remove])
async def test_revoking_and_removing_end_sessions_and_open_passcodes_at_once(world: World, how: object) -> None:
    browser = await world.guest()
    world.clock.move(seconds=61)
    waiting = world.browser()
    await waiting.opens(world.link())
    await waiting.asks()
    await world.deliver()
    view = await world.do(how, TEAM, ALICE, GWEN)  # type: ignore[arg-type]
    assert view.status is Status.REVOKED
    for asked in (browser.page, browser.access):
        with pytest.raises(AccessEnded) as refusal:
            await asked()
        assert (refusal.value.workspace, refusal.value.contact, refusal.value.how) == (
            "Launch",
            "Alice Owner",
            Ended.REMOVED,
        )
    with pytest.raises(LinkRevoked):
        await waiting.types(world.passcode())


async def test_leaving_ends_that_membership_only(world: World) -> None:
    await world.settle(GROUP)
    await world.guest()
    await world.invite(where=GROUP)
    world.clock.move(minutes=2)
    browser = await world.comes_in()
    first, second = (await browser.page()).memberships
    await world.do(guests.leave, browser.session, first.membership_id)
    assert [each.workspace for each in (await browser.page()).memberships] == ["Lunch"]
    assert (await world.card()).status is Status.REVOKED
    assert (await world.card(where=GROUP)).status is Status.REDEEMED
    await world.do(guests.leave, browser.session, second.membership_id)
    with pytest.raises(AccessEnded) as refusal:
        await browser.page()
    assert refusal.value.how is Ended.LEFT


async def test_a_guest_leaves_own_memberships_only_and_once(world: World) -> None:
    browser = await world.guest()
    other = await world.guest("other@x.example")
    mine = (await browser.page()).memberships[0].membership_id
    with pytest.raises(AccessEnded):
        await world.do(guests.leave, other.session, mine)
    await browser.page()
    outcomes = await asyncio.gather(
        *(world.do(guests.leave, browser.session, mine) for _ in range(4)), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    assert (await world.events()).count("membership.left") == 1


async def test_extending_access_counts_at_once_and_from_now(world: World) -> None:
    browser = await world.guest(days=1)
    world.clock.move(hours=23)
    view = await world.do(invitations.extend, TEAM, ALICE, GWEN, 2)
    assert view.access_ends_at == world.clock.now + timedelta(days=2)
    assert (await browser.page()).memberships[0].ends_at == view.access_ends_at
    browser = world.browser()
    world.clock.move(hours=47)
    await browser.asks_by_address()
    await world.deliver()
    assert isinstance(await browser.types(world.passcode()), SignedIn)
    world.clock.move(hours=1)
    with pytest.raises(AccessEnded):
        await browser.page()
    assert (await world.card()).status is Status.EXPIRED


async def test_signing_out_ends_this_session_and_no_other(world: World) -> None:
    first = await world.guest()
    world.clock.move(seconds=61)
    second = await world.comes_in()
    for _ in range(2):
        await world.do(guests.sign_out, first.session)
    await world.do(guests.sign_out, "never a session")
    with pytest.raises(NoSession) as refusal:
        await first.page()
    assert not isinstance(refusal.value, AccessEnded)
    await second.page()
    assert (await world.events()).count("session.ended") == 1


async def test_a_session_belongs_to_one_tenant(world: World) -> None:
    await world.settle(FOREIGN, CHARLIE)
    here = await world.guest()
    world.clock.move(minutes=2)
    there = await world.guest(where=FOREIGN, by=CHARLIE)
    assert (await here.page()).tenant_id == "contoso"
    assert [each.workspace for each in (await there.page()).memberships] == ["Toys"]
    await world.do(invitations.remove, TEAM, ALICE, GWEN)
    with pytest.raises(AccessEnded):
        await here.page()
    await there.page()


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\0", "é" * 10])
async def test_what_is_no_session_is_no_session(quick: World, token: str) -> None:
    await quick.guest()
    for asked in (guests.page, guests.access):
        with pytest.raises(NoSession):
            await quick.look(asked, token)
    for done, more in ((guests.leave, ("x",)), (guests.speak, ("de",))):
        with pytest.raises(NoSession):
            await quick.do(done, token, *more)


async def test_the_language_that_a_guest_chose_is_kept_for_mails(quick: World) -> None:
    await quick.settle(GROUP)
    browser = await quick.guest()
    await quick.do(guests.speak, browser.session, "de")
    assert (await browser.page()).language == "de"
    await quick.invite(where=GROUP)
    await quick.deliver()
    assert quick.inbox[-1].language == "de"


def _slowly(work: Work, operation: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """The operation, with its commit a while later."""
    answer = operation(work, *args, **named)
    work.finish()
    work.events.clear()
    work.one(text("SELECT pg_sleep(0.5)"))
    return answer


async def _back(world: World, *, by_link: bool) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
    """How a guest who was in before starts the next session."""
    world.clock.move(hours=2)
    browser = world.browser()
    if by_link:
        browser = await world.asks()
        assert browser.passcode
        assert browser.link
        named = {"browser": browser.name, "client": "c", "token_hash": browser.link.token_hash}
        return redemption.enter, [browser.passcode.passcode_id, world.passcode()], named
    await browser.asks_by_address()
    await world.deliver()
    assert browser.passcode
    proved = {"browser": browser.name, "client": "c", "token_hash": None}
    await world.do(redemption.enter, browser.passcode.passcode_id, world.passcode(), **proved)
    return redemption.choose, [browser.passcode.passcode_id, "contoso"], {"browser": browser.name}


@pytest.mark.postgres
@pytest.mark.parametrize("by_link", [True, False])
async def test_a_session_that_starts_while_the_membership_is_being_ended_is_ended_along(
    racing: World, by_link: bool
) -> None:
    """J2."""
    await racing.guest()
    starts, args, named = await _back(racing, by_link=by_link)
    starting = asyncio.create_task(racing.do(_slowly, starts, *args, **named))
    await asyncio.sleep(0.2)
    await racing.do(invitations.remove, TEAM, ALICE, GWEN)
    entered = await starting
    assert isinstance(entered, SignedIn)
    with pytest.raises(AccessEnded):
        await racing.look(guests.page, entered.session_token)
    assert await racing.rows("SELECT * FROM sessions WHERE ended_at IS NULL") == []


@pytest.mark.postgres
@pytest.mark.parametrize("by_link", [True, False])
async def test_no_session_starts_once_the_membership_is_being_ended(racing: World, by_link: bool) -> None:
    """J2."""
    await racing.guest()
    starts, args, named = await _back(racing, by_link=by_link)
    ending = asyncio.create_task(racing.do(_slowly, invitations.remove, TEAM, ALICE, GWEN))
    await asyncio.sleep(0.2)
    with pytest.raises((NoPasscode, PasscodeSpent)):
        await racing.do(starts, *args, **named)
    await ending
    assert await racing.rows("SELECT * FROM sessions WHERE ended_at IS NULL") == []


async def test_a_renewed_session_lives_on_under_its_new_secret_only(world: World) -> None:
    browser = await world.guest()
    before, old = await browser.page(), browser.session
    browser.session = (await world.do(guests.renew_session, old, "en")).session_token
    assert await browser.page() == before
    browser.session = old
    with pytest.raises(NoSession):
        await browser.page()
    with pytest.raises(NoSession):
        await world.do(guests.renew_session, old, "en")
