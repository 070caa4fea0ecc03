"""Ending many accesses at once: with sessions, audit and cards, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain import audit, delivery
from domain.work import Work
from storage import reviews as rows


def lock(work: Work, tenant_id: str, guest_ids: Iterable[str]) -> None:
    """As guests.lock, for several: always in the same order, so that two units never wait for each other."""
    ids = sorted(set(guest_ids))
    if ids:
        work.all(rows.LOCK, {"tenant_id": tenant_id, "guests": ids})


def end(work: Work, tenant_id: str, membership_ids: Sequence[str], reason: str) -> None:
    """Their guests are locked. Those that had ended before stay as they are."""
    if not membership_ids:
        return
    values: dict[str, Any] = {"tenant": tenant_id, "now": work.now, "reason": reason}
    ended = work.all(rows.END, values | {"memberships": list(membership_ids)})
    if not ended:
        return
    work.run(rows.END_SESSIONS, values | {"guests": sorted({each.guest_id for each in ended})})
    for each in ended:
        audit.record(
            work, tenant_id, "membership.ended", audit.SYSTEM, workspace_id=each.workspace_id,
            invitation_id=each.invitation_id, guest_id=each.guest_id, reason=reason,
        )  # fmt: skip
    delivery.enqueue_card(work, tenant_id, *(each.invitation_id for each in ended))
