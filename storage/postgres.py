"""PostgreSQL through asyncpg: READ COMMITTED, guarded updates, and the whole unit again after a conflict."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import greenlet_spawn

from storage import columns, migrating
from storage.database import Unavailable
from storage.plain import as_sqlalchemy
from storage.postgres_driver import PostgreSQLConnection

columns.conditions_for_postgresql()  # `migrating` has defined the tables

T = TypeVar("T")
untyped: Any = asyncpg
"""It tells no types."""
CONNECTIONS = 8
"""At most, and kept: opening one takes longer than a unit. More keep a process no busier unless a round trip takes over
a millisecond, and each takes 1 MiB here and 15 in the server."""
TRIES = 4
CONFLICTS = ("40001", "40P01", "23505")
"""serialization_failure, deadlock_detected, unique_violation (somebody was faster): nothing was written, so again."""
LOST = ("08", "57P", "53", "28", "3D")
"""Classes of a lost connection, a server that goes down or comes up, and one that has no room or does not let us in."""
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError)
CONNECT_SECONDS = 5
CLOSE_SECONDS = 5
STATEMENTS = 256
"""Kept prepared on each connection; a flow needs some forty."""
COMMAND_SECONDS = 12
"""Longer than the server gives a statement: what is not answered by then never left it, or got lost on the way."""
SESSION = {
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "application_name": "gatehouse",
    "plan_cache_mode": "force_generic_plan",
}
"""Statements are planned once per connection, not for each set of values: who is invited, with all that belongs to it,
takes 5 ms to plan and 0.2 ms to run. None of them needs other plans for other values."""


class Dropped(Exception):
    """The connection was lost before the commit: nothing was written."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


class BadStatement(Exception):
    """What PostgreSQL or its driver does not take: a fault of ours. Tells no rows and no values."""


class PostgreSQL:
    """`url` is `postgresql://user:password@host/db`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._pool: Any = None

    async def write(self, unit: Callable[[Connection], T]) -> T:
        return await self._run(_written, unit)

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """Every statement sees what is committed then, as it would in a transaction: that is spared."""
        return await self._run(_before_commit, unit)

    async def _run(self, run: Any, unit: Callable[[Connection], T]) -> T:
        try:
            return await self._tried(run, unit)
        except Dropped:  # it may have been cut while it lay idle, and its neighbours with it; these are gone now too
            try:
                return await self._tried(run, unit)
            except Dropped as again:
                raise Unavailable(again.problem) from None

    async def _tried(self, run: Any, unit: Callable[[Connection], T]) -> T:
        for again in range(TRIES):
            try:
                async with (await self._connections()).acquire(timeout=CONNECT_SECONDS) as driver:
                    return await _in_time(driver, run(driver, unit))
            except FAULTS as fault:
                if _state(fault) not in CONFLICTS or again == TRIES - 1:
                    raise _told(fault) from None
            except (TimeoutError, OSError) as fault:
                raise Unavailable(str(fault)) from fault
            await asyncio.sleep(random.uniform(0.005, 0.05) * 2**again)  # noqa: S311 - spreads the next try
        raise AssertionError("not reached")

    async def _connections(self) -> Any:
        """The pool, of the loop that asks first. The one used last is taken next: what it needs is still at hand."""
        if self._pool is None:
            self._pool = untyped.create_pool(
                self.url,
                min_size=0,
                max_size=CONNECTIONS,
                max_inactive_connection_lifetime=0,
                max_cached_statement_lifetime=0,
                statement_cache_size=STATEMENTS,
                max_cacheable_statement_size=0,
                reset=_as_it_was,
                server_settings=SESSION,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
            )
            await self._pool
        return self._pool

    async def migrate(self) -> None:
        await asyncio.to_thread(asyncio.run, self._upgrade())

    async def _upgrade(self) -> None:
        """On a loop and an engine of its own: migrations are synchronous code, and Alembic needs the engine."""
        engine = create_async_engine(
            "postgresql+asyncpg://", async_creator=lambda: untyped.connect(self.url), hide_parameters=True
        )
        try:
            async with engine.connect() as connection:
                await connection.run_sync(migrating.upgrade_on)
        except DBAPIError as fault:
            raise Unavailable(_first_line(fault.orig)) from None
        except (*FAULTS, OSError) as fault:
            raise Unavailable(_first_line(fault)) from None
        finally:
            await engine.dispose()

    async def migrated(self) -> bool:
        return await self.read(migrating.current)

    async def close(self) -> None:
        if self._pool is not None:
            with contextlib.suppress(TimeoutError):  # those that do not answer are cut
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._pool.close()


async def _as_it_was(_: Any) -> None:
    """Units leave nothing in a session that would have to be reset, which would be a round trip for each of them."""


async def _in_time(driver: Any, running: Awaitable[T]) -> T:
    """A connection that does not answer is cut: to roll back it would have to answer."""
    try:
        return await running
    except TimeoutError:
        if not _lost(driver):
            driver.terminate()
        raise


async def _written(driver: Any, unit: Callable[[Connection], T]) -> T:
    try:
        answer = await _before_commit(driver, unit, begin=True)
        await driver.execute("COMMIT")
    except BaseException as fault:
        if not (_lost(driver) or isinstance(fault, TimeoutError)):
            await driver.execute("ROLLBACK")
        raise
    return answer


async def _before_commit(driver: Any, unit: Callable[[Connection], T], *, begin: bool = False) -> T:
    try:
        if begin:
            await driver.execute("BEGIN")
        return await greenlet_spawn(unit, as_sqlalchemy(PostgreSQLConnection(driver)))
    except (*FAULTS, OSError) as fault:
        if _lost(driver) and not isinstance(fault, TimeoutError):
            raise Dropped(_said(fault)) from None
        raise


def _lost(driver: Any) -> bool:
    """Closed; or back in the pool, which takes what is closed even out of hands that still hold it."""
    try:
        return driver.is_closed()
    except asyncpg.InterfaceError:
        return True


def _state(fault: Any) -> str:
    """The SQLSTATE (PostgreSQL manual, appendix A), or nothing."""
    return getattr(fault, "sqlstate", None) or ""


def _said(fault: Any) -> str:
    """Without the lines that follow the first one: DETAIL shows rows, addresses and all. So does what the driver says
    of values."""
    return f"{_state(fault)} {_first_line(fault)}" if _state(fault) else type(fault).__name__


def _first_line(fault: Any) -> str:
    return str(fault).partition("\n")[0]


def _told(fault: Any) -> Exception:
    """To be raised without its causes, which tell the rows again."""
    code: Any = _state(fault)
    closed = isinstance(fault, asyncpg.InterfaceError) and not isinstance(fault, ValueError)
    lost = closed or code.startswith(LOST) or code in ("55P03", "57014", *CONFLICTS)
    return Unavailable(_said(fault)) if lost else BadStatement(_said(fault))
