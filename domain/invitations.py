"""Inviting, and what owners do with invitations afterwards. Each function is one operation, all or nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain import addresses, limits, offers, settings, showing, states
from domain.errors import (
    AddressTaken,
    DraftGone,
    LimitReached,
    Outdated,
    TooSoon,
    UnknownAddress,
    UnknownInvitation,
    WrongDays,
)
from domain.secrets import new_id
from domain.views import (
    DraftView,
    GuestListView,
    InvitationView,
    InviteView,
    Person,
    Place,
    Quota,
    Status,
    Surface,
    Target,
)
from domain.work import Work
from domain.workspaces import acting
from storage import invitations as rows

PAGE = 10
AT_ONCE = 512
"""So many addresses are looked up by one statement."""
Named = Target | str
"""An invitation, named by a button or by its address."""


def invite(
    work: Work,
    place: Place,
    person: Person,
    given: Sequence[str],
    access_days: int | None,
    surface: Surface = Surface.CHAT,
) -> InviteView:
    """Invites each address that is not invited and no guest yet.

    `given` are addresses as `addresses.parse` returns them. Raises NotOwner, Outsider, FeatureOff, WrongDays,
    LimitReached: then nobody was invited.
    """
    workspace = acting(work, place, person)
    badge = settings.require(work, place.tenant_id, surface).preview
    days = _days(access_days, work.numbers.access_days, work.numbers.access_days_most)
    given = _once_each(given)
    present = _present(work, workspace, given)
    fresh = [each for each in given if _over(work, present.get(addresses.key(each)))]
    _count(work, workspace, person, fresh)
    _make_room(work, [present.get(addresses.key(each)) for each in fresh])
    made, new = [offers.New(each, days, surface, badge) for each in fresh], frozenset(fresh)
    created = offers.create(work, place, person, workspace, made)
    others = [row for each in given if each not in new and (row := present.get(addresses.key(each)))]
    shown = showing.views(work, others)
    return InviteView(
        tuple(created),
        tuple(each for each in shown if each.status is not Status.REDEEMED),
        tuple(each for each in shown if each.status is Status.REDEEMED),
    )


def _once_each(given: Sequence[str]) -> list[str]:
    seen: dict[str, str] = {}
    for each in given:
        seen.setdefault(addresses.key(each), each)
    return list(seen.values())


def draft(work: Work, place: Place, person: Person, given: Sequence[str], access_days: int | None) -> DraftView:
    """Keeps the good addresses of a command that had bad ones too, until the owner confirms. Nobody is invited yet."""
    workspace = acting(work, place, person)
    settings.require(work, place.tenant_id, Surface.CHAT)
    days = _days(access_days, work.numbers.access_days, work.numbers.access_days_most)
    row: dict[str, Any] = {
        "draft_id": new_id(),
        "tenant_id": place.tenant_id,
        "workspace_id": workspace.workspace_id,
        "person_id": person.person_id,
        "addresses": "\n".join(given),
        "access_days": days,
        "created_at": work.now,
    }
    work.run(rows.ADD_DRAFT, row)
    return DraftView(row["draft_id"], tuple(given), days)


def confirm(work: Work, place: Place, person: Person, draft_id: str) -> InviteView:
    """Invites the addresses of the person's own draft, once. Raises DraftGone and what `invite` raises."""
    workspace = acting(work, place, person)
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
    return invite(work, place, person, spent.addresses.split("\n"), spent.access_days)


def resend(work: Work, place: Place, person: Person, target: Named) -> InvitationView:
    """A new link to the same address; the old one ends. An expired invitation is open again."""
    row = _named(work, place, person, target, "resend")
    settings.require(work, place.tenant_id, Surface(row.surface))
    again_at = row.mailed_at + timedelta(seconds=work.numbers.resend_cooldown_seconds)
    if work.now < again_at:
        raise TooSoon(again_at)
    _count_mail(work, row)
    return offers.renew(work, row, person, "invitation.resent", row.address, offers.until(work, row))


