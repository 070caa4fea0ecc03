"""Named queries of terms of use, and of what guests agreed to."""

from functools import cache

from sqlalchemy import bindparam, case, func, insert, select
from sqlalchemy.sql import Executable

from storage.policy_tables import Acceptance, Terms
from storage.statements import insert as upsert
from storage.tables import Tenant, table

TERMS, ACCEPTANCES, TENANTS = table(Terms), table(Acceptance), table(Tenant)
TEXTS = select(TERMS.c.version, TERMS.c.language, TERMS.c.text, TERMS.c.published_at).where(
    TERMS.c.tenant_id == bindparam("tenant_id"), TERMS.c.version == bindparam("version")
)
LANGUAGE = select(TENANTS.c.language).where(TENANTS.c.tenant_id == bindparam("tenant_id"))
PUBLISH = insert(TERMS)
PUBLISHED = (
    select(TERMS.c.version, TERMS.c.language, func.length(TERMS.c.text).label("characters"), TERMS.c.published_at)
    .where(TERMS.c.tenant_id == bindparam("tenant_id"))
    .order_by(TERMS.c.version.desc(), TERMS.c.language)
)
ACCEPTED = (
    select(ACCEPTANCES.c.terms_version, func.count().label("guests"))
    .where(ACCEPTANCES.c.tenant_id == bindparam("tenant_id"))
    .group_by(ACCEPTANCES.c.terms_version)
)


@cache
def put(dialect: str) -> Executable:
    """What a guest agrees to now. What was before stays: a version never goes back, a consent is given once."""
    statement = upsert(dialect)(ACCEPTANCES).values(**{each.name: bindparam(each.name) for each in ACCEPTANCES.c})
    new, old = statement.excluded, ACCEPTANCES.c
    newer = new.terms_version > old.terms_version
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "guest_id"],
        set_={
            "consented_at": func.coalesce(old.consented_at, new.consented_at),
            "terms_version": case((newer, new.terms_version), else_=old.terms_version),
            "accepted_at": case((newer, new.accepted_at), else_=old.accepted_at),
            "language": new.language,
            "client_hash": new.client_hash,
        },
    )
