"""Would this person get in? One pure function, asked before an invitation, at each look at one, and by `explain`."""

from collections.abc import Sequence
from dataclasses import replace

from domain import methods
from domain.methods import Answer, Discovered
from domain.policies import Circumstances, Method, Policy, Rule, Verdict, decide
from domain.policy_views import Barrier, Entry, Explanation, PasscodeUse, RuleView, Unknown


def explain(
    policy: Policy, it: Circumstances, found: Sequence[Discovered], *, feature_on: bool, passcode_known: bool = False
) -> Explanation:
    """`found`: who has an account where; an unknown answer may turn out as anything. `feature_on`: of passcodes."""
    passcode_on = feature_on and Method.EMAIL_PASSCODE in policy.order
    verdict = decide(policy, it)
    if verdict.forbidden:
        rules = tuple(_rules(policy, it, verdict))
        return Explanation(it.address, Entry.NO, _barrier(policy, verdict), rules=rules)
    ways = methods.offered(policy, it, found, passcode_on=passcode_on, passcode_known=passcode_known)
    if len(ways) == 1:
        it = replace(it, method=ways[0].method)
        verdict = decide(policy, it)
    return Explanation(
        it.address,
        _entry(policy, it, ways),
        None if ways else _no_way(policy, it, found, passcode_on=passcode_on),
        tuple(found),
        ways,
        _passcode(policy, it, ways, feature_on=feature_on),
        tuple(_rules(policy, it, verdict)),
        bool(verdict.mfa),
        verdict.terms_version > 0,
        verdict.session_seconds,
    )


def must_ask(policy: Policy, it: Circumstances, *, feature_on: bool) -> bool:
    """Whether it hangs on accounts elsewhere that somebody gets in at all: not where a passcode does for everybody."""
    if decide(policy, it).forbidden:
        return False
    passcode_on = feature_on and Method.EMAIL_PASSCODE in policy.order
    return not passcode_on or decide(policy, replace(it, method=Method.EMAIL_PASSCODE)).forbidden is not None


def _barrier(policy: Policy, verdict: Verdict) -> Barrier:
    name = next((rule.name for rule in policy.rules if rule.rule_id == verdict.rule_id), "")
    return Barrier(verdict.forbidden, name, verdict.rule_id)


def _no_way(policy: Policy, it: Circumstances, found: Sequence[Discovered], *, passcode_on: bool) -> Barrier:
    """Where a rule took the last way, the rule is to blame; else nothing was there to begin with."""
    could = [each.method for each in found if each.answer is not Answer.NO and each.method in policy.order]
    for method in (*could, *((Method.EMAIL_PASSCODE,) if passcode_on else ())):
        verdict = decide(policy, replace(it, method=method))
        if verdict.forbidden:
            return _barrier(policy, verdict)
    return Barrier(None)


def _entry(policy: Policy, it: Circumstances, ways: Sequence[Discovered]) -> Entry:
    if not ways:
        return Entry.NO
    certain = [way for way in ways if way.answer is Answer.YES and not _may_be_blocked(policy, it, way.method)]
    return Entry.YES if certain else Entry.PERHAPS


def _may_be_blocked(policy: Policy, it: Circumstances, method: Method) -> bool:
    depends = decide(policy, replace(it, method=method)).depends
    return any(rule.block for rule in policy.rules if rule.rule_id in depends)


def _passcode(policy: Policy, it: Circumstances, ways: Sequence[Discovered], *, feature_on: bool) -> PasscodeUse:
    if not feature_on:
        return PasscodeUse.FEATURE_OFF
    if Method.EMAIL_PASSCODE not in policy.order:
        return PasscodeUse.SWITCHED_OFF
    if any(way.method is Method.EMAIL_PASSCODE for way in ways):
        return PasscodeUse.OFFERED
    if decide(policy, replace(it, method=Method.EMAIL_PASSCODE)).forbidden:
        return PasscodeUse.BLOCKED
    return PasscodeUse.NOT_NEEDED


def _rules(policy: Policy, it: Circumstances, verdict: Verdict) -> list[RuleView]:
    return [
        RuleView(
            rule.name, rule.block, rule.mfa, rule.terms, rule.session_hours,
            _waits(rule, it) if rule.rule_id in verdict.depends else (),
        )
        for rule in policy.rules
        if rule.rule_id in verdict.applied or rule.rule_id in verdict.depends
    ]  # fmt: skip


def _waits(rule: Rule, it: Circumstances) -> tuple[Unknown, ...]:
    open_ones = (
        (Unknown.METHOD, bool(rule.methods) and it.method is None),
        (Unknown.NETWORK, bool(rule.networks) and it.network is None),
        (Unknown.OCCASION, rule.occasion is not None and it.occasion is None),
    )
    return tuple(what for what, waits in open_ones if waits)
