"""How many may be invited, and how many mails there may be: by owner, workspace, tenant, invitation and mailbox."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from domain import addresses, allowances, limits, states
from domain.errors import LimitReached, LimitRefusal
from domain.limits import Numbers
from domain.secrets import digest
from domain.views import Person, Quota, Status
from domain.work import Work
from storage import invitations as rows


def of_inviting(work: Work, workspace: Any, person: Person, given: Sequence[str]) -> list[limits.Limit]:
    tenant_id, numbers = workspace.tenant_id, allowances.of(work, workspace)
    boxes = defaultdict[str, list[str]](list)
    for each in given:
        boxes[addresses.mailbox(each)].append(each)
    return [
        *windows(numbers, tenant_id, workspace.workspace_id, person.person_id, len(given)),
        *(mailbox(work, those[0], len(those)) for those in boxes.values()),
    ]


def windows(numbers: Numbers, tenant_id: str, workspace_id: str, person_id: str, many: int = 1) -> list[limits.Limit]:
    """What is counted for the person, the workspace (empty: there is none) and the tenant."""
    owner = limits.Window(Quota.OWNER_HOUR, numbers.owner_hour, limits.HOUR)
    here = limits.Window(Quota.WORKSPACE_DAY, numbers.workspace_day, limits.DAY)
    everywhere = limits.Window(Quota.TENANT_DAY, numbers.tenant_day, limits.DAY)
    return [
        limits.Limit(f"owner:{tenant_id}:{person_id}", (owner,), many),
        *([limits.Limit(f"workspace:{workspace_id}", (here,), many)] if workspace_id else []),
        limits.Limit(f"tenant:{tenant_id}", (everywhere,), many),
    ]


def mailbox(work: Work, address: str, count: int = 1) -> limits.Limit:
    """Across all tenants: what the mailbox of the address gets from the whole service."""
    hour = limits.Window(Quota.MAILBOX_INVITATIONS, work.numbers.mailbox_invitations_hour, limits.HOUR)
    day = limits.Window(Quota.MAILBOX_INVITATIONS, work.numbers.mailbox_invitations_day, limits.DAY)
    return limits.Limit(f"invitations:{digest(addresses.mailbox(address))}", (hour, day), count, address)


def resends(work: Work, invitation_id: str) -> limits.Limit:
    return limits.Limit(
        f"resends:{invitation_id}", (limits.Window(Quota.RESENDS_DAY, work.numbers.resends_day, limits.DAY),)
    )


def count(work: Work, workspace: Any, person: Person, fresh: Sequence[str]) -> None:
    """Raises LimitReached for the quota that keeps longest."""
    most = allowances.of(work, workspace).workspace_open
    if len(fresh) > most:
        raise LimitReached(work.now + timedelta(days=1), Quota.WORKSPACE_OPEN, most)
    if fresh:
        _take(work, workspace, of_inviting(work, workspace, person, fresh), len(fresh))


def count_mail(work: Work, row: Any, *others: LimitRefusal) -> None:
    """A further mail of an invitation; one that expired is an open one more. `others`: what else is in the way.

    Raises LimitRefusal for what keeps longest.
    """
    wanted = [resends(work, row.invitation_id), mailbox(work, row.address)]
    _take(work, row, wanted, int(states.status(row, work.now) is Status.EXPIRED), *others)


def _take(work: Work, row: Any, wanted: Sequence[limits.Limit], many: int, *others: LimitRefusal) -> None:
    """`many` more will be open in the row's workspace, whose open ones are counted behind the counters' locks."""
    limits.possible(work, wanted)
    counters = limits.lock(work, wanted)
    limits.latest([*others, *counters.refusals(wanted), *_full(work, row, many)])
    counters.add(work, wanted)


def _full(work: Work, workspace: Any, many: int) -> Iterator[LimitReached]:
    """One unless so many more may be open in the workspace, with when enough of them will have expired."""
    if not many:
        return
    where = {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id, "now": work.now}
    most = allowances.of(work, workspace).workspace_open
    too_many = work.connection.execute(rows.OPEN_NUMBER, where).scalar_one() + many - most
    if too_many > 0:
        again_at = work.connection.execute(rows.OPEN_UNTIL, where | {"skip": too_many - 1}).scalar()
        yield LimitReached(again_at or work.now + timedelta(days=1), Quota.WORKSPACE_OPEN)
