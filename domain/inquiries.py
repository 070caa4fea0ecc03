"""Asking the policy about an address: before an invitation, at each further mail of one, whenever its card is drawn,
and when somebody wants to know beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain import (
    addresses,
    admission,
    blocks,
    features,
    inviting,
    methods,
    policies,
    present,
    states,
    typos,
    workspaces,
)
from domain.errors import FeatureOff, PolicyForbids, Refusal
from domain.explaining import explain as explained
from domain.explaining import must_ask
from domain.methods import Answer, Discovered, DiscoveryNeeded
from domain.policies import Circumstances, Forbidden, Method, Occasion, Policy, domain_of
from domain.policy_views import Barrier, Entry, ExplainView, Explanation, Typo, Unfit
from domain.value import value
from domain.views import Person, Place, Status, Surface, SurfaceState
from domain.work import Work
from storage import inquiries as rows

MOST = 5
"""Addresses explained in one answer."""
UNWANTED = Barrier(Forbidden.UNWANTED)
Answers = Mapping[str, Sequence[Discovered]] | None
"""By address. None: nobody has asked yet."""


@value
class Doubts:
    """Why nobody is invited before somebody has looked again."""

    unfit: tuple[Unfit, ...] = ()
    typos: tuple[Typo, ...] = ()


@value
class Inquiry:
    """One workspace's guests on one surface, under the tenant's policy."""

    work: Work
    tenant_id: str
    workspace_id: str
    policy: Policy
    stage: SurfaceState
    """Of the passcode's feature."""
    found: Answers
    occasion: Occasion = Occasion.FIRST
    passcode_known: bool = False

    @property
    def federated(self) -> tuple[Method, ...]:
        return methods.federated(self.work, self.policy)

    def possible(self) -> bool:
        """Whether there is a sign-in method for anybody."""
        return bool(self.federated) or (self.stage.on and Method.EMAIL_PASSCODE in self.policy.order)

    def ask(self, given: Sequence[str], *, always: bool = False) -> None:
        """Raises DiscoveryNeeded where somebody has to ask first: where it decides about entry, or (`always`) where
        anybody of that domain may come in at all."""
        if self.found is not None or not self.federated:
            return
        facts = [(each, self._circumstances(each)) for each in given]
        feature_on = self.stage.on and not always
        wanted = [each for each, it in facts if must_ask(self.policy, it, feature_on=feature_on)]
        if wanted:
            raise DiscoveryNeeded(self.policy, *wanted)

    def about(self, address: str) -> Explanation:
        return explained(
            self.policy,
            self._circumstances(address),
            self._answers(address),
            feature_on=self.stage.on,
            passcode_known=self.passcode_known,
        )

    def _circumstances(self, address: str) -> Circumstances:
        return Circumstances(self.workspace_id, address, occasion=self.occasion)

    def _answers(self, address: str) -> Sequence[Discovered]:
        """Whom nobody could ask about may have an account anywhere."""
        if self.found is None:
            return ()
        if address in self.found:
            return self.found[address]
        now = self.work.now
        return [Discovered(each, Answer.UNKNOWN, "not_asked", now, each.value) for each in self.federated]


def of_workspace(work: Work, workspace: Any, surface: Surface, found: Answers) -> Inquiry:
    policy = policies.of(workspace)
    stage = features.state(work, workspace.tenant_id, surface)
    return Inquiry(work, workspace.tenant_id, workspace.workspace_id, policy, stage, found)


def of_invitation(work: Work, row: Any, found: Answers) -> Inquiry:
    """From the facts that were read along with the invitation."""
    occasion = Occasion.FIRST if row.redeemed_at is None else Occasion.LATER
    stage = features.of_invitation(work, row)
    return Inquiry(
        work, row.tenant_id, row.workspace_id, policies.of(row), stage, found, occasion, admission.passcode_known(row)
    )


def open_to_somebody(work: Work, workspace: Any, surface: Surface, found: Answers) -> Inquiry:
    """For inviting. Raises FeatureOff where there is no sign-in method for anybody."""
    inquiry = of_workspace(work, workspace, surface, found)
    if not inquiry.possible():
        raise refusal(work, inquiry.tenant_id, "", Barrier(None))
    return inquiry


