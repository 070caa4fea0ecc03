"""Changes of a policy, one by one: pure functions from the policy before to the policy after."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar

from domain import policies, policy_changes
from domain.errors import PolicyRefusal
from domain.policies import Forbidden, Policy, Rule
from domain.views import Affected
from domain.work import Work
from storage import policies as rows

LONGEST_NAME = 64


class Domains(StrEnum):
    """The lists of domains, by the fields of the policy."""

    OWN = "own_domains"
    ALLOW = "allowed_domains"
    DENY = "denied_domains"


class Unfit(StrEnum):
    """Why a change cannot be made."""

    NAME_TAKEN = "name_taken"
    UNKNOWN_RULE = "unknown_rule"
    UNKNOWN_WORKSPACE = "unknown_workspace"
    OTHER_LIST = "other_list"
    """There is an allow list where a domain should be denied, or the other way round."""
    ALREADY_LISTED = "already_listed"
    NOT_LISTED = "not_listed"


@dataclass
class UnfitChange(PolicyRefusal):
    code: ClassVar[str] = "unfit_change"
    why: Unfit = Unfit.UNKNOWN_RULE
    what: str = ""
    """The name, id or domain that does not fit."""


OTHER = {Domains.ALLOW: Domains.DENY, Domains.DENY: Domains.ALLOW}


def with_rule(before: Policy, rule: Rule) -> Policy:
    """Raises UnfitChange where the name is taken."""
    if _named(before, rule.name):
        raise UnfitChange(Unfit.NAME_TAKEN, rule.name)
    return replace(before, rules=(*before.rules, rule))


def without_rule(before: Policy, name: str) -> Policy:
    """Raises UnfitChange where there is none of that name."""
    rule = _named(before, name)
    if rule is None:
        raise UnfitChange(Unfit.UNKNOWN_RULE, name)
    return replace(before, rules=tuple(each for each in before.rules if each is not rule))


def _named(policy: Policy, name: str) -> Rule | None:
    return next((rule for rule in policy.rules if rule.name.casefold() == name.casefold()), None)


def with_domain(before: Policy, kind: Domains, domain: str) -> Policy:
    """Raises UnfitChange: a tenant has an allow list or a deny list."""
    other = OTHER.get(kind)
    if other and getattr(before, other):
        raise UnfitChange(Unfit.OTHER_LIST, domain)
    listed = getattr(before, kind)
    if domain in listed:
        raise UnfitChange(Unfit.ALREADY_LISTED, domain)
    return _listing(before, kind, (*listed, domain))


def without_domain(before: Policy, kind: Domains, domain: str) -> Policy:
    """Raises UnfitChange where it is not on the list."""
    listed = getattr(before, kind)
    if domain not in listed:
        raise UnfitChange(Unfit.NOT_LISTED, domain)
    return _listing(before, kind, tuple(each for each in listed if each != domain))


def _listing(before: Policy, kind: Domains, domains: tuple[str, ...]) -> Policy:
    changed: dict[str, Any] = {kind.value: domains}
    return replace(before, **changed)


def add_rule(work: Work, tenant_id: str, actor: str, rule: Rule) -> Policy:
    """Raises UnfitChange, Superseded."""
    known = {row.workspace_id for row in work.all(rows.WORKSPACES_OF, {"tenant_id": tenant_id})}
    for workspace_id in rule.workspaces:
        if workspace_id not in known:
            raise UnfitChange(Unfit.UNKNOWN_WORKSPACE, workspace_id)
    return policy_changes.change(work, tenant_id, actor, lambda before: with_rule(before, rule))


def change_domains(
    work: Work, tenant_id: str, actor: str, make: Callable[[Policy], Policy]
) -> tuple[Policy, Affected, Affected]:
    """The policy, and whom the lists of domains kept out before and keep out now. Raises UnfitChange, Superseded."""
    before = kept_out(work, tenant_id, policy_changes.of_tenant(work, tenant_id))
    policy = policy_changes.change(work, tenant_id, actor, make)
    return policy, before, kept_out(work, tenant_id, policy)


def kept_out(work: Work, tenant_id: str, policy: Policy) -> Affected:
    """Guests and open invitations that the lists of domains keep out, whatever the rules say."""
    where = {"tenant_id": tenant_id, "now": work.now}
    guests, invitations = (
        sum(_outside(policy, row.address) for row in work.all(statement, where))
        for statement in (rows.GUEST_ADDRESSES, rows.OPEN_ADDRESSES)
    )
    return Affected(guests, invitations)


def _outside(policy: Policy, address: str) -> bool:
    forbidden = policies.decide(policy, policies.Circumstances("", address)).forbidden
    return forbidden is not None and forbidden is not Forbidden.RULE


def workspaces(work: Work, tenant_id: str) -> dict[str, str]:
    """Names by id."""
    return {row.workspace_id: row.name for row in work.all(rows.WORKSPACES_OF, {"tenant_id": tenant_id})}
