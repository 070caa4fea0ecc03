"""What guests ask owners for, and the owners' one word on it."""

import asyncio
from typing import Any

import pytest

from domain import factor_resets, housekeeping, invitations, requests, workspaces
from domain.errors import LimitReached, LinkExpired, LinkReplaced, NotOwner
from domain.request_errors import AskedTooOften, RequestGone
from domain.request_views import Decision, RequestView, Wish
from domain.views import InvitationMail, Place, Status
from tests.domain.second_factors import first_factor
from tests.domain.world import ALICE, BOB, CHARLIE, FOREIGN, GROUP, GWEN, TEAM, Browser, World

PETRA = "petra@northwind.example"


async def asks(browser: Browser, address: str = PETRA, note: str = "", client: str | None = "c") -> None:
    assert browser.link
    held = browser.link
    await browser.world.do(
        requests.ask, held.tenant_id, held.invitation_id, held.token_hash, address, note, client=client
    )


async def asked(world: World, address: str = PETRA, note: str = "") -> RequestView:
    """Gwen's link was forwarded, and its reader asked. The request as its card shows it."""
    await world.invite()
    await asks(await world.opens(), address, note)
    return (await shown(world))[-1]


async def shown(world: World) -> list[RequestView]:
    """What the chat shows of requests, oldest first."""
    await world.post()
    return [post.view for post in world.chat.values() if isinstance(post.view, RequestView)]


async def numbered(world: World) -> int:
    return len(await world.rows("SELECT request_id FROM requests"))


async def test_who_got_a_forwarded_link_asks_the_owner_and_no_mail_is_sent(world: World) -> None:
    """R4"""
    view = await asked(world, note="I am Gwen's colleague")
    assert (view.wish, view.address, view.invited, view.note) == (Wish.INVITATION, PETRA, GWEN, "I am Gwen's colleague")
    assert view.decision is None
    await world.deliver()
    assert not world.mails(InvitationMail, PETRA)


async def test_the_card_stands_where_the_invitations_card_stands(world: World) -> None:
    view = await asked(world)
    post = world.chat[view.request_id]
    assert (post.conversation_id, post.service_url, post.bot_id) == (TEAM.conversation_id, TEAM.service_url, "28:bot")


async def test_the_owner_invites_with_one_click_and_the_card_says_who_did(world: World) -> None:
    view = await asked(world)
    done = await world.do(requests.invite, TEAM, ALICE, view.request_id)
    assert (done.decision, done.decided_by) == (Decision.INVITED, "Alice Owner")
    await world.deliver()
    assert len(world.mails(InvitationMail, PETRA)) == 1
    world.clock.move(seconds=3)
    assert (await shown(world))[-1].decision is Decision.INVITED
    assert (await world.card(PETRA)).status is Status.SENT


async def test_dismissing_tells_nobody(world: World) -> None:
    view = await asked(world)
    done = await world.do(requests.dismiss, TEAM, ALICE, view.request_id)
    assert done.decision is Decision.DISMISSED
    await world.deliver()
    assert not world.mails(InvitationMail, PETRA)


async def test_a_request_that_an_admin_decides_is_none_of_the_owners(world: World) -> None:
    await (await first_factor(world)).sets_up_app()
    view = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    for act in (requests.dismiss, requests.invite, requests.extend):
        with pytest.raises(RequestGone):
            await world.do(act, TEAM, ALICE, view.request_id)
    assert not await world.rows("SELECT * FROM requests WHERE decided_at IS NOT NULL")


@pytest.mark.parametrize("later", [requests.invite, requests.dismiss])
async def test_a_second_click_changes_nothing_and_sees_the_outcome(world: World, later: Any) -> None:
    view = await asked(world)
    await world.do(requests.dismiss, TEAM, ALICE, view.request_id)
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    before = await world.contents()
    again = await world.do(later, TEAM, BOB, view.request_id)
    assert (again.decision, again.decided_by) == (Decision.DISMISSED, "Alice Owner")
    assert await world.contents() == before


