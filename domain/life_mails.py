"""Mails that the date sends: reminders of an offer, and warnings that an access ends. What becomes of one says little
about the guest: only a reminder that is refused for good shows on the invitation's card."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from domain import audit, delivery, lifetimes, mail_offers, sponsors
from domain.life_views import Ending, EndingMail, ReminderMail
from domain.value import value
from domain.views import Claimed, Kind
from domain.work import Work
from storage import invitations as invitation_rows
from storage import reviews as rows

REMINDER, WARNING = "reminder", "warning"
SOON = timedelta(days=max(lifetimes.WARNED), hours=1)
"""An access that lasts longer was extended since."""


@value
class Sort:
    """What there is to know about mails of one kind."""

    view: Callable[[Work, Claimed], Any]
    """None: not wanted, or not now."""
    held: Callable[[Work, Claimed], Any]
    """The invitation of a mail that is wanted, but has to wait; None: it is dropped."""
    sent: Callable[[Work, Claimed], None]
    failed: Callable[[Work, Claimed, str], None]
    """It was refused for good."""


def _reminder(work: Work, row: Claimed) -> ReminderMail | None:
    offer = _offer(work, row)
    if offer is None or not mail_offers.possible(work, offer):
        return None
    return ReminderMail(
        offer.address, offer.language, mail_offers.token(work, offer), offer.inviter, offer.inviter_address,
        offer.workspace, Kind(offer.kind), offer.mailed_at, offer.expires_at,
    )  # fmt: skip


def _offer(work: Work, row: Claimed) -> Any:
    """Whose mail never arrived is not reminded, nor who came in and was moved since."""
    offer = mail_offers.by_link(work, row)
    return offer if offer is not None and offer.redeemed_at is None and offer.failed_at is None else None


def _reminded(work: Work, row: Claimed) -> None:
    offer = mail_offers.of_link(work, row)
    if offer is not None:
        audit.record(
            work, row.tenant_id, "invitation.reminded", audit.SYSTEM,
            workspace_id=offer.workspace_id, invitation_id=offer.invitation_id,
        )  # fmt: skip
        delivery.enqueue_card(work, row.tenant_id, offer.invitation_id)


def _bounced(work: Work, row: Claimed, reason: str) -> None:
    """The mailbox is not there any more: an offer that is still open cannot be delivered."""
    offer = mail_offers.of_link(work, row)
    if offer is None:
        return
    where = {"invitation": offer.invitation_id, "tenant": row.tenant_id, "link": offer.held_link}
    if work.run(invitation_rows.BOUNCED, where | {"now": work.now, "why": reason[:500]}):
        audit.record(
            work, row.tenant_id, "invitation.undeliverable", audit.SYSTEM,
            workspace_id=offer.workspace_id, invitation_id=offer.invitation_id, mail=REMINDER,
        )  # fmt: skip
        delivery.enqueue_card(work, row.tenant_id, offer.invitation_id)


def _member(work: Work, row: Claimed) -> Any:
    """The membership while it is live."""
    found = work.one(rows.MEMBERSHIP, {"membership_id": row.subject_id, "tenant_id": row.tenant_id})
    live = found is not None and found.ended_at is None and found.ends_at > work.now
    return found if live else None


def _ending(work: Work, found: Any, ends_at: Any, why: Ending) -> EndingMail:
    name, address = sponsors.contact(work, found.tenant_id, found.invitation_id)
    return EndingMail(
        found.address, found.language, found.workspace, Kind(found.kind), ends_at, why, name, address
    )  # fmt: skip


def _warning(work: Work, row: Claimed) -> EndingMail | None:
    found = _member(work, row)
    if found is None or found.ends_at > work.now + SOON:
        return None
    return _ending(work, found, found.ends_at, Ending.DATE)


def _closing(reason: Ending) -> Callable[[Work, Claimed], EndingMail | None]:
    def view(work: Work, row: Claimed) -> EndingMail | None:
        found = _member(work, row)
        where = {"membership_id": row.subject_id, "tenant_id": row.tenant_id, "why": reason.value}
        closing = work.one(rows.CLOSING, where)
        if found is None or closing is None:
            return None
        return _ending(work, found, min(closing.ends_at, found.ends_at), reason)

    return view


def _nothing(_work: Work, _row: Claimed, *_: str) -> None:
    """Nobody has to be told."""


def _of_ending(view: Callable[[Work, Claimed], Any]) -> Sort:
    return Sort(view, _nothing, _nothing, _nothing)


SORTS: dict[str, Sort] = {
    REMINDER: Sort(_reminder, _offer, _reminded, _bounced),
    WARNING: _of_ending(_warning),
    Ending.INACTIVE.value: _of_ending(_closing(Ending.INACTIVE)),
    Ending.SPONSOR_MISSING.value: _of_ending(_closing(Ending.SPONSOR_MISSING)),
}
"""By the kind of the row."""
