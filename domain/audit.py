"""The audit: what changed and what was decided, a hash chain per tenant. Rows hold ids, never addresses or names."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from domain.work import Work
from storage import audit as rows

START = "0" * 64
SYSTEM = "system"
OPERATOR = "operator"
_encoded = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
INSTALLATION = "-"
"""The chain of what belongs to no tenant."""


def record(work: Work, tenant_id: str, kind: str, actor: str, **facts: Any) -> None:
    """Notes an event; it is chained and written when the unit ends.

    `workspace_id`, `invitation_id` and `guest_id` have columns, all else goes into `detail` (ids, numbers, codes).
    `actor` is a chat user's object id, `guest:<id>`, `system` or `operator`.
    """
    columns = {name: facts.pop(name, None) for name in ("workspace_id", "invitation_id", "guest_id")}
    noted = {"tenant_id": tenant_id, "at": work.now, "kind": kind, "actor": actor, "detail": _encoded(facts)}
    work.events.append(noted | columns)


def write(work: Work) -> None:
    """Chains and writes the unit's events, tenant by tenant in a fixed order."""
    dialect = work.connection.dialect.name
    for tenant_id in sorted({event["tenant_id"] for event in work.events}):
        events = [event for event in work.events if event["tenant_id"] == tenant_id]
        head = work.one(rows.head(dialect), {"tenant_id": tenant_id, "sequence": 0, "hash": START})
        sequence, link = (head.sequence, head.hash) if head else (0, START)
        for event in events:
            sequence += 1
            link = chained(link, sequence, event)
            event |= {"sequence": sequence, "hash": link}
        work.run(rows.APPEND, events)
        work.run(rows.move_head(dialect), {"tenant_id": tenant_id, "sequence": sequence, "hash": link})


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
    """The first sequence number that does not fit its chain; None: the chain is whole."""
    link, expected = START, 0
    found: Any = work.connection.execute(rows.ALL, {"tenant_id": tenant_id}).yield_per(1000)
    for row in found:
        expected += 1
        link = chained(link, expected, row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        if row.sequence != expected or row.hash != link:
            return expected
    head = work.one(rows.HEAD, {"tenant_id": tenant_id})
    if head is None:
        return expected + 1 if expected or work.one(rows.TENANT, {"tenant_id": tenant_id}) else None
    return None if (head.sequence, head.hash) == (expected, link) else expected + 1


def export(work: Work, tenant_id: str) -> Iterator[dict[str, Any]]:
    """Each event with the names and addresses that are still known, oldest first."""
    found: Any = work.connection.execute(rows.EXPORT, {"tenant_id": tenant_id}).yield_per(1000)
    for row in found:
        yield dict(row._mapping) | {"at": row.at.isoformat()}  # noqa: SLF001


def timeline(work: Work, tenant_id: str, invitation_ids: Iterable[str]) -> dict[str, list[Any]]:
    """The events of some invitations with their actors' names, oldest first."""
    found: dict[str, list[Any]] = {}
    for row in work.all(rows.TIMELINE, {"tenant_id": tenant_id, "invitation_ids": list(invitation_ids)}):
        found.setdefault(row.invitation_id, []).append(row)
    return found
