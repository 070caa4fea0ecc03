"""As tests/domain/changes.py: approvals, lists, blocks, what comes due by itself, and settings by page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from domain import (
    addresses,
    approval_decisions,
    approval_dues,
    blocks,
    bulks,
    invite_form,
    lifetimes,
    lists,
    notices,
    reminders,
    reviews,
    rules,
    settings,
    switches,
    tenant_settings,
    wanted,
    warnings,
)
from domain.due import Act as DueAct
from domain.features import EMAIL_PASSCODE
from domain.form_views import Filled
from domain.life_views import ReviewView, WarningView
from domain.policies import Rule
from domain.setting_fields import Page
from domain.setting_views import ListChange, Listed
from domain.switch_views import Remind, SwitchView
from domain.views import Kind, Stage, Surface
from tests.domain import approving, test_blocks
from tests.domain.diary import Diary
from tests.domain.driving import DRIVEN, Act, drives
from tests.domain.world import ALICE, BOB, CHAT, CONTOSO, DORA, GWEN, TEAM, World, place

__all__ = ["DRIVEN"]
DESK = place(CONTOSO, Kind.PERSONAL, "Dora")


async def due(world: World, kind: str, act: DueAct) -> Act:
    """The acts of this kind that are due by now, as a worker has claimed them."""
    claimed = [row for row in await world.claim("due") if row.kind == kind]

    async def acts() -> None:
        for row in claimed:
            await world.do(act, row)

    return acts


# approvals


@drives("approvals.hold", "approval.asked")
async def _(world: World) -> Act:
    await approving.strict(world, BOB)
    return lambda: approving.invites(world)


@drives("approval_decisions.approve", "approval.decided", "invitation.created", why="a word, and what follows of it")
async def _(world: World) -> Act:
    await approving.strict(world, BOB)
    what = await approving.asked(world)
    return lambda: approving.approves(world, what)


@drives("approval_decisions.deny", "approval.decided")
async def _(world: World) -> Act:
    await approving.strict(world, BOB)
    what = await approving.asked(world)
    return lambda: approving.denies(world, what)


@drives("approval_decisions.withdraw", "approval.withdrawn")
async def _(world: World) -> Act:
    await approving.strict(world, BOB)
    what = await approving.asked(world)
    return lambda: world.do(approval_decisions.withdraw, TEAM, ALICE, what)


@drives("approval_dues.act", "approval.expired")
async def _(world: World) -> Act:
    await approving.strict(world, BOB)
    await approving.asked(world)
    world.clock.move(days=8)
    return await due(world, wanted.KIND, approval_dues.act)


# the form, and lists


@drives("invite_form.submit", "invitation.created")
async def _(world: World) -> Act:
    filled = Filled(typed=GWEN, parsed=addresses.parse(GWEN), name="Gwen", message="Welcome.")
    return lambda: world.do(invite_form.submit, TEAM, ALICE, filled)


async def _listed(world: World) -> str:
    view = await world.do(bulks.preview, TEAM, ALICE, lists.read(f"email\n{GWEN}".encode()))
    return view.bulk_id


@drives("bulks.preview", "bulk.given")
async def _(world: World) -> Act:
    return lambda: _listed(world)


@drives("bulks.confirm", "bulk.confirmed")
async def _(world: World) -> Act:
    bulk_id = await _listed(world)
    return lambda: world.do(bulks.confirm, TEAM, ALICE, bulk_id)


@drives("bulks.stop", "bulk.stopped")
async def _(world: World) -> Act:
    bulk_id = await _listed(world)
    await world.do(bulks.confirm, TEAM, ALICE, bulk_id)
    return lambda: world.do(bulks.stop, TEAM, ALICE, bulk_id)


@drives("bulks.go_on", "invitation.created", "bulk.finished", why="each guest of a list, and the list's end")
async def _(world: World) -> Act:
    await world.do(bulks.confirm, TEAM, ALICE, await _listed(world))
    return await due(world, bulks.KIND, bulks.go_on)


# blocks


@drives("blocks.block", "guest.blocked", "invitation.declined", why="a mailbox, and each invitation open to it")
async def _(world: World) -> Act:
    await world.invite()
    link = await test_blocks.held(world)
    return lambda: world.do(blocks.block, *link)


@drives("blocks.decline_all", "invitation.declined")
async def _(world: World) -> Act:
    await world.invite()
    return lambda: world.do(blocks.decline_all, CONTOSO, addresses.key(GWEN))


@drives("blocks.lift", "guest.unblocked")
async def _(world: World) -> Act:
    link = await test_blocks.blocked(world)
    return lambda: world.do(blocks.lift, *link)


# what comes due


@drives("reminders.act", "invitation.expired")
async def _(world: World) -> Act:
    await world.invite()
    world.clock.move(days=30)
    return await due(world, lifetimes.OFFER, reminders.act)


async def _stays(world: World, days: int) -> Diary:
    await world.do(notices.met, CHAT, ALICE)
    await world.guest(days=days)
    return Diary(world)


@drives("warnings.act", "membership.expired")
async def _(world: World) -> Act:
    await _stays(world, days=30)
    world.clock.move(days=31)
    return await due(world, lifetimes.ACCESS, warnings.act)


def warned(operation: str, act: Callable[..., Any], kind: str) -> None:
    """Alice's answer to the card about an end that is near."""

    async def scene(world: World) -> Act:
        diary = await _stays(world, days=30)
        await diary.until(23)
        [card] = diary.cards(WarningView)
        return lambda: world.do(act, CHAT, ALICE, card.notice_id)

    drives(operation, kind)(scene)


