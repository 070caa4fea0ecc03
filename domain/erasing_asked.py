"""Erasing somebody who asked for it (GDPR, article 17): everything ends, and then is erased at once."""

from typing import Any

from domain import addresses, audit, erasing, offers, showing, states, workspaces
from domain.life_refusals import NothingToErase
from domain.states import OPEN
from domain.value import value
from domain.views import Kind, Person, Place, Status
from domain.work import Work
from storage import erasing as rows
from storage import invitations as invitation_rows


@value
class ErasureView:
    """What an admin confirms, or what was done."""

    kind: Kind
    address: str
    """Or the pseudonym, once it was done."""
    invitation_id: str
    """Names whom it is about, in place of an address."""
    invitations: int
    open: int
    """Invitations that end."""
    accesses: int
    """That end."""
    done: bool = False


def ask(work: Work, place: Place, person: Person, address: str) -> ErasureView:
    """For admins: what there is to erase. Raises NotAdmin, Outsider, NothingToErase."""
    workspaces.administering(work, place, person)
    found = _found(work, place.tenant_id, addresses.key(address))
    if not found:
        raise NothingToErase(address)
    return _view(work, place.kind, found)


def erase(work: Work, place: Place, person: Person, invitation_id: str) -> ErasureView:
    """After the confirmation. `invitation_id`: any of the address. Raises NotAdmin, Outsider, NothingToErase."""
    workspaces.administering(work, place, person)
    row = showing.by_id(work, place.tenant_id, invitation_id)
    if row is None or row.erased_at is not None:
        raise NothingToErase
    before = _view(work, place.kind, _found(work, place.tenant_id, row.address_key))
    pseudonym = everything(work, Person(place.tenant_id, person.person_id, person.name), row.address_key)
    return ErasureView(
        before.kind, pseudonym or "", invitation_id, before.invitations, before.open, before.accesses, done=True
    )


def by_operator(work: Work, tenant_id: str, address: str) -> str:
    """The pseudonym. Raises NothingToErase."""
    pseudonym = everything(work, Person(tenant_id, audit.OPERATOR), addresses.key(address))
    if pseudonym is None:
        raise NothingToErase(address)
    return pseudonym


def everything(work: Work, person: Person, address_key: str) -> str | None:
    """As `erasing.person`, after whatever is open has ended."""
    for row in _found(work, person.tenant_id, address_key):
        if states.status(row, work.now) in OPEN | {Status.REDEEMED}:
            kind = "membership.removed" if row.redeemed_at is not None else "invitation.revoked"
            offers.end(work, row, person, kind)
    return erasing.person(work, person.tenant_id, address_key, person.person_id)


def _found(work: Work, tenant_id: str, address_key: str) -> list[Any]:
    """The guest's invitations, and those of the address."""
    where = {"tenant_id": tenant_id, "address_key": address_key}
    found = list(work.all(invitation_rows.AT_ADDRESS, where))
    guest = work.one(rows.GUEST_AT, {"tenant": tenant_id, "key": address_key})
    known = {row.invitation_id for row in found}
    if guest is not None:
        of_guest = work.all(rows.OF_GUEST, {"tenant": tenant_id, "guest": guest.guest_id})
        others = [showing.by_id(work, tenant_id, row.invitation_id) for row in of_guest]
        found += [row for row in others if row is not None and row.invitation_id not in known]
    return found


def _view(work: Work, kind: Kind, found: list[Any]) -> ErasureView:
    now = [states.status(row, work.now) for row in found]
    pending = sum(each in OPEN for each in now)
    return ErasureView(
        kind, found[0].address, found[0].invitation_id, len(found), pending, now.count(Status.REDEEMED)
    )  # fmt: skip
