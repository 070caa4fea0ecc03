"""Inviting, and what owners do with invitations afterwards. Each function is one operation, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import (
    addresses,
    allowances,
    approvals,
    delivery,
    inquiries,
    inviting,
    lifetimes,
    limits,
    offers,
    quotas,
    showing,
    states,
    workspaces,
)
from domain.approvals import Held
from domain.errors import (
    AddressTaken,
    DraftGone,
    NotOwner,
    Outdated,
    TooSoon,
    UnknownAddress,
    UnknownInvitation,
    WrongDays,
)
from domain.form_errors import EndPassed
from domain.inquiries import Answers, Doubts
from domain.inviting import Inviter
from domain.limits import Numbers
from domain.present import by_address, over
from domain.secrets import new_id
from domain.views import (
    DraftView,
    GuestListView,
    InvitationView,
    InviteView,
    Kind,
    Person,
    Place,
    Status,
    Surface,
    Target,
)
from domain.wanted import Wanted
from domain.wishes import NO_WISHES, Wishes, read, written
from domain.work import Work
from domain.workspaces import acting, owner_names
from storage import invitations as rows

PAGE = 10
Named = Target | str
"""An invitation, named by a button or by its address."""


def invite(
    work: Work,
    place: Place,
    person: Person,
    given: Sequence[str],
    access_days: int | None,
    surface: Surface = Surface.CHAT,
    *,
    wishes: Wishes = NO_WISHES,
    found: Answers = None,
) -> InviteView | DraftView:
    """Invites each address that is not invited and no guest yet; those that need approval wait for it.

    `given` are addresses as `addresses.parse` returns them. Where the policy keeps one of several out, or one looks
    mistyped (unless `wishes.sure`), nobody is invited: the good ones wait as a draft. Raises NotOwner, Outsider,
    MayNotInvite, WrongDays, EndPassed, LimitReached, DiscoveryNeeded; FeatureOff, PolicyForbids where the only one
    cannot be invited; AddressTaken where one is somebody else's, and none of the person's business.
    """
    inviter = inviting.required(work, place, person)
    workspace = inviter.workspace
    if wishes.until is not None and wishes.until <= work.now:
        raise EndPassed
    inquiry = inquiries.open_to_somebody(work, workspace, surface, found)
    days = _access(access_days, allowances.of(work, workspace), inviting=True)
    given = _once_each(given)
    present = by_address(work, workspace, given)
    fresh = [each for each in given if over(work, present.get(addresses.key(each)))]
    unfit = inquiries.sift(inquiry, fresh)
    if unfit and len(given) == 1:
        raise inquiries.refusal(work, place.tenant_id, given[0], unfit[0].barrier)
    doubts = Doubts(unfit, () if wishes.sure else inquiries.suspicious(fresh))
    if doubts.unfit or doubts.typos:
        return _kept(work, _of(workspace, person), given, days, doubts, wishes)
    new = frozenset(fresh)
    others = [row for each in given if each not in new and (row := present.get(addresses.key(each)))]
    if foreign := [row.address for row in others if not inviter.sees(row)]:
        raise AddressTaken(foreign[0])
    wanted = Wanted(tuple(fresh), days, surface, wishes)
    held = approvals.hold(work, place, person, workspace, inquiry.policy, wanted, runs=inviter.runs)
    what = Wanted(tuple(held.free), days, surface, wishes)
    created = create(work, place, person, workspace, what, present, preview=inquiry.stage.preview)
    return _invited(created, showing.views(work, others), held)


def create(
    work: Work,
    place: Place,
    person: Person,
    workspace: Any,
    what: Wanted,
    present: Mapping[str, Any],
    *,
    preview: bool,
) -> list[InvitationView]:
    """What quotas let through, once everything else was looked at. `present`: who is there already."""
    quotas.count(work, workspace, person, what.addresses)
    make_room(work, [present.get(addresses.key(each)) for each in what.addresses])
    made = [offers.New(each, what.days, what.surface, preview, what.wishes) for each in what.addresses]
    return offers.create(work, place, person, workspace, made)


def _invited(created: Sequence[InvitationView], others: Sequence[InvitationView], held: Held) -> InviteView:
    return InviteView(
        tuple(created),
        tuple(each for each in others if each.status is not Status.REDEEMED),
        tuple(each for each in others if each.status is Status.REDEEMED),
        held.asked,
        held.known,
    )


def _once_each(given: Sequence[str]) -> list[str]:
    seen: dict[str, str] = {}
    for each in given:
        seen.setdefault(addresses.key(each), each)
    return list(seen.values())


def draft(
    work: Work,
    place: Place,
    person: Person,
    given: Sequence[str],
    access_days: int | None,
    *,
    wishes: Wishes = NO_WISHES,
    found: Answers = None,
) -> DraftView:
    """Keeps the good addresses of a command that had bad ones too, until the owner confirms. Nobody is invited yet."""
    workspace = inviting.required(work, place, person).workspace
    inquiry = inquiries.open_to_somebody(work, workspace, Surface.CHAT, found)
    days = _access(access_days, allowances.of(work, workspace), inviting=True)
    given = _once_each(given)
    present = by_address(work, workspace, given)
    fresh = [each for each in given if over(work, present.get(addresses.key(each)))]
    doubts = Doubts(inquiries.sift(inquiry, fresh), inquiries.suspicious(fresh))
    return _kept(work, _of(workspace, person), given, days, doubts, wishes)


def _kept(
    work: Work, owner: dict[str, str], given: Sequence[str], days: int, doubts: Doubts, wishes: Wishes
) -> DraftView:
    """Without an address that may be invited there is nothing to keep."""
    out = {each.address for each in doubts.unfit}
    kept = [each for each in given if each not in out]
    row: dict[str, Any] = owner | {"draft_id": "", "addresses": "\n".join(kept), "access_days": days}
    row["wishes"] = None if wishes == NO_WISHES else written(wishes)
    if kept:
        row |= {"draft_id": new_id(), "created_at": work.now}
        work.run(rows.ADD_DRAFT, row)
    typos = tuple(each for each in doubts.typos if each.address not in out)
    doubtful = {each.address for each in typos}
    good = tuple(each for each in kept if each not in doubtful)
    return DraftView(row["draft_id"], good, days, doubts.unfit, typos)


def _of(workspace: Any, person: Person) -> dict[str, str]:
    """Whose draft it is."""
    return {
        "tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id, "person_id": person.person_id,
    }  # fmt: skip


def confirm(
    work: Work, place: Place, person: Person, draft_id: str, *, only_good: bool = False, found: Answers = None
) -> InviteView | DraftView:
    """Invites the addresses of the person's own draft, once: all as written, or only those that look right. Raises
    DraftGone and what `invite` raises."""
    workspace = inviting.required(work, place, person).workspace
    spent = work.one(
        rows.SPEND_DRAFT,
        {
            "draft": draft_id,
            "tenant": place.tenant_id,
            "workspace": workspace.workspace_id,
            "person": person.person_id,
            "after": work.now - timedelta(seconds=work.numbers.draft_seconds),
            "now": work.now,
        },
    )
    if spent is None:
        raise DraftGone
    given = spent.addresses.split("\n")
    if only_good:
        doubtful = {each.address for each in inquiries.suspicious(given)}
        given = [each for each in given if each not in doubtful]
    if not given:
        raise DraftGone
    wishes = replace(read(spent.wishes) if spent.wishes else NO_WISHES, sure=True)
    return invite(work, place, person, given, spent.access_days, wishes=wishes, found=found)


def resend(work: Work, place: Place, person: Person, target: Named, *, found: Answers = None) -> InvitationView:
    """A new link to the same address; the old one ends. An expired invitation is open again, which is like inviting:
    raises NeedsApproval then."""
    row = _named(work, place, person, target, "resend")
    if states.status(row, work.now) is Status.EXPIRED:
        approvals.require(work, row, person, row.address)
    inquiries.require(work, row, row.address, found)
    again_at = row.mailed_at + timedelta(seconds=work.numbers.resend_cooldown_seconds)
    quotas.count_mail(work, row, *([TooSoon(again_at)] if work.now < again_at else []))
    return offers.renew(work, row, person, "invitation.resent", row.address, offers.until(work, row))


def correct(
    work: Work, place: Place, person: Person, target: Named, address: str, *, found: Answers = None
) -> InvitationView:
    """The invitation goes to another address, with a new link; the old one ends. Raises WrongAddress, AddressTaken,
    NeedsApproval."""
    new = addresses.one(address)
    row = _named(work, place, person, target, "correct")
    approvals.require(work, row, person, new)
    inquiries.require(work, row, new, found)
    if addresses.key(new) == row.address_key:
        raise AddressTaken(new)
    present = by_address(work, row, [new]).get(addresses.key(new))
    if not over(work, present):
        raise AddressTaken(new)
    make_room(work, [present])
    limits.take(work, quotas.resends(work, row.invitation_id), *quotas.of_inviting(work, row, person, [new]))
    return offers.renew(work, row, person, "invitation.corrected", new, offers.until(work, row))


def extend(
    work: Work, place: Place, person: Person, target: Named, days: int | None, *, found: Answers = None
) -> InvitationView:
    """More days from now: for an open invitation its offer, for a guest the access; an expired one is open again, which
    is like inviting: raises NeedsApproval then."""
    row = _named(work, place, person, target, "extend")
    state, numbers = states.status(row, work.now), allowances.of(work, row)
    if state is Status.REDEEMED:
        return offers.prolong_access(work, row, person, _access(days, numbers))
    inquiries.require(work, row, row.address, found)
    more = timedelta(days=_days(days, numbers.invitation_days, numbers.invitation_days_most))
    if state is Status.EXPIRED:
        approvals.require(work, row, person, row.address)
        quotas.count_mail(work, row)
        return offers.renew(work, row, person, "invitation.extended", row.address, work.now + more)
    offers.prolong(work, row, work.now + more)
    lifetimes.offered(work, row.tenant_id, [(row.invitation_id, row.mailed_at, work.now + more)])
    return offers.changed(work, row, person, "invitation.extended", until=(work.now + more).isoformat())


def revoke(work: Work, place: Place, person: Person, target: Named) -> InvitationView:
    """Ends the offer, or the membership it led to, with sessions and open passcodes."""
    return offers.end(work, _named(work, place, person, target, "revoke"), person, "invitation.revoked")


def remove(work: Work, place: Place, person: Person, address: str) -> InvitationView:
    """Ends a guest's membership, sessions and open passcodes; an open invitation is revoked."""
    acting(work, place, person)
    row = _named(work, place, person, address, "remove")
    kind = "membership.removed" if row.redeemed_at is not None else "invitation.revoked"
    return offers.end(work, row, person, kind)


