"""A guest has lost the second factor: an owner asks, an admin confirms, and the guest sets up a new one.

Whoever asks never confirms, admins included: one person alone, or one stolen chat account, opens no guest's door.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import addresses, audit, delivery, guests
from domain.factor_errors import NothingToReset, OwnRequest, UnknownRequest
from domain.factor_views import ResetView
from domain.secrets import new_id
from domain.views import CardPost, Claimed, Kind, Person, Place
from domain.work import Work
from domain.workspaces import acting, administering, remember
from storage import factor_resets as rows
from storage import factors as factor_rows

LIFE = timedelta(days=7)
MOST = 10
"""Requests shown at once, the oldest first."""
CONFIRMED, DENIED, EXPIRED = "confirmed", "denied", "expired"


def ask(work: Work, place: Place, person: Person, address: str) -> ResetView:
    """A request that waits for an admin; one that waits already stays the one.

    Raises NotOwner, Outsider, NothingToReset.
    """
    workspace = acting(work, place, person)
    key = {"tenant": place.tenant_id, "workspace": workspace.workspace_id, "address_key": addresses.key(address)}
    guest = work.one(rows.GUEST, key | {"now": work.now})
    if guest is None:
        raise NothingToReset(address)
    guests.lock(work, place.tenant_id, guest.guest_id)
    waiting = {"tenant": place.tenant_id, "guest": guest.guest_id, "since": work.now - LIFE}
    known = work.one(rows.OF_GUEST, waiting)
    if known is not None:
        return _view(work, known)
    return replace(_view(work, _add(work, place, person, workspace, guest)), new=True)


def waiting(work: Work, place: Place, person: Person) -> tuple[ResetView, ...]:
    """The tenant's open requests, for an admin. Raises NotAdmin, Outsider."""
    administering(work, place, person)
    found = work.all(rows.WAITING, {"tenant": place.tenant_id, "since": work.now - LIFE, "most": MOST})
    return tuple(_view(work, row) for row in found)


def confirm(work: Work, place: Place, person: Person, request_id: str) -> ResetView:
    """All second factors, recovery codes and sessions of the guest end. A request that was decided stays as it is.

    Raises NotAdmin, Outsider, UnknownRequest, OwnRequest.
    """
    row = _asked(work, place, person, request_id)
    if _over(work, row):
        return _view(work, row)
    if row.asked_by == person.person_id:
        raise OwnRequest
    if _decide(work, row, person, CONFIRMED):
        guest = {"tenant": row.tenant_id, "guest": row.guest_id}
        guests.end_sessions(work, row.tenant_id, row.guest_id, "second_factor_reset")
        work.run(factor_rows.REMOVE_ALL, guest)
        work.run(factor_rows.REMOVE_CODES, guest)
        _record(work, row, "second_factor.reset", person)
        delivery.enqueue_card(work, row.tenant_id, row.invitation_id)
    return _view(work, _by_id(work, place, request_id))


def deny(work: Work, place: Place, person: Person, request_id: str) -> ResetView:
    """Everything stays. Raises NotAdmin, Outsider, UnknownRequest."""
    row = _asked(work, place, person, request_id)
    if not _over(work, row) and _decide(work, row, person, DENIED):
        _record(work, row, "second_factor.reset_denied", person)
    return _view(work, _by_id(work, place, request_id))


def _asked(work: Work, place: Place, person: Person, request_id: str) -> Any:
    administering(work, place, person)
    return _by_id(work, place, request_id)


def _by_id(work: Work, place: Place, request_id: str) -> Any:
    row = work.one(rows.BY_ID, {"tenant": place.tenant_id, "request": request_id})
    if row is None:
        raise UnknownRequest
    return row


def _over(work: Work, row: Any) -> bool:
    return row.decided_at is not None or row.asked_at + LIFE <= work.now


def _decide(work: Work, row: Any, person: Person, what: str) -> bool:
    """False: somebody was faster."""
    remember(work, person)
    values = {"request": row.request_id, "tenant": row.tenant_id, "who": person.person_id, "what": what}
    if work.run(rows.DECIDE, values | {"now": work.now}) == 0:
        return False
    delivery.enqueue_request(work, row.tenant_id, row.request_id)
    return True


def _add(work: Work, place: Place, person: Person, workspace: Any, guest: Any) -> Any:
    request = {
        "request_id": new_id(),
        "tenant_id": place.tenant_id,
        "workspace_id": workspace.workspace_id,
        "kind": rows.KIND,
        "invitation_id": guest.invitation_id,
        "guest_id": guest.guest_id,
        "address": guest.address,
        "asked_by": person.person_id,
        "note": "",
        "asked_at": work.now,
        "channel_id": place.channel_id,
        "service_url": place.service_url,
        "conversation_id": place.conversation_id,
        "bot_id": place.bot_id,
        "locale": place.locale,
    }
    work.run(rows.ADD, request)
    row = _by_id(work, place, str(request["request_id"]))
    _record(work, row, "second_factor.reset_asked", person)
    delivery.enqueue_request(work, place.tenant_id, row.request_id)
    return row


def _record(work: Work, row: Any, kind: str, person: Person) -> None:
    audit.record(
        work, row.tenant_id, kind, person.person_id,
        workspace_id=row.workspace_id, invitation_id=row.invitation_id, guest_id=row.guest_id, request=row.request_id,
    )  # fmt: skip


def _view(work: Work, row: Any) -> ResetView:
    expired = row.decided_at is None and _over(work, row)
    return ResetView(
        row.request_id, row.address, row.workspace, row.asker, row.asked_at,
        EXPIRED if expired else row.decision or "", row.decider, row.decided_at, Kind(row.workspace_kind),
    )  # fmt: skip


def card(work: Work, row: Claimed) -> CardPost | None:
    """The request's card as it is now. None: it is no request of this kind, or the bot is not there any more."""
    found = work.one(rows.BY_ID, {"tenant": row.tenant_id, "request": row.subject_id})
    if found is None or found.removed_at is not None:
        return None
    view = _view(work, found)
    return CardPost(
        view, found.channel_id, found.service_url, found.conversation_id, found.bot_id, found.locale,
        found.activity_id, None if view.decision else found.asked_at + LIFE,
    )  # fmt: skip
