"""The parts that cards are made of: Adaptive Cards 1.5, https://adaptivecards.io/explorer/.

Only our own sentences stand in text blocks, which are Markdown. What others wrote stands in text runs, which are not.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from json import dumps
from typing import Any

from cards.escape import plain

Part = dict[str, Any]

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"


def card(body: Sequence[Part], actions: Sequence[Part] = (), *, language: str, line: str) -> Part:
    """A whole card. `line`: plain text that says the same in one sentence."""
    whole: Part = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": "1.5",
        "lang": language,
        "fallbackText": line,
        "body": list(body),
    }
    if actions:
        whole["actions"] = list(actions)
    return whole


def text(words: str, **look: Any) -> Part:
    """A sentence of ours."""
    return {"type": "TextBlock", "text": words, "wrap": True, **look}


def heading(words: str, **look: Any) -> Part:
    return text(words, style="heading", size="Medium", weight="Bolder", **look)


def label(words: str) -> Part:
    return text(words, size="Small", weight="Bolder", isSubtle=True, spacing="Medium")


def run(words: str, **look: Any) -> Part:
    """Words that are shown as they are. What others wrote has been through `plain` or `address`."""
    return {"type": "TextRun", "text": words, **look}


def line(*runs: Part, **look: Any) -> Part:
    return {"type": "RichTextBlock", "inlines": list(runs), **look}


def container(items: Iterable[Part], **look: Any) -> Part:
    return {"type": "Container", "items": list(items), **look}


def columns(*parts: Part, **look: Any) -> Part:
    return {"type": "ColumnSet", "columns": list(parts), **look}


def column(items: Iterable[Part], width: str = "stretch", **look: Any) -> Part:
    return {"type": "Column", "width": width, "items": list(items), **look}


def execute(title: str, verb: str, data: Part, **look: Any) -> Part:
    """A button. Unless inputs belong to it, it takes none along."""
    look.setdefault("associatedInputs", "None")
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": data, **look}


def unfold(title: str, body: Sequence[Part], actions: Sequence[Part], **look: Any) -> Part:
    """A button that opens more of the card instead of doing something."""
    inner: Part = {"type": "AdaptiveCard", "body": list(body), "actions": list(actions)}
    return {"type": "Action.ShowCard", "title": title, "card": inner, **look}


def local_date(moment: datetime) -> str:
    """The client shows its reader's own date: Sun, 6 Dec 2026."""
    return f"{{{{DATE({_instant(moment)},SHORT)}}}}"


def local_time(moment: datetime) -> str:
    at = _instant(moment)
    return f"{{{{DATE({at},SHORT)}}}} {{{{TIME({at})}}}}"


def fitting(parts: Iterable[Part], count: int, room: int) -> tuple[list[Part], int]:
    """As many of `count` parts as fit into `room` bytes of JSON, and how many were left out (and never made)."""
    kept: list[Part] = []
    for part in parts:
        room -= len(dumps(part)) + 2
        if room < 0:
            break
        kept.append(part)
    return kept, count - len(kept)


def names(people: Sequence[str], most: int = 10) -> list[str]:
    """Names that can be shown; those beyond `most` are left out."""
    return [plain(person) for person in people[:most]]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat("T", "seconds")[:19] + "Z"
