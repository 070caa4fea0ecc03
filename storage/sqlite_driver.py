"""SQLite's statements on apsw."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy.dialects.sqlite import dialect

from storage.plain import Compiled, Kind, PlainConnection, Result, Several, Spelling, Values

# SQLite takes no lock for each piece of memory once it need not count it. That can only be said before it begins.
apsw.shutdown()
apsw.config(apsw.SQLITE_CONFIG_MEMSTATUS, False)
apsw.initialize()


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


SPELLING = Spelling(dialect(paramstyle="qmark"), None, _to_moment)
BUSY_SECONDS = 5
STATEMENTS = 300
"""Prepared ones that a connection keeps: of fewer, apsw loses some that run with every guest."""


def connect(path: Path, *pragmas: str) -> apsw.Connection:
    """The file must exist. Begins no transaction by itself, and has none of SQLite's own locks, so it is for one thread
    at a time. Raises apsw.Error."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_NOMUTEX
    driver = apsw.Connection(str(path), flags, statementcachesize=STATEMENTS)
    driver.set_busy_timeout(round(BUSY_SECONDS * 1000))
    # Else apsw's SQLite plans a statement anew for each value that it compares with.
    driver.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    cursor: Any = driver.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    return driver


def bound(_cursor: object, _number: int, value: object) -> str:
    """A value of a type that SQLite has none for. Raises TypeError."""
    if isinstance(value, datetime):
        return _to_text(value)
    raise TypeError(f"SQLite stores no {type(value).__name__}")


class SQLiteConnection(PlainConnection):
    """Raises apsw.Error."""

    def __init__(self, driver: apsw.Connection) -> None:
        super().__init__(SPELLING)
        self.driver = driver
        self._cursor: Any = driver.cursor()
        self._cursor.convert_binding = bound
        self._run = self._cursor.execute
        self._changed = driver.changes

    def run(self, text: str) -> None:
        """A statement of SQLite's own, such as COMMIT."""
        self._run(text)

    def _execute(self, compiled: Compiled, values: Values) -> Result:
        cursor = self._run(compiled.text, compiled.bind(values))
        if compiled.kind is Kind.CHANGE:
            return Result([], self._changed())
        names = _columns(cursor) if compiled.kind is Kind.TEXT else ()
        found = cursor.fetchall()  # to its end: only then SQLite counts what it changed, whatever a row turns out to be
        count = len(found) if compiled.kind is Kind.ROWS else self._changed()
        return Result(compiled.rows(found, names) if found else [], count)

    def _execute_many(self, compiled: Compiled, several: Several) -> Result:
        before = self.driver.total_changes()
        self._cursor.executemany(compiled.text, map(compiled.bind, several))
        return Result([], self.driver.total_changes() - before)


def _columns(cursor: apsw.Cursor) -> tuple[str, ...]:
    """Their names; none where no row was found."""
    try:
        return tuple(name for name, _ in cursor.get_description())
    except apsw.ExecutionCompleteError:
        return ()
