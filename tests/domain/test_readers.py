"""Whose clients ask for a view of their own, and how long lists get (C1, C2, I7)."""

from dataclasses import replace

from cards import guest_list
from domain import invitations, readers, workspaces
from domain.views import Kind, Person
from tests.cards.reading import size
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, DORA, GRETA, TEAM, World

ROWS = 5000


def colleague(number: int, **more: str) -> Person:
    return Person(CONTOSO, f"p{number:03}", f"Colleague {number}", f"29:p{number:03}", **more)


async def named(world: World) -> tuple[str, ...]:
    await world.invite()
    return (await world.card()).readers


async def test_owners_are_named_first_then_admins_and_no_more_than_sixty(world: World) -> None:
    for person in (DORA, BOB):
        await world.do(workspaces.remember, person)
    world.settings["admins"] = frozenset({DORA.person_id})
    assert await named(world) == (ALICE.channel_user_id, DORA.channel_user_id)
    for number in range(70):
        world.clock.move(seconds=1)
        await world.do(workspaces.add_owner, TEAM, ALICE, colleague(number))
    found = (await world.card()).readers
    assert found == ("29:alice", *(f"29:p{number:03}" for number in range(59)))


async def test_only_teams_own_ids_of_people_who_may_act_are_named(world: World) -> None:
    await world.do(workspaces.add_owner, TEAM, ALICE, replace(colleague(1), channel_user_id="dl_someone"))
    await world.do(workspaces.add_owner, TEAM, ALICE, replace(colleague(2), channel_user_id=""))
    await world.do(workspaces.add_owner, TEAM, ALICE, colleague(3))
    await world.do(workspaces.remember, replace(colleague(3), role="guest"))
    await world.do(workspaces.remember, GRETA)
    world.settings["admins"] = frozenset({GRETA.person_id})
    assert await named(world) == ("29:alice",)


async def test_a_personal_chat_and_other_channels_name_nobody(world: World) -> None:
    elsewhere = replace(TEAM, channel_id="webchat", place_id="elsewhere")
    for where in (CHAT, elsewhere):
        await world.settle(where)
        assert (await world.invite(where=where)).readers == ()
        assert (await world.card(where=where)).readers == ()
        assert (await world.do(invitations.listing, where, ALICE, "all", 1)).readers == ()


async def test_a_list_of_thousands_of_the_longest_addresses_is_paged_and_fits(quick: World) -> None:
    """I7"""
    quick.limit(owner_hour=ROWS, workspace_day=ROWS, tenant_day=ROWS, workspace_open=ROWS)
    domain = ".".join(["b" * 60, "b" * 60, "b" * 59]) + ".example"
    await quick.do(invitations.invite, TEAM, ALICE, [f"{number:064}@{domain}" for number in range(ROWS)], None)
    for number in (1, 250, ROWS // invitations.PAGE, 9999):
        view = await quick.look(readers.guests, TEAM, ALICE, "all", number)
        assert (view.total, view.pages, len(view.lines)) == (ROWS, 500, 10)
        for masked in (True, False):
            card = guest_list(view, language="de", masked=masked)
            assert size(card) <= 25 * 1024
    assert view.kind is Kind.TEAM
