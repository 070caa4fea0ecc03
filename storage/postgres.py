"""PostgreSQL through asyncpg: READ COMMITTED, guarded updates, and the whole unit again after a conflict."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import columns, migrating
from storage.database import Unavailable

columns.conditions_for_postgresql()  # `migrating` has defined the tables

T = TypeVar("T")
CONNECTIONS = 15
"""At most, and kept: opening one takes longer than a unit."""
TRIES = 4
CONFLICTS = ("40001", "40P01", "23505")
"""serialization_failure, deadlock_detected, unique_violation (somebody was faster): nothing was written, so again."""
LOST = ("08", "57P", "53")
"""Classes of a lost connection, a server that goes down or comes up, and one without room."""
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
}


class Dropped(Exception):
    """The connection was lost before the commit: nothing was written."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


class PostgreSQL:
    """`url` is `postgresql://user:password@host/db`."""

    def __init__(self, url: str) -> None:
        self.url = "postgresql+asyncpg://" + url.split("://", 1)[1]
        self._engine = create_async_engine(
            self.url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=5,
            connect_args={"server_settings": SESSION, "timeout": 5, "command_timeout": COMMAND_SECONDS},
            hide_parameters=True,
        )
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        """Every statement sees what is committed then, as it would in a transaction: that is spared."""

    async def write(self, unit: Callable[[Connection], T]) -> T:
        return await self._run(self._engine, unit)

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self._run(self._reading, unit)

    async def _run(self, engine: AsyncEngine, unit: Callable[[Connection], T]) -> T:
        try:
            return await self._tried(engine, unit)
        except Dropped:  # it may have been cut while it lay idle, and its neighbours with it; these are gone now too
            try:
                return await self._tried(engine, unit)
            except Dropped as again:
                raise Unavailable(again.problem) from None

    async def _tried(self, engine: AsyncEngine, unit: Callable[[Connection], T]) -> T:
        for again in range(TRIES):
            try:
                async with engine.connect() as connection:
                    return await connection.run_sync(_whole, unit)
            except DBAPIError as fault:
                if state(fault) not in CONFLICTS or again == TRIES - 1:
                    raise _told(fault) from None
            except (TimeoutError, OSError, PoolTimeout) as fault:
                raise Unavailable(str(fault)) from fault
            await asyncio.sleep(random.uniform(0.005, 0.05) * 2**again)  # noqa: S311 - spreads the next try
        raise AssertionError("not reached")

    async def migrate(self) -> None:
        await asyncio.to_thread(asyncio.run, self._upgrade())

    async def _upgrade(self) -> None:
        """On a loop and an engine of its own: migrations are synchronous code."""
        engine = create_async_engine(self.url, hide_parameters=True)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(migrating.upgrade_on)
        except DBAPIError as fault:
            raise Unavailable(_said(fault)) from None
        except OSError as fault:
            raise Unavailable(str(fault)) from fault
        finally:
            await engine.dispose()

    async def migrated(self) -> bool:
        return await self.read(migrating.current)

    async def close(self) -> None:
        await self._engine.dispose()


def _whole(connection: Connection, unit: Callable[[Connection], T]) -> T:
    """The unit, in a transaction unless the connection is one for reading. A connection that does not answer is cut: to
    roll back it would have to answer."""
    transaction = connection.begin()
    try:
        answer = _before_commit(connection, unit)
        transaction.commit()
    except TimeoutError:
        _cut(connection)
        raise
    except BaseException:
        transaction.rollback()
        raise
    return answer


def _before_commit(connection: Connection, unit: Callable[[Connection], T]) -> T:
    try:
        return unit(connection)
    except DBAPIError as fault:
        if fault.connection_invalidated:
            raise Dropped(_said(fault)) from None
        raise


def _cut(connection: Connection) -> None:
    if connection.invalidated:
        return
    driver: Any = connection.connection.driver_connection
    driver.terminate()
    connection.invalidate()


def state(fault: DBAPIError) -> str:
    """The SQLSTATE (PostgreSQL manual, appendix A), or nothing."""
    return str(getattr(fault.orig, "sqlstate", None) or "")


def _said(fault: DBAPIError) -> str:
    """Without the lines that follow the first one: DETAIL shows rows, addresses and all."""
    return f"{state(fault)} {fault.orig}".partition("\n")[0]


def _told(fault: DBAPIError) -> Exception:
    """To be raised without its causes, which tell the rows again."""
    fault.args = (_said(fault),)
    code: Any = state(fault)
    if fault.connection_invalidated or code.startswith(LOST) or code in ("55P03", "57014", *CONFLICTS) or not code:
        return Unavailable(_said(fault))
    return fault
