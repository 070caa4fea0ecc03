"""A tenant's policy as it is kept: one versioned JSON document. What follows from it: domain/policies.py: decide."""

from dataclasses import asdict
from enum import StrEnum
from functools import lru_cache
from json import dumps, loads
from typing import Any

from domain.value import value

LONGEST_HOURS = 24


class Method(StrEnum):
    """Sign-in methods, in their usual order. The passcode is always the last."""

    MICROSOFT = "microsoft"
    PARTNER = "partner"
    GOOGLE = "google"
    PERSONAL = "personal"
    EMAIL_PASSCODE = "email_passcode"


class Occasion(StrEnum):
    """Whether a guest comes in with an invitation for the first time, or comes back."""

    FIRST = "first"
    LATER = "later"


class Forbidden(StrEnum):
    """Why somebody may not come in."""

    OWN_DOMAIN = "own_domain"
    DENIED_DOMAIN = "denied_domain"
    NOT_ALLOWED_DOMAIN = "not_allowed_domain"
    RULE = "rule"
    UNWANTED = "unwanted"
    """The guest wants no invitations from the organisation (domain/blocks.py): nobody there can change that."""


class Inviting(StrEnum):
    """Who may invite, besides admins."""

    NOBODY = "nobody"
    NAMED = "named"
    """Only `Policy.inviters`."""
    OWNERS = "owners"
    MEMBERS = "members"
    """Of the workspace, guests not counted."""
    EVERYONE = "everyone"
    """Teams guests of the workspace too."""


class Approval(StrEnum):
    """Which invitations wait for an approver's word."""

    NEVER = "never"
    ALWAYS = "always"
    UNFAMILIAR = "unfamiliar"
    """To addresses outside of `Policy.familiar_domains`."""


@value
class Rule:
    """Conditions → controls. An empty condition is always met; all conditions of a rule have to be met."""

    rule_id: str
    name: str
    workspaces: tuple[str, ...] = ()
    """Ids."""
    domains: tuple[str, ...] = ()
    """Of the guest's address: `example.com`, or `*.example.com` for everything below it."""
    methods: tuple[Method, ...] = ()
    networks: tuple[str, ...] = ()
    """CIDRs of the guest's client."""
    elsewhere: bool = False
    """True: the rule is for clients outside of the networks."""
    occasion: Occasion | None = None
    block: bool = False
    mfa: bool = False
    terms: bool = False
    session_hours: int | None = None
    """1–24, from the sign-in on."""


@value
class Partner:
    """A partner's own OpenID provider. Its client secret is kept apart, sealed."""

    provider_id: str
    name: str
    issuer: str
    client_id: str
    domains: tuple[str, ...]
    trusts_mfa: bool = False
    """True: a second factor at the partner counts here (`amr` holds mfa, or `acr` is one of `mfa_acr`)."""
    mfa_acr: tuple[str, ...] = ()


@value
class Policy:
    """A tenant's policy. This one, with nothing set, is the one of a tenant that never said anything."""

    version: int = 0
    own_domains: tuple[str, ...] = ()
    """Whose people are employees, never guests."""
    allowed_domains: tuple[str, ...] = ()
    """None: all that are not denied. A tenant has an allow list or a deny list."""
    denied_domains: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    methods: tuple[tuple[Method, bool], ...] = ()
    """In the tenant's order, each on or off; what is not named stands in the usual order behind, on."""
    partners: tuple[Partner, ...] = ()
    google_domains: tuple[str, ...] = ()
    """Domains besides Gmail's whose people sign in with Google."""
    trusted_mfa: tuple[Method, ...] = ()
    """Of Microsoft and Google: whose second factor counts here."""
    terms_version: int = 0
    """The newest published terms; 0: none."""
    terms_for_all: bool = True
    """False: terms are for those only of whom a rule demands them."""
    privacy_url: str = ""
    """The privacy statement that a guest is shown and consents to, once."""
    session_hours: int = LONGEST_HOURS
    who_may_invite: Inviting = Inviting.OWNERS
    inviters: tuple[str, ...] = ()
    """People (Entra object ids) who may invite where only those named may."""
    approval: Approval = Approval.NEVER
    familiar_domains: tuple[str, ...] = ()
    """Whose people need no approval."""
    approvers: tuple[str, ...] = ()
    """People whose word invitations wait for; none: the tenant's admins."""
    workspace_approvers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """By workspace id, instead of the tenant's."""
    invitation_days: int = 0
    """Of an invitation; here and below 0 means: as usual (domain/limits.py)."""
    access_days: int = 0
    access_days_most: int = 0
    passcode_minutes: int = 0
    """5–30."""
    owner_hour: int = 0
    workspace_day: int = 0
    tenant_day: int = 0
    workspace_open: int = 0
    """Quotas: a tenant may only lower what the operator set."""
    inactive_days: int = 0
    """Guests who did not sign in for so long lose their access after the grace; 0: never."""
    unredeemed_days: int = 0
    """Invitations that were not redeemed for so long are ended, however often they were sent anew; 0: never."""
    sponsor_missing: bool = False
    """True: guests whose sponsors have all left lose their access after the grace."""
    grace_days: int = 14
    """0–30."""
    attestation_days: int = 0
    """So often sponsors are asked whether a guest is still needed; 0: never. No answer within the grace is a no."""

    @property
    def order(self) -> tuple[Method, ...]:
        """The methods that are on, in the order in which they are offered, the passcode last."""
        return _ordered(self.methods)


@lru_cache(256)
def _ordered(methods: tuple[tuple[Method, bool], ...]) -> tuple[Method, ...]:
    named = dict(methods)
    ordered = [*named, *(method for method in Method if method not in named)]
    better = [each for each in ordered if each is not Method.EMAIL_PASSCODE and named.get(each, True)]
    return (*better, Method.EMAIL_PASSCODE) if named.get(Method.EMAIL_PASSCODE, True) else tuple(better)


NO_POLICY = Policy()


@lru_cache(1024)
def read(document: str | None, version: int | None) -> Policy:
    """The policy of a row; None: the tenant never said anything. A demand that this version does not know is a fault:
    nobody is let in by overlooking it."""
    if document is None:
        return NO_POLICY
    found = _frozen(loads(document))
    found["rules"] = tuple(_rule(each) for each in found["rules"])
    found["partners"] = tuple(Partner(**each) for each in found["partners"])
    found["methods"] = tuple((Method(method), on) for method, on in found["methods"])
    found["trusted_mfa"] = tuple(map(Method, found["trusted_mfa"]))
    found["who_may_invite"] = Inviting(found.get("who_may_invite", Inviting.OWNERS))
    found["approval"] = Approval(found.get("approval", Approval.NEVER))
    return Policy(**found, version=version or 0)


def of(row: Any) -> Policy:
    """The policy that was read along with a row."""
    return read(row.document, row.policy_version)


def _rule(raw: dict[str, Any]) -> Rule:
    raw["methods"] = tuple(map(Method, raw["methods"]))
    raw["occasion"] = raw["occasion"] and Occasion(raw["occasion"])
    return Rule(**raw)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _frozen(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return tuple(map(_frozen, value)) if isinstance(value, list) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def written(policy: Policy) -> str:
    """As a row keeps it."""
    found = asdict(policy)
    del found["version"]
    return dumps(found, separators=(",", ":"))
