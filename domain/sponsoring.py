"""Changing who answers for a guest: one to five people of the organisation. Nobody named: the inviter does.

An invitation whose first other sponsor is named keeps its inviter as one of them.
"""

from typing import Any

from domain import audit, delivery, notices, sponsors, states, workspaces
from domain.errors import NotOwner, Outsider, UnknownAddress
from domain.life_refusals import LastSponsor, NothingToHandOver, NotSponsor, TooManySponsors
from domain.present import by_address
from domain.sponsor_views import HandoverView, SponsorsView
from domain.value import value
from domain.views import Person, Place
from domain.work import Work
from storage import sponsoring as rows
from storage import sponsors as sponsor_rows

MOST = 5
LEFT = "sponsor_left"
"""Kind of the notice that a sponsor has left: its subject is the workspace, the person and the moment."""


@value
class _Here:
    tenant_id: str
    workspace_id: str


def show(work: Work, place: Place, person: Person, address: str) -> SponsorsView:
    """Raises NotOwner, Outsider, UnknownAddress."""
    return _view(work, place, _row(work, place, person, address))


def may(work: Work, place: Place, person: Person, address: str) -> bool:
    """Asked before the roster is, so that nobody learns from it without the right. Raises as `show`."""
    _row(work, place, person, address)
    return True


def add(work: Work, place: Place, person: Person, address: str, new: Person) -> SponsorsView:
    """For owners, admins, and whoever answers for the guest. Raises also TooManySponsors, IllegalMove."""
    row = _row(work, place, person, address)
    if workspaces.stranger(place, new, workspaces.known(work, place.tenant_id, new.person_id)):
        raise Outsider(workspaces.owner_names(work, place.tenant_id, row.workspace_id))
    states.check("sponsors", row, work.now)
    named = _locked(work, row)
    if new.person_id in (named or [row.inviter_id]):
        return _view(work, place, row, changed=new.name, added=True, already=True)
    if len(named) >= MOST:
        raise TooManySponsors(MOST)
    workspaces.remember(work, new)
    people = {new.person_id: work.now}
    if not named and row.inviter_id in sponsors.of(work, row.tenant_id, row.invitation_id):
        people[row.inviter_id] = row.created_at
    added = [
        {"invitation_id": row.invitation_id, "person_id": each, "tenant_id": row.tenant_id, "since": since}
        for each, since in people.items()
    ]
    work.run(sponsor_rows.add(work.connection.dialect.name), added)
    _changed(work, row, person, "sponsor.added", new.person_id)
    return _view(work, place, row, changed=new.name, added=True)


def remove(work: Work, place: Place, person: Person, address: str, old: Person) -> SponsorsView:
    """As `add`; but who only answers for the guest removes nobody else. Raises also NotSponsor, LastSponsor."""
    row = _row(work, place, person, address)
    standing = workspaces.standing(work, place, person)
    if old.person_id != person.person_id and not (standing.owner or standing.admin):
        raise NotOwner(standing.owners)
    states.check("sponsors", row, work.now)
    named = _locked(work, row) or [row.inviter_id]
    if old.person_id not in named:
        raise NotSponsor(old.name)
    if len(named) == 1:
        raise LastSponsor(row.address)
    gone = {"tenant": row.tenant_id, "invitation": row.invitation_id, "person": old.person_id}
    work.run(rows.REMOVE, gone)
    _changed(work, row, person, "sponsor.removed", old.person_id)
    return _view(work, place, row, changed=old.name)


