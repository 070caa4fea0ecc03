"""Feature stages: one decision, asked at every step, for the surface that an invitation was made on."""

import itertools
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import features, invitations, settings, workspaces
from domain.errors import FeatureOff, NotAdmin, Outsider, Refusal
from domain.views import PasscodeMail, Setting, SignedIn, Stage, Surface
from tests.domain.world import ALICE, CONTOSO, DORA, GRETA, GROUP, GWEN, TEAM, Browser, World

FROM = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TRUTH = {
    (Stage.OFF, Setting.DEFAULT): (False, False, False, False),
    (Stage.OFF, Setting.ENABLED): (False, False, False, False),
    (Stage.OFF, Setting.DISABLED): (False, False, False, False),
    (Stage.PREVIEW, Setting.DEFAULT): (False, False, False, False),
    (Stage.PREVIEW, Setting.ENABLED): (True, True, True, True),
    (Stage.PREVIEW, Setting.DISABLED): (False, False, False, False),
    (Stage.GA, Setting.DEFAULT): (True, False, True, True),
    (Stage.GA, Setting.ENABLED): (True, True, True, True),
    (Stage.GA, Setting.DISABLED): (False, False, False, False),
}
"""Without a date; a second before it; at it; a second after it."""


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"])
def host_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(("stage", "setting"), TRUTH)
def test_the_decision_is_as_the_table_says_wherever_the_host_is(
    host_zone: None, stage: Stage, setting: Setting
) -> None:
    """G10."""
    moments = [(None, FROM), (FROM, FROM - SECOND), (FROM, FROM), (FROM, FROM + SECOND)]
    decided = tuple(features.decide(stage, from_at, setting, now) for from_at, now in moments)
    assert decided == TRUTH[stage, setting]


def test_the_table_has_every_stage_and_setting() -> None:
    assert set(TRUTH) == set(itertools.product(Stage, Setting))


async def _stage(world: World, stage: Stage, surface: Surface = Surface.CHAT, from_at: datetime | None = None) -> None:
    await world.do(settings.set_rollout, features.EMAIL_PASSCODE, surface, stage, from_at)


async def _tenant(world: World, setting: Setting) -> None:
    await world.do(settings.set_tenant_by_operator, CONTOSO, features.EMAIL_PASSCODE, setting)


async def test_a_fresh_installation_is_ga_and_on_for_both_surfaces(world: World) -> None:
    states = await world.look(features.states, CONTOSO)
    assert {surface: (state.on, state.stage, state.preview) for surface, state in states.items()} == dict.fromkeys(
        Surface, (True, Stage.GA, False)
    )
    assert [(each.surface, each.stage) for each in await world.look(settings.rollouts)] == [
        (surface, Stage.GA) for surface in Surface
    ]


async def test_a_date_switches_by_itself_and_can_move(world: World) -> None:
    moment = world.clock.now + timedelta(days=3)
    await _stage(world, Stage.GA, from_at=moment)
    with pytest.raises(FeatureOff):
        await world.invite()
    world.clock.now = moment - SECOND
    with pytest.raises(FeatureOff):
        await world.invite()
    world.clock.now = moment
    await world.invite()
    await _stage(world, Stage.GA, from_at=moment + timedelta(days=1))
    with pytest.raises(FeatureOff):
        await world.do(invitations.resend, TEAM, ALICE, GWEN)


async def test_a_preview_is_on_where_it_was_switched_on_and_wears_a_badge(world: World) -> None:
    await _stage(world, Stage.PREVIEW)
    with pytest.raises(FeatureOff):
        await world.invite()
    await _tenant(world, Setting.ENABLED)
    assert (await world.invite()).preview
    browser = await world.comes_in()
    assert (await browser.sees()).preview
    assert (await browser.page()).memberships[0].preview
    await _stage(world, Stage.GA)
    assert not (await world.card()).preview


