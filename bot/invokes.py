"""What clients send for a click, and how each kind of invoke is answered. All of it may be made up.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/
"""

from collections.abc import Mapping
from typing import Any

from bot.listeners import Listener
from bot.places import part
from bot.turn import message_answer

EXECUTE = "adaptiveCard/action"
Clicked = tuple[str, Mapping[str, Any]]
"""Verb and data."""


def action(activity: Mapping[str, Any]) -> Clicked | None:
    """Action.Execute. None: another kind of invoke."""
    if activity.get("name") != EXECUTE:
        return None
    told = part(activity, "value", "action")
    return _verb(told.get("verb")), part(told, "data")


def automatic(activity: Mapping[str, Any]) -> bool:
    """Nobody clicked: the client asks when it shows the card."""
    return part(activity, "value").get("trigger") == "automatic"


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


def unknown(activity: Mapping[str, Any], to: Listener) -> dict[str, Any]:
    """An answer in the shape that its protocol asks for, to something that Gatehouse has not got."""
    said = to.speech.say("I cannot do this. Write “help” to see what I can do.")
    name = str(activity.get("name") or "")
    if name.startswith("task/"):
        return {"task": {"type": "message", "value": said}}
    if name.startswith("composeExtension/"):
        return {"composeExtension": {"type": "message", "text": said}}
    return message_answer(said)
