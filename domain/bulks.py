"""Inviting by list: a preview of every row first, a word, and then chunk after chunk until each row has its outcome.

Rows are settled in the transaction that makes their invitations, so that each guest is invited once whatever happens.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain import (
    addresses,
    allowances,
    audit,
    bulk_showing,
    delivery,
    inquiries,
    inviting,
    lists,
    notices,
    sponsors,
    workspaces,
)
from domain.bulk_errors import UnknownList
from domain.bulk_verdicts import Judged, judge, told
from domain.bulk_verdicts import shown as row_shown
from domain.bulk_views import BulkLine, BulkView, Line, Listed, Outcome
from domain.bulk_work import carry_on
from domain.errors import NotOwner, WrongDays
from domain.inquiries import Answers
from domain.secrets import new_id
from domain.views import Claimed, Kind, Person, Place, Surface
from domain.wishes import NO_WISHES, written
from domain.work import Work
from storage import bulks as rows

KIND = "bulk"
"""Of notices and of what is due."""
ADDED_AT_ONCE = 500


def preview(
    work: Work,
    place: Place,
    person: Person,
    listed: Listed,
    name: str = "",
    surface: Surface = Surface.CHAT,
    *,
    days: int | None = None,
    found: Answers = None,
) -> BulkView:
    """Keeps the rows with a verdict each, and posts them: nobody is invited before somebody has looked.

    A list that the workspace has already is shown as it stands (`known`). Raises NotOwner, Outsider, WrongDays,
    FeatureOff, DiscoveryNeeded.
    """
    workspace = inviting.required(work, place, person).workspace
    inquiry = inquiries.open_to_somebody(work, workspace, surface, found)
    listed = _meant(listed, days, allowances.of(work, workspace).access_days_most)
    key = {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id}
    known = work.one(rows.BY_CONTENT, key | {"content_hash": listed.content_hash})
    if known is not None:
        return bulk_showing.view(work, known, place.kind, known=True, channel_id=place.channel_id)
    judged = judge(inquiry, workspace, person, listed.lines)
    bulk_id = new_id()
    bulk = key | {"bulk_id": bulk_id, "person_id": person.person_id, "surface": surface.value, "name": name[:64]}
    bulk |= {"content_hash": listed.content_hash, "rows": len(judged), "made_at": work.now, "version": 1}
    if work.run(rows.add(work.connection.dialect.name), bulk) == 0:
        known = work.one(rows.BY_CONTENT, key | {"content_hash": listed.content_hash})
        return bulk_showing.view(work, known, place.kind, known=True, channel_id=place.channel_id)
    _add_rows(work, workspace.tenant_id, bulk_id, judged)
    audit.record(
        work, workspace.tenant_id, "bulk.given", person.person_id, workspace_id=workspace.workspace_id,
        bulk=bulk_id, rows=len(judged), surface=surface.value,
    )  # fmt: skip
    if place.conversation_id:
        notices.put(work, place, KIND, bulk_id, workspace.workspace_id)
    return bulk_showing.view(work, _row(work, workspace.tenant_id, bulk_id), place.kind, channel_id=place.channel_id)


def _meant(listed: Listed, days: int | None, most: int) -> Listed:
    if days is None:
        return listed
    if not 1 <= days <= most:
        raise WrongDays(1, most, inviting=True)
    return lists.listed(listed.lines, days=days)


def look(
    work: Work,
    place: Place,
    person: Person,
    listed: Listed,
    surface: Surface,
    *,
    days: int | None = None,
    found: Answers = None,
) -> list[BulkLine]:
    """What `preview` would say, without keeping anything."""
    workspace = inviting.required(work, place, person).workspace
    inquiry = inquiries.open_to_somebody(work, workspace, surface, found)
    listed = _meant(listed, days, allowances.of(work, workspace).access_days_most)
    return [told(each) for each in judge(inquiry, workspace, person, listed.lines)]


def everything(work: Work, tenant_id: str, bulk_id: str) -> list[BulkLine]:
    """Every row as it is now, for operators."""
    at = {"bulk": bulk_id, "tenant": tenant_id, "most": lists.MOST_ROWS, "skip": 0}
    return [row_shown(row) for row in work.all(rows.LINES, at)]


def wait(work: Work, tenant_id: str, bulk_id: str, again_at: datetime) -> None:
    """Its rows go on by themselves then, after somebody else than the worker carried on with them."""
    delivery.schedule(work, tenant_id, KIND, bulk_id, again_at)


def _add_rows(work: Work, tenant_id: str, bulk_id: str, judged: Sequence[Judged]) -> None:
    """What has its outcome already is done."""
    made = [
        {
            "bulk_id": bulk_id,
            "number": each.line.number,
            "tenant_id": tenant_id,
            "given": "" if each.line.address else each.line.given,
            "address": each.line.address or None,
            "address_key": addresses.key(each.line.address) if each.line.address else None,
            "wishes": _wishes(each.line),
            "verdict": each.outcome.value,
            "problem": each.why or None,
            "done_at": None if each.outcome is Outcome.NEW else work.now,
        }
        for each in judged
    ]
    for start in range(0, len(made), ADDED_AT_ONCE):
        work.run(rows.ADD_ROWS, made[start : start + ADDED_AT_ONCE])


def _wishes(line: Line) -> str | None:
    if line.days is None and line.wishes == NO_WISHES:
        return None
    return json.dumps([line.days, written(line.wishes)])


def shown(work: Work, place: Place, person: Person, bulk_id: str, only: str = "", page: int = 1) -> BulkView:
    """The list as it is now, with a page of its rows. Raises UnknownList, NotOwner, Outsider."""
    return bulk_showing.view(
        work, _found(work, place, person, bulk_id), place.kind, only, page, channel_id=place.channel_id
    )


def result(work: Work, place: Place, person: Person, bulk_id: str) -> list[BulkLine]:
    """Every row as it is now, for whoever may look at the list. Raises UnknownList, NotOwner, Outsider."""
    return everything(work, place.tenant_id, _found(work, place, person, bulk_id).bulk_id)


def confirm(work: Work, place: Place, person: Person, bulk_id: str) -> BulkView:
    """Its rows are worked through from now on, for whoever said so. Said again, it changes nothing."""
    bulk = _found(work, place, person, bulk_id)
    values = {"bulk": bulk_id, "tenant": place.tenant_id, "now": work.now, "person": person.person_id}
    if work.run(rows.CONFIRM, values):
        workspaces.remember(work, person)
        _noted(work, bulk, person.person_id, "bulk.confirmed")
        delivery.schedule(work, place.tenant_id, KIND, bulk_id, work.now)
        work.wake = True
        if not place.conversation_id:
            notices.tell(work, place.tenant_id, KIND, bulk_id, [person.person_id], bulk.workspace_id)
        notices.changed(work, place.tenant_id, KIND, bulk_id)
    return bulk_showing.view(work, _row(work, place.tenant_id, bulk_id), place.kind, channel_id=place.channel_id)


def stop(work: Work, place: Place, person: Person, bulk_id: str) -> BulkView:
    """Cancels a preview, or ends what goes on: who was invited by then stays invited."""
    bulk = _found(work, place, person, bulk_id)
    values = {"bulk": bulk_id, "tenant": place.tenant_id, "now": work.now}
    if work.run(rows.CANCEL, values):
        _noted(work, bulk, person.person_id, "bulk.cancelled")
    elif work.run(rows.STOP, values):
        work.run(rows.SETTLE_REST, values | {"outcome": Outcome.STOPPED.value})
        delivery.unschedule(work, KIND, bulk_id)
        _noted(work, bulk, person.person_id, "bulk.stopped")
    notices.changed(work, place.tenant_id, KIND, bulk_id)
    return bulk_showing.view(work, _row(work, place.tenant_id, bulk_id), place.kind, channel_id=place.channel_id)


def go_on(work: Work, row: Claimed) -> datetime | None:
    """domain/due.py: Act."""
    return carry_on(work, row.tenant_id, row.subject_id)


def cardless(work: Work, row: Claimed, owner: str) -> None:
    """An invitation's card is due that is not there. One of a list has none: the list's card tells how many."""
    delivery.dropped(work, row, owner)
    found = row.kind == "card" and work.one(
        rows.OF_INVITATION, {"tenant_id": row.tenant_id, "invitation_id": row.subject_id}
    )
    if found:
        notices.changed(work, row.tenant_id, KIND, found.bulk_id)


def _found(work: Work, place: Place, person: Person, bulk_id: str) -> Any:
    """A list of this workspace; in somebody's personal chat also one's own of another. Asked for a foreign one, the
    answer is that of an unknown one."""
    inviter = inviting.acting(work, place, person)
    row = _row(work, place.tenant_id, bulk_id)
    if row is None or not (inviter.runs or row.person_id == person.person_id):
        raise UnknownList
    if row.workspace_id == inviter.workspace.workspace_id:
        return row
    if place.kind is not Kind.PERSONAL or row.person_id != person.person_id:
        raise UnknownList
    if not sponsors.heads(work, place, person, row.workspace_id):
        raise NotOwner(workspaces.owner_names(work, place.tenant_id, row.workspace_id))
    return row


def _row(work: Work, tenant_id: str, bulk_id: str) -> Any:
    return work.one(rows.BY_ID, {"tenant_id": tenant_id, "bulk_id": bulk_id})


def _noted(work: Work, bulk: Any, actor: str, kind: str) -> None:
    audit.record(work, bulk.tenant_id, kind, actor, workspace_id=bulk.workspace_id, bulk=bulk.bulk_id)
