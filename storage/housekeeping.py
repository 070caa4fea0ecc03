"""Named queries that delete what is over, and of what is sealed under an old key; `most` rows at a time."""

from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.sql import ColumnElement, Executable

from storage.lifecycle_tables import Approval, Bulk, BulkRow
from storage.policy_tables import Challenge, Factor, HostSession, ProviderSecret, Request, Ticket
from storage.tables import Draft, Limit, OutboxRow, Passcode, Received, Session, table

_DRAFTS, _PASSCODES, _SESSIONS = table(Draft), table(Passcode), table(Session)
_COUNTERS, _RECEIVED, _OUTBOX = table(Limit), table(Received), table(OutboxRow)
_TICKETS, _HOST_SESSIONS = table(Ticket), table(HostSession)
_CHALLENGES, _FACTORS = table(Challenge), table(Factor)
_REQUESTS, _APPROVALS = table(Request), table(Approval)
_BULKS, _BULK_ROWS = table(Bulk), table(BulkRow)
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


_OLD_LISTS = select(_BULKS.c.bulk_id).where(
    or_(
        _BULKS.c.finished_at < _BEFORE,
        _BULKS.c.cancelled_at < _BEFORE,
        and_(_BULKS.c.confirmed_at.is_(None), _BULKS.c.made_at < _BEFORE),
    )
)
_CHOSEN_ROWS = (
    select(_BULK_ROWS.c.bulk_id, _BULK_ROWS.c.number)
    .where(_BULK_ROWS.c.bulk_id.in_(_OLD_LISTS))
    .limit(bindparam("most"))
)
_ROW_KEY = tuple_(_BULK_ROWS.c.bulk_id, _BULK_ROWS.c.number)
BULK_ROWS: dict[str, Executable] = dict.fromkeys(
    ("sqlite", "postgresql"), delete(_BULK_ROWS).where(_ROW_KEY.in_(_CHOSEN_ROWS))
)
"""Rows of lists that ended, or that nobody ever said a word about."""
COUNTERS = _some(_COUNTERS, _COUNTERS.c.until < _BEFORE)
RECEIVED = _some(_RECEIVED, _RECEIVED.c.received_at < _BEFORE)
PASSCODES = _some(_PASSCODES, _PASSCODES.c.expires_at < _BEFORE)
SESSIONS = _some(_SESSIONS, _SESSIONS.c.expires_at < _BEFORE)
TICKETS = _some(_TICKETS, _TICKETS.c.expires_at < _BEFORE)
HOST_SESSIONS = _some(_HOST_SESSIONS, _HOST_SESSIONS.c.expires_at < _BEFORE)
CHALLENGES = _some(_CHALLENGES, _CHALLENGES.c.expires_at < _BEFORE)
FACTORS_BEGUN = _some(_FACTORS, and_(_FACTORS.c.confirmed_at.is_(None), _FACTORS.c.created_at < _BEFORE))
BULKS = _some(
    _BULKS,
    and_(_BULKS.c.bulk_id.in_(_OLD_LISTS), ~exists().where(_BULK_ROWS.c.bulk_id == _BULKS.c.bulk_id)),
)
REQUESTS = _some(_REQUESTS, _REQUESTS.c.asked_at < _BEFORE)
APPROVALS = _some(_APPROVALS, _APPROVALS.c.decided_at < _BEFORE)
DRAFTS = _some(_DRAFTS, _DRAFTS.c.created_at < _BEFORE)
OUTBOX = _some(_OUTBOX, and_(or_(_OUTBOX.c.done_at < _BEFORE, _OUTBOX.c.dead_at < _BEFORE), _OUTBOX.c.due_at.is_(None)))


def _sealed(rows: Table) -> tuple[Executable, Executable]:
    """Rows that one key sealed (`key` is its name and a dot, of `length` letters), and sealing one of them anew. The
    second does nothing to a row that somebody else was faster with."""
    (row_id,) = rows.primary_key
    begins = func.substr(rows.c.sealed, 1, bindparam("length")) == bindparam("key")
    found = select(row_id.label("row_id"), rows.c.sealed).where(begins).order_by(row_id).limit(bindparam("most"))
    same = and_(row_id == bindparam("row"), rows.c.sealed == bindparam("before"))
    return found, update(rows).where(same).values(sealed=bindparam("after"))


SEALED = {"provider secret": _sealed(table(ProviderSecret)), "totp": _sealed(table(Factor))}
"""By the purpose that they were sealed for."""
