"""Explaining beforehand: one pure function, and the same answer that a guest gets."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain import inquiries, settings, typos
from domain.errors import NotOwner, Outsider, Refusal
from domain.explaining import explain, must_ask
from domain.methods import Answer, Discovered, DiscoveryNeeded
from domain.policies import Circumstances, Forbidden, Method, Occasion, Policy, Rule
from domain.policy_views import Entry, ExplainView, Explanation, PasscodeUse, Unknown
from domain.views import Setting, SignedIn, Status
from tests.domain.world import ALICE, BOB, CONTOSO, GRETA, GWEN, TEAM, World

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HERE = Circumstances("w1", GWEN, occasion=Occasion.FIRST)


def said(method: Method, answer: Answer, reason: str = "organisation") -> Discovered:
    return Discovered(method, answer, reason, NOW, method.value)


MICROSOFT = said(Method.MICROSOFT, Answer.YES)
NO_MICROSOFT = said(Method.MICROSOFT, Answer.NO)
MAYBE_GOOGLE = said(Method.GOOGLE, Answer.UNKNOWN, "unreachable")
NO_PASSCODE = Rule("r", "No passcodes", methods=(Method.EMAIL_PASSCODE,), block=True)


def told(policy: Policy, *found: Discovered, feature_on: bool = True, **more: Any) -> Explanation:
    return explain(policy, HERE, found, feature_on=feature_on, **more)


@pytest.mark.parametrize(
    ("found", "feature_on", "entry", "ways", "passcode"),
    [
        ((), True, Entry.YES, ["email_passcode"], PasscodeUse.OFFERED),
        ((), False, Entry.NO, [], PasscodeUse.FEATURE_OFF),
        ((NO_MICROSOFT,), False, Entry.NO, [], PasscodeUse.FEATURE_OFF),
        ((MICROSOFT,), True, Entry.YES, ["microsoft"], PasscodeUse.NOT_NEEDED),
        ((MICROSOFT,), False, Entry.YES, ["microsoft"], PasscodeUse.FEATURE_OFF),
        ((NO_MICROSOFT, MAYBE_GOOGLE), True, Entry.YES, ["google", "email_passcode"], PasscodeUse.OFFERED),
        ((NO_MICROSOFT, MAYBE_GOOGLE), False, Entry.PERHAPS, ["google"], PasscodeUse.FEATURE_OFF),
    ],
)
def test_somebody_gets_in_who_has_a_sign_in_method_for_certain(
    found: tuple[Discovered, ...], feature_on: bool, entry: Entry, ways: list[str], passcode: PasscodeUse
) -> None:
    """An unknown answer is not a no."""
    it = told(Policy(), *found, feature_on=feature_on)
    assert (it.entry, [way.method.value for way in it.ways], it.passcode) == (entry, ways, passcode)
    assert (it.barrier is None) is (entry is not Entry.NO)


DOMAINS = [
    (Policy(own_domains=("fabrikam.example",)), Forbidden.OWN_DOMAIN),
    (Policy(denied_domains=("fabrikam.example",)), Forbidden.DENIED_DOMAIN),
    (Policy(allowed_domains=("other.example",)), Forbidden.NOT_ALLOWED_DOMAIN),
    (Policy(rules=(Rule("r", "No Fabrikam", domains=("fabrikam.example",), block=True),)), Forbidden.RULE),
    (Policy(rules=(NO_PASSCODE,)), Forbidden.RULE),
]


@pytest.mark.parametrize(("policy", "reason"), DOMAINS)
def test_what_forbids_it_is_named(policy: Policy, reason: Forbidden) -> None:
    it = told(policy)
    assert it.entry is Entry.NO
    assert it.barrier
    assert it.barrier.reason is reason
    assert it.barrier.rule == (policy.rules[0].name if policy.rules else "")


def test_a_rule_that_takes_the_last_way_is_to_blame_and_nobody_else() -> None:
    blocked = told(Policy(rules=(NO_PASSCODE,)), NO_MICROSOFT)
    assert blocked.barrier
    assert (blocked.barrier.reason, blocked.passcode) == (Forbidden.RULE, PasscodeUse.BLOCKED)
    nothing = told(Policy(rules=(NO_PASSCODE,)), NO_MICROSOFT, feature_on=False)
    assert nothing.barrier
    assert nothing.barrier.reason is None
    assert told(Policy(rules=(NO_PASSCODE,)), MICROSOFT).entry is Entry.YES


def test_a_rule_that_may_block_leaves_it_open() -> None:
    rule = Rule("r", "Office only", networks=("10.0.0.0/8",), elsewhere=True, block=True)
    it = told(Policy(rules=(rule,)))
    assert it.entry is Entry.PERHAPS
    (shown,) = it.rules
    assert (shown.name, shown.block, shown.waits) == ("Office only", True, (Unknown.NETWORK,))


def test_rules_are_told_with_their_demands_and_what_they_wait_for() -> None:
    rules = (
        Rule("a", "Strict", mfa=True, session_hours=4),
        Rule("b", "Microsoft people", methods=(Method.MICROSOFT,), terms=True),
        Rule("c", "Elsewhere", domains=("other.example",), mfa=True),
    )
    many = told(Policy(rules=rules, terms_version=2, terms_for_all=False), MAYBE_GOOGLE)
    assert [(rule.name, rule.waits) for rule in many.rules] == [("Strict", ()), ("Microsoft people", (Unknown.METHOD,))]
    assert (many.mfa, many.terms, many.session_seconds) == (True, False, 4 * 3600)
    sole = told(Policy(rules=rules, terms_version=2, terms_for_all=False), MICROSOFT)
    assert [(rule.name, rule.waits) for rule in sole.rules] == [("Strict", ()), ("Microsoft people", ())]
    assert sole.terms


def test_with_passcodes_nothing_is_asked_and_without_them_who_has_an_account_decides() -> None:
    off = Policy(methods=((Method.EMAIL_PASSCODE, False),))
    assert not must_ask(Policy(), HERE, feature_on=True)
    assert must_ask(Policy(), HERE, feature_on=False)
    assert must_ask(off, HERE, feature_on=True)
    assert must_ask(Policy(rules=(NO_PASSCODE,)), HERE, feature_on=True)
    assert not must_ask(Policy(denied_domains=("fabrikam.example",)), HERE, feature_on=False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yahooo.com", "yahoo.com"),
        ("googlmail.cm", "googlemail.com"),
        ("protnmial.com", "protonmail.com"),
        ("gmail.com", ""),
        ("mail.com", ""),
        ("email.com", ""),
        ("ymail.com", ""),
        ("gmx.de", ""),
        ("me.com", ""),
        ("ge.com", ""),
        ("outlook.fr", ""),
        ("hotmail.es", ""),
        ("fabrikam.example", ""),
    ],
)
def test_typing_mistakes_in_well_known_mail_domains_are_found_and_others_left_alone(typed: str, meant: str) -> None:
    assert typos.meant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "used", "meant"),
    [
        ("fabrkiam.example", ("fabrikam.example",), "fabrikam.example"),
        ("fabrikam.exmaple", ("fabrikam.example",), "fabrikam.example"),
        ("fabrikam.example", ("fabrikam.example", "fabrikan.example"), ""),
        ("guest2.example", ("guest1.example",), ""),
        ("y.example", ("x.example",), ""),
        ("tailspin.example", ("fabrikam.example",), ""),
    ],
)
def test_domains_that_guests_come_from_are_compared_too(typed: str, used: tuple[str, ...], meant: str) -> None:
    assert typos.meant(typed, used) == meant


@pytest.mark.parametrize(
    ("one", "other", "far"), [("ab", "ba", 1), ("abc", "abc", 0), ("abc", "ab", 1), ("abcd", "badc", 2), ("", "ab", 2)]
)
def test_letters_added_left_out_changed_and_exchanged_are_counted(one: str, other: str, far: int) -> None:
    assert typos.distance(one, other) == typos.distance(other, one) == far


# ── the operation ────────────────────────────────────────────────────────────────────────────────────────────────────


async def explained(world: World, *given: str, **more: Any) -> Explanation:
    view: ExplainView = await world.do(inquiries.explain, TEAM, ALICE, given or (GWEN,), **more)
    return view.explanations[0]


async def test_explaining_writes_nothing_and_says_what_is_known_of_an_address(world: World) -> None:
    before = await world.contents()
    fresh = await explained(world)
    assert (fresh.entry, fresh.status) == (Entry.YES, None)
    assert await world.contents() == before
    await world.invite()
    assert (await explained(world)).status is Status.SENDING
    browser = await world.opens()
    await browser.declines()
    assert (await explained(world)).status is Status.DECLINED
    world.clock.move(minutes=2)
    await world.guest()
    assert (await explained(world)).status is Status.REDEEMED


async def test_owners_and_admins_only_are_told(world: World) -> None:
    for person in (BOB, GRETA):
        with pytest.raises((NotOwner, Outsider)):
            await world.do(inquiries.explain, TEAM, person, (GWEN,))


async def test_admins_are_named_where_something_forbids_it(world: World) -> None:
    await world.guest("dora.knows@fabrikam.example")
    world.settings["admins"] = frozenset({ALICE.person_id})
    await world.policy(denied_domains=("fabrikam.example",))
    it = await explained(world)
    assert it.barrier
    assert it.barrier.admins == ("Alice Owner",)


async def test_a_domain_that_guests_come_from_is_probably_meant(world: World) -> None:
    await world.guest()
    assert (await explained(world, "peter@fabrkiam.example")).typo == "fabrikam.example"
    assert (await explained(world, "peter@gmial.com")).typo == "gmail.com"
    assert (await explained(world, "peter@fabrikam.example")).typo == ""


async def test_only_a_few_addresses_are_explained_at_once(quick: World) -> None:
    many = [f"guest{number}@fabrikam.example" for number in range(8)]
    view: ExplainView = await quick.do(inquiries.explain, TEAM, ALICE, many)
    assert ([each.address for each in view.explanations], view.left) == (many[:5], 3)


async def test_who_has_an_account_is_asked_first_and_told_with_its_age(world: World) -> None:
    world.settings["providers"] = frozenset({Method.MICROSOFT})
    with pytest.raises(DiscoveryNeeded) as needed:
        await explained(world)
    assert needed.value.addresses == (GWEN,)
    it = await explained(world, found={GWEN: (MICROSOFT,)})
    assert (it.entry, it.passcode, it.answers) == (Entry.YES, PasscodeUse.NOT_NEEDED, (MICROSOFT,))


async def test_nobody_is_asked_about_an_address_that_is_forbidden_anyway(world: World) -> None:
    world.settings["providers"] = frozenset({Method.MICROSOFT})
    await world.policy(denied_domains=("fabrikam.example",))
    it = await explained(world)
    assert (it.entry, it.answers, it.passcode) == (Entry.NO, (), None)
    with pytest.raises(DiscoveryNeeded) as needed:
        await explained(world, GWEN, "peter@tailspin.example")
    assert needed.value.addresses == ("peter@tailspin.example",)


async def test_what_nobody_could_ask_in_time_is_unknown(world: World) -> None:
    world.settings["providers"] = frozenset({Method.MICROSOFT})
    it = await explained(world, found={})
    assert [each.answer for each in it.answers] == [Answer.UNKNOWN]
    assert (it.entry, it.passcode) == (Entry.YES, PasscodeUse.OFFERED)
    await world.do(settings.set_tenant_by_operator, CONTOSO, "email_passcode", Setting.DISABLED)
    assert (await explained(world, found={})).entry is Entry.PERHAPS


POLICIES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "own": {"own_domains": ("fabrikam.example",)},
    "denied": {"denied_domains": ("fabrikam.example",)},
    "not allowed": {"allowed_domains": ("other.example",)},
    "allowed": {"allowed_domains": ("*.example",)},
    "blocked": {"rules": (Rule("r", "No", domains=("fabrikam.example",), block=True),)},
    "another domain": {"rules": (Rule("r", "No", domains=("other.example",), block=True),)},
    "no passcodes": {"rules": (NO_PASSCODE,)},
    "passcodes off": {"methods": ((Method.EMAIL_PASSCODE, False),)},
    "first time": {"rules": (Rule("r", "No", occasion=Occasion.FIRST, block=True),)},
    "later": {"rules": (Rule("r", "No", occasion=Occasion.LATER, block=True),)},
}


@pytest.mark.parametrize("name", POLICIES)
async def test_who_is_said_to_get_in_gets_in_and_nobody_else(quick: World, name: str) -> None:
    await quick.invite()
    await quick.deliver()
    await quick.policy(**POLICIES[name])
    entry = (await explained(quick)).entry
    browser = quick.browser()
    try:
        await browser.opens(quick.link())
        await browser.asks()
        await quick.deliver()
        entered: object = await browser.types(quick.passcode())
    except Refusal:
        entered = None
    assert isinstance(entered, SignedIn) is (entry is Entry.YES)
