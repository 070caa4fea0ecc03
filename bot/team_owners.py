"""Asking the tenant's directory who owns a team, before somebody acts there; a turn waits for it a moment only."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.writing import clean
from domain import directory
from domain.directory import Team, TeamOwner, Untold
from domain.doors import Clock, Directory, Units
from domain.faults import Unavailable
from domain.views import Person, Place

SECONDS = 2.0
"""Longer nobody waits in a chat: the last known owners are the owners then, and the answer counts for the next turn."""
DEADLINE_SECONDS = 20.0
PAUSE = timedelta(minutes=1)
"""After a failure; longer where the directory says so, but never longer than its word is fresh."""
Groups = Callable[[str, str], Awaitable[str]]
"""Service URL and team → the team's group in the directory, empty where the chat does not tell it."""
MOST = 10_000
"""Teams kept in memory."""
log = logging.getLogger("gatehouse.bot")


class TeamOwners:
    """At most one question about a team at a time."""

    def __init__(self, database: Units, asked: Directory, clock: Clock, groups: Groups) -> None:
        self._database = database
        self._directory = asked
        self._clock = clock
        self._groups = groups
        self._seconds = SECONDS
        self._running: dict[str, asyncio.Task[None]] = {}
        self._paused: OrderedDict[str, datetime] = OrderedDict()

    async def refresh(self, place: Place, person: Person) -> None:
        """Afterwards the records say what the directory says, or what it said last. Raises Unavailable."""
        teams = await self._database.read(directory.due, place, person)
        asked = [self._asked(team, place) for team in teams if self._waits(team)]
        if asked:
            await asyncio.wait(asked, timeout=self._seconds)

    def _waits(self, team: Team) -> bool:
        until = self._paused.get(team.workspace_id)
        return until is None or until <= self._clock()

    def _asked(self, team: Team, place: Place) -> "asyncio.Task[None]":
        running = self._running.get(team.workspace_id)
        if running is None:
            running = asyncio.create_task(self._ask(team, place))
            self._running[team.workspace_id] = running
            running.add_done_callback(lambda _: self._running.pop(team.workspace_id, None))
        return running

    async def _ask(self, team: Team, place: Place) -> None:
        asked_at, again_in = self._clock(), 0.0
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                team = await self._with_group(team, place)
                told = await self._directory.owners(team.tenant_id, team.group_id)
            await self._database.write(directory.renew, team, tuple(map(_readable, told)), asked_at)
        except Untold as fault:
            again_in = fault.again_in
        except TimeoutError:
            log.warning("the directory does not answer in time")
        except Unavailable:
            return
        except Exception:  # nobody waits for this task: whatever it is, the last known owners count
            log.exception("the directory could not be asked")
        else:
            self._paused.pop(team.workspace_id, None)
            return
        self._pause(team, min(max(PAUSE, timedelta(seconds=again_in)), directory.FRESH))

    async def _with_group(self, team: Team, place: Place) -> Team:
        """Raises Untold."""
        if team.group_id:
            return team
        told = await self._groups(place.service_url, place.place_id)
        if not told:
            raise Untold("group", directory.FRESH.total_seconds())
        return replace(team, group_id=told)

    def _pause(self, team: Team, span: timedelta) -> None:
        self._paused[team.workspace_id] = self._clock() + span
        self._paused.move_to_end(team.workspace_id)
        if len(self._paused) > MOST:
            self._paused.popitem(last=False)


def _readable(one: TeamOwner) -> TeamOwner:
    return replace(one, name=clean(one.name))