def status(work: Work, place: Place, person: Person, address: str) -> InvitationView:
    """Raises UnknownAddress, and what `listing` raises."""
    return showing.view(work, _of_address(work, inviting.acting(work, place, person), address))


def listing(work: Work, place: Place, person: Person, only: str, page: int) -> GuestListView:
    """A page of the workspace's invitations, newest first: all of them for those who run it, one's own for other
    inviters. `only`: all, pending or active; pages count from 1. Raises NotOwner, Outsider."""
    inviter = inviting.acting(work, place, person)
    named = replace(place, name=place.name or inviter.workspace.name)
    return page_of(work, named, inviter.workspace.workspace_id, only, page, inviter.only)


def page_of(
    work: Work, place: Place, workspace_id: str, only: str, page: int, inviter_id: str | None = None
) -> GuestListView:
    """Of all inviters, or of one."""
    number, some = rows.listing(only, mine=inviter_id is not None)
    where = {"tenant_id": place.tenant_id, "workspace_id": workspace_id, "now": work.now}
    where |= {} if inviter_id is None else {"inviter": inviter_id}
    total = work.connection.execute(number, where).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    found = work.all(some, where | {"most": PAGE, "skip": (page - 1) * PAGE})
    lines = tuple(showing.line(work, row) for row in found)
    readers = workspaces.readers(work, place.tenant_id, workspace_id, place.kind, place.channel_id)
    return GuestListView(place.name, place.kind, only, page, pages, total, lines, readers)


