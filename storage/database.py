"""Write and read units: one operation, and one transaction where it writes, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
NONE: frozenset[Any] = frozenset()


class Unit(Protocol):
    """What the database needs of the thing that operations work with."""

    wake: bool

    @property
    def kinds(self) -> list[str]: ...

    def finish(self) -> None: ...


U = TypeVar("U", bound=Unit)
Opening = Callable[[Connection, frozenset[Any]], U]
"""Makes the unit's work from its connection and the vetoes of the call."""


class Unavailable(Exception):
    """The database could not be reached, or did not answer in time. Nothing was written."""


class Engine(Protocol):
    """What SQLite (storage/sqlite.py) and PostgreSQL (storage/postgres.py) each do their own way."""

    async def write(self, unit: Callable[[Connection], T]) -> T: ...

    async def read(self, unit: Callable[[Connection], T]) -> T: ...

    async def migrate(self) -> None: ...

    async def migrated(self) -> bool: ...

    async def close(self) -> None: ...


@dataclass
class Database:
    """Runs operations. `opening` makes their work; `committed` is called after each commit that left something due."""

    engine: Engine
    opening: Opening[Any]
    committed: Callable[[], None] = lambda: None
    counted: Callable[[list[str]], None] = lambda _: None
    """Told after each commit which kinds of events it held, for the metrics."""

    async def write(self, operation: Callable[..., T], *args: Any, vetoes: frozenset[Any] = NONE, **kwargs: Any) -> T:
        """The operation's answer, once it is on disk. What it raises is raised here, and nothing was written."""
        done: list[Unit] = []

        def unit(connection: Connection) -> T:
            work = self.opening(connection, vetoes)
            answer = operation(work, *args, **kwargs)
            work.finish()
            done[:] = [work]
            return answer

        answer = await self.engine.write(unit)
        if done[0].kinds:
            self.counted(done[0].kinds)
        if done[0].wake:
            self.committed()
        return answer

    async def read(self, operation: Callable[..., T], *args: Any, vetoes: frozenset[Any] = NONE, **kwargs: Any) -> T:
        return await self.engine.read(lambda connection: operation(self.opening(connection, vetoes), *args, **kwargs))

    async def migrate(self) -> None:
        await self.engine.migrate()

    async def ready(self) -> bool:
        """True: it answers, and its tables are of this version."""
        try:
            return await self.engine.migrated()
        except Unavailable:
            return False

    async def close(self) -> None:
        await self.engine.close()
