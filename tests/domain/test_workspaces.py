"""Workspaces: who owns them, who administers a tenant, and who may do nothing."""

import asyncio
from dataclasses import replace

import pytest

from domain import admins, invitations, settings, workspaces
from domain.errors import LastOwner, NotAdmin, NotOwner, Outsider, Refusal, WrongClaimCode
from domain.views import Person, Status
from tests.domain.world import ALICE, BOB, CHARLIE, CHAT, CONTOSO, DORA, GRETA, GROUP, GWEN, TAILSPIN, TEAM, World


async def test_who_adds_the_bot_first_owns_the_workspace_and_adding_it_again_changes_no_owner(world: World) -> None:
    again = await world.do(workspaces.arrived, replace(TEAM, name="Launch 2"), BOB)
    assert (again.owners, again.first_time) == (("Alice Owner",), False)
    with pytest.raises(NotOwner) as refusal:
        await world.invite(by=BOB)
    assert refusal.value.owners == ("Alice Owner",)
    assert (await world.invite()).workspace == "Launch"


async def test_mails_and_pages_show_the_name_that_the_channel_told_last(world: World) -> None:
    await world.invite()
    await world.do(workspaces.renamed, replace(TEAM, name="Lift-off"))
    browser = await world.opens()
    assert (world.inbox[-1].workspace, (await browser.sees()).workspace) == ("Lift-off", "Lift-off")
    await world.do(invitations.status, replace(TEAM, name="Orbit"), ALICE, GWEN)
    assert (await browser.sees()).workspace == "Orbit"
    for unknown in (replace(TEAM, name=""), replace(TEAM, tenant_id=TAILSPIN, name="Theirs")):
        await world.do(workspaces.renamed, unknown)
    assert (await browser.sees()).workspace == "Orbit"


async def test_of_many_who_add_it_at_once_one_owns_it(world: World) -> None:
    people = [Person(CONTOSO, f"person-{number}", f"Person {number}") for number in range(6)]
    views = await asyncio.gather(*(world.do(workspaces.arrived, GROUP, person) for person in people))
    assert sum(view.first_time for view in views) == 1
    assert len({view.workspace_id for view in views}) == 1
    assert len((await world.do(workspaces.standing, GROUP, ALICE)).owners) == 1


async def test_a_personal_chat_is_a_workspace_of_whoever_is_in_it(world: World) -> None:
    before = await world.contents()
    standing = await world.look(workspaces.standing, CHAT, ALICE)
    assert (standing.owner, standing.workspace_id) == (True, "")
    assert await world.contents() == before
    assert (await world.invite(where=CHAT)).workspace == "Alice"
    assert (await world.look(workspaces.standing, CHAT, ALICE)).owner
    with pytest.raises(NotOwner):
        await world.invite(where=CHAT, by=BOB)


async def test_a_personal_chat_that_the_bot_came_to_unasked_belongs_to_who_speaks_first(world: World) -> None:
    nobody = Person(CONTOSO, "")
    await world.do(workspaces.arrived, CHAT, nobody)
    assert (await world.look(workspaces.standing, CHAT, ALICE)).owner
    await world.invite(where=CHAT)
    with pytest.raises(NotOwner):
        await world.invite(where=CHAT, by=BOB)


async def test_nobody_takes_a_team_by_calling_it_a_personal_chat(world: World) -> None:
    await world.do(workspaces.arrived, GROUP, Person(CONTOSO, ""))
    pretended = replace(GROUP, kind=CHAT.kind)
    assert not (await world.look(workspaces.standing, pretended, BOB)).owner
    with pytest.raises(NotOwner):
        await world.invite(where=pretended, by=BOB)


async def test_where_nobody_is_known_an_admin_names_owners(world: World) -> None:
    world.settings["admins"] = frozenset({DORA.person_id})
    with pytest.raises(NotOwner):
        await world.invite(where=GROUP)
    await world.do(workspaces.add_owner, GROUP, DORA, ALICE)
    await world.invite(where=GROUP)
    assert (await world.do(workspaces.owners, GROUP, ALICE)).owners == ("Alice Owner",)