def _named(work: Work, place: Place, person: Person, target: Named, operation: str) -> Any:
    """The row, if the person may and the state allows. Raises also Outdated, UnknownAddress, IllegalMove."""
    inviter = inviting.acting(work, place, person)
    if isinstance(target, str):
        row = _of_address(work, inviter, target)
    else:
        row = _of_button(work, inviter, target.invitation_id)
    if operation in inviting.ASKED and not inviter.invites:
        raise inviting.refusal(work, inviter.workspace)
    if isinstance(target, Target) and row.version != target.version:
        raise Outdated(showing.view(work, row))
    states.check(operation, row, work.now)
    if place.kind is Kind.PERSONAL:
        # The only reader of the card speaks this language now.
        mine = {"invitation": row.invitation_id, "tenant": row.tenant_id, "spoken": place.locale}
        work.run(rows.SPEAKS, mine)
    return row


def _of_button(work: Work, inviter: Inviter, invitation_id: str) -> Any:
    row = showing.by_id(work, inviter.workspace.tenant_id, invitation_id)
    if row is None or row.workspace_id != inviter.workspace.workspace_id or not inviter.sees(row):
        raise UnknownInvitation
    return row


def _of_address(work: Work, inviter: Inviter, address: str) -> Any:
    """Who does not run the workspace learns nothing of an address that somebody else invited, or nobody."""
    workspace = inviter.workspace
    row = by_address(work, workspace, [address]).get(addresses.key(address))
    if inviter.runs and row is None:
        raise UnknownAddress(address)
    if row is None or not inviter.sees(row):
        raise NotOwner(owner_names(work, workspace.tenant_id, workspace.workspace_id))
    return row


def make_room(work: Work, found: Sequence[Any]) -> None:
    """New invitations take the place of expired ones, which can not be opened again afterwards, as their cards say."""
    expired = [row for row in found if row is not None and states.status(row, work.now) is Status.EXPIRED]
    if expired:
        ids = [row.invitation_id for row in expired]
        work.run(rows.REPLACE, {"invitations": ids, "tenant": expired[0].tenant_id, "now": work.now})
        delivery.enqueue_card(work, expired[0].tenant_id, *ids)


def _access(given: int | None, numbers: Numbers, *, inviting: bool = False) -> int:
    return _days(given, numbers.access_days, numbers.access_days_most, inviting=inviting)


def _days(given: int | None, default: int, most: int, *, inviting: bool = False) -> int:
    days = default if given is None else given
    if not 1 <= days <= most:
        raise WrongDays(1, most, inviting)
    return days
