"""SQLite: one writer thread that groups waiting units into one commit, and two reader threads."""

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from storage import migrating
from storage.database import Unavailable

T = TypeVar("T")
GROUP = 64
"""Units in one commit at most: keeps the longest wait of the first one short."""
READERS = 2
BUSY_SECONDS = 5


@dataclass
class _Waiting:
    unit: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]


class SQLite:
    """`path` is the file, created with its folder, readable by its owner only (so are -wal and -shm)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        self._writing = _engine(path, "BEGIN IMMEDIATE", pool=NullPool)
        self._reading = _engine(path, "BEGIN", pool=QueuePool, query_only=True)
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, "gatehouse-read")
        self._writer = threading.Thread(target=self._write_all, name="gatehouse-write", daemon=True)
        self._writer.start()
        self._closed = False

    async def write(self, unit: Callable[[Connection], T]) -> T:
        if self._closed:
            raise Unavailable("closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Waiting(unit, loop, answer))
        return await answer

    async def read(self, unit: Callable[[Connection], T]) -> T:
        if self._closed:
            raise Unavailable("closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, unit)

    def _read(self, unit: Callable[[Connection], T]) -> T:
        try:
            with self._reading.connect() as connection, connection.begin():
                return unit(connection)
        except DBAPIError as fault:
            raise _told(fault) from fault

    async def migrate(self) -> None:
        try:
            await asyncio.to_thread(migrating.upgrade, self._writing)
        except DBAPIError as fault:
            raise _told(fault) from fault

    async def migrated(self) -> bool:
        return await self.read(migrating.current)

    async def backup(self, target: Path) -> None:
        """A consistent copy of the running database, for its owner's eyes only."""
        await asyncio.to_thread(_copy, self.path, target)

    async def close(self) -> None:
        """After what is waiting has been written."""
        if self._closed:
            return
        self._closed = True
        self._waiting.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self._reading.dispose()
        self._writing.dispose()

    def _write_all(self) -> None:
        connection: Connection | None = None
        open_ = True
        while open_:
            group, open_ = self._next_group()
            if not group:
                continue
            try:
                connection = connection or self._writing.connect()
                outcomes = _written(connection, group)
            except (SQLAlchemyError, sqlite3.Error) as fault:
                outcomes = [_Failed(_told(fault))] * len(group)
                connection = _thrown_away(connection)
            _tell(group, outcomes)
        if connection is not None:
            connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        """Waits for the first unit, takes what else is there. False: nothing will follow."""
        first = self._waiting.get()
        if first is None:
            return [], False
        group = [first]
        while len(group) < GROUP:
            try:
                more = self._waiting.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return group, False
            group.append(more)
        return group, True


@dataclass
class _Failed:
    fault: BaseException


def _written(connection: Connection, group: list[_Waiting]) -> list[Any]:
    """Runs the group in one transaction: an answer or a `_Failed` for each unit, all on disk or none."""
    with connection.begin() as transaction:
        if len(group) == 1:
            outcome = _one(group[0].unit, connection)
            if isinstance(outcome, _Failed):
                transaction.rollback()
            return [outcome]
        return [_in_savepoint(connection, waiting.unit) for waiting in group]


def _in_savepoint(connection: Connection, unit: Callable[[Connection], Any]) -> Any:
    savepoint = connection.begin_nested()
    outcome = _one(unit, connection)
    if isinstance(outcome, _Failed):
        savepoint.rollback()
    else:
        savepoint.commit()
    return outcome


def _one(unit: Callable[[Connection], Any], connection: Connection) -> Any:
    try:
        return unit(connection)
    except DBAPIError as fault:
        if fault.connection_invalidated or isinstance(fault.orig, sqlite3.OperationalError):
            raise
        return _Failed(fault)
    except BaseException as fault:  # noqa: BLE001 - belongs to the caller, not to this thread
        return _Failed(fault)


def _tell(group: list[_Waiting], outcomes: list[Any]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for waiting, outcome in zip(group, outcomes, strict=True):
        by_loop.setdefault(waiting.loop, []).append((waiting.answer, outcome))
    for loop, answers in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for answer, outcome in answers:
        if answer.done():
            continue
        if isinstance(outcome, _Failed):
            answer.set_exception(outcome.fault)
        else:
            answer.set_result(outcome)


def _told(fault: Exception) -> Exception:
    """Locked, full, read-only, gone: the caller may try again. Anything else is a fault of ours."""
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    return Unavailable(str(cause)) if isinstance(cause, sqlite3.OperationalError) else fault


def _thrown_away(connection: Connection | None) -> None:
    if connection is not None:
        with contextlib.suppress(SQLAlchemyError, sqlite3.Error):
            connection.invalidate()
            connection.close()


def _engine(path: Path, begin: str, *, pool: Any, query_only: bool = False) -> Any:
    sized = {"pool_size": READERS, "max_overflow": 0} if pool is QueuePool else {}
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=pool,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "isolation_level": None},
        **sized,
    )

    def prepare(raw: sqlite3.Connection, _: object) -> None:
        raw.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}")
        if query_only:
            raw.execute("PRAGMA query_only=1")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _copy(path: Path, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
