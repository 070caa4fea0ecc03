"""The bot comes into a conversation or leaves it, or the conversation gets another name."""

import secrets
from collections.abc import Mapping
from typing import Any

from bot import outcomes, places
from bot.listeners import Reply
from bot.people import People
from bot.roster import NotInRoster, RosterRefusal
from bot.visits import Visit
from domain import departures, notices, received, workspaces
from domain.doors import Units
from domain.errors import Outsider, Unverified
from domain.views import Person, Place

MOST_LEAVING = 20
"""Of one activity: more are left to the day they are asked for something."""


class Arrivals:
    def __init__(self, database: Units, people: People) -> None:
        self._database = database
        self._people = people

    async def heard(self, visit: Visit) -> Reply | None:
        """What to say to those who are there; None: the activity is about others, or was told before."""
        activity = visit.turn.activity
        key = visit.key or secrets.token_hex(16)
        if _leaves(activity):
            await self._database.write(received.once, key, None, _departed, visit.place)
            return None
        if _renames(activity):
            await self._database.write(workspaces.renamed, visit.place)
            return None
        if activity.get("membersRemoved"):
            await self._departs(visit, key)
            return None
        person = await self._newcomer(visit) if _comes(activity) else None
        if person is None:
            return None
        view, _ = await self._database.write(received.once, key, None, workspaces.arrived, visit.place, person)
        return outcomes.arrived(view, visit.listener) if view else None

    async def _departs(self, visit: Visit, key: str) -> None:
        """People whom the roster does not list any more: others have to answer for their guests."""
        for number, one in enumerate(places.things(visit.turn.activity, "membersRemoved")[:MOST_LEAVING]):
            who = (places.word(one, "aadObjectId").lower(), places.word(one, "id"))
            if who[1] and await _gone(visit, who[1]):
                await self._database.write(received.once, f"{key}:{number}", None, departures.left, visit.place, who)

    async def _newcomer(self, visit: Visit) -> Person | None:
        """Who added the bot, and owns the workspace if nobody was before. None: not told, and nobody waits for it."""
        activity, tenant_id = visit.turn.activity, visit.place.tenant_id
        nobody = Person(tenant_id, "")
        try:
            person = await self._people.sender(visit.turn, visit.place)
            return nobody if workspaces.outside(person) else person
        except Unverified:
            # Asked again before anything is done in this person's name.
            return places.person(activity, tenant_id)
        except Outsider:
            if places.sender_id(activity):
                return nobody
        known = await self._database.read(workspaces.standing, visit.place, nobody)
        return nobody if known.workspace_id else None


async def _gone(visit: Visit, member_id: str) -> bool:
    """Anybody can be said to have left; only the roster is believed."""
    try:
        await visit.turn.member(visit.place.place_id, member_id)
    except NotInRoster:
        return True
    except RosterRefusal:
        return False
    return False


def _departed(work: Any, where: Place) -> bool:
    workspaces.departed(work, where)
    notices.parted(work, where)
    return True


def _about_bot(activity: Mapping[str, Any], list_name: str) -> bool:
    bot_id = places.word(places.part(activity, "recipient"), "id")
    return bool(bot_id) and any(places.word(one, "id") == bot_id for one in places.things(activity, list_name))


def _comes(activity: Mapping[str, Any]) -> bool:
    if activity.get("type") == "installationUpdate":
        return activity.get("action") in ("add", "add-upgrade")
    return _about_bot(activity, "membersAdded")


def _renames(activity: Mapping[str, Any]) -> bool:
    """https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events"""
    return places.word(places.part(activity, "channelData"), "eventType") == "teamRenamed"


def _leaves(activity: Mapping[str, Any]) -> bool:
    if activity.get("type") == "installationUpdate":
        return activity.get("action") == "remove"
    return _about_bot(activity, "membersRemoved")
