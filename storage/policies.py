"""Named queries of tenants' policies."""

from functools import cache

from sqlalchemy import bindparam, select, update
from sqlalchemy.sql import Executable

from storage.policy_tables import Policy
from storage.statements import insert
from storage.tables import table

POLICIES = table(Policy)
OF = select(POLICIES.c.tenant_id, POLICIES.c.version.label("policy_version"), POLICIES.c.document).where(
    POLICIES.c.tenant_id == bindparam("tenant_id")
)
ALL = select(POLICIES.c.tenant_id, POLICIES.c.version.label("policy_version"), POLICIES.c.document).order_by(
    POLICIES.c.tenant_id
)
CHANGE = (
    update(POLICIES)
    .where(POLICIES.c.tenant_id == bindparam("tenant"), POLICIES.c.version == bindparam("seen"))
    .values(version=POLICIES.c.version + 1, document=bindparam("document"), changed_at=bindparam("now"))
)


@cache
def put(dialect: str) -> Executable:
    """A tenant's first policy. No row: somebody else was faster."""
    statement = insert(dialect)(POLICIES).values(
        **{name: bindparam(name) for name in ("tenant_id", "version", "document", "changed_at")}
    )
    return statement.on_conflict_do_nothing(index_elements=["tenant_id"])