@pytest.mark.postgres
async def test_of_two_owners_who_click_at_once_one_decides(racing: World) -> None:
    world = racing
    view = await asked(world)
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    seen = await asyncio.gather(
        *(world.do(requests.invite, TEAM, who, view.request_id) for who in (ALICE, BOB) * 4),
        *(world.do(requests.dismiss, TEAM, who, view.request_id) for who in (ALICE, BOB) * 4),
    )
    assert len({(each.decision, each.decided_by) for each in seen}) == 1
    assert (await world.events()).count("request.decided") == 1
    await world.deliver()
    assert len(world.mails(InvitationMail, PETRA)) == (seen[0].decision is Decision.INVITED)


async def test_only_owners_decide_and_the_right_is_asked_at_the_click(world: World) -> None:
    view = await asked(world)
    await world.settle(GROUP, BOB)
    await world.settle(FOREIGN, CHARLIE)
    before = await world.contents()
    for act in (requests.invite, requests.dismiss, requests.extend):
        with pytest.raises(NotOwner):
            await world.do(act, TEAM, BOB, view.request_id)
        for where, who in ((GROUP, BOB), (FOREIGN, CHARLIE)):
            with pytest.raises(RequestGone):
                await world.do(act, where, who, view.request_id)
    assert await world.contents() == before


async def test_what_the_ordinary_way_refuses_leaves_the_request_open(world: World) -> None:
    view = await asked(world)
    world.limit(owner_hour=1)
    with pytest.raises(LimitReached):
        await world.do(requests.invite, TEAM, ALICE, view.request_id)
    world.clock.move(hours=2)
    assert (await world.do(requests.invite, TEAM, ALICE, view.request_id)).decision is Decision.INVITED


@pytest.mark.parametrize("known", ["unknown", "invited", "guest"])
async def test_asking_is_the_same_for_every_address(world: World, known: str) -> None:
    """An owner's click on the address of somebody who is invited says so, and does nothing."""
    if known == "guest":
        await world.guest(PETRA)
    elif known == "invited":
        await world.invite(PETRA)
    view = await asked(world)
    done = await world.do(requests.invite, TEAM, ALICE, view.request_id)
    assert done.decision is (Decision.INVITED if known == "unknown" else Decision.ALREADY)
    assert len(await world.rows("SELECT * FROM invitations WHERE address = :a", a=PETRA)) == 1


