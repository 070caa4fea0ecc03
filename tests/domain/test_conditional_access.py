"""Conditional access at every step: condition × control × step → result, orders of steps, replicas, what is kept."""

import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from domain import audit, terms_of_use
from domain.errors import ConsentNeeded, NoPasscode, NoSession, PolicyForbids, Refusal, SecondFactorNeeded
from domain.policies import Method, Occasion, Rule
from domain.views import SignedIn
from tests.domain import access_table
from tests.domain.access_table import (
    CHECK,
    CONDITIONS,
    CONTROLS,
    DECLINE,
    LISTS,
    OPEN,
    PAGE,
    REDEEM,
    RESULTS,
    SEND,
    STEPS,
)
from tests.domain.test_consent import accept
from tests.domain.world import CONTOSO, GROUP, GWEN, KEYS, Browser, World, build

PAGES = Path(__file__).parents[2] / "docs" / "policies.md"
INSIDE, ASKED, OPENED, DECLINING = (f"{name}@fabrikam.example" for name in ("inside", "asked", "opened", "declining"))


@dataclass
class People:
    """A guest before each step, all without any policy yet."""

    world: World
    inside: Browser
    asked: Browser
    opened: Browser
    declining: Browser
    """Only who was never in can decline."""

    @classmethod
    async def come(cls, world: World, *, later: bool) -> "People":
        """`later`: they were in before, and come back with the link that they still have."""
        holders = {address: await cls._holder(world, address, later=later) for address in (INSIDE, ASKED, OPENED)}
        declining = await cls._holder(world, DECLINING, later=False)
        for address in (INSIDE, ASKED):
            await holders[address].asks()
        await world.deliver()
        assert isinstance(await holders[INSIDE].types(world.passcode(INSIDE)), SignedIn)
        return cls(world, holders[INSIDE], holders[ASKED], holders[OPENED], declining)

    @staticmethod
    async def _holder(world: World, address: str, *, later: bool) -> Browser:
        await world.invite(address)
        if later:
            await world.comes_in(address)
            world.clock.move(minutes=2)
        return await world.opens(address)

    async def result(self, step: str) -> str:
        """In the words of the table. A short session is one that is over after two hours and not before."""
        act = {
            OPEN: self.opened.sees,
            SEND: self.opened.asks,
            REDEEM: lambda: self.asked.types(self.world.passcode(ASKED)),
            PAGE: self.inside.page,
            CHECK: self.inside.access,
            DECLINE: self.declining.declines,
        }[step]
        outcome = await told(act())
        if outcome != access_table.DONE or step not in (PAGE, CHECK):
            return outcome
        return await self._lasting(act)

    async def _lasting(self, act: Callable[[], Awaitable[Any]]) -> str:
        clock = self.world.clock
        clock.move(minutes=119)
        before = await told(act())
        clock.move(minutes=1)
        after = await told(act())
        clock.move(minutes=-120)
        assert before == access_table.DONE
        return access_table.TWO_HOURS if after == "over" else after


OUTCOMES: dict[type[Exception], str] = {
    PolicyForbids: access_table.SHUT_OUT,
    SecondFactorNeeded: access_table.FACTOR_FIRST,
    ConsentNeeded: access_table.TERMS_FIRST,
    NoSession: "over",
}


async def told(step: Awaitable[Any]) -> str:
    try:
        await step
    except Refusal as refusal:
        return OUTCOMES[type(refusal)]
    return access_table.DONE


async def placed(world: World, conditions: dict[str, Any]) -> dict[str, Any]:
    """Workspaces by id instead of by name."""
    ids = {row.name: row.workspace_id for row in await world.rows("SELECT name, workspace_id FROM workspaces")}
    named = tuple(ids.get(each, each) for each in conditions.get("workspaces", ()))
    return conditions | ({"workspaces": named} if named else {})


async def rules(world: World, conditions: dict[str, Any], *controls: str) -> tuple[Rule, ...]:
    await world.do(terms_of_use.publish, CONTOSO, audit.OPERATOR, {"en": "Be kind."})
    where = await placed(world, conditions)
    return tuple(Rule(f"id-{control}", control, **where, **CONTROLS[control]) for control in controls)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("condition", CONDITIONS)
