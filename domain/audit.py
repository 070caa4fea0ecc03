"""The audit: what changed and what was decided, a hash chain per tenant. Rows hold ids, never addresses or names."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from domain import addresses
from domain.value import value
from domain.work import Work
from storage import audit as rows

START = "0" * 64
SYSTEM = "system"
OPERATOR = "operator"
encoded = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
"""Facts as they stand in an event's detail."""
INSTALLATION = "-"
"""The chain of what belongs to no tenant."""
NOBODY = ""
"""Stands in a list of ids for none."""
BELOW = -(2**31)
"""A sequence number before all that a row can have, planted ones too."""
UNREADABLE = (TypeError, ValueError)
"""What the driver raises for a cell that is no moment any more."""
PIECE = 1000
"""Events that are held in memory at once."""


@value
class Choice:
    """Which events of a tenant. What is not given does not choose."""

    since: datetime = datetime(1, 1, 1, tzinfo=UTC)
    until: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    """That moment is not within any more."""
    workspace_id: str | None = None
    kinds: tuple[str, ...] = ()
    actor: str | None = None
    address: str | None = None


EVERYTHING = Choice()


def record(work: Work, tenant_id: str, kind: str, actor: str, **facts: Any) -> None:
    """Notes an event; it is chained and written when the unit ends.

    `workspace_id`, `invitation_id` and `guest_id` have columns, all else goes into `detail` (ids, numbers, codes).
    What happens to an invitation happens in its workspace, whose owners may read it.
    `actor` is a chat user's object id, `guest:<id>`, `system` or `operator`.
    """
    columns = {name: facts.pop(name, None) for name in ("workspace_id", "invitation_id", "guest_id")}
    if columns["invitation_id"] and not columns["workspace_id"]:
        columns["workspace_id"] = _workspace_of(work, tenant_id, columns["invitation_id"])
    noted = {"tenant_id": tenant_id, "at": work.now, "kind": kind, "actor": actor, "detail": encoded(facts)}
    work.events.append(noted | columns)


def _workspace_of(work: Work, tenant_id: str, invitation_id: str) -> str | None:
    found = work.one(rows.WORKSPACE, {"tenant_id": tenant_id, "invitation_id": invitation_id})
    return found.workspace_id if found is not None else None


def write(work: Work) -> None:
    """Chains and writes the unit's events, tenant by tenant in a fixed order."""
    for tenant_id in sorted({event["tenant_id"] for event in work.events}):
        events = [event for event in work.events if event["tenant_id"] == tenant_id]
        sequence, link = _end(work, tenant_id)
        for event in events:
            sequence += 1
            link = chained(link, sequence, event)
            event |= {"sequence": sequence, "hash": link}
        _append(work, events)


def _end(work: Work, tenant_id: str) -> tuple[int, str]:
    """The chain's last number and link, locked."""
    dialect = work.connection.dialect.name
    head = work.one(rows.head(dialect), {"tenant_id": tenant_id})
    if head is None and dialect != "sqlite":
        head = work.one(rows.first_head(dialect), {"tenant_id": tenant_id, "sequence": 0, "hash": START})
    return (head.sequence, head.hash) if head else (0, START)


def _append(work: Work, events: list[dict[str, Any]]) -> None:
    dialect, last = work.connection.dialect.name, events[-1]
    if len(events) == 1 and dialect != "sqlite":
        work.run(rows.append_one(dialect), last)
        return
    work.run(rows.APPEND, events)
    work.run(rows.move_head(dialect), {name: last[name] for name in ("tenant_id", "sequence", "hash")})


def chained(previous: str, sequence: int, event: Any) -> str:
    """SHA-256 over the previous link and every column, as JSON: no two events have the same text."""
    at: datetime = event["at"]
    fields = [previous, event["tenant_id"], sequence, at.isoformat(), event["kind"], event["actor"]]
    fields += [event["workspace_id"], event["invitation_id"], event["guest_id"], event["detail"]]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


def refused(work: Work, tenant_id: str, actor: str, code: str, **facts: Any) -> None:
    """A decision against somebody, written by the door in a unit of its own."""
    record(work, tenant_id, "refused", actor, code=code, **facts)


