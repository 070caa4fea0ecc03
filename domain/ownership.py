"""Who owns a workspace, and who says so: people in the chat, the team's directory, or both."""

from datetime import datetime, timedelta
from typing import Any

from domain import audit
from domain.views import OwnersView, Person, Place
from domain.work import Work
from storage import owners as directory_rows
from storage import workspaces as rows

BELIEVED = timedelta(hours=24)
"""So long the directory's last word counts while it cannot be asked again. What people said counts always."""
DIRECTORY, BOTH = directory_rows.DIRECTORY, directory_rows.BOTH


def believed(work: Work) -> dict[str, datetime]:
    """What every query of owners needs to know."""
    return {"believed_after": work.now - BELIEVED}


def listed(work: Work, tenant_id: str, workspace_id: str) -> Any:
    """Owners with name and source, in the order in which they became owners."""
    where = {"tenant_id": tenant_id, "workspace_id": workspace_id}
    return work.all(rows.OWNER_NAMES, where | believed(work))


def view(
    work: Work, place: Place, row: Any, changed: str = "", *, already: bool = False, directed: bool = False
) -> OwnersView:
    found = [one for one in listed(work, row.tenant_id, row.workspace_id) if one.name]
    named = tuple(one.name for one in found if one.source != DIRECTORY)
    team = tuple(one.name for one in found if one.source == DIRECTORY)
    return OwnersView(place.name or row.name, place.kind, named, changed, already, team, directed)


def present(work: Work, row: Any) -> dict[str, str | None]:
    """Who says it, by owner; kept as it is until this unit ends."""
    found = work.all(rows.LOCK_OWNERS, {"tenant_id": row.tenant_id, "workspace_id": row.workspace_id})
    told = row.owners_read_at is not None and row.owners_read_at > work.now - BELIEVED
    return {one.person_id: one.source for one in found if told or one.source != DIRECTORY}


def unsay(work: Work, row: Any, old: Person, source: str | None, actor: Person) -> None:
    """People take back what people said; the directory's word stands."""
    facts: dict[str, str] = {}
    if source == BOTH:
        named = {"tenant": row.tenant_id, "workspace": row.workspace_id, "person": old.person_id}
        work.run(directory_rows.SET_SOURCE, named | {"told": DIRECTORY})
        facts = {"still": DIRECTORY}
    else:
        where = {"tenant_id": row.tenant_id, "workspace_id": row.workspace_id}
        work.run(rows.REMOVE_OWNER, where | {"person_id": old.person_id})
    audit.record(
        work, row.tenant_id, "owner.removed", actor.person_id,
        workspace_id=row.workspace_id, person=old.person_id, **facts,
    )  # fmt: skip
