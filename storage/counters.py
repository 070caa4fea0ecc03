"""Rows of limits: a list of moments under a key, locked while it is looked at and changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.sql import Executable

from storage.statements import insert
from storage.tables import Limit, table

ROWS = table(Limit)
READ = select(ROWS.c.limit_key, ROWS.c.hits).where(ROWS.c.limit_key.in_(bindparam("keys", expanding=True)))


SIZES = (64, 32, 16, *range(8, 0, -1))
"""So many counters are locked at once: a few statements, used again and again, however many addresses come."""


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """The keys in their order, in as few pieces of these sizes as there can be."""
    start = 0
    while start < len(keys):
        size = next(size for size in SIZES if size <= len(keys) - start)
        yield keys[start : start + size]
        start += size


@cache
def lock(number: int) -> Executable:
    """For PostgreSQL: makes the rows that are missing, locks all, and returns them. `number`: one of SIZES."""
    given: list[dict[str, Any]] = [
        {"limit_key": bindparam(f"key{i}"), "hits": "", "until": bindparam("until")} for i in range(number)
    ]
    statement = insert("postgresql")(ROWS).values(given)
    return statement.on_conflict_do_update(
        index_elements=["limit_key"], set_={"limit_key": statement.excluded.limit_key}
    ).returning(ROWS.c.limit_key, ROWS.c.hits)


@cache
def write(dialect: str) -> Executable:
    statement = insert(dialect)(ROWS).values(
        limit_key=bindparam("limit_key"), hits=bindparam("hits"), until=bindparam("until")
    )
    return statement.on_conflict_do_update(
        index_elements=["limit_key"], set_={"hits": statement.excluded.hits, "until": statement.excluded.until}
    )


def values(keys: Sequence[str], until: datetime) -> dict[str, Any]:
    return {f"key{i}": name for i, name in enumerate(keys)} | {"until": until}
