"""What a tenant demands of its guests, and the one pure function that decides: before an invitation, at each step of a
redemption, at each request of a session – and when somebody asks what would happen.

Deny beats allow: a forbidden domain or a rule that blocks settles it, whatever else would let the guest in. Rules add
up otherwise: all demands of all rules that apply have to be met, and the shortest session counts.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network

from domain.policy_document import (
    LONGEST_HOURS,
    NO_POLICY,
    Approval,
    Forbidden,
    Inviting,
    Method,
    Occasion,
    Partner,
    Policy,
    Rule,
    of,
    read,
    written,
)
from domain.value import value

__all__ = [
    "LONGEST_HOURS",
    "NO_POLICY",
    "Approval",
    "Forbidden",
    "Inviting",
    "Method",
    "Occasion",
    "Partner",
    "Policy",
    "Rule",
    "of",
    "read",
    "written",
]

Address = IPv4Address | IPv6Address
HOUR = 3600


@value
class Circumstances:
    """Of one guest at one moment. What is None is not known yet: before a guest has chosen and come."""

    workspace_id: str
    address: str
    method: Method | None = None
    network: Address | None = None
    occasion: Occasion | None = None


@value
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


def waits(policy: Policy, address: str) -> bool:
    """Whether an invitation to this address needs an approver's word first."""
    if policy.approval is Approval.UNFAMILIAR:
        return not within(domain_of(address), policy.familiar_domains)
    return policy.approval is Approval.ALWAYS


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
