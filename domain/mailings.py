"""Mails as the outbox delivers them: made with their secrets at the moment of delivery, and what became of them."""

from collections.abc import Sequence
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
TOGETHER: dict[str, tuple[Any, str]] = {
    "invitation": (rows.BY_LINKS, "held_link"),
    "passcode": (passcode_rows.ALL_INVITED, "passcode_id"),
}
"""By the kind of mail: how several are looked up, and what names each. Not those of returning guests, who have no
invitation."""
HELD_AGAIN = timedelta(minutes=10)
"""At the latest a mail that waits for passcodes to come on is looked at again."""


def mail(work: Work, row: Claimed) -> Mail | None:
    """The mail with its secret, or None: revoked, replaced, expired, switched off. What then: see `unwanted`.

    The operator's own provider is not asked: it was when the mail was asked for, and is before anybody gets in.
    """
    return mails(work, [row])[0]


def mails(work: Work, claimed: Sequence[Claimed]) -> list[Mail | None]:
    """As `mail`, of several rows; those of one kind are looked up together."""
    found: dict[tuple[str, str, str], Any] = {}
    for kind, (statement, subject) in TOGETHER.items():
        asked = [row for row in claimed if row.kind == kind and row.tenant_id != NOBODY]
        if asked:
            values = {"tenant_ids": [row.tenant_id for row in asked], "subject_ids": [row.subject_id for row in asked]}
            found |= {(kind, it.tenant_id, getattr(it, subject)): it for it in work.all(statement, values)}
    return [_mail(work, row, found.get((row.kind, row.tenant_id, row.subject_id))) for row in claimed]


def _mail(work: Work, row: Claimed, known: Any) -> Mail | None:
    if known is not None:
        return _invitation(work, known) if row.kind == "invitation" else _passcode(work, row, known)
    return None if row.kind in TOGETHER and row.tenant_id != NOBODY else _sort(row).view(work, row)


def _sort(row: Claimed) -> Sort:
    return SORTS.get(row.kind, SORTS["passcode"])


