"""Mails as the outbox delivers them: made with their secrets at the moment of delivery, and what became of them."""

from datetime import datetime, timedelta
from typing import Any

from domain import (
    admission,
    audit,
    blocks,
    delivery,
    features,
    life_mails,
    mail_offers,
    showing,
    states,
)
from domain.life_mails import Sort
from domain.mail_offers import by_link as _offer
from domain.mail_offers import possible as _possible
from domain.passcodes import NOBODY, known_address
from domain.views import Claimed, InvitationMail, Kind, Mail, PasscodeMail
from domain.work import Work
from storage import invitations as rows
from storage import passcodes as passcode_rows

MAILS = frozenset({"invitation", "passcode"})
"""Kinds of mails whose failing the card tells."""
HELD_AGAIN = timedelta(minutes=10)
"""At the latest a mail that waits for passcodes to come on is looked at again."""


def mail(work: Work, row: Claimed) -> Mail | None:
    """The mail with its secret, or None: revoked, replaced, expired, switched off. What then: see `unwanted`.

    The operator's own provider is not asked: it was when the mail was asked for, and is before anybody gets in.
    """
    return _sort(row).view(work, row)


def _sort(row: Claimed) -> Sort:
    return SORTS.get(row.kind, SORTS["passcode"])


def _lasts(work: Work, offer: Any) -> tuple[datetime, int]:
    """Until when the link works, and for how many days the guest is let in then."""
    if offer.redeemed_at is None or offer.ends_at is None:
        return offer.expires_at, offer.access_days
    return offer.ends_at, max(1, -((work.now - offer.ends_at) // timedelta(days=1)))


def _invitation(work: Work, row: Claimed) -> InvitationMail | None:
    found = _offer(work, row)
    if found is None:
        return None
    link, offer = found
    if not _possible(work, offer):
        return None
    expires_at, access_days = _lasts(work, offer)
    new = offer.redeemed_at is None
    return InvitationMail(
        recipient=offer.address,
        language=offer.language,
        token=mail_offers.token(work, link),
        inviter=offer.inviter,
        reply_to=offer.inviter_address,
        workspace=offer.workspace,
        kind=Kind(offer.kind),
        expires_at=expires_at,
        access_days=access_days,
        preview=features.of_invitation(work, offer).preview,
        access_until=offer.access_until if new else None,
        name=offer.name or "",
        message=(offer.message or "") if new else "",
    )


def unwanted(work: Work, row: Claimed, owner: str) -> None:
    """There is no mail to send: the row is done with. But where passcodes are only switched off, or the policy does not
    let the guest in just now, an invitation's mail waits, and its card says so."""
    offer = _sort(row).held(work, row)
    if offer is None:
        return delivery.dropped(work, row, owner)
    badge = features.of_invitation(work, offer)
    again_at = work.now if _possible(work, offer) else work.now + HELD_AGAIN
    if badge.from_at is not None and badge.from_at > work.now:
        again_at = min(again_at, badge.from_at)
    if delivery.hold(work, row, owner, again_at):
        delivery.enqueue_card(work, row.tenant_id, offer.invitation_id)
    return None


def _held(work: Work, row: Claimed) -> Any:
    found = _offer(work, row)
    return found and found[1]


def _wanted_passcode(work: Work, row: Claimed) -> tuple[Any, Any] | None:
    """The passcode while it is worth sending, and its invitation (None for a returning guest)."""
    passcode = _passcode_of(work, row)
    if passcode is None or passcode.address is None or passcode.expires_at <= work.now:
        return None
    if passcode.used_at is not None or passcode.withdrawn_at is not None or passcode.replaced:
        return None
    if passcode.tenant_id == NOBODY:
        return (passcode, None) if known_address(work, passcode.address) else None
    offer = showing.by_id(work, passcode.tenant_id, passcode.invitation_id)
    if offer is None or states.status(offer, work.now) not in states.LEGAL["passcode"]:
        return None
    allowed = admission.passcode_on(work, offer)
    return (passcode, offer) if allowed and offer.address == passcode.address else None


def _passcode_of(work: Work, row: Claimed) -> Any:
    found = work.one(passcode_rows.BY_ID, {"passcode_id": row.subject_id})
    return found if found is not None and found.tenant_id == row.tenant_id else None


def _passcode(work: Work, row: Claimed) -> PasscodeMail | None:
    found = _wanted_passcode(work, row)
    if found is None:
        return None
    passcode, offer = found
    return PasscodeMail(
        recipient=passcode.address,
        language=passcode.language,
        passcode=work.keys.passcode(passcode.key_id, passcode.tenant_id, passcode.scope, passcode.passcode_id),
        reference=passcode.reference,
        issued_at=passcode.issued_at,
        expires_at=passcode.expires_at,
        withdraw_token=work.keys.withdraw_token(passcode.key_id, passcode.passcode_id),
        workspace=offer.workspace if offer and offer.kind != Kind.PERSONAL else "",
        invitation_id=passcode.invitation_id,
    )


def begin(work: Work, row: Claimed, owner: str) -> bool:
    """Right before the text is handed over. False: not wanted any more, or another worker has the row."""
    return _wanted(work, row) and delivery.handing_over(work, row, owner)


def _wanted(work: Work, row: Claimed) -> bool:
    if row.kind != "invitation":
        return _sort(row).view(work, row) is not None
    found = _offer(work, row)
    return found is not None and _possible(work, found[1]) and not _blocked(work, found[1])


def _blocked(work: Work, offer: Any) -> bool:
    """The holder's no may come between the invitation and its mail: then it is declined, and not sent."""
    if not blocks.among(work, offer.tenant_id, [offer.address]):
        return False
    blocks.decline_all(work, offer.tenant_id, offer.address_key)
    return True


def sent(work: Work, row: Claimed, owner: str) -> None:
    """The relay took it. That is all that is known, and all that is said."""
    if delivery.finish(work, row, owner):
        _sort(row).sent(work, row)


def _sent(work: Work, row: Claimed) -> None:
    subject = _subject(work, row)
    if subject is None:
        return
    invitation_id, values = subject
    if row.kind == "invitation":
        work.run(rows.SENT, values | {"link": row.subject_id})
        _told(work, row, invitation_id, "invitation.sent")
    else:
        work.run(rows.PASSCODE_SENT, values)
        _told(work, row, invitation_id, "passcode.sent", passcode=row.subject_id)


def refused(work: Work, row: Claimed, owner: str, reason: str) -> None:
    """The relay will never take it: the owner reads why."""
    if delivery.bury(work, row, owner, reason):
        _sort(row).failed(work, row, reason)


def dead(work: Work, row: Claimed, owner: str, problem: str) -> None:
    """Given up after many tries: for a mail the owner reads why, as with a refusal."""
    if delivery.bury(work, row, owner, problem) and row.kind in MAILS:
        _failed(work, row, problem)


def _failed(work: Work, row: Claimed, reason: str) -> None:
    subject = _subject(work, row)
    if subject is None:
        return
    invitation_id, values = subject
    values = values | {"why": reason[:500]}
    failing, which = (rows.FAILED, {"link": row.subject_id}) if row.kind == "invitation" else (rows.PASSCODE_FAILED, {})
    if work.run(failing, values | which):
        _told(work, row, invitation_id, "invitation.undeliverable", mail=row.kind)


def _subject(work: Work, row: Claimed) -> tuple[str, dict[str, Any]] | None:
    """The invitation behind a mail; None for a returning guest's passcode, which has no card."""
    if row.kind == "invitation":
        found = work.one(rows.LINK_BY_ID, {"link_id": row.subject_id, "tenant_id": row.tenant_id})
    elif isinstance(row.mail, PasscodeMail):
        found = row.mail
    else:
        found = _passcode_of(work, row)
    if found is None or found.invitation_id is None:
        return None
    return found.invitation_id, {"invitation": found.invitation_id, "tenant": row.tenant_id, "now": work.now}


def _told(work: Work, row: Claimed, invitation_id: str, kind: str, **facts: Any) -> None:
    audit.record(work, row.tenant_id, kind, audit.SYSTEM, invitation_id=invitation_id, **facts)
    delivery.enqueue_card(work, row.tenant_id, invitation_id)


def _passing(_work: Work, _row: Claimed) -> None:
    """A passcode that cannot be sent now is worth nothing later."""


SORTS: dict[str, Sort] = {
    "invitation": Sort(_invitation, _held, _sent, _failed),
    "passcode": Sort(_passcode, _passing, _sent, _failed),
} | life_mails.SORTS
"""Mails by the kind of their row."""
