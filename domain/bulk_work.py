"""Working through a confirmed list, a chunk in each unit."""

import contextlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain import (
    allowances,
    approvals,
    audit,
    bulk_quotas,
    bulk_showing,
    inquiries,
    invitations,
    inviting,
    notices,
    offers,
    workspaces,
)
from domain.bulk_verdicts import Judged, judge
from domain.bulk_views import Line, Outcome
from domain.errors import AccessRefusal, LimitReached
from domain.inquiries import Inquiry
from domain.policies import Policy
from domain.value import value
from domain.views import Person, Surface
from domain.wanted import Wanted
from domain.wishes import NO_WISHES, Wishes, read
from domain.work import Work
from storage import bulks as rows

KIND = bulk_showing.KIND
CHUNK = 200
"""Rows settled in one unit: others who write wait for no more than that."""


@value
class Job:
    """A list, for whom it is worked through, and where."""

    work: Work
    bulk: Any
    person: Person

    @property
    def key(self) -> dict[str, Any]:
        return {"bulk": self.bulk.bulk_id, "tenant": self.bulk.tenant_id}


def carry_on(work: Work, tenant_id: str, bulk_id: str) -> datetime | None:
    """Settles a chunk of rows. Gives when there is more to do – now, or when a quota has room again; None: never.

    The right to invite, and the policy for each row, are asked anew. It may be called at any time, by anybody.
    """
    if work.run(rows.HOLD, {"bulk": bulk_id, "tenant": tenant_id}) == 0:
        return None
    bulk = work.one(rows.BY_ID, {"tenant_id": tenant_id, "bulk_id": bulk_id})
    person = _inviter(work, bulk)
    again_at = None
    if person is None:
        _ended(work, bulk, rows.STOP, "bulk.stopped", Outcome.NO_RIGHT)
    else:
        again_at = _work_through(Job(work, bulk, person))
        if again_at is None:
            _ended(work, bulk, rows.FINISH, "bulk.finished")
    notices.changed(work, tenant_id, KIND, bulk_id)
    return again_at


def _inviter(work: Work, bulk: Any) -> Person | None:
    """Whoever confirmed the list, if that person and the bot are there still, and the one may invite."""
    known, place = workspaces.known(work, bulk.tenant_id, bulk.person_id), bulk_showing.place_of(bulk)
    if known is None:
        return None
    person = Person(
        bulk.tenant_id, bulk.person_id, known.name or "", address=known.address, role=known.role,
        seen_in=place.place_id,
    )  # fmt: skip
    row = workspaces.find(work, place, person)
    if row is None or row.removed_at is not None or row.left_at is not None:
        return None
    try:
        standing = inviting.asked(work, place, person)
    except AccessRefusal:
        return None
    return person if standing.owner or standing.admin or standing.invites else None


def _ended(work: Work, bulk: Any, change: Any, kind: str, rest: Outcome | None = None) -> None:
    values = {"bulk": bulk.bulk_id, "tenant": bulk.tenant_id, "now": work.now}
    work.run(change, values)
    if rest:
        work.run(rows.SETTLE_REST, values | {"outcome": rest.value})
    audit.record(work, bulk.tenant_id, kind, audit.SYSTEM, workspace_id=bulk.workspace_id, bulk=bulk.bulk_id)


def _work_through(job: Job) -> datetime | None:
    waits, settled, after = list[datetime](), 0, -1
    while batch := job.work.all(rows.WAITING, job.key | {"after": after, "most": CHUNK}):
        after = batch[-1].number
        fitting, number = _settle(job, [_line(row) for row in batch])
        settled += number
        waits += fitting.waits
        if fitting.full_until:
            return fitting.full_until
        if settled >= CHUNK:
            return job.work.now
    return min(waits, default=None)


def _line(row: Any) -> Line:
    days, wishes = json.loads(row.wishes) if row.wishes else (None, None)
    return Line(row.number, row.address, row.address, "", days, read(wishes) if wishes else NO_WISHES)


def _settle(job: Job, lines: Sequence[Line]) -> tuple[bulk_quotas.Fitting, int]:
    """Invites those who can be and who fit, and gives every row that does not wait its outcome: so many."""
    work, bulk = job.work, job.bulk
    inquiry = inquiries.of_workspace(work, bulk, Surface(bulk.surface), {})
    judged = judge(inquiry, bulk, job.person, lines)
    _ask(job, inquiry.policy, [each.line for each in judged if each.outcome is Outcome.APPROVAL])
    new = [each for each in judged if each.outcome is Outcome.NEW]
    fitting = bulk_quotas.take(work, bulk, job.person, [each.line.address for each in new])
    taken = frozenset(fitting.given)
    invited = [each for each in new if each.line.address in taken]
    ids = _invite(job, invited, inquiry)
    done = [(each, each.outcome, None) for each in judged if each.outcome is not Outcome.NEW]
    done += [(each, Outcome.INVITED, ids[each.line.number]) for each in invited]
    if done:
        work.run(rows.SETTLE, [_settled(job, *each) for each in done])
    return fitting, len(done)


def _settled(job: Job, judged: Judged, outcome: Outcome, invitation_id: str | None) -> dict[str, Any]:
    said = {"row": judged.line.number, "outcome": outcome.value, "why": judged.why or None}
    return job.key | said | {"invitation": invitation_id, "now": job.work.now}


def _ask(job: Job, policy: Policy, lines: Sequence[Line]) -> None:
    """Approvers are asked for rows that need their word: one request for all that are alike in a chunk.

    Where more are asked for than is possible, the others keep their outcome, and can be asked for one by one.
    """
    place = bulk_showing.asked_at(job.work, job.bulk)
    if place is None:
        return
    usual = allowances.tightened(job.work.numbers, policy).access_days
    alike: dict[tuple[int, Wishes], list[str]] = {}
    for line in lines:
        alike.setdefault((line.days or usual, line.wishes), []).append(line.address)
    for (days, wishes), given in alike.items():
        what = Wanted(tuple(given), days, Surface(job.bulk.surface), wishes)
        with contextlib.suppress(LimitReached):
            approvals.hold(job.work, place, job.person, job.bulk, policy, what)


def _invite(job: Job, invited: Sequence[Judged], inquiry: Inquiry) -> dict[int, str]:
    """By row, the invitation that was made."""
    work, bulk = job.work, job.bulk
    usual = allowances.tightened(work.numbers, inquiry.policy).access_days
    invitations.make_room(work, [each.replaces for each in invited])
    made = [
        offers.New(
            each.line.address, each.line.days or usual, Surface(bulk.surface), inquiry.stage.preview,
            each.line.wishes, bulk.bulk_id,
        )
        for each in invited
    ]  # fmt: skip
    created = offers.create(work, bulk_showing.place_of(bulk), job.person, bulk, made)
    return {each.line.number: view.invitation_id for each, view in zip(invited, created, strict=True)}
