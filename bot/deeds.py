"""Each command → the one domain operation that does it, and how its outcome is told."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from bot import (
    approval_commands,
    approval_outcomes,
    audit_outcomes,
    bulk_outcomes,
    commands,
    factor_outcomes,
    form_outcomes,
    life_commands,
    life_outcomes,
    outcomes,
    setting_deeds,
    sponsor_commands,
    sponsor_outcomes,
)
from bot.listeners import Listener, Reply
from bot.setting_commands import SettingCommand, ShowPage
from domain import (
    admins,
    approval_decisions,
    approval_lists,
    blocks,
    bulks,
    certificates,
    departures,
    erasing_asked,
    factor_resets,
    finding,
    history,
    inquiries,
    invitations,
    invite_form,
    inviting,
    lists,
    method_changes,
    notices,
    postings,
    readers,
    repairs,
    requests,
    resources,
    reviews,
    sessions,
    settings,
    sponsoring,
    switches,
    warnings,
    workspaces,
)
from domain.approval_views import ApprovalTarget
from domain.bulk_views import Listed
from domain.request_views import Decision
from domain.value import value
from domain.views import Person, Place, Setting, Target
from domain.wishes import Wishes
from domain.work import Work


@value
class Deed:
    operation: Callable[..., Any]
    """Called as operation(work, place, person, *arguments)."""
    show: Callable[[Any, Listener], Reply]
    arguments: tuple[object, ...] = ()
    writes: bool = True
    """False: it changes nothing, whoever asks for whatever."""
    once: bool = True
    """True: it may change something, so the same message again is passed over."""
    looks: bool = False
    """True: a client asks it of itself, again and again, so each time is answered anew and none is remembered."""
    gated: bool = False
    """True: it asks whether passcodes are on, so the operator's own provider is asked before."""
    kept: bool = True
    """False: the answer to an invoke is not kept, as asking again asks anew."""


def deed(command: commands.Command) -> Deed:
    return DEEDS[type(command)](command)


def _invite(command: commands.Invite) -> Deed:
    bad = command.addresses.bad
    if not command.addresses.good:
        return _asked(partial(outcomes.faults, bad))
    arguments = (command.addresses.good, command.days)
    if bad:
        return Deed(invitations.draft, partial(outcomes.drafted, bad), arguments, gated=True)
    invite = partial(invitations.invite, wishes=Wishes(name=command.name, reason=command.reason))
    return Deed(invite, outcomes.invited_or_drafted, arguments, gated=True)


def _invite_list(command: commands.InviteList) -> Deed:
    """Raises UnreadableList."""
    given = command.listed
    return listed(lists.read_text(given) if isinstance(given, str) else lists.pasted(given), "", command.days)


def listed(rows: Listed, name: str, days: int | None) -> Deed:
    """Of a file, whose rows were read before, or of rows in a message."""
    return Deed(partial(bulks.preview, days=days), bulk_outcomes.previewed, (rows, name), gated=True)


def _show_list(command: commands.ShowList) -> Deed:
    return Deed(bulks.shown, bulk_outcomes.bulk, (command.bulk_id, command.only, command.page), once=False)


def _standing(show: Callable[[Any, Listener], Reply]) -> Deed:
    """For what changes nothing, and is told only to those who may do something here."""
    return Deed(inviting.standing, show, writes=False, once=False, gated=True)


def _asked(show: Callable[[Any, Listener], Reply]) -> Deed:
    """For what is told only to those who may invite here."""
    return Deed(inviting.asked, show, writes=False, once=False, gated=True)


def _on(told: Callable[[Any, Listener], Reply], target: Target | str) -> Callable[[Any, Listener], Reply]:
    """A button's card takes on the new state; a command is answered in words, and the card follows by itself."""
    return outcomes.invitation if isinstance(target, Target) else told


def _resend(command: commands.Resend) -> Deed:
    return Deed(invitations.resend, _on(outcomes.resent, command.target), (command.target,), gated=True)


def _revoke(command: commands.Revoke) -> Deed:
    return Deed(invitations.revoke, _on(outcomes.revoked, command.target), (command.target,))


