"""Commands about people of the organisation: the roster is asked who they are, before anything is done."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from bot import sponsor_commands as commands
from bot import sponsor_outcomes as outcomes
from bot.people import Asking, People
from domain import sponsoring, workspaces
from domain.errors import NotOwner, UnknownPerson
from domain.views import Person, Place

Read = Callable[..., Awaitable[Any]]


class Told(Protocol):
    """What of a visit is used here."""

    @property
    def turn(self) -> Asking: ...
    @property
    def place(self) -> Place: ...


async def named(
    read: Read, people: People, visit: Told, person: Person, command: commands.AddSponsor | commands.RemoveSponsor
) -> tuple[Callable[..., Any], Callable[..., Any], tuple[object, ...]]:
    """What to do, how to tell it, and with what. Raises as `sponsoring.may`, and as `People`."""
    await read(sponsoring.may, visit.place, person, command.address)
    if isinstance(command, commands.AddSponsor):
        new = await people.mentioned(visit.turn, visit.place, command.mention)
        return sponsoring.add, outcomes.sponsors, (command.address, new)
    old = await people.leaving(visit.turn, visit.place, command.mention)
    return sponsoring.remove, outcomes.sponsors, (command.address, old)


async def handing_over(
    read: Read, people: People, visit: Told, person: Person, command: commands.HandOver
) -> tuple[Callable[..., Any], Callable[..., Any], tuple[object, ...]]:
    """As `named`. Who hands over may have left."""
    standing = await read(workspaces.standing, visit.place, person)
    if not (standing.owner or standing.admin):
        raise NotOwner(standing.owners)
    if command.old.channel_user_id == command.new.channel_user_id:
        raise UnknownPerson(command.new.name)
    old = await people.leaving(visit.turn, visit.place, command.old)
    new = await people.mentioned(visit.turn, visit.place, command.new)
    return sponsoring.hand_over, outcomes.handed_over, (old, new)
