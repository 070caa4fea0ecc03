"""Every operation that changes a state, set up and ready to be done once, with the rows that it leaves in the audit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain import (
    admins,
    audit,
    departures,
    directory,
    erasing,
    erasing_asked,
    factor_resets,
    guests,
    identities,
    invitations,
    mailings,
    method_changes,
    notices,
    partners,
    passcodes,
    policy_edits,
    recovery,
    redemption,
    repairs,
    requests,
    resources,
    sessions,
    settings,
    sponsoring,
    terms_of_use,
    workspaces,
)
from domain.features import EMAIL_PASSCODE
from domain.policies import Method, Rule
from domain.policy_edits import Domains
from domain.sign_ins import Proof
from domain.views import Kind, PasscodeMail, Setting, Stage, Surface
from tests.domain import test_applications, test_consent, test_identities
from tests.domain.driving import Act, drives
from tests.domain.later_changes import DRIVEN
from tests.domain.second_factors import Holder
from tests.domain.world import ALICE, BOB, CONTOSO, DORA, GROUP, GWEN, TEAM, WORKER, Browser, World, place

__all__ = ["DRIVEN"]
PETRA = "petra@northwind.example"


def owner(operation: str, act: Callable[..., Any], kind: str, *arguments: Any, guest: bool = False) -> None:
    """An owner's or admin's operation on Gwen, invited a minute ago, or a guest."""

    async def scene(world: World) -> Act:
        world.settings["admins"] = frozenset({DORA.person_id})
        await (world.guest() if guest else world.invite())
        world.clock.move(seconds=61)
        who = DORA if act.__module__.endswith(("settings", "method_changes")) else ALICE
        return lambda: world.do(act, TEAM, who, *arguments)

    drives(operation, kind)(scene)


owner("invitations.resend", invitations.resend, "invitation.resent", GWEN)
owner("invitations.correct", invitations.correct, "invitation.corrected", GWEN, "x@x.example")
owner("invitations.extend", invitations.extend, "invitation.extended", GWEN, 5)
owner("invitations.revoke", invitations.revoke, "invitation.revoked", GWEN)
owner("invitations.remove", invitations.remove, "membership.removed", GWEN, guest=True)
owner("invitations.invite", invitations.invite, "invitation.created", (PETRA,), None)
owner("repairs.language", repairs.language, "invitation.language", GWEN, "de")
owner("repairs.move", repairs.move, "guest.moved", GWEN, "gwen@northwind.example", guest=True)
owner("workspaces.add_owner", workspaces.add_owner, "owner.added", BOB)
owner("resources.add", resources.add, "resource.added", "Wiki", "https://wiki.contoso.example/")
owner("settings.set_tenant", settings.set_tenant, "feature.set", EMAIL_PASSCODE, Setting.ENABLED)
owner("method_changes.move", method_changes.move, "policy.changed", Method.GOOGLE, True, 0)
owner("method_changes.switch", method_changes.switch, "policy.changed", Method.GOOGLE, False, 0)


@drives("workspaces.arrived", "workspace.added")
async def _(world: World) -> Act:
    await world.invite()
    await world.do(workspaces.departed, TEAM)
    return lambda: world.do(workspaces.arrived, TEAM, ALICE)


@drives("invitations.confirm", "invitation.created")
async def _(world: World) -> Act:
    draft = await world.do(invitations.draft, TEAM, ALICE, (GWEN,), None)
    return lambda: world.do(invitations.confirm, TEAM, ALICE, draft.draft_id)


@drives("workspaces.remove_owner", "owner.removed")
async def _(world: World) -> Act:
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    return lambda: world.do(workspaces.remove_owner, TEAM, ALICE, BOB)


@drives("directory.renew", "owner.added")
async def _(world: World) -> Act:
    (team,) = await world.do(directory.due, TEAM, BOB)
    team = replace(team, group_id="3e9c5a70-2d4b-4c81-b6f3-0a8d7e5c2b19")
    told = (directory.TeamOwner(ALICE.person_id), directory.TeamOwner(BOB.person_id))
    return lambda: world.do(directory.renew, team, told, world.clock.now)


@drives("workspaces.departed", "workspace.left")
async def _(world: World) -> Act:
    return lambda: world.do(workspaces.departed, TEAM)


@drives("admins.claim", "admin.claimed")
async def _(world: World) -> Act:
    code = await world.do(admins.issue_claim_code, (CONTOSO,), starting=True)
    return lambda: world.do(admins.claim, TEAM, DORA, code)


@drives("resources.remove", "resource.removed")
async def _(world: World) -> Act:
    await world.do(resources.add, TEAM, ALICE, "Wiki", "https://wiki.contoso.example/")
    return lambda: world.do(resources.remove, TEAM, ALICE, "Wiki")


owner("sponsoring.add", sponsoring.add, "sponsor.added", GWEN, BOB)
owner("sponsoring.hand_over", sponsoring.hand_over, "sponsor.handed_over", ALICE, BOB)
ENDS = ("membership.removed", "invitation.erased", "guest.erased")
AT_ONCE = "what is open ends, and each record that is erased is a row of its own"


@drives("sponsoring.remove", "sponsor.removed")
async def _(world: World) -> Act:
    await world.invite()
    await world.do(sponsoring.add, TEAM, ALICE, GWEN, BOB)
    return lambda: world.do(sponsoring.remove, TEAM, ALICE, GWEN, BOB)


async def _left(world: World) -> None:
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    await world.do(notices.met, place(CONTOSO, Kind.PERSONAL, "Bob"), BOB)
    await world.invite()


@drives("departures.left", "sponsor.left")
async def _(world: World) -> Act:
    await _left(world)
    return lambda: world.do(departures.left, TEAM, (ALICE.person_id, "29:alice"))


@drives("departures.hand_over", "sponsor.handed_over")
async def _(world: World) -> Act:
    await _left(world)
    await world.do(departures.left, TEAM, (ALICE.person_id, "29:alice"))
    ((notice_id,),) = await world.rows("SELECT notice_id FROM notices")
    return lambda: world.do(departures.hand_over, TEAM, BOB, notice_id)


@drives("erasing.erase_all", "invitation.erased")
async def _(world: World) -> Act:
    await world.invite()
    world.clock.move(days=45)
    found = await world.look(erasing.over)
    return lambda: world.do(erasing.erase_all, found)


@drives("erasing.person", "invitation.erased", "guest.erased", why=AT_ONCE)
async def _(world: World) -> Act:
    await world.guest()
    return lambda: world.do(erasing.person, CONTOSO, GWEN, DORA.person_id)


@drives("erasing_asked.erase", *ENDS, why=AT_ONCE)
async def _(world: World) -> Act:
    world.settings["admins"] = frozenset({DORA.person_id})
    await world.guest()
    ((invitation_id,),) = await world.rows("SELECT invitation_id FROM invitations")
    return lambda: world.do(erasing_asked.erase, TEAM, DORA, invitation_id)


@drives("erasing_asked.by_operator", *ENDS, why=AT_ONCE)
async def _(world: World) -> Act:
    await world.guest()
    return lambda: world.do(erasing_asked.by_operator, CONTOSO, GWEN)


# by mail and by link


@drives("mailings.sent", "invitation.sent")
async def _(world: World) -> Act:
    await world.invite()
    return world.deliver


@drives("mailings.refused", "invitation.undeliverable")
async def _(world: World) -> Act:
    await world.invite()
    return world.bounce


@drives("mailings.dead", "invitation.undeliverable")
async def _(world: World) -> Act:
    await world.invite()
    (row,) = await world.claim()
    return lambda: world.do(mailings.dead, row, WORKER, "given up")


@drives("redemption.open", "invitation.opened")
async def _(world: World) -> Act:
    await world.invite()
    await world.deliver()
    return lambda: world.do(redemption.open, world.link())


@drives("redemption.decline", "invitation.declined")
async def _(world: World) -> Act:
    await world.invite()
    return (await world.opens()).declines


@drives("redemption.enter", "invitation.redeemed", "session.started", why="a guest is let in, and a session begins")
async def _(world: World) -> Act:
    await world.invite()
    browser = await world.asks()
    return lambda: browser.types(world.passcode())


@drives("redemption.choose", "session.started")
async def _(world: World) -> Act:
    await world.guest()
    world.clock.move(minutes=5)
    browser = world.browser()
    await browser.asks_by_address()
    await world.deliver()
    return lambda: browser.types(world.passcode())


@drives("passcodes.request", "passcode.issued")
async def _(world: World) -> Act:
    await world.invite()
    return (await world.opens()).asks


@drives("passcodes.withdraw", "passcode.withdrawn")
async def _(world: World) -> Act:
    await world.invite()
    await world.asks()
    return lambda: world.do(passcodes.withdraw, world.mails(PasscodeMail)[-1].withdraw_token)


@drives("repairs.remail", "invitation.remailed")
async def _(world: World) -> Act:
    await world.invite()
    browser = await world.opens()
    world.clock.move(minutes=5)
    return lambda: world.do(repairs.remail, *browser._link())


@drives("requests.ask", "request.made")
async def _(world: World) -> Act:
    await world.invite()
    browser = await world.opens()
    return lambda: world.do(requests.ask, *browser._link(), PETRA, "", client="c")


@drives("requests.ask_for_time", "request.made")
async def _(world: World) -> Act:
    await world.invite()
    browser = await world.opens()
    world.clock.move(days=30)
    return lambda: world.do(requests.ask_for_time, *browser._link(), client="c")


async def _asked(world: World, days: int = 0) -> str:
    await world.invite()
    browser = await world.opens()
    world.clock.move(days=days)
    if days:
        await world.do(requests.ask_for_time, *browser._link(), client="c")
    else:
        await world.do(requests.ask, *browser._link(), PETRA, "", client="c")
    ((request_id,),) = await world.rows("SELECT request_id FROM requests")
    return request_id


@drives("requests.invite", "request.decided", "invitation.created", why="a decision, and what follows of it")
async def _(world: World) -> Act:
    request_id = await _asked(world)
    return lambda: world.do(requests.invite, TEAM, ALICE, request_id)


@drives("requests.extend", "request.decided", "invitation.extended", why="a decision, and what follows of it")
async def _(world: World) -> Act:
    request_id = await _asked(world, days=30)
    return lambda: world.do(requests.extend, TEAM, ALICE, request_id)


@drives("requests.dismiss", "request.decided")
async def _(world: World) -> Act:
    request_id = await _asked(world)
    return lambda: world.do(requests.dismiss, TEAM, ALICE, request_id)


# guests


@drives("guests.leave", "membership.left")
async def _(world: World) -> Act:
    """With another workspace left: with the last one, the session would end too."""
    await world.settle(GROUP, ALICE)
    await world.guest()
    await world.invite(where=GROUP)
    world.clock.move(minutes=5)
    browser = await world.comes_in()
    membership = (await browser.page()).memberships[0].membership_id
    return lambda: world.do(guests.leave, browser.session, membership)


@drives("guests.sign_out", "session.ended")
async def _(world: World) -> Act:
    browser = await world.guest()
    return lambda: world.do(guests.sign_out, browser.session)


@drives("guests.speak", "guest.language")
async def _(world: World) -> Act:
    browser = await world.guest()
    return lambda: world.do(guests.speak, browser.session, "de")


@drives("sessions.end", "session.ended")
async def _(world: World) -> Act:
    await world.guest()
    world.clock.move(minutes=5)
    browser = await world.comes_in()
    return lambda: world.do(sessions.end, browser.session, None, browser.network)


@drives("sessions.end_all", "session.ended")
async def _(world: World) -> Act:
    await world.guest()
    (row,) = await world.rows("SELECT guest_id FROM guests")
    return lambda: world.do(sessions.end_all, TEAM, ALICE, row.guest_id)


@drives("consent.accept", "terms.accepted")
async def _(world: World) -> Act:
    browser = await world.guest()
    await test_consent.publish(world)
    return lambda: test_consent.accept(browser)


@drives("handovers.spend", "session.handed_over")
async def _(world: World) -> Act:
    resource = await test_applications.application(world)
    browser = await world.guest()
    ticket = await test_applications.ticket(world, resource, browser)
    return lambda: test_applications.spends(world, resource, ticket)


# accounts


ENTERED = ("invitation.redeemed", "identity.linked", "session.started")


@drives("identities.enter", *ENTERED, why="a guest is let in, keeps an account, and a session begins")
async def _(world: World) -> Act:
    browser = await test_identities.invited(world)
    return lambda: test_identities.enter(browser)


@drives("identities.come_back", "session.started")
async def _(world: World) -> Act:
    await test_identities.enter(await test_identities.invited(world))
    proof: Proof = test_identities.PROOF
    return lambda: world.do(identities.come_back, proof, test_identities.state(), GWEN, language="en")


@drives("identities.link", "identity.linked")
async def _(world: World) -> Act:
    browser: Browser = await world.guest()
    await world.policy(partners=(test_identities.PARTNER,))
    proof = test_identities.PROOF
    return lambda: world.do(identities.link, proof, test_identities.state(), browser.session, network=browser.network)


# second factors

FIRST = ("factor.added", "recovery.renewed", "session.second_factor")
FIRST_ONE = "a factor is set up, comes with recovery codes, and has been shown by that"


async def _holder(world: World) -> Holder:
    holder = Holder(await world.guest())
    await holder.sets_up_app()
    world.clock.move(minutes=1)
    return holder


@drives("authenticators.confirm", *FIRST, why=FIRST_ONE)
async def _(world: World) -> Act:
    return Holder(await world.guest()).sets_up_app


@drives("authenticators.enter", "session.second_factor")
async def _(world: World) -> Act:
    return (await _holder(world)).enters


@drives("passkeys.register", "factor.added", "session.second_factor", why="a factor is set up, and shown by that")
async def _(world: World) -> Act:
    return (await _holder(world)).registers


@drives("passkeys.sign_in", "session.second_factor")
async def _(world: World) -> Act:
    holder = await _holder(world)
    await holder.registers()
    return holder.signs


@drives("recovery.recover", "recovery.used", "session.second_factor", why="a code is spent, and the session stronger")
async def _(world: World) -> Act:
    holder = await _holder(world)
    return lambda: holder.recovers(holder.codes[0])


@drives("recovery.renew_codes", "recovery.renewed")
async def _(world: World) -> Act:
    holder = await _holder(world)
    return lambda: holder.do(recovery.renew_codes)


@drives("factors.remove", "factor.removed")
async def _(world: World) -> Act:
    from domain import factors

    holder = await _holder(world)
    await holder.registers()
    factor_id = (await holder.sees()).factors[0].factor_id
    return lambda: holder.do(factors.remove, factor_id)


async def _reset(world: World) -> str:
    world.settings["admins"] = frozenset({DORA.person_id})
    await _holder(world)
    return (await world.do(factor_resets.ask, TEAM, ALICE, GWEN)).request_id


@drives("factor_resets.ask", "second_factor.reset_asked")
async def _(world: World) -> Act:
    await _holder(world)
    return lambda: world.do(factor_resets.ask, TEAM, ALICE, GWEN)


@drives("factor_resets.confirm", "second_factor.reset")
async def _(world: World) -> Act:
    request_id = await _reset(world)
    return lambda: world.do(factor_resets.confirm, TEAM, DORA, request_id)


@drives("factor_resets.deny", "second_factor.reset_denied")
async def _(world: World) -> Act:
    request_id = await _reset(world)
    return lambda: world.do(factor_resets.deny, TEAM, DORA, request_id)


# the operator


def operator(
    operation: str, act: Callable[..., Any], *arguments: Any, kinds: str = "policy.changed", **named: Any
) -> None:
    async def scene(world: World) -> Act:
        return lambda: world.do(act, *arguments, **named)

    why = "the text, and the version that guests are asked for" if " " in kinds else ""
    drives(operation, *kinds.split(), why=why)(scene)


OPERATOR = (CONTOSO, audit.OPERATOR)
FABRIKAM = replace(test_identities.PARTNER, provider_id="")
operator(
    "settings.set_tenant_by_operator",
    settings.set_tenant_by_operator, CONTOSO, EMAIL_PASSCODE, Setting.ENABLED, kinds="feature.set",
)  # fmt: skip
operator(
    "settings.set_rollout",
    settings.set_rollout, EMAIL_PASSCODE, Surface.API, Stage.PREVIEW, None, kinds="rollout.set",
)  # fmt: skip
operator("policy_edits.add_rule", policy_edits.add_rule, *OPERATOR, Rule("r1", "No way", block=True))
operator(
    "policy_edits.change_domains",
    policy_edits.change_domains, *OPERATOR, lambda before: policy_edits.with_domain(before, Domains.DENY, "x.example"),
)  # fmt: skip
operator(
    "terms_of_use.publish", terms_of_use.publish, *OPERATOR, {"en": "Be kind."}, kinds="policy.changed terms.published"
)
operator("terms_of_use.require", terms_of_use.require, *OPERATOR, of_all=False)
operator("partners.add", partners.add, CONTOSO, FABRIKAM, "hunter2", development=False)
operator(
    "method_changes.change_by_operator",
    method_changes.change_by_operator, CONTOSO, lambda before: replace(before, terms_for_all=False),
)  # fmt: skip


@drives("partners.remove", "policy.changed")
async def _(world: World) -> Act:
    await world.do(partners.add, CONTOSO, FABRIKAM, "hunter2", development=False)
    return lambda: world.do(partners.remove, CONTOSO, FABRIKAM.name)
