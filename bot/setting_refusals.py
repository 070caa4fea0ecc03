"""Refusals of who may invite and of settings, in the chat: sentences for bot/replies.py."""

from collections.abc import Callable
from typing import Any

from bot.listeners import Listener
from domain import errors, inviting_errors
from domain.policies import Inviting


def _may_not_invite(refusal: inviting_errors.MayNotInvite, to: Listener) -> str:
    said = {
        Inviting.NOBODY: to.speech.say("Nobody may invite guests at present."),
        Inviting.NAMED: to.speech.say("Only people whom the admins named may invite guests."),
    }.get(refusal.setting, to.speech.say("You may not invite guests here."))
    if refusal.admins:
        return f"{said} {to.speech.say('{names} can change that.', names=to.names(refusal.admins))}"
    return f"{said} {to.speech.say('An admin can change that.')}"


SETTING_REFUSALS: dict[type[errors.Refusal], Callable[[Any, Listener], str]] = {
    inviting_errors.MayNotInvite: _may_not_invite,
}
