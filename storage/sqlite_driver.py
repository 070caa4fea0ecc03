"""SQLite's statements on the driver of Python's standard library."""

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy.dialects.sqlite import dialect

from storage.plain import Compiled, Kind, PlainConnection, Result, Several, Spelling, Values


@lru_cache(64)
def _to_text(value: datetime) -> str:
    """A moment as SQLAlchemy's DateTime writes it into SQLite: UTC, six digits of the second. A unit writes the same
    few again and again."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    at = value if value.tzinfo is UTC else value.astimezone(UTC)
    return f"{_to_minute(at.year, at.month, at.day, at.hour, at.minute)}:{at.second:02}.{at.microsecond:06}"


@lru_cache(256)
def _to_minute(year: int, month: int, day: int, hour: int, minute: int) -> str:
    """The longer part of the text, which moments share. `isoformat` takes three times as long for the whole."""
    return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"


@lru_cache(256)
def _to_moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


sqlite3.register_adapter(datetime, _to_text)
sqlite3.register_adapter(type(None), dict[None, None]().get)
"""Gives None: else the driver asks each None in vain whether it adapts, which takes longer than all else of binding."""
SPELLING = Spelling(dialect(paramstyle="qmark"), None, _to_moment)


class SQLiteConnection(PlainConnection):
    """Raises sqlite3.Error."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        super().__init__(SPELLING)
        self.driver = driver
        self._cursor = driver.cursor()

    def run(self, text: str) -> None:
        """A statement of SQLite's own, such as COMMIT."""
        self._cursor.execute(text)

    def _execute(self, compiled: Compiled, values: Values) -> Result:
        cursor = self._cursor.execute(compiled.text, compiled.bind(values))
        if compiled.kind is Kind.CHANGE:
            return Result([], cursor.rowcount)
        found = cursor.fetchall()  # to its end: only then SQLite counts what it changed, whatever a row turns out to be
        names = tuple(column[0] for column in cursor.description or ()) if compiled.kind is Kind.TEXT else ()
        return Result(compiled.rows(found, names) if found else [], cursor.rowcount)

    def _execute_many(self, compiled: Compiled, several: Several) -> Result:
        cursor = self._cursor.executemany(compiled.text, map(compiled.bind, several))
        return Result([], cursor.rowcount)
