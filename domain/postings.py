"""Cards as the outbox posts and edits them – an invitation's, a request's, a notice's – drawn from the state at that
moment, and what became of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from domain import delivery, factor_resets, noticeboard, notices, requests, showing, states
from domain.views import CardPost, Claimed, InvitationView, Place, Status
from domain.work import Work
from storage import invitations as rows
from storage import notices as notice_rows
from storage import outbox as outbox_rows
from storage import requests as request_rows


def card(work: Work, row: Claimed) -> CardPost | None:
    """The card as it is now. None: the bot is not there any more, or nobody knows where it stands."""
    return cards(work, [row])[0]


def cards(work: Work, claimed: Sequence[Claimed]) -> list[CardPost | None]:
    """As `card`, of several rows; the invitations of one tenant are looked up together."""
    asked: dict[str, list[str]] = {}
    for row in claimed:
        if row.kind == delivery.CARD:
            asked.setdefault(row.tenant_id, []).append(row.subject_id)
    drawn = {(tenant_id, it): post for tenant_id, ids in asked.items() for it, post in _drawn(work, tenant_id, ids)}
    return [
        drawn.get((row.tenant_id, row.subject_id)) if row.kind == delivery.CARD else _other(work, row)
        for row in claimed
    ]


def _drawn(work: Work, tenant_id: str, invitation_ids: Sequence[str]) -> Iterator[tuple[str, CardPost]]:
    every = work.all(rows.WITH_CARDS, {"invitation_ids": invitation_ids, "tenant_id": tenant_id})
    found = [it for it in every if it.quiet_at is None and (it.erased_at is None or it.activity_id is not None)]
    for it, view in zip(found, showing.views(work, found), strict=True):
        yield it.invitation_id, CardPost(
            view, it.card_channel, it.service_url, it.conversation_id, it.bot_id, it.locale, it.activity_id,
            _changes_at(view),
        )  # fmt: skip


def _other(work: Work, row: Claimed) -> CardPost | None:
    if row.kind == delivery.REQUEST:
        return requests.card(work, row) or factor_resets.card(work, row)
    return noticeboard.card(work, row) if row.kind == delivery.NOTICE else None


def creating(work: Work, row: Claimed, owner: str) -> bool:
    """Right before the card is posted. False: it was tried before and nobody knows whether it stands in the chat.

    A worker that died in between is not believed to have posted it: rather two cards than none.
    """
    if not delivery.handing_over(work, row, owner):
        return False
    stands = _stands(row)
    statement = stands.CREATING_AGAIN if row.cut else stands.CREATING
    return work.run(statement, _card(row) | {"now": work.now}) > 0


def not_created(work: Work, row: Claimed, owner: str, problem: str, due_at: datetime, counted: bool) -> None:
    """The channel said clearly that it did not post it: to be tried again."""
    work.run(_stands(row).NOT_CREATED, _card(row))
    delivery.deferred(work, row, owner, problem, due_at, counted)


def posted(work: Work, row: Claimed, owner: str, activity_id: str) -> None:
    work.run(_stands(row).POSTED, _card(row) | {"activity": activity_id, "now": work.now})
    told(work, row, owner)


def card_found(work: Work, place: Place, invitation_id: str, activity_id: str) -> bool:
    """A click names the message that it was made on. Where posting the card had no clear end, this is the card from now
    on; one whose place is known, or that was posted into another conversation, stays where it is (False).

    Asked once the person was found to have the right: whoever clicks chooses what is named.
    """
    where = {"invitation": invitation_id, "tenant": place.tenant_id, "now": work.now}
    where |= {"channel": place.channel_id, "conversation": place.conversation_id, "activity": activity_id}
    if work.run(rows.FOUND, where) == 0:
        return False
    delivery.enqueue_card(work, place.tenant_id, invitation_id)
    return True


def told(work: Work, row: Claimed, owner: str) -> None:
    """The card shows the state that `row.changes` stood for. It is due again when something changed, or time will.

    Where the lease had run out, another worker may have told a newer state before: then it is told once more."""
    post = row.card or card(work, row)
    next_at = post.changes_at if post is not None else None
    values = {"row": row.row_id, "me": owner, "now": work.now, "seen": row.changes, "next_at": next_at}
    soonest = {"soonest": work.now + delivery.CARD_PAUSE}
    if work.run(outbox_rows.TOLD, values | soonest) == 0:
        work.run(outbox_rows.TELL_AGAIN, {"row": row.row_id, "tenant": row.tenant_id} | soonest)


def _changes_at(shown: InvitationView) -> datetime | None:
    """When the card has to be told that time has run out."""
    if shown.status in states.OPEN:
        return shown.expires_at
    return shown.access_ends_at if shown.status is Status.REDEEMED else None


def card_gone(work: Work, row: Claimed, owner: str) -> None:
    """Somebody deleted the card: an invitation's or a notice's is posted again once, then left in peace."""
    if not delivery.handing_over(work, row, owner):
        return None  # whose row it is now has found that out too
    if row.kind == delivery.REQUEST:
        return card_quiet(work, row, owner)
    if row.kind == delivery.NOTICE:
        stands = notices.by_id(work, row.tenant_id, row.subject_id)
    else:
        stands = work.one(rows.CARD, {"invitation_id": row.subject_id, "tenant_id": row.tenant_id})
    work.run(_stands(row).GONE, _card(row))
    if stands is None or stands.reposted > 0:
        return card_quiet(work, row, owner)
    delivery.deferred(work, row, owner, "the card was deleted", work.now, True)
    work.wake = True
    return None


def card_quiet(work: Work, row: Claimed, owner: str) -> None:
    """The bot is not welcome there any more: nothing is posted until it is added again."""
    if row.kind == delivery.REQUEST:
        work.run(request_rows.NOT_CREATED, _card(row))
    else:
        work.run(_stands(row).QUIET, _card(row) | {"now": work.now})
    delivery.finish(work, row, owner)


def _card(row: Claimed) -> dict[str, Any]:
    return {_standing(row)[0]: row.subject_id, "tenant": row.tenant_id}


def _stands(row: Claimed) -> Any:
    """The named queries that write down where the row's card stands."""
    return _standing(row)[1]


def _standing(row: Claimed) -> tuple[str, Any]:
    return STANDS.get(row.kind, STANDS[delivery.CARD])


STANDS: dict[str, tuple[str, Any]] = {
    delivery.CARD: ("invitation", rows),
    delivery.REQUEST: ("request", request_rows),
    delivery.NOTICE: ("notice", notice_rows),
}
"""By the kind of the row: the name of its subject, and the named queries of where its card stands."""
