"""Mending an invitation without inviting anew: the newest mail once more, another language, another mailbox."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain import (
    addresses,
    admission,
    approvals,
    audit,
    blocks,
    delivery,
    guests,
    invitations,
    inviting,
    limits,
    links,
    offers,
    ownership,
    passcodes,
    policies,
    quotas,
    showing,
    states,
)
from domain.errors import FeatureOff, LimitRefusal, LinkReplaced, PolicyForbids, UnknownAddress
from domain.inquiries import Answers
from domain.limits import DAY, Limit, Window
from domain.policies import Circumstances, Forbidden
from domain.request_errors import MailboxTaken, MailTooSoon, OthersConcerned
from domain.views import InvitationView, Person, Place, Quota
from domain.work import Work
from domain.workspaces import acting, admin_names, is_admin
from storage import invitations as invitation_rows
from storage import requests as rows


def remail(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> None:
    """Mails the link that counts once more, to the invited mailbox. Whoever holds any link of the invitation may ask;
    a guest who is in needs none.

    Raises LinkRefusal, MailTooSoon.
    """
    row = links.held(work, tenant_id, invitation_id, token_hash)
    try:
        links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    except LinkReplaced as refusal:
        if not refusal.way:
            raise
    if row.redeemed_at is not None or (row.sent_at is None and row.failed_at is None):
        return  # in already, or the mail is still on its way
    _count_remail(work, row)
    pause = timedelta(seconds=work.numbers.resend_cooldown_seconds)
    where = {"invitation": invitation_id, "tenant": tenant_id, "link": row.link_id, "before": row.mailed_at}
    if work.now < row.mailed_at + pause:
        raise MailTooSoon(row.mailed_at + pause)
    if work.run(rows.REMAILED, where | {"now": work.now}) == 0:
        raise MailTooSoon(work.now + pause)
    delivery.enqueue_again(work, tenant_id, "invitation", row.link_id)
    audit.record(
        work, tenant_id, "invitation.remailed", audit.SYSTEM,
        workspace_id=row.workspace_id, invitation_id=invitation_id,
    )  # fmt: skip
    delivery.enqueue_card(work, tenant_id, invitation_id)


def _count_remail(work: Work, row: Any) -> None:
    """As one of the owner's resends, but old links use up no more than a share of these."""
    share = Limit(f"remails:{row.invitation_id}", (Window(Quota.RESENDS_DAY, work.numbers.remails_day, DAY),))
    mails = quotas.mailbox(work, row.address)
    try:
        limits.take(work, share, quotas.resends(work, row.invitation_id), mails)
    except LimitRefusal as refusal:
        raise MailTooSoon(refusal.again_at) from None


def language(work: Work, place: Place, person: Person, address: str, chosen: str) -> InvitationView:
    """The language of the invitation's mails, and of the guest's where the guest is known already. What a guest chose
    in a browser goes before it there. Raises UnknownAddress, IllegalMove, Outdated."""
    row = _of(work, place, person, address)
    states.check("language", row, work.now)
    offers.guarded(work, rows.SPEAK, row, {"chosen": chosen})
    work.run(rows.GUEST_SPEAKS, {"tenant": row.tenant_id, "key": row.address_key, "chosen": chosen})
    return offers.changed(work, row, person, "invitation.language", chosen=chosen)


def _of(work: Work, place: Place, person: Person, address: str) -> Any:
    acting(work, place, person)
    view = invitations.status(work, place, person, address)
    row = showing.by_id(work, view.tenant_id, view.invitation_id)
    if row is None:
        raise UnknownAddress(address)
    return row


def move(work: Work, place: Place, person: Person, old: str, new: str, *, found: Answers = None) -> InvitationView:
    """A guest's mailbox is another one from now on; memberships, second factors and consent stay. Sessions, passcodes,
    links and linked accounts of the old mailbox end at once, and whoever reads mail at the new one proves it with a
    passcode. Everything the address has in the tenant moves, so all workspaces concerned have to agree.

    An invitation that is still open is corrected. Raises WrongAddress, UnknownAddress, IllegalMove, OthersConcerned,
    MayNotInvite, MailboxTaken, PolicyForbids, NeedsApproval, FeatureOff, LimitReached, Outdated.
    """
    new = addresses.one(new)
    inviting.required(work, place, person)
    row = _of(work, place, person, old)
    if row.guest_id:  # whom it concerns, and who has to agree, is asked behind the guest's lock
        guests.lock(work, row.tenant_id, row.guest_id)
        row = _of(work, place, person, old)
    if states.status(row, work.now) in states.OPEN:
        return invitations.correct(work, place, person, old, new, found=found)
    states.check("move", row, work.now)
    approvals.require(work, row, person, new)
    others = _others(work, row)
    _agreed(work, place, person, row, others)
    _possible(work, row, others, new)
    mails = 1 + sum(each.redeemed_at is None for each in others)
    mailbox = quotas.mailbox(work, new, mails)
    limits.take(work, quotas.resends(work, row.invitation_id), mailbox)
    for each in (row, *others):
        passcodes.end_all(work, each.invitation_id)
    guests.end_sessions(work, row.tenant_id, row.guest_id, "moved")
    _rehouse(work, row, new)
    for each in others:
        _follow(work, each, person, new)
    return _moved(work, row, person, new, mailed=True)


