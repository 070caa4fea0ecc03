"""What a session opens right now. Asked at each request, from the facts of that moment: the policy, the stage of the
sign-in method, what the guest has done since the sign-in, and where the client is."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from domain import features, methods, policies
from domain.errors import ConsentNeeded, FeatureOff, NoSession, PolicyForbids, Refusal, SecondFactorNeeded
from domain.policies import Address, Circumstances, Method, Occasion, Policy, Verdict
from domain.value import value
from domain.views import Surface
from domain.work import Work

PROVIDER = "provider"
"""The second factor of a session whose provider asked for one."""


class Step(StrEnum):
    """What stands between a signed-in guest and a workspace, in the order in which it is asked."""

    SECOND_FACTOR = "second_factor"
    CONSENT = "consent"


@value
class Admitted:
    """A live membership that nothing forbids. `step`: to be taken before the guest is in; None: in."""

    row: Any
    verdict: Verdict
    step: Step | None
    preview: bool


def admitted(work: Work, found: Sequence[Any], network: Address | None) -> list[Admitted]:
    """`found` are the rows of one session that has not ended (storage/guests.py: SESSION); there is at least one.

    Raises NoSession, FeatureOff or PolicyForbids where nothing is left.
    """
    first = found[0]
    policy = policies.read(first.document, first.policy_version)
    method = Method(first.method or Method.EMAIL_PASSCODE)
    badges = features.states(work, first.tenant_id)
    usable = [row for row in found if _method_on(work, policy, method, row, badges[Surface(row.surface)].on)]
    if not usable:
        raise FeatureOff(first.tenant_id, language=first.language)
    verdicts = [(row, policies.decide(policy, _circumstances(row, method, network))) for row in usable]
    allowed = [(row, verdict) for row, verdict in verdicts if not verdict.forbidden]
    if not allowed:
        raise forbids(policy, verdicts[0][1], **known(first))
    fresh = [(row, verdict) for row, verdict in allowed if _fresh(work, row, verdict)]
    if not fresh:
        raise NoSession
    return [
        Admitted(row, verdict, _step(policy, row, verdict), badges[Surface(row.surface)].preview)
        for row, verdict in fresh
    ]


def through(found: Sequence[Admitted]) -> list[Admitted]:
    """Those that are open now. Raises StepNeeded where there is none."""
    ready = [each for each in found if each.step is None]
    if not ready:
        raise _refusal(min((each.step for each in found if each.step), key=list(Step).index))
    return ready


def _method_on(work: Work, policy: Policy, method: Method, row: Any, passcode_on: bool) -> bool:
    """Whether the session may go on: with an account, as long as it is the guest's, and a partner's as long as that
    very partner signs the address in."""
    if method is Method.EMAIL_PASSCODE:
        return passcode_on and method in policy.order
    return account_on(work, policy, method, row)


def account_on(work: Work, policy: Policy, method: Method, row: Any) -> bool:
    """Whether the account of that method and issuer may be signed in with."""
    if row.issuer is None or method not in methods.federated(work, policy):
        return False
    return method is not Method.PARTNER or bool(methods.partners_at(policy, row.issuer, row.address))


def strong(found: Sequence[Admitted]) -> Any:
    """The row of a guest who is in, for what concerns more than one workspace. Raises StepNeeded where any of them
    still waits for the second factor."""
    if any(each.step is Step.SECOND_FACTOR for each in found):
        raise SecondFactorNeeded
    return through(found)[0].row


def by_account(work: Work, row: Any, network: Address | None) -> bool:
    """Whether a returning guest came in with an account at first, and still can."""
    policy, method = policies.of(row), Method(row.method or Method.EMAIL_PASSCODE)
    it = Circumstances(row.workspace_id, row.address, method, network, Occasion.LATER)
    return account_on(work, policy, method, row) and policies.decide(policy, it).forbidden is None


def passcode_on(work: Work, row: Any) -> bool:
    """Whether the invitation's guest may be mailed a passcode."""
    return features.of_invitation(work, row).on and Method.EMAIL_PASSCODE in policies.of(row).order


def passcode_known(row: Any) -> bool:
    """Whether the invitation's guest may have come in with a passcode before, and is to keep that way."""
    return row.redeemed_at is not None and not row.by_account


def ways(work: Work, row: Any) -> bool:
    """Whether there is any sign-in method that the invitation's guest might have."""
    return passcode_on(work, row) or bool(methods.federated(work, policies.of(row)))


def forbids(policy: Policy, verdict: Verdict, **known: Any) -> PolicyForbids:
    """The refusal for a verdict that forbids."""
    assert verdict.forbidden
    name = next((rule.name for rule in policy.rules if rule.rule_id == verdict.rule_id), "")
    return PolicyForbids(verdict.forbidden, name, verdict.rule_id, **known)


def known(row: Any) -> dict[str, Any]:
    """Of a guest, for the refusal and its row in the audit."""
    return {"language": row.language, "tenant_id": row.tenant_id, "guest_id": row.guest_id}


def _circumstances(row: Any, method: Method, network: Address | None) -> Circumstances:
    """The first time is that of the membership which this very sign-in began; to all others the guest comes back."""
    first = row.occasion == Occasion.FIRST and row.started_at == row.created_at
    occasion = Occasion.FIRST if first else Occasion.LATER
    return Circumstances(row.workspace_id, row.address, method, network, occasion)


def _fresh(work: Work, row: Any, verdict: Verdict) -> bool:
    return row.created_at + timedelta(seconds=verdict.session_seconds) > work.now


def _step(policy: Policy, row: Any, verdict: Verdict) -> Step | None:
    if verdict.mfa and not _second_factor(policy, row):
        return Step.SECOND_FACTOR
    if (policy.privacy_url and row.consented_at is None) or verdict.terms_version > (row.terms_version or 0):
        return Step.CONSENT
    return None


def own_factor(row: Any) -> bool:
    """Whether the session has shown a second factor that its guest set up here."""
    return row.second_factor_at is not None and row.second_factor != PROVIDER


def _second_factor(policy: Policy, row: Any) -> bool:
    """A provider's counts no longer than the tenant trusts the provider with it."""
    if row.second_factor != PROVIDER:
        return own_factor(row)
    if row.method != Method.PARTNER:
        return row.method in policy.trusted_mfa
    partners = methods.partners_at(policy, row.issuer, row.address)
    return bool(partners) and all(each.trusts_mfa for each in partners)


def _refusal(step: Step) -> Refusal:
    return {Step.SECOND_FACTOR: SecondFactorNeeded, Step.CONSENT: ConsentNeeded}[step]()
