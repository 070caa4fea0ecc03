"""Pages of the settings card, as they are now."""

from dataclasses import fields
from typing import Any

from domain import allowances, limits, policy_changes, policy_edits, quotas, setting_fields, setting_lists, workspaces
from domain.policies import Policy
from domain.setting_fields import Page
from domain.setting_views import DOMAINS, PAGE_OF, Item, Listed, ListView, Question, QuotaLine, SettingsPage
from domain.views import Person, Place, Quota
from domain.work import Work
from storage import invitations as invitation_rows
from storage import tenant_settings as rows

ITEMS = 7
"""Of each list, on a page."""
RULES = 5
MOST_PEOPLE = 60
"""Who can be chosen in the card; anybody else by command line."""
MOST_WORKSPACES = 30


def page(
    work: Work, place: Place, person: Person, page: Page, number: int = 1, *, question: Question | None = None
) -> SettingsPage:
    """For an admin, which was asked before."""
    tenant_id, policy = place.tenant_id, policy_changes.of_tenant(work, place.tenant_id)
    mine = workspace_id(work, place)
    lists = [each for each in Listed if PAGE_OF[each] is page and (mine or each is not Listed.WORKSPACE_APPROVERS)]
    whole = {each: setting_lists.of(policy, each, mine) for each in lists}
    pages = max(1, *(-(-len(some) // ITEMS) for some in whole.values()), _rule_pages(policy, page))
    number = min(max(number, 1), pages)
    shown = policy.rules[(number - 1) * RULES : number * RULES] if page is Page.RULES else ()
    return SettingsPage(
        page,
        policy.version,
        setting_fields.shown(policy, page),
        _usual(work),
        number,
        pages,
        lists=_lists(work, tenant_id, whole, number),
        people=_people(work, tenant_id) if any(each not in DOMAINS for each in lists) else (),
        rules=shown,
        rules_total=len(policy.rules),
        workspaces=_workspaces(work, tenant_id) if page is Page.RULES else {},
        quotas=_quotas(work, place, person, policy, mine) if page is Page.QUOTAS else (),
        kept_out=policy_edits.kept_out(work, tenant_id, policy) if page is Page.DOMAINS else None,
        terms_version=policy.terms_version,
        question=question,
        other_list=bool(policy.allowed_domains or policy.denied_domains),
    )


def _rule_pages(policy: Policy, page: Page) -> int:
    return -(-len(policy.rules) // RULES) if page is Page.RULES else 0


def workspace_id(work: Work, place: Place) -> str:
    """Empty where the card stands in no workspace."""
    row = workspaces.find(work, place, None)
    return row.workspace_id if row is not None else ""


def _usual(work: Work) -> dict[str, int]:
    """What a tenant has that says nothing, by the names of its settings."""
    numbers = {each.name: getattr(work.numbers, each.name) for each in fields(work.numbers)}
    return {name: numbers[name] for name in setting_fields.KINDS if name in numbers} | {
        "passcode_minutes": work.numbers.passcode_seconds // allowances.MINUTE
    }


def _lists(work: Work, tenant_id: str, whole: dict[Listed, tuple[str, ...]], number: int) -> tuple[ListView, ...]:
    some = {each: items[(number - 1) * ITEMS : number * ITEMS] for each, items in whole.items()}
    ids = [item for each, items in some.items() if each not in DOMAINS for item in items]
    known = setting_lists.names(work, tenant_id, ids)
    return tuple(
        ListView(
            each,
            len(whole[each]),
            tuple(Item(item, item if each in DOMAINS else known.get(item, "")) for item in items),
        )
        for each, items in some.items()
    )


def _people(work: Work, tenant_id: str) -> tuple[Item, ...]:
    found = work.all(rows.KNOWN_PEOPLE, {"tenant_id": tenant_id, "most": MOST_PEOPLE})
    return tuple(Item(row.person_id, row.name) for row in found)


def _workspaces(work: Work, tenant_id: str) -> dict[str, str]:
    return dict(list(policy_edits.workspaces(work, tenant_id).items())[:MOST_WORKSPACES])


def _quotas(work: Work, place: Place, person: Person, policy: Policy, mine: str) -> tuple[QuotaLine, ...]:
    """Of the person, of the workspace in which the card stands, and of the tenant."""
    numbers = allowances.tightened(work.numbers, policy)
    wanted = quotas.windows(numbers, place.tenant_id, mine, person.person_id)
    counters = limits.look(work, wanted)
    lines = [
        QuotaLine(window.quota, counters.used(each, window), window.most)
        for each in wanted
        for window in each.windows
        if window.quota
    ]
    if mine:
        where: dict[str, Any] = {"tenant_id": place.tenant_id, "workspace_id": mine, "now": work.now}
        used: int = work.connection.execute(invitation_rows.OPEN_NUMBER, where).scalar_one()
        lines.append(QuotaLine(Quota.WORKSPACE_OPEN, used, numbers.workspace_open))
    return tuple(lines)
