"""The same activity again: channels deliver it twice when an answer took too long."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.places import part, word

MOST = 10_000


def activity_key(activity: Mapping[str, Any], tenant_id: str) -> str | None:
    """Names an activity and its sender; None: it has no id, so nothing tells it from others."""
    activity_id = word(activity, "id")
    if not activity_id:
        return None
    sender = part(activity, "from")
    parts = (
        tenant_id,
        word(activity, "channelId"),
        word(part(activity, "conversation"), "id"),
        activity_id,
        word(sender, "aadObjectId") or word(sender, "id"),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Repeats:
    """Messages under way or answered in this process: those that changed nothing stand in no table. What changed
    something is known to the database as well (domain/received.py)."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def begin(self, key: str | None) -> bool:
        """False: it is being answered, or was."""
        if key is None:
            return True
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return True

    def end(self, key: str | None, done: bool) -> None:
        """Not done: it may come again."""
        if key is not None and not done:
            self._seen.pop(key, None)
