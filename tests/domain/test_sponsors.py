"""Who answers for a guest: one to five people, changed by those who may, and handed over when somebody leaves."""

from typing import Any

import pytest

from domain import departures, invitations, notices, sponsoring, sponsors, workspaces
from domain.errors import IllegalMove, NotOwner, Outsider, UnknownAddress
from domain.life_refusals import LastSponsor, NothingToHandOver, NotSponsor, TooManySponsors
from domain.views import Kind, Person
from domain.wishes import Wishes
from tests.domain.world import ALICE, BOB, CHARLIE, CONTOSO, DORA, GRETA, GROUP, GWEN, TEAM, World, place

PETRA = "petra@northwind.example"


async def answer(world: World, address: str = GWEN) -> set[str]:
    ((invitation_id,),) = await world.rows(
        "SELECT invitation_id FROM invitations WHERE address = :address", address=address
    )
    return set(await world.look(sponsors.of, CONTOSO, invitation_id))


def somebody(number: int) -> Person:
    return Person(CONTOSO, f"person-{number}", f"Person {number}", f"29:{number}")


async def test_the_inviter_answers_unless_others_are_named(world: World) -> None:
    await world.invite()
    assert await answer(world) == {"alice-id"}
    assert (await world.do(sponsoring.show, TEAM, ALICE, GWEN)).sponsors == ("Alice Owner",)
    assert (await world.card()).sponsors == ()
    view = await world.do(sponsoring.add, TEAM, ALICE, GWEN, BOB)
    assert view.sponsors == ("Alice Owner", "Bob Member")
    assert await answer(world) == {"alice-id", "bob-id"}
    assert (await world.card()).sponsors == ("Alice Owner", "Bob Member")
    assert (await world.do(sponsoring.add, TEAM, ALICE, GWEN, BOB)).already
    assert (await world.events()).count("sponsor.added") == 1


async def test_a_sponsor_hands_over_and_goes(world: World) -> None:
    await world.invite()
    await world.do(sponsoring.add, TEAM, ALICE, GWEN, BOB)
    await world.do(sponsoring.add, TEAM, BOB, GWEN, DORA)
    with pytest.raises(NotOwner):
        await world.do(sponsoring.remove, TEAM, BOB, GWEN, ALICE)
    await world.do(sponsoring.remove, TEAM, BOB, GWEN, BOB)
    assert await answer(world) == {"alice-id", "dora-id"}
    with pytest.raises(NotOwner):
        await world.do(sponsoring.show, TEAM, BOB, GWEN)


async def test_somebody_always_answers_and_never_more_than_five(world: World) -> None:
    await world.invite()
    with pytest.raises(LastSponsor):
        await world.do(sponsoring.remove, TEAM, ALICE, GWEN, ALICE)
    for number in range(4):
        await world.do(sponsoring.add, TEAM, ALICE, GWEN, somebody(number))
    with pytest.raises(TooManySponsors):
        await world.do(sponsoring.add, TEAM, ALICE, GWEN, BOB)
    for number in range(4):
        await world.do(sponsoring.remove, TEAM, ALICE, GWEN, somebody(number))
    with pytest.raises(LastSponsor):
        await world.do(sponsoring.remove, TEAM, ALICE, GWEN, ALICE)
    with pytest.raises(NotSponsor):
        await world.do(sponsoring.remove, TEAM, ALICE, GWEN, BOB)
    assert await answer(world) == {"alice-id"}


@pytest.mark.parametrize("who", [GRETA, CHARLIE, Person(CONTOSO, "", "Nobody"), Person(CONTOSO, "b", role="bot")])
async def test_no_guest_bot_or_stranger_ever_answers(world: World, who: Person) -> None:
    await world.invite()
    before = await world.contents()
    with pytest.raises(Outsider):
        await world.do(sponsoring.add, TEAM, ALICE, GWEN, who)
    with pytest.raises((Outsider, NotOwner)):
        await world.do(sponsoring.show, TEAM, who, GWEN)
    assert await world.contents() == before


async def test_members_learn_nothing_and_unknown_addresses_are_told_to_owners_only(world: World) -> None:
    await world.invite()
    for address in (GWEN, PETRA):
        with pytest.raises(NotOwner):
            await world.do(sponsoring.show, TEAM, BOB, address)
    with pytest.raises(UnknownAddress):
        await world.do(sponsoring.show, TEAM, ALICE, PETRA)
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    with pytest.raises(IllegalMove):
        await world.do(sponsoring.add, TEAM, ALICE, GWEN, BOB)


