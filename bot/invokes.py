"""What clients send besides messages: clicks, dialogs and the message extension. All of it may be made up.

Universal Actions: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/
Dialogs: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
Message extension: https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/what-are-messaging-extensions
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot import form_clicks, result_files
from bot.clicks import clicked
from bot.commands import Command, Find
from bot.places import part

EXECUTE = "adaptiveCard/action"
OPEN, SUBMIT = "task/fetch", "task/submit"
ACTION, ACTION_SUBMIT, SEARCH = "composeExtension/fetchTask", "composeExtension/submitAction", "composeExtension/query"
CONSENT = "fileConsent/invoke"
"""May a file be put into somebody's drive? https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4"""
DIALOGS = frozenset({OPEN, SUBMIT, ACTION, ACTION_SUBMIT})
"""Answered with a dialog, or with a sentence in one."""
ON_MESSAGES = frozenset({ACTION, ACTION_SUBMIT})
INVITE_COMMAND, FIND_COMMAND = "inviteFromMessage", "findGuest"
"""Commands of the message extension, as manifest/manifest.json names them."""
Clicked = tuple[str, Mapping[str, Any]]
"""Verb and data."""


def name(activity: Mapping[str, Any]) -> str:
    """Empty for what is no invoke."""
    return str(activity.get("name") or "") if activity.get("type") == "invoke" else ""


def asked(activity: Mapping[str, Any]) -> Command | None:
    """What an invoke asks for. None: something that Gatehouse has not got."""
    read = READERS.get(name(activity))
    return read(part(activity, "value")) if read else None


def _executed(value: Mapping[str, Any]) -> Command:
    told = part(value, "action")
    return clicked(_verb(told.get("verb")), part(told, "data"), automatic=value.get("trigger") == "automatic")


def _opened(value: Mapping[str, Any]) -> Command:
    opening = part(value, "data").get("verb") == "invite.open"
    return form_clicks.opening(value) if opening else form_clicks.nothing()


def _submitted(value: Mapping[str, Any]) -> Command:
    """A button of a dialog."""
    data = part(value, "data")
    verb = _verb(data.get("verb"))
    if verb == "invite.form":
        return form_clicks.in_dialog(data) or form_clicks.nothing()
    return clicked(verb, data)


def _on_message(value: Mapping[str, Any]) -> Command | None:
    return form_clicks.from_message(value) if value.get("commandId") == INVITE_COMMAND else None


def _submitted_on_message(value: Mapping[str, Any]) -> Command | None:
    return _submitted(value) if value.get("commandId") == INVITE_COMMAND else None


def _searched(value: Mapping[str, Any]) -> Command | None:
    return Find(form_clicks.looked_for(value)) if value.get("commandId") == FIND_COMMAND else None


READERS: dict[str, Callable[[Mapping[str, Any]], Command | None]] = {
    EXECUTE: _executed,
    OPEN: _opened,
    SUBMIT: _submitted,
    ACTION: _on_message,
    ACTION_SUBMIT: _submitted_on_message,
    SEARCH: _searched,
    CONSENT: result_files.answered,
}


def submitted(activity: Mapping[str, Any]) -> Clicked | None:
    """Action.Submit, for clients that know only that: a message without text. None: no click."""
    value = part(activity, "value")
    if not value:
        return None
    told = part(value, "action")
    if told:
        return _verb(told.get("verb")), part(told, "data") or value
    return _verb(value.get("verb") or value.get("action")), value


def _verb(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 64 else ""
