"""Invitations that wait for somebody's word: asking for it. The word itself: domain/approval_decisions.py.

Nothing is created and no mail goes before the word. The request is a row: it survives every restart, is brought to
mind after a day, and ends visibly after a week.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain import (
    addresses,
    approval_cards,
    approvers,
    audit,
    delivery,
    limits,
    notices,
    policies,
    policy_changes,
    quotas,
)
from domain.approval_errors import NeedsApproval
from domain.approval_views import AskedView
from domain.approvers import Panel
from domain.errors import AddressTaken, LimitReached
from domain.limits import Limit, Window
from domain.policies import Policy
from domain.secrets import new_id
from domain.value import value
from domain.views import Kind, Person, Place, Quota
from domain.wanted import ASKED, KIND, Wanted, by_id, cards, line, wanted, written
from domain.wishes import LONGEST_REASON
from domain.work import Work
from storage import approvals as rows

REMINDED = timedelta(days=1)
LIFE = timedelta(days=7)


@value
class Held:
    """What `hold` made of some addresses."""

    free: Sequence[str]
    """They need nobody's word."""
    asked: tuple[AskedView, ...] = ()
    """The new request, where there is one."""
    known: tuple[AskedView, ...] = ()
    """Requests that waited for some of the addresses already."""


def needed(work: Work, workspace: Any, _person: Person, given: Sequence[str]) -> tuple[str, ...]:
    """Those of the addresses that cannot be invited into the workspace before an approver said yes, whoever invites.
    Changes nothing."""
    policy = policy_changes.of_tenant(work, workspace.tenant_id)
    return tuple(each for each in given if policies.waits(policy, each))


def hold(
    work: Work, place: Place, person: Person, workspace: Any, policy: Policy, wanted: Wanted, *, runs: bool = True
) -> Held:
    """Asks for the addresses that need approval, in one request. What is asked for already is not asked again.

    Called once the person's right and the policy were looked at. `runs`: the person sees what others asked for. Raises
    LimitReached; AddressTaken where somebody else asked, and it is none of the person's business.
    """
    waiting = [each for each in wanted.addresses if policies.waits(policy, each)]
    if not waiting:
        return Held(wanted.addresses)
    free = [each for each in wanted.addresses if each not in waiting]
    limit = _limit(work, workspace)
    counters = limits.lock(work, [limit])
    known, new = _split(work, workspace, waiting)
    if not runs:
        _own(person, known, waiting)
    if not new:
        return Held(free, (), _views(work, place, known))
    _possible(work, workspace, person, new)
    counters.check([limit])
    counters.add(work, [limit])
    asked = _ask(work, place, person, workspace, policy, Wanted(tuple(new), wanted.days, wanted.surface, wanted.wishes))
    return Held(free, _views(work, place, [asked]), _views(work, place, known))


def require(work: Work, row: Any, person: Person, address: str) -> None:
    """For another address in the place of an invitation's, or of a guest's. Where that needs approval, somebody else
    than the inviter says it who could have approved it. Raises NeedsApproval."""
    policy = policy_changes.of_tenant(work, row.tenant_id)
    if not policies.waits(policy, address):
        return
    panel = approvers.of(work, policy, row.tenant_id, row.workspace_id, row.inviter_id)
    if not panel.may_decide(work, person):
        raise NeedsApproval(address, panel.names)


def tell(work: Work, place: Place, panel: Panel, subject_id: str, workspace_id: str) -> None:
    """A card to everybody who is asked. Where none of them can be reached, it stands where it was asked for."""
    reached = notices.tell(work, place.tenant_id, KIND, subject_id, panel.people, workspace_id)
    if not reached and place.kind is not Kind.PERSONAL:
        notices.put(work, place, KIND, subject_id, workspace_id)


def settle(work: Work, tenant_id: str, approval_id: str) -> None:
    """Nothing waits any more: every card shows what became of it, and nobody is reminded."""
    for kind, subject in cards(approval_id):
        notices.close(work, tenant_id, kind, subject)
    delivery.unschedule(work, KIND, approval_id)


def _limit(work: Work, workspace: Any) -> Limit:
    """Of requests: so that nobody buries the approvers. Its counter's lock also keeps one address to one request."""
    window = Window(Quota.APPROVALS, work.numbers.approvals_workspace_day, limits.DAY)
    return Limit(f"approvals:{workspace.workspace_id}", (window,))


def _possible(work: Work, workspace: Any, person: Person, new: Sequence[str]) -> None:
    """Raises LimitReached for more than could ever be invited at once: no word would help. Quotas count later."""
    limits.possible(work, quotas.of_inviting(work, workspace, person, new))
    if len(new) > work.numbers.workspace_open:
        raise LimitReached(work.now + timedelta(days=1), Quota.WORKSPACE_OPEN, work.numbers.workspace_open)


def _split(work: Work, workspace: Any, waiting: Sequence[str]) -> tuple[list[Any], list[str]]:
    """Open requests that hold some of the addresses, and the addresses that none holds."""
    where = {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id, "now": work.now}
    keys = {addresses.key(each) for each in waiting}
    known: list[Any] = []
    for row in work.all(rows.OPEN_IN, where):
        held = keys & {addresses.key(each) for each in wanted(row).addresses}
        if held:
            known.append(row)
            keys -= held
    return known, [each for each in waiting if addresses.key(each) in keys]


def _own(person: Person, known: Sequence[Any], waiting: Sequence[str]) -> None:
    """Raises AddressTaken for the first that waits by somebody else's wish."""
    others = {
        addresses.key(each) for row in known if row.asked_by != person.person_id for each in wanted(row).addresses
    }
    for each in waiting:
        if addresses.key(each) in others:
            raise AddressTaken(each)


def _ask(work: Work, place: Place, person: Person, workspace: Any, policy: Policy, what: Wanted) -> Any:
    approval_id = new_id()
    work.run(rows.ADD, _row(work, place, person, workspace, what) | {"approval_id": approval_id})
    panel = approvers.of(work, policy, workspace.tenant_id, workspace.workspace_id, person.person_id)
    tell(work, place, panel, approval_id, workspace.workspace_id)
    notices.put(work, place, ASKED, approval_id, workspace.workspace_id)
    delivery.schedule(work, place.tenant_id, KIND, approval_id, work.now + REMINDED)
    audit.record(
        work, place.tenant_id, "approval.asked", person.person_id, workspace_id=workspace.workspace_id,
        approval=approval_id, addresses=len(what.addresses), approvers=len(panel.people),
    )  # fmt: skip
    return by_id(work, place.tenant_id, approval_id)


def _row(work: Work, place: Place, person: Person, workspace: Any, what: Wanted) -> dict[str, Any]:
    return {
        "tenant_id": workspace.tenant_id,
        "workspace_id": workspace.workspace_id,
        "asked_by": person.person_id,
        "wishes": written(what),
        "reason": line(what.wishes.reason, LONGEST_REASON),
        "service_url": place.service_url,
        "conversation_id": place.conversation_id,
        "bot_id": place.bot_id,
        "locale": place.locale,
        "asked_at": work.now,
        "expires_at": work.now + LIFE,
        "note": "",
        "version": 1,
    }


def _views(work: Work, place: Place, found: Sequence[Any]) -> tuple[AskedView, ...]:
    return tuple(approval_cards.asked(work, row, place.kind) for row in found)
