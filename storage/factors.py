"""Named queries of second factors, recovery codes and what passkeys have signed."""

from functools import cache

from sqlalchemy import and_, bindparam, delete, func, insert, select, update
from sqlalchemy.sql import Executable

from storage.policy_tables import Challenge, Factor, RecoveryCode
from storage.statements import insert as upsert
from storage.tables import Instant, Session, table

FACTORS, CODES, CHALLENGES, SESSIONS = table(Factor), table(RecoveryCode), table(Challenge), table(Session)
NOW = bindparam("now", type_=Instant)
_GUESTS = and_(FACTORS.c.tenant_id == bindparam("tenant"), FACTORS.c.guest_id == bindparam("guest"))
_CONFIRMED = and_(_GUESTS, FACTORS.c.confirmed_at.is_not(None))
_BEGUN = and_(_GUESTS, FACTORS.c.confirmed_at.is_(None), FACTORS.c.session_id == bindparam("session"))
_CODES = and_(CODES.c.tenant_id == bindparam("tenant"), CODES.c.guest_id == bindparam("guest"))

ADD = insert(FACTORS)
CONFIRMED = select(FACTORS).where(_CONFIRMED).order_by(FACTORS.c.created_at, FACTORS.c.factor_id)
BEGUN = select(FACTORS).where(_BEGUN)
"""What this session is setting up, and nobody else."""
FORGET_BEGUN = delete(FACTORS).where(_BEGUN)
CONFIRM = (
    update(FACTORS)
    .where(_BEGUN, FACTORS.c.factor_id == bindparam("factor"))
    .values(confirmed_at=NOW, used_at=NOW, last_step=bindparam("step"))
)
USE_STEP = (
    update(FACTORS)
    .where(_CONFIRMED, FACTORS.c.factor_id == bindparam("factor"), FACTORS.c.last_step < bindparam("step"))
    .values(last_step=bindparam("step"), used_at=NOW)
)
"""A code's half minute works once, whatever runs at the same time."""
COUNT_SIGNATURE = (
    update(FACTORS)
    .where(_CONFIRMED, FACTORS.c.factor_id == bindparam("factor"), FACTORS.c.sign_count == bindparam("seen"))
    .values(sign_count=bindparam("count"), used_at=NOW)
)
REMOVE = delete(FACTORS).where(_CONFIRMED, FACTORS.c.factor_id == bindparam("factor"))
REMOVE_ALL = delete(FACTORS).where(_GUESTS)
ADD_CODES = insert(CODES)
REMOVE_CODES = delete(CODES).where(_CODES)
CODES_LEFT = select(func.count()).select_from(CODES).where(_CODES, CODES.c.used_at.is_(None))
USE_CODE = (
    update(CODES).where(_CODES, CODES.c.code_hash == bindparam("hash"), CODES.c.used_at.is_(None)).values(used_at=NOW)
)

STRENGTHEN = (
    update(SESSIONS)
    .where(SESSIONS.c.session_hash == bindparam("hash"), SESSIONS.c.ended_at.is_(None), SESSIONS.c.expires_at > NOW)
    .values(second_factor=bindparam("factor"), second_factor_at=NOW)
)


@cache
def add_passkey(dialect: str) -> Executable:
    """No row: this passkey is somebody's already."""
    names = (
        "factor_id", "tenant_id", "guest_id", "kind", "last_step", "credential_id", "public_key", "sign_count",
        "created_at", "confirmed_at", "used_at", "session_id",
    )  # fmt: skip
    statement = upsert(dialect)(FACTORS).values(**{name: bindparam(name) for name in names})
    return statement.on_conflict_do_nothing(index_elements=["credential_id"])


@cache
def spend(dialect: str) -> Executable:
    """Notes a signed challenge. No row: it was signed before."""
    names = ("challenge_hash", "tenant_id", "guest_id", "session_hash", "purpose", "expires_at", "used_at")
    statement = upsert(dialect)(CHALLENGES).values(**{name: bindparam(name) for name in names})
    return statement.on_conflict_do_nothing(index_elements=["challenge_hash"])