def tenants(work: Work) -> tuple[str, ...]:
    """Whose chains there are, or have to be: a tenant's first workspace is an event."""
    return tuple(row.tenant_id for row in work.all(rows.HEADS))


def verify(work: Work, tenant_id: str) -> int | None:
    """The first sequence number that does not fit its chain; None: the chain is whole.

    The head is read first: what is chained meanwhile lies behind it, and moves it too.
    """
    head = work.one(rows.HEAD, {"tenant_id": tenant_id})
    known = (head.sequence, head.hash) if head else (0, START)
    link, expected, met = START, 0, known == (0, START)
    for row in _chain(work, tenant_id):
        expected += 1
        if row is None:
            return expected
        link = chained(link, expected, row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        if row.sequence != expected or row.hash != link:
            return expected
        met = met or known == (expected, link)
    if not met:
        return expected + 1
    if expected == known[0]:
        return None if head or not work.one(rows.TENANT, {"tenant_id": tenant_id}) else 1
    head = work.one(rows.HEAD, {"tenant_id": tenant_id})
    whole = head and (head.sequence > expected or (head.sequence, head.hash) == (expected, link))
    return None if whole else expected + 1


def _chain(work: Work, tenant_id: str) -> Iterator[Any]:
    """Ends with None where a row cannot be read."""
    after, most = BELOW, PIECE
    while True:
        try:
            found = work.all(rows.CHAIN, {"tenant_id": tenant_id, "after": after, "most": most})
        except UNREADABLE:
            if most == 1:
                yield None
                return
            most = 1  # up to the row in question
            continue
        if not found:
            return
        yield from found
        after = found[-1].sequence


def event(work: Work, tenant_id: str, sequence: int) -> Any:
    """One row as it stands, for whoever was told that it does not fit. None: it is not there, or cannot be read."""
    try:
        return work.one(rows.EVENT, {"tenant_id": tenant_id, "sequence": sequence})
    except UNREADABLE:
        return None


def export(work: Work, tenant_id: str, choice: Choice = EVERYTHING) -> Iterator[dict[str, Any]]:
    """Each event with the names and addresses that are still known, oldest first."""
    after = BELOW
    while found := piece(work, tenant_id, choice, after):
        yield from found
        after = found[-1]["sequence"]


def piece(work: Work, tenant_id: str, choice: Choice, after: int, most: int = PIECE) -> list[dict[str, Any]]:
    """As `export`, so many events after one of them."""
    values = chosen(work, tenant_id, choice)
    statement = rows.export(conditions(values))
    found = work.all(statement, values | {"after": after, "most": most})
    return [_exported(row) for row in found]


def _exported(row: Any) -> dict[str, Any]:
    return dict(row._mapping) | {"at": row.at.isoformat()}  # noqa: SLF001


def chosen(work: Work, tenant_id: str, choice: Choice) -> dict[str, Any]:
    """What a statement needs to choose by, and nothing that it need not."""
    values: dict[str, Any] = {"tenant_id": tenant_id, "since": choice.since, "until": choice.until}
    given = {"workspace": choice.workspace_id, "kinds": list(choice.kinds), "actor": choice.actor}
    values |= {name: value for name, value in given.items() if value}
    if choice.address is not None:
        where = {"tenant_id": tenant_id, "address_key": addresses.key(choice.address)}
        found = work.all(rows.OF_ADDRESS, where)
        guests = {row.guest_id for row in [*found, *work.all(rows.GUEST_OF, where)] if row.guest_id}
        values["invitations"] = sorted(row.invitation_id for row in found) or [NOBODY]
        values["guests"] = sorted(guests) or [NOBODY]
    return values


def conditions(values: dict[str, Any]) -> frozenset[str]:
    return frozenset(name for name in values if name in rows.CONDITIONS)


def timeline(work: Work, tenant_id: str, invitation_ids: Iterable[str]) -> dict[str, list[Any]]:
    """The events of some invitations with their actors' names, oldest first."""
    found: dict[str, list[Any]] = {}
    for row in work.all(rows.TIMELINE, {"tenant_id": tenant_id, "invitation_ids": list(invitation_ids)}):
        found.setdefault(row.invitation_id, []).append(row)
    return found
