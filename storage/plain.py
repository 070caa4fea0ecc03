"""Statements without SQLAlchemy's engine: compiled once by SQLAlchemy, and then run by the driver alone.

The engine takes four times as long around a statement as SQLite takes to run it, and as long as asyncpg does. What is
offered here is the part of its Connection that units of work use, so that no operation can tell the databases apart.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, partial
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.sql import Executable

from storage.tables import Instant

Values = Mapping[str, Any]
Several = Sequence[Values]
Process = Callable[[Any], Any]
MOST_VALUES = 32_000
"""In one list: SQLite takes 32,766 values in a statement, asyncpg 32,767."""


@dataclass
class Spelling:
    """How one database wants its statements."""

    dialect: Any
    write_moment: Process | None
    """None: the driver writes aware moments as they are."""
    read_moment: Process | None
    """None: the driver gives aware moments."""
    known: "dict[Any, tuple[Any, Compiled]]" = field(default_factory=dict[Any, "tuple[Any, Compiled]"])
    """Compiled statements, by the identity of the statement (which is kept along, so that no other can take it).
    Statements are made once, at import, so there is a fixed number of them."""


class Kind(Enum):
    ROWS = "rows"
    CHANGE = "change"
    """Without rows: how many it changed is what it tells."""
    TEXT = "text"
    """Somebody's own words, which may be either."""


class Compiled:
    """A statement's text, how its values go in, and what its rows are. What an insert leaves out gets its default, as
    SQLAlchemy's engine would give it: tables have plain values for defaults."""

    def __init__(self, statement: Any, values: Values, spelling: Spelling, *, spread: bool = False) -> None:
        self._spelling = spelling
        compiled: Any = statement.compile(dialect=spelling.dialect, column_keys=list(values))
        self.text, names = str(compiled), compiled.positiontup
        if "SELECT" in self.text.partition(" RETURNING ")[2]:
            raise ValueError(f"SQLAlchemy writes no tables before the columns of a query in RETURNING: {self.text}")
        if spread:
            expanded = compiled.construct_expanded_state(values)
            self.text, names = expanded.statement, expanded.positiontup
        self.lists = () if spread else tuple(bind.key for bind in compiled.post_compile_params)
        self._spread: dict[tuple[int, ...], Compiled] = {}
        self._taken = _taking(names)
        writing = [_writing(compiled, name, spelling) for name in names]
        self._binds = [(i, process) for i, process in enumerate(writing) if process]
        own = {name: bind.value for name, bind in compiled.binds.items() if name not in values and not bind.required}
        if statement.is_insert:
            own |= {column.key: column.default.arg for column in compiled.insert_prefetch}
        self._own = {name: value for name, value in own.items() if name in names}
        columns: Sequence[Any] = compiled._result_columns or ()  # noqa: SLF001 - no public word for it
        self._row = _row(tuple(str(column.keyname) for column in columns)) if columns else None
        found = [_reading(column.type, spelling) for column in columns]
        self._results: list[tuple[int, Process]] = [(i, process) for i, process in enumerate(found) if process]
        changes = compiled.isinsert or compiled.isupdate or compiled.isdelete
        self.kind = Kind.ROWS if columns else Kind.CHANGE if changes else Kind.TEXT

    def spread(self, statement: Any, values: Values) -> "Compiled":
        """The text for lists of these lengths."""
        lengths = tuple(len(values[name]) for name in self.lists)
        if lengths not in self._spread:
            self._spread[lengths] = Compiled(statement, values, self._spelling, spread=True)
        return self._spread[lengths]

    def bind(self, values: Values) -> Sequence[Any]:
        """In the order of the text. Raises KeyError for a value that is missing."""
        taken = self._taken({**self._own, **values} if self._own else values)
        if not self._binds:
            return taken
        cells = list(taken)
        for i, process in self._binds:
            cells[i] = process(cells[i])
        return cells

    def rows(self, found: Iterable[Any], names: tuple[str, ...] = ()) -> list[Any]:
        """`names`: of the columns, where the statement does not know them."""
        row = self._row or _row(names)
        if not self._results:
            return list(map(row, found))
        return [row(self._processed(each)) for each in found]

    def _processed(self, raw: Sequence[Any]) -> list[Any]:
        cells = list(raw)
        for i, process in self._results:
            if cells[i] is not None:
                cells[i] = process(cells[i])
        return cells


