"""The pages of the settings card, and what an admin changes on them: always at the version that was looked at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from domain import (
    audit,
    policy_changes,
    policy_edits,
    rule_forms,
    setting_fields,
    setting_lists,
    setting_pages,
    terms_of_use,
    workspaces,
)
from domain.errors import Superseded
from domain.policies import Policy, Rule
from domain.policy_edits import Unfit, UnfitChange
from domain.setting_errors import SettingsSuperseded, WrongItem
from domain.setting_fields import Page, Value
from domain.setting_views import PAGE_OF, ListChange, Listed, Question, SettingsPage
from domain.views import Affected, Person, Place
from domain.work import Work

Make = Callable[[Policy], Policy]


def show(work: Work, place: Place, person: Person, page: Page, number: int = 1) -> SettingsPage:
    """Raises NotAdmin, Outsider."""
    workspaces.administering(work, place, person)
    return setting_pages.page(work, place, person, page, number)


def set_fields(
    work: Work, place: Place, person: Person, page: Page, wanted: Mapping[str, Value], version: int
) -> SettingsPage:
    """Raises NotAdmin, Outsider, UnfitSettings, SettingsSuperseded."""
    return _changed(work, place, person, page, lambda before: setting_fields.changed(before, wanted), version)


def set_by_operator(work: Work, tenant_id: str, wanted: Mapping[str, Value]) -> Policy:
    """The operator's word. Raises UnfitSettings, Superseded."""
    return policy_changes.change(work, tenant_id, audit.OPERATOR, lambda before: setting_fields.changed(before, wanted))


def list_by_operator(
    work: Work, tenant_id: str, listed: Listed, items: Sequence[str], workspace_id: str = ""
) -> Policy:
    """The whole list is another one, by the operator's word. Raises UnfitChange, Superseded."""
    if workspace_id and workspace_id not in policy_edits.workspaces(work, tenant_id):
        raise UnfitChange(Unfit.UNKNOWN_WORKSPACE, workspace_id)
    return policy_changes.change(
        work, tenant_id, audit.OPERATOR, lambda before: setting_lists.with_all(before, listed, items, workspace_id)
    )


def told_to_operator(work: Work, tenant_id: str) -> tuple[Policy, dict[str, str]]:
    """The policy, and the names of the people on its lists, as far as they are known."""
    policy = policy_changes.of_tenant(work, tenant_id)
    elsewhere = [person for _, some in policy.workspace_approvers for person in some]
    return policy, setting_lists.names(work, tenant_id, [*policy.inviters, *policy.approvers, *elsewhere])


def change_list(work: Work, place: Place, person: Person, wanted: ListChange, version: int) -> SettingsPage:
    """Puts somebody or a domain on a list, or takes it off. Where more people could no longer come in, a question
    comes back and nothing was changed.

    Raises NotAdmin, Outsider, WrongItem, UnfitChange, SettingsSuperseded.
    """
    return _listed(work, place, person, wanted, version, sure=False)


def change_list_surely(work: Work, place: Place, person: Person, wanted: ListChange, version: int) -> SettingsPage:
    """As `change_list`, whomever it keeps out."""
    return _listed(work, place, person, wanted, version, sure=True)


def _listed(work: Work, place: Place, person: Person, wanted: ListChange, version: int, *, sure: bool) -> SettingsPage:
    workspaces.administering(work, place, person)
    page, workspace_id = PAGE_OF[wanted.listed], setting_pages.workspace_id(work, place)
    change = setting_lists.checked(work, place.tenant_id, wanted)

    def make(before: Policy) -> Policy:
        return setting_lists.changed(before, change, workspace_id=workspace_id)

    more = _kept_out_more(work, place, make, version) if page is Page.DOMAINS and not sure else None
    if more is not None:
        return setting_pages.page(work, place, person, page, 1, question=Question(change, more))
    return _changed(work, place, person, page, make, version)


def _kept_out_more(work: Work, place: Place, make: Make, version: int) -> Affected | None:
    """How many more the lists of domains would keep out. None: nobody; or the card is outdated anyway."""
    before = policy_changes.of_tenant(work, place.tenant_id)
    if before.version != version:
        return None
    was, would = (policy_edits.kept_out(work, place.tenant_id, each) for each in (before, make(before)))
    more = Affected(max(0, would.guests - was.guests), max(0, would.pending - was.pending))
    return more if more.guests or more.pending else None


def add_rule(work: Work, place: Place, person: Person, rule: Rule, version: int) -> SettingsPage:
    """Raises NotAdmin, Outsider, UnfitChange, SettingsSuperseded, WrongItem, UnfitSettings."""
    workspaces.administering(work, place, person)
    rule = rule_forms.checked(rule)
    known = policy_edits.workspaces(work, place.tenant_id)
    if not known.keys() >= set(rule.workspaces):
        raise WrongItem(rule.workspaces[0])
    return _changed(work, place, person, Page.RULES, lambda before: policy_edits.with_rule(before, rule), version)


def remove_rule(work: Work, place: Place, person: Person, rule_id: str, version: int) -> SettingsPage:
    """Raises NotAdmin, Outsider, SettingsSuperseded. One that is gone is gone."""

    def make(before: Policy) -> Policy:
        kept = tuple(rule for rule in before.rules if rule.rule_id != rule_id)
        return before if len(kept) == len(before.rules) else replace(before, rules=kept)

    return _changed(work, place, person, Page.RULES, make, version)


def publish_terms(work: Work, place: Place, person: Person, language: str, words: str, version: int) -> SettingsPage:
    """The next version of the terms of use. Raises NotAdmin, Outsider, WrongItem, SettingsSuperseded."""
    workspaces.administering(work, place, person)
    if not words.strip() or len(words) > terms_of_use.MOST_CHARACTERS:
        raise WrongItem
    if policy_changes.of_tenant(work, place.tenant_id).version != version:
        raise SettingsSuperseded(setting_pages.page(work, place, person, Page.TERMS))
    terms_of_use.publish(work, place.tenant_id, person.person_id, {language: words.strip()})
    return setting_pages.page(work, place, person, Page.TERMS)


def _changed(work: Work, place: Place, person: Person, page: Page, make: Make, version: int) -> SettingsPage:
    workspaces.administering(work, place, person)
    try:
        policy_changes.change(work, place.tenant_id, person.person_id, make, seen=version)
    except Superseded:
        raise SettingsSuperseded(setting_pages.page(work, place, person, page)) from None
    return setting_pages.page(work, place, person, page)
