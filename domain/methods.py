"""Sign-in methods: which of them a guest is offered. Finding out who has an account where is the doors' (Discovery in
domain/doors.py); what follows from the answers is decided here, by one pure function."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.policies import Circumstances, Method, Partner, Policy, decide, domain_of, within
from domain.value import value

if TYPE_CHECKING:
    from domain.work import Work


class DiscoveryNeeded(Exception):
    """Not a refusal: the door asks who has an account where, and calls again with the answers. Nothing was written.

    Guests have one address. Where there may be several, the answers are wanted by address.
    """

    def __init__(self, policy: Policy, *addresses: str) -> None:
        super().__init__(*addresses)
        self.policy = policy
        self.addresses = addresses

    @property
    def address(self) -> str:
        return self.addresses[0]


class Answer(StrEnum):
    """Whether an address has an account there. Unknown is not a no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@value
class Discovered:
    """One method's answer for one address."""

    method: Method
    answer: Answer
    reason: str
    """A stable word: organisation, no_such_tenant, consumer_domain, partner_domain, unreachable, …"""
    asked_at: datetime
    provider_id: str = ""
    """Of a partner's provider; else the method's own name."""
    name: str = ""
    """What the guest knows it by."""


Found = Sequence[Discovered] | None
"""None: nobody has asked yet."""


def federated(work: "Work", policy: Policy) -> tuple[Method, ...]:
    """The methods besides the passcode that this installation and this tenant have, in the tenant's order."""
    there = {*work.providers, *(Method.PARTNER for _ in policy.partners[:1])}
    return tuple(method for method in policy.order if method in there)


def partner_of(policy: Policy, address: str) -> Partner | None:
    """The partner whose provider signs this address in."""
    domain = domain_of(address)
    return next((partner for partner in policy.partners if within(domain, partner.domains)), None)


def partners_at(policy: Policy, issuer: str | None, address: str) -> tuple[Partner, ...]:
    """The partners that sign this address in at this issuer."""
    domain = domain_of(address)
    return tuple(each for each in policy.partners if each.issuer == issuer and within(domain, each.domains))


def needed(work: "Work", policy: Policy, address: str, found: Found) -> Sequence[Discovered]:
    """The answers that an operation was given. Raises DiscoveryNeeded where somebody must ask first."""
    if found is not None:
        return found
    if federated(work, policy):
        raise DiscoveryNeeded(policy, address)
    return ()


def offered(
    policy: Policy, it: Circumstances, found: Sequence[Discovered], *, passcode_on: bool, passcode_known: bool = False
) -> tuple[Discovered, ...]:
    """What the guest may sign in with, best first; the passcode is the one whose `method` is EMAIL_PASSCODE.

    It is offered to those who have nothing better for certain, and to those who came in with it before
    (`passcode_known`): an account that appears later must not lock them out. What a rule blocks is not offered.
    `passcode_on`: the feature and the tenant's list say so.
    """
    by_method = {each.method: each for each in found if each.answer is not Answer.NO}
    better = [by_method[method] for method in policy.order if method in by_method]
    usable = [each for each in better if _permitted(policy, it, each.method)]
    certain = any(each.answer is Answer.YES for each in usable)
    offered_too = passcode_on and (passcode_known or not certain)
    if offered_too and _permitted(policy, it, Method.EMAIL_PASSCODE):
        usable.append(PASSCODE)
    return tuple(usable)


def _permitted(policy: Policy, it: Circumstances, method: Method) -> bool:
    tried = Circumstances(it.workspace_id, it.address, method, it.network, it.occasion)
    return decide(policy, tried).forbidden is None


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PASSCODE = Discovered(Method.EMAIL_PASSCODE, Answer.YES, "mailbox", LONG_AGO, Method.EMAIL_PASSCODE.value)
