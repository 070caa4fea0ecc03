"""What the servers of the tests share: a loop in a thread, and a journal that can be waited for."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, Generic, TypeVar

Entry = TypeVar("Entry")
PATIENCE_SECONDS = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Loop:
    """An event loop in a thread of its own: the tests themselves stay synchronous, as Playwright wants it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def close(self) -> None:
        self.run(_goodbye())
        self.run(self.loop.shutdown_asyncgens())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


async def _goodbye() -> None:
    """What was closed needs a few turns of the loop until its sockets are."""
    for _ in range(20):
        await asyncio.sleep(0.005)


class Journal(Generic[Entry]):
    """What happened, in order. Anybody may add, anybody may wait for an entry of a kind."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries: list[Entry] = []
        self.news = threading.Condition()

    def add(self, entry: Entry) -> None:
        with self.news:
            self.entries.append(entry)
            self.news.notify_all()

    def touch(self) -> None:
        """An entry was changed in place."""
        with self.news:
            self.news.notify_all()

    def matching(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        with self.news:
            return [entry for entry in self.entries if wanted(entry)]

    def wait(self, wanted: Callable[[Entry], bool], seconds: float = PATIENCE_SECONDS, *, after: int = 0) -> Entry:
        """The first entry, from number `after` on, that is `wanted`; fails after `seconds` without one."""
        return self.wait_for(lambda: next(filter(wanted, self.entries[after:]), None), seconds)

    def wait_for(self, look: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
        """What `look` gives as soon as that is something. It is asked again with every entry."""
        deadline = monotonic() + seconds
        with self.news:
            while not (found := look()):
                if not self.news.wait(deadline - monotonic()):
                    told = "\n".join(str(entry)[:600] for entry in self.entries[-15:])
                    raise AssertionError(f"{self.name}: not seen within {seconds:.0f} s. The last entries:\n{told}")
            return found
