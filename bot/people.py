"""Who is speaking: the role that the channel's roster gives somebody, remembered for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot import places
from bot.roster import Member, NoRoster, NotInRoster, RosterFault, RosterRefusal
from bot.writing import Mention, clean
from domain import notices, workspaces
from domain.doors import Clock, Units
from domain.errors import Outsider, UnknownPerson, Unverified
from domain.value import value
from domain.views import KnownPerson, Person, Place

FRESH = timedelta(minutes=1)
"""How long somebody's place in a conversation is believed without asking: a burst of clicks costs one call."""
GOOD_ENOUGH = timedelta(minutes=10)
"""How old a role may be while the roster cannot be asked."""
AUTHENTICATED = frozenset({"msteams"})
"""Channels that vouch for who speaks. Elsewhere (Direct Line, web chat) a client writes its own name and ids: they
count only where the channel's roster tells the same."""
MOST = 10_000
"""People kept in memory."""


class Asking(Protocol):
    """What of a turn is used here."""

    @property
    def activity(self) -> Mapping[str, Any]: ...

    async def member(self, conversation_id: str, member_id: str) -> Member: ...


_Key = tuple[str, str, str, str]
"""Tenant, channel, place, person: being seen in one conversation says nothing about another."""


@value
class _Checked:
    person: Person
    at: datetime
    here: bool = True
    """False: it is known of the tenant's people, not of this place's."""


