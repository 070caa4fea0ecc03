"""Erasing what is known of people who are no guests any more: by itself after a while, or at once when they ask for it
(GDPR, article 17). A pseudonym takes the address's place; the audit, which holds ids only, stays whole.

What is erased, and what tells nothing of guests, is listed in storage/erasing.py.
"""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain import addresses, audit, bulk_showing, certificates, delivery, notices, wanted
from domain.erasure import ANYBODY, scrubbed
from domain.secrets import new_id
from domain.value import value
from domain.work import Work
from storage import erasing as rows

OFFERS_KEPT = timedelta(days=30)
"""After an invitation ended that nobody took."""
GUESTS_KEPT = timedelta(days=90)
"""After a guest's last access ended."""
PAGE = 50
"""People erased in one unit: nobody waits long for it."""


@value
class Over:
    """Something whose time has come: an invitation, or else a guest."""

    tenant_id: str
    invitation_id: str = ""
    guest_id: str = ""


def over(work: Work, most: int = PAGE) -> list[Over]:
    """What is to be erased now. Only reads: others write meanwhile."""
    found = work.all(rows.OFFERS, {"before": work.now - OFFERS_KEPT, "most": most})
    if found:
        return [Over(row.tenant_id, invitation_id=row.invitation_id) for row in found]
    where = {"before": work.now - GUESTS_KEPT, "now": work.now, "most": most}
    return [Over(row.tenant_id, guest_id=row.guest_id) for row in work.all(rows.FORMER, where)]


def erase_all(work: Work, found: Sequence[Over]) -> int:
    """Erases those that are over still. How many were."""
    return sum(_offer(work, each) if each.invitation_id else _guest(work, each) for each in found)


def _offer(work: Work, it: Over) -> bool:
    where = {"tenant": it.tenant_id, "invitation": it.invitation_id, "before": work.now - OFFERS_KEPT}
    row = work.one(rows.OFFER, where)
    if row is None:
        return False
    pseudonym = _pseudonym()
    invitations(work, it.tenant_id, [row], pseudonym, audit.SYSTEM)
    traces(work, it.tenant_id, row.address_key, pseudonym)
    return True


def _guest(work: Work, it: Over) -> bool:
    where = {"tenant": it.tenant_id, "guest": it.guest_id, "before": work.now - GUESTS_KEPT, "now": work.now}
    row = work.one(rows.GUEST_GONE, where)
    if row is None:
        return False
    pseudonym = _pseudonym()
    found = work.all(rows.OF_GUEST, {"tenant": it.tenant_id, "guest": it.guest_id})
    invitations(work, it.tenant_id, found, pseudonym, audit.SYSTEM)
    guest(work, row, pseudonym, audit.SYSTEM)
    traces(work, it.tenant_id, row.address_key, pseudonym)
    return True


def _pseudonym() -> str:
    return f"{addresses.ERASED}{new_id()}"


def person(work: Work, tenant_id: str, address_key: str, actor: str) -> str | None:
    """Everything about an address in the tenant, now; whatever was open has ended. Gives the pseudonym; None: nothing
    is known of it."""
    pseudonym, where = _pseudonym(), {"tenant": tenant_id, "key": address_key}
    row = work.one(rows.GUEST_AT, where)
    found = {each.invitation_id: each for each in work.all(rows.OF_KEY, where)}
    if row is not None:
        of_guest = work.all(rows.OF_GUEST, {"tenant": tenant_id, "guest": row.guest_id})
        found |= {each.invitation_id: each for each in of_guest}
        guest(work, row, pseudonym, actor)
    invitations(work, tenant_id, list(found.values()), pseudonym, actor)
    left = traces(work, tenant_id, address_key, pseudonym)
    return pseudonym if row is not None or found or left else None


