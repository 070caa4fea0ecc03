"""Named queries of what is asked about an address beforehand."""

from sqlalchemy import bindparam, select

from storage.tables import Guest, table

GUESTS = table(Guest)
MOST = 500
"""So many guests tell enough about the domains that a tenant's guests come from."""
KNOWN = (
    select(GUESTS.c.address_key)
    .where(GUESTS.c.tenant_id == bindparam("tenant_id"))
    .order_by(GUESTS.c.created_at.desc(), GUESTS.c.guest_id)
    .limit(MOST)
)
"""Addresses that somebody proved to have."""
