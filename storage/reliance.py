"""Named queries of who relies on passcodes."""

from sqlalchemy import and_, bindparam, null, select

from storage.guests import GUESTS, IDENTITIES, LIVE, MEMBERSHIPS
from storage.invitations import INVITATIONS, WAITING

GUESTS_IN = (
    select(GUESTS.c.guest_id, GUESTS.c.address, MEMBERSHIPS.c.workspace_id, IDENTITIES.c.method, IDENTITIES.c.issuer)
    .select_from(
        GUESTS.join(
            MEMBERSHIPS,
            and_(MEMBERSHIPS.c.guest_id == GUESTS.c.guest_id, MEMBERSHIPS.c.tenant_id == GUESTS.c.tenant_id),
        ).outerjoin(
            IDENTITIES,
            and_(IDENTITIES.c.guest_id == GUESTS.c.guest_id, IDENTITIES.c.tenant_id == GUESTS.c.tenant_id),
        )
    )
    .where(GUESTS.c.tenant_id == bindparam("tenant_id"), LIVE)
)
"""A row for each live membership and each account of its guest."""
INVITED = select(
    INVITATIONS.c.address, INVITATIONS.c.workspace_id, null().label("method"), null().label("issuer")
).where(INVITATIONS.c.tenant_id == bindparam("tenant_id"), WAITING)