def hand_over(work: Work, place: Place, person: Person, old: Person, new: Person) -> HandoverView:
    """All for whom one person answers, to another: for an owner those of the workspace, for an admin all there are.

    Raises NotOwner, Outsider, NothingToHandOver.
    """
    workspace = workspaces.acting(work, place, person)
    if workspaces.stranger(place, new, workspaces.known(work, place.tenant_id, new.person_id)):
        raise Outsider(workspaces.owner_names(work, place.tenant_id, workspace.workspace_id))
    everywhere = workspaces.is_admin(work, workspace, person)
    if old.person_id == new.person_id:
        raise NothingToHandOver(old.name)
    where = None if everywhere else workspace.workspace_id
    moved = handed_over(work, place.tenant_id, where, old.person_id, new.person_id, person.person_id)
    if not moved:
        raise NothingToHandOver(old.name)
    workspaces.remember(work, new)
    return HandoverView(place.name or workspace.name, place.kind, old.name, new.name, moved, everywhere)


def answered_for(work: Work, tenant_id: str, workspace_id: str | None, person_id: str) -> list[Any]:
    """Open invitations and guests for whom the person answers, in a workspace or everywhere."""
    where = {"tenant": tenant_id, "old": person_id, "now": work.now}
    where |= {} if workspace_id is None else {"workspace": workspace_id}
    return list(work.all(rows.answered_for(workspace_id is None), where))


def handed_over(work: Work, tenant_id: str, workspace_id: str | None, old: str, new: str, actor: str) -> int:
    """How many were. Each is a row of the audit, so that it is found with its guest."""
    found = answered_for(work, tenant_id, workspace_id, old)
    for at in range(0, len(found), rows.HAND_OVER_MOST):
        ids = [each.invitation_id for each in found[at : at + rows.HAND_OVER_MOST]]
        sponsors.take_over(work, tenant_id, new, ids)
        work.run(rows.HAND_OVER, {"tenant": tenant_id, "invitations": ids, "old": old})
    for each in found:
        audit.record(
            work, tenant_id, "sponsor.handed_over", actor, workspace_id=each.workspace_id,
            invitation_id=each.invitation_id, person=new, before=old,
        )  # fmt: skip
    if found:
        delivery.enqueue_card(work, tenant_id, *(each.invitation_id for each in found))
    for each in {each.workspace_id for each in found}:
        notices.close_all(work, tenant_id, f"{each}|{old}|")
    return len(found)


def _row(work: Work, place: Place, person: Person, address: str) -> Any:
    """The invitation that counts for the address, for somebody who may know of it. Changes nothing."""
    standing = workspaces.standing(work, place, person)
    here = _Here(place.tenant_id, standing.workspace_id)
    row = next(iter(by_address(work, here, [address]).values()), None)
    if standing.owner or standing.admin:
        if row is None:
            raise UnknownAddress(address)
        return row
    if workspaces.stranger(place, person, workspaces.known(work, place.tenant_id, person.person_id)):
        raise Outsider(standing.owners)
    if row is None or person.person_id not in sponsors.of(work, place.tenant_id, row.invitation_id):
        raise NotOwner(standing.owners)
    return row


def _locked(work: Work, row: Any) -> list[str]:
    """Who was named, and nobody else changes that until the unit ends."""
    work.one(rows.LOCK, {"invitation_id": row.invitation_id, "tenant_id": row.tenant_id})
    where = {"tenant_id": row.tenant_id, "invitation_ids": [row.invitation_id]}
    return [each.person_id for each in work.all(rows.NAMED, where)]


def _changed(work: Work, row: Any, person: Person, kind: str, whom: str) -> None:
    audit.record(
        work, row.tenant_id, kind, person.person_id, workspace_id=row.workspace_id, invitation_id=row.invitation_id,
        guest_id=row.guest_id, person=whom,
    )  # fmt: skip
    delivery.enqueue_card(work, row.tenant_id, row.invitation_id)


def _view(work: Work, place: Place, row: Any, **changed: Any) -> SponsorsView:
    where = {"tenant_id": row.tenant_id, "invitation_ids": [row.invitation_id]}
    named = tuple(each.name for each in work.all(rows.NAMED, where))
    return SponsorsView(row.address, place.name or row.workspace, place.kind, named or (row.inviter,), **changed)
