"""The lists of a policy – domains and people – one item at a time."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from domain import domain_patterns, policy_edits
from domain.policies import Policy
from domain.policy_edits import Unfit, UnfitChange
from domain.setting_errors import WrongItem
from domain.setting_views import DOMAINS, ListChange, Listed
from domain.work import Work
from storage import workspaces as rows


def of(policy: Policy, listed: Listed, workspace_id: str = "") -> tuple[str, ...]:
    """`workspace_id`: whose approvers are meant."""
    if listed is Listed.WORKSPACE_APPROVERS:
        return dict(policy.workspace_approvers).get(workspace_id, ())
    found: tuple[str, ...] = getattr(policy, listed)
    return found


def changed(before: Policy, wanted: ListChange, *, workspace_id: str = "") -> Policy:
    """`wanted` was checked. Raises UnfitChange."""
    listed, item, add = wanted.listed, wanted.item, wanted.add
    if listed in policy_edits.Domains:
        kind = policy_edits.Domains(listed)
        edit = policy_edits.with_domain if add else policy_edits.without_domain
        return edit(before, kind, item)
    there = of(before, listed, workspace_id)
    if (item in there) is add:
        raise UnfitChange(Unfit.ALREADY_LISTED if add else Unfit.NOT_LISTED, item if listed in DOMAINS else "")
    return with_all(
        before, listed, (*there, item) if add else tuple(each for each in there if each != item), workspace_id
    )


def with_all(before: Policy, listed: Listed, items: Iterable[str], workspace_id: str = "") -> Policy:
    """The whole list is another one. Empty for a workspace: the tenant's approvers count there again."""
    some = tuple(dict.fromkeys(items))
    if listed is not Listed.WORKSPACE_APPROVERS:
        whole: dict[str, Any] = {listed.value: some}
        return replace(before, **whole)
    others = tuple(each for each in before.workspace_approvers if each[0] != workspace_id)
    return replace(before, workspace_approvers=(*others, (workspace_id, some)) if some else others)


def checked(work: Work, tenant_id: str, wanted: ListChange) -> ListChange:
    """With the domain as it is kept, or somebody who is known. Whoever is on a list can be taken off. Raises
    WrongItem."""
    if wanted.listed in DOMAINS:
        domain = domain_patterns.pattern(wanted.item)
        if domain is None:
            raise WrongItem(wanted.item)
        return replace(wanted, item=domain)
    person = work.one(rows.PERSON, {"tenant_id": tenant_id, "person_id": wanted.item})
    if wanted.add and (person is None or person.role not in (None, "user")):
        raise WrongItem(person=True)
    return wanted


def names(work: Work, tenant_id: str, ids: Iterable[str]) -> dict[str, str]:
    """By id, of those that are known."""
    wanted = sorted(set(ids))
    found = work.all(rows.NAMES, {"tenant_id": tenant_id, "person_ids": wanted}) if wanted else ()
    return {row.person_id: row.name for row in found}