def correct(work: Work, place: Place, person: Person, target: Named, address: str) -> InvitationView:
    """The invitation goes to another address, with a new link; the old one ends. Raises WrongAddress, AddressTaken."""
    new = addresses.one(address)
    row = _named(work, place, person, target, "correct")
    settings.require(work, place.tenant_id, Surface(row.surface))
    if addresses.key(new) == row.address_key:
        raise AddressTaken(new)
    present = _present(work, row, [new]).get(addresses.key(new))
    if not _over(work, present):
        raise AddressTaken(new)
    _make_room(work, [present])
    limits.take(work, limits.resends(work.numbers, row.invitation_id), *_quotas(work, row, person, [new]))
    return offers.renew(work, row, person, "invitation.corrected", new, offers.until(work, row))


def extend(work: Work, place: Place, person: Person, target: Named, days: int | None) -> InvitationView:
    """More days from now: for an open invitation its offer, for a guest the access; an expired one is open again."""
    row = _named(work, place, person, target, "extend")
    state = states.status(row, work.now)
    if state is Status.REDEEMED:
        more = _days(days, work.numbers.access_days, work.numbers.access_days_most)
        return offers.prolong_access(work, row, person, more)
    settings.require(work, place.tenant_id, Surface(row.surface))
    more = timedelta(days=_days(days, work.numbers.invitation_days, work.numbers.invitation_days_most))
    if state is Status.EXPIRED:
        _count_mail(work, row)
        return offers.renew(work, row, person, "invitation.extended", row.address, work.now + more)
    offers.guarded(work, rows.PROLONG, row, {"until": work.now + more})
    return offers.changed(work, row, person, "invitation.extended", until=(work.now + more).isoformat())


def revoke(work: Work, place: Place, person: Person, target: Named) -> InvitationView:
    """Ends the offer, or the membership it led to, with sessions and open passcodes."""
    return offers.end(work, _named(work, place, person, target, "revoke"), person, "invitation.revoked")


def remove(work: Work, place: Place, person: Person, address: str) -> InvitationView:
    """Ends a guest's membership, sessions and open passcodes; an open invitation is revoked."""
    row = _named(work, place, person, address, "remove")
    kind = "membership.removed" if row.redeemed_at is not None else "invitation.revoked"
    return offers.end(work, row, person, kind)


def status(work: Work, place: Place, person: Person, address: str) -> InvitationView:
    return showing.view(work, _of_address(work, acting(work, place, person), address))


def listing(work: Work, place: Place, person: Person, only: str, page: int) -> GuestListView:
    """A page of the workspace's invitations, newest first. `only`: all, pending or active; pages count from 1."""
    workspace = acting(work, place, person)
    number, some = rows.listing(only)
    where = {"tenant_id": place.tenant_id, "workspace_id": workspace.workspace_id, "now": work.now}
    total = work.connection.execute(number, where).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    found = work.all(some, where | {"most": PAGE, "skip": (page - 1) * PAGE})
    lines = tuple(showing.line(work, row) for row in found)
    return GuestListView(place.name or workspace.name, place.kind, only, page, pages, total, lines)


def shown(work: Work, place: Place, person: Person, invitation_id: str) -> InvitationView:
    """The invitation as it is now. Raises UnknownInvitation, also for one of another workspace."""
    return showing.view(work, _of_button(work, acting(work, place, person), invitation_id))


def _named(work: Work, place: Place, person: Person, target: Named, operation: str) -> Any:
    """The row, if the person may and the state allows. Raises also Outdated, UnknownAddress, IllegalMove."""
    workspace = acting(work, place, person)
    if isinstance(target, str):
        row = _of_address(work, workspace, target)
    else:
        row = _of_button(work, workspace, target.invitation_id)
        if row.version != target.version:
            raise Outdated(showing.view(work, row))
    states.check(operation, row, work.now)
    return row


