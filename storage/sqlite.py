"""SQLite: one writer thread that groups waiting units into one commit, and two reader threads."""

import asyncio
import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage import migrating, sqlite_dbapi
from storage.database import Unavailable
from storage.plain import as_sqlalchemy
from storage.sqlite_driver import SQLiteConnection, connect

T = TypeVar("T")
GROUP = 64
"""Units in one commit at most: keeps the longest wait of the first one short."""
GATHER_SECONDS = 0.001
READERS = 2
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY",
    "cache_size=-1000",
)  # fmt: skip
READING = ("query_only=ON", "cache_size=-512")
"""The writer keeps 1 MB of pages instead of 2, readers half of that: what they miss is in the system's own cache."""
OURS = (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError, apsw.RangeError, apsw.BindingsError)
"""Faults of a statement or its values."""


@dataclass
class _Waiting:
    unit: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]


Units = queue.SimpleQueue[_Waiting | None]
"""What waits for a thread. None: nothing will follow."""


class SQLite:
    """`path` is the file, created with its folder, readable by its owner only (so are -wal and -shm). Raises
    Unavailable where that cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _make(path)
        self._closed = False
        self._writes, self._reads = Units(), Units()
        self._threads = [
            threading.Thread(target=_serve, args=(path, self._writes, _written), name="gatehouse-write", daemon=True),
            *(
                threading.Thread(
                    target=_serve, args=(path, self._reads, _read, *READING), name="gatehouse-read", daemon=True
                )
                for _ in range(READERS)
            ),
        ]
        for thread in self._threads:
            thread.start()

    async def write(self, unit: Callable[[Connection], T]) -> T:
        return await self._run(self._writes, unit)

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self._run(self._reads, unit)

    async def _run(self, units: Units, unit: Callable[[Connection], T]) -> T:
        if self._closed:
            raise Unavailable("closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        units.put(_Waiting(unit, loop, answer))
        return await answer

    async def migrate(self) -> None:
        try:
            await asyncio.to_thread(self._migrate)
        except DBAPIError as fault:
            raise _told(fault.orig if isinstance(fault.orig, apsw.Error) else fault) from fault
        except apsw.Error as fault:
            raise _told(fault) from fault

    def _migrate(self) -> None:
        """A database of this version needs no engine."""
        with contextlib.closing(connect(self.path, *PRAGMAS)) as driver:
            if migrating.current(as_sqlalchemy(SQLiteConnection(driver))):
                return
        migrating.upgrade(engine(self.path))

    async def migrated(self) -> bool:
        return await self.read(migrating.current)

    async def backup(self, target: Path) -> None:
        """A consistent copy of the running database, for its owner's eyes only. Raises OSError and Unavailable."""
        try:
            await asyncio.to_thread(_copy, self.path, target)
        except apsw.Error as fault:
            raise _told(fault) from fault

    async def close(self) -> None:
        """After what is waiting has been written and read."""
        if self._closed:
            return
        self._closed = True
        self._writes.put(None)
        for _ in range(READERS):
            self._reads.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)


Outcomes = list[Any]
"""An answer or a `_Failed` for each unit of a group."""


def _serve(
    path: Path, units: Units, run: "Callable[[SQLiteConnection, list[_Waiting]], Outcomes]", *pragmas: str
) -> None:
    """A thread's life: takes what waits, runs it on its own connection, tells how it ended."""
    connection: SQLiteConnection | None = None
    open_, busy = True, False
    while open_:
        group, open_ = _next_group(units, busy=busy)
        if not group:
            continue
        busy = len(group) > 1
        try:
            connection = connection or SQLiteConnection(connect(path, *PRAGMAS, *pragmas))
            outcomes = run(connection, group)
        except apsw.Error as fault:
            outcomes = [_Failed(_told(fault))] * len(group)
            connection = _thrown_away(connection)
        _tell(group, outcomes)
    _thrown_away(connection)


def _next_group(units: Units, *, busy: bool) -> tuple[list[_Waiting], bool]:
    """Waits for the first unit, takes what else is there; when the last group was no single unit, what comes within a
    moment too: one commit more costs more than that moment. False: nothing will follow."""
    first = units.get()
    if first is None:
        return [], False
    if busy and units.empty():
        time.sleep(GATHER_SECONDS)
    group = [first]
    while len(group) < GROUP:
        try:
            more = units.get_nowait()
        except queue.Empty:
            break
        if more is None:
            return group, False
        group.append(more)
    return group, True


