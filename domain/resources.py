"""A workspace's applications: what its guests find on their page, and are let into."""

from collections.abc import Sequence
from typing import Any

from domain import audit, targets, workspaces
from domain.access_errors import ResourceTaken, TooManyResources, UnknownResource, WrongUrl
from domain.access_views import ResourcesView, ResourceView, UrlProblem
from domain.secrets import new_id
from domain.views import Person, Place
from domain.work import Work
from storage import resources as rows

MOST = 50
LONGEST_NAME = 64


def listing(work: Work, place: Place, person: Person) -> ResourcesView:
    """Raises NotOwner, Outsider."""
    return _view(work, place, workspaces.acting(work, place, person))


def add(work: Work, place: Place, person: Person, name: str, url: str) -> ResourcesView:
    """Raises NotOwner, Outsider, WrongUrl, ResourceTaken, TooManyResources."""
    workspace = workspaces.acting(work, place, person)
    address = targets.address(url, development=work.development)
    if not name.strip() or len(name) > LONGEST_NAME:
        raise WrongUrl(UrlProblem.NAME)
    key = {"tenant_id": place.tenant_id, "workspace_id": workspace.workspace_id}
    work.one(rows.LOCK, key)
    counted = work.one(rows.COUNT, key)
    if counted is not None and counted.number >= MOST:
        raise TooManyResources(MOST)
    resource_id = new_id()
    row = key | {
        "resource_id": resource_id,
        "name": name,
        "name_key": name.casefold(),
        "url": address,
        "added_by": person.person_id,
        "created_at": work.now,
    }
    if work.run(rows.put(work.connection.dialect.name), row) == 0:
        raise ResourceTaken(name)
    _record(work, workspace, person, "resource.added", resource=resource_id, url=address)
    return _view(work, place, workspace, added=name)


def remove(work: Work, place: Place, person: Person, name: str) -> ResourcesView:
    """Nobody is let into it from now on. Raises NotOwner, Outsider, UnknownResource."""
    workspace = workspaces.acting(work, place, person)
    where = {"tenant": place.tenant_id, "workspace": workspace.workspace_id, "key": name.casefold(), "now": work.now}
    removed = work.one(rows.REMOVE, where)
    if removed is None:
        raise UnknownResource(name)
    _record(work, workspace, person, "resource.removed", resource=removed.resource_id)
    return _view(work, place, workspace, removed=removed.name)


def known(work: Work, resource_id: str) -> Any:
    """The row of an application: its tenant, workspace and address. Raises UnknownResource."""
    row = work.one(rows.BY_ID, {"resource_id": resource_id})
    if row is None:
        raise UnknownResource
    return row


def url(work: Work, resource_id: str) -> str:
    """Where an application is. Raises UnknownResource."""
    found: str = known(work, resource_id).url
    return found


def tenant(work: Work, resource_id: str) -> str:
    """Whose an application is. Raises UnknownResource."""
    found: str = known(work, resource_id).tenant_id
    return found


def of_workspaces(work: Work, tenant_id: str, workspace_ids: Sequence[str]) -> dict[str, tuple[ResourceView, ...]]:
    found: dict[str, tuple[ResourceView, ...]] = {}
    for row in work.all(rows.OF_WORKSPACES, {"tenant_id": tenant_id, "workspace_ids": list(workspace_ids)}):
        listed = found.get(row.workspace_id, ())
        found[row.workspace_id] = (*listed, ResourceView(row.resource_id, row.name, row.url))
    return found


def _view(work: Work, place: Place, workspace: Any, added: str = "", removed: str = "") -> ResourcesView:
    listed = of_workspaces(work, place.tenant_id, [workspace.workspace_id]).get(workspace.workspace_id, ())
    return ResourcesView(place.name or workspace.name, place.kind, listed, added, removed)


def _record(work: Work, workspace: Any, person: Person, kind: str, **facts: str) -> None:
    audit.record(
        work, workspace.tenant_id, kind, person.person_id, workspace_id=workspace.workspace_id, **facts
    )  # fmt: skip