def _lasts(work: Work, offer: Any) -> tuple[datetime, int]:
    """Until when the link works, and for how many days the guest is let in then."""
    if offer.redeemed_at is None or offer.ends_at is None:
        return offer.expires_at, offer.access_days
    return offer.ends_at, max(1, -((work.now - offer.ends_at) // timedelta(days=1)))


def _by_link(work: Work, row: Claimed) -> InvitationMail | None:
    return _invitation(work, mail_offers.of_link(work, row))


def _invitation(work: Work, it: Any) -> InvitationMail | None:
    offer = mail_offers.expected(work, it)
    if offer is None or not _possible(work, offer):
        return None
    expires_at, access_days = _lasts(work, offer)
    new = offer.redeemed_at is None
    return InvitationMail(
        recipient=offer.address,
        language=offer.language,
        token=mail_offers.token(work, offer),
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
        moved=not new,
        invitation_id=offer.invitation_id,
        workspace_id=offer.workspace_id,
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


def _wanted_passcode(work: Work, row: Claimed, code: Any) -> Any:
    """The passcode while it is worth sending, with the facts of its invitation unless it is a returning guest's."""
    if code is None or code.mailbox is None or code.lasts_until <= work.now:
        return None
    if code.used_at is not None or code.withdrawn_at is not None or code.replaced:
        return None
    if row.tenant_id == NOBODY:
        return code if known_address(work, code.mailbox) else None
    if states.status(code, work.now) not in states.LEGAL["passcode"]:
        return None
    return code if admission.passcode_on(work, code) and code.address == code.mailbox else None


def _passcode_of(work: Work, row: Claimed) -> Any:
    statement = passcode_rows.BY_ADDRESS if row.tenant_id == NOBODY else passcode_rows.INVITED
    return work.one(statement, {"passcode_id": row.subject_id, "tenant_id": row.tenant_id})


def _returning(work: Work, row: Claimed) -> PasscodeMail | None:
    return _passcode(work, row, _passcode_of(work, row))


def _passcode(work: Work, row: Claimed, found: Any) -> PasscodeMail | None:
    code = _wanted_passcode(work, row, found)
    if code is None:
        return None
    invited = row.tenant_id != NOBODY
    return PasscodeMail(
        recipient=code.mailbox,
        language=code.spoken,
        passcode=work.keys.passcode(code.key_id, row.tenant_id, code.scope, code.passcode_id),
        reference=code.reference,
        issued_at=code.issued_at,
        expires_at=code.lasts_until,
        withdraw_token=work.keys.withdraw_token(code.key_id, code.passcode_id),
        workspace=code.workspace if invited and code.kind != Kind.PERSONAL else "",
        invitation_id=code.invitation_id if invited else None,
        workspace_id=code.workspace_id if invited else None,
    )


def begin(work: Work, row: Claimed, owner: str) -> bool:
    """Right before the text is handed over. False: not wanted any more, or another worker has the row."""
    return _wanted(work, row) and delivery.handing_over(work, row, owner)


def _wanted(work: Work, row: Claimed) -> bool:
    if row.kind == "passcode":
        return _wanted_passcode(work, row, _passcode_of(work, row)) is not None
    if row.kind != "invitation":
        return _sort(row).view(work, row) is not None
    offer = _offer(work, row)
    return offer is not None and _possible(work, offer) and not _blocked(work, offer)


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
    offer = _subject(work, row)
    if offer is None:
        return
    if row.kind == "invitation":
        work.run(rows.SENT, _named(work, offer, row) | {"link": row.subject_id})
        _told(work, row, offer, "invitation.sent")
    else:
        work.run(rows.PASSCODE_SENT, _named(work, offer, row))
        _told(work, row, offer, "passcode.sent", passcode=row.subject_id)


def refused(work: Work, row: Claimed, owner: str, reason: str) -> None:
    """The relay will never take it: the owner reads why."""
    if delivery.bury(work, row, owner, reason):
        _sort(row).failed(work, row, reason)


def deferred(work: Work, row: Claimed, owner: str, problem: str, due_at: datetime, counted: bool) -> None:
    """The relay does not take it now. The invitation's card says so from the first time on, and is not edited again
    with every other."""
    if not delivery.deferred(work, row, owner, problem, due_at, counted) or row.kind != "invitation":
        return
    offer = _subject(work, row)
    if offer is None:
        return
    if work.run(rows.DEFERRED, _named(work, offer, row) | {"link": row.subject_id, "why": problem[:500]}):
        delivery.enqueue_card(work, row.tenant_id, offer.invitation_id)


def dead(work: Work, row: Claimed, owner: str, problem: str) -> None:
    """Given up after many tries: for a mail the owner reads why, as with a refusal."""
    if delivery.bury(work, row, owner, problem) and row.kind in MAILS:
        _failed(work, row, problem)


def _failed(work: Work, row: Claimed, reason: str) -> None:
    offer = _subject(work, row)
    if offer is None:
        return
    values = _named(work, offer, row) | {"why": reason[:500]}
    failing, which = (rows.FAILED, {"link": row.subject_id}) if row.kind == "invitation" else (rows.PASSCODE_FAILED, {})
    if work.run(failing, values | which):
        _told(work, row, offer, "invitation.undeliverable", mail=row.kind)


def _subject(work: Work, row: Claimed) -> Any:
    """What names the invitation behind a mail, and its workspace. None for a returning guest's passcode, which has no
    card."""
    if row.tenant_id == NOBODY:
        return None
    if isinstance(row.mail, (InvitationMail, PasscodeMail)):
        return row.mail
    return mail_offers.of_link(work, row) if row.kind == "invitation" else _passcode_of(work, row)


def _named(work: Work, offer: Any, row: Claimed) -> dict[str, Any]:
    return {"invitation": offer.invitation_id, "tenant": row.tenant_id, "now": work.now}


def _told(work: Work, row: Claimed, offer: Any, kind: str, **facts: Any) -> None:
    audit.record(
        work, row.tenant_id, kind, audit.SYSTEM,
        workspace_id=offer.workspace_id, invitation_id=offer.invitation_id, **facts,
    )  # fmt: skip
    delivery.enqueue_card(work, row.tenant_id, offer.invitation_id)


def _passing(_work: Work, _row: Claimed) -> None:
    """A passcode that cannot be sent now is worth nothing later."""


SORTS: dict[str, Sort] = {
    "invitation": Sort(_by_link, _offer, _sent, _failed),
    "passcode": Sort(_returning, _passing, _sent, _failed),
} | life_mails.SORTS
"""Mails by the kind of their row."""
