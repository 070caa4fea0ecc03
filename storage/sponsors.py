"""Named queries of sponsors: who answers for a guest."""

from functools import cache

from sqlalchemy import and_, bindparam, select
from sqlalchemy.sql import Executable

from storage.lifecycle_tables import Sponsor
from storage.statements import insert
from storage.tables import Person, table

SPONSORS, PEOPLE = table(Sponsor), table(Person)
NAMES = (
    select(SPONSORS.c.invitation_id, PEOPLE.c.name)
    .join(PEOPLE, and_(PEOPLE.c.tenant_id == SPONSORS.c.tenant_id, PEOPLE.c.person_id == SPONSORS.c.person_id))
    .where(SPONSORS.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.name != "")
    .where(SPONSORS.c.invitation_id.in_(bindparam("invitations", expanding=True)))
    .order_by(SPONSORS.c.since, SPONSORS.c.person_id)
)


@cache
def add(dialect: str) -> Executable:
    return insert(dialect)(SPONSORS).on_conflict_do_nothing(index_elements=["invitation_id", "person_id"])
