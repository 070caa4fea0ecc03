"""Named queries of the settings card."""

from sqlalchemy import bindparam, or_, select

from storage.workspaces import PEOPLE

KNOWN_PEOPLE = (
    select(PEOPLE.c.person_id, PEOPLE.c.name)
    .where(PEOPLE.c.tenant_id == bindparam("tenant_id"), PEOPLE.c.name != "", PEOPLE.c.left_at.is_(None))
    .where(or_(PEOPLE.c.role.is_(None), PEOPLE.c.role == "user"))
    .order_by(PEOPLE.c.name, PEOPLE.c.person_id)
    .limit(bindparam("most"))
)
"""Whom an admin can choose: people of the tenant who were met, no guests."""
