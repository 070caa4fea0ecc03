"""Named queries of passcodes."""

from typing import Any

from sqlalchemy import and_, bindparam, exists, insert, or_, select, update

from storage.invitations import FACTS, FACTS_OF_ALL, INVITATIONS
from storage.tables import Instant, Passcode, table

PASSCODES = table(Passcode)
NOW = bindparam("now", type_=Instant)
ADD = insert(PASSCODES)
_NEWER = PASSCODES.alias("newer")
_LATER = or_(
    _NEWER.c.issued_at > PASSCODES.c.issued_at,
    and_(_NEWER.c.issued_at == PASSCODES.c.issued_at, _NEWER.c.passcode_id < PASSCODES.c.passcode_id),
)
REPLACED = exists().where(_NEWER.c.scope == PASSCODES.c.scope, _LATER)
"""A newer one of the same scope is the one that counts."""
_NAMED = PASSCODES.c.passcode_id == bindparam("passcode_id")
BY_ID = select(PASSCODES, REPLACED.label("replaced")).where(_NAMED)
_MAILED = (
    PASSCODES.c.passcode_id, PASSCODES.c.scope, PASSCODES.c.address.label("mailbox"), PASSCODES.c.reference,
    PASSCODES.c.key_id, PASSCODES.c.language.label("spoken"), PASSCODES.c.issued_at,
    PASSCODES.c.expires_at.label("lasts_until"), PASSCODES.c.used_at, PASSCODES.c.withdrawn_at,
    REPLACED.label("replaced"),
)  # fmt: skip
"""What a mail needs of its passcode."""
BY_ADDRESS = select(*_MAILED).where(_NAMED, PASSCODES.c.tenant_id == bindparam("tenant_id"))
_BY = and_(INVITATIONS.c.invitation_id == PASSCODES.c.invitation_id, INVITATIONS.c.tenant_id == PASSCODES.c.tenant_id)
_DECIDING = (
    "invitation_id", "tenant_id", "workspace_id", "workspace", "kind", "address", "surface", "expires_at", "sent_at",
    "failed_at", "opened_at", "passcode_sent_at", "redeemed_at", "declined_at", "revoked_at", "replaced_at", "ends_at",
    "ended_at", "stage", "from_at", "setting", "policy_version", "document",
)  # fmt: skip
"""Of the facts, what tells whether a passcode is still to be mailed, and for which workspace. That is asked twice for
each mail, and every column takes its time."""


def _invited(facts: Any) -> Any:
    deciding = (facts.selected_columns[name] for name in _DECIDING)
    return facts.with_only_columns(*deciding, *_MAILED).where(_BY)


INVITED = _invited(FACTS).where(_NAMED)
"""With what is known of the invitation that it was asked for by."""
ALL_INVITED = _invited(FACTS_OF_ALL).where(PASSCODES.c.passcode_id.in_(bindparam("subject_ids", expanding=True)))
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
USE = update(PASSCODES).where(PASSCODES.c.passcode_id == bindparam("passcode"), USABLE, ~REPLACED).values(used_at=NOW)
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
