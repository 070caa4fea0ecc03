"""What becomes of a list's rows: asked for the preview, and again when each row's turn has come."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain import addresses, allowances, approvals, inquiries
from domain.bulk_views import BulkLine, Fault, Line, Outcome
from domain.inquiries import Inquiry
from domain.limits import Numbers
from domain.policies import Forbidden
from domain.policy_views import Barrier
from domain.present import by_address, over
from domain.states import status
from domain.value import value
from domain.views import Person, Status
from domain.work import Work


@value
class Judged:
    line: Line
    outcome: Outcome
    why: str = ""
    """As the row keeps it."""
    replaces: Any = None
    """The expired invitation whose place a new one takes."""


def judge(inquiry: Inquiry, workspace: Any, person: Person, lines: Sequence[Line]) -> list[Judged]:
    """A verdict for each row, in order. Raises DiscoveryNeeded."""
    work = inquiry.work
    numbers = allowances.tightened(work.numbers, inquiry.policy)
    faults = {line.number: _fault(work, numbers, line) for line in lines}
    good = [line.address for line in lines if not faults[line.number]]
    there = by_address(work, workspace, good)
    fresh = [each for each in dict.fromkeys(good) if over(work, there.get(addresses.key(each)))]
    asked = _Asked(
        {each.address: each.barrier for each in inquiries.sift(inquiry, fresh)},
        {each.address: each.domain for each in inquiries.suspicious(fresh)},
        frozenset(approvals.needed(work, workspace, person, fresh)),
    )
    seen: dict[str, int] = {}
    judged: list[Judged] = []
    for line in lines:
        first = seen.setdefault(addresses.key(line.address), line.number) if line.address else line.number
        if faults[line.number]:
            judged.append(Judged(line, Outcome.BAD, faults[line.number]))
        elif first != line.number:
            judged.append(Judged(line, Outcome.DUPLICATE, str(first)))
        else:
            judged.append(_judged(work, line, there.get(addresses.key(line.address)), asked))
    return judged


@value
class _Asked:
    barriers: dict[str, Barrier]
    typos: dict[str, str]
    approvals: frozenset[str]


def _judged(work: Work, line: Line, row: Any, asked: _Asked) -> Judged:
    address = line.address
    if not over(work, row):
        return Judged(line, Outcome.GUEST if status(row, work.now) is Status.REDEEMED else Outcome.OPEN)
    if address in asked.barriers:
        barrier = asked.barriers[address]
        return Judged(line, Outcome.FORBIDDEN, json.dumps([barrier.reason, barrier.rule]))
    if address in asked.typos and not line.wishes.sure:
        return Judged(line, Outcome.TYPO, asked.typos[address])
    if address in asked.approvals:
        return Judged(line, Outcome.APPROVAL)
    return Judged(line, Outcome.NEW, replaces=row)


def _fault(work: Work, numbers: Numbers, line: Line) -> str:
    """What the row asks for is looked at with the numbers and the time of this moment."""
    if line.fault:
        return line.fault
    if line.days is not None and not 1 <= line.days <= numbers.access_days_most:
        return Fault.DAYS
    until, longest = line.wishes.until, timedelta(days=numbers.access_days_most + 1)
    return Fault.UNTIL if until and not work.now < until <= work.now + longest else ""


def shown(row: Any) -> BulkLine:
    """A row as cards and reports show it."""
    return _shown(row.number, row.address or row.given, Outcome(row.verdict), row.problem or "")


def told(judged: Judged) -> BulkLine:
    """The same of a row that was only looked at."""
    line = judged.line
    return _shown(line.number, line.address or line.given, judged.outcome, judged.why)


def _shown(number: int, address: str, outcome: Outcome, why: str) -> BulkLine:
    barrier = None
    if outcome is Outcome.FORBIDDEN:
        reason, rule = json.loads(why)
        barrier, why = Barrier(reason and Forbidden(reason), rule), ""
    return BulkLine(number, address, outcome, why, barrier)
