"""Invitations as their mails see them: by the link that a mail is to carry, while that counts."""

from typing import Any

from domain import inquiries, links
from domain.errors import Refusal
from domain.views import Claimed
from domain.work import Work
from storage import invitations as rows


def of_link(work: Work, row: Claimed) -> Any:
    """The facts of the invitation whose link the mail carries or is about, whether that counts or not. None: gone."""
    return work.one(rows.BY_LINK, {"link_id": row.subject_id, "tenant_id": row.tenant_id})


def by_link(work: Work, row: Claimed) -> Any:
    """As `of_link`, while this link counts and may still be mailed, whatever the feature's stage."""
    return expected(work, of_link(work, row))


def expected(work: Work, offer: Any) -> Any:
    """What `of_link` found, while its link counts and may still be mailed."""
    try:
        return offer if offer is not None and _outside(links.counting(work, offer, "redeem")) else None
    except Refusal:
        return None


def possible(work: Work, offer: Any) -> bool:
    """Whether the invited guest could get in now: else the mail waits, and the card shows the same barrier."""
    return inquiries.barrier(work, offer) is None


def _outside(offer: Any) -> bool:
    """Who is in already needs no such mail, unless the guest was moved to this mailbox since."""
    return offer.redeemed_at is None or offer.mailed_at > offer.redeemed_at


def token(work: Work, offer: Any) -> str:
    """What the link ends with: the same for the invitation, its retries and its reminders."""
    return work.keys.link_token(offer.held_key, offer.tenant_id, offer.invitation_id, offer.held_link)
