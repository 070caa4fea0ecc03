"""Named queries of feature stages and tenants' settings."""

from functools import cache

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.sql import Executable

from storage.policy_tables import Rollout, TenantFeature
from storage.statements import insert
from storage.tables import Guest, Invitation, Membership, table

ROLLOUTS, SETTINGS = table(Rollout), table(TenantFeature)
INVITATIONS, MEMBERSHIPS, GUESTS = table(Invitation), table(Membership), table(Guest)

ROLLOUTS_OF_ALL = select(ROLLOUTS).order_by(ROLLOUTS.c.feature, ROLLOUTS.c.surface)
SETTINGS_OF = select(SETTINGS).where(SETTINGS.c.tenant_id.in_(bindparam("tenant_ids", expanding=True)))
LIVE_GUESTS = select(func.count(MEMBERSHIPS.c.guest_id.distinct())).where(
    MEMBERSHIPS.c.tenant_id == bindparam("tenant_id"),
    MEMBERSHIPS.c.ended_at.is_(None),
    MEMBERSHIPS.c.ends_at > bindparam("now"),
)
OPEN_INVITATIONS = select(func.count()).where(
    and_(
        INVITATIONS.c.tenant_id == bindparam("tenant_id"),
        INVITATIONS.c.redeemed_at.is_(None),
        INVITATIONS.c.declined_at.is_(None),
        INVITATIONS.c.revoked_at.is_(None),
        INVITATIONS.c.replaced_at.is_(None),
        INVITATIONS.c.expires_at > bindparam("now"),
    )
)
LIVE_GUESTS_ON = LIVE_GUESTS.where(MEMBERSHIPS.c.surface.in_(bindparam("surfaces", expanding=True)))
OPEN_INVITATIONS_ON = OPEN_INVITATIONS.where(INVITATIONS.c.surface.in_(bindparam("surfaces", expanding=True)))
TENANTS_WITH_SETTINGS = select(SETTINGS.c.tenant_id, SETTINGS.c.feature, SETTINGS.c.setting).order_by(
    SETTINGS.c.tenant_id, SETTINGS.c.feature
)


@cache
def put_rollout(dialect: str) -> Executable:
    statement = insert(dialect)(ROLLOUTS)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["feature", "surface"], set_={"stage": new.stage, "from_at": new.from_at}
    )


@cache
def put_setting(dialect: str) -> Executable:
    statement = insert(dialect)(SETTINGS)
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "feature"], set_={"setting": statement.excluded.setting}
    )