async def test_a_rule_works_at_every_step_where_its_condition_is_met(
    world: World, condition: str, control: str
) -> None:
    people = await People.come(world, later=condition == "later sign-in")
    await world.policy(terms_for_all=False, rules=await rules(world, CONDITIONS[condition][0], control))
    results = [await people.result(step) for step in STEPS]
    assert dict(zip(STEPS, results, strict=True)) == dict(zip(STEPS, RESULTS[control], strict=True))


@pytest.mark.parametrize("condition", CONDITIONS)
async def test_rules_whose_condition_is_not_met_change_no_step(world: World, condition: str) -> None:
    people = await People.come(world, later=condition == "later sign-in")
    await world.policy(terms_for_all=False, rules=await rules(world, CONDITIONS[condition][1], *CONTROLS))
    assert tuple([await people.result(step) for step in STEPS]) == access_table.UNMET


@pytest.mark.parametrize("listed", LISTS)
async def test_a_domain_that_is_kept_out_is_kept_out_at_every_step(world: World, listed: str) -> None:
    people = await People.come(world, later=False)
    await world.policy(**LISTS[listed])
    assert tuple([await people.result(step) for step in STEPS]) == RESULTS["block"]


def test_the_documented_table_is_the_tested_one() -> None:
    written = PAGES.read_text(encoding="utf-8")
    assert "\n".join(access_table.lines()) in written


async def test_deny_beats_allow_whatever_the_order_of_rules(quick: World) -> None:
    browser = await quick.guest()
    block, ease = Rule("b", "b", block=True), Rule("a", "a", session_hours=24)
    for ordered in ((block, ease), (ease, block)):
        await quick.policy(allowed_domains=("fabrikam.example",), rules=ordered)
        with pytest.raises(PolicyForbids) as refused:
            await browser.page()
        assert refused.value.rule_id == "b"


# a returning guest, with the address alone


async def test_a_rule_for_later_sign_ins_works_for_who_comes_back_by_address(world: World) -> None:
    await world.guest()
    world.clock.move(minutes=2)
    later = {"occasion": Occasion.LATER}
    await world.policy(rules=(Rule("a", "a", **later, session_hours=1), Rule("b", "b", occasion=Occasion.FIRST)))
    browser = await comes_back(world)
    await browser.page()
    (row,) = await world.rows("SELECT rules FROM sessions WHERE occasion = 'later'")
    assert row.rules == "a"
    assert (await started(world))[-1]["rules"] == ["a"]
    world.clock.move(minutes=61)
    with pytest.raises(NoSession):
        await browser.page()
    asked = world.browser()
    await asked.asks_by_address()
    await world.policy(rules=(Rule("c", "c", **later, block=True),))
    with pytest.raises(PolicyForbids) as refused:
        await types_newest(world, asked)
    assert (refused.value.rule_id, refused.value.tenant_id) == ("c", CONTOSO)
    world.clock.move(minutes=2)
    await world.deliver()
    before = len(world.inbox)
    with pytest.raises(NoPasscode):
        await comes_back(world)
    await world.deliver()
    assert len(world.inbox) == before


async def comes_back(world: World) -> Browser:
    browser = world.browser()
    await browser.asks_by_address()
    await types_newest(world, browser)
    return browser


async def types_newest(world: World, browser: Browser) -> None:
    row = (await world.rows("SELECT * FROM passcodes ORDER BY issued_at"))[-1]
    await browser.types(KEYS.passcode(row.key_id, row.tenant_id, row.scope, row.passcode_id))


async def started(world: World) -> list[dict[str, Any]]:
    found = await world.rows("SELECT detail FROM audit_events WHERE kind = 'session.started' ORDER BY sequence")
    return [json.loads(row.detail) for row in found]


async def test_the_ids_of_the_rules_that_applied_are_with_the_session_and_in_the_audit(world: World) -> None:
    three = (
        Rule("r1", "a", networks=("203.0.113.0/24",), mfa=True),
        Rule("r2", "b", methods=(Method.GOOGLE,), block=True),
        Rule("r3", "c", domains=("fabrikam.example",), session_hours=3),
    )
    await world.policy(rules=three)
    await world.guest()
    (row,) = await world.rows("SELECT rules, session_id FROM sessions")
    assert row.rules.split() == ["r1", "r3"]
    (event,) = await started(world)
    assert (event["rules"], event["session"], event["method"]) == (["r1", "r3"], row.session_id, "email_passcode")


