"""Who may invite: the tenant's setting, the person's role, and what is to be done – as one table."""

from dataclasses import replace
from typing import Any

import pytest

from domain import inquiries, invitations, inviting, readers, repairs, requests, workspaces
from domain.errors import AddressTaken, NotOwner, Outsider, Refusal, UnknownInvitation
from domain.inviting import PERMITTED, Role
from domain.inviting_errors import MayNotInvite
from domain.policies import Inviting
from domain.views import Person, Status, Target
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, DORA, GRETA, GROUP, TEAM, World

HERE = TEAM.place_id
NORA = Person(CONTOSO, "nora-id", "Nora Named", "29:nora", seen_in=HERE)
MEMBER = replace(BOB, seen_in=HERE)
GUEST = replace(GRETA, seen_in=HERE)
ANONYMOUS = Person(CONTOSO, "anon-id", "Somebody", "29:anon", role="anonymous", seen_in=HERE)
STRANGER = Person("tailspin", "charlie-id", "Charlie", "29:charlie", seen_in=HERE)
PEOPLE: dict[str, tuple[Person, frozenset[Role]]] = {
    "admin": (DORA, frozenset({Role.ADMIN})),
    "owner": (ALICE, frozenset({Role.OWNER})),
    "named": (NORA, frozenset({Role.NAMED, Role.MEMBER})),
    "member": (MEMBER, frozenset({Role.MEMBER})),
    "guest": (GUEST, frozenset({Role.GUEST})),
    "anonymous": (ANONYMOUS, frozenset()),
    "other tenant": (STRANGER, frozenset()),
}
OWN = "own@fabrikam.example"
ALICES = "alices@fabrikam.example"
NEW = "new@fabrikam.example"


async def scene(world: World, setting: Inviting, who: Person) -> dict[str, Target]:
    """Alice's invitation and one that `who` made while that was possible; then the setting."""
    world.settings["admins"] = frozenset({DORA.person_id})
    world.limit(resend_cooldown_seconds=0)
    await world.settle()
    await world.invite(ALICES)
    views = {ALICES: await world.card(ALICES)}
    if who.tenant_id == CONTOSO and who is not ANONYMOUS:
        await world.policy(who_may_invite=Inviting.EVERYONE)
        views[OWN] = await world.invite(OWN, by=who)
    await world.policy(who_may_invite=setting, inviters=(NORA.person_id,))
    return {address: Target(view.invitation_id, view.version) for address, view in views.items()}


async def succeeds(world: World, operation: Any, who: Person, *arguments: Any) -> bool:
    try:
        await world.do(operation, TEAM, who, *arguments)
    except (NotOwner, Outsider, MayNotInvite, UnknownInvitation, AddressTaken):
        return False
    return True


@pytest.mark.parametrize("setting", list(Inviting))
@pytest.mark.parametrize("who", list(PEOPLE))
async def test_setting_and_role_decide_what_may_be_done(quick: World, setting: Inviting, who: str) -> None:
    person, roles = PEOPLE[who]
    invites = bool(PERMITTED[setting] & roles)
    runs = bool(roles & inviting.OWNERS)
    targets = await scene(quick, setting, person)
    assert await succeeds(quick, inquiries.explain, person, (NEW,)) is invites
    assert await succeeds(quick, invitations.draft, person, (NEW,), None) is invites
    assert await succeeds(quick, invitations.invite, person, (NEW,), None) is invites
    assert await succeeds(quick, invitations.listing, person, "all", 1) is (invites or runs)
    for operation, arguments in (
        (invitations.status, ()),
        (invitations.resend, ()),
        (invitations.extend, (3,)),
    ):
        asks = operation is not invitations.status
        may_foreign = runs and (invites or not asks)
        assert await succeeds(quick, operation, person, ALICES, *arguments) is may_foreign, operation
        if OWN in targets:
            may_own = invites or (runs and not asks)
            assert await succeeds(quick, operation, person, OWN, *arguments) is may_own, operation
    assert await succeeds(quick, repairs.language, person, ALICES, "de") is runs
    assert await succeeds(quick, workspaces.owners, person) is runs
    assert await succeeds(quick, invitations.remove, person, ALICES) is runs
    if OWN in targets:
        now = (await quick.do(readers.invitation, TEAM, DORA, targets[OWN].invitation_id)).view
        target = Target(now.invitation_id, now.version)
        assert await succeeds(quick, invitations.correct, person, target, "c@fabrikam.example") is invites
        now = (await quick.do(readers.invitation, TEAM, DORA, targets[OWN].invitation_id)).view
        target = Target(now.invitation_id, now.version)
        assert await succeeds(quick, invitations.revoke, person, target) is (invites or runs)


@pytest.mark.parametrize("setting", [Inviting.NOBODY, Inviting.NAMED])
async def test_an_owner_who_may_not_invite_reads_who_can_change_it(quick: World, setting: Inviting) -> None:
    await scene(quick, setting, ALICE)
    await quick.do(workspaces.remember, DORA)
    for who in (ALICE, MEMBER):
        with pytest.raises(MayNotInvite) as refused:
            await quick.do(invitations.invite, TEAM, who, (NEW,), None)
        assert (refused.value.setting, refused.value.admins) == (setting, ("Dora Admin",))


