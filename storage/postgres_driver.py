"""PostgreSQL's statements on asyncpg, which keeps them prepared. Only inside of SQLAlchemy's `greenlet_spawn`: units of
work are synchronous code, and the loop goes on while they wait for an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.util import await_only

from storage.plain import Compiled, Kind, PlainConnection, Result, Several, Spelling, Values


def _zoned(value: datetime | None) -> datetime | None:
    """asyncpg would take one without for local time."""
    if value is not None and value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value


SPELLING = Spelling(dialect(), _zoned, None)


class PostgreSQLConnection(PlainConnection):
    """`driver`: asyncpg's connection. Raises asyncpg's errors, OSError and TimeoutError."""

    def __init__(self, driver: Any) -> None:
        super().__init__(SPELLING)
        self.driver = driver

    def _execute(self, compiled: Compiled, values: Values) -> Result:
        cells = compiled.bind(values)
        if compiled.kind is Kind.CHANGE:
            return Result([], _number(await_only(self.driver.execute(compiled.text, *cells))))
        if compiled.kind is Kind.TEXT:
            return await_only(self._told(compiled, cells))
        rows = compiled.rows(await_only(self.driver.fetch(compiled.text, *cells)))
        return Result(rows, len(rows))

    async def _told(self, compiled: Compiled, cells: Sequence[Any]) -> Result:
        """A text may be anything, so that what it did is asked for: a round trip more."""
        prepared = await self.driver.prepare(compiled.text)
        found = await prepared.fetch(*cells)
        names = tuple(each.name for each in prepared.get_attributes())
        return Result(compiled.rows(found, names), _number(prepared.get_statusmsg()))

    def _execute_many(self, compiled: Compiled, several: Several) -> Result:
        """In one round trip. How many rows it changed is not told."""
        await_only(self.driver.executemany(compiled.text, [compiled.bind(values) for values in several]))
        return Result([], -1)


def _number(told: str) -> int:
    """Of rows, as in "UPDATE 3"."""
    number = told.rpartition(" ")[2]
    return int(number) if number.isdigit() else -1
