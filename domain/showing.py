"""Rows to views: an invitation as owners see it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from domain import audit, blocks, features, inquiries, orphans, states, workspaces
from domain.views import GuestLine, InvitationView, Kind, Status, TimelineEntry
from domain.work import Work
from storage import invitations as rows
from storage import sponsoring as sponsor_rows

STEPS = {
    "invitation.created": "invited",
    "invitation.sent": "sent",
    "invitation.undeliverable": "undeliverable",
    "invitation.resent": "resent",
    "invitation.corrected": "corrected",
    "invitation.remailed": "remailed",
    "invitation.language": "language",
    "guest.moved": "moved",
    "invitation.extended": "extended",
    "invitation.reminded": "reminded",
    "invitation.expired": "expired",
    "membership.expired": "access_ended",
    "membership.ended": "access_ended",
    "invitation.redeemed": "redeemed",
    "invitation.declined": "declined",
    "invitation.revoked": "revoked",
    "passcode.sent": "passcode_sent",
    "membership.removed": "removed",
    "membership.left": "left",
    "sponsor.added": "sponsor_added",
    "sponsor.removed": "sponsor_removed",
    "sponsor.handed_over": "handed_over",
    "invitation.erased": "erased",
    "factor.added": "factor_added",
    "factor.removed": "factor_removed",
    "recovery.used": "recovery_used",
    "second_factor.reset_asked": "reset_asked",
    "second_factor.reset": "factors_reset",
    "second_factor.reset_denied": "reset_denied",
}
"""Audit events that a timeline tells."""
WAITING_OR_IN = states.OPEN | {Status.REDEEMED}
"""In the other states nobody gets in, whatever the policy says."""


def view(work: Work, row: Any) -> InvitationView:
    return views(work, [row])[0]


def views(work: Work, found: Sequence[Any]) -> list[InvitationView]:
    """With their timelines and sponsors: at most five queries, however many there are."""
    if not found:
        return []
    tenant_id = found[0].tenant_id
    told = audit.timeline(work, tenant_id, [row.invitation_id for row in found])
    places = {row.workspace_id: (row.kind, row.channel_id) for row in found}
    readers = {each: workspaces.readers(work, tenant_id, each, *where) for each, where in places.items()}
    lost, answer = orphans.among(work, found), sponsor_names(work, tenant_id, found)
    shown = [
        _view(work, row, told.get(row.invitation_id, ()), readers[row.workspace_id], lost, names)
        for row, names in zip(found, answer, strict=True)
    ]
    shown = _refusing(work, tenant_id, shown)
    if not any(each.barrier for each in shown):
        return shown
    admins = workspaces.admin_names(work, tenant_id)
    return [replace(each, barrier=each.barrier and replace(each.barrier, admins=admins)) for each in shown]


def _refusing(work: Work, tenant_id: str, shown: list[InvitationView]) -> list[InvitationView]:
    """Who declined and takes no further invitations either: inviting the mailbox again would be refused."""
    declined = {each.address for each in shown if each.status is Status.DECLINED}
    refusing = declined and blocks.among(work, tenant_id, declined)
    if not refusing:
        return shown
    return [
        replace(each, barrier=inquiries.UNWANTED)
        if each.status is Status.DECLINED and each.address in refusing
        else each
        for each in shown
    ]


def sponsor_names(work: Work, tenant_id: str, found: Sequence[Any]) -> list[tuple[str, ...]]:
    """For each invitation those who were named to answer for its guest; none: that is the inviter alone."""
    sponsored = [row.invitation_id for row in found if row.sponsored]
    if not sponsored:
        return [()] * len(found)
    named: dict[str, list[Any]] = {}
    for each in work.all(sponsor_rows.NAMED, {"tenant_id": tenant_id, "invitation_ids": sponsored}):
        named.setdefault(each.invitation_id, []).append(each)
    return [
        tuple(each.name for each in some if each.left_at is None)
        if (some := named.get(row.invitation_id, [])) and [each.person_id for each in some] != [row.inviter_id]
        else ()
        for row in found
    ]


def line(work: Work, row: Any) -> GuestLine:
    """One line of a list: until when the offer stands, or the access lasts."""
    until = row.ends_at if row.redeemed_at is not None and row.ends_at is not None else row.expires_at
    state = states.status(row, work.now)
    return GuestLine(row.invitation_id, row.address, state, row.inviter, row.created_at, until)


def by_id(work: Work, tenant_id: str, invitation_id: str) -> Any:
    """The invitation's facts, or None."""
    return work.one(rows.BY_ID, {"tenant_id": tenant_id, "invitation_id": invitation_id})


def _view(
    work: Work,
    row: Any,
    events: Iterable[Any],
    readers: tuple[str, ...],
    lost: frozenset[str],
    sponsors: tuple[str, ...],
) -> InvitationView:
    state, badge = states.status(row, work.now), features.of_invitation(work, row)
    return InvitationView(
        invitation_id=row.invitation_id,
        tenant_id=row.tenant_id,
        workspace_id=row.workspace_id,
        workspace=row.workspace,
        kind=Kind(row.kind),
        address=row.address,
        status=state,
        version=row.version,
        inviter=row.inviter,
        inviter_id=row.inviter_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        access_days=row.access_days,
        access_ends_at=row.ends_at,
        failure=row.failure if state is Status.UNDELIVERABLE else None,
        deferred=state is Status.SENDING and row.failure is not None,
        preview=badge.preview,
        timeline=tuple(_timeline(row, events, state)),
        barrier=inquiries.barrier(work, row) if state in WAITING_OR_IN else None,
        language=row.language,
        readers=() if row.erased_at is not None else readers,
        orphaned=row.invitation_id in lost,
        access_until=row.access_until,
        sponsors=sponsors,
        seen_at=row.seen_at,
        erased=row.erased_at is not None,
        replaced=row.replaced_at is not None,
    )


def _timeline(row: Any, events: Iterable[Any], state: Status) -> list[TimelineEntry]:
    told = [TimelineEntry(STEPS[each.kind], each.at, each.name) for each in events if each.kind in STEPS]
    if row.opened_at is not None:
        told.append(TimelineEntry("opened", row.opened_at))
    if state is Status.EXPIRED:
        end = _end(row)
        if not any(each.kind == end.kind and each.at >= end.at for each in told):
            told.append(end)
    return sorted(told, key=lambda entry: entry.at)


def _end(row: Any) -> TimelineEntry:
    """What the audit notes a moment later."""
    if row.redeemed_at is None:
        return TimelineEntry("expired", row.expires_at)
    return TimelineEntry("access_ended", row.ended_at or row.ends_at or row.expires_at)


def with_step(view: InvitationView, step: TimelineEntry) -> InvitationView:
    """The view with an event that this unit has noted and not yet written."""
    return replace(view, timeline=(*view.timeline, step))
