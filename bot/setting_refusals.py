"""Refusals of who may invite and of settings, in the chat: sentences for bot/replies.py."""

from collections.abc import Callable
from typing import Any

from bot.listeners import Listener
from cards.escape import plain
from cards.setting_words import field_name
from domain import errors, inviting_errors, setting_errors
from domain.policies import Inviting
from domain.policy_edits import Unfit, UnfitChange
from domain.setting_fields import Fault, UnfitSettings


def _may_not_invite(refusal: inviting_errors.MayNotInvite, to: Listener) -> str:
    said = {
        Inviting.NOBODY: to.speech.say("Nobody may invite guests at present."),
        Inviting.NAMED: to.speech.say("Only people whom the admins named may invite guests."),
    }.get(refusal.setting, to.speech.say("You may not invite guests here."))
    return f"{said} {to.who_can_change(refusal.admins)}"


def _unfit_settings(refusal: UnfitSettings, to: Listener) -> str:
    told = [_fault(each, to) for each in refusal.faults]
    return "\n".join([*told, to.speech.say("Nothing was changed.")])


def _fault(fault: Fault, to: Listener) -> str:
    what = field_name(to.speech, fault.name)
    if fault.most:
        return to.speech.say(
            "{what}: from {least} to {most} is possible.", what=what, least=fault.least, most=fault.most
        )
    return to.speech.say("{what}: this is not possible.", what=what)


def _unfit_change(refusal: UnfitChange, to: Listener) -> str:
    said = {
        Unfit.NAME_TAKEN: to.speech.say("There is a rule of that name already."),
        Unfit.UNKNOWN_RULE: to.speech.say("There is no such rule."),
        Unfit.UNKNOWN_WORKSPACE: to.speech.say("There is no such workspace."),
        Unfit.OTHER_LIST: to.speech.say("There is an allow list or a deny list, not both. Empty the other one first."),
        Unfit.ALREADY_LISTED: to.speech.say("That stands on the list already."),
        Unfit.NOT_LISTED: to.speech.say("That is not on the list."),
    }[refusal.why]
    return f"{said} {to.speech.say('Nothing was changed.')}"


def _wrong_item(refusal: setting_errors.WrongItem, to: Listener) -> str:
    if refusal.person:
        said = to.speech.say("I know nobody of this organisation by that choice.")
    elif refusal.what:
        said = to.speech.say("“{given}” is nothing that I can take here.", given=plain(refusal.what, 80))
    else:
        said = to.speech.say("This text is empty, or too long.")
    return f"{said} {to.speech.say('Nothing was changed.')}"


SETTING_REFUSALS: dict[type[errors.Refusal], Callable[[Any, Listener], str]] = {
    inviting_errors.MayNotInvite: _may_not_invite,
    UnfitSettings: _unfit_settings,
    UnfitChange: _unfit_change,
    setting_errors.WrongItem: _wrong_item,
}