async def test_owners_add_and_remove_owners_and_the_right_is_gone_at_once(world: World) -> None:
    view = await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    assert (view.changed, view.already, view.owners) == ("Bob Member", False, ("Alice Owner", "Bob Member"))
    assert (await world.do(workspaces.add_owner, TEAM, ALICE, BOB)).already
    await world.invite(by=BOB)
    view = await world.do(workspaces.remove_owner, TEAM, ALICE, BOB)
    assert (view.changed, view.already, view.owners) == ("Bob Member", False, ("Alice Owner",))
    assert (await world.do(workspaces.remove_owner, TEAM, ALICE, BOB)).already
    with pytest.raises(NotOwner):
        await world.do(invitations.revoke, TEAM, BOB, GWEN)
    assert (await world.card()).status is Status.SENDING


async def test_a_workspace_keeps_one_owner_unless_an_admin_says_otherwise(world: World) -> None:
    with pytest.raises(LastOwner):
        await world.do(workspaces.remove_owner, TEAM, ALICE, ALICE)
    world.settings["admins"] = frozenset({DORA.person_id})
    assert (await world.do(workspaces.remove_owner, TEAM, DORA, ALICE)).owners == ()


@pytest.mark.postgres
async def test_two_owners_who_remove_each_other_at_once_leave_one(racing: World) -> None:
    for _ in range(5):
        await racing.do(workspaces.arrived, TEAM, ALICE)
        present = (await racing.do(workspaces.standing, TEAM, ALICE)).owners
        actor, other = (ALICE, BOB) if "Alice Owner" in present else (BOB, ALICE)
        await racing.do(workspaces.add_owner, TEAM, actor, other)
        await asyncio.gather(
            racing.do(workspaces.remove_owner, TEAM, ALICE, BOB),
            racing.do(workspaces.remove_owner, TEAM, BOB, ALICE),
            return_exceptions=True,
        )
        assert len((await racing.do(workspaces.standing, TEAM, ALICE)).owners) == 1


OUTSIDERS = {
    "a Teams guest": GRETA,
    "somebody anonymous": Person(CONTOSO, "", "Anonymous"),
    "an anonymous user": Person(CONTOSO, "anon-id", "Anonymous", role="anonymous"),
    "a bot": Person(CONTOSO, "bot-id", "Robot", role="bot"),
    "somebody of another tenant": CHARLIE,
    "an owner's id from another tenant": Person(TAILSPIN, ALICE.person_id, "Alice"),
}


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_outsiders_get_nothing_and_read_whom_to_ask(quick: World, who: str) -> None:
    """D3."""
    await quick.invite()
    before = await quick.contents()
    person = OUTSIDERS[who]
    for act in (
        quick.do(invitations.invite, TEAM, person, ("x@x.example",), None),
        quick.do(invitations.listing, TEAM, person, "all", 1),
        quick.do(workspaces.owners, TEAM, person),
        quick.do(workspaces.add_owner, TEAM, person, person),
        quick.do(admins.claim, TEAM, person, "CODE"),
        quick.do(settings.show, TEAM, person),
    ):
        with pytest.raises(Outsider):
            await act
    standing = await quick.do(workspaces.standing, TEAM, person)
    assert (standing.owner, standing.admin) == (False, False)
    assert standing.owners == ("Alice Owner",)
    with pytest.raises(Outsider):
        await quick.do(workspaces.add_owner, TEAM, ALICE, person)
    assert await quick.contents() == before


async def test_an_outsider_who_adds_the_bot_owns_nothing(world: World) -> None:
    for number, person in enumerate(OUTSIDERS.values()):
        where = replace(GROUP, place_id=f"19:{number}@thread")
        assert (await world.do(workspaces.arrived, where, person)).owners == ()


async def test_an_owner_who_became_a_guest_of_the_tenant_is_an_outsider(world: World) -> None:
    """What the roster said last counts, also when the activity does not say it."""
    await world.do(workspaces.remember, replace(ALICE, role="guest"))
    with pytest.raises(Outsider):
        await world.invite()
    assert not (await world.do(workspaces.standing, TEAM, ALICE)).owner
    with pytest.raises(Outsider):
        await world.do(workspaces.add_owner, TEAM, replace(ALICE, role=None), ALICE)


async def test_members_who_own_nothing_write_nothing(quick: World) -> None:
    await quick.invite()
    before = await quick.contents()
    for act in (
        quick.do(invitations.invite, TEAM, BOB, ("x@x.example",), None),
        quick.do(invitations.draft, TEAM, BOB, ("x@x.example",), None),
        quick.do(invitations.status, TEAM, BOB, GWEN),
        quick.do(invitations.remove, TEAM, BOB, GWEN),
        quick.do(workspaces.add_owner, TEAM, BOB, BOB),
        quick.do(workspaces.remove_owner, TEAM, BOB, ALICE),
        quick.do(invitations.invite, GROUP, BOB, ("x@x.example",), None),
    ):
        with pytest.raises(NotOwner):
            await act
    assert await quick.contents() == before


