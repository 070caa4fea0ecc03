"""What changes an invitation's row: made, renewed with another link, ended. Always with its audit event and card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain import addresses, allowances, audit, certificates, delivery, guests, lifetimes, passcodes, showing
from domain.errors import IllegalMove, Outdated, UnknownInvitation
from domain.secrets import digest, new_id
from domain.states import status
from domain.views import InvitationView, Kind, Person, Place, Status, Surface, TimelineEntry
from domain.wishes import NO_WISHES, Wishes
from domain.work import Work
from storage import guests as guest_rows
from storage import invitations as rows
from storage import sponsors as sponsor_rows


@dataclass(frozen=True)
class New:
    address: str
    access_days: int
    surface: Surface
    preview: bool
    wishes: Wishes = NO_WISHES
    bulk_id: str | None = None
    """Of a list, which has one card for all its invitations."""


def create(work: Work, place: Place, person: Person, workspace: Any, made: Sequence[New]) -> list[InvitationView]:
    """Rows of invitations, links, cards, outbox and audit, a statement for each kind."""
    if not made:
        return []
    languages = _languages(work, place.tenant_id, made)
    invitations = [_invitation(work, person, workspace, each, languages) for each in made]
    work.run(rows.ADD, invitations)
    work.run(rows.ADD_LINK, [_link(work, each) for each in invitations])
    _sponsor(work, invitations, made)
    dates = [(each["invitation_id"], each["mailed_at"], each["expires_at"]) for each in invitations]
    lifetimes.offered(work, place.tenant_id, dates)
    delivery.enqueue_mail(work, place.tenant_id, "invitation", *(each["link_id"] for each in invitations))
    alone = [each for each in invitations if each["bulk_id"] is None]
    if alone:
        work.run(rows.ADD_CARD, [_card(place, each) for each in alone])
        delivery.enqueue_card(work, place.tenant_id, *(each["invitation_id"] for each in alone))
    for each in invitations:
        audit.record(
            work, place.tenant_id, "invitation.created", person.person_id, workspace_id=workspace.workspace_id,
            invitation_id=each["invitation_id"], access_days=each["access_days"], surface=each["surface"],
        )  # fmt: skip
    name = place.name or workspace.name
    return [_new_view(each, name, place.kind, person, new.preview) for each, new in zip(invitations, made, strict=True)]


def _sponsor(work: Work, invitations: Sequence[dict[str, Any]], made: Sequence[New]) -> None:
    named = [
        {"invitation_id": row["invitation_id"], "person_id": each, "tenant_id": row["tenant_id"], "since": work.now}
        for row, new in zip(invitations, made, strict=True)
        for each in new.wishes.sponsors
    ]
    if named:
        work.run(sponsor_rows.add(work.connection.dialect.name), named)


def _languages(work: Work, tenant_id: str, made: Sequence[New]) -> dict[str, str]:
    """The language each known guest chose; under the empty key the tenant's, for all the others."""
    keys = [addresses.key(each.address) for each in made]
    found = work.all(guest_rows.LANGUAGES, {"tenant_id": tenant_id, "address_keys": keys})
    return {row.address_key: row.language for row in found}


def _invitation(work: Work, person: Person, workspace: Any, new: New, languages: dict[str, str]) -> dict[str, Any]:
    key = addresses.key(new.address)
    return {
        "invitation_id": new_id(),
        "tenant_id": workspace.tenant_id,
        "workspace_id": workspace.workspace_id,
        "address": new.address,
        "address_key": key,
        "language": new.wishes.language or languages.get(key) or languages.get("") or "en",
        "surface": new.surface.value,
        "inviter_id": person.person_id,
        "access_days": new.access_days,
        "created_at": work.now,
        "expires_at": _new_life(work, workspace, new.wishes.until),
        "link_id": new_id(),
        "mailed_at": work.now,
        "version": 1,
        "name": new.wishes.name or None,
        "message": new.wishes.message or None,
        "access_until": new.wishes.until,
        "bulk_id": new.bulk_id,
    }


def _link(work: Work, invitation: dict[str, Any]) -> dict[str, Any]:
    tenant_id, invitation_id, link_id = (invitation[name] for name in ("tenant_id", "invitation_id", "link_id"))
    token = work.keys.link_token(work.keys.current, tenant_id, invitation_id, link_id)
    return {
        "link_id": link_id,
        "tenant_id": tenant_id,
        "invitation_id": invitation_id,
        "token_hash": digest(token),
        "key_id": work.keys.current,
        "created_at": work.now,
    }


def another_link(work: Work, row: Any) -> dict[str, Any]:
    """For an invitation that has one; not written yet."""
    return _link(work, dict(row._mapping) | {"link_id": new_id()})  # noqa: SLF001 - SQLAlchemy's public name


def _card(place: Place, invitation: dict[str, Any]) -> dict[str, Any]:
    return {
        "invitation_id": invitation["invitation_id"],
        "tenant_id": place.tenant_id,
        "workspace_id": invitation["workspace_id"],
        "channel_id": place.channel_id,
        "service_url": place.service_url,
        "conversation_id": place.conversation_id,
        "bot_id": place.bot_id,
        "locale": place.locale,
        "reposted": 0,
    }