def _of_button(work: Work, workspace: Any, invitation_id: str) -> Any:
    row = showing.by_id(work, workspace.tenant_id, invitation_id)
    if row is None or row.workspace_id != workspace.workspace_id:
        raise UnknownInvitation
    return row


def _of_address(work: Work, workspace: Any, address: str) -> Any:
    row = _present(work, workspace, [address]).get(addresses.key(address))
    if row is None:
        raise UnknownAddress(address)
    return row


def _present(work: Work, workspace: Any, given: Sequence[str]) -> dict[str, Any]:
    """The invitation that counts for each address: the one that is open or led to a guest, else the newest."""
    keys = [addresses.key(each) for each in given]
    pieces = [keys[i : i + AT_ONCE] for i in range(0, len(keys), AT_ONCE)]
    where = {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id}
    found = [row for some in pieces for row in work.all(rows.BY_ADDRESSES, where | {"address_keys": some})]
    return {row.address_key: row for row in sorted(found, key=lambda row: not _over(work, row))}


def _over(work: Work, row: Any) -> bool:
    return row is None or states.status(row, work.now) not in states.OPEN | {Status.REDEEMED}


def _make_room(work: Work, found: Sequence[Any]) -> None:
    """New invitations take the place of expired ones, which can not be opened again afterwards."""
    expired = [row for row in found if row is not None and states.status(row, work.now) is Status.EXPIRED]
    if expired:
        ids = [row.invitation_id for row in expired]
        work.run(rows.REPLACE, {"invitations": ids, "tenant": expired[0].tenant_id, "now": work.now})


def _days(given: int | None, default: int, most: int) -> int:
    days = default if given is None else given
    if not 1 <= days <= most:
        raise WrongDays(1, most)
    return days


def _quotas(work: Work, workspace: Any, person: Person, given: Sequence[str]) -> list[limits.Limit]:
    numbers, tenant_id, many = work.numbers, workspace.tenant_id, len(given)
    hour, day = limits.HOUR, limits.DAY
    owner = limits.Window(Quota.OWNER_HOUR, numbers.owner_hour, hour)
    here = limits.Window(Quota.WORKSPACE_DAY, numbers.workspace_day, day)
    everywhere = limits.Window(Quota.TENANT_DAY, numbers.tenant_day, day)
    return [
        limits.Limit(f"owner:{tenant_id}:{person.person_id}", (owner,), many),
        limits.Limit(f"workspace:{workspace.workspace_id}", (here,), many),
        limits.Limit(f"tenant:{tenant_id}", (everywhere,), many),
        *(
            limits.mailbox_invitations(numbers, mailbox, count)
            for mailbox, count in Counter(map(addresses.mailbox, given)).items()
        ),
    ]


def _count(work: Work, workspace: Any, person: Person, fresh: Sequence[str]) -> None:
    if len(fresh) > work.numbers.workspace_open:
        raise LimitReached(work.now + timedelta(days=1), Quota.WORKSPACE_OPEN)
    if fresh:
        limits.take(work, *_quotas(work, workspace, person, fresh))
        _room(work, workspace, len(fresh))


def _count_mail(work: Work, row: Any) -> None:
    """A further mail of an invitation; one that expired is an open one more."""
    limits.take(
        work,
        limits.resends(work.numbers, row.invitation_id),
        limits.mailbox_invitations(work.numbers, addresses.mailbox(row.address)),
    )
    if states.status(row, work.now) is Status.EXPIRED:
        _room(work, row, 1)


def _room(work: Work, workspace: Any, many: int) -> None:
    """Raises LimitReached unless so many more may be open in the workspace, with when enough of them have expired."""
    where = {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id, "now": work.now}
    too_many = work.connection.execute(rows.OPEN_NUMBER, where).scalar_one() + many - work.numbers.workspace_open
    if too_many > 0:
        again_at = work.connection.execute(rows.OPEN_UNTIL, where | {"skip": too_many - 1}).scalar()
        raise LimitReached(again_at or work.now + timedelta(days=1), Quota.WORKSPACE_OPEN)