def _others(work: Work, row: Any) -> list[Any]:
    """What else the address has in the tenant: open invitations and live memberships, in a fixed order."""
    found = work.all(invitation_rows.AT_ADDRESS, {"tenant_id": row.tenant_id, "address_key": row.address_key})
    live = [each for each in found if states.status(each, work.now) in states.LEGAL["move"]]
    rest = (each for each in live if each.invitation_id != row.invitation_id)
    return sorted(rest, key=lambda each: each.invitation_id)


def _agreed(work: Work, place: Place, person: Person, row: Any, others: Sequence[Any]) -> None:
    """Raises OthersConcerned unless the person may act in every workspace that the guest is in."""
    elsewhere = {each.workspace_id for each in others} - {row.workspace_id}
    if not elsewhere or is_admin(work, acting(work, place, person), person):
        return
    where = {"tenant_id": row.tenant_id, "person_id": person.person_id, "workspace_ids": sorted(elsewhere)}
    if {each.workspace_id for each in work.all(rows.OWNED, where | ownership.believed(work))} != elsewhere:
        raise OthersConcerned(admin_names(work, row.tenant_id))


def _possible(work: Work, row: Any, others: Sequence[Any], new: str) -> None:
    """Raises MailboxTaken, PolicyForbids, FeatureOff."""
    where = {"tenant_id": row.tenant_id, "address_key": addresses.key(new)}
    present = work.all(invitation_rows.AT_ADDRESS, where)
    taken = any(states.status(each, work.now) in states.LEGAL["move"] for each in present)
    if taken or work.one(rows.GUEST_AT, where) is not None:
        raise MailboxTaken(new)
    if blocks.among(work, row.tenant_id, [new]):
        raise PolicyForbids(Forbidden.UNWANTED, address=new)
    for each in (row, *others):
        policy = policies.of(each)
        verdict = policies.decide(policy, Circumstances(each.workspace_id, new))
        if verdict.forbidden:
            raise admission.forbids(policy, verdict, address=new, admins=admin_names(work, row.tenant_id))
    if not admission.ways(work, row):
        raise FeatureOff(row.tenant_id, admins=admin_names(work, row.tenant_id))


def _rehouse(work: Work, row: Any, new: str) -> None:
    """The guest's row, which is locked. Accounts elsewhere were proved with the old mailbox: they open nothing now."""
    guest = {"guest": row.guest_id, "tenant": row.tenant_id}
    there = {"from_key": row.address_key, "to": new, "to_key": addresses.key(new)}
    if work.run(rows.MOVE_GUEST, guest | there) == 0:
        raise UnknownAddress(row.address)
    work.run(rows.UNLINK, guest)


def _follow(work: Work, row: Any, person: Person, new: str) -> None:
    if row.redeemed_at is None:
        offers.renew(work, row, person, "invitation.corrected", new, row.expires_at)
    else:
        _moved(work, row, person, new, mailed=False)


def _moved(work: Work, row: Any, person: Person, new: str, *, mailed: bool) -> InvitationView:
    """A new link, so that the old mailbox's leads nowhere. One mail is enough for a guest of several workspaces."""
    link = offers.another_link(work, row)
    there = {"link": link["link_id"], "to": new, "to_key": addresses.key(new)}
    offers.guarded(work, rows.MOVE, row, there)
    work.run(invitation_rows.ADD_LINK, link)
    delivery.withdraw_mail(work, "invitation", row.link_id)
    if mailed:
        delivery.enqueue_mail(work, row.tenant_id, "invitation", link["link_id"])
    return offers.changed(work, row, person, "guest.moved")
