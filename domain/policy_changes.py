"""Changing a tenant's policy: as a whole, at the version that was looked at, audited with before and after."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from domain import audit, delivery, lifetimes, policies, redrawing
from domain.errors import Superseded
from domain.policies import NO_POLICY, Policy
from domain.work import Work
from storage import policies as rows


def of_tenant(work: Work, tenant_id: str) -> Policy:
    row = work.one(rows.OF, {"tenant_id": tenant_id})
    return policies.of(row) if row is not None else NO_POLICY


def change(
    work: Work, tenant_id: str, actor: str, make: Callable[[Policy], Policy], *, seen: int | None = None
) -> Policy:
    """The policy as `make` makes it from the present one. `seen`: the version that the person looked at.

    Raises Superseded where it is another one now. Nothing is written where nothing changes.
    """
    row = work.one(rows.OF, {"tenant_id": tenant_id})
    before = policies.of(row) if row is not None else NO_POLICY
    if seen is not None and seen != before.version:
        raise Superseded
    after = make(before)
    if after == before:
        return before
    _write(work, tenant_id, before, after)
    delivery.release(work, tenant_id)
    lifetimes.policy_changed(work, tenant_id, before, after)
    redrawing.rule_changed(work, tenant_id)
    audit.record(work, tenant_id, "policy.changed", actor, **_difference(before, after))
    return policies.read(policies.written(after), before.version + 1)


def _write(work: Work, tenant_id: str, before: Policy, after: Policy) -> None:
    document = policies.written(after)
    where = {"tenant": tenant_id, "seen": before.version, "document": document, "now": work.now}
    if before.version == 0:
        row = {"tenant_id": tenant_id, "version": 1, "document": document, "changed_at": work.now}
        written = work.run(rows.put(work.connection.dialect.name), row)
    else:
        written = work.run(rows.CHANGE, where)
    if written == 0:
        raise Superseded


def _difference(before: Policy, after: Policy) -> dict[str, Any]:
    """What changed, and nothing else: policies hold domains and rules, never a person's address."""
    old, new = asdict(before), asdict(after)
    changed = [name for name in old if name != "version" and old[name] != new[name]]
    plain: dict[str, Any] = json.loads(
        json.dumps({"before": {name: old[name] for name in changed}, "after": {name: new[name] for name in changed}})
    )
    return plain | {"version": before.version + 1}