async def test_an_inviter_lists_no_more_than_own_invitations(quick: World) -> None:
    await scene(quick, Inviting.MEMBERS, MEMBER)
    seen = await quick.do(invitations.listing, TEAM, MEMBER, "all", 1)
    assert [line.address for line in seen.lines] == [OWN]
    assert seen.total == 1
    assert (await quick.do(invitations.listing, TEAM, ALICE, "all", 1)).total == 2


async def test_of_others_invitations_an_inviter_learns_nothing_but_that_there_is_one(quick: World) -> None:
    targets = await scene(quick, Inviting.MEMBERS, MEMBER)
    with pytest.raises(AddressTaken):
        await quick.do(invitations.invite, TEAM, MEMBER, (ALICES,), None)
    for address in (ALICES, "nobody@fabrikam.example"):
        with pytest.raises(NotOwner):
            await quick.do(invitations.status, TEAM, MEMBER, address)
    for invitation_id in (targets[ALICES].invitation_id, "unknown"):
        with pytest.raises(UnknownInvitation):
            await quick.do(invitations.revoke, TEAM, MEMBER, Target(invitation_id, 1))


async def test_being_a_member_somewhere_else_says_nothing(quick: World) -> None:
    await scene(quick, Inviting.EVERYONE, MEMBER)
    for person in (BOB, replace(BOB, seen_in=GROUP.place_id), replace(GRETA, seen_in=CHAT.place_id)):
        with pytest.raises((NotOwner, Outsider)):
            await quick.do(invitations.invite, TEAM, person, (NEW,), None)


async def test_a_guest_who_may_invite_never_owns_nor_administers(quick: World) -> None:
    await scene(quick, Inviting.EVERYONE, GUEST)
    quick.settings["admins"] = frozenset({DORA.person_id, GUEST.person_id})
    assert await succeeds(quick, invitations.invite, GUEST, (NEW,), None)
    for operation, arguments in (
        (workspaces.add_owner, (GUEST,)),
        (workspaces.owners, ()),
        (requests.dismiss, ("unknown",)),
        (repairs.move, (OWN, NEW)),
    ):
        with pytest.raises(Outsider):
            await quick.do(operation, TEAM, GUEST, *arguments)
    with pytest.raises(Outsider):
        await quick.do(workspaces.administering, TEAM, GUEST)
    with pytest.raises(Outsider):
        await quick.do(workspaces.add_owner, TEAM, ALICE, GUEST)


async def test_losing_the_right_counts_at_once_and_flags_what_is_open(world: World) -> None:
    await scene(world, Inviting.MEMBERS, MEMBER)
    await world.deliver()
    await world.post()
    assert not (await world.card(OWN)).orphaned
    await world.policy(who_may_invite=Inviting.OWNERS)
    with pytest.raises(NotOwner):
        await world.do(invitations.resend, TEAM, MEMBER, OWN)
    card = await world.card(OWN)
    assert card.orphaned
    assert card.status is Status.SENT
    assert not (await world.card(ALICES)).orphaned
    world.clock.move(minutes=1)
    await world.post()
    assert [each.view.orphaned for each in world.chat.values() if each.view.address == OWN] == [True]
    await world.comes_in(OWN)
    assert not (await world.card(OWN)).orphaned
    await world.policy(who_may_invite=Inviting.NOBODY)
    assert (await world.card(ALICES)).orphaned


async def test_the_cards_of_an_owner_who_is_none_any_more_are_flagged(world: World) -> None:
    await world.settle()
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    await world.invite(by=BOB)
    await world.deliver()
    await world.post()
    await world.do(workspaces.remove_owner, TEAM, ALICE, BOB)
    world.clock.move(minutes=1)
    await world.post()
    (card,) = world.chat.values()
    assert card.view.orphaned
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    world.clock.move(minutes=1)
    await world.post()
    (card,) = world.chat.values()
    assert not card.view.orphaned


async def test_an_inviter_whom_the_roster_calls_a_guest_now_is_no_member(quick: World) -> None:
    await scene(quick, Inviting.MEMBERS, MEMBER)
    await quick.do(workspaces.remember, replace(MEMBER, role="guest"))
    with pytest.raises(Outsider):
        await quick.do(invitations.invite, TEAM, MEMBER, (NEW,), None)
    assert (await quick.card(OWN)).orphaned


async def test_asking_how_to_invite_is_for_those_who_may(quick: World) -> None:
    await scene(quick, Inviting.MEMBERS, MEMBER)
    assert (await quick.look(inviting.asked, TEAM, MEMBER)).invites
    await quick.policy(who_may_invite=Inviting.NOBODY)
    for who in (ALICE, MEMBER, DORA):
        with pytest.raises(Refusal):
            await quick.look(inviting.asked, TEAM, who)
