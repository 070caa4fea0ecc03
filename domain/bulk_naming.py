"""Whom and what an operator's command names: a tenant, a workspace, a person."""

from domain.bulk_showing import place_of
from domain.views import Person, Place
from domain.work import Work
from storage import bulks as rows


def tenants(work: Work) -> tuple[str, ...]:
    """Those that have a workspace."""
    return tuple(sorted(row.tenant_id for row in work.all(rows.TENANTS)))


def places(work: Work, tenant_id: str, named: str) -> tuple[Place, ...]:
    """Workspaces of that id or name."""
    found = work.all(rows.IN_TENANT, {"tenant_id": tenant_id, "named": named, "lower": named.lower()})
    return tuple(place_of(row) for row in found)


def people(work: Work, tenant_id: str, named: str) -> tuple[Person, ...]:
    """People of that Entra object id or address whom the bot has met."""
    found = work.all(rows.SOMEBODY, {"tenant_id": tenant_id, "lower": named.lower()})
    return tuple(Person(tenant_id, row.person_id, row.name or "", "", row.address, row.role) for row in found)
