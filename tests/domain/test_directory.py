"""Owners of teams by the directory's word: beside those whom people named, replaced as a whole, and never for long."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import directory, history, invitations, mailings, repairs, workspaces
from domain.directory import Team, TeamOwner
from domain.errors import LastOwner, NotOwner
from domain.history_views import Question
from domain.request_errors import OthersConcerned
from domain.views import Kind, Person, Place
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, DORA, FOREIGN, GROUP, GWEN, TAILSPIN, TEAM, World, place

GROUP_ID = "3e9c5a70-2d4b-4c81-b6f3-0a8d7e5c2b19"
OTHER_GROUP = "4e9c5a70-2d4b-4c81-b6f3-0a8d7e5c2b20"
IN_TEAM = replace(TEAM, group_id=GROUP_ID)
BOB_TOLD = TeamOwner(BOB.person_id, "Bob Member", "bob@contoso.example")
DORA_TOLD = TeamOwner(DORA.person_id, "Dora Admin")


async def due(world: World, where: Place = IN_TEAM, who: Person = BOB) -> tuple[Team, ...]:
    return await world.look(directory.due, where, who)


async def tell(world: World, *owners: TeamOwner, where: Place = IN_TEAM) -> bool:
    """The directory is asked about the team and says so."""
    (team,) = await due(world, where)
    return await world.do(directory.renew, team, owners, world.clock.now)


async def later(world: World, *owners: TeamOwner) -> bool:
    world.clock.move(minutes=10)
    return await tell(world, *owners)


async def audited(world: World) -> list[tuple[str, str, str | None]]:
    rows = await world.rows("SELECT kind, actor, detail FROM audit_events WHERE kind LIKE 'owner.%' ORDER BY sequence")
    return [(row.kind, json.loads(row.detail)["person"], json.loads(row.detail).get("source")) for row in rows]


async def sources(world: World) -> dict[str, str | None]:
    return {row.person_id: row.source for row in await world.rows("SELECT person_id, source FROM owners")}


async def test_whom_the_directory_names_may_act_beside_whom_people_named(world: World) -> None:
    with pytest.raises(NotOwner):
        await world.invite(by=BOB, where=IN_TEAM)
    await tell(world, BOB_TOLD)
    assert (await world.invite(by=BOB)).address == GWEN
    assert (await world.invite("x@fabrikam.example", by=ALICE)).address == "x@fabrikam.example"
    view = await world.do(workspaces.owners, TEAM, ALICE)
    assert (view.owners, view.team) == (("Alice Owner",), ("Bob Member",))
    assert await audited(world) == [("owner.added", ALICE.person_id, None), ("owner.added", BOB.person_id, "graph")]


async def test_who_is_removed_there_loses_the_right_here_with_the_next_answer(world: World) -> None:
    await tell(world, BOB_TOLD, DORA_TOLD)
    await later(world, DORA_TOLD)
    with pytest.raises(NotOwner) as refusal:
        await world.invite(by=BOB)
    assert refusal.value.owners == ("Alice Owner", "Dora Admin")
    assert (await audited(world))[-1] == ("owner.removed", BOB.person_id, "graph")
    await later(world)
    assert await sources(world) == {ALICE.person_id: None}


async def test_the_same_answer_again_changes_nothing_but_its_date(world: World) -> None:
    await tell(world, BOB_TOLD)
    before = await audited(world)
    assert await later(world, BOB_TOLD)
    assert await audited(world) == before


async def test_an_old_word_counts_no_more_but_peoples_does(world: World) -> None:
    await tell(world, BOB_TOLD)
    world.clock.move(hours=23, minutes=59)
    assert await world.invite(by=BOB)
    world.clock.move(minutes=1)
    with pytest.raises(NotOwner) as refusal:
        await world.invite("x@fabrikam.example", by=BOB)
    assert refusal.value.owners == ("Alice Owner",)
    assert not (await world.look(workspaces.standing, TEAM, BOB)).owner
    assert await world.invite("y@fabrikam.example", by=ALICE)
    await tell(world, BOB_TOLD)
    assert await world.invite("z@fabrikam.example", by=BOB)


async def test_an_old_word_opens_no_audit_and_moves_no_guest(world: World) -> None:
    await tell(world, BOB_TOLD)
    await world.settle(CHAT, ALICE)
    bobs = place(CONTOSO, Kind.PERSONAL, "Bob")
    await world.settle(bobs, BOB)
    assert (await world.do(history.read, bobs, BOB, Question())).lines
    world.clock.move(hours=24)
    mine = await world.do(history.read, bobs, BOB, Question())
    assert not [line for line in mine.lines if line.workspace == "Launch"]
    await world.settle(GROUP, BOB)
    await world.guest(where=GROUP, by=BOB)
    await world.invite(by=ALICE)
    with pytest.raises(OthersConcerned):
        await world.do(repairs.move, GROUP, BOB, GWEN, "new@fabrikam.example")


async def test_cards_name_no_reader_by_an_old_word(world: World) -> None:
    await tell(world, BOB_TOLD)
    await world.do(workspaces.remember, BOB)
    (row,) = await world.rows("SELECT workspace_id FROM workspaces")
    asked = (CONTOSO, row.workspace_id, "team", "msteams")
    assert await world.look(workspaces.readers, *asked) == ("29:alice", "29:bob")
    world.clock.move(hours=24)
    assert await world.look(workspaces.readers, *asked) == ("29:alice",)


async def test_whom_both_name_stays_when_either_says_no_more(world: World) -> None:
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    await tell(world, BOB_TOLD)
    assert (await world.do(workspaces.owners, TEAM, ALICE)).owners == ("Alice Owner", "Bob Member")
    await later(world)
    assert await sources(world) == {ALICE.person_id: None, BOB.person_id: None}
    await later(world, BOB_TOLD)
    view = await world.do(workspaces.remove_owner, TEAM, ALICE, BOB)
    assert (view.directed, view.owners, view.team) == (True, ("Alice Owner",), ("Bob Member",))
    assert await world.invite(by=BOB)
    await later(world)
    with pytest.raises(NotOwner):
        await world.invite("x@fabrikam.example", by=BOB)


async def test_removing_whom_the_directory_alone_names_changes_nothing_and_says_so(world: World) -> None:
    await tell(world, BOB_TOLD)
    before = await audited(world)
    view = await world.do(workspaces.remove_owner, TEAM, ALICE, BOB)
    assert (view.directed, view.already, view.changed) == (True, False, "Bob Member")
    assert await audited(world) == before
    assert await world.invite(by=BOB)


async def test_naming_somebody_whom_the_directory_names_lasts(world: World) -> None:
    await tell(world, BOB_TOLD)
    assert not (await world.do(workspaces.add_owner, TEAM, ALICE, BOB)).already
    assert (await world.do(workspaces.add_owner, TEAM, ALICE, BOB)).already
    await later(world)
    assert await world.invite(by=BOB)


async def test_the_last_whom_people_named_may_go_while_the_directory_names_another(world: World) -> None:
    with pytest.raises(LastOwner):
        await world.do(workspaces.remove_owner, TEAM, ALICE, ALICE)
    await tell(world, BOB_TOLD)
    world.clock.move(hours=24)
    with pytest.raises(LastOwner):
        await world.do(workspaces.remove_owner, TEAM, ALICE, ALICE)
    await tell(world, BOB_TOLD)
    assert (await world.do(workspaces.remove_owner, TEAM, BOB, ALICE)).owners == ()


async def test_it_is_due_when_nothing_is_known_and_ten_minutes_after_the_last_answer(quick: World) -> None:
    assert [team.group_id for team in await due(quick)] == [GROUP_ID]
    await tell(quick)
    assert await due(quick) == ()
    quick.clock.move(minutes=9, seconds=59)
    assert await due(quick) == ()
    quick.clock.move(seconds=1)
    assert await due(quick)


async def test_only_teams_are_due(quick: World) -> None:
    await quick.settle(GROUP)
    await quick.settle(CHAT)
    assert [team.group_id for team in await due(quick, TEAM)] == [""], "it is to be found out"
    assert await due(quick, replace(IN_TEAM, channel_id="directline")) == ()
    assert await due(quick, replace(GROUP, group_id=GROUP_ID)) == ()
    assert await due(quick, replace(CHAT, group_id=GROUP_ID)) == ()
    assert await due(quick, replace(FOREIGN, group_id=GROUP_ID)) == (), "the bot was never added there"


async def test_a_team_keeps_its_first_group(quick: World) -> None:
    await quick.settle(replace(TEAM, group_id=GROUP_ID))
    await quick.settle(replace(TEAM, group_id=OTHER_GROUP))
    await quick.do(workspaces.renamed, replace(TEAM, group_id=OTHER_GROUP, name="Lift-off"))
    (team,) = await due(quick, replace(TEAM, group_id=OTHER_GROUP))
    assert team.group_id == GROUP_ID
    other = replace(team, group_id=OTHER_GROUP)
    assert not await quick.do(directory.renew, other, (BOB_TOLD,), quick.clock.now)
    assert await sources(quick) == {ALICE.person_id: None}


async def test_the_group_is_known_from_the_arrival_on(quick: World) -> None:
    new = replace(place(CONTOSO, Kind.TEAM, "Rocket"), group_id=OTHER_GROUP)
    await quick.settle(new)
    (team,) = await due(quick, replace(new, group_id=""))
    assert team.group_id == OTHER_GROUP


async def test_in_a_personal_chat_the_teams_are_due_that_somebody_owns_by_the_directory(quick: World) -> None:
    bobs = place(CONTOSO, Kind.PERSONAL, "Bob")
    await tell(quick, BOB_TOLD)
    assert await due(quick, bobs, BOB) == ()
    quick.clock.move(minutes=10)
    assert [team.group_id for team in await due(quick, bobs, BOB)] == [GROUP_ID]
    assert await due(quick, bobs, ALICE) == ()


async def test_an_older_answer_that_comes_late_changes_nothing(world: World) -> None:
    (team,) = await due(world)
    asked_at = world.clock.now
    world.clock.move(seconds=3)
    assert await world.do(directory.renew, team, (DORA_TOLD,), world.clock.now)
    assert not await world.do(directory.renew, team, (BOB_TOLD,), asked_at)
    assert await sources(world) == {ALICE.person_id: None, DORA.person_id: "graph"}


@pytest.mark.postgres
async def test_answers_at_the_same_moment_leave_one_of_them(racing: World) -> None:
    (team,) = await due(racing)
    now = racing.clock.now
    told = [(BOB_TOLD,), (DORA_TOLD,), (BOB_TOLD, DORA_TOLD), ()]
    moments = [now + timedelta(seconds=n) for n in range(len(told))]
    await asyncio.gather(
        *(racing.do(directory.renew, team, one, at) for one, at in zip(told, moments, strict=True)),
        *(racing.do(workspaces.add_owner, TEAM, ALICE, BOB) for _ in range(2)),
    )
    assert await sources(racing) == {ALICE.person_id: None, BOB.person_id: None}


async def test_another_tenants_team_stays_as_it_is(world: World) -> None:
    (team,) = await due(world)
    before = await world.contents()
    foreign = replace(team, tenant_id=TAILSPIN)
    assert not await world.do(directory.renew, foreign, (BOB_TOLD,), world.clock.now)
    assert await world.contents() == before


async def test_invitations_of_a_team_owner_are_answered_to_the_address_that_the_directory_tells(world: World) -> None:
    await tell(world, BOB_TOLD)
    await world.do(invitations.invite, TEAM, BOB, (GWEN,), None)
    (row,) = await world.claim()
    assert (await world.look(mailings.mail, row)).reply_to == "bob@contoso.example"