def _taking(names: Sequence[str]) -> Callable[[Values], Sequence[Any]]:
    """Values by name, in this order: several at once where there are several, which is faster."""
    return itemgetter(*names) if len(names) > 1 else lambda given: [given[name] for name in names]


def _writing(compiled: Any, name: str, spelling: Spelling) -> Process | None:
    bind = compiled.binds.get(name)
    if bind is not None and isinstance(bind.type, Instant):
        return spelling.write_moment
    return compiled._bind_processors.get(name)  # noqa: SLF001 - no public word for it


def _reading(kind: Any, spelling: Spelling) -> Process | None:
    if isinstance(kind, Instant):
        return spelling.read_moment
    return kind.dialect_impl(spelling.dialect).result_processor(spelling.dialect, None)


def _row(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """Makes rows as SQLAlchemy gives them: tuples with names, and `_mapping`."""
    row: Any = namedtuple("Row", names, rename=True)  # pyright: ignore[reportUntypedNamedTuple]
    row._mapping = property(row._asdict)  # noqa: SLF001 - as SQLAlchemy names it
    return partial(cast(Any, tuple).__new__, row)


class Result:
    """All rows of an execution."""

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def all(self) -> list[Any]:
        return self._rows

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        (row,) = self._rows
        return row

    def scalar(self) -> Any:
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        return self.one()[0]

    def yield_per(self, _: int) -> "Result":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


class PlainConnection:
    """What both databases have in common. Used by one unit at a time."""

    def __init__(self, spelling: Spelling) -> None:
        self.dialect = spelling.dialect
        self._spelling = spelling

    def execute(self, statement: Executable, values: Values | Several = ()) -> Result:  # pyright: ignore[reportArgumentType]
        """One set of values, or a list of them for a statement without rows. Raises the driver's errors, and ValueError
        for a list where there are rows."""
        if isinstance(values, (dict, Mapping)) or not values:
            one: Values = values or {}  # pyright: ignore[reportAssignmentType]
            return self._execute(*self._compiled(statement, one))
        compiled, _ = self._compiled(statement, values[0])
        if compiled.kind is Kind.ROWS:
            raise ValueError("rows of several executions at once")
        return self._execute_many(compiled, values)

    def _execute(self, compiled: Compiled, values: Values) -> Result:
        raise NotImplementedError

    def _execute_many(self, compiled: Compiled, several: Several) -> Result:
        raise NotImplementedError

    def _compiled(self, statement: Any, values: Values) -> tuple[Compiled, Values]:
        """Lists are spread over as many values as they have: a text for each power of two. An insert has one for each
        set of columns."""
        spelling = self._spelling
        key: Any = (id(statement), *values) if statement.is_insert else id(statement)
        known = spelling.known.get(key)
        if known is None:
            known = spelling.known[key] = (statement, Compiled(statement, values, spelling))
        compiled = known[1]
        if not compiled.lists:
            return compiled, values
        values = dict(values)
        for name in compiled.lists:
            several = values[name] = padded(values[name])
            values |= zip(_named(name, len(several)), several, strict=True)
        return compiled.spread(statement, values), values


def as_sqlalchemy(connection: PlainConnection) -> Connection:
    """To a unit of work both are the same."""
    return cast(Connection, connection)


@cache
def _named(name: str, count: int) -> tuple[str, ...]:
    """As SQLAlchemy names the values of a list."""
    return tuple(f"{name}_{number}" for number in range(1, count + 1))


def padded(several: Sequence[Any]) -> list[Any]:
    """The last one repeated up to a power of two: the same to IN, and only a few texts to keep, whatever is given.
    Raises ValueError for more than both databases take."""
    found = list(several)
    if len(found) > MOST_VALUES:
        raise ValueError(f"a list of more than {MOST_VALUES} values")
    size = min(1 << (len(found) - 1).bit_length(), MOST_VALUES)
    return found + found[-1:] * (size - len(found)) if found else found