# the claim code


async def _code(world: World, *tenants: str, starting: bool = True) -> str | None:
    return await world.do(admins.issue_claim_code, tenants, starting=starting)


async def test_a_claim_code_makes_one_admin_within_a_day(world: World) -> None:
    code = await _code(world, CONTOSO)
    assert code
    for wrong in ("", "AAAA-AAAA-AAAA-AAAA", code[:-1]):
        with pytest.raises(WrongClaimCode):
            await world.do(admins.claim, TEAM, BOB, wrong)
    await world.do(admins.claim, TEAM, DORA, f" {code.lower().replace('-', ' ')} ")
    assert (await world.do(workspaces.standing, TEAM, DORA)).admin
    with pytest.raises(WrongClaimCode):
        await world.do(admins.claim, TEAM, BOB, code)
    assert await _code(world, CONTOSO) is None
    assert code not in repr(await world.contents())


async def test_a_claim_code_dies_after_a_day_and_a_new_one_is_printed(world: World) -> None:
    code = await _code(world, CONTOSO)
    world.clock.move(hours=23)
    assert await _code(world, CONTOSO, starting=False) is None
    world.clock.move(hours=1)
    with pytest.raises(WrongClaimCode):
        await world.do(admins.claim, TEAM, DORA, code)
    assert await _code(world, CONTOSO, starting=False)


async def test_a_new_start_replaces_a_code_that_nobody_can_read_any_more(world: World) -> None:
    old = await _code(world, CONTOSO)
    assert await _code(world, CONTOSO) is None, "another replica printed it just now"
    world.clock.move(minutes=2)
    new = await _code(world, CONTOSO)
    with pytest.raises(WrongClaimCode):
        await world.do(admins.claim, TEAM, DORA, old)
    await world.do(admins.claim, TEAM, DORA, new)


async def test_no_code_where_settings_name_admins_and_one_while_any_served_tenant_has_none(world: World) -> None:
    world.settings["admins"] = frozenset({DORA.person_id})
    assert await _code(world, CONTOSO) is None
    world.settings["admins"] = frozenset()
    await world.do(admins.claim, TEAM, DORA, await _code(world, CONTOSO))
    assert await _code(world, CONTOSO) is None
    assert await _code(world) is None
    assert await _code(world, CONTOSO, TAILSPIN)


@pytest.mark.parametrize("how", ["named in the settings", "claimed before"])
async def test_an_old_code_is_worth_nothing_once_the_tenant_has_an_admin(world: World, how: str) -> None:
    code = await _code(world, CONTOSO)
    if how == "named in the settings":
        world.settings["admins"] = frozenset({DORA.person_id})
    else:
        await world.change("INSERT INTO admins SELECT :tenant, :who, created_at FROM tenants", tenant=CONTOSO, who="x")
    with pytest.raises(WrongClaimCode):
        await world.do(admins.claim, TEAM, BOB, code)
    assert await _code(world, CONTOSO) is None
    assert await world.rows("SELECT * FROM claim_codes") == []
    world.settings["admins"] = frozenset()
    await world.change("DELETE FROM admins")
    with pytest.raises(WrongClaimCode):
        await world.do(admins.claim, TEAM, BOB, code)


@pytest.mark.postgres
async def test_one_code_is_printed_and_spent_once_whoever_is_at_it_at_the_same_time(racing: World) -> None:
    codes = await asyncio.gather(*(_code(racing, CONTOSO) for _ in range(4)))
    (code,) = filter(None, codes)
    people = [Person(CONTOSO, f"person-{number}", f"Person {number}") for number in range(8)]
    outcomes = await asyncio.gather(
        *(racing.do(admins.claim, TEAM, person, code) for person in people), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    assert len(await racing.rows("SELECT * FROM admins")) == 1


async def test_admins_act_in_every_workspace_of_their_tenant_and_in_no_other(world: World) -> None:
    await world.do(admins.claim, TEAM, DORA, await _code(world, CONTOSO))
    await world.settle(GROUP, BOB)
    await world.invite(where=GROUP, by=DORA)
    with pytest.raises(NotAdmin):
        await world.do(settings.show, TEAM, ALICE)
    foreign = replace(TEAM, tenant_id=TAILSPIN)
    with pytest.raises(Refusal):
        await world.do(settings.show, foreign, replace(DORA, tenant_id=TAILSPIN))
