"""Named queries of the activities that had their effect."""

from functools import cache

from sqlalchemy import bindparam, select, update
from sqlalchemy.sql import Executable

from storage.statements import insert
from storage.tables import Received, table

ROWS = table(Received)
ANSWER = select(ROWS.c.answer).where(ROWS.c.activity_key == bindparam("activity_key"))
KEEP = update(ROWS).where(ROWS.c.activity_key == bindparam("key")).values(answer=bindparam("text"))


@cache
def add(dialect: str) -> Executable:
    """No row is added where the activity is known (PostgreSQL waits for a unit that is just adding it)."""
    return insert(dialect)(ROWS).on_conflict_do_nothing(index_elements=["activity_key"])