def invitations(work: Work, tenant_id: str, found: Sequence[Any], pseudonym: str, actor: str) -> None:
    """Their links and passcodes too. Cards in the chat are edited once more, and show nobody."""
    if not found:
        return
    ids = [row.invitation_id for row in found]
    for statement in rows.OF_INVITATIONS:
        work.run(statement, {"tenant": tenant_id, "invitations": ids})
    values = {"tenant": tenant_id, "pseudonym": pseudonym, "now": work.now}
    work.run(rows.INVITATION, [values | {"invitation": each} for each in ids])
    for row in found:
        audit.record(
            work, tenant_id, "invitation.erased", actor, workspace_id=row.workspace_id,
            invitation_id=row.invitation_id, guest_id=row.guest_id, pseudonym=pseudonym,
        )  # fmt: skip
    delivery.enqueue_card(work, tenant_id, *ids)
    certificates.changed(work, tenant_id, ids)


def guest(work: Work, row: Any, pseudonym: str, actor: str) -> None:
    """With accounts, second factors, sign-ins and what was agreed to."""
    whose = {"tenant": row.tenant_id, "guest": row.guest_id}
    for statement in rows.OF_GUESTS:
        work.run(statement, whose)
    work.run(rows.GUEST_ROW, whose | {"pseudonym": pseudonym, "now": work.now})
    audit.record(work, row.tenant_id, "guest.erased", actor, guest_id=row.guest_id, pseudonym=pseudonym)


def traces(work: Work, tenant_id: str, address_key: str, pseudonym: str) -> int:
    """What else holds the address, unless somebody of that address is known still. How many rows did."""
    where: dict[str, Any] = {"tenant": tenant_id, "key": address_key}
    here = work.one(rows.STILL_HERE, where)
    if here is not None and here.here:
        return 0
    pattern, spelled = _pattern(address_key), _pattern(json.dumps(address_key)[1:-1])
    where |= {"pattern": pattern, "spelled": spelled, "now": work.now}
    asked = work.all(rows.REQUEST, where | {"pseudonym": pseudonym})
    for row in asked:
        delivery.enqueue_request(work, tenant_id, row.request_id)
    listed = [row.bulk_id for row in work.all(rows.BULK_ROW, where)]
    for each in sorted(set(listed)):
        notices.changed(work, tenant_id, bulk_showing.KIND, each)
    found = len(asked) + len(listed)
    found += _drafts(work, where, address_key) + _approvals(work, where, address_key, pseudonym)
    work.run(rows.BY_ADDRESS, where)
    work.run(rows.ANSWERS, where)
    return found


def _drafts(work: Work, where: dict[str, Any], address_key: str) -> int:
    found = work.all(rows.DRAFTED, where)
    for row in found:
        left = [each for each in row.addresses.split("\n") if addresses.key(each) != address_key]
        this = {"tenant": where["tenant"], "draft": row.draft_id}
        if left:
            work.run(rows.DRAFT, this | {"left": "\n".join(left)})
        else:
            work.run(rows.NO_DRAFT, this)
    return len(found)


def _approvals(work: Work, where: dict[str, Any], address_key: str, pseudonym: str) -> int:
    found = work.all(rows.WANTED, where)
    for row in found:
        _approval(work, where["tenant"], row, address_key, pseudonym)
    return len(found)


def _approval(work: Work, tenant_id: str, row: Any, address: str | re.Pattern[str], pseudonym: str) -> None:
    texts = {"kept": row.wishes, "why": row.reason, "word": row.note, "became": row.outcome}
    left = {name: text and scrubbed(text, address, pseudonym) for name, text in texts.items()}
    work.run(rows.APPROVAL, left | {"tenant": tenant_id, "approval": row.approval_id})
    for kind, subject in wanted.cards(row.approval_id):
        notices.changed(work, tenant_id, kind, subject)


def stale(work: Work, most: int = PAGE) -> int:
    """Of people who were never invited after all – refused, or on a list – nothing is kept longer than of invitations
    that nobody took. Gives how many rows lost it."""
    where = {"before": work.now - OFFERS_KEPT}
    found = work.all(rows.STALE_APPROVALS, where | {"most": most})
    for row in found:
        _approval(work, row.tenant_id, row, ANYBODY, addresses.ERASED)
    return len(found) + work.run(rows.STALE_LINES, where)


def _pattern(text: str) -> str:
    """For LIKE: texts that hold it."""
    escaped = "".join(f"/{each}" if each in "/%_" else each for each in text.lower())
    return f"%{escaped}%"
