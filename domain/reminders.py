"""What comes due for an open invitation: its guest is reminded with the same link, and at last the offer expires."""

from datetime import datetime
from typing import Any

from domain import addresses, audit, delivery, life_mails, lifetimes, limits, quotas, showing
from domain.errors import LimitReached
from domain.views import Claimed
from domain.work import Work
from storage import reviews as rows


def act(work: Work, row: Claimed) -> datetime | None:
    """Gives the offer's next date."""
    offer = showing.by_id(work, row.tenant_id, row.subject_id)
    if offer is None or offer.redeemed_at or offer.declined_at or offer.revoked_at:
        return None
    if offer.expires_at <= work.now:
        _expired(work, offer)
        return None
    next_at = lifetimes.next_of_offer(work.now, offer.mailed_at, offer.expires_at)
    number = sum(at <= work.now for at in lifetimes.reminders(offer.mailed_at, offer.expires_at))
    if number and _useful(work, offer, number):
        try:
            limits.take(work, quotas.mailbox(work, addresses.mailbox(offer.address)))
        except LimitReached as refusal:
            return min(refusal.again_at, next_at)
        delivery.enqueue_mails(work, offer.tenant_id, life_mails.REMINDER, [(offer.link_id, str(number))])
    return next_at


def _useful(work: Work, offer: Any, number: int) -> bool:
    """Whoever had a mail within a day needs no reminder, nor one whose mail is still under way or was refused."""
    if offer.failed_at is not None or offer.sent_at is None:
        return False
    keys = [f"{life_mails.REMINDER}:{offer.link_id}:{each}" for each in range(1, len(lifetimes.FOURTEENTHS) + 1)]
    before = work.all(rows.MAILED, {"tenant_id": offer.tenant_id, "keys": keys})
    if any(each.unique_key == keys[number - 1] or each.due_at is not None for each in before):
        return False
    mailed = [offer.mailed_at, offer.sent_at, *(each.done_at or each.created_at for each in before)]
    return max(mailed) <= work.now - lifetimes.DAY


def _expired(work: Work, offer: Any) -> None:
    """Noted once for each end: an offer that was sent again or extended ends again."""
    events = audit.timeline(work, offer.tenant_id, [offer.invitation_id]).get(offer.invitation_id, [])
    if any(each.kind == "invitation.expired" and each.at >= offer.expires_at for each in events):
        return
    audit.record(
        work, offer.tenant_id, "invitation.expired", audit.SYSTEM,
        workspace_id=offer.workspace_id, invitation_id=offer.invitation_id,
    )  # fmt: skip
    delivery.enqueue_card(work, offer.tenant_id, offer.invitation_id)
