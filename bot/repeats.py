"""The same activity again: channels deliver it twice when an answer took too long."""

import asyncio
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
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def begin(self, key: str | None) -> bool:
        """False: it was answered. While it is under way this waits: nobody may hear that it is done before it is."""
        if key is None:
            return True
        while key in self._under_way:
            await asyncio.shield(self._under_way[key])
        if key in self._answered:
            return False
        self._under_way[key] = asyncio.get_running_loop().create_future()
        return True

    def end(self, key: str | None, done: bool) -> None:
        """Not done: it may come again."""
        if key is None:
            return
        self._under_way.pop(key).set_result(None)
        if done:
            self._answered[key] = None
            if len(self._answered) > MOST:
                self._answered.popitem(last=False)
