"""Named queries that delete what is over."""

from typing import Any, cast

from sqlalchemy import bindparam, delete

from storage.counters import FORGET as COUNTERS
from storage.outbox import SWEEP
from storage.tables import Draft, Passcode, Session, table

_DRAFTS, _PASSCODES, _SESSIONS = table(Draft), table(Passcode), table(Session)
_BEFORE = cast(Any, bindparam("before"))
OLD = (
    SWEEP,
    delete(_DRAFTS).where(_DRAFTS.c.created_at < _BEFORE),
    delete(_PASSCODES).where(_PASSCODES.c.expires_at < _BEFORE),
    delete(_SESSIONS).where(_SESSIONS.c.expires_at < _BEFORE),
)

__all__ = ["COUNTERS", "OLD"]
