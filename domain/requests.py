"""What guests ask owners for – an invitation of one's own, more time – and the owners' word on it.

Asking changes nothing but the request itself, sends no mail, and answers the same whoever the address belongs to.
"""

from datetime import timedelta
from typing import Any

from domain import addresses, audit, delivery, invitations, limits, links, own_words, showing, states
from domain.errors import LimitRefusal, LinkExpired
from domain.inquiries import Answers
from domain.limits import DAY, HOUR, Limit, Window
from domain.policies import Address
from domain.request_errors import AskedTooOften, RequestGone
from domain.request_views import AskView, Decision, RequestView, Wish
from domain.secrets import digest, new_id
from domain.views import CardPost, Claimed, InviteView, Kind, Person, Place, Quota, Status, Target
from domain.wishes import Wishes
from domain.work import Work
from domain.workspaces import acting
from storage import invitations as invitation_rows
from storage import requests as rows

LONGEST_NOTE = 200
ANSWERED = timedelta(days=1)
"""So long the same address is not told to the owners once more."""


def form(work: Work, tenant_id: str, invitation_id: str, token_hash: str, *, network: Address | None = None) -> AskView:
    """For the page that asks. Raises LinkRefusal, PolicyForbids."""
    row = links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    links.permitted(row, None, network)
    return AskView(row.inviter, row.workspace, Kind(row.kind), addresses.mask(row.address))


def ask(
    work: Work,
    tenant_id: str,
    invitation_id: str,
    token_hash: str,
    address: str,
    note: str,
    *,
    client: str | None,
    network: Address | None = None,
) -> None:
    """Asks the owners to invite `address` (checked: addresses.one) into the workspace of the link.

    `client` is None where clients cannot be told apart. Raises LinkRefusal, PolicyForbids, AskedTooOften.
    """
    row = links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    links.permitted(row, None, network)
    _request(work, row, Wish.INVITATION, address, cleaned(note), client)


def ask_for_time(
    work: Work,
    tenant_id: str,
    invitation_id: str,
    token_hash: str,
    *,
    client: str | None,
    network: Address | None = None,
) -> None:
    """Asks the owners to extend an invitation, or an access, that ran out. Where it is open, nothing is asked.

    Raises LinkRefusal, PolicyForbids, AskedTooOften.
    """
    try:
        links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    except LinkExpired as refusal:
        if not refusal.way:
            raise
        row = links.held(work, tenant_id, invitation_id, token_hash)
        links.permitted(row, None, network)
        _request(work, row, Wish.EXTENSION, row.address, "", client)


def cleaned(note: str) -> str:
    """One line without anything that looks like a link."""
    return own_words.without_links(own_words.visible(note[: 5 * LONGEST_NOTE]))[:LONGEST_NOTE].rstrip()


def _request(work: Work, invitation: Any, wish: Wish, address: str, note: str, client: str | None) -> None:
    """The same address is one request. Only what is new counts for the invitation and the workspace."""
    asked, made = _limits(work, invitation, client)
    counters = limits.lock(work, [*asked, *made])
    if asked:
        _check(counters, asked)
        counters.add(work, asked)
    if _known(work, invitation, wish, address):
        return
    _check(counters, made)
    counters.add(work, made)
    request_id = _add(work, invitation, wish, address, note)
    if request_id:
        delivery.enqueue_request(work, invitation.tenant_id, request_id)
        audit.record(
            work, invitation.tenant_id, "request.made", audit.SYSTEM, workspace_id=invitation.workspace_id,
            invitation_id=invitation.invitation_id, request=request_id, wish=wish.value,
        )  # fmt: skip


def _limits(work: Work, invitation: Any, client: str | None) -> tuple[list[Limit], list[Limit]]:
    """What counts each time that somebody asks, and what counts each new request."""
    numbers = work.numbers

    def limit(key: str, most: int, seconds: int) -> Limit:
        return Limit(f"requests-{key}", (Window(Quota.REQUESTS, most, seconds),))

    of_client = [limit(f"client:{digest(client)[:32]}", numbers.requests_client_hour, HOUR)] if client else []
    return of_client, [
        limit(f"invitation:{invitation.invitation_id}", numbers.requests_invitation_day, DAY),
        limit(f"workspace:{invitation.workspace_id}", numbers.requests_workspace_day, DAY),
    ]


def _check(counters: limits.Counters, some: list[Limit]) -> None:
    try:
        counters.check(some)
    except LimitRefusal as refusal:
        raise AskedTooOften(refusal.again_at) from None


def _known(work: Work, invitation: Any, wish: Wish, address: str) -> bool:
    """Asked behind the counters' locks: of two who ask the same at once, the second finds the first."""
    where = {
        "tenant_id": invitation.tenant_id,
        "workspace_id": invitation.workspace_id,
        "wish": wish.value,
        "address_key": addresses.key(address),
        "since": work.now - ANSWERED,
    }
    return work.one(rows.SAME, where) is not None


