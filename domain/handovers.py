"""Who is let into an application, and how a sign-in gets to the application's own host.

Cookies are the host's own, so an application elsewhere knows nothing of a sign-in. A ticket carries it over once: it is
made for one session, one application and one browser, is good for a minute, and is spent by a guarded update. What it
opens, a host session, is as good as the session it came from: that one's row is read at each request, so that it ends
when that one ends.
"""

from datetime import timedelta
from typing import Any

from domain import admission, audit, guests, limits, resources, targets
from domain.access_errors import HandOverOver, NotLetIn, UnknownResource
from domain.access_views import HandedOver, TicketView
from domain.admission import Admitted
from domain.errors import NoSession
from domain.limits import Limit, Window
from domain.policies import Address
from domain.secrets import digest, new_token
from domain.value import value
from domain.views import AccessView, Quota
from domain.work import Work
from storage import resources as rows

TICKET = timedelta(seconds=60)


@value
class Carried:
    """What a browser shows for itself, and the tenant it says to be of."""

    token: str
    tenant_id: str
    host: str = ""
    """The guest pages' own, for a session of theirs. Empty: the token is of a host session, which knows its host."""


def access(work: Work, resource_id: str, carried: Carried, network: Address | None) -> AccessView:
    """Raises UnknownResource, NotLetIn, NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded."""
    resource = resources.known(work, resource_id)
    found = _found(work, resource, carried, network)
    _let_in(found, resource, carried.tenant_id)
    ready = [each.row for each in admission.through(found)]
    first = ready[0]
    return AccessView(first.tenant_id, first.address, first.name, tuple(row.workspace_id for row in ready))


def _found(work: Work, resource: Any, carried: Carried, network: Address | None) -> list[Admitted]:
    """A session counts on its own host alone, a host session on the one that it was handed over to."""
    host = targets.host(resource.url)
    if not carried.host:
        where = {"hash": digest(carried.token), "host": host, "tenant_id": carried.tenant_id, "now": work.now}
        return guests.opened(work, list(work.all(rows.HELD, where)), network)
    if carried.host != host:
        raise NoSession
    return guests.signed_in(work, carried.token, network)


def _let_in(found: list[Admitted], resource: Any, tenant_id: str) -> Any:
    """The row of the membership that opens the application. Raises NoSession, NotLetIn, StepNeeded."""
    if found[0].row.tenant_id != tenant_id:
        raise NoSession
    mine = [each for each in found if each.row.workspace_id == resource.workspace_id]
    if not mine or resource.tenant_id != tenant_id:
        raise NotLetIn
    return admission.through(mine)[0].row


def begun(work: Work, resource_id: str, host: str) -> str:
    """The address of the application that a browser comes from, if the application answers to that name.

    Raises UnknownResource.
    """
    url = resources.url(work, resource_id)
    if not targets.answers_to(url, host):
        raise UnknownResource
    return url


def opens(work: Work, resource_id: str, session_token: str, tenant_id: str, network: Address | None) -> None:
    """Returns where a session opens an application, wherever that is.

    Raises UnknownResource, NotLetIn, NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded.
    """
    _let_in(guests.signed_in(work, session_token, network), resources.known(work, resource_id), tenant_id)


def ticket(
    work: Work, resource_id: str, session_token: str, tenant_id: str, browser_hash: str, network: Address | None
) -> TicketView:
    """`browser_hash`: the digest of what the browser keeps at the application's host.

    Raises LimitReached, UnknownResource, NotLetIn, NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded.
    """
    resource = resources.known(work, resource_id)
    row = _let_in(guests.signed_in(work, session_token, network), resource, tenant_id)
    if row.session_id is None:
        raise NoSession
    window = Window(Quota.CLIENT_TRIES, work.numbers.hand_overs_hour, limits.HOUR)
    limits.take(work, Limit(f"handovers:{row.session_id}", (window,)))
    token = new_token()
    made = {
        "ticket_hash": digest(token),
        "tenant_id": tenant_id,
        "session_id": row.session_id,
        "resource_id": resource_id,
        "browser_hash": browser_hash,
        "expires_at": work.now + TICKET,
    }
    work.run(rows.ADD_TICKET, made)
    return TicketView(token, resource.url)


def spend(
    work: Work, resource_id: str, host: str, ticket_token: str, browser: str, network: Address | None
) -> HandedOver:
    """`browser`: what this browser keeps at the application's host. Whatever a ticket does not fit, it stays unspent.

    Raises UnknownResource, HandOverOver, NotLetIn, NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded.
    """
    url, resource = begun(work, resource_id, host), resources.known(work, resource_id)
    where = {"hash": digest(ticket_token), "tenant": resource.tenant_id, "resource": resource_id}
    spent = work.one(rows.SPEND, where | {"browser": digest(browser), "now": work.now})
    if spent is None:
        raise HandOverOver
    session = {"session_id": spent.session_id, "tenant_id": resource.tenant_id, "now": work.now}
    found = guests.opened(work, list(work.all(rows.BY_SESSION_ID, session)), network)
    return _start(work, _let_in(found, resource, resource.tenant_id), resource, url)


def _start(work: Work, row: Any, resource: Any, url: str) -> HandedOver:
    token = new_token()
    made = {
        "host_session_hash": digest(token),
        "tenant_id": row.tenant_id,
        "session_id": row.session_id,
        "host": targets.host(url),
        "created_at": work.now,
        "expires_at": row.expires_at,
    }
    work.run(rows.ADD_HOST_SESSION, made)
    audit.record(
        work, row.tenant_id, "session.handed_over", f"guest:{row.guest_id}", guest_id=row.guest_id,
        workspace_id=resource.workspace_id, session=row.session_id, resource=resource.resource_id,
    )  # fmt: skip
    return HandedOver(token, row.tenant_id, row.expires_at, url)
