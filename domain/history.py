"""The audit as people read it: owners what happened in their workspaces, admins what happened in their tenant.

Who may read what is asked each time: whoever owns a workspace no longer reads nothing of it any more.
"""

import heapq
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from domain import addresses, audit, ownership, workspaces
from domain.audit import Choice
from domain.errors import NotOwner, Outsider, UnknownPerson
from domain.history_views import About, By, EventLine, HistoryView, Question, Reach
from domain.refusals import NOBODY
from domain.value import value
from domain.views import Kind, Person, Place
from domain.work import Work
from storage import audit as rows
from storage import workspaces as workspace_rows

PAGE = 10
NEWEST = 2**31 - 1
"""Beyond every event."""
LONGEST = 3650
"""Days back that are told from the beginning of all."""
GROUPS: dict[About, tuple[str, ...]] = {
    About.INVITATIONS: (
        "invitation.created",
        "invitation.sent",
        "invitation.undeliverable",
        "invitation.opened",
        "invitation.resent",
        "invitation.remailed",
        "invitation.corrected",
        "invitation.language",
        "invitation.extended",
        "invitation.reminded",
        "invitation.declined",
        "invitation.revoked",
        "invitation.expired",
        "guest.blocked",
        "guest.unblocked",
        "invitation.erased",
        "sponsor.added",
        "sponsor.removed",
        "sponsor.handed_over",
        "sponsor.left",
        "request.made",
        "request.decided",
        "approval.asked",
        "approval.reminded",
        "approval.decided",
        "approval.withdrawn",
        "approval.expired",
        "bulk.given",
        "bulk.confirmed",
        "bulk.cancelled",
        "bulk.stopped",
        "bulk.finished",
    ),
    About.ACCESS: (
        "invitation.redeemed",
        "membership.left",
        "membership.removed",
        "membership.closing",
        "membership.kept",
        "membership.let_end",
        "membership.ended",
        "membership.expired",
        "attestation.asked",
        "guest.moved",
        "guest.erased",
        "guest.language",
        "identity.linked",
        "passcode.issued",
        "passcode.sent",
        "passcode.withdrawn",
        "session.started",
        "session.ended",
        "session.second_factor",
        "session.handed_over",
        "factor.added",
        "factor.removed",
        "recovery.renewed",
        "recovery.used",
        "second_factor.reset_asked",
        "second_factor.reset",
        "second_factor.reset_denied",
        "consent.given",
        "terms.accepted",
    ),
    About.SETTINGS: (
        "workspace.added",
        "workspace.left",
        "owner.added",
        "owner.removed",
        "admin.claimed",
        "resource.added",
        "resource.removed",
        "feature.set",
        "feature.switched",
        "feature.reminder",
        "rollout.set",
        "policy.changed",
        "terms.published",
    ),
    About.REFUSALS: (
        "refused",
        "passcode.wrong",
        "second_factor.wrong",
    ),
}
"""Every kind of event there is, in the group in which it is looked for."""
BY_HOLDERS = frozenset({
    "invitation.opened", "invitation.declined", "invitation.remailed", "request.made", "guest.blocked",
    "guest.unblocked",
    "passcode.issued", "passcode.wrong", "passcode.withdrawn",
})  # fmt: skip
"""Done by somebody who has a mail to the guest, which is all that is known of them then."""
SUBJECTS = ("person",)
"""What a detail calls the person to whom something was done."""
CODES = ("code", "decision", "after", "reason")
"""What a detail calls its one word."""


@value
class _Scope:
    reach: Reach
    workspace: str
    workspace_ids: tuple[str, ...] | None = None
    """None: all of the tenant, also what belongs to no workspace."""

    def holds(self, workspace_id: str) -> bool:
        return self.workspace_ids is None or workspace_id in self.workspace_ids


def read(work: Work, place: Place, person: Person, question: Question) -> HistoryView:
    """A page of events, newest first. Raises NotOwner, Outsider, UnknownPerson.

    Where everybody reads it, of that workspace alone; in a personal chat, of all that the person owns now, and for an
    admin of the whole tenant.
    """
    scope = _scope(work, place, person)
    asked, found = _page(work, place, scope, question)
    shown, several = found[:PAGE], scope.reach is not Reach.WORKSPACE
    return HistoryView(
        scope.workspace,
        place.kind,
        asked,
        tuple(_lines(work, place.tenant_id, shown, several)),
        scope.reach,
        person=_name(work, place, asked.person),
        older=len(found) > PAGE,
    )


