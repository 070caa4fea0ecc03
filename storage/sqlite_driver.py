"""SQLite's statements on the driver of Python's standard library."""

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy.dialects.sqlite import dialect

from storage.plain import Compiled, Kind, PlainConnection, Result, Several, Spelling, Values


@lru_cache(64)
def _to_text(value: datetime | None) -> str | None:
    """A moment as SQLAlchemy's DateTime writes it into SQLite: UTC, six digits of the second. A unit writes the same
    few again and again."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    at = value if value.tzinfo is UTC else value.astimezone(UTC)
    return at.isoformat(" ", "microseconds")[:26]


@lru_cache(256)
def _to_moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


SPELLING = Spelling(dialect(paramstyle="qmark"), _to_text, _to_moment)


class SQLiteConnection(PlainConnection):
    """Raises sqlite3.Error."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        super().__init__(SPELLING)
        self.driver = driver

    def run(self, text: str) -> None:
        """A statement of SQLite's own, such as COMMIT."""
        self.driver.execute(text)

    def _execute(self, compiled: Compiled, values: Values) -> Result:
        cursor = self.driver.execute(compiled.text, compiled.bind(values))
        if compiled.kind is Kind.TEXT and cursor.description:
            rows = compiled.rows(cursor, tuple(column[0] for column in cursor.description))
        else:
            rows = compiled.rows(cursor) if compiled.kind is Kind.ROWS else []
        return Result(rows, cursor.rowcount)

    def _execute_many(self, compiled: Compiled, several: Several) -> Result:
        cursor = self.driver.executemany(compiled.text, map(compiled.bind, several))
        return Result([], cursor.rowcount)
