"""The way into an application: signed in here, and carried over to the application's own host, once.

application's host  GET /.gatehouse/begin   a random state for this browser, and on to us with its hash
ours                GET /access/enter       who is let in gets a ticket for that state; who is not signed in, does
application's host  GET /.gatehouse/enter   ticket and state → the host's own cookie, and on to the page asked for
"""

import re

from aiohttp import web

from domain import handovers, resources, targets
from domain.access_errors import UnknownResource
from domain.errors import AccessEnded, NoSession, Refusal, StepNeeded
from domain.secrets import digest, new_token
from guest.access import entrance, one, to
from guest.desk import Desk, SessionCookie, on
from guest.frame import STEPS
from guest.targets import Target, keep, query
from guest.troubles import MisdirectedHost

STATE_SECONDS = 600
STATE = re.compile(r"[A-Za-z0-9_-]{43}")
HASH = re.compile(r"[0-9a-f]{64}")


class HandOver:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Never for HEAD: it would make or spend something."""
        return [
            web.get("/access/enter", self.enter, allow_head=False),
            web.get("/access/missed", self.missed),
            web.get("/.gatehouse/begin", self.begin, allow_head=False),
            web.get("/.gatehouse/enter", self.arrive, allow_head=False),
        ]

    async def begin(self, request: web.Request) -> web.Response:
        """At the application's host. A state that the browser has already is kept: it may have several tabs."""
        desk = self._desk
        _, target = await self._at(request)
        held = desk.cookie(request, "state")
        state = held if STATE.fullmatch(held) else new_token()
        response = to(f"{desk.ours.url}/access/enter?{query(target, state=digest(state))}")
        return desk.put(response, "state", state, STATE_SECONDS)

    async def enter(self, request: web.Request) -> web.Response:
        """At ours. Who has to do something before is led there, and comes back (guest/targets.py)."""
        desk, target = self._desk, wanted(request)
        url = await desk.units.read(resources.url, target.resource_id)
        session = desk.session(request)
        try:
            if session is None:
                raise NoSession
            return await self._enter(request, session, target, url)
        except AccessEnded:
            raise
        except NoSession:
            return keep(desk, on("/"), target)
        except StepNeeded as step:
            return keep(desk, on(STEPS[type(step)]), target)

    async def _enter(self, request: web.Request, session: SessionCookie, target: Target, url: str) -> web.Response:
        desk, network = self._desk, self._desk.network(request)
        own, vetoes = targets.host(desk.ours.url), await self._desk.vetoes(session.tenant_id)
        if targets.host(url) == own:
            carried = handovers.Carried(session.token, session.tenant_id, own)
            await desk.units.read(handovers.access, target.resource_id, carried, network, vetoes=vetoes)
            return to(targets.inside(url, target.path))
        state = request.query.get("state", "")
        whose = (target.resource_id, session.token, session.tenant_id)
        if not HASH.fullmatch(state):
            await desk.units.read(handovers.opens, *whose, network, vetoes=vetoes)
            return to(entrance(desk, url, target))
        made = await desk.units.write(handovers.ticket, *whose, state, network, vetoes=vetoes)
        return to(f"{targets.origin(made.url)}{targets.OURS}/enter?{query(target, ticket=made.ticket)}")

    async def arrive(self, request: web.Request) -> web.Response:
        """At the application's host. What goes wrong is told at ours: here is no page of ours."""
        desk = self._desk
        url, target = await self._at(request)
        state, ticket = desk.cookie(request, "state"), request.query.get("ticket", "")
        try:
            tenant_id = await desk.units.read(resources.tenant, target.resource_id)
            over = await desk.units.write(
                handovers.spend, target.resource_id, request.headers["Host"], ticket, state, desk.network(request),
                vetoes=await desk.vetoes(tenant_id),
            )  # fmt: skip
        except Refusal:
            return to(f"{desk.ours.url}/access/missed?{query(target)}")
        response = to(targets.inside(url, target.path))
        return desk.let_in(response, SessionCookie(over.token, over.tenant_id), over.expires_at)

    async def missed(self, request: web.Request) -> web.Response:
        """A page with the way to try again."""
        desk, target = self._desk, wanted(request)
        url = await desk.units.read(resources.url, target.resource_id)
        return desk.page(request, "missed.html", status=403, url=entrance(desk, url, target))

    async def _at(self, request: web.Request) -> tuple[str, Target]:
        """The address of the application whose host is asked, and the target.

        Raises MisdirectedHost where it is another host, before all else; WrongPath.
        """
        hosts = request.headers.getall("Host", ())
        try:
            if len(hosts) != 1 or not request.raw_path.startswith("/"):
                raise UnknownResource
            url = await self._desk.units.read(handovers.begun, one(request), hosts[0])
        except UnknownResource:
            raise MisdirectedHost(self._desk.ours.url) from None
        return url, wanted(request)


def wanted(request: web.Request) -> Target:
    """Raises UnknownResource, WrongPath."""
    resource_id, path = one(request), request.query.get("path", "")
    return Target(resource_id, targets.place(path) if path else "")