warned("warnings.extend", warnings.extend, "invitation.extended")
warned("warnings.let_end", warnings.let_end, "membership.let_end")


async def _inactive(world: World) -> Diary:
    """The rule's hour of the 31st day has not come yet."""
    diary = await _stays(world, days=300)
    await world.policy(inactive_days=30, grace_days=5)
    return diary


@drives("rules.act", "membership.closing")
async def _(world: World) -> Act:
    await (await _inactive(world)).until(29)
    world.clock.move(days=2)
    return await due(world, lifetimes.RULES, rules.act)


def asked(operation: str, act: Callable[..., Any], kind: str) -> None:
    """Alice's answer to the card about a guest who is to lose access."""

    async def scene(world: World) -> Act:
        diary = await _inactive(world)
        await diary.until(31)
        [card] = diary.cards(ReviewView)
        return lambda: world.do(act, CHAT, ALICE, card.notice_id, card.lines[0].membership_id)

    drives(operation, kind)(scene)


asked("reviews.keep", reviews.keep, "membership.kept")
asked("reviews.end", reviews.end, "membership.removed")


@drives("reviews.act", "membership.ended")
async def _(world: World) -> Act:
    await (await _inactive(world)).until(31)
    world.clock.move(days=6)
    return await due(world, lifetimes.REVIEW, reviews.act)


# features with a date


async def _dated(world: World, days: int) -> SwitchView:
    """Dora has the card about it."""
    world.settings["admins"] = frozenset({DORA.person_id})
    await world.do(notices.met, DESK, DORA)
    at = world.clock.now + timedelta(days=days)
    await world.do(settings.set_rollout, EMAIL_PASSCODE, Surface.CHAT, Stage.GA, at)
    await world.due()
    await world.post()
    [card] = Diary(world).cards(SwitchView, DESK)
    return card


def coming(operation: str, act: Callable[..., Any], kind: str, *arguments: Any) -> None:
    async def scene(world: World) -> Act:
        card = await _dated(world, 20)
        return lambda: world.do(act, DESK, DORA, card.notice_id, *arguments)

    drives(operation, kind)(scene)


coming("switches.turn_on", switches.turn_on, "feature.set")
coming("switches.block", switches.block, "feature.set")
coming("switches.remind_later", switches.remind_later, "feature.reminder", Remind.WEEK)


@drives("switches.switched", "feature.switched")
async def _(world: World) -> Act:
    await _dated(world, 3)
    world.clock.move(days=3, seconds=1)
    return await due(world, switches.SWITCHED, switches.switched)


# settings by page


RULE = Rule("r1", "No way", block=True)


def setting(operation: str, act: Callable[..., Any], *given: Any, kinds: str = "policy.changed", why: str = "") -> None:
    """An admin's word, at the version looked at; the rule of the day is there already."""

    async def scene(world: World) -> Act:
        world.settings["admins"] = frozenset({DORA.person_id})
        before = await world.policy(rules=(RULE,))
        return lambda: world.do(act, TEAM, DORA, *given, before.version)

    drives(operation, *kinds.split(), why=why)(scene)


def by_operator(operation: str, act: Callable[..., Any], *given: Any) -> None:
    async def scene(world: World) -> Act:
        return lambda: world.do(act, CONTOSO, *given)

    drives(operation, "policy.changed")(scene)


DENIED = ListChange(Listed.DENY, "evil.example", add=True)
setting("tenant_settings.set_fields", tenant_settings.set_fields, Page.LIFETIMES, {"invitation_days": 3})
setting("tenant_settings.change_list", tenant_settings.change_list, DENIED)
setting("tenant_settings.change_list_surely", tenant_settings.change_list_surely, DENIED)
setting("tenant_settings.add_rule", tenant_settings.add_rule, Rule("r2", "Nobody", block=True))
setting("tenant_settings.remove_rule", tenant_settings.remove_rule, RULE.rule_id)
setting(
    "tenant_settings.publish_terms", tenant_settings.publish_terms, "en", "Be kind.",
    kinds="policy.changed terms.published", why="the text, and the version that guests are asked for",
)  # fmt: skip
by_operator("tenant_settings.set_by_operator", tenant_settings.set_by_operator, {"invitation_days": 3})
by_operator("tenant_settings.list_by_operator", tenant_settings.list_by_operator, Listed.DENY, ["evil.example"])
