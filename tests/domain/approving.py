"""A tenant in which Bob and Dora approve what Alice invites, and what their chats show."""

from dataclasses import replace
from typing import Any

from domain import approval_decisions, invitations, notices
from domain.approval_views import ApprovalTarget, ApprovalView, AskedView
from domain.policies import Approval
from domain.views import InviteView, Kind, Person, Place
from domain.wishes import Wishes
from tests.domain.world import ALICE, BOB, CONTOSO, DORA, GWEN, TEAM, World, place

BOBS, DORAS = place(CONTOSO, Kind.PERSONAL, "Bob"), place(CONTOSO, Kind.PERSONAL, "Dora")
PETRA = "petra@northwind.example"


async def strict(world: World, *approvers: Person, approval: Approval = Approval.ALWAYS, **more: Any) -> None:
    """These people approve, and have talked with the bot alone."""
    for person in approvers:
        await world.do(notices.met, chat(person), person)
    await world.policy(approval=approval, approvers=tuple(each.person_id for each in approvers), **more)


def chat(person: Person) -> Place:
    return place(CONTOSO, Kind.PERSONAL, person.name.split()[0])


async def invites(
    world: World, *addresses: str, reason: str = "", where: Place = TEAM, by: Person = ALICE, days: int | None = None
) -> InviteView:
    return await world.do(invitations.invite, where, by, addresses or (GWEN,), days, wishes=Wishes(reason=reason))


async def asked(world: World, *addresses: str, **more: Any) -> ApprovalTarget:
    """A request that waits."""
    (view,) = (await invites(world, *addresses, **more)).asked
    return target(view)


def target(view: ApprovalView) -> ApprovalTarget:
    return ApprovalTarget(view.approval_id, view.version)


async def approves(world: World, what: Any, by: Person = BOB, note: str = "", **more: Any) -> ApprovalView:
    return await world.do(approval_decisions.approve, chat(by), by, what, note, **more)


async def denies(world: World, what: Any, by: Person = BOB, note: str = "") -> ApprovalView:
    return await world.do(approval_decisions.deny, chat(by), by, what, note)


async def withdraws(world: World, what: Any, by: Person = ALICE) -> AskedView:
    return await world.do(approval_decisions.withdraw, TEAM, by, what)


async def posts(world: World) -> list[Any]:
    """The cards about requests as the chats show them, after a moment."""
    world.clock.move(seconds=3)
    await world.post()
    return [post for post in world.chat.values() if isinstance(post.view, ApprovalView)]


async def to_approve(world: World) -> list[Any]:
    return [post for post in await posts(world) if not isinstance(post.view, AskedView)]


async def own(world: World) -> AskedView:
    """The card where it was asked."""
    (post,) = [post for post in await posts(world) if isinstance(post.view, AskedView)]
    return post.view


async def invited(world: World) -> int:
    return len(await world.rows("SELECT invitation_id FROM invitations"))


async def count(world: World, kind: str) -> int:
    return (await world.events()).count(kind)


def renamed(person: Person, name: str) -> Person:
    return replace(person, name=name)


EVERYONE = (BOB, DORA)