def _extend(command: commands.Extend) -> Deed:
    arguments = (command.target, command.days)
    return Deed(invitations.extend, _on(outcomes.extended, command.target), arguments, gated=True)


def _move(command: commands.Move) -> Deed:
    return Deed(repairs.move, partial(outcomes.moved, command.old), (command.old, command.new), gated=True)


def _decide(command: commands.Decide) -> Deed:
    operation = {
        Decision.INVITED: requests.invite,
        Decision.EXTENDED: requests.extend,
        Decision.DISMISSED: requests.dismiss,
    }[command.decision]
    return Deed(operation, outcomes.decided, (command.request_id,), gated=True)


def _confirm(command: commands.Confirm) -> Deed:
    operation = partial(invitations.confirm, only_good=command.only_good)
    return Deed(operation, outcomes.invited_or_drafted, (command.draft_id,), gated=True)


def _set_feature(command: commands.SetFeature) -> Deed:
    if command.setting is Setting.DISABLED and not command.sure:
        return Deed(settings.show, partial(outcomes.disabling, command.feature), writes=False, once=False, gated=True)
    return Deed(settings.set_tenant, outcomes.settings, (command.feature, command.setting), gated=True)


def _on_switch(command: commands.OnSwitch) -> Deed:
    operation = SWITCHING[command.wish]
    looks = command.wish in (commands.SwitchWish.SHOW, commands.SwitchWish.ASK)
    arguments = (command.notice_id, *((command.when,) if command.when else ()))
    return Deed(operation, outcomes.switch, arguments, writes=not looks, once=not looks, gated=True)


SWITCHING: dict[commands.SwitchWish, Callable[..., Any]] = {
    commands.SwitchWish.SHOW: switches.show,
    commands.SwitchWish.ASK: switches.asking,
    commands.SwitchWish.ON: switches.turn_on,
    commands.SwitchWish.BLOCK: switches.block,
    commands.SwitchWish.REMIND: switches.remind_later,
}


def _setting(command: SettingCommand) -> Deed:
    operation, arguments = setting_deeds.operation(command)
    changes = not isinstance(command, ShowPage)
    return Deed(operation, setting_deeds.page, arguments, writes=changes, once=changes)


def _claimed(work: Work, place: Place, person: Person, code: str) -> bool:
    admins.claim(work, place, person, code)
    return True


def _guests(command: commands.Guests) -> Deed:
    return Deed(invitations.listing, outcomes.guests, (command.only, command.page), once=False)


def _look(operation: Callable[..., Any], show: Callable[[Any, Listener], Reply], *arguments: object) -> Deed:
    return Deed(operation, show, arguments, writes=False, once=False, looks=True)


def _unknown(command: commands.Unknown) -> Deed:
    return _standing(partial(outcomes.unknown, command.nearest or "", command.rest))


