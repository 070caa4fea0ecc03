"""Certificates: what was removed when a guest was let go, kept and shown in the conversation of the invitation."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain import addresses, notices, passcodes, workspaces
from domain.certificate_views import CertificateView, Removed
from domain.life_refusals import UnknownCertificate
from domain.secrets import new_id
from domain.views import Kind, Person, Place
from domain.work import Work
from storage import certificates as rows
from storage import invitations as invitation_rows

NOTICE = "certificate"


def standing(work: Work, row: Any) -> Removed:
    """What is about to end with the membership of an invitation: `row` has the facts of both."""
    values = {
        "tenant": row.tenant_id,
        "invitation": row.invitation_id,
        "scope": passcodes.invitation_scope(row.invitation_id),
        "guest": row.guest_id,
        "link": row.link_id,
        "workspace": row.workspace_id,
        "membership": row.membership_id,
        "now": work.now,
    }
    found = work.one(rows.STANDING, values)
    return Removed(*found) if found is not None else Removed()


def issue(work: Work, row: Any, removed: Removed, reason: str, made_by: str) -> str:
    """The certificate of what has just ended, in the same unit, and its card. Gives its id, for the audit."""
    where = {"membership_id": row.membership_id, "tenant_id": row.tenant_id}
    began = work.one(rows.STARTED, where)
    started_at = began.started_at.isoformat() if began is not None else None
    certificate_id = new_id()
    new = {
        "certificate_id": certificate_id,
        "tenant_id": row.tenant_id,
        "workspace_id": row.workspace_id,
        "invitation_id": row.invitation_id,
        "guest_id": row.guest_id,
        "made_at": work.now,
        "made_by": made_by,
        "removed": json.dumps(asdict(removed) | {"reason": reason, "started_at": started_at}),
    }
    work.run(rows.ADD, new)
    if row.membership_id:  # nothing about it waits for a word any more
        notices.close_all(work, row.tenant_id, row.membership_id)
    _put(work, row, certificate_id)
    return certificate_id


def _put(work: Work, row: Any, certificate_id: str) -> None:
    """Where the invitation's card stands, if the bot is there still."""
    stands = work.one(invitation_rows.CARD, {"invitation_id": row.invitation_id, "tenant_id": row.tenant_id})
    if stands is None or stands.quiet_at is not None:
        return
    place = Place(
        row.tenant_id, Kind.GROUP, stands.channel_id, "", "", stands.service_url, stands.conversation_id,
        stands.bot_id, stands.locale,
    )  # fmt: skip
    notices.put(work, place, NOTICE, certificate_id, row.workspace_id)


def changed(work: Work, tenant_id: str, invitation_ids: Sequence[str]) -> None:
    """The certificates' cards are to show who the invitations belong to now."""
    where = {"tenant_id": tenant_id, "invitation_ids": list(invitation_ids)}
    for row in work.all(rows.OF_INVITATIONS, where):
        notices.changed(work, tenant_id, NOTICE, row.certificate_id)


def show(work: Work, place: Place, person: Person, named: str) -> CertificateView:
    """By its id, or the newest of an address. Of the workspace; for admins, by its id, of the tenant.

    Raises NotOwner, Outsider, UnknownCertificate.
    """
    workspace = workspaces.acting(work, place, person)
    where = {"tenant_id": place.tenant_id, "workspace_id": workspace.workspace_id}
    certificate_id = named
    if "@" in named:
        newest = work.one(rows.NEWEST, where | {"address_key": addresses.key(named)})
        certificate_id = newest.certificate_id if newest is not None else ""
    row = work.one(rows.BY_ID, {"tenant_id": place.tenant_id, "certificate_id": certificate_id})
    everywhere = workspaces.is_admin(work, workspace, person)
    if row is None or not (everywhere or row.workspace_id == workspace.workspace_id):
        raise UnknownCertificate(named)
    return _view(row, place.kind)


def noticed(work: Work, notice: Any) -> CertificateView | None:
    """For the card in the conversation."""
    row = work.one(rows.BY_ID, {"tenant_id": notice.tenant_id, "certificate_id": notice.subject_id})
    return _view(row, Kind(notice.workspace_kind or Kind.GROUP)) if row is not None else None


def _view(row: Any, kind: Kind) -> CertificateView:
    kept: dict[str, Any] = json.loads(row.removed)
    reason, began = kept.pop("reason"), kept.pop("started_at")
    return CertificateView(
        row.certificate_id, kind, row.address, row.workspace, Kind(row.workspace_kind), reason, row.by,
        datetime.fromisoformat(began) if began else None, row.made_at, Removed(**kept),
    )  # fmt: skip
