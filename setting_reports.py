"""A tenant's settings in words, for the terminal."""

from collections.abc import Mapping

from domain.policies import Policy
from domain.setting_fields import KINDS, Number, UnfitSettings, Value, choices
from domain.setting_views import Listed
from reports import table
from setting_values import FIELD_NAMES, LISTS


def settings(tenant_id: str, policy: Policy, names: Mapping[str, str]) -> str:
    """`names`: of people, by id."""
    rows = [(word, _value(getattr(policy, name), name), _possible(name)) for word, name in FIELD_NAMES.items()]
    parts = [f"Settings of tenant {tenant_id}, policy version {policy.version}"]
    parts.append(table(("NAME", "VALUE", "POSSIBLE"), rows))
    lists = [(word, _person(item, names)) for word, item in _listed(policy)]
    parts.append(table(("LIST", "WHO OR WHAT"), lists) if lists else "All lists are empty.")
    return "\n\n".join(parts)


def _listed(policy: Policy) -> list[tuple[str, str]]:
    whole = [
        (word, item)
        for word, each in LISTS.items()
        if each is not Listed.WORKSPACE_APPROVERS
        for item in getattr(policy, each)
    ]
    return whole + [(f"approvers of {where}", item) for where, some in policy.workspace_approvers for item in some]


def _person(item: str, names: Mapping[str, str]) -> str:
    return f"{item} ({names[item]})" if names.get(item) else item


def _value(value: Value, name: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    kind = KINDS[name]
    return "usual" if isinstance(kind, Number) and kind.usual and not value else str(value)


def _possible(name: str) -> str:
    kind = KINDS[name]
    if isinstance(kind, Number):
        return f"{kind.least}-{kind.most}{', usual' if kind.usual else ''}"
    return ", ".join(choices(name) or ("yes", "no"))


def unfit(refusal: UnfitSettings) -> str:
    words = {name: word for word, name in FIELD_NAMES.items()}
    return "\n".join(
        f"{words.get(each.name, each.name)} must be from {each.least} to {each.most}, as access-days-most says."
        for each in refusal.faults
    )
