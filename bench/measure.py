"""One round: a fresh server on a fresh store, warmed, checked, loaded, and watched until it is at rest again."""

import asyncio
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.gatehouse import Gatehouse
from bench.postgres import Postgres
from bench.processes import Server, cpu_seconds, pss_mib
from bench.profiling import Profiler
from bench.subjects import BetterAuth, Echo, Operation, Round, Subject, member
from bench.wire import Client
from bench.world import World

CONCURRENCY = 16
PATIENCE_SECONDS = 30
PREPARATION_SECONDS = 300
SPARE = 1
"""Guests beyond the warm-up and the flows: for the check with a wrong code."""

KINDS: dict[str, type[Subject]] = {"gatehouse": Gatehouse, "botbuilder": Echo, "better-auth": BetterAuth}


@dataclass(frozen=True)
class Plan:
    """A kind of round: which server on which database, and the operations that are measured on it one after another."""

    kind: str
    database: str
    """sqlite, postgresql, or nothing"""
    works: tuple[str, ...]
    checked: bool = True
    """It has passcodes: a wrong one is tried first."""
    rounds: int = 2


@dataclass(frozen=True)
class Size:
    flows: int
    warm: int


@dataclass
class Result:
    """Times in milliseconds per operation and MiB, unless the name says otherwise."""

    kind: str
    database: str
    work: str
    flows: int
    rate: float
    p50: float
    p99: float
    cpu: float
    """Server and database."""
    cpu_database: float
    cpu_driver: float
    pss: float
    pss_database: float
    first_answer_seconds: float
    first_answer_cpu: float
    """Seconds of CPU until then, which neighbours do not lengthen so much."""
    first_operation_seconds: float
    mails: int
    smtp_connections: int
    calls: int
    connector_connections: int
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}


def play(plan: Plan, size: Size, postgres: Postgres | None, profiler: Profiler | None = None) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's user passes through
        database, url = (None, "")
        if plan.database == "postgresql" and postgres is not None:
            database, url = postgres.start(folder)
        try:
            return asyncio.run(_played(plan, size, folder, (database, url), profiler))
        finally:
            if database is not None and postgres is not None:
                postgres.stop(database)


async def _played(
    plan: Plan, size: Size, folder: Path, database: tuple[Server | None, str], profiler: Profiler | None
) -> list[Result]:
    world = World()
    world.member = member
    await world.start()
    known = size.warm + size.flows + SPARE if "redeem" in plan.works else SPARE * plan.checked
    subject = KINDS[plan.kind](Round(folder, world, known, database[1]))
    subject.start()
    try:
        stage = Stage(plan, size, subject, world, database[0], profiler)
        return await stage.results()
    except Exception as fault:
        fault.add_note(subject.server.tail())
        raise
    finally:
        await asyncio.to_thread(subject.server.stop)
        world.stop()


@dataclass
class Stage:
    plan: Plan
    size: Size
    subject: Subject
    world: World
    database: Server | None
    profiler: Profiler | None
    next: int = 0
    """Number of the next guest."""

    async def results(self) -> list[Result]:
        subject, client = self.subject, Client(self.subject.port)
        self.first_answer = await asyncio.to_thread(subject.server.answered, subject.port, subject.first_path)
        self.first_cpu = cpu_seconds(subject.server.pid)
        first = 0.0
        if not self.plan.checked:
            await self._many(self.plan.works[0], 1, 1)
            first = time.perf_counter() - subject.server.started_at
        self.first_operation = first
        await asyncio.wait_for(subject.prepare(client), PREPARATION_SECONDS)
        if self.plan.checked:
            await subject.refuses(client, self._number())
        results = [await self._measured(work) for work in self.plan.works]
        client.close()
        return results

    def _number(self) -> int:
        self.next += 1
        return self.next - 1

    async def _many(self, work: str, count: int, lines: int) -> list[float]:
        """Seconds of each operation."""
        numbers = iter([self._number() for _ in range(count)])
        operation, seconds = self.subject.operation(work), list[float]()

        async def line() -> None:
            client = Client(self.subject.port)
            for number in numbers:
                seconds.append(await _timed(operation, client, number))
            client.close()

        await asyncio.gather(*(line() for _ in range(min(lines, count))))
        return seconds

    async def _measured(self, work: str) -> Result:
        await self._many(work, self.size.warm, CONCURRENCY // 4)
        await self._rest()
        if self.profiler:
            self.profiler.begin(self.subject.server.pid)
        before, began = self._meters(), time.perf_counter()
        seconds = await self._many(work, self.size.flows, CONCURRENCY)
        wall = time.perf_counter() - began
        await self._rest()
        if self.profiler:
            await asyncio.to_thread(self.profiler.end)
        used = {name: now - before[name] for name, now in self._meters().items()}
        return self._result(work, seconds, wall, used)

    def _result(self, work: str, seconds: list[float], wall: float, used: dict[str, float]) -> Result:
        milli = 1000 / len(seconds)
        centiles = statistics.quantiles(seconds, n=100, method="inclusive")
        return Result(
            kind=self.plan.kind,
            database=self.plan.database,
            work=work,
            flows=len(seconds),
            rate=len(seconds) / wall,
            p50=centiles[49] * 1000,
            p99=centiles[98] * 1000,
            cpu=(used["server"] + used["database"]) * milli,
            cpu_database=used["database"] * milli,
            cpu_driver=used["driver"] * milli,
            pss=pss_mib(self.subject.server.pid),
            pss_database=pss_mib(self.database.pid) if self.database else 0.0,
            first_answer_seconds=self.first_answer,
            first_answer_cpu=self.first_cpu,
            first_operation_seconds=self.first_operation,
            mails=int(used["mails"]),
            smtp_connections=int(used["smtp"]),
            calls=int(used["calls"]),
            connector_connections=int(used["lines"]),
        )

    def _meters(self) -> dict[str, float]:
        """CPU in seconds, and what was counted so far."""
        world = self.world
        return {
            "server": cpu_seconds(self.subject.server.pid),
            "database": cpu_seconds(self.database.pid) if self.database else 0.0,
            "driver": time.process_time(),
            "mails": world.mails.arrived,
            "smtp": world.smtp_connections,
            "calls": sum(world.calls.values()),
            "lines": world.connector_connections,
        }

    async def _rest(self) -> None:
        """Until everything is done, and nothing has arrived for a while."""
        await asyncio.wait_for(self.subject.settled(), PATIENCE_SECONDS)
        deadline = time.perf_counter() + PATIENCE_SECONDS
        await asyncio.sleep(self.subject.rest_seconds)
        while time.perf_counter() - self.world.last < self.subject.rest_seconds:
            if time.perf_counter() > deadline:
                raise TimeoutError("the server does not come to rest")
            await asyncio.sleep(0.1)


async def _timed(operation: Operation, client: Client, number: int) -> float:
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await operation(client, number)
    return time.perf_counter() - began
