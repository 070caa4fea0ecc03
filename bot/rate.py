"""Pace: how often the bot may speak in one channel of the chat."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

TEAMS = ((1.0, 7), (2.0, 8), (30.0, 60), (3600.0, 1800))
"""(seconds, messages) per conversation, replies and updates included:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""
_MARGIN_SECONDS = 0.09
"""Two calls may arrive closer together than they were made."""
_ROOM = 2048


class TooBusy(Exception):
    """No slot soon enough; none was taken. `seconds`: when to come again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no slot for {seconds:.1f} s")
        self.seconds = seconds


class Pace:
    """Gives every call the earliest slot that breaks no window, in the order of asking: first come, first served.

    No windows: nobody waits (a development channel has no limits)."""

    def __init__(
        self,
        windows: tuple[tuple[float, int], ...] = TEAMS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._windows = windows
        self._longest = max((seconds for seconds, _ in windows), default=0.0)
        self._most = max((messages for _, messages in windows), default=0)
        self._clock = clock
        self._sleep = sleep
        self._slots: dict[str, deque[float]] = {}

    async def turn(self, conversation_id: str, patience_seconds: float) -> None:
        """Returns when it is this call's turn. Raises TooBusy at once when that would take longer than the patience."""
        if not self._windows:
            return
        now = self._clock()
        slots = self._slots_of(channel_of(conversation_id), now)
        slot = self._earliest(slots, now)
        if slot - now > patience_seconds:
            raise TooBusy(slot - now)
        slots.append(slot)
        if slot > now:
            await self._sleep(slot - now)

    def _earliest(self, slots: deque[float], now: float) -> float:
        # Slots are given in rising order, so the n-th last one decides for a window of n.
        waits = [slots[-n] + seconds + _MARGIN_SECONDS for seconds, n in self._windows if len(slots) >= n]
        return max([now, *waits, *([slots[-1]] if slots else [])])

    def _slots_of(self, channel: str, now: float) -> deque[float]:
        if channel not in self._slots and len(self._slots) >= _ROOM:
            self._forget(now)
        return self._slots.setdefault(channel, deque(maxlen=self._most))

    def _forget(self, now: float) -> None:
        idle = [channel for channel, slots in self._slots.items() if not slots or slots[-1] + self._longest < now]
        for channel in idle:
            del self._slots[channel]


def channel_of(conversation_id: str) -> str:
    """Threads of a channel share its limits."""
    return conversation_id.partition(";messageid=")[0]
