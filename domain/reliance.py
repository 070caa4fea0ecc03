"""Who relies on passcodes: guests and invited people for whom nothing else is known to work."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain import admission, methods, policy_changes
from domain.consumer_domains import GMAIL, MICROSOFT
from domain.methods import Answer, Discovered
from domain.policies import Circumstances, Method, Occasion, Policy, domain_of, within
from domain.views import Affected
from domain.work import Work
from storage import reliance as rows


def affected(work: Work, tenant_id: str) -> Affected:
    """Who could no longer get in if passcodes went off now, as far as it is known without asking anybody: not those
    with an account that they signed in with before, or at a domain that says where its people sign in.

    Three queries, however many guests there are.
    """
    policy = policy_changes.of_tenant(work, tenant_id)
    if Method.EMAIL_PASSCODE not in policy.order:
        return Affected(0, 0)
    values = {"tenant_id": tenant_id, "now": work.now}
    guests, waiting = work.all(rows.GUESTS_IN, values), work.all(rows.INVITED, values)
    fine = {row.guest_id for row in guests if _other_way(work, policy, row, Occasion.LATER)}
    pending = sum(not _other_way(work, policy, row, Occasion.FIRST) for row in waiting)
    return Affected(len({row.guest_id for row in guests} - fine), pending)


def _other_way(work: Work, policy: Policy, row: Any, occasion: Occasion) -> bool:
    it = Circumstances(row.workspace_id, row.address, occasion=occasion)
    known = list(_known(work, policy, row))
    return bool(known and methods.offered(policy, it, known, passcode_on=False))


def _known(work: Work, policy: Policy, row: Any) -> Iterable[Discovered]:
    """The methods that are certain to sign the row's address in."""
    there = methods.federated(work, policy)
    told: Sequence[Method] = [
        Method.PARTNER if methods.partner_of(policy, row.address) else Method.EMAIL_PASSCODE,
        Method.GOOGLE if within(domain_of(row.address), (*GMAIL, *policy.google_domains)) else Method.EMAIL_PASSCODE,
        Method.PERSONAL if domain_of(row.address) in MICROSOFT else Method.EMAIL_PASSCODE,
    ]
    linked = Method(row.method or Method.EMAIL_PASSCODE)
    if admission.account_on(work, policy, linked, row):
        told = [*told, linked]
    return [Discovered(each, Answer.YES, "known", work.now) for each in told if each in there]