# orders of the steps

ORDERS = list(itertools.permutations(("passcode", "second factor", "consent", "page", "access")))
NEEDS = {
    "passcode": (),
    "second factor": ("passcode",),
    "consent": ("passcode", "second factor"),
    "page": ("passcode", "second factor", "consent"),
    "access": ("passcode", "second factor", "consent"),
}
LEGAL = {order for order in ORDERS if order[:3] == ("passcode", "second factor", "consent")}


@pytest.mark.parametrize("first", NEEDS)
async def test_of_all_orders_of_the_steps_only_the_legal_one_works(world: World, first: str) -> None:
    """F6. Each step works exactly where those before it were taken, and nothing else is written."""
    world.limit(owner_hour=1000)
    await world.do(terms_of_use.publish, CONTOSO, audit.OPERATOR, {"en": "Be kind."})
    await world.policy(rules=(Rule("r", "r", mfa=True),))
    for number, order in enumerate(order for order in ORDERS if order[0] == first):
        address = f"guest{number}@fabrikam.example"
        await world.invite(address)
        browser = await world.asks(address)
        taken: list[str] = []
        for step in order:
            worked = await works(world, browser, step, address)
            assert worked == (set(NEEDS[step]) <= set(taken)), (order, step)
            taken += [step] if worked else []
        assert (len(taken) == len(order)) == (order in LEGAL), order
    accepted = len([order for order in ORDERS if order[0] == first and in_order(order)])
    assert len(await world.rows("SELECT * FROM acceptances")) == accepted


def in_order(order: tuple[str, ...]) -> bool:
    return order.index("passcode") < order.index("second factor") < order.index("consent")


async def works(world: World, browser: Browser, step: str, address: str) -> bool:
    try:
        if step == "passcode":
            return isinstance(await browser.types(world.passcode(address)), SignedIn)
        if step == "second factor":
            return await proves(world, browser)
        if step == "consent":
            return isinstance(await accept(browser), SignedIn)
        return bool(await (browser.page() if step == "page" else browser.access()))
    except (NoSession, SecondFactorNeeded, ConsentNeeded):
        return False


async def proves(world: World, browser: Browser) -> bool:
    """The second factor, as far as the session is concerned."""
    from domain.secrets import digest

    proved = "UPDATE sessions SET second_factor_at = created_at WHERE session_hash = :hash"
    return await world.change(proved, hash=digest(browser.session)) == 1


async def test_the_first_time_is_that_of_the_workspace_that_was_entered_then(quick: World) -> None:
    """Whoever reads the guest's mail gets around no rule for those who come back, by way of another invitation."""
    await quick.guest()
    (team,) = await quick.rows("SELECT workspace_id FROM workspaces")
    await quick.policy(rules=(Rule("r1", "Back", workspaces=(team.workspace_id,), occasion=Occasion.LATER, mfa=True),))
    await quick.settle(GROUP)
    quick.clock.move(hours=1)
    await quick.invite(where=GROUP)
    thief = await quick.comes_in()
    lunch, steps = await thief.access(), {each.workspace: each.step for each in (await thief.page()).memberships}
    assert team.workspace_id not in lunch.workspace_ids
    assert steps == {"Launch": "second_factor", "Lunch": ""}


# replicas


@pytest.mark.postgres
async def test_a_change_works_at_the_next_request_on_every_replica(lasting: Callable[[], str]) -> None:
    url = lasting()
    one, other = build(url), build(url)
    other.clock = one.clock
    try:
        await one.settle()
        here = await one.guest()
        there = Browser(other, here.name, here.client, session=here.session)
        assert (await there.page()).address == GWEN
        await one.policy(rules=(Rule("r1", "Nobody", block=True),))
        for step in (there.page, there.access, here.page, here.access):
            with pytest.raises(PolicyForbids):
                await step()
        await other.policy(rules=())
        for step in (there.page, here.access):
            await step()
        await other.do(terms_of_use.publish, CONTOSO, audit.OPERATOR, {"en": "Be kind."})
        with pytest.raises(ConsentNeeded):
            await here.page()
        await accept(here)
        there.session = here.session
        await there.access()
    finally:
        await one.database.close()
        await other.database.close()
