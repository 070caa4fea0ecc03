"""The pages of the settings card, as admins see them and at their worst."""

from typing import Any

from cards.setting_pages import settings_page
from domain.policies import Method, Occasion, Policy, Rule
from domain.setting_fields import Page, shown
from domain.setting_views import PAGE_OF, Item, ListChange, Listed, ListView, Question, QuotaLine, SettingsPage
from domain.views import Affected, Quota

USUAL = {"invitation_days": 14, "access_days": 90, "passcode_minutes": 30, "owner_hour": 60, "tenant_day": 1000}
QUOTAS = tuple(
    QuotaLine(quota, used, 500)
    for quota, used in zip(
        (Quota.OWNER_HOUR, Quota.WORKSPACE_DAY, Quota.TENANT_DAY, Quota.WORKSPACE_OPEN), (3, 12, 499, 500), strict=True
    )
)
PERSON = "a11ce000-0000-4000-8000-0000000000"


def rule(number: int = 0, name: str = "Outside the office", domain: str = "fabrikam.example", many: int = 2) -> Rule:
    return Rule(
        f"r{number}",
        name,
        workspaces=("w1",),
        domains=(domain,) * many,
        methods=(Method.GOOGLE, Method.EMAIL_PASSCODE),
        networks=("203.0.113.0/24", "2001:db8::/32"),
        elsewhere=True,
        occasion=Occasion.LATER,
        block=number == 1,
        mfa=True,
        terms=True,
        session_hours=4,
    )


def view(page: Page, policy: Policy | None = None, items: int = 2, name: str = "Bob Berg", **more: Any) -> SettingsPage:
    domain = "*.fabrikam.example" if items < 3 else f"{'d' * 60}.{'e' * 60}.example"
    lists = tuple(
        ListView(each, items, tuple(Item(domain, domain) if "domains" in each else Item(f"{PERSON}{n:02}", name)
                                    for n in range(items)))
        for each in Listed
        if PAGE_OF[each] is page
    )  # fmt: skip
    people = tuple(Item(f"{PERSON}{n:02}", name) for n in range(60 if items > 2 else items))
    facts: dict[str, Any] = {
        "lists": lists,
        "people": people,
        "quotas": QUOTAS if page is Page.QUOTAS else (),
        "kept_out": Affected(2, 1) if page is Page.DOMAINS else None,
    }
    return SettingsPage(page, 7, shown(policy or Policy(), page), USUAL, **(facts | more))


def pages(language: str = "en") -> dict[str, dict[str, Any]]:
    tight = Policy(invitation_days=7, access_days=30, owner_hour=5, inactive_days=60, sponsor_missing=True)
    asked = {add: Question(ListChange(Listed.DENY, "fabrikam.example", add), Affected(12, 1)) for add in (True, False)}
    rules = {"rules": (rule(), rule(1)), "rules_total": 2, "workspaces": {"w1": "Project Falcon", "w2": ""}}
    shapes = {
        **{f"settings {page.value}": view(page) for page in Page},
        **{f"settings {page.value} empty": view(page, items=0) for page in Page},
        **{f"settings {page.value} set": view(page, tight) for page in (Page.LIFETIMES, Page.QUOTAS, Page.LIFECYCLE)},
        "settings rules some": view(Page.RULES, **rules, number=2, pages=3),
        "settings terms published": view(Page.TERMS, terms_version=3),
        "settings question add": view(Page.DOMAINS, question=asked[True]),
        "settings question remove": view(Page.DOMAINS, question=asked[False]),
    }
    found = {name: settings_page(each, language=language) for name, each in shapes.items()}
    stale = settings_page(view(Page.QUOTAS), language=language, notice="Somebody else changed the settings.")
    return found | {"settings superseded": stale}


def fullest(name: str) -> dict[str, dict[str, Any]]:
    """Every place where others' words are shown, full to the brim."""
    many = tuple(rule(number, name, f"{'d' * 60}.example", 100) for number in range(5))
    spaces = {f"w{number}": name for number in range(30)}
    return {
        **{f"settings {page.value}": settings_page(view(page, items=7, name=name), language="en") for page in Page},
        "settings rules full": settings_page(
            view(Page.RULES, rules=many, rules_total=200, workspaces=spaces, number=2, pages=25),
            language="en",
            notice=name,
        ),
    }
