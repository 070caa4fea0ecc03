"""What comes due for a guest's access: warnings a week and a day before it ends, and its end. Sponsors may extend it by
one click on the warning's card."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain import audit, delivery, life_mails, lifetimes, notices, noticing, offers, policy_changes, showing, sponsors
from domain.errors import Outdated
from domain.life_errors import NothingAsked
from domain.life_views import Outlook, WarningView
from domain.views import Claimed, Kind, Person, Place
from domain.work import Work
from storage import notices as notice_rows
from storage import reviews as rows


def act(work: Work, row: Claimed) -> datetime | None:
    """Gives the access's next date."""
    found = _member(work, row.tenant_id, row.subject_id)
    if found is None or found.ended_at is not None:
        return None
    if found.ends_at <= work.now:
        _expired(work, found)
        return None
    passed = [days for days, at in lifetimes.warned_at(found.started_at, found.ends_at).items() if at <= work.now]
    if passed:
        _warn(work, found, min(passed))
    return lifetimes.next_of_access(work.now, found.started_at, found.ends_at)


def _member(work: Work, tenant_id: str, membership_id: str) -> Any:
    return work.one(rows.MEMBERSHIP, {"membership_id": membership_id, "tenant_id": tenant_id})


def _expired(work: Work, found: Any) -> None:
    if not work.run(rows.EXPIRE, {"membership": found.membership_id, "tenant": found.tenant_id, "now": work.now}):
        return
    audit.record(
        work, found.tenant_id, "membership.expired", audit.SYSTEM, workspace_id=found.workspace_id,
        invitation_id=found.invitation_id, guest_id=found.guest_id,
    )  # fmt: skip
    delivery.enqueue_card(work, found.tenant_id, found.invitation_id)
    for days in lifetimes.WARNED:
        lifetimes.over(work, found.tenant_id, lifetimes.warning_id(found.membership_id, found.ends_at, days))


def _warn(work: Work, found: Any, days: int) -> None:
    """The guest gets a mail, sponsors a card – unless one of them has said that the access is to end."""
    subject = lifetimes.warning_id(found.membership_id, found.ends_at, days)
    name = f"{int(found.ends_at.timestamp()):x}-{days}"
    delivery.enqueue_mails(work, found.tenant_id, life_mails.WARNING, [(found.membership_id, name)])
    if days != max(lifetimes.WARNED):
        earlier = lifetimes.warning_id(found.membership_id, found.ends_at, max(lifetimes.WARNED))
        about = {"tenant_id": found.tenant_id, "kind": lifetimes.WARNING, "subject_id": earlier}
        if any(each.closed_at is not None for each in work.all(notice_rows.ABOUT, about)):
            return
        notices.close(work, found.tenant_id, lifetimes.WARNING, earlier)
    noticing.ask(work, found.tenant_id, lifetimes.WARNING, [noticing.Concern(found, subject)])


def shown(work: Work, notice: Any) -> WarningView | None:
    membership_id, seconds, _ = notice.subject_id.rsplit("-", 2)
    found = _member(work, notice.tenant_id, membership_id)
    if found is None:
        return None
    warned = datetime.fromtimestamp(int(seconds, 16), found.ends_at.tzinfo)
    outlook, by = _outlook(work, notice, found, warned)
    until = found.ended_at if outlook is Outlook.ENDED and found.ended_at else found.ends_at
    return WarningView(
        notice.notice_id, Kind.PERSONAL, found.address, found.workspace, Kind(found.kind), warned, outlook, until, by,
        days(work, found.tenant_id),
    )  # fmt: skip


def _outlook(work: Work, notice: Any, found: Any, warned: datetime) -> tuple[Outlook, str]:
    """How it stands, and by whom."""
    if found.ended_at is not None or found.ends_at <= work.now:
        return Outlook.ENDED, ""
    if found.ends_at.replace(microsecond=0) != warned:
        return Outlook.EXTENDED, _last(work, notice, found, "invitation.extended") or ""
    if notice.closed_at is None:
        return Outlook.ENDING, ""
    by = _last(work, notice, found, "membership.let_end")
    return (Outlook.NEWER, "") if by is None else (Outlook.LEFT, by)


def _last(work: Work, notice: Any, found: Any, kind: str) -> str | None:
    """Who did this last since the card was made. None: nobody."""
    events = audit.timeline(work, found.tenant_id, [found.invitation_id]).get(found.invitation_id, [])
    names = [each.name for each in events if each.kind == kind and each.at >= notice.made_at]
    return names[-1] if names else None


def days(work: Work, tenant_id: str) -> int:
    """How many an extension gives by one click."""
    policy = policy_changes.of_tenant(work, tenant_id)
    usual = policy.access_days or work.numbers.access_days
    return min(usual, policy.access_days_most or work.numbers.access_days_most)


def extend(work: Work, place: Place, person: Person, notice_id: str) -> WarningView:
    """The access lasts as many days from now as is usual. Once for each warning. Raises NothingAsked, IllegalMove."""
    notice, found, view = _asked(work, place, person, notice_id)
    row = showing.by_id(work, found.tenant_id, found.invitation_id)
    open_still = view.outlook in (Outlook.ENDING, Outlook.LEFT, Outlook.NEWER)
    if not open_still or row is None or row.membership_id != found.membership_id:
        return view
    try:
        offers.prolong_access(work, row, person, view.days)
    except Outdated:  # somebody was faster
        return _again(work, notice, view)
    return replace(_again(work, notice, view), by=person.name)


def let_end(work: Work, place: Place, person: Person, notice_id: str) -> WarningView:
    """Nobody is asked any more: the access ends on its day. Raises NothingAsked."""
    notice, found, view = _asked(work, place, person, notice_id)
    if view.outlook is not Outlook.ENDING:
        return view
    audit.record(
        work, found.tenant_id, "membership.let_end", person.person_id, workspace_id=found.workspace_id,
        invitation_id=found.invitation_id, guest_id=found.guest_id,
    )  # fmt: skip
    notices.close(work, found.tenant_id, lifetimes.WARNING, notice.subject_id)
    return replace(view, outlook=Outlook.LEFT, by=person.name)


def _asked(work: Work, place: Place, person: Person, notice_id: str) -> tuple[Any, Any, WarningView]:
    """For somebody who may answer: a sponsor of the guest, an owner of the workspace, an admin."""
    notice = notices.by_id(work, place.tenant_id, notice_id)
    if notice is None or notice.kind != lifetimes.WARNING:
        raise NothingAsked
    view = shown(work, notice)
    found = _member(work, notice.tenant_id, notice.subject_id.rsplit("-", 2)[0])
    if view is None or not sponsors.answers(work, place, person, found.workspace_id, found.invitation_id):
        raise NothingAsked
    return notice, found, view


def _again(work: Work, notice: Any, before: WarningView) -> WarningView:
    return shown(work, notices.by_id(work, notice.tenant_id, notice.notice_id)) or before