async def named(world: World, address: str, *people: Person, where: Any = TEAM) -> None:
    wishes = Wishes(sponsors=tuple(each.person_id for each in people))
    await world.do(invitations.invite, where, ALICE, (address,), None, wishes=wishes)


async def test_all_of_one_person_goes_to_another_at_once(world: World) -> None:
    await world.settle(GROUP, ALICE)
    await named(world, "one@x.example", BOB)
    await named(world, "two@x.example", BOB, DORA)
    await named(world, "three@x.example", BOB, where=GROUP)
    await world.invite("alices@x.example")
    await named(world, "over@x.example", BOB)
    await world.do(invitations.revoke, TEAM, ALICE, "over@x.example")
    view = await world.do(sponsoring.hand_over, TEAM, ALICE, BOB, DORA)
    assert (view.guests, view.everywhere) == (2, False)
    assert await answer(world, "one@x.example") == {"dora-id"}
    assert await answer(world, "two@x.example") == {"dora-id"}
    assert await answer(world, "three@x.example") == {"bob-id"}
    assert await answer(world, "over@x.example") == {"bob-id"}
    assert (await world.events()).count("sponsor.handed_over") == 2
    with pytest.raises(NothingToHandOver):
        await world.do(sponsoring.hand_over, TEAM, ALICE, BOB, DORA)
    world.settings["admins"] = frozenset({DORA.person_id})
    view = await world.do(sponsoring.hand_over, TEAM, DORA, ALICE, BOB)
    assert (view.guests, view.everywhere) == (1, True)
    assert await answer(world, "alices@x.example") == {"bob-id"}
    with pytest.raises(NotOwner):
        await world.do(sponsoring.hand_over, TEAM, BOB, DORA, BOB)


async def meets(world: World, person: Person) -> None:
    await world.do(notices.met, place(CONTOSO, Kind.PERSONAL, person.name), person)


async def test_owners_are_asked_when_a_sponsor_leaves_and_take_over_by_a_click(world: World) -> None:
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    for each in (ALICE, DORA):
        await meets(world, each)
    await world.invite()
    await named(world, PETRA, BOB)
    assert await world.do(departures.left, TEAM, ("bob-id", "29:bob"))
    assert (await world.events())[-1] == "sponsor.left"
    await world.post()
    (notice_id,) = [each for each in world.chat if type(world.chat[each].view).__name__ == "LeftView"]
    view = world.chat[notice_id].view
    assert (view.name, view.guests, view.owners) == ("Bob Member", 1, (("alice-id", "Alice Owner"),))
    assert await answer(world, PETRA) == set()
    for stranger in (DORA, GRETA, CHARLIE):
        with pytest.raises((NotOwner, Outsider)):
            await world.do(departures.hand_over, TEAM, stranger, notice_id)
    with pytest.raises(NothingToHandOver):
        await world.do(departures.hand_over, TEAM, ALICE, notice_id, "dora-id")
    for _ in range(2):
        assert (await world.do(departures.hand_over, TEAM, ALICE, notice_id)).guests == 0
    assert await answer(world, PETRA) == {"alice-id"}
    assert (await world.events()).count("sponsor.handed_over") == 1


async def test_who_is_still_elsewhere_or_comes_back_is_not_gone(world: World) -> None:
    await world.settle(GROUP, BOB)
    await named(world, PETRA, BOB)
    assert await world.do(departures.left, TEAM, ("", "29:bob"))
    assert await answer(world, PETRA) == {"bob-id"}
    await world.change("DELETE FROM owners WHERE person_id = 'bob-id'")
    assert await world.do(departures.left, TEAM, ("bob-id", "29:bob"))
    assert await answer(world, PETRA) == set()
    await meets(world, BOB)
    assert await answer(world, PETRA) == {"bob-id"}


async def test_whoever_answers_for_nobody_leaves_without_a_word(world: World) -> None:
    await meets(world, BOB)
    before = await world.contents()
    assert not await world.do(departures.left, TEAM, ("bob-id", "29:bob"))
    assert not await world.do(departures.left, GROUP, ("alice-id", "29:alice"))
    assert await world.contents() == before
