"""Which open invitations' cards are drawn anew when it changes who may invite, or whom the tenant lets in."""

from collections.abc import Iterable
from typing import Any

from domain import delivery
from domain.work import Work
from storage import inviters as rows


def owner_changed(work: Work, tenant_id: str, workspace_id: str, person_id: str) -> None:
    """Somebody became an owner, or is none any more: the cards of what the person invited there are drawn anew."""
    where = {"tenant_id": tenant_id, "workspace_id": workspace_id, "person_id": person_id, "now": work.now}
    _redraw(work, tenant_id, work.all(rows.OPEN_OF, where))


def rule_changed(work: Work, tenant_id: str) -> None:
    """Who may invite, or who may come in, is another question now: all cards of open invitations are drawn anew."""
    _redraw(work, tenant_id, work.all(rows.OPEN_IN_TENANT, {"tenant_id": tenant_id, "now": work.now}))


def _redraw(work: Work, tenant_id: str, found: Iterable[Any]) -> None:
    ids = [row.invitation_id for row in found]
    if ids:
        delivery.enqueue_card(work, tenant_id, *ids)