Step = Callable[[World, Browser], Awaitable[Any]]
STEPS: dict[str, tuple[str, Step]] = {
    "invite": ("opened", lambda world, _: world.do(invitations.invite, TEAM, ALICE, ("x@x.example",), None)),
    "draft": ("opened", lambda world, _: world.do(invitations.draft, TEAM, ALICE, ("x@x.example",), None)),
    "resend": ("opened", lambda world, _: world.do(invitations.resend, TEAM, ALICE, GWEN)),
    "extend": ("opened", lambda world, _: world.do(invitations.extend, TEAM, ALICE, GWEN, 5)),
    "correct": ("opened", lambda world, _: world.do(invitations.correct, TEAM, ALICE, GWEN, "x@x.example")),
    "offer": ("opened", lambda _, browser: browser.sees()),
    "request": ("opened", lambda _, browser: browser.asks()),
    "enter": ("asked", lambda world, browser: browser.types(world.passcode())),
    "page": ("in", lambda _, browser: browser.page()),
    "access": ("in", lambda _, browser: browser.access()),
    "request again": ("in", lambda _, browser: browser.asks()),
}
SWITCHES: dict[str, Callable[[World], Awaitable[None]]] = {
    "rollout": lambda world: _stage(world, Stage.OFF),
    "tenant": lambda world: _tenant(world, Setting.DISABLED),
}


@pytest.mark.parametrize("switch", [*SWITCHES, "veto"])
@pytest.mark.parametrize("step", STEPS)
async def test_each_step_is_refused_from_the_moment_the_feature_is_off(quick: World, step: str, switch: str) -> None:
    """B8."""
    until, act = STEPS[step]
    await quick.invite()
    browser = await {"opened": quick.opens, "asked": quick.asks, "in": quick.comes_in}[until]()
    quick.clock.move(seconds=61)
    if switch == "veto":
        quick.vetoes = frozenset({(features.EMAIL_PASSCODE, Surface.CHAT)})
    else:
        await SWITCHES[switch](quick)
    before = await quick.contents()
    with pytest.raises(FeatureOff):
        await act(quick, browser)
    assert await quick.contents() == before
    quick.vetoes = frozenset()
    await _stage(quick, Stage.GA)
    await _tenant(quick, Setting.DEFAULT)
    await act(quick, browser)


@pytest.mark.parametrize("made_on", Surface)
@pytest.mark.parametrize("off", Surface)
async def test_an_invitation_keeps_the_surface_it_was_made_on(quick: World, made_on: Surface, off: Surface) -> None:
    await quick.do(invitations.invite, TEAM, ALICE, (GWEN,), None, made_on)
    browser = await quick.asks()
    quick.clock.move(seconds=61)
    await _stage(quick, Stage.OFF, off)
    for act in (browser.sees, browser.asks, lambda: quick.do(invitations.resend, TEAM, ALICE, GWEN)):
        if made_on is off:
            with pytest.raises(FeatureOff):
                await act()
        else:
            await act()


async def test_no_mail_goes_out_while_the_feature_is_off(world: World) -> None:
    await world.invite("a@x.example")
    await world.invite()
    await (await world.opens()).asks()
    await world.invite("b@x.example")
    sent = len(world.inbox)
    await _tenant(world, Setting.DISABLED)
    await world.deliver()
    assert len(world.inbox) == sent


async def test_a_returning_guest_is_in_if_the_surface_of_any_live_membership_allows(world: World) -> None:
    await world.settle(GROUP)
    await world.do(invitations.invite, TEAM, ALICE, (GWEN,), None, Surface.CHAT)
    await world.comes_in()
    await world.do(invitations.invite, GROUP, ALICE, (GWEN,), None, Surface.API)
    world.clock.move(seconds=61)
    await world.comes_in()
    world.clock.move(hours=2)
    for off in Surface:
        await _stage(world, Stage.OFF, off)
        browser = world.browser()
        await browser.asks_by_address()
        await world.deliver()
        assert isinstance(await browser.types(world.passcode()), SignedIn)
        workspace = "Lunch" if off is Surface.CHAT else "Launch"
        page = await browser.page()
        assert [each.workspace for each in page.memberships] == [workspace]
        assert (await browser.access()).workspace_ids == (page.memberships[0].workspace_id,)
        world.clock.move(hours=2)
        await _stage(world, Stage.GA, off)
    await _stage(world, Stage.OFF, Surface.CHAT)
    await _stage(world, Stage.OFF, Surface.API)
    for asked in (browser.page, browser.access):
        with pytest.raises(FeatureOff):
            await asked()


