"""Asking who has an account where, when an operation has to know: the one place where the bot waits for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from domain.doors import Discovery
from domain.methods import Discovered, DiscoveryNeeded

T = TypeVar("T")
SECONDS = 3.0
"""Longer nobody waits in a chat. What is not known by then is unknown, which is not a no."""
AT_ONCE = 8
MOST = 100
"""Addresses asked about for one message; the others stay unknown."""


class Asking:
    def __init__(self, discovery: Discovery | None, seconds: float = SECONDS) -> None:
        self._discovery = discovery
        self._seconds = seconds

    async def run(
        self, unit: Callable[..., Awaitable[T]], operation: Callable[..., Any], *args: Any, **named: Any
    ) -> T:
        """Runs a unit; where it has to know first who has an account where, asks that and runs it again."""
        try:
            return await unit(operation, *args, **named)
        except DiscoveryNeeded as needed:
            found = await self._answers(needed)
        return await unit(operation, *args, found=found, **named)

    async def _answers(self, needed: DiscoveryNeeded) -> dict[str, Sequence[Discovered]]:
        """By address. Without a discovery nobody has an account anywhere."""
        discovery = self._discovery
        if discovery is None:
            return dict.fromkeys(needed.addresses, ())
        room = asyncio.Semaphore(AT_ONCE)

        async def ask(address: str) -> Sequence[Discovered]:
            async with room:
                return await discovery.ask(needed.policy, address)

        tasks = {address: asyncio.create_task(ask(address)) for address in needed.addresses[:MOST]}
        try:
            await asyncio.wait(tasks.values(), timeout=self._seconds)
            return {address: task.result() for address, task in tasks.items() if task.done()}
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