def sift(inquiry: Inquiry, given: Sequence[str]) -> tuple[Unfit, ...]:
    """Those that cannot be invited, each with what forbids it. Raises DiscoveryNeeded."""
    unwanted = blocks.among(inquiry.work, inquiry.tenant_id, given)
    inquiry.ask([each for each in given if each not in unwanted])
    barriers = [(each, UNWANTED if each in unwanted else inquiry.about(each).barrier) for each in given]
    if not any(barrier for _, barrier in barriers):
        return ()
    admins = workspaces.admin_names(inquiry.work, inquiry.tenant_id)
    return tuple(Unfit(each, replace(barrier, admins=admins)) for each, barrier in barriers if barrier)


def require(work: Work, row: Any, address: str, found: Answers) -> None:
    """For a further mail of an invitation. Raises PolicyForbids, FeatureOff, DiscoveryNeeded."""
    inquiry = of_invitation(work, row, found)
    if blocks.among(work, row.tenant_id, [address]):
        raise refusal(work, row.tenant_id, address, UNWANTED)
    inquiry.ask([address])
    barrier = inquiry.about(address).barrier
    if barrier:
        raise refusal(work, row.tenant_id, address, barrier)


def refusal(work: Work, tenant_id: str, address: str, barrier: Barrier) -> Refusal:
    admins = barrier.admins or workspaces.admin_names(work, tenant_id)
    if barrier.reason is None:
        return FeatureOff(tenant_id, admins=admins)
    return PolicyForbids(barrier.reason, barrier.rule, barrier.rule_id, address=address, admins=admins)


def barrier(work: Work, row: Any) -> Barrier | None:
    """What keeps an invitation's guest out now, as far as it is known without asking anybody; without names."""
    inquiry = of_invitation(work, row, {})
    if inquiry.policy is policies.NO_POLICY and inquiry.stage.on:
        return None  # as it is for most: anybody has a mailbox
    return inquiry.about(row.address).barrier


def suspicious(given: Sequence[str]) -> tuple[Typo, ...]:
    """Addresses at what is probably a mistyped mail provider."""
    found = [(each, typos.meant(domain_of(each))) for each in given]
    return tuple(Typo(each, domain) for each, domain in found if domain)


def explain(work: Work, place: Place, person: Person, given: Sequence[str], found: Answers = None) -> ExplainView:
    """What would become of an invitation, without making one. `given` as `addresses.parse` returns them; the first
    few are explained. Raises NotOwner, Outsider, MayNotInvite, DiscoveryNeeded."""
    inviter = inviting.required(work, place, person)
    workspace = inviter.workspace
    some = given[:MOST]
    there = present.by_address(work, workspace, some)
    fresh = of_workspace(work, workspace, Surface.CHAT, found)
    fresh.ask(some, always=True)
    used = _domains(work, fresh.policy, workspace.tenant_id)
    told = [_explained(work, fresh, there.get(addresses.key(each)), each, used) for each in some]
    unwanted = blocks.among(work, workspace.tenant_id, some)
    told = [replace(each, entry=Entry.NO, barrier=UNWANTED) if _refuses(each, unwanted) else each for each in told]
    if any(each.entry is Entry.NO for each in told):
        admins = workspaces.admin_names(work, workspace.tenant_id)
        told = [replace(each, barrier=each.barrier and replace(each.barrier, admins=admins)) for each in told]
    name = place.name or workspace.name
    return ExplainView(name, place.kind, work.now, tuple(told), len(given) - len(some))


def _refuses(it: Explanation, unwanted: frozenset[str]) -> bool:
    """Who is in already stays in."""
    return it.address in unwanted and it.status is not Status.REDEEMED


def _explained(work: Work, fresh: Inquiry, row: Any, address: str, used: frozenset[str]) -> Explanation:
    inquiry = fresh if present.over(work, row) else of_invitation(work, row, fresh.found)
    status = None if row is None else states.status(row, work.now)
    typo = typos.meant(domain_of(address), used) if status is None else ""
    return replace(inquiry.about(address), status=status, typo=typo)


def _domains(work: Work, policy: Policy, tenant_id: str) -> frozenset[str]:
    """That the tenant's guests come from, and that its policy names."""
    guests = {domain_of(row.address_key) for row in work.all(rows.KNOWN, {"tenant_id": tenant_id})}
    partners = [domain for partner in policy.partners for domain in partner.domains]
    named = [*policy.own_domains, *policy.allowed_domains, *policy.google_domains, *partners]
    return frozenset(guests | {domain.removeprefix("*.") for domain in named})
