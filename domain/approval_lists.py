"""`approvals`: what waits for somebody's word, and what the same person has asked for."""

from datetime import timedelta
from typing import Any

from domain import approval_cards, approval_decisions
from domain.approval_errors import UnknownApproval
from domain.approval_views import ApprovalListView, ApprovalTarget, ApprovalView
from domain.errors import Outsider
from domain.notices import card_found as notice_found
from domain.views import Kind, Person, Place
from domain.wanted import REMINDER, by_id
from domain.work import Work
from domain.workspaces import known, stranger
from storage import approvals as rows

PAGE = 5
OWN = timedelta(days=30)
"""So long the person's own requests are listed."""


def listing(work: Work, place: Place, person: Person, page: int) -> ApprovalListView:
    """A page: what the person may decide first, then what the person asked, each newest first; in a team or group
    chat only what was asked there. Raises Outsider."""
    if stranger(place, person, known(work, place.tenant_id, person.person_id)):
        raise Outsider
    where = {"tenant_id": place.tenant_id, "person_id": person.person_id, "since": work.now - OWN, "now": work.now}
    found = [row for row in work.all(rows.LISTED, where) if place.kind is Kind.PERSONAL or _here(place, row)]
    waiting = [row for row in found if _waits(work, row) and approval_decisions.may_decide(work, row, person)]
    own = [row for row in found if row.asked_by == person.person_id and row not in waiting]
    pages = max(1, -(-(len(waiting) + len(own)) // PAGE))
    page = min(max(page, 1), pages)
    some = [(row, row in waiting) for row in (*waiting, *own)][(page - 1) * PAGE : page * PAGE]
    lines = tuple(_line(work, row, place, mine) for row, mine in some)
    return ApprovalListView(place.kind, page, pages, len(waiting) + len(own), lines)


def shown(work: Work, place: Place, person: Person, named: ApprovalTarget) -> ApprovalView:
    """The request as it is now, for who may decide it or asked it. Raises Outsider, UnknownApproval."""
    if stranger(place, person, known(work, place.tenant_id, person.person_id)):
        raise Outsider
    row = by_id(work, place.tenant_id, named.approval_id)
    if row is not None and approval_decisions.may_decide(work, row, person):
        return approval_cards.to_decide(work, row, place.kind)
    if row is None or row.asked_by != person.person_id:
        raise UnknownApproval
    return approval_cards.asked(work, row, place.kind)


def card_found(work: Work, place: Place, approval_id: str, activity_id: str) -> bool:
    """As domain/notices.py: card_found, for a click on a request's card."""
    subjects = [approval_id, approval_id + REMINDER]
    told = work.all(rows.TOLD, {"tenant_id": place.tenant_id, "subjects": subjects})
    return any(notice_found(work, place, each.notice_id, activity_id) for each in told)


def _here(place: Place, row: Any) -> bool:
    return (row.channel_id, row.place_id) == (place.channel_id, place.place_id)


def _waits(work: Work, row: Any) -> bool:
    return row.decided_at is None and row.expires_at > work.now


def _line(work: Work, row: Any, place: Place, to_decide: bool) -> ApprovalView:
    if to_decide:
        return approval_cards.to_decide(work, row, place.kind, explained=False)
    return approval_cards.asked(work, row, place.kind)
