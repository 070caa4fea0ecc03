"""Policies: one pure function, and the same answer at every step."""

import itertools
from ipaddress import ip_address
from typing import Any

import pytest

from domain import policies, policy_changes
from domain.errors import ConsentNeeded, NoSession, PolicyForbids, SecondFactorNeeded, Superseded
from domain.policies import (
    NO_POLICY,
    Circumstances,
    Forbidden,
    Method,
    Occasion,
    Partner,
    Policy,
    Rule,
    decide,
    within,
)
from tests.domain.world import CONTOSO, DORA, FOREIGN, GWEN, World

OFFICE, HOME = ip_address("10.1.2.3"), ip_address("203.0.113.7")
HERE = Circumstances("w1", GWEN, Method.EMAIL_PASSCODE, OFFICE, Occasion.FIRST)
MET: dict[str, dict[str, Any]] = {
    "workspace": {"workspaces": ("w0", "w1")},
    "domain": {"domains": ("fabrikam.example",)},
    "method": {"methods": (Method.EMAIL_PASSCODE,)},
    "network": {"networks": ("192.0.2.0/24", "10.0.0.0/8")},
    "elsewhere": {"networks": ("192.0.2.0/24",), "elsewhere": True},
    "occasion": {"occasion": Occasion.FIRST},
}
UNMET: dict[str, dict[str, Any]] = {
    "workspace": {"workspaces": ("w2",)},
    "domain": {"domains": ("evil-fabrikam.example", "*.fabrikam.example")},
    "method": {"methods": (Method.MICROSOFT, Method.GOOGLE)},
    "network": {"networks": ("192.0.2.0/24", "2001:db8::/32")},
    "elsewhere": {"networks": ("10.0.0.0/8",), "elsewhere": True},
    "occasion": {"occasion": Occasion.LATER},
}
CONTROLS: dict[str, dict[str, Any]] = {
    "block": {"block": True},
    "mfa": {"mfa": True},
    "terms": {"terms": True},
    "lifetime": {"session_hours": 2},
}


PAIRS = list(itertools.combinations([name for name in MET if name != "elsewhere"], 2))


def effect(policy: Policy, it: Circumstances = HERE) -> tuple[Any, ...]:
    verdict = decide(policy, it)
    return verdict.forbidden, bool(verdict.mfa), verdict.terms_version, verdict.session_seconds


WANTED = {
    "block": (Forbidden.RULE, False, 0, 86400),
    "mfa": (None, True, 0, 86400),
    "terms": (None, False, 3, 86400),
    "lifetime": (None, False, 0, 7200),
}


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("condition", MET)
def test_a_rule_works_exactly_where_its_condition_is_met(condition: str, control: str) -> None:
    def policy(conditions: dict[str, Any]) -> Policy:
        return Policy(terms_version=3, terms_for_all=False, rules=(Rule("r", "", **conditions, **CONTROLS[control]),))

    assert effect(policy(MET[condition])) == WANTED[control]
    assert effect(policy(UNMET[condition])) == (None, False, 0, 86400)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_all_conditions_of_a_rule_have_to_be_met(one: str, other: str) -> None:
    assert effect(Policy(rules=(Rule("r", "", **MET[one], **MET[other], block=True),)))[0] is Forbidden.RULE
    assert effect(Policy(rules=(Rule("r", "", **MET[one], **UNMET[other], block=True),)))[0] is None


def test_rules_add_up_deny_beats_allow_and_the_deciding_rule_is_named() -> None:
    strict, short, long = Rule("a", "", mfa=True), Rule("b", "", session_hours=1), Rule("c", "", session_hours=8)
    verdict = decide(Policy(rules=(strict, long, short), session_hours=4), HERE)
    assert (verdict.mfa, verdict.session_seconds, verdict.applied) == (("a",), 3600, ("a", "c", "b"))
    verdict = decide(Policy(rules=(strict, short, Rule("d", "", block=True))), HERE)
    assert (verdict.forbidden, verdict.rule_id) == (Forbidden.RULE, "d")


def test_what_is_not_known_yet_is_neither_met_nor_unmet() -> None:
    early = Circumstances("w1", GWEN)
    for condition in ("method", "network", "elsewhere", "occasion"):
        verdict = decide(Policy(rules=(Rule("r", "", **MET[condition], block=True),)), early)
        assert (verdict.forbidden, verdict.depends) == (None, ("r",))
    never = Rule("r", "", **UNMET["domain"], **MET["network"], block=True)
    assert decide(Policy(rules=(never,)), early).depends == ()


DOMAINS = [
    (Policy(), None),
    (Policy(own_domains=("fabrikam.example",), allowed_domains=("fabrikam.example",)), Forbidden.OWN_DOMAIN),
    (Policy(denied_domains=("fabrikam.example",)), Forbidden.DENIED_DOMAIN),
    (Policy(denied_domains=("*.fabrikam.example", "rikam.example", "example")), None),
    (Policy(denied_domains=("*.example",)), Forbidden.DENIED_DOMAIN),
    (Policy(allowed_domains=("fabrikam.example",)), None),
    (Policy(allowed_domains=("other.example",)), Forbidden.NOT_ALLOWED_DOMAIN),
    (Policy(allowed_domains=("*.fabrikam.example",)), Forbidden.NOT_ALLOWED_DOMAIN),
]


@pytest.mark.parametrize(("policy", "wanted"), DOMAINS)
def test_domains_are_allowed_or_denied(policy: Policy, wanted: Forbidden | None) -> None:
    assert decide(policy, HERE).forbidden is wanted


