"""Cards as plain text: for channels that show none, and for notifications. Send it with `textFormat` plain."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cards.elements import CONTENT_TYPE, Part
from locales import Speech, speak

_MOMENT = re.compile(r"\{\{(DATE|TIME)\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)(?:,SHORT)?\)\}\}")
_COMMANDS = {  # by the verb of a button; by its id, where it only opens more of the card
    "invitation.resend": ("resend {address}",),
    "invitation.extend": ("extend {address}",),
    "invitation.revoke": ("revoke {address}",),
    "request.invite": ("invite {address}",),
    "request.extend": ("extend {address}",),
    "approval.approve": ("approvals approve {address}",),
    "approval.deny": ("approvals deny {address}",),
    "approval.withdraw": ("approvals withdraw {address}",),
    "guests.page": ("guests", "guests pending", "guests active"),
    "settings.feature": ("preview on", "preview off"),
    "settings.show": ("settings",),
    "methods.show": ("methods",),
    "audit.page": ("audit",),
    "audit.filter": ("audit {address}",),
    "invite.form": ("invite {address}",),
    "invite.confirm": ("invite {address}",),
    "help": ("help",),
}


def attachment(card: Part) -> Part:
    """What goes into an activity's `attachments`."""
    return {"contentType": CONTENT_TYPE, "content": card}


def summary(card: Part) -> str:
    """One line of plain text, for a notification."""
    return card["fallbackText"]


def fallback_text(card: Part, *, address: str | None = None) -> str:
    """The whole card as lines of plain text, with commands in place of buttons, about `address` where it is known."""
    speech = speak(card["lang"])
    said = [_moments(speech, row) for part in card["body"] for row in _rows(part)]
    commands = _commands(card.get("actions", []), address or speech.say("ADDRESS"))
    if commands:
        said.append(speech.say("You can write: {commands}", commands=" · ".join(commands)))
    return "\n".join(said)


def _rows(part: dict[str, Any]) -> Iterator[str]:
    """A row of columns is one line of text."""
    match part["type"]:
        case "TextBlock":
            yield part["text"].replace("**", "")
        case "RichTextBlock":
            yield "".join(run["text"] for run in part["inlines"])
        case "Container":
            for item in part["items"]:
                yield from _rows(item)
        case "ColumnSet":
            cells = [row for column in part["columns"] for item in column["items"] for row in _rows(item)]
            yield " · ".join(cells)
        case "Input.Text" | "Input.Number" | "Input.ChoiceSet" | "Input.Date":
            yield part["label"]
        case "ActionSet":
            pass
        case kind:
            raise ValueError(f"a card part without a text: {kind}")


def _moments(speech: Speech, row: str) -> str:
    def told(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found[2])
        return speech.day(moment) if found[1] == "DATE" else speech.time(moment)

    return _MOMENT.sub(told, row)


def _commands(actions: list[Part], address: str) -> list[str]:
    found: dict[str, None] = {}
    for action in actions:
        folded: list[Part] = action["card"]["actions"] if action["type"] == "Action.ShowCard" else []
        for one in (action, *folded):
            named: str = one.get("verb") or one.get("id", "")
            found |= dict.fromkeys(words.format(address=address) for words in _COMMANDS.get(named, ()))
    return list(found)
