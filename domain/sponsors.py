"""Sponsors: who answers for a guest, and who may say what becomes of one."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain import ownership, workspaces
from domain.views import Person, Place
from domain.work import Work
from storage import sponsors as rows


def of(work: Work, tenant_id: str, invitation_id: str) -> tuple[str, ...]:
    """Ids of the people who answer for the invitation's guest: who was named, else the inviter; nobody who has left."""
    return of_all(work, tenant_id, [invitation_id])[invitation_id]


def of_all(work: Work, tenant_id: str, invitation_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """As `of`, for several: one query."""
    ids = list(dict.fromkeys(invitation_ids))
    found: Sequence[Any] = work.all(rows.OF, {"tenant_id": tenant_id, "invitation_ids": ids}) if ids else ()
    named: dict[str, list[Any]] = {}
    invited: dict[str, list[Any]] = {}
    for row in sorted(found, key=lambda row: (row.since, row.person_id)):
        (named if row.named else invited).setdefault(row.invitation_id, []).append(row)
    return {
        each: tuple(row.person_id for row in named.get(each) or invited.get(each, ()) if row.left_at is None)
        for each in ids
    }


def owners_of(work: Work, tenant_id: str, workspace_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By workspace, its owners who have not left."""
    found: dict[str, list[str]] = {each: [] for each in workspace_ids}
    if found:
        where = {"tenant_id": tenant_id, "workspace_ids": list(found)} | ownership.believed(work)
        for row in work.all(rows.OWNERS_OF, where):
            found[row.workspace_id].append(row.person_id)
    return {each: tuple(people) for each, people in found.items()}


def admins_of(work: Work, tenant_id: str) -> tuple[str, ...]:
    found = [row.person_id for row in work.all(rows.ADMINS_OF, {"tenant_id": tenant_id})]
    return tuple(dict.fromkeys([*found, *sorted(work.admins)]))


def contact(work: Work, tenant_id: str, invitation_id: str) -> tuple[str, str | None]:
    """Name and address of somebody whom the guest may ask; empty where nobody is known by name."""
    people = of(work, tenant_id, invitation_id)
    if not people:
        return "", None
    found = {row.person_id: row for row in work.all(rows.CONTACT, {"tenant_id": tenant_id, "person_ids": people})}
    known = [found[each] for each in people if each in found and found[each].name]
    return (known[0].name, known[0].address) if known else ("", None)


def heads(work: Work, place: Place, person: Person, workspace_id: str) -> bool:
    """Whether the person owns the workspace, or administers the tenant, wherever that is said."""
    if workspaces.stranger(place, person, workspaces.known(work, place.tenant_id, person.person_id)):
        return False
    if person.person_id in work.admins:
        return True
    where = {"tenant_id": place.tenant_id, "person_id": person.person_id, "workspace_id": workspace_id}
    return work.one(rows.RIGHTS, where | ownership.believed(work)) is not None


def answers(work: Work, place: Place, person: Person, workspace_id: str, invitation_id: str) -> bool:
    """Whether the person may say what becomes of the guest: a sponsor, an owner of the workspace, or an admin."""
    if workspaces.stranger(place, person, workspaces.known(work, place.tenant_id, person.person_id)):
        return False
    if person.person_id in of(work, place.tenant_id, invitation_id):
        return True
    return heads(work, place, person, workspace_id)


def take_over(work: Work, tenant_id: str, person_id: str, invitation_ids: Iterable[str]) -> None:
    """From now on this person answers for these guests, whoever else was named."""
    new = [
        {"invitation_id": each, "person_id": person_id, "tenant_id": tenant_id, "since": work.now}
        for each in invitation_ids
    ]
    if new:
        work.run(rows.add(work.connection.dialect.name), new)