DEEDS: dict[type[Any], Callable[[Any], Deed]] = {
    commands.Invite: _invite,
    commands.InviteList: _invite_list,
    commands.ConfirmList: lambda it: Deed(bulks.confirm, bulk_outcomes.bulk, (it.bulk_id,)),
    commands.StopList: lambda it: Deed(bulks.stop, bulk_outcomes.bulk, (it.bulk_id,)),
    commands.ShowList: _show_list,
    commands.OfferFile: lambda it: Deed(
        bulks.result, partial(bulk_outcomes.offered, it.bulk_id), (it.bulk_id,), once=False, kept=False
    ),
    commands.PutFile: lambda it: Deed(
        bulks.shown, partial(bulk_outcomes.put, it.upload), (it.bulk_id,), once=False, kept=False
    ),
    commands.NoFile: lambda _: _standing(bulk_outcomes.not_wanted),
    commands.HowToInvite: lambda it: Deed(
        invite_form.opened, form_outcomes.opened, (it.filled,), writes=False, once=False, kept=False
    ),
    commands.FillIn: lambda it: Deed(
        invite_form.submit, partial(form_outcomes.submitted, it.filled), (it.filled,), gated=True
    ),
    commands.Find: lambda it: Deed(
        finding.guests, form_outcomes.found, (it.begins,), writes=False, once=False, kept=False
    ),
    commands.Confirm: _confirm,
    commands.Guests: _guests,
    commands.ShowInvitation: lambda it: _look(readers.invitation, outcomes.looked, it.invitation_id),
    commands.ShowGuests: lambda it: _look(readers.guests, outcomes.guests, it.only, it.page),
    commands.Status: lambda it: Deed(invitations.status, outcomes.invitation, (it.address,), once=False),
    commands.Resend: _resend,
    commands.Revoke: _revoke,
    commands.Remove: lambda it: Deed(invitations.remove, outcomes.removed, (it.address,)),
    commands.Extend: _extend,
    commands.Correct: lambda it: Deed(invitations.correct, outcomes.invitation, (it.target, it.address), gated=True),
    commands.Language: lambda it: Deed(repairs.language, outcomes.language, (it.address, it.chosen)),
    commands.Move: _move,
    commands.Decide: _decide,
    commands.Owners: lambda _: Deed(workspaces.owners, outcomes.owners, once=False),
    commands.Settings: lambda _: Deed(settings.show, outcomes.settings, writes=False, once=False, gated=True),
    commands.SetFeature: _set_feature,
    commands.Explain: lambda it: Deed(inquiries.explain, outcomes.explained, (it.addresses,), once=False, gated=True),
    commands.Methods: lambda _: Deed(method_changes.show, outcomes.methods, writes=False, once=False, gated=True),
    commands.MoveMethod: lambda it: Deed(
        method_changes.move, outcomes.methods, (it.method, it.up, it.version), gated=True
    ),
    commands.SwitchMethod: lambda it: Deed(
        method_changes.switch, outcomes.methods, (it.method, it.on, it.version), gated=True
    ),
    commands.Claim: lambda it: Deed(_claimed, outcomes.claimed, (it.code,)),
    commands.Links: lambda _: Deed(resources.listing, outcomes.links, once=False),
    commands.AddLink: lambda it: Deed(resources.add, outcomes.links, (it.name, it.url)),
    commands.RemoveLink: lambda it: Deed(resources.remove, outcomes.links, (it.name,)),
    commands.Sessions: lambda it: Deed(sessions.of_guest, outcomes.sign_ins, (it.address,), once=False),
    commands.EndSessions: lambda it: Deed(sessions.end_all, outcomes.sign_ins, (it.guest_id,)),
    commands.ResetFactors: lambda it: Deed(factor_resets.ask, factor_outcomes.asked, (it.address,)),
    commands.FactorRequests: lambda _: Deed(factor_resets.waiting, factor_outcomes.waiting, writes=False, once=False),
    commands.ConfirmReset: lambda it: Deed(factor_resets.confirm, factor_outcomes.asked, (it.request_id,)),
    commands.DenyReset: lambda it: Deed(factor_resets.deny, factor_outcomes.asked, (it.request_id,)),
    commands.Blocks: lambda it: Deed(blocks.report, outcomes.blocks, (it.page,), writes=False, once=False),
    life_commands.ExtendAccess: lambda it: Deed(warnings.extend, life_outcomes.warned, (it.notice_id,)),
    life_commands.LetEnd: lambda it: Deed(warnings.let_end, life_outcomes.warned, (it.notice_id,)),
    life_commands.Keep: lambda it: Deed(
        reviews.keep, life_outcomes.reviewed, (it.notice_id, it.membership_id, it.page)
    ),
    life_commands.EndAccess: lambda it: Deed(
        reviews.end, life_outcomes.reviewed, (it.notice_id, it.membership_id, it.page)
    ),
    life_commands.ReviewPage: lambda it: Deed(
        reviews.page, life_outcomes.reviewed, (it.notice_id, it.page), once=False
    ),
    commands.OnSwitch: _on_switch,
    commands.Audit: lambda it: Deed(history.read, audit_outcomes.history, (it.question,), writes=False, once=False),
    approval_commands.Approvals: lambda it: Deed(
        approval_lists.listing, approval_outcomes.listed, (it.page,), writes=False, once=False
    ),
    approval_commands.ShowApproval: lambda it: Deed(
        approval_lists.shown, approval_outcomes.shown, (it.target,), writes=False, once=False, gated=True
    ),
    approval_commands.Approve: lambda it: Deed(
        approval_decisions.approve, approval_outcomes.shown, (it.named, it.note), gated=True
    ),
    approval_commands.Deny: lambda it: Deed(
        approval_decisions.deny, approval_outcomes.shown, (it.named, it.note), gated=True
    ),
    approval_commands.Withdraw: lambda it: Deed(approval_decisions.withdraw, approval_outcomes.shown, (it.named,)),
    sponsor_commands.Sponsors: lambda it: Deed(sponsoring.show, sponsor_outcomes.sponsors, (it.address,), once=False),
    sponsor_commands.TakeOver: lambda it: Deed(
        departures.hand_over, sponsor_outcomes.sponsor_left, (it.notice_id, it.person_id)
    ),
    sponsor_commands.Certificate: lambda it: Deed(
        certificates.show, sponsor_outcomes.certificate, (it.named,), once=False
    ),
    sponsor_commands.Erase: lambda it: Deed(
        erasing_asked.ask, sponsor_outcomes.erasure, (it.address,), writes=False, once=False
    ),
    sponsor_commands.EraseNow: lambda it: Deed(erasing_asked.erase, sponsor_outcomes.erasure, (it.invitation_id,)),
    commands.Help: lambda _: _standing(outcomes.guidance),
    commands.Unknown: _unknown,
    commands.Unclear: lambda it: _standing(partial(outcomes.unclear, it)),
    **dict.fromkeys(setting_deeds.COMMANDS, _setting),
}
"""All but adding and removing owners, for whom the roster is asked first."""
FOR_GUESTS = (
    commands.Invite, commands.HowToInvite, commands.Confirm, commands.Explain, commands.Guests, commands.Status,
    commands.Resend, commands.Correct, commands.Extend, commands.Revoke, commands.Help, commands.Unknown,
    commands.Unclear,
)  # fmt: skip
"""What Teams guests can ask for where the tenant lets everyone invite. Each asks for the right by itself."""
"""All but adding and removing owners, for whom the roster is asked first, and files, which are fetched first."""


