"""What follows when a guest has left a workspace by the own wish."""

from dataclasses import replace
from typing import Any

from domain import audit, certificates, delivery, showing
from domain.work import Work
from storage import guests as rows
from storage import passcodes as passcode_rows


def left(work: Work, row: Any, *, last: bool) -> None:
    """Codes, mails and the invitation end as the membership has; its card tells sponsors and owners, and a certificate
    what ended. `last`: the sign-ins end too, and have not yet."""
    invitation = showing.by_id(work, row.tenant_id, row.invitation_id)
    assert invitation is not None
    removed = certificates.standing(work, invitation)
    work.run(passcode_rows.END_ALL, {"of": f"invitation:{row.invitation_id}", "now": work.now})
    delivery.withdraw_mail(work, "invitation", invitation.link_id)
    work.run(rows.LEFT, {"invitation": row.invitation_id, "tenant": row.tenant_id, "now": work.now})
    whose = f"guest:{row.guest_id}"
    removed = removed if last else replace(removed, sessions=0)
    certificate = certificates.issue(work, invitation, removed, "left", whose)
    audit.record(
        work, row.tenant_id, "membership.left", whose, guest_id=row.guest_id, invitation_id=row.invitation_id,
        workspace_id=row.workspace_id, certificate=certificate,
    )  # fmt: skip
    delivery.enqueue_card(work, row.tenant_id, row.invitation_id)
