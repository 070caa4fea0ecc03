"""/livez, /readyz and /metrics: true, quick, and silent about people."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import insert

import app
import config
import health
from domain.faults import Unavailable
from domain.work import Work
from health import Backlog, Metrics, Readiness
from storage.tables import OutboxRow, table


class Database:
    """Says what it is told to; counts how often it was asked."""

    def __init__(self, *, is_ready: bool = True, queues: tuple[Backlog, ...] = ()) -> None:
        self.is_ready, self.queues, self.asked = is_ready, queues, 0
        self.away = self.silent = False

    async def ready(self) -> bool:
        self.asked += 1
        if self.silent:
            await asyncio.sleep(60)
        return self.is_ready

    async def read(self, operation: Callable[..., Any], /, *args: Any) -> Any:
        if self.silent:
            await asyncio.sleep(60)
        if self.away:
            raise Unavailable("away")
        return self.queues


async def get(path: str, readiness: Readiness, metrics: Metrics | None = None) -> web.Response:
    (route,) = [route for route in health.routes(readiness, metrics or Metrics()) if route.path == path]
    return await route.handler(make_mocked_request("GET", path))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(health, "monotonic", lambda: now[0])
    return now


async def test_ready_while_the_database_answers_with_its_tables() -> None:
    assert (await get("/readyz", Readiness(Database()))).status == 200
    refused = await get("/readyz", Readiness(Database(is_ready=False)))
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")


async def test_readiness_turns_within_a_second_either_way(clock: list[float]) -> None:
    database = Database()
    readiness = Readiness(database)
    seen = []
    for is_ready in (True, False, True):
        database.is_ready = is_ready
        clock[0] += 1
        seen.append((await get("/readyz", readiness)).status)
    assert seen == [200, 503, 200]


async def test_many_who_ask_at_once_cost_the_database_one_question(clock: list[float]) -> None:
    database = Database()
    readiness = Readiness(database)
    answers = await asyncio.gather(*(get("/readyz", readiness) for _ in range(50)))
    assert {answer.status for answer in answers} == {200}
    assert database.asked == 1


async def test_a_database_that_says_nothing_is_not_ready_within_five_seconds() -> None:
    database = Database()
    database.silent = True
    before = time.monotonic()
    assert (await get("/readyz", Readiness(database))).status == 503
    assert time.monotonic() - before < 5


async def test_stopping_is_told_at_once() -> None:
    readiness = Readiness(Database())
    assert (await get("/readyz", readiness)).status == 200
    readiness.stop()
    assert (await get("/readyz", readiness)).status == 503
    assert (await get("/livez", readiness)).status == 200


async def test_alive_whatever_the_database_does() -> None:
    database = Database(is_ready=False)
    database.away = database.silent = True
    assert (await get("/livez", Readiness(database))).status == 200
    assert database.asked == 0


async def test_ready_means_migrated(tmp_path: Path) -> None:
    environ = {"GATEHOUSE_ENV": "development", "GATEHOUSE_DATABASE_URL": f"sqlite:///{tmp_path / 'gatehouse.db'}"}
    async with app.open_database(config.load(environ, tmp_path / ".env", tmp_path)) as database:
        assert (await get("/readyz", Readiness(database))).status == 503
        await database.migrate()
        assert (await get("/readyz", Readiness(database))).status == 200
        assert b"gatehouse_database_up 1.0" in bytes((await get("/metrics", Readiness(database))).body)


def lines(metrics: Metrics, *queues: Backlog) -> dict[str, float]:
    text = metrics.told(queues).decode()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}


def test_what_happens_is_counted_in_the_products_words() -> None:
    metrics = Metrics()
    metrics.command("Invite", "done")
    metrics.command("Invite", "done")
    metrics.happened(["invitation.created", "passcode.wrong", "invitation.created"])
    metrics.page("/i/{token}", 303)
    metrics.watch(lambda: 1.5, lambda: 2)
    told = lines(metrics)
    assert told['gatehouse_commands_total{command="Invite",outcome="done"}'] == 2
    assert told['gatehouse_events_total{kind="invitation.created"}'] == 2
    assert told['gatehouse_events_total{kind="passcode.wrong"}'] == 1
    assert told['gatehouse_answers_total{route="/i/{token}",status="3xx"}'] == 1
    assert told["gatehouse_worker_beat_age_seconds"] == 1.5
    assert told["gatehouse_worker_restarts"] == 2


@pytest.mark.parametrize(
    "personal", ["gwen@fabrikam.example", "6f1d2c3b-4a59-4e68-8d77-1c0b9a8f7e6d", 'a"} 1\nforged 1']
)
def test_nothing_personal_ever_becomes_a_label(personal: str) -> None:
    metrics = Metrics()
    metrics.command(personal, personal)
    metrics.happened([personal])
    assert personal not in metrics.told(()).decode()
    assert any('"other"' in line for line in lines(metrics))


def test_queues_are_told_and_forgotten_when_they_are_gone() -> None:
    metrics = Metrics()
    told = lines(metrics, Backlog("mail", 7, 2, 31.5))
    assert told['gatehouse_outbox_waiting{channel="mail"}'] == 7
    assert told['gatehouse_outbox_dead{channel="mail"}'] == 2
    assert told['gatehouse_outbox_oldest_due_seconds{channel="mail"}'] == 31.5
    assert not [line for line in lines(metrics) if "outbox_waiting{" in line]


@pytest.mark.parametrize("how", ["away", "silent"])
async def test_metrics_come_without_the_database_too(how: str) -> None:
    database = Database(queues=(Backlog("mail", 1, 0, 0.0),))
    setattr(database, how, True)
    answer = await get("/metrics", Readiness(database))
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b"gatehouse_database_up 0.0" in bytes(answer.body)
    assert b"gatehouse_outbox_waiting{" not in bytes(answer.body)


async def test_the_backlog_is_what_the_outbox_holds(database_url: str, tmp_path: Path) -> None:
    environ = {"GATEHOUSE_ENV": "development", "GATEHOUSE_DATABASE_URL": database_url}
    now = datetime.now(UTC)

    def fill(work: Work) -> None:
        common = {"tenant_id": "t", "kind": "k", "subject_id": "s", "priority": 0, "created_at": now, "attempts": 0}
        for number, facts in enumerate(
            (
                {"channel": "mail", "due_at": now - timedelta(minutes=5)},
                {"channel": "mail", "due_at": now + timedelta(hours=1)},
                {"channel": "mail", "due_at": None, "dead_at": now},
                {"channel": "card", "due_at": None, "done_at": now},
            )
        ):
            row = {"row_id": f"r{number}", "unique_key": f"u{number}", "changes": 1} | common | facts
            work.connection.execute(insert(table(OutboxRow)), row)

    async with app.open_database(config.load(environ, tmp_path / ".env", tmp_path)) as database:
        await database.migrate()
        await database.write(fill)
        card, mail = sorted(await database.read(health.backlog), key=lambda queue: queue.channel)
    assert (mail.waiting, mail.dead, card.waiting, card.dead, card.oldest_seconds) == (2, 1, 0, 0, 0.0)
    assert 300 <= mail.oldest_seconds < 330
