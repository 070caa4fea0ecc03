"""Fields of a card's payload. What a client sends is made up for all we know. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from bot.phrases import MOST_DAYS

OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def text(data: Mapping[str, Any], name: str, longest: int) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) and len(value) <= longest else None


def opaque(data: Mapping[str, Any], name: str) -> str | None:
    value = text(data, name, 64)
    return value if value and OPAQUE.fullmatch(value) else None


def whole(value: object) -> int | None:
    """JSON numbers may come back as 3.0; true, NaN and Infinity are no numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MOST_DAYS:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-MOST_DAYS, min(value, MOST_DAYS))
    return None