async def test_the_same_address_twice_is_one_request_and_counts_once(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    for address in (PETRA, PETRA.upper(), PETRA, "peter@northwind.example", "paul@northwind.example", PETRA):
        await asks(browser, address)
    assert await numbered(world) == 3


@pytest.mark.postgres
async def test_of_many_who_ask_the_same_at_once_one_is_heard(racing: World) -> None:
    await racing.invite()
    browser = await racing.opens()
    await asyncio.gather(*(asks(browser) for _ in range(8)))
    assert await numbered(racing) == 1


async def test_a_dismissed_address_is_not_told_again_the_same_day(world: World) -> None:
    view = await asked(world)
    await world.do(requests.dismiss, TEAM, ALICE, view.request_id)
    browser = await world.opens()
    await asks(browser)
    assert await numbered(world) == 1
    world.clock.move(days=1, seconds=1)
    await asks(browser)
    assert await numbered(world) == 2


async def test_one_invitation_asks_three_times_a_day(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    for number in range(3):
        await asks(browser, f"p{number}@northwind.example", client=f"c{number}")
    with pytest.raises(AskedTooOften):
        await asks(browser, "p3@northwind.example", client="c3")
    world.clock.move(days=1)
    await asks(browser, "p3@northwind.example", client="c3")


async def test_one_client_asks_ten_times_an_hour_whatever_it_asks(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    for _ in range(10):
        await asks(browser)
    with pytest.raises(AskedTooOften):
        await asks(browser)
    await asks(browser, client=None)
    world.clock.move(hours=1)
    await asks(browser)


async def test_a_workspace_is_asked_twenty_times_a_day(world: World) -> None:
    guests = [f"g{number}@fabrikam.example" for number in range(7)]
    await world.invite(*guests)
    for number in range(21):
        browser = await world.opens(guests[number // 3])
        if number == 20:
            with pytest.raises(AskedTooOften):
                await asks(browser, f"p{number}@northwind.example", client=None)
        else:
            await asks(browser, f"p{number}@northwind.example", client=None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hello\r\nthere\x00", "hello there"),
        ("see https://evil.example/x now", "see now"),
        ("see WWW.evil.example and evil.example/path.", "see and"),
        ("javascript://x mailto:a@b.example evil.example stays", "stays"),
        ("x" * 500, "x" * 200),
        ("", ""),
    ],
)
def test_a_note_is_one_line_without_links(typed: str, kept: str) -> None:
    assert requests.cleaned(typed) == kept


async def expired(world: World) -> Browser:
    """Gwen's link, looked at when it is too late."""
    await world.invite()
    browser = await world.opens()
    world.clock.move(days=15)
    return browser


async def asks_for_time(browser: Browser) -> None:
    assert browser.link
    held = browser.link
    await browser.world.do(requests.ask_for_time, held.tenant_id, held.invitation_id, held.token_hash, client="c")


async def test_an_expired_link_asks_for_more_time_and_the_owner_gives_it(world: World) -> None:
    """R7"""
    browser = await expired(world)
    with pytest.raises(LinkExpired):
        await browser.sees()
    await asks_for_time(browser)
    await asks_for_time(browser)
    (view,) = await shown(world)
    assert (view.wish, view.address) == (Wish.EXTENSION, GWEN)
    done = await world.do(requests.extend, TEAM, ALICE, view.request_id)
    assert done.decision is Decision.EXTENDED
    assert (await world.card()).status is Status.SENDING
    await world.comes_in()


async def test_what_was_extended_meanwhile_is_not_extended_again(world: World) -> None:
    await asks_for_time(await expired(world))
    (view,) = await shown(world)
    before = await world.do(invitations.extend, TEAM, ALICE, GWEN, 2)
    assert (await world.do(requests.extend, TEAM, ALICE, view.request_id)).decision is Decision.ALREADY
    assert (await world.card()).expires_at == before.expires_at


async def test_an_access_that_ran_out_can_be_asked_for_again(world: World) -> None:
    await world.guest(days=1)
    browser = await world.opens()
    world.clock.move(days=2)
    await asks_for_time(browser)
    (view,) = await shown(world)
    assert (await world.do(requests.extend, TEAM, ALICE, view.request_id)).decision is Decision.EXTENDED


async def test_a_request_is_decided_with_the_button_that_belongs_to_it(world: World) -> None:
    view = await asked(world)
    with pytest.raises(RequestGone):
        await world.do(requests.extend, TEAM, ALICE, view.request_id)


async def test_an_old_link_asks_for_nobody(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    world.clock.move(minutes=2)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    with pytest.raises(LinkReplaced):
        await asks(browser)


async def test_requests_wait_for_a_bot_that_was_removed(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    await world.do(workspaces.departed, TEAM)
    await asks(browser)
    assert await shown(world) == []
    await world.settle()
    assert len(await shown(world)) == 1


async def test_a_request_of_no_workspace_is_unknown(world: World) -> None:
    await world.invite()
    with pytest.raises(RequestGone):
        await world.do(requests.dismiss, TEAM, ALICE, "nothing")


async def test_a_click_tells_where_a_card_stands_that_nobody_knew_of(world: World) -> None:
    view = await asked(world)
    await world.change("UPDATE requests SET activity_id = NULL, creating_at = asked_at")
    elsewhere: Place = GROUP
    assert not await world.do(requests.card_found, elsewhere, view.request_id, "activity-x")
    assert await world.do(requests.card_found, TEAM, view.request_id, "activity-x")
    world.clock.move(seconds=3)
    await world.post()
    assert world.chat[view.request_id].activity_id == "activity-x"


async def test_requests_are_forgotten_after_a_month(world: World) -> None:
    """They hold addresses of people who never agreed to anything."""
    view = await asked(world)
    world.clock.move(days=30, seconds=1)
    await world.do(housekeeping.sweep)
    assert await numbered(world) == 0
    with pytest.raises(RequestGone):
        await world.do(requests.dismiss, TEAM, ALICE, view.request_id)