@dataclass
class _Failed:
    fault: BaseException


def _written(connection: SQLiteConnection, group: list[_Waiting]) -> Outcomes:
    """Runs the group in one transaction: an answer or a `_Failed` for each unit, all on disk or none.

    What fails is taken back alone. Hardly any unit fails that has written something: only then, and where others have
    written before it, is the group run once more, with a savepoint in front of each unit, which costs every page that
    is changed a copy.
    """
    connection.run("BEGIN IMMEDIATE")
    try:
        outcomes = _together(connection, group)
        if outcomes is None:
            connection.run("ROLLBACK")
            connection.run("BEGIN IMMEDIATE")
            outcomes = [_alone(connection, waiting.unit) for waiting in group]
        connection.run("COMMIT")
    except BaseException:
        with contextlib.suppress(apsw.Error):
            connection.run("ROLLBACK")
        raise
    return outcomes


def _read(connection: SQLiteConnection, group: list[_Waiting]) -> Outcomes:
    """All of the group see the same moment, which is not before any of them was asked for."""
    connection.run("BEGIN")
    try:
        return [_one(waiting.unit, connection) for waiting in group]
    finally:
        connection.run("ROLLBACK")


def _together(connection: SQLiteConnection, group: list[_Waiting]) -> Outcomes | None:
    """None: one of them failed and has written something behind what others have written."""
    driver, outcomes = connection.driver, Outcomes()
    clean = driver.total_changes()
    for waiting in group:
        before = driver.total_changes()
        outcomes.append(_one(waiting.unit, connection))
        if not isinstance(outcomes[-1], _Failed) or driver.total_changes() == before:
            continue
        if before != clean:
            return None
        connection.run("ROLLBACK")
        connection.run("BEGIN IMMEDIATE")
        clean = driver.total_changes()
    return outcomes


def _alone(connection: SQLiteConnection, unit: Callable[[Connection], Any]) -> Any:
    """What fails is taken back to the savepoint in front of it, which needs no release: COMMIT ends them all."""
    connection.run("SAVEPOINT unit")
    outcome = _one(unit, connection)
    if isinstance(outcome, _Failed):
        connection.run("ROLLBACK TO unit")
    return outcome


def _one(unit: Callable[[Connection], Any], connection: SQLiteConnection) -> Any:
    """Raises apsw.Error where the fault is the database's, and concerns the whole group."""
    try:
        return unit(as_sqlalchemy(connection))
    except BaseException as fault:  # belongs to the caller, not to this thread
        if _lost(fault):
            raise
        if not connection.driver.in_transaction:
            raise apsw.AbortError("SQLite has taken the transaction back") from fault
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
    return Unavailable(str(fault)) if _lost(fault) else fault


def _lost(fault: BaseException) -> bool:
    """Locked, full, read-only, gone, no database at all: nothing to do with a statement. Others are faults of ours."""
    return isinstance(fault, apsw.Error) and not isinstance(fault, OURS)


def _make(path: Path) -> None:
    try:
        str(path).encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as fault:
        raise Unavailable(f"{path}: {fault.strerror}") from fault
    except UnicodeEncodeError as fault:
        raise Unavailable(f"{str(path)!a}: not a name in UTF-8") from fault


def _thrown_away(connection: SQLiteConnection | None) -> None:
    if connection is not None:
        with contextlib.suppress(apsw.Error):
            connection.driver.close(force=True)


def engine(path: Path) -> Engine:
    """SQLAlchemy's, which Alembic needs."""
    made = create_engine(
        "sqlite://",
        module=sqlite_dbapi,
        poolclass=NullPool,
        creator=lambda: sqlite_dbapi.Connection(connect(path, *PRAGMAS)),
        hide_parameters=True,
    )
    made.dialect.dbapi_exception_translation_map = sqlite_dbapi.TRANSLATION
    event.listen(made, "begin", _begin)
    return made


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _copy(path: Path, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        contextlib.closing(connect(path, "schema_version")) as source,  # says so if it is no database
        contextlib.closing(connect(target)) as copy,
        copy.backup("main", source, "main") as backup,
    ):
        backup.step()
