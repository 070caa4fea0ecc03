"""What admins are shown of the tenant's settings. Frozen, no addresses and no secrets: the card may stand in a team."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from domain.policies import Rule
from domain.setting_fields import Page, Value
from domain.value import value
from domain.views import Affected, Quota


class Listed(StrEnum):
    """Lists of the policy, by what is on them."""

    OWN = "own_domains"
    ALLOW = "allowed_domains"
    DENY = "denied_domains"
    FAMILIAR = "familiar_domains"
    INVITERS = "inviters"
    APPROVERS = "approvers"
    WORKSPACE_APPROVERS = "workspace_approvers"
    """Of the workspace in which the card stands."""


DOMAINS = frozenset({Listed.OWN, Listed.ALLOW, Listed.DENY, Listed.FAMILIAR})
PAGE_OF = {
    Listed.OWN: Page.DOMAINS,
    Listed.ALLOW: Page.DOMAINS,
    Listed.DENY: Page.DOMAINS,
    Listed.FAMILIAR: Page.APPROVAL,
    Listed.INVITERS: Page.INVITING,
    Listed.APPROVERS: Page.APPROVAL,
    Listed.WORKSPACE_APPROVERS: Page.APPROVAL,
}


@value
class Item:
    """A domain, or a person by id and name."""

    item: str
    name: str


@value
class ListView:
    """A page of a list."""

    listed: Listed
    total: int
    items: tuple[Item, ...]


@value
class QuotaLine:
    """`used`: in the last hour or day, or open now."""

    quota: Quota
    used: int
    most: int


@value
class ListChange:
    listed: Listed
    item: str
    """A domain, or a person's id."""
    add: bool
    """False: it is taken off."""


@value
class Question:
    """A change that was not made yet: so many more could no longer come in."""

    change: ListChange
    more: Affected


@value
class SettingsPage:
    page: Page
    version: int
    """Of the policy: a button that carries another one changes nothing."""
    values: Mapping[str, Value]
    usual: Mapping[str, int]
    """What a number is where the tenant says nothing, and can be at most."""
    number: int = 1
    pages: int = 1
    lists: tuple[ListView, ...] = ()
    people: tuple[Item, ...] = ()
    """Who can be chosen."""
    rules: tuple[Rule, ...] = ()
    rules_total: int = 0
    workspaces: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names by id."""
    quotas: tuple[QuotaLine, ...] = ()
    kept_out: Affected | None = None
    """By their domain, now."""
    terms_version: int = 0
    question: Question | None = None
    other_list: bool = False
    """True: there is an allow list, or a deny list, so that the other one cannot be used."""
