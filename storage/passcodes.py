"""Named queries of passcodes."""

from sqlalchemy import and_, bindparam, exists, insert, select, update

from storage.tables import Instant, Passcode, table

PASSCODES = table(Passcode)
NOW = bindparam("now", type_=Instant)
ADD = insert(PASSCODES)
_NEWER = PASSCODES.alias("newer")
BY_ID = select(
    PASSCODES,
    exists().where(_NEWER.c.scope == PASSCODES.c.scope, _NEWER.c.issued_at > PASSCODES.c.issued_at).label("replaced"),
).where(PASSCODES.c.passcode_id == bindparam("passcode_id"))
BY_WITHDRAWAL = select(PASSCODES).where(PASSCODES.c.withdraw_hash == bindparam("hash"))
OF_SCOPE = (
    select(
        PASSCODES.c.passcode_id, PASSCODES.c.issued_at, PASSCODES.c.expires_at, PASSCODES.c.key_id,
        PASSCODES.c.withdrawn_at,
    )
    .where(PASSCODES.c.scope == bindparam("scope"), PASSCODES.c.issued_at > bindparam("since", type_=Instant))
    .order_by(PASSCODES.c.issued_at.desc(), PASSCODES.c.passcode_id)
)  # fmt: skip
"""Newest first: the first one is the one that counts."""

USABLE = and_(PASSCODES.c.used_at.is_(None), PASSCODES.c.withdrawn_at.is_(None), PASSCODES.c.expires_at >= NOW)
ATTEMPT = (
    update(PASSCODES)
    .where(PASSCODES.c.passcode_id == bindparam("passcode"), USABLE, PASSCODES.c.attempts < bindparam("most"))
    .values(attempts=PASSCODES.c.attempts + 1)
    .returning(PASSCODES.c.attempts)
)
"""Counted before anything is compared: so many comparisons there are, whatever runs at the same time."""
USE = update(PASSCODES).where(PASSCODES.c.passcode_id == bindparam("passcode"), USABLE).values(used_at=NOW)
CHOOSE = (
    update(PASSCODES)
    .where(
        PASSCODES.c.passcode_id == bindparam("passcode"), PASSCODES.c.used_at > bindparam("after", type_=Instant),
        PASSCODES.c.chosen_at.is_(None),
    )
    .values(chosen_at=NOW)
)  # fmt: skip
WITHDRAW = update(PASSCODES).where(PASSCODES.c.passcode_id == bindparam("passcode"), USABLE).values(withdrawn_at=NOW)
END_ALL = update(PASSCODES).where(PASSCODES.c.scope == bindparam("of"), USABLE).values(withdrawn_at=NOW)
