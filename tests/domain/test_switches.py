"""Features that come on by themselves: admins are told in time, and what they say counts (S4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import audit, features, notices, settings, switches
from domain.errors import NotAdmin
from domain.request_errors import RequestGone
from domain.switch_views import Outcome, Remind, SwitchView
from domain.views import Kind, Place, Setting, Stage, Surface
from tests.domain.world import ALICE, CONTOSO, DORA, FOREIGN, START, TEAM, World

DESK = Place(CONTOSO, Kind.PERSONAL, "msteams", "a:dora", "Dora", "https://smba.example/", "a:dora", "28:bot")
PASSCODES = features.EMAIL_PASSCODE


@pytest.fixture
async def tenant(world: World) -> World:
    """Dora administers Contoso, and talks with the bot alone."""
    world.settings["admins"] = frozenset({DORA.person_id})
    await world.do(notices.met, DESK, DORA)
    return world


async def dated(world: World, day: datetime, *surfaces: Surface) -> None:
    for surface in surfaces or (Surface.CHAT,):
        await world.do(settings.set_rollout, PASSCODES, surface, Stage.GA, day)


def cards(world: World) -> list[SwitchView]:
    """As they stand in the chat."""
    return [post.view for post in world.chat.values() if isinstance(post.view, SwitchView)]


def asking(world: World) -> list[SwitchView]:
    return [card for card in cards(world) if card.outcome is Outcome.PENDING]


async def events(world: World, kind: str) -> list[dict[str, Any]]:
    found = await world.look(lambda work: list(audit.export(work, CONTOSO)))
    return [each for each in found if each["kind"] == kind]


async def test_admins_are_told_60_30_7_and_1_days_before(tenant: World) -> None:
    at = START + timedelta(days=70)
    await dated(tenant, at)
    told: list[int] = []
    for _ in range(72):
        before = len(cards(tenant))
        await tenant.live(1)
        if len(cards(tenant)) > before:
            told.append((at - tenant.clock.now).days)
    assert told == [60, 30, 7, 1]


async def test_a_date_that_is_near_already_is_told_at_once_and_once(tenant: World) -> None:
    await dated(tenant, START + timedelta(days=20))
    for _ in range(3):
        await tenant.due()
        await tenant.post()
        tenant.clock.move(hours=1)
    [card] = cards(tenant)
    assert (card.days, card.surfaces, card.outcome) == (20, (Surface.CHAT,), Outcome.PENDING)


async def test_two_surfaces_on_one_date_are_one_card(tenant: World) -> None:
    await dated(tenant, START + timedelta(days=5), Surface.CHAT, Surface.API)
    await tenant.due()
    await tenant.post()
    assert [card.surfaces for card in cards(tenant)] == [(Surface.CHAT, Surface.API)]


async def test_on_the_date_the_feature_comes_on_and_that_is_noted_once(tenant: World) -> None:
    await dated(tenant, START + timedelta(days=3))
    await tenant.live(5)
    assert [card.outcome for card in cards(tenant)] == [Outcome.ON] * len(cards(tenant))
    assert cards(tenant)
    [event] = await events(tenant, "feature.switched")
    assert event["at"].startswith("2026-11-25T10:00")
    assert (await tenant.look(features.state, CONTOSO, Surface.CHAT)).on


async def test_a_date_that_moves_is_told_on_the_card_and_told_anew(tenant: World) -> None:
    await dated(tenant, START + timedelta(days=5))
    await tenant.live(1)
    later = START + timedelta(days=50)
    await dated(tenant, later)
    await tenant.live(1)
    assert {card.outcome: card.moved_to or card.at for card in cards(tenant)} == {
        Outcome.MOVED: later,
        Outcome.PENDING: later,
    }
    await tenant.live(10)
    assert not await events(tenant, "feature.switched")


async def test_a_tenant_that_decided_for_itself_is_not_told(tenant: World) -> None:
    await tenant.do(settings.set_tenant, TEAM, DORA, PASSCODES, Setting.DISABLED)
    await dated(tenant, START + timedelta(days=5))
    await tenant.live(8)
    assert not cards(tenant)
    assert not await events(tenant, "feature.switched")


async def notice(world: World) -> str:
    await dated(world, START + timedelta(days=20))
    await world.due()
    await world.post()
    return cards(world)[0].notice_id


async def test_an_admin_turns_it_on_at_once(tenant: World) -> None:
    named = await notice(tenant)
    seen = await tenant.do(switches.turn_on, DESK, DORA, named)
    assert seen.outcome is Outcome.ENABLED
    assert (await tenant.look(features.state, CONTOSO, Surface.CHAT)).on
    assert len(await events(tenant, "feature.set")) == 1
    tenant.clock.move(seconds=3)
    await tenant.due()
    await tenant.post()
    assert [card.outcome for card in cards(tenant)] == [Outcome.ENABLED]
    again = await tenant.do(switches.block, DESK, DORA, named)
    assert again.outcome is Outcome.ENABLED
    assert len(await events(tenant, "feature.set")) == 1


async def test_an_admin_blocks_it_after_seeing_who_could_no_longer_sign_in(tenant: World) -> None:
    await tenant.do(settings.set_rollout, PASSCODES, Surface.API, Stage.GA, None)
    named = await notice(tenant)
    question = await tenant.look(switches.asking, DESK, DORA, named)
    assert question.asking
    assert (await tenant.do(switches.block, DESK, DORA, named)).outcome is Outcome.BLOCKED
    await tenant.live(25)
    assert not (await tenant.look(features.state, CONTOSO, Surface.CHAT)).on
    assert not await events(tenant, "feature.switched")


@pytest.mark.parametrize(("when", "days"), [(Remind.TOMORROW, 1), (Remind.WEEK, 7), (Remind.DAY_BEFORE, 19)])
async def test_an_admin_is_reminded_when_asked_to_be(tenant: World, when: Remind, days: int) -> None:
    named = await notice(tenant)
    seen = await tenant.do(switches.remind_later, DESK, DORA, named, when)
    assert seen.reminder_at == START + timedelta(days=days)
    usual = {13, 19}
    came: list[int] = []
    for day in range(1, 20):
        before = len(cards(tenant))
        await tenant.live(1)
        came += [day] * (len(cards(tenant)) - before)
    assert sorted(came) == sorted([*usual, days])


async def test_another_wish_moves_the_reminder_and_is_noted_and_the_same_once_more_is_not(tenant: World) -> None:
    named = await notice(tenant)
    for when, minutes, days in ((Remind.TOMORROW, 0, 1), (Remind.TOMORROW, 5, 1), (Remind.WEEK, 0, 7)):
        tenant.clock.move(minutes=minutes)
        seen = await tenant.do(switches.remind_later, DESK, DORA, named, when)
        assert seen.reminder_at
        assert (seen.reminder_at - START).days == days
    assert len(await events(tenant, "feature.reminder")) == 2
    await tenant.live(8)
    tenant.clock.move(minutes=1)
    await tenant.do(switches.remind_later, DESK, DORA, named, Remind.TOMORROW)
    assert len(await events(tenant, "feature.reminder")) == 3


async def test_only_an_admins_own_card_can_be_answered(tenant: World) -> None:
    named = await notice(tenant)
    for person, where, refusal in (
        (ALICE, TEAM, NotAdmin),
        (DORA, FOREIGN, Exception),
    ):
        with pytest.raises(refusal):
            await tenant.do(switches.turn_on, where, person, named)
    for wrong in ("nothing", ""):
        with pytest.raises(RequestGone):
            await tenant.do(switches.turn_on, DESK, DORA, wrong)
    assert not await events(tenant, "feature.set")
    tenant.settings["admins"] = frozenset()
    with pytest.raises(NotAdmin):
        await tenant.do(switches.turn_on, DESK, DORA, named)


async def test_a_tenant_that_comes_later_is_told_too(tenant: World) -> None:
    await dated(tenant, START + timedelta(days=20))
    await tenant.due()
    tenant.settings["admins"] = frozenset({"zoe"})
    place = Place("northwind", Kind.PERSONAL, "msteams", "a:zoe", "Zoe", "https://smba.example/", "a:zoe", "28:bot")
    from domain import workspaces
    from domain.views import Person

    zoe = Person("northwind", "zoe", "Zoe", "29:zoe")
    await tenant.do(notices.met, place, zoe)
    await tenant.do(workspaces.arrived, place, zoe)
    await tenant.due()
    await tenant.post()
    assert any(post.conversation_id == "a:zoe" for post in tenant.chat.values())


async def test_the_report_counts_who_could_and_who_could_no_longer_sign_in(tenant: World) -> None:
    await tenant.invite()
    await tenant.do(settings.set_rollout, PASSCODES, Surface.CHAT, Stage.GA, datetime(2027, 1, 1, tzinfo=UTC))
    on, off = await tenant.look(switches.report, CONTOSO, PASSCODES)
    assert (on.invitations, on.guests) == (1, 0)
    assert off.guests == 0
