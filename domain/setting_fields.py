"""What a tenant's admins can set besides rules and lists: each field of the policy with what it may be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar

from domain.errors import PolicyRefusal
from domain.policies import Approval, Inviting, Policy
from domain.value import value

MOST_QUOTA = 1_000_000
LONGEST_DAYS = 3650
Value = int | str | bool


class Page(StrEnum):
    """Of the settings card."""

    INVITING = "inviting"
    DOMAINS = "domains"
    LIFETIMES = "lifetimes"
    QUOTAS = "quotas"
    APPROVAL = "approval"
    LIFECYCLE = "lifecycle"
    RULES = "rules"
    TERMS = "terms"


@value
class Number:
    least: int
    most: int
    usual: bool = True
    """True: 0 is taken too, and means as usual (or never)."""

    def takes(self, value: object) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.least <= value <= self.most or (self.usual and value == 0)


FIELDS: dict[Page, dict[str, Number | type[StrEnum] | type[bool]]] = {
    Page.INVITING: {"who_may_invite": Inviting},
    Page.LIFETIMES: {
        "invitation_days": Number(1, 90),
        "access_days": Number(1, 365),
        "access_days_most": Number(1, 365),
        "passcode_minutes": Number(5, 30),
        "session_hours": Number(1, 24, usual=False),
    },
    Page.QUOTAS: {
        name: Number(1, MOST_QUOTA) for name in ("owner_hour", "workspace_day", "tenant_day", "workspace_open")
    },
    Page.APPROVAL: {"approval": Approval},
    Page.LIFECYCLE: {
        "inactive_days": Number(1, LONGEST_DAYS),
        "unredeemed_days": Number(1, LONGEST_DAYS),
        "sponsor_missing": bool,
        "grace_days": Number(0, 30, usual=False),
        "attestation_days": Number(1, LONGEST_DAYS),
    },
    Page.TERMS: {"terms_for_all": bool},
}
KINDS = {name: kind for page in FIELDS.values() for name, kind in page.items()}


@value
class Fault:
    """A field that cannot be what was wanted. Numbers: from `least` to `most`."""

    name: str
    least: int = 0
    most: int = 0


@dataclass
class UnfitSettings(PolicyRefusal):
    """Every fault at once."""

    code: ClassVar[str] = "unfit_settings"
    faults: tuple[Fault, ...] = ()


def changed(before: Policy, wanted: Mapping[str, Value]) -> Policy:
    """Raises UnfitSettings. What is not named stays."""
    faults = [fault for name, value in wanted.items() if (fault := _fault(name, value))]
    after = before if faults else replace(before, **{name: _typed(name, value) for name, value in wanted.items()})
    if not faults and after.access_days_most and after.access_days > after.access_days_most:
        faults = [Fault("access_days", 1, after.access_days_most)]
    if faults:
        raise UnfitSettings(tuple(faults))
    return after


def shown(policy: Policy, page: Page) -> dict[str, Value]:
    return {name: getattr(policy, name) for name in FIELDS.get(page, {})}


def _fault(name: str, value: Value) -> Fault | None:
    kind = KINDS.get(name)
    if isinstance(kind, Number):
        return None if kind.takes(value) else Fault(name, kind.least, kind.most)
    if kind is bool:
        return None if isinstance(value, bool) else Fault(name)
    return None if kind is not None and value in choices(name) else Fault(name)


def _typed(name: str, value: Value) -> Any:
    kind: Any = KINDS[name]
    return value if isinstance(kind, Number) or kind is bool else kind(value)


def choices(name: str) -> tuple[str, ...]:
    """The words that a field takes; none: it takes something else."""
    kind: Any = KINDS[name]
    return () if isinstance(kind, Number) or kind is bool else tuple(each.value for each in kind)
