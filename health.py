"""What operators watch: /livez, /readyz and /metrics. None says anything about a tenant, an address or a secret."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from time import monotonic
from typing import Any, Protocol

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from domain.faults import Unavailable
from domain.work import Work
from storage import outbox

PATIENCE_SECONDS = 2.0
"""How long the database may take to answer before it counts as away."""
KEPT_SECONDS = 1.0
"""How long an answer is good for: however often a balancer asks, the database is asked once a second."""

PLAIN = re.compile(r"[A-Za-z_]{1,24}(?:\.[a-z_]{1,24})?")


class Reading(Protocol):
    """The part of the database that is needed here."""

    async def read(self, operation: Callable[..., Any], /, *args: Any) -> Any: ...

    async def ready(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Backlog:
    """A channel's outbox rows."""

    channel: str
    waiting: int
    dead: int
    oldest_seconds: float
    """How long the row that is due longest has been due; 0 when none is."""


def backlog(work: Work) -> tuple[Backlog, ...]:
    """A read operation."""
    return tuple(Backlog(row.channel, row.due, row.dead, _age(row.oldest, work.now)) for row in work.all(outbox.STATE))


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


class Metrics:
    """Counts what happens, in the product's words. Doors and the worker are handed it; each call costs microseconds."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        disable_created_metrics()
        self._commands = Counter(
            "gatehouse_commands", "Commands in the chat", ("command", "outcome"), registry=self._registry
        )
        self._events = Counter("gatehouse_events", "What happened, by kind", ("kind",), registry=self._registry)
        self._pages = Counter("gatehouse_answers", "HTTP answers", ("route", "status"), registry=self._registry)
        self._event, self._page = lru_cache(256)(self._event_of), lru_cache(256)(self._page_of)
        self._waiting = self._gauge("outbox_waiting", "Rows that will be delivered", "channel")
        self._dead = self._gauge("outbox_dead", "Rows that were given up", "channel")
        self._oldest = self._gauge("outbox_oldest_due_seconds", "How long the oldest due row has waited", "channel")
        self._reachable = self._gauge("database_up", "1 while the database answers")

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"gatehouse_{name}", meaning, labels, registry=self._registry)

    def command(self, name: str, outcome: str) -> None:
        """What somebody asked for in the chat, and how it ended: done, a refusal's code, unavailable or fault."""
        self._commands.labels(_plain(name), _plain(outcome)).inc()

    def happened(self, kinds: list[str]) -> None:
        """Events that were committed, as the audit names them: invitation.created, passcode.wrong, session.started …"""
        for kind in kinds:
            self._event(kind).inc()

    def page(self, route: str, status: int) -> None:
        """`route` is a pattern of the router, never a path."""
        self._page(route, status).inc()

    def _event_of(self, kind: str) -> Counter:
        return self._events.labels(_plain(kind))

    def _page_of(self, route: str, status: int) -> Counter:
        return self._pages.labels(route, f"{status // 100}xx")

    def watch(self, beat_age: Callable[[], float], restarts: Callable[[], float]) -> None:
        """The worker's pulse: seconds since it last looked for due rows, and how often a task of it died."""
        self._gauge("worker_beat_age_seconds", "Since the worker last looked for due rows").set_function(beat_age)
        self._gauge("worker_restarts", "Background tasks that died and were started again").set_function(restarts)

    def told(self, queues: tuple[Backlog, ...] | None) -> bytes:
        """Everything in Prometheus' text format. None: the database does not answer, the rows are not known."""
        self._reachable.set(queues is not None)
        for gauge in (self._waiting, self._dead, self._oldest):
            gauge.clear()
        for queue in queues or ():
            self._waiting.labels(queue.channel).set(queue.waiting)
            self._dead.labels(queue.channel).set(queue.dead)
            self._oldest.labels(queue.channel).set(queue.oldest_seconds)
        return generate_latest(self._registry)


def _plain(label: str) -> str:
    """A word of ours; anything else is `other`, so that nothing personal ever becomes a label."""
    return label if PLAIN.fullmatch(label) else "other"


@dataclass
class Readiness:
    """Whether requests should come here: the database answers, its tables are of this version, we are not stopping."""

    database: Reading
    stopping: bool = False
    _known: tuple[float, bool] = (float("-inf"), False)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def stop(self) -> None:
        """Balancers are told first; what is under way is finished afterwards."""
        self.stopping = True

    async def __call__(self) -> bool:
        async with self._asking:
            if monotonic() - self._known[0] >= KEPT_SECONDS:
                self._known = (monotonic(), bool(await _in_time(self.database.ready())))
        return self._known[1] and not self.stopping


async def _in_time(answer: Awaitable[Any]) -> Any:
    """The answer, or None where the database gives none in time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await answer
    except (TimeoutError, Unavailable):
        return None


def routes(readiness: Readiness, metrics: Metrics) -> list[web.RouteDef]:
    async def livez(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        if await readiness():
            return web.Response(text="ready\n")
        return web.Response(status=503, text="not ready\n", headers={"Retry-After": "5"})

    async def told(_: web.Request) -> web.Response:
        queues = await _in_time(readiness.database.read(backlog))
        return web.Response(body=metrics.told(queues), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return [web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", told)]