@pytest.mark.parametrize(
    ("domain", "pattern", "inside"),
    [
        ("example.com", "example.com", True),
        ("attacker-example.com", "example.com", False),
        ("sub.example.com", "example.com", False),
        ("sub.example.com", "*.example.com", True),
        ("a.b.example.com", "*.example.com", True),
        ("example.com", "*.example.com", False),
        ("notexample.com", "*.example.com", False),
        (".example.com", "*.example.com", False),
        ("example.com.evil.example", "example.com", False),
    ],
)
def test_a_domain_matches_whole_or_at_a_dot(domain: str, pattern: str, inside: bool) -> None:
    assert within(domain, (pattern,)) is inside


def test_a_policy_is_read_as_it_was_written() -> None:
    full = Policy(
        4, ("a.example",), (), ("b.example",), (Rule("r", "Näme", **MET["network"], occasion=Occasion.LATER),),
        ((Method.GOOGLE, False), (Method.MICROSOFT, True)), (Partner("p", "P", "https://p", "c", ("c.example",)),),
        ("d.example",), (Method.GOOGLE,), 2, False, "https://privacy", 12,
    )  # fmt: skip
    assert policies.read(policies.written(full), 4) == full
    assert policies.read(None, None) == NO_POLICY


def test_the_passcode_is_the_last_method_wherever_it_is_put() -> None:
    policy = Policy(methods=((Method.EMAIL_PASSCODE, True), (Method.GOOGLE, True), (Method.PERSONAL, False)))
    assert policy.order == (Method.GOOGLE, Method.MICROSOFT, Method.PARTNER, Method.EMAIL_PASSCODE)
    assert Policy(methods=((Method.EMAIL_PASSCODE, False),)).order[-1] is Method.PERSONAL


# the same answer at every step


@pytest.fixture
async def world(world: World) -> World:
    await world.settle()
    return world


BLOCKED = {"rules": (Rule("r1", "Nobody from outside", networks=("203.0.113.0/24",), block=True),)}


async def test_a_rule_that_comes_meanwhile_blocks_every_step(world: World) -> None:
    inside = await world.guest()
    await world.invite("second@fabrikam.example")
    browser = await world.opens("second@fabrikam.example")
    await browser.asks()
    await world.deliver()
    await world.policy(**BLOCKED)
    for step in (inside.page, inside.access, browser.sees, browser.asks):
        with pytest.raises(PolicyForbids):
            await step()
    with pytest.raises(PolicyForbids) as refusal:
        await browser.types(world.passcode("second@fabrikam.example"))
    assert (refusal.value.rule, refusal.value.rule_id) == ("Nobody from outside", "r1")
    await world.policy(rules=())
    await inside.page()
    await browser.types(world.passcode("second@fabrikam.example"))
    await browser.page()


async def test_an_open_invitation_into_a_domain_that_is_denied_now_is_not_mailed(world: World) -> None:
    await world.invite()
    await world.policy(denied_domains=("fabrikam.example",))
    await world.deliver()
    assert not world.inbox


async def test_one_tenants_policy_is_not_the_others(world: World) -> None:
    await world.policy(FOREIGN.tenant_id, denied_domains=("fabrikam.example",))
    await (await world.guest()).page()


async def test_a_passcode_alone_never_meets_a_demand_for_a_second_factor(world: World) -> None:
    browser = await world.guest()
    await world.policy(rules=(Rule("r", "", mfa=True),))
    for step in (browser.page, browser.access):
        with pytest.raises(SecondFactorNeeded):
            await step()


async def test_terms_and_privacy_statement_are_asked_for_at_the_next_request(world: World) -> None:
    browser = await world.guest()
    await world.policy(terms_version=1)
    with pytest.raises(ConsentNeeded):
        await browser.access()
    await world.policy(terms_version=0, privacy_url="https://contoso.example/privacy")
    with pytest.raises(ConsentNeeded):
        await browser.access()


async def test_a_session_is_as_long_as_the_shortest_rule_says_now(world: World) -> None:
    browser = await world.guest()
    await world.policy(rules=(Rule("r", "", session_hours=2),))
    world.clock.move(hours=1, minutes=59, seconds=59)
    await browser.page()
    world.clock.move(seconds=1)
    with pytest.raises(NoSession):
        await browser.page()
    await world.policy(rules=())
    await browser.page()


async def test_the_rules_that_applied_are_kept_with_the_session_and_its_event(world: World) -> None:
    await world.policy(rules=(Rule("r1", "", occasion=Occasion.FIRST), Rule("r2", "", methods=(Method.GOOGLE,))))
    await world.guest()
    assert [row.rules for row in await world.rows("SELECT rules FROM sessions")] == ["r1"]
    found = await world.rows("SELECT detail FROM audit_events WHERE kind = 'session.started'")
    assert '"rules":["r1"]' in found[0].detail


# changing it


async def test_a_change_is_made_at_the_version_that_was_looked_at_and_audited(world: World) -> None:
    await world.policy(own_domains=("contoso.example",))
    with pytest.raises(Superseded):
        await world.do(policy_changes.change, CONTOSO, DORA.person_id, lambda _: Policy(), seen=0)
    await world.policy(own_domains=("contoso.example",))
    assert (await world.look(policy_changes.of_tenant, CONTOSO)).version == 1
    assert (await world.events()).count("policy.changed") == 1
    found = await world.rows("SELECT detail FROM audit_events WHERE kind = 'policy.changed'")
    assert found[0].detail == ('{"after":{"own_domains":["contoso.example"]},"before":{"own_domains":[]},"version":1}')