def _add(work: Work, invitation: Any, wish: Wish, address: str, note: str) -> str | None:
    """The request's id. None: nobody knows where the invitation's card stands, so nobody can be asked."""
    where = {"invitation_id": invitation.invitation_id, "tenant_id": invitation.tenant_id}
    card = work.one(invitation_rows.CARD, where)
    if card is None:
        return None
    request_id = new_id()
    row = {
        "request_id": request_id,
        "workspace_id": invitation.workspace_id,
        "kind": wish.value,
        "address": address,
        "note": note,
        "asked_at": work.now,
    }
    stands = {
        name: getattr(card, name) for name in ("channel_id", "service_url", "conversation_id", "bot_id", "locale")
    }
    work.run(rows.ADD, row | where | stands)
    return request_id


def invite(work: Work, place: Place, person: Person, request_id: str, *, found: Answers = None) -> RequestView:
    """Invites who asked, by the ordinary way, with all its quotas and policies. Decided once: whoever comes later sees
    what was decided. Raises what `invitations.invite` raises, and RequestGone."""
    row = _named(work, place, person, request_id, Wish.INVITATION)
    if _decide(work, row, person, Decision.INVITED):
        done = invitations.invite(work, place, person, (row.address,), None, wishes=Wishes(sure=True), found=found)
        if isinstance(done, InviteView) and (done.asked or done.waiting):
            _decided_as(work, row, Decision.ASKED)
        elif not isinstance(done, InviteView) or not done.created:
            _decided_as(work, row, Decision.ALREADY)
    return _told(work, row)


def extend(work: Work, place: Place, person: Person, request_id: str, *, found: Answers = None) -> RequestView:
    """Opens again what ran out, as `extend` does. Raises what that raises, and RequestGone."""
    row = _named(work, place, person, request_id, Wish.EXTENSION)
    if _decide(work, row, person, Decision.EXTENDED):
        invitation = showing.by_id(work, row.tenant_id, row.invitation_id)
        if invitation is not None and states.status(invitation, work.now) is Status.EXPIRED:
            target = Target(invitation.invitation_id, invitation.version)
            invitations.extend(work, place, person, target, None, found=found)
        else:
            _decided_as(work, row, Decision.ALREADY)
    return _told(work, row)


def dismiss(work: Work, place: Place, person: Person, request_id: str) -> RequestView:
    """Nothing is done, and nobody is told but the owners. Raises RequestGone."""
    row = _named(work, place, person, request_id, None)
    _decide(work, row, person, Decision.DISMISSED)
    return _told(work, row)


def _named(work: Work, place: Place, person: Person, request_id: str, wish: Wish | None) -> Any:
    workspace = acting(work, place, person)
    row = _by_id(work, workspace.tenant_id, request_id)
    if row is None or row.workspace_id != workspace.workspace_id or (wish and row.kind != wish):
        raise RequestGone
    return row


def _by_id(work: Work, tenant_id: str, request_id: str) -> Any:
    return work.one(rows.BY_ID, {"request_id": request_id, "tenant_id": tenant_id})


def _decide(work: Work, row: Any, person: Person, word: Decision) -> bool:
    """False: it was decided before. Comes first, so that of two owners only one goes on."""
    where = {"request": row.request_id, "tenant": row.tenant_id, "workspace": row.workspace_id}
    mine = {"who": person.person_id, "word": word.value, "now": work.now}
    if work.run(rows.DECIDE, where | mine) == 0:
        return False
    audit.record(
        work, row.tenant_id, "request.decided", person.person_id, workspace_id=row.workspace_id,
        invitation_id=row.invitation_id, request=row.request_id, decision=word.value,
    )  # fmt: skip
    delivery.enqueue_request(work, row.tenant_id, row.request_id)
    return True


def _decided_as(work: Work, row: Any, word: Decision) -> None:
    work.run(rows.DECIDED_AS, {"request": row.request_id, "tenant": row.tenant_id, "word": word.value})


def _told(work: Work, row: Any) -> RequestView:
    return _view(_by_id(work, row.tenant_id, row.request_id))


def _view(row: Any) -> RequestView:
    return RequestView(
        row.request_id, Wish(row.kind), row.workspace, Kind(row.workspace_kind), row.address, row.invited, row.note,
        row.asked_at, row.decision and Decision(row.decision), row.decided_at, row.decider,
    )  # fmt: skip


def card(work: Work, row: Claimed) -> CardPost | None:
    """The request's card as it is now. None: the bot is not there any more."""
    found = _by_id(work, row.tenant_id, row.subject_id)
    if found is None or found.removed_at is not None:
        return None
    return CardPost(
        _view(found), found.channel_id, found.service_url, found.conversation_id, found.bot_id, found.locale,
        found.activity_id,
    )  # fmt: skip


def card_found(work: Work, place: Place, request_id: str, activity_id: str) -> bool:
    """As domain/postings.py: card_found, for a click on a request's card."""
    where = {"request": request_id, "tenant": place.tenant_id, "channel": place.channel_id}
    if work.run(rows.FOUND, where | {"conversation": place.conversation_id, "activity": activity_id}) == 0:
        return False
    delivery.enqueue_request(work, place.tenant_id, request_id)
    return True
