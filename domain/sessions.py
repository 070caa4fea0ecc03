"""Sign-ins that are open: their guest sees and ends them, and so does an owner."""

from ipaddress import ip_address, ip_network
from typing import Any

from domain import addresses, admission, audit, guests, workspaces
from domain.access_views import SessionView, SignInLine, SignInsView
from domain.errors import NoGuestHere
from domain.policies import Address, Method
from domain.views import Person, Place
from domain.work import Work
from storage import guests as rows

COARSE = {4: 24, 6: 48}
"""So many bits of an address are shown: enough to recognise the own network."""


def own(work: Work, session_token: str, network: Address | None = None) -> tuple[SessionView, ...]:
    """The newest first. Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded."""
    row = _through(work, session_token, network)
    return tuple(
        SessionView(
            each.session_id or "", each.created_at, each.browser or "", _coarse(each.network),
            each.session_id == row.session_id,
        )
        for each in _open(work, row.tenant_id, row.guest_id)
    )  # fmt: skip


def end(work: Work, session_token: str, session_id: str | None, network: Address | None = None) -> int:
    """Ends one of the guest's own sessions, or with None all but this one. Returns how many.

    Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded.
    """
    row = admission.strong(guests.signed_in(work, session_token, network))
    listed = [each.session_id for each in _open(work, row.tenant_id, row.guest_id) if each.session_id]
    chosen = [each for each in listed if (each == session_id if session_id else each != row.session_id)]
    actor = f"guest:{row.guest_id}"
    return sum(_end(work, row.tenant_id, row.guest_id, each, "ended_by_guest", actor) for each in chosen)


def of_guest(work: Work, place: Place, person: Person, address: str) -> SignInsView:
    """Raises NotOwner, Outsider, NoGuestHere."""
    workspace = workspaces.acting(work, place, person)
    guest = _guest(work, workspace, address=address)
    return _view(work, place, workspace, guest)


def end_all(work: Work, place: Place, person: Person, guest_id: str) -> SignInsView:
    """Signs a guest of the workspace out everywhere in the tenant; the access itself stays.

    Raises NotOwner, Outsider, NoGuestHere.
    """
    workspace = workspaces.acting(work, place, person)
    guest = _guest(work, workspace, guest_id=guest_id)
    guests.lock(work, workspace.tenant_id, guest_id)
    listed = [each.session_id for each in _open(work, workspace.tenant_id, guest_id) if each.session_id]
    ended = sum(_end(work, workspace.tenant_id, guest_id, each, "ended_by_owner", person.person_id) for each in listed)
    return _view(work, place, workspace, guest, ended)


def _through(work: Work, session_token: str, network: Address | None) -> Any:
    return admission.through(guests.signed_in(work, session_token, network))[0].row


def _open(work: Work, tenant_id: str, guest_id: str) -> list[Any]:
    return list(work.all(rows.SIGN_INS, {"tenant": tenant_id, "guest": guest_id, "now": work.now}))


def _end(work: Work, tenant_id: str, guest_id: str, session_id: str, reason: str, actor: str) -> int:
    where = {"tenant": tenant_id, "guest": guest_id, "session": session_id, "now": work.now, "reason": reason}
    if work.run(rows.END_ONE, where) == 0:
        return 0
    audit.record(work, tenant_id, "session.ended", actor, guest_id=guest_id, session=session_id, reason=reason)
    return 1


def _guest(work: Work, workspace: Any, address: str = "", guest_id: str = "") -> Any:
    where = {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id}
    named = {"address_key": addresses.key(address), "guest_id": guest_id}
    row = work.one(rows.GUEST_IN, where | named | {"now": work.now})
    if row is None:
        raise NoGuestHere(address)
    return row


def _view(work: Work, place: Place, workspace: Any, guest: Any, ended: int | None = None) -> SignInsView:
    lines = tuple(
        SignInLine(each.created_at, each.expires_at, Method(each.method or Method.EMAIL_PASSCODE))
        for each in _open(work, workspace.tenant_id, guest.guest_id)
    )
    where = place.name or workspace.name
    return SignInsView(where, place.kind, guest.guest_id, guest.address, lines, ended)


def _coarse(network: str | None) -> str:
    """`203.0.113.0/24`; empty where nothing is known."""
    try:
        address = ip_address(network or "")
    except ValueError:
        return ""
    if address.is_unspecified:
        return ""
    return str(ip_network((address, COARSE[address.version]), strict=False))
