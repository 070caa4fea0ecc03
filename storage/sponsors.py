"""Named queries of sponsors: who answers for a guest."""

from functools import cache

from sqlalchemy.sql import Executable

from storage.lifecycle_tables import Sponsor
from storage.statements import insert
from storage.tables import table

SPONSORS = table(Sponsor)


@cache
def add(dialect: str) -> Executable:
    return insert(dialect)(SPONSORS).on_conflict_do_nothing(index_elements=["invitation_id", "person_id"])
