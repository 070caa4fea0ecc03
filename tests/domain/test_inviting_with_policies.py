"""Inviting under a policy: what it forbids is named one by one, and the good ones wait for a word."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import invitations, settings
from domain.errors import DraftGone, FeatureOff, PolicyForbids
from domain.methods import Answer, Discovered, DiscoveryNeeded
from domain.policies import Forbidden, Method, Rule
from domain.policy_views import Barrier, Typo
from domain.views import DraftView, InviteView, Setting, Status
from tests.domain.world import ALICE, CONTOSO, GWEN, START, TEAM, World

OTHER = "peter@tailspin.example"
OFF: dict[str, Any] = {"methods": ((Method.EMAIL_PASSCODE, False),)}
DENIED: dict[str, Any] = {"denied_domains": ("fabrikam.example",)}


def said(answer: Answer) -> tuple[Discovered, ...]:
    return (Discovered(Method.MICROSOFT, answer, "organisation", START, "microsoft"),)


async def invite(world: World, *given: str, **more: Any) -> Any:
    return await world.do(invitations.invite, TEAM, ALICE, given, None, **more)


@pytest.mark.parametrize(
    ("policy", "reason", "rule"),
    [
        ({"own_domains": ("fabrikam.example",)}, Forbidden.OWN_DOMAIN, ""),
        (DENIED, Forbidden.DENIED_DOMAIN, ""),
        ({"allowed_domains": ("other.example",)}, Forbidden.NOT_ALLOWED_DOMAIN, ""),
        (
            {"rules": (Rule("r", "No Fabrikam", domains=("fabrikam.example",), block=True),)},
            Forbidden.RULE,
            "No Fabrikam",
        ),
        ({"rules": (Rule("r", "No codes", methods=(Method.EMAIL_PASSCODE,), block=True),)}, Forbidden.RULE, "No codes"),
    ],
)
async def test_a_single_address_that_the_policy_keeps_out_is_refused_with_who_can_change_it(
    world: World, policy: dict[str, Any], reason: Forbidden, rule: str
) -> None:
    world.settings["admins"] = frozenset({ALICE.person_id})
    await world.policy(**policy)
    before = await world.contents()
    with pytest.raises(PolicyForbids) as refusal:
        await invite(world, GWEN)
    told = refusal.value
    assert (told.reason, told.rule, told.address, told.admins) == (reason, rule, GWEN, ("Alice Owner",))
    assert await world.contents() == before


async def test_of_several_the_forbidden_ones_are_named_and_the_good_ones_wait(world: World) -> None:
    await world.policy(**DENIED)
    view = await invite(world, GWEN, OTHER)
    assert isinstance(view, DraftView)
    assert view.good == (OTHER,)
    assert [(each.address, each.barrier.reason) for each in view.unfit] == [(GWEN, Forbidden.DENIED_DOMAIN)]
    assert await world.rows("SELECT * FROM invitations") == []
    done: InviteView = await world.do(invitations.confirm, TEAM, ALICE, view.draft_id)
    assert [each.address for each in done.created] == [OTHER]


async def test_where_all_of_several_are_forbidden_nothing_is_kept(world: World) -> None:
    await world.policy(**DENIED)
    view = await invite(world, GWEN, "peter@fabrikam.example")
    assert isinstance(view, DraftView)
    assert (view.good, view.draft_id, len(view.unfit)) == ((), "", 2)
    assert await world.rows("SELECT * FROM drafts") == []


async def test_a_draft_beside_malformed_ones_names_the_forbidden_ones_too(world: World) -> None:
    await world.policy(**DENIED)
    view: DraftView = await world.do(invitations.draft, TEAM, ALICE, (GWEN, OTHER), None)
    assert (view.good, [each.address for each in view.unfit]) == ((OTHER,), [GWEN])


async def test_the_policy_is_asked_again_when_a_draft_is_confirmed(world: World) -> None:
    view: DraftView = await world.do(invitations.draft, TEAM, ALICE, (GWEN, OTHER), None)
    await world.policy(**DENIED)
    again = await world.do(invitations.confirm, TEAM, ALICE, view.draft_id)
    assert isinstance(again, DraftView)
    assert again.good == (OTHER,)
    assert await world.rows("SELECT * FROM invitations") == []


async def test_who_is_invited_already_is_shown_whatever_the_policy_says(world: World) -> None:
    await world.invite()
    await world.policy(**DENIED)
    view = await invite(world, GWEN)
    assert isinstance(view, InviteView)
    assert [each.address for each in view.open] == [GWEN]


async def test_a_probable_typing_mistake_waits_for_a_word(world: World) -> None:
    view = await invite(world, "gwen@gmial.com", OTHER)
    assert isinstance(view, DraftView)
    assert view.good == (OTHER,)
    assert view.typos == (Typo("gwen@gmial.com", "gmail.com"),)
    done: InviteView = await world.do(invitations.confirm, TEAM, ALICE, view.draft_id)
    assert [each.address for each in done.created] == ["gwen@gmial.com", OTHER]


async def test_the_good_ones_can_be_invited_without_those_that_look_mistyped(world: World) -> None:
    view = await invite(world, "gwen@gmial.com", OTHER)
    done: InviteView = await world.do(invitations.confirm, TEAM, ALICE, view.draft_id, only_good=True)
    assert [each.address for each in done.created] == [OTHER]
    with pytest.raises(DraftGone):
        await world.do(invitations.confirm, TEAM, ALICE, view.draft_id)


async def test_of_nothing_but_doubtful_addresses_no_good_one_is_invited(world: World) -> None:
    view = await invite(world, "gwen@gmial.com")
    assert (view.good, bool(view.draft_id)) == ((), True)
    with pytest.raises(DraftGone):
        await world.do(invitations.confirm, TEAM, ALICE, view.draft_id, only_good=True)
    done: InviteView = await world.do(invitations.confirm, TEAM, ALICE, view.draft_id)
    assert [each.address for each in done.created] == ["gwen@gmial.com"]


@pytest.mark.parametrize("policy", [{}, OFF], ids=["feature off", "switched off"])
async def test_without_passcodes_and_accounts_elsewhere_nobody_is_invited(world: World, policy: dict[str, Any]) -> None:
    await world.policy(**policy)
    if not policy:
        await world.do(settings.set_tenant_by_operator, CONTOSO, "email_passcode", Setting.DISABLED)
    with pytest.raises(FeatureOff):
        await invite(world, GWEN, OTHER)


async def test_with_passcodes_nobody_is_asked(world: World) -> None:
    world.settings["providers"] = frozenset({Method.MICROSOFT})
    assert isinstance(await invite(world, GWEN), InviteView)


async def test_without_passcodes_who_has_an_account_is_asked_first(world: World) -> None:
    world.settings["providers"] = frozenset({Method.MICROSOFT})
    await world.policy(**OFF)
    before = await world.contents()
    with pytest.raises(DiscoveryNeeded) as needed:
        await invite(world, GWEN, OTHER)
    assert needed.value.addresses == (GWEN, OTHER)
    assert await world.contents() == before
    view = await invite(world, GWEN, OTHER, found={GWEN: said(Answer.YES), OTHER: said(Answer.NO)})
    assert isinstance(view, DraftView)
    assert (view.good, [each.barrier.reason for each in view.unfit]) == ((GWEN,), [None])
    with pytest.raises(FeatureOff):
        await invite(world, OTHER, found={OTHER: said(Answer.NO)})
    invited = await invite(world, OTHER, found={OTHER: said(Answer.UNKNOWN)})
    assert [each.address for each in invited.created] == [OTHER], "unknown is not a no"


FURTHER: dict[str, Callable[[World], Any]] = {
    "resend": lambda world: world.do(invitations.resend, TEAM, ALICE, GWEN),
    "extend": lambda world: world.do(invitations.extend, TEAM, ALICE, GWEN, 30),
}


@pytest.mark.parametrize("act", FURTHER)
async def test_an_open_invitation_gets_no_further_mail_that_the_policy_forbids(world: World, act: str) -> None:
    await world.invite()
    world.clock.move(minutes=2)
    await world.policy(**DENIED)
    before = await world.contents()
    with pytest.raises(PolicyForbids) as refusal:
        await FURTHER[act](world)
    assert refusal.value.address == GWEN
    assert await world.contents() == before


async def test_no_invitation_is_corrected_to_an_address_that_the_policy_keeps_out(world: World) -> None:
    from domain.views import Target

    view = await world.invite(OTHER)
    await world.policy(**DENIED)
    with pytest.raises(PolicyForbids):
        await world.do(invitations.correct, TEAM, ALICE, Target(view.invitation_id, view.version), GWEN)
    fixed = "anna@tailspin.example"
    view = await world.do(invitations.correct, TEAM, ALICE, Target(view.invitation_id, view.version), fixed)
    assert view.address == fixed


async def test_a_card_says_what_keeps_its_guest_out_meanwhile_and_who_can_help(world: World) -> None:
    world.settings["admins"] = frozenset({ALICE.person_id})
    await world.invite()
    assert (await world.card()).barrier is None
    await world.policy(**DENIED)
    assert (await world.card()).barrier == Barrier(Forbidden.DENIED_DOMAIN, admins=("Alice Owner",))
    await world.policy(denied_domains=(), rules=(Rule("r", "No", domains=("fabrikam.example",), block=True),))
    assert (await world.card()).barrier == Barrier(Forbidden.RULE, "No", "r", ("Alice Owner",))
    await world.policy(rules=())
    assert (await world.card()).barrier is None
    await world.do(settings.set_tenant_by_operator, CONTOSO, "email_passcode", Setting.DISABLED)
    assert (await world.card()).barrier == Barrier(None, admins=("Alice Owner",))
    world.settings["providers"] = frozenset({Method.MICROSOFT})
    assert (await world.card()).barrier is None, "there may be an account"


async def test_a_card_of_somebody_who_is_out_anyway_names_no_barrier(world: World) -> None:
    await world.invite()
    await world.policy(**DENIED)
    await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    view = await world.card()
    assert (view.status, view.barrier) == (Status.REVOKED, None)


async def test_a_guests_card_says_so_too(world: World) -> None:
    await world.guest()
    await world.policy(**DENIED)
    assert (await world.card()).barrier == Barrier(Forbidden.DENIED_DOMAIN)
