"""Decisions against somebody, in the audit: written by the door in a unit of its own, after what was refused."""

from typing import Any

from domain import audit, limits, workspaces
from domain.errors import PolicyForbids
from domain.views import Person, Place
from domain.work import Work

NOBODY = "unknown"
"""Stands for everybody whom no object id tells apart."""
ONCE = limits.Window(None, 1, 60)
"""A row a minute for one person and code: whoever goes on trying does not fill the audit."""


def noted(work: Work, tenant_id: str, person_id: str, code: str, *, place: Place | None = None, **facts: Any) -> bool:
    """False: the same was noted within the last minute. `person_id` may be empty; without a `place` it was not looked
    at."""
    actor = person_id or NOBODY
    limit = limits.Limit(f"refusal:{tenant_id}:{actor}:{code}", (ONCE,))
    counters = limits.lock(work, [limit])
    if not counters.fits(limit):
        return False
    counters.add(work, [limit])
    workspace_id = _workspace_id(work, place) if place else None
    audit.refused(work, tenant_id, actor, code, workspace_id=workspace_id, **facts)
    return True


def forbidden(work: Work, refusal: PolicyForbids) -> bool:
    """A guest whom the policy kept out, with the rule that did. As `noted`, for one guest or invitation and rule. Where
    nobody knows whose policy it was, there is nothing to note."""
    if not refusal.tenant_id:
        return False
    whom = refusal.guest_id or refusal.invitation_id
    limit = limits.Limit(f"refusal:{refusal.tenant_id}:{whom}:{refusal.reason}:{refusal.rule_id}", (ONCE,))
    counters = limits.lock(work, [limit])
    if not counters.fits(limit):
        return False
    counters.add(work, [limit])
    actor = f"guest:{refusal.guest_id}" if refusal.guest_id else audit.SYSTEM
    audit.refused(
        work, refusal.tenant_id, actor, refusal.code, reason=refusal.reason.value, rule=refusal.rule_id,
        guest_id=refusal.guest_id or None, invitation_id=refusal.invitation_id or None,
    )  # fmt: skip
    return True


def _workspace_id(work: Work, place: Place) -> str | None:
    return workspaces.standing(work, place, Person(place.tenant_id, "")).workspace_id or None
