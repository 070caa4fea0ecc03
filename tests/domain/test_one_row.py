"""Every change of state and every decision is one row of the audit: each operation that changes something is driven."""

import re
from collections import Counter
from types import ModuleType

import pytest

from domain import audit, invitations, passcodes, refusals
from domain.errors import NotOwner, PolicyForbids
from domain.policies import Forbidden
from domain.views import InvitationMail, PasscodeMail
from tests.domain.changes import DRIVEN
from tests.domain.test_isolation import BY_SECRET, DOOR, OPERATORS
from tests.domain.world import BOB, CONTOSO, GWEN, TEAM, World

QUIET = {
    "invitations": "draft status listing",
    "workspaces": "renamed standing owners known known_by_channel_id remember",
    "admins": "issue_claim_code",
    "settings": "show rollouts tenant_settings",
    "redemption": "look offer choices",
    "passcodes": "show again withdraw_view request_by_address",
    "guests": "page access",
    "mailings": "mail mails unwanted begin deferred",
    "postings": "card cards creating not_created posted told card_gone card_quiet card_found",
    "audit": "timeline verify export piece event refused tenants record write chained",
    "history": "read",
    "directory": "due",
    "notices": "tell tell_all put changed close close_all waiting met by_id opened card_found parted",
    "blocks": "report blocking among",
    "sponsoring": "show may answered_for handed_over",
    "departures": "view",
    "certificates": "show standing issue changed noticed",
    "erasing_asked": "ask everything",
    "erasing": "over invitations guest traces stale",
    "switches": "show asking view reach report announce remind",
    "requests": "form card card_found",
    "approvals": "needed require",
    "approval_lists": "listing shown card_found",
    "bulks": "look shown result everything wait cardless",
    "invite_form": "opened here unknown",
    "inviting": "standing asked",
    "finding": "guests",
    "readers": "invitation guests",
    "reliance": "affected",
    "reviews": "page lines shown concerning told begin",
    "rules": "changed",
    "sponsors": "of of_all owners_of admins_of contact heads answers take_over",
    "tenant_settings": "show told_to_operator",
    "warnings": "shown",
    "showing": "by_id",
    "terms_of_use": "published",
    "policy_edits": "workspaces kept_out with_rule without_rule with_domain without_domain",
    "resources": "listing",
    "handovers": "access begun opens ticket",
    "sessions": "of_guest own",
    "factor_resets": "waiting card",
    "destinations": "invited moving moves returning elsewhere looked_up",
    "identities": "choices",
    "inquiries": "explain",
    "method_changes": "show of_tenant tenants",
    "consent": "show",
    "factors": "view",
    "authenticators": "begin app",
    "passkeys": "registration request",
}
"""What leaves no row, and why: most of it only reads, or is pure. A draft, a claim code, a hand-over's ticket, a factor
that nobody confirmed yet and a passkey's challenge give nobody anything before they are used, which is a row. Names and
roles are what the channel tells, and where a card stands is no state of the guest's. A passcode that is asked for by
address belongs to no tenant before one is chosen. What waits (`unwanted`) is computed from what is recorded elsewhere,
and that a relay lets a mail wait (`deferred`) decides nothing yet: that it went out, or never will, is a row.
Sessions that end because an access does, a guest moves or a reset is confirmed end by the row of that. When something
comes due (`wait`, `begin`) is a date on which a row follows. Who answers for a guest in place of sponsors who have left
(`take_over`) is whoever kept the guest, by the row of that; and what another policy does not ask for any more
(`rules.changed`) is called off by the row of the policy.
The audit's own functions write what they are told to."""

TWICE = """
workspaces.add_owner redemption.open passcodes.withdraw guests.speak approvals.hold approval_decisions.approve
approval_decisions.deny approval_decisions.withdraw approval_dues.act bulks.preview bulks.confirm bulks.stop bulks.go_on
blocks.block blocks.decline_all blocks.lift reminders.act rules.act reviews.act reviews.keep reviews.end warnings.act
warnings.extend warnings.let_end switches.turn_on switches.block switches.switched switches.remind_later
tenant_settings.set_by_operator tenant_settings.list_by_operator
"""
"""Operations that may be done twice: by a second click, by a worker that was cut off, by somebody who was late."""


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def test_every_operation_is_driven_or_leaves_no_row_for_a_reason() -> None:
    listed = {f"{_name(module)}.{each}" for module, named in DOOR.items() for each in named.split()}
    for table in (BY_SECRET, OPERATORS):
        listed |= {f"{_name(module)}.{each}" for module, names in table.items() for each in names}
    quiet = {f"{module}.{each}" for module, named in QUIET.items() for each in named.split()}
    assert not quiet & DRIVEN.keys()
    assert quiet | DRIVEN.keys() == listed


def test_more_than_one_row_has_a_reason() -> None:
    assert not [name for name, (_, kinds, why) in DRIVEN.items() if (len(kinds) != 1) is not bool(why)]


@pytest.mark.parametrize("operation", DRIVEN)
async def test_each_change_of_state_is_exactly_one_row(quick: World, operation: str) -> None:
    scene, kinds, _ = DRIVEN[operation]
    act = await scene(quick)
    before = await _events(quick)
    await act()
    assert await _events(quick) - before == Counter(kinds)
    assert await quick.look(audit.verify, CONTOSO) is None


async def _events(world: World) -> Counter[str]:
    return Counter([*await world.events(), *await world.events(audit.INSTALLATION)])


@pytest.mark.parametrize("operation", TWICE.split())
async def test_the_same_again_is_no_change_and_no_row(quick: World, operation: str) -> None:
    scene, _, _ = DRIVEN[operation]
    act = await scene(quick)
    await act()
    before = await quick.events()
    await act()
    assert await quick.events() == before


async def test_a_refusal_is_no_row_of_the_operation_and_one_of_the_door(quick: World) -> None:
    await quick.invite()
    before = await quick.events()
    with pytest.raises(NotOwner):
        await quick.do(invitations.revoke, TEAM, BOB, GWEN)
    assert await quick.events() == before
    for _ in range(3):
        await quick.do(refusals.noted, CONTOSO, BOB.person_id, NotOwner.code, place=TEAM)
    assert await quick.events() == [*before, "refused"]


async def test_a_guest_whom_the_policy_keeps_out_is_one_row_of_the_invitations_workspace(quick: World) -> None:
    await quick.invite()
    (row,) = await quick.rows("SELECT invitation_id, workspace_id FROM invitations")
    refusal = PolicyForbids(Forbidden.RULE, rule_id="r1", tenant_id=CONTOSO, invitation_id=row.invitation_id)
    before = await quick.events()
    for _ in range(2):
        await quick.do(refusals.forbidden, refusal)
    assert await quick.events() == [*before, "refused"]
    (noted,) = await quick.rows("SELECT workspace_id FROM audit_events WHERE kind = 'refused'")
    assert noted.workspace_id == row.workspace_id


async def test_every_row_about_an_invitation_names_its_workspace(world: World) -> None:
    await world.guest()
    world.clock.move(minutes=2)
    browser = await world.asks()
    await browser.types("00000000")
    await world.do(passcodes.withdraw, world.mails(PasscodeMail)[-1].withdraw_token)
    assert world.mails(InvitationMail)
    rows = await world.rows("SELECT kind, workspace_id FROM audit_events WHERE invitation_id IS NOT NULL")
    assert len(rows) > 8
    assert [row.kind for row in rows if not re.fullmatch(r"[\w-]{22}", row.workspace_id or "")] == []
