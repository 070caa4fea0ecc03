"""What a tenant demands of its guests, and the one pure function that decides: before an invitation, at each step of a
redemption, at each request of a session – and when somebody asks what would happen.

Deny beats allow: a forbidden domain or a rule that blocks settles it, whatever else would let the guest in. Rules add
up otherwise: all demands of all rules that apply have to be met, and the shortest session counts.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from json import dumps, loads
from typing import Any

Address = IPv4Address | IPv6Address
HOUR = 3600
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one guest at one moment. What is None is not known yet: before a guest has chosen and come."""

    workspace_id: str
    address: str
    method: Method | None = None
    network: Address | None = None
    occasion: Occasion | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`forbidden` settles it. Otherwise the demands, each with the ids of the rules that make it."""

    forbidden: Forbidden | None = None
    rule_id: str = ""
    """Of the rule that forbids."""
    mfa: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    terms_version: int = 0
    """Terms that have to be accepted; 0: none."""
    session_seconds: int = LONGEST_HOURS * HOUR
    applied: tuple[str, ...] = ()
    """All rules that apply, in the policy's order."""
    depends: tuple[str, ...] = ()
    """Rules that will or will not apply, by what is not known yet."""


WELCOME = Verdict()
"""What NO_POLICY says of everybody."""


def decide(policy: Policy, it: Circumstances) -> Verdict:
    """Would this guest get in, and on which conditions? Pure, and the same for every step and every explanation."""
    if policy is NO_POLICY:
        return WELCOME
    forbidden = _domain(policy, domain_of(it.address))
    if forbidden:
        return Verdict(forbidden)
    matches = [(rule, _applies(rule, it)) for rule in policy.rules]
    applied = [rule for rule, applies in matches if applies]
    ids = tuple(rule.rule_id for rule in applied)
    depends = tuple(rule.rule_id for rule, applies in matches if applies is None)
    blocking = next((rule for rule in applied if rule.block), None)
    if blocking:
        return Verdict(Forbidden.RULE, blocking.rule_id, applied=ids, depends=depends)
    terms = tuple(rule.rule_id for rule in applied if rule.terms)
    hours = [rule.session_hours for rule in applied if rule.session_hours]
    return Verdict(
        mfa=tuple(rule.rule_id for rule in applied if rule.mfa),
        terms=terms,
        terms_version=policy.terms_version if terms or policy.terms_for_all else 0,
        session_seconds=min([policy.session_hours, *hours]) * HOUR,
        applied=ids,
        depends=depends,
    )


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def within(domain: str, patterns: Iterable[str]) -> bool:
    """`example.com` is that domain alone, `*.example.com` all below it. Nothing else matches by its ending."""
    return any(
        domain.endswith(pattern[1:]) and len(domain) >= len(pattern) if pattern.startswith("*.") else domain == pattern
        for pattern in patterns
    )


def _domain(policy: Policy, domain: str) -> Forbidden | None:
    if within(domain, policy.own_domains):
        return Forbidden.OWN_DOMAIN
    if within(domain, policy.denied_domains):
        return Forbidden.DENIED_DOMAIN
    if policy.allowed_domains and not within(domain, policy.allowed_domains):
        return Forbidden.NOT_ALLOWED_DOMAIN
    return None


def _applies(rule: Rule, it: Circumstances) -> bool | None:
    """None: it hangs on something that is not known yet."""
    parts = (
        not rule.workspaces or it.workspace_id in rule.workspaces,
        not rule.domains or within(domain_of(it.address), rule.domains),
        _known(rule.methods, it.method, it.method in rule.methods),
        _known(rule.networks, it.network, _inside(rule, it.network) is not rule.elsewhere),
        _known(rule.occasion, it.occasion, it.occasion is rule.occasion),
    )
    if False in parts:
        return False
    return None if None in parts else True


def _known(condition: object, fact: object, met: bool) -> bool | None:
    if not condition:
        return True
    return None if fact is None else met


def _inside(rule: Rule, network: Address | None) -> bool:
    return network is not None and any(network in _network(cidr) for cidr in rule.networks)


_network = lru_cache(4096)(ip_network)


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
