"""The tenant's sign-in methods: in which order, which of them are on, and whose second factor counts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from domain import audit, features, methods, policies, policy_changes, workspaces
from domain.errors import Superseded
from domain.policies import Method, Policy
from domain.policy_errors import MethodsSuperseded
from domain.policy_views import MethodLine, MethodsView, PartnerLine, StageLine
from domain.views import Person, Place
from domain.work import Work
from storage import features as rows
from storage import policies as policy_rows

MFA_TRUSTED = (Method.MICROSOFT, Method.GOOGLE)
"""Those that say whether there was a second factor; for a partner it stands with the partner."""


def show(work: Work, place: Place, person: Person) -> MethodsView:
    """Raises NotAdmin, Outsider."""
    workspaces.administering(work, place, person)
    return of_tenant(work, place.tenant_id)


def move(work: Work, place: Place, person: Person, method: Method, up: bool, version: int) -> MethodsView:
    """One place up or down; the passcode stays the last. Raises NotAdmin, Outsider, MethodsSuperseded."""
    return _clicked(work, place, person, lambda policy: moved(policy, method, up=up), version)


def switch(work: Work, place: Place, person: Person, method: Method, on: bool, version: int) -> MethodsView:
    """Raises NotAdmin, Outsider, MethodsSuperseded."""
    return _clicked(work, place, person, lambda policy: switched(policy, method, on=on), version)


def change_by_operator(work: Work, tenant_id: str, make: Callable[[Policy], Policy]) -> MethodsView:
    """The operator's word on the command line."""
    policy_changes.change(work, tenant_id, audit.OPERATOR, make)
    return of_tenant(work, tenant_id)


def tenants(work: Work) -> tuple[tuple[str, Policy], ...]:
    """Each tenant that ever changed its policy, for the operator."""
    return tuple((row.tenant_id, policies.of(row)) for row in work.all(policy_rows.ALL))


def _clicked(work: Work, place: Place, person: Person, make: Callable[[Policy], Policy], version: int) -> MethodsView:
    workspaces.administering(work, place, person)
    try:
        policy_changes.change(work, place.tenant_id, person.person_id, make, seen=version)
    except Superseded:
        raise MethodsSuperseded(of_tenant(work, place.tenant_id)) from None
    return of_tenant(work, place.tenant_id)


def of_tenant(work: Work, tenant_id: str) -> MethodsView:
    policy = policy_changes.of_tenant(work, tenant_id)
    there = {*methods.federated(work, replace(policy, methods=())), Method.EMAIL_PASSCODE}
    lines = [MethodLine(method, on, method in there, _trusts(policy, method)) for method, on in full_order(policy)]
    stages = [StageLine(each.surface, each.stage, each.on) for each in features.states(work, tenant_id).values()]
    live: Any = work.connection.execute(rows.LIVE_GUESTS, {"tenant_id": tenant_id, "now": work.now}).scalar_one()
    partners = tuple(PartnerLine(each.name, each.domains, each.trusts_mfa) for each in policy.partners)
    return MethodsView(policy.version, tuple(lines), partners, policy.google_domains, tuple(stages), live)


def _trusts(policy: Policy, method: Method) -> bool:
    return method in policy.trusted_mfa


def full_order(policy: Policy) -> tuple[tuple[Method, bool], ...]:
    """All methods, those that are off too, in the tenant's order, the passcode last."""
    named = dict(policy.methods)
    ordered = [*named, *(method for method in Method if method not in named)]
    ordered.sort(key=lambda method: method is Method.EMAIL_PASSCODE)
    return tuple((method, named.get(method, True)) for method in ordered)


def moved(policy: Policy, method: Method, *, up: bool) -> Policy:
    better = [each for each in full_order(policy) if each[0] is not Method.EMAIL_PASSCODE]
    names = [each[0] for each in better]
    if method not in names:
        return policy
    here = names.index(method)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(better):
        return policy
    better[here], better[there] = better[there], better[here]
    return replace(policy, methods=(*better, full_order(policy)[-1]))


def switched(policy: Policy, method: Method, *, on: bool) -> Policy:
    if dict(full_order(policy))[method] is on:
        return policy
    return replace(policy, methods=tuple((each, on if each is method else was) for each, was in full_order(policy)))


def ordered(policy: Policy, first: Sequence[Method]) -> Policy:
    """`first` before all others, which keep their order; the passcode last."""
    on = dict(full_order(policy))
    named = [method for method in first if method is not Method.EMAIL_PASSCODE]
    others = [method for method in on if method not in named]
    wanted = tuple((method, on[method]) for method in [*named, *others])
    return policy if wanted == full_order(policy) else replace(policy, methods=wanted)


def trusting(policy: Policy, method: Method, *, on: bool) -> Policy:
    """Whether a second factor at Microsoft or Google counts here."""
    others = tuple(each for each in policy.trusted_mfa if each is not method)
    return replace(policy, trusted_mfa=(*others, method) if on else others)


def with_google(policy: Policy, domain: str, *, on: bool) -> Policy:
    """Whether a domain's people sign in with Google. Gmail's own do so anyway."""
    others = tuple(each for each in policy.google_domains if each != domain)
    return replace(policy, google_domains=(*others, domain) if on else others)
