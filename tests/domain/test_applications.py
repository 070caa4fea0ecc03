"""Applications of a workspace: who sets them, who is let in, and how a sign-in gets to another host."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from domain import guests, handovers, housekeeping, invitations, resources, sessions
from domain.access_errors import (
    HandOverOver,
    NotLetIn,
    ResourceTaken,
    TooManyResources,
    UnknownResource,
    WrongUrl,
)
from domain.access_views import HandedOver
from domain.errors import (
    AccessEnded,
    ConsentNeeded,
    LimitReached,
    NoSession,
    NotOwner,
    PolicyForbids,
    Refusal,
    SecondFactorNeeded,
)
from domain.handovers import Carried
from domain.policies import Rule
from domain.secrets import digest
from tests.domain.world import ALICE, BOB, CHARLIE, CONTOSO, FOREIGN, GROUP, TAILSPIN, TEAM, Browser, World

WIKI, HOST, OWN = "https://wiki.contoso.example/", "wiki.contoso.example", "gate.contoso.example"


async def application(world: World, where: Any = TEAM, url: str = WIKI, name: str = "Wiki") -> str:
    await world.settle(where, ALICE)
    view = await world.do(resources.add, where, ALICE, name, url)
    return next(each.resource_id for each in view.resources if each.name == name)


async def ticket(world: World, resource_id: str, gwen: Browser, state: str = "state", tenant: str = CONTOSO) -> str:
    view = await world.do(handovers.ticket, resource_id, gwen.session, tenant, digest(state), gwen.network)
    return view.ticket


async def spends(world: World, resource_id: str, which: str, state: str = "state", host: str = HOST) -> HandedOver:
    return await world.do(handovers.spend, resource_id, host, which, state, None)


async def handed_over(world: World, resource_id: str, gwen: Browser) -> Carried:
    over = await spends(world, resource_id, await ticket(world, resource_id, gwen))
    return Carried(over.token, over.tenant_id)


async def enters(world: World, resource_id: str, carried: Carried) -> Any:
    return await world.look(handovers.access, resource_id, carried, None)


async def test_owners_set_applications_and_everybody_else_is_refused(world: World) -> None:
    await application(world)
    view = await world.do(resources.listing, TEAM, ALICE)
    assert [(each.name, each.url) for each in view.resources] == [("Wiki", WIKI)]
    for act in (
        lambda: world.do(resources.listing, TEAM, BOB),
        lambda: world.do(resources.add, TEAM, BOB, "Mine", "https://evil.example/"),
        lambda: world.do(resources.remove, TEAM, BOB, "Wiki"),
    ):
        with pytest.raises(NotOwner):
            await act()
    assert (await world.do(resources.remove, TEAM, ALICE, "WIKI")).resources == ()
    assert [kind for kind in await world.events() if kind.startswith("resource.")] == [
        "resource.added",
        "resource.removed",
    ]


async def test_a_name_is_taken_once_and_free_again_after_removal(world: World) -> None:
    await application(world)
    with pytest.raises(ResourceTaken):
        await world.do(resources.add, TEAM, ALICE, "wiki", "https://other.example/")
    await world.do(resources.remove, TEAM, ALICE, "wiki")
    with pytest.raises(UnknownResource):
        await world.do(resources.remove, TEAM, ALICE, "wiki")
    await application(world)


@pytest.mark.parametrize(("name", "url"), [("", WIKI), ("x" * 65, WIKI), ("Wiki", "http://wiki.example/")])
async def test_bad_names_and_addresses_change_nothing(world: World, name: str, url: str) -> None:
    await world.settle()
    with pytest.raises(WrongUrl):
        await world.do(resources.add, TEAM, ALICE, name, url)
    assert await world.rows("SELECT * FROM resources") == []


async def test_a_workspace_has_fifty_at_most_whoever_hurries(world: World) -> None:
    await world.settle()
    for number in range(48):
        await world.do(resources.add, TEAM, ALICE, f"App {number}", WIKI)
    adding = (world.do(resources.add, TEAM, ALICE, f"Late {number}", WIKI) for number in range(4))
    outcomes = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(each, TooManyResources) for each in outcomes) == 2
    assert len((await world.do(resources.listing, TEAM, ALICE)).resources) == 50


async def test_the_guests_page_lists_the_applications_of_open_workspaces(world: World) -> None:
    gwen = await world.guest()
    await application(world)
    await application(world, GROUP, "https://other.example/", "Other")
    page = await gwen.page()
    assert [[link.name for link in each.links] for each in page.memberships] == [["Wiki"]]
    await world.invite(where=GROUP)
    world.clock.move(minutes=2)
    gwen = await world.comes_in()
    group = page.memberships[0].workspace_id
    await world.policy(rules=(Rule("r1", "Second factor in Launch", workspaces=(group,), mfa=True),))
    page = await gwen.page()
    assert [(each.step, [link.name for link in each.links]) for each in page.memberships] == [
        ("second_factor", []),
        ("", ["Other"]),
    ]


async def test_a_hand_over_lets_the_guest_in_at_that_host(world: World) -> None:
    gwen = await world.guest()
    wiki = await application(world)
    held = await handed_over(world, wiki, gwen)
    assert await enters(world, wiki, held) == await gwen.access()
    assert (await world.events()).count("session.handed_over") == 1


async def test_a_session_is_handed_over_so_often_and_no_more(world: World) -> None:
    """Each time leaves rows that stay."""
    world.limit(hand_overs_hour=3)
    gwen = await world.guest()
    wiki = await application(world)
    held = [await handed_over(world, wiki, gwen) for _ in range(3)]
    before = await world.contents()
    with pytest.raises(LimitReached):
        await ticket(world, wiki, gwen)
    assert await world.contents() == before
    await enters(world, wiki, held[0])
    other = await world.guest("other@fabrikam.example")
    await handed_over(world, wiki, other)
    world.clock.move(hours=1)
    await handed_over(world, wiki, gwen)


async def test_a_session_counts_on_its_own_host_alone(world: World) -> None:
    gwen = await world.guest()
    wiki = await application(world)
    here = await application(world, url=f"https://{OWN}/board/", name="Board")
    await enters(world, here, Carried(gwen.session, CONTOSO, OWN))
    with pytest.raises(NoSession):
        await enters(world, wiki, Carried(gwen.session, CONTOSO, OWN))
    with pytest.raises(NoSession):
        await enters(world, wiki, Carried(gwen.session, CONTOSO))


async def test_a_host_session_counts_on_its_own_host_and_nowhere_else(world: World) -> None:
    gwen = await world.guest()
    wiki, other = await application(world), await application(world, url="https://other.example/", name="Other")
    second = await application(world, url=f"{WIKI}second", name="Second")
    held = await handed_over(world, wiki, gwen)
    await enters(world, second, held)
    with pytest.raises(NoSession):
        await enters(world, other, held)
    gwen.session = held.token
    with pytest.raises(NoSession):
        await gwen.page()
    with pytest.raises(NoSession):
        await gwen.access()


async def test_a_guest_of_another_workspace_or_tenant_is_not_let_in(world: World) -> None:
    await world.settle(FOREIGN, CHARLIE)
    wiki = await application(world, GROUP)
    gwen = await world.guest()
    with pytest.raises(NotLetIn):
        await ticket(world, wiki, gwen)
    world.clock.move(minutes=2)
    abroad = await world.guest("abroad@x.example", where=FOREIGN, by=CHARLIE)
    with pytest.raises(NotLetIn):
        await ticket(world, wiki, abroad, tenant=TAILSPIN)
    with pytest.raises(NoSession):
        await ticket(world, wiki, abroad, tenant=CONTOSO)
    assert await world.rows("SELECT * FROM tickets") == []


async def test_one_host_used_by_two_tenants_tells_them_apart(world: World) -> None:
    """C5."""
    await world.settle(FOREIGN, CHARLIE)
    wiki = await application(world)
    theirs = (await world.do(resources.add, FOREIGN, CHARLIE, "Wiki", WIKI)).resources[0].resource_id
    abroad = await world.guest("abroad@x.example", where=FOREIGN, by=CHARLIE)
    over = await spends(world, theirs, await ticket(world, theirs, abroad, tenant=TAILSPIN))
    held = Carried(over.token, over.tenant_id)
    await enters(world, theirs, held)
    for claimed in (held, replace(held, tenant_id=CONTOSO)):
        with pytest.raises((NotLetIn, NoSession)):
            await enters(world, wiki, claimed)


async def test_a_ticket_is_spent_once_however_many_try(world: World) -> None:
    gwen = await world.guest()
    wiki = await application(world)
    made = await ticket(world, wiki, gwen)
    outcomes = await asyncio.gather(*(spends(world, wiki, made) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(each, HandedOver) for each in outcomes) == 1
    assert sum(isinstance(each, HandOverOver) for each in outcomes) == 7


async def test_a_ticket_fits_one_browser_one_host_one_application_and_one_minute(world: World) -> None:
    gwen = await world.guest()
    wiki, other = await application(world), await application(world, url="https://other.example/", name="Other")
    made = await ticket(world, wiki, gwen)
    for wrong, refusal in (
        ({"state": "another browser's"}, HandOverOver),
        ({"state": ""}, HandOverOver),
        ({"host": "other.example"}, UnknownResource),
        ({"host": f"{HOST}:8443"}, UnknownResource),
    ):
        with pytest.raises(refusal):
            await spends(world, wiki, made, **wrong)
    with pytest.raises(HandOverOver):
        await spends(world, other, made, host="other.example")
    with pytest.raises(HandOverOver):
        await spends(world, wiki, "made up")
    world.clock.move(seconds=60)
    with pytest.raises(HandOverOver):
        await spends(world, wiki, made)
    assert await world.rows("SELECT * FROM host_sessions") == []


async def test_no_secret_of_a_hand_over_is_at_rest(world: World) -> None:
    """G1."""
    gwen = await world.guest()
    wiki = await application(world)
    made = await ticket(world, wiki, gwen, "the state")
    held = await spends(world, wiki, made, "the state")
    contents = repr(await world.contents())
    for secret in (made, held.token, "the state", gwen.session):
        assert secret not in contents


async def _revoked(world: World, gwen: Browser, wiki: str) -> None:
    await world.do(invitations.revoke, TEAM, ALICE, "gwen@fabrikam.example")


async def _removed(world: World, gwen: Browser, wiki: str) -> None:
    await world.do(invitations.remove, TEAM, ALICE, "gwen@fabrikam.example")


async def _signed_out(world: World, gwen: Browser, wiki: str) -> None:
    await world.do(guests.sign_out, gwen.session)


async def _left(world: World, gwen: Browser, wiki: str) -> None:
    await world.do(guests.leave, gwen.session, (await gwen.page()).memberships[0].membership_id)


async def _ended_by_owner(world: World, gwen: Browser, wiki: str) -> None:
    view = await world.do(sessions.of_guest, TEAM, ALICE, "gwen@fabrikam.example")
    await world.do(sessions.end_all, TEAM, ALICE, view.guest_id)


async def _taken_away(world: World, gwen: Browser, wiki: str) -> None:
    await world.do(resources.remove, TEAM, ALICE, "Wiki")


async def _over(world: World, gwen: Browser, wiki: str) -> None:
    world.clock.move(hours=24, seconds=1)


async def _forbidden(world: World, gwen: Browser, wiki: str) -> None:
    await world.policy(denied_domains=("fabrikam.example",))


async def _second_factor(world: World, gwen: Browser, wiki: str) -> None:
    await world.policy(rules=(Rule("r1", "Second factor", mfa=True),))


async def _consent(world: World, gwen: Browser, wiki: str) -> None:
    await world.policy(privacy_url="https://contoso.example/privacy")


ENDS = {
    _revoked: AccessEnded,
    _removed: AccessEnded,
    _left: AccessEnded,
    _signed_out: NoSession,
    _ended_by_owner: NoSession,
    _over: NoSession,
    _taken_away: UnknownResource,
    _forbidden: PolicyForbids,
    _second_factor: SecondFactorNeeded,
    _consent: ConsentNeeded,
}


@pytest.mark.parametrize("ends", ENDS, ids=lambda it: it.__name__)
async def test_a_host_session_and_its_tickets_end_with_what_they_came_from(world: World, ends: Any) -> None:
    """F2, F5, F6."""
    gwen = await world.guest()
    wiki = await application(world)
    held, waiting = await handed_over(world, wiki, gwen), await ticket(world, wiki, gwen)
    await ends(world, gwen, wiki)
    with pytest.raises(ENDS[ends]):
        await enters(world, wiki, held)
    with pytest.raises(Refusal):
        await spends(world, wiki, waiting)
    with pytest.raises(Refusal):
        await ticket(world, wiki, gwen)


async def test_a_session_renewed_by_a_step_keeps_its_applications(world: World) -> None:
    """F1: the old secret is worth nothing, the sign-in goes on."""
    gwen = await world.guest()
    wiki = await application(world)
    held, old = await handed_over(world, wiki, gwen), gwen.session
    gwen.session = (await world.do(guests.renew_session, old, "en")).session_token
    await enters(world, wiki, held)
    gwen.session = old
    with pytest.raises(NoSession):
        await ticket(world, wiki, gwen)


async def test_what_is_over_is_swept_and_what_counts_is_not(world: World) -> None:
    gwen = await world.guest()
    wiki = await application(world)
    held = await handed_over(world, wiki, gwen)
    world.clock.move(hours=23)
    assert not await world.do(housekeeping.sweep)
    await enters(world, wiki, held)
    world.clock.move(hours=26)
    assert not await world.do(housekeeping.sweep)
    assert await world.rows("SELECT * FROM tickets") == await world.rows("SELECT * FROM host_sessions") == []