def _scope(work: Work, place: Place, person: Person) -> _Scope:
    """Changes nothing, so it makes no workspace where there is none yet."""
    it = workspaces.standing(work, place, person)
    if workspaces.stranger(place, person, workspaces.known(work, place.tenant_id, person.person_id)):
        raise Outsider(it.owners)
    if not (it.owner or it.admin):
        raise NotOwner(it.owners)
    if place.kind is not Kind.PERSONAL:
        return _Scope(Reach.WORKSPACE, it.workspace, (it.workspace_id,) if it.workspace_id else ())
    if it.admin:
        return _Scope(Reach.TENANT, it.workspace)
    who = {"tenant_id": place.tenant_id, "person_id": person.person_id}
    owned = work.all(rows.OWNED, who | ownership.believed(work))
    return _Scope(Reach.OWN, it.workspace, tuple(row.workspace_id for row in owned))


def _page(work: Work, place: Place, scope: _Scope, question: Question) -> tuple[Question, list[Any]]:
    """The question with ids in place of what was named, and one event more than a page holds."""
    question = _about_somebody(work, place, scope, question)
    kinds = GROUPS.get(question.about, ())
    days = question.days if 0 < question.days <= LONGEST else 0
    choice = Choice(kinds=kinds, actor=question.person or None, address=question.address or None)
    if days:
        choice = replace(choice, since=work.now - timedelta(days=days))
    before = min(question.before or NEWEST, NEWEST)
    if question.invitation_id and not question.address:
        return question, []
    return replace(question, days=days), _newest(work, place.tenant_id, scope, choice, before)


def _newest(work: Work, tenant_id: str, scope: _Scope, choice: Choice, before: int) -> list[Any]:
    """Each workspace by its own index: what happened in the others costs nothing."""
    values = audit.chosen(work, tenant_id, choice) | {"before": before, "most": PAGE + 1}
    if scope.workspace_ids is None:
        return list(work.all(rows.newest(audit.conditions(values)), values))
    found: list[Sequence[Any]] = []
    for workspace_id in scope.workspace_ids:
        values["workspace"] = workspace_id
        found.append(work.all(rows.newest(audit.conditions(values)), values))
    return heapq.nlargest(PAGE + 1, (row for some in found for row in some), key=lambda row: row.sequence)


def _about_somebody(work: Work, place: Place, scope: _Scope, question: Question) -> Question:
    """An address gets an invitation that stands for it, an invitation its address: of those in reach alone."""
    question = replace(question, person=_actor(work, place, question.person))
    if question.address:
        where = {"tenant_id": place.tenant_id, "address_key": addresses.key(question.address)}
        found = [row for row in work.all(rows.OF_ADDRESS, where) if scope.holds(row.workspace_id)]
        newest = max(found, key=lambda row: row.created_at, default=None)
        return replace(question, invitation_id=newest.invitation_id if newest else "")
    if question.invitation_id:
        where = {"tenant_id": place.tenant_id, "invitation_id": question.invitation_id}
        row = work.one(rows.INVITATION, where)
        return replace(question, address=row.address if row is not None and scope.holds(row.workspace_id) else "")
    return question


def _actor(work: Work, place: Place, named: str) -> str:
    if not named:
        return ""
    known = workspaces.known(work, place.tenant_id, named)
    known = known or workspaces.known_by_channel_id(work, place.tenant_id, named)
    if known is None:
        raise UnknownPerson
    return known.person_id


def _name(work: Work, place: Place, person_id: str) -> str:
    known = workspaces.known(work, place.tenant_id, person_id) if person_id else None
    return known.name if known else ""


def _lines(work: Work, tenant_id: str, found: Sequence[Any], several: bool) -> Iterable[EventLine]:
    details = [_detail(row.detail) for row in found]
    ids = {each[name] for each in details for name in SUBJECTS if name in each}
    values = {"tenant_id": tenant_id, "person_ids": sorted(ids) or [audit.NOBODY]}
    names = {row.person_id: row.name for row in work.all(workspace_rows.NAMES, values)} if ids else {}
    for row, detail in zip(found, details, strict=True):
        subject = next((names.get(detail[name], "") for name in SUBJECTS if name in detail), "")
        yield EventLine(
            row.sequence, row.at, row.kind, _by(row), row.actor_name, row.address,
            row.workspace if several else None, Kind(row.place) if several and row.place else None,
            subject, next((detail[name] for name in CODES if name in detail), ""),
        )  # fmt: skip


def _detail(text: str) -> dict[str, str]:
    """The words of an event's detail. What cannot be read was changed behind our back: `verify` tells."""
    try:
        found = dict(cast(dict[str, Any], json.loads(text)))
    except (TypeError, ValueError):
        return {}
    return {name: found[name] for name in SUBJECTS + CODES if isinstance(found.get(name), str)}


def _by(row: Any) -> By:
    if row.actor.startswith("guest:"):
        return By.GUEST
    if row.actor == audit.SYSTEM and row.kind in BY_HOLDERS:
        return By.HOLDER
    known = {audit.SYSTEM: By.SYSTEM, audit.OPERATOR: By.OPERATOR, NOBODY: By.UNKNOWN}
    return known.get(row.actor, By.PERSON)
