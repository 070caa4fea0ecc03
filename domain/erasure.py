"""Taking an address out of texts."""

import json
import re
from typing import Any

PERSONAL = frozenset({"name", "message", "reason"})
"""What wishes say of the person whom they are about."""

ANYBODY = re.compile(r"[^\s\"'<>@,;:()\[\]{}]*@[^\s\"'<>@,;:()\[\]{}]*")
"""Whatever may be an address: afterwards there is no @ left."""


def scrubbed(text: str, address: str | re.Pattern[str], pseudonym: str) -> str:
    """The text, or the JSON, with the pseudonym in the address's place, and without what else tells of the person."""
    try:
        document = json.loads(text)
    except ValueError:
        return _replaced(text, address, pseudonym)
    return json.dumps(_walked(document, address, pseudonym), separators=(",", ":"))


def _walked(part: Any, address: str | re.Pattern[str], pseudonym: str) -> Any:
    if isinstance(part, dict):
        named: dict[str, Any] = part  # pyright: ignore[reportUnknownVariableType]
        return {
            each: type(value)() if each in PERSONAL and isinstance(value, str) else _walked(value, address, pseudonym)
            for each, value in named.items()
        }
    if isinstance(part, list):
        listed: list[Any] = part  # pyright: ignore[reportUnknownVariableType]
        return [_walked(each, address, pseudonym) for each in listed]
    return _replaced(part, address, pseudonym) if isinstance(part, str) else part


def _replaced(text: str, address: str | re.Pattern[str], pseudonym: str) -> str:
    if isinstance(address, str):
        address = re.compile(re.escape(address), re.IGNORECASE)
    return address.sub(pseudonym, text)
