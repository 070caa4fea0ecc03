"""How many of a list's rows may be invited now, and when the others may."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain import addresses, allowances, limits, quotas
from domain.value import value
from domain.views import Person
from domain.work import Work
from storage import invitations as rows

LOOK_AGAIN = timedelta(hours=1)
"""Open invitations may be redeemed or revoked long before they expire."""


@value
class Fitting:
    given: tuple[str, ...] = ()
    """In order, as many as fit now; they are counted."""
    waits: tuple[datetime, ...] = ()
    """When single others may be tried again: their mailboxes got much mail lately."""
    full_until: datetime | None = None
    """When anybody else may be invited; None: there is room."""


def take(work: Work, workspace: Any, person: Person, given: Sequence[str]) -> Fitting:
    """Counts those that fit, and says when the others will."""
    if not given:
        return Fitting()
    shared = quotas.of_inviting(work, workspace, person, given[:1])[:3]
    boxes = {addresses.mailbox(each): quotas.mailbox(work, each) for each in given}
    counters = limits.lock(work, [*shared, *boxes.values()])
    free = allowances.of(work, workspace).workspace_open - _open(work, workspace)
    taken, blocked = _chosen(counters, boxes, given, max(0, min(free, counters.left(shared))))
    if taken:
        many = Counter(map(addresses.mailbox, taken))
        used = [replace(each, count=len(taken)) for each in shared]
        counters.add(work, [*used, *(replace(boxes[box], count=number) for box, number in many.items())])
    waits = tuple(counters.again_at([boxes[box]]) for box in blocked)
    if len(given) == len(taken) + sum(addresses.mailbox(each) in blocked for each in given if each not in taken):
        return Fitting(tuple(taken), waits)
    again_at = counters.again_at(shared)
    if free <= len(taken):
        again_at = max(again_at, _free_at(work, workspace, len(taken) - free))
    return Fitting(tuple(taken), waits, again_at)


def _chosen(
    counters: limits.Counters, boxes: dict[str, limits.Limit], given: Sequence[str], room: int
) -> tuple[dict[str, None], frozenset[str]]:
    """Those that fit, and the mailboxes that others of them are blocked by."""
    taken, blocked, many = dict[str, None](), set[str](), Counter[str]()
    for each in given:
        box = addresses.mailbox(each)
        if not counters.fits(replace(boxes[box], count=many[box] + 1)):
            blocked.add(box)
        elif len(taken) < room:
            many[box] += 1
            taken[each] = None
    return taken, frozenset(blocked)


def _open(work: Work, workspace: Any) -> int:
    return work.connection.execute(rows.OPEN_NUMBER, _where(work, workspace)).scalar_one()


def _free_at(work: Work, workspace: Any, over: int) -> datetime:
    """When so many and one more of the open ones will have expired, or the next look is due."""
    found = work.connection.execute(rows.OPEN_UNTIL, _where(work, workspace) | {"skip": over}).scalar()
    soon = work.now + LOOK_AGAIN
    return min(found, soon) if found else soon


def _where(work: Work, workspace: Any) -> dict[str, Any]:
    return {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id, "now": work.now}