def _new_view(row: dict[str, Any], workspace: str, kind: Kind, person: Person, preview: bool) -> InvitationView:
    return InvitationView(
        row["invitation_id"], row["tenant_id"], row["workspace_id"], workspace, kind, row["address"], Status.SENDING,
        row["version"], person.name, person.person_id, row["created_at"], row["expires_at"], row["access_days"],
        preview=preview, timeline=(TimelineEntry("invited", row["created_at"], person.name),),
        language=row["language"], access_until=row["access_until"],
    )  # fmt: skip


def until(work: Work, row: Any) -> datetime:
    """The end of the offer: as it was, or a whole new life for an expired one."""
    if status(row, work.now) is not Status.EXPIRED:
        return row.expires_at
    return _new_life(work, row, row.access_until)


def _new_life(work: Work, workspace: Any, access_until: datetime | None) -> datetime:
    """An offer never outlives the access that it is about. `workspace`: read along with the policy."""
    ends_at = work.now + timedelta(days=allowances.of(work, workspace).invitation_days)
    return min(ends_at, access_until) if access_until is not None and access_until > work.now else ends_at


def _last(row: Any, ends_at: datetime) -> datetime | None:
    """The wished end of the access, unless the offer was prolonged beyond it: then the days count again."""
    return row.access_until if row.access_until is not None and row.access_until >= ends_at else None


def prolong(work: Work, row: Any, ends_at: datetime) -> None:
    """The offer stands until then. Raises Outdated."""
    guarded(work, rows.PROLONG, row, {"until": ends_at, "last": _last(row, ends_at)})


def renew(work: Work, row: Any, person: Person, kind: str, address: str, ends_at: datetime) -> InvitationView:
    """Another link, mailed anew. The old link's page says so, its passcodes and its queued mail end."""
    link = another_link(work, row)
    new = {"link": link["link_id"], "until": ends_at, "to": address, "to_key": addresses.key(address)}
    new["last"] = _last(row, ends_at)
    passcodes.end_all(work, row.invitation_id)
    guarded(work, rows.RENEW, row, new)
    work.run(rows.ADD_LINK, link)
    delivery.withdraw_mail(work, "invitation", row.link_id)
    if row.membership_id is not None and row.ended_at is None:
        guests.end_membership(work, row, "expired")
    delivery.enqueue_mail(work, row.tenant_id, "invitation", link["link_id"])
    lifetimes.offered(work, row.tenant_id, [(row.invitation_id, work.now, ends_at)])
    return changed(work, row, person, kind)


def guarded(work: Work, change: Any, row: Any, values: dict[str, Any]) -> None:
    """One update at the version that was looked at. Raises Outdated if somebody was faster."""
    where = {"invitation": row.invitation_id, "tenant": row.tenant_id, "seen": row.version, "now": work.now}
    if work.run(change, where | values) == 0:
        raise Outdated(showing.view(work, _again(work, row)))


def changed(work: Work, row: Any, person: Person, kind: str, **facts: Any) -> InvitationView:
    """Notes the event, has the card told, and shows the invitation as it is now."""
    audit.record(
        work, row.tenant_id, kind, person.person_id,
        workspace_id=row.workspace_id, invitation_id=row.invitation_id, guest_id=row.guest_id, **facts,
    )  # fmt: skip
    delivery.enqueue_card(work, row.tenant_id, row.invitation_id)
    view = showing.view(work, _again(work, row))
    step = TimelineEntry(showing.STEPS[kind], work.now, person.name)
    return showing.with_step(view, step)


def prolong_access(work: Work, row: Any, person: Person, days: int) -> InvitationView:
    """A guest's access ends `days` from now. Raises IllegalMove if it just ended."""
    ends_at = work.now + timedelta(days=days)
    guarded(work, rows.NO_END, row, {})
    values = {"membership": row.membership_id, "tenant": row.tenant_id, "until": ends_at, "now": work.now}
    if work.run(guest_rows.PROLONG, values) == 0:
        raise IllegalMove("extend", Status.EXPIRED, row.address)
    lifetimes.prolonged(work, row, person.person_id, ends_at)
    return changed(work, row, person, "invitation.extended", until=ends_at.isoformat())


def end(work: Work, row: Any, person: Person, kind: str) -> InvitationView:
    """Revokes: the link, its passcodes and queued mail, and the membership with the guest's sessions, of which a
    certificate is left."""
    facts: dict[str, str] = {}
    removed = certificates.standing(work, row)
    passcodes.end_all(work, row.invitation_id)
    guarded(work, rows.REVOKE, row, {})
    delivery.withdraw_mail(work, "invitation", row.link_id)
    if row.redeemed_at is not None:
        reason = "revoked" if kind == "invitation.revoked" else "removed"
        guests.end_membership(work, row, reason)
        guests.end_sessions(work, row.tenant_id, row.guest_id, "revoked")
        facts["certificate"] = certificates.issue(work, row, removed, reason, person.person_id)
    return changed(work, row, person, kind, **facts)


def _again(work: Work, row: Any) -> Any:
    found = showing.by_id(work, row.tenant_id, row.invitation_id)
    if found is None:
        raise UnknownInvitation
    return found
