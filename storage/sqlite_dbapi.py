"""apsw as a driver for SQLAlchemy's engine (PEP 249): as much of it as migrations need, for nothing else.

They must not use the SQLite of Python's standard library beside it: where a process has two copies of SQLite, one that
closes a file takes away the locks that the other one holds on it.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

import apsw

from storage.sqlite_driver import bound

paramstyle = "qmark"
sqlite_version_info = tuple(map(int, apsw.sqlite_lib_version().split(".")))
Error = apsw.Error
ProgrammingError = apsw.MisuseError
Binary = memoryview
TRANSLATION = {"ConstraintError": "IntegrityError"}
"""What SQLAlchemy calls apsw's errors, where it has a word for them."""


class Cursor:
    arraysize = 1

    def __init__(self, driver: apsw.Connection) -> None:
        self._driver = driver
        self._cursor: Any = driver.cursor()
        self._cursor.convert_binding = bound
        self.description: Sequence[Any] | None = None
        self.rowcount = -1

    def execute(self, text: str, values: Sequence[Any] = ()) -> None:
        """apsw tells the columns while a statement begins, and not any more once it has found no row."""
        self.description = None
        self._cursor.exec_trace = self._begun
        try:
            self._cursor.execute(text, values)
        finally:
            self._cursor.exec_trace = None  # else the cursor would hold itself, and what it has not read stay open
        self.rowcount = -1 if self.description else self._driver.changes()

    def _begun(self, cursor: apsw.Cursor, _text: str, _values: object) -> bool:
        self.description = cursor.description or None
        return True

    def executemany(self, text: str, several: Iterable[Sequence[Any]]) -> None:
        before, self.description = self._driver.total_changes(), None
        self._cursor.executemany(text, several)
        self.rowcount = self._driver.total_changes() - before

    @property
    def lastrowid(self) -> int:
        return self._driver.last_insert_rowid()

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchmany(self, size: int = arraysize) -> list[Any]:
        return list(islice(self._cursor, size))

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    def close(self) -> None:
        self._cursor.close(force=True)


class Connection:
    isolation_level = None
    """Transactions begin by a statement."""

    def __init__(self, driver: apsw.Connection) -> None:
        self._driver: Any = driver

    def cursor(self) -> Cursor:
        return Cursor(self._driver)

    def create_function(self, name: str, count: int, function: Callable[..., Any], *, deterministic: bool) -> None:
        self._driver.create_scalar_function(name, function, count, deterministic=deterministic)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, text: str) -> None:
        if self._driver.in_transaction:
            self._driver.execute(text)

    def close(self) -> None:
        self._driver.close(force=True)
