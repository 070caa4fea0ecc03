"""Invitations as their mails see them: by the link that a mail is to carry, while that counts."""

from typing import Any

from domain import inquiries, links
from domain.errors import Refusal
from domain.views import Claimed
from domain.work import Work
from storage import invitations as rows


def by_link(work: Work, row: Claimed) -> tuple[Any, Any] | None:
    """The link and its invitation, while this link counts and may still be mailed, whatever the feature's stage."""
    link = work.one(rows.LINK_BY_ID, {"link_id": row.subject_id, "tenant_id": row.tenant_id})
    if link is None:
        return None
    try:
        offer = links.standing(work, link.tenant_id, link.invitation_id, link.token_hash, "redeem")
    except Refusal:
        return None
    return (link, offer) if _expected(offer) else None


def possible(work: Work, offer: Any) -> bool:
    """Whether the invited guest could get in now: else the mail waits, and the card shows the same barrier."""
    return inquiries.barrier(work, offer) is None


def _expected(offer: Any) -> bool:
    """Who is in already needs no such mail, unless the guest was moved to this mailbox since."""
    return offer.redeemed_at is None or offer.mailed_at > offer.redeemed_at


def token(work: Work, link: Any) -> str:
    """What the link ends with: the same for the invitation, its retries and its reminders."""
    return work.keys.link_token(link.key_id, link.tenant_id, link.invitation_id, link.link_id)
