"""Named queries that delete what is over, `most` rows at a time."""

from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, or_, select
from sqlalchemy.sql import ColumnElement, Executable

from storage.policy_tables import Request
from storage.tables import Draft, Limit, OutboxRow, Passcode, Received, Session, table

_DRAFTS, _PASSCODES, _SESSIONS = table(Draft), table(Passcode), table(Session)
_COUNTERS, _RECEIVED, _OUTBOX = table(Limit), table(Received), table(OutboxRow)
_REQUESTS = table(Request)
_BEFORE = cast(Any, bindparam("before"))


def _some(rows: Table, over: ColumnElement[bool]) -> dict[str, Executable]:
    """By dialect. PostgreSQL leaves alone what somebody is just using, and chooses in a CTE: a subquery with a limit
    may be run again for each row, and then choose others. SQLite runs it once, and counts no rows after a WITH."""
    (key,) = rows.primary_key
    chosen = select(key).where(over).limit(bindparam("most"))
    locked = chosen.with_for_update(skip_locked=True).cte("chosen")
    return {
        "sqlite": delete(rows).where(key.in_(chosen)),
        "postgresql": delete(rows).where(key.in_(select(locked.c[key.name]))),
    }


COUNTERS = _some(_COUNTERS, _COUNTERS.c.until < _BEFORE)
RECEIVED = _some(_RECEIVED, _RECEIVED.c.received_at < _BEFORE)
PASSCODES = _some(_PASSCODES, _PASSCODES.c.expires_at < _BEFORE)
SESSIONS = _some(_SESSIONS, _SESSIONS.c.expires_at < _BEFORE)
REQUESTS = _some(_REQUESTS, _REQUESTS.c.asked_at < _BEFORE)
DRAFTS = _some(_DRAFTS, _DRAFTS.c.created_at < _BEFORE)
OUTBOX = _some(_OUTBOX, and_(or_(_OUTBOX.c.done_at < _BEFORE, _OUTBOX.c.dead_at < _BEFORE), _OUTBOX.c.due_at.is_(None)))
