"""Owners of teams as the tenant's directory names them: when it is to be asked, and what follows from its answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain import audit, workspaces
from domain.ownership import BOTH, DIRECTORY
from domain.value import value
from domain.views import Kind, Person, Place
from domain.work import Work
from storage import owners as rows
from storage import workspaces as owner_rows

FRESH = timedelta(minutes=10)
"""So old the directory's word may be when somebody acts and it can be asked."""
MOST_TEAMS = 8
"""Asked about for one message."""
MOST_OWNERS = 100
"""A group has no more."""


@value
class Team:
    """A workspace whose directory is to be asked."""

    tenant_id: str
    workspace_id: str
    group_id: str
    """Empty: not known yet."""


@value
class TeamOwner:
    """Somebody of the tenant's own people, never a guest of it."""

    person_id: str
    name: str = ""
    address: str | None = None


class Untold(Exception):
    """The directory could not be asked, or said what cannot be used. The text is a word for the log."""

    def __init__(self, reason: str, again_in: float = 0.0) -> None:
        super().__init__(reason)
        self.again_in = again_in
        """Seconds for which it wants to be left alone."""


def due(work: Work, place: Place, person: Person) -> tuple[Team, ...]:
    """Whose owners were not read for a while: the team where somebody speaks; in a personal chat the teams that this
    person owns by the directory's word."""
    if place.kind is Kind.PERSONAL:
        who = {"tenant_id": place.tenant_id, "person_id": person.person_id, "most": MOST_TEAMS}
        found = work.all(rows.TEAMS_OF, who)
    elif place.kind is Kind.TEAM and place.channel_id == workspaces.IN_TEAMS:
        where = {"tenant_id": place.tenant_id, "channel_id": place.channel_id, "place_id": place.place_id}
        found = work.all(rows.TEAM, where)
    else:
        return ()
    return tuple(
        Team(place.tenant_id, row.workspace_id, row.group_id or place.group_id)
        for row in found
        if row.owners_read_at is None or row.owners_read_at <= work.now - FRESH
    )


def renew(work: Work, team: Team, told: Sequence[TeamOwner], asked_at: datetime) -> bool:
    """The directory's owners are these now; whom people named stays. False: a younger answer was there before, or the
    workspace is another team's."""
    where = {"tenant": team.tenant_id, "workspace": team.workspace_id}
    if not work.run(rows.READ, where | {"group": team.group_id, "asked_at": asked_at}):
        return False
    locked = work.all(owner_rows.LOCK_OWNERS, {"tenant_id": team.tenant_id, "workspace_id": team.workspace_id})
    before = {row.person_id: row.source for row in locked}
    now = {one.person_id: one for one in told[:MOST_OWNERS]}
    for one in now.values():
        workspaces.remember(work, Person(team.tenant_id, one.person_id, one.name, "", one.address))
        if one.person_id not in before:
            _add(work, team, one.person_id)
        elif before[one.person_id] is None:
            work.run(rows.SET_SOURCE, where | {"person": one.person_id, "told": BOTH})
    for person_id in sorted(before.keys() - now.keys()):
        _unlist(work, team, person_id, before[person_id])
    return True


def _add(work: Work, team: Team, person_id: str) -> None:
    row = {"tenant_id": team.tenant_id, "workspace_id": team.workspace_id, "person_id": person_id, "since": work.now}
    work.run(rows.add_from_directory(work.connection.dialect.name), row | {"source": DIRECTORY})
    _record(work, team, "owner.added", person_id)


def _unlist(work: Work, team: Team, person_id: str, source: str | None) -> None:
    where = {"tenant": team.tenant_id, "workspace": team.workspace_id}
    if source == BOTH:
        work.run(rows.SET_SOURCE, where | {"person": person_id, "told": None})
    elif source == DIRECTORY:
        whom = {"tenant_id": team.tenant_id, "workspace_id": team.workspace_id, "person_id": person_id}
        work.run(owner_rows.REMOVE_OWNER, whom)
        _record(work, team, "owner.removed", person_id)


def _record(work: Work, team: Team, kind: str, person_id: str) -> None:
    audit.record(
        work, team.tenant_id, kind, audit.SYSTEM,
        workspace_id=team.workspace_id, person=person_id, source=DIRECTORY,
    )  # fmt: skip