def owner_added(new: Person) -> Deed:
    return Deed(workspaces.add_owner, outcomes.owners, (new,))


def owner_removed(old: Person) -> Deed:
    return Deed(workspaces.remove_owner, outcomes.owners, (old,))


def on_card(what: Deed, found: Callable[[Work, Place], bool]) -> Deed:
    """The same, done by a click that tells where the invitation's card stands."""

    def operation(work: Work, place: Place, person: Person, *arguments: object, **asked: object) -> Any:
        result = what.operation(work, place, person, *arguments, **asked)
        found(work, place)
        return result

    return replace(what, operation=operation)


def card_found(command: commands.Command, message_id: str) -> Callable[[Work, Place], bool] | None:
    """For a click on a card of the outbox: `message_id` is what it was clicked on. None: another kind of command."""
    if message_id and isinstance(command, commands.Decide | commands.ConfirmReset | commands.DenyReset):
        return lambda work, place: requests.card_found(work, place, command.request_id, message_id)
    named = getattr(command, "named", None)
    if message_id and isinstance(named, ApprovalTarget):
        return lambda work, place: approval_lists.card_found(work, place, named.approval_id, message_id)
    notice_id = getattr(command, "notice_id", None)
    if message_id and isinstance(notice_id, str):
        return lambda work, place: notices.card_found(work, place, notice_id, message_id)
    if message_id and isinstance(command, commands.OnSwitch | sponsor_commands.TakeOver):
        return lambda work, place: notices.card_found(work, place, command.notice_id, message_id)
    target = getattr(command, "target", None)
    if not message_id or not isinstance(target, Target):
        return None
    return lambda work, place: postings.card_found(work, place, target.invitation_id, message_id)