class People:
    """Keeps the last answers in memory, so that a turn normally costs neither a call nor a read."""

    def __init__(self, database: Units, clock: Clock, *, anonymous: bool = False) -> None:
        """`anonymous`: nobody's token is checked (development), so every channel is as good as another."""
        self._database = database
        self._clock = clock
        self._anonymous = anonymous
        self._checked: OrderedDict[_Key, _Checked] = OrderedDict()

    async def sender(self, turn: Asking, place: Place) -> Person:
        """Raises Outsider (an anonymous person, a bot, no member) and Unverified. A Teams guest has the role `guest`:
        whoever takes what guests say has to ask for it."""
        said = places.person(turn.activity, place.tenant_id, guests=True)
        key = (place.tenant_id, place.channel_id, place.place_id, said.person_id)
        checked = self._checked.get(key)
        if checked is None or checked.at <= self._clock() - FRESH:
            checked = await self._check(turn, place, said)
            self._keep(key, checked)
        # Without the role: it was judged here, and whoever keeps the person again must not make its date younger.
        role = places.GUEST if places.GUEST in (said.role, (checked.person.role or "").lower()) else None
        insider = checked.person if role else _insider(checked.person)
        here = place.place_id if checked.here else ""
        return replace(insider, name=said.name or checked.person.name, role=role, seen_in=here)

    async def _check(self, turn: Asking, place: Place, said: Person) -> _Checked:
        now, vouched = self._clock(), self._anonymous or place.channel_id in AUTHENTICATED
        try:
            member = await turn.member(place.place_id, said.channel_user_id or said.person_id)
        except NotInRoster:
            raise Outsider from None
        except NoRoster:
            # The channel has no roster: what the activity says of its sender is all there is.
            if not vouched:
                raise Outsider from None
            return _Checked(await self._met(place, said), now)
        except RosterFault:
            if not vouched:
                raise Unverified from None
            return self._last_known(said, await self._database.read(workspaces.known, said.tenant_id, said.person_id))
        told = member.person_id or (said.person_id if vouched else "")
        if told != said.person_id or _foreign(member, place):
            raise Outsider
        return _Checked(await self._met(place, _as_listed(said, member)), now)

    def _last_known(self, said: Person, known: KnownPerson | None) -> _Checked:
        """Raises Unverified unless the roster's last answer is young enough."""
        if known is None or not known.role or known.role_checked_at is None:
            raise Unverified
        if known.role_checked_at <= self._clock() - GOOD_ENOUGH:
            raise Unverified
        return _Checked(_with_known(said, known), known.role_checked_at, here=False)

    async def _met(self, place: Place, person: Person) -> Person:
        await self._database.write(notices.met, place, person)
        return person

    def _keep(self, key: _Key, checked: _Checked) -> None:
        self._checked[key] = checked
        self._checked.move_to_end(key)
        if len(self._checked) > MOST:
            self._checked.popitem(last=False)

    async def finder(self, turn: Asking, place: Place) -> Person:
        """Who searches, in a chat that the bot need not be in: no roster can be asked. Raises Outsider, Unverified."""
        if self._anonymous or place.channel_id in AUTHENTICATED:
            return places.person(turn.activity, place.tenant_id)
        return await self.sender(turn, place)

    async def meet(self, turn: Asking, place: Place, people: Sequence[str]) -> None:
        """Keeps what the roster says of these people (Entra object ids); of whom it says nothing stays unknown."""
        for member in await asyncio.gather(*(self._listed(turn, place, each) for each in people)):
            if member is not None and member.person_id and not _foreign(member, place):
                named = Person(place.tenant_id, member.person_id, channel_user_id=member.channel_user_id)
                await self._database.write(workspaces.remember, _as_listed(named, member))

    async def guest(self, turn: Asking, place: Place, person_id: str) -> str | None:
        """The address of somebody here who is from outside: a guest in the channel, or of another tenant."""
        member = await self._listed(turn, place, person_id) if person_id else None
        if member is None or not (member.role in places.OUTSIDE or _foreign(member, place)):
            return None
        return member.address

    async def _listed(self, turn: Asking, place: Place, person_id: str) -> Member | None:
        try:
            return await turn.member(place.place_id, person_id)
        except RosterRefusal:
            return None

    async def mentioned(self, turn: Asking, place: Place, mention: Mention) -> Person:
        """Somebody who is to become an owner. Raises UnknownPerson, Outsider and Unverified."""
        try:
            member = await turn.member(place.place_id, mention.channel_user_id)
        except NotInRoster:
            raise UnknownPerson(mention.name) from None
        except RosterFault:
            raise Unverified from None
        except NoRoster:
            return _insider(await self._without_roster(place, mention))
        if not member.person_id or _foreign(member, place):
            raise Outsider
        nobody = Person(place.tenant_id, member.person_id, mention.name, mention.channel_user_id)
        return _insider(_as_listed(nobody, member))

    async def leaving(self, turn: Asking, place: Place, mention: Mention) -> Person:
        """Somebody who is to be an owner no more: may have left the chat, or become a guest. Raises UnknownPerson and
        Unverified."""
        try:
            return await self._without_roster(place, mention)
        except UnknownPerson:
            pass
        try:
            member = await turn.member(place.place_id, mention.channel_user_id)
        except RosterFault:
            raise Unverified from None
        except (NotInRoster, NoRoster):
            raise UnknownPerson(mention.name) from None
        if not member.person_id:
            raise UnknownPerson(mention.name)
        return _as_listed(Person(place.tenant_id, member.person_id, mention.name, mention.channel_user_id), member)

    async def _without_roster(self, place: Place, mention: Mention) -> Person:
        known = await self._database.read(workspaces.known_by_channel_id, place.tenant_id, mention.channel_user_id)
        if known is not None:
            named = Person(place.tenant_id, known.person_id, known.name or mention.name, mention.channel_user_id)
            return _with_known(named, known)
        if mention.person_id is None:
            raise UnknownPerson(mention.name)
        return Person(place.tenant_id, mention.person_id, mention.name, mention.channel_user_id)


def _foreign(member: Member, place: Place) -> bool:
    return bool(member.tenant_id) and member.tenant_id != place.tenant_id


def _with_known(person: Person, known: KnownPerson) -> Person:
    return replace(person, address=known.address, role=known.role, name=person.name or known.name)


def _as_listed(person: Person, member: Member) -> Person:
    return replace(
        person,
        name=clean(member.name) or person.name,
        address=member.address,
        role=member.role or "user",
        channel_user_id=person.channel_user_id or member.channel_user_id,
    )


def _insider(person: Person) -> Person:
    if (person.role or "") in places.OUTSIDE:
        raise Outsider
    return person