async def test_by_address_a_guest_whose_tenant_is_off_is_as_unknown(world: World) -> None:
    await world.guest()
    world.clock.move(hours=2)
    asked = world.browser()
    await asked.asks_by_address()
    await _tenant(world, Setting.DISABLED)
    sent = len(world.mails(PasscodeMail))
    await world.deliver()
    world.clock.move(seconds=61)
    later = world.browser()
    await later.asks_by_address()
    await world.deliver()
    assert len(world.mails(PasscodeMail)) == sent


async def test_a_typed_passcode_of_a_returning_guest_is_refused_and_not_spent_while_the_feature_is_off(
    world: World,
) -> None:
    await world.guest()
    world.clock.move(hours=2)
    browser = world.browser()
    await browser.asks_by_address()
    await world.deliver()
    await _tenant(world, Setting.DISABLED)
    with pytest.raises(FeatureOff):
        await browser.types(world.passcode())
    await _tenant(world, Setting.DEFAULT)
    assert isinstance(await browser.types(world.passcode()), SignedIn)


async def test_settings_are_for_admins_and_each_change_is_audited_with_before_and_after(world: World) -> None:
    for person, refused in ((ALICE, NotAdmin), (GRETA, Outsider)):
        before = await world.contents()
        for act in (
            world.do(settings.show, TEAM, person),
            world.do(settings.set_tenant, TEAM, person, features.EMAIL_PASSCODE, Setting.ENABLED),
        ):
            with pytest.raises(refused):
                await act
        assert await world.contents() == before
    world.settings["admins"] = frozenset({DORA.person_id})
    await world.invite()
    await world.comes_in()
    await world.invite("open@x.example")
    shown = await world.do(settings.set_tenant, TEAM, DORA, features.EMAIL_PASSCODE, Setting.DISABLED)
    assert shown.features[0].setting is Setting.DISABLED
    assert not any(each.on for each in shown.features[0].surfaces)
    assert (shown.affected.guests, shown.affected.pending) == (1, 1)
    await world.do(settings.set_tenant, TEAM, DORA, features.EMAIL_PASSCODE, Setting.DISABLED)
    rows = await world.rows("SELECT actor, detail FROM audit_events WHERE kind = 'feature.set'")
    assert [(row.actor, row.detail) for row in rows] == [
        (DORA.person_id, '{"after":"disabled","before":"default","feature":"email_passcode"}')
    ]


async def test_who_is_refused_in_the_chat_reads_who_can_change_it(quick: World) -> None:
    quick.settings["admins"] = frozenset({DORA.person_id})
    await quick.do(settings.show, TEAM, DORA)
    await quick.do(workspaces.remember, DORA)
    await _stage(quick, Stage.OFF)
    with pytest.raises(FeatureOff) as refusal:
        await quick.invite()
    assert refusal.value.admins == ("Dora Admin",)
    assert isinstance(refusal.value, Refusal)


DOORS: dict[str, tuple[Callable[[World], Awaitable[Any]], Callable[[World], Awaitable[Any]]]] = {
    "rollout": (SWITCHES["rollout"], lambda world: _stage(world, Stage.GA)),
    "tenant": (SWITCHES["tenant"], lambda world: _tenant(world, Setting.DEFAULT)),
    "policy": (
        lambda world: world.policy(denied_domains=("fabrikam.example",)),
        lambda world: world.policy(denied_domains=()),
    ),
}


@pytest.mark.parametrize("door", DOORS)
async def test_the_card_says_by_itself_that_its_guest_is_kept_out_now_and_when_that_is_over(
    world: World, door: str
) -> None:
    shut, opened = DOORS[door]
    await world.invite()
    await world.deliver()
    await world.post()
    for act, kept_out in ((shut, True), (opened, False)):
        await act(world)
        await world.due()
        world.clock.move(minutes=1)
        await world.post()
        assert [each.view.barrier is not None for each in world.chat.values()] == [kept_out]


async def test_the_card_says_by_itself_that_the_date_has_come(world: World) -> None:
    await world.invite()
    await world.deliver()
    await world.post()
    await _stage(world, Stage.GA, from_at=world.clock.now + timedelta(days=2))
    for days, kept_out in ((1, True), (2, False)):
        await world.live(days)
        assert [each.view.barrier is not None for each in world.chat.values()] == [kept_out]
