"""What reverse proxies ask about a guest, for nginx's `auth_request`, Traefik's and Caddy's forward authentication."""

import re
from urllib.parse import quote

from aiohttp import web

from domain import guests, handovers, resources, targets
from domain.access_errors import UnknownResource, WrongPath
from domain.errors import NoSession, Refusal
from domain.handovers import Carried
from domain.views import AccessView
from guest.desk import Desk
from guest.targets import Target, query

READABLE = "@+'"
"""Left as they are in values that are percent-encoded UTF-8 otherwise: addresses stay readable."""
SHOWING = frozenset({"GET", "HEAD"})
OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What an id may be: PostgreSQL takes no NUL to look for."""
TOLD = frozenset({"X-Forwarded-Uri", "X-Forwarded-Method"})


class AccessCheck:
    """Asked at each of an application's requests. Who is let in depends on the proxy's own words (`resource`) and on
    cookies; what the proxy tells of the browser's request only says where to come back to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/access/check", self.check)]

    async def check(self, request: web.Request) -> web.Response:
        try:
            return let_in(await self._access(request))
        except Refusal:
            return await self._led(request) or web.Response(status=401)

    async def _access(self, request: web.Request) -> AccessView:
        """Raises Refusal."""
        desk, network = self._desk, self._desk.network(request)
        if "resource" in request.query:
            carried = self._carried(request)
            vetoes = await desk.vetoes(carried.tenant_id)
            return await desk.units.read(handovers.access, one(request), carried, network, vetoes=vetoes)
        session = desk.session(request)
        if session is None:
            raise NoSession
        vetoes = await desk.vetoes(session.tenant_id)
        access = await desk.units.read(guests.access, session.token, network, vetoes=vetoes)
        if access.tenant_id != session.tenant_id or not access.workspace_ids:
            raise NoSession
        return access

    def _carried(self, request: web.Request) -> Carried:
        """Raises NoSession."""
        desk = self._desk
        session, application = desk.session(request), desk.application(request)
        if application is not None:
            return Carried(application.token, application.tenant_id)
        if session is None:
            raise NoSession
        return Carried(session.token, session.tenant_id, targets.host(desk.ours.url))

    async def _led(self, request: web.Request) -> web.Response | None:
        """Someone who wants to see a page is led to the sign-in, and back to that page. Not away from our own host: any
        chat user can name an application, and any browser can ask here what only proxies should."""
        if request.query.get("redirect") != "1" or not _wants_a_page(request):
            return None
        desk = self._desk
        try:
            resource_id = one(request)
            url = await desk.units.read(resources.url, resource_id)
        except Refusal:
            return None
        if desk.ours.host(request) and targets.host(url) != targets.host(desk.ours.url):
            return None
        target = Target(resource_id, _asked_for(request))
        return to(entrance(desk, url, target))


def let_in(access: AccessView) -> web.Response:
    headers = {
        "Remote-User": quote(access.address, safe=READABLE),
        "Remote-Name": quote(access.name or access.address, safe=READABLE),
        "Remote-Groups": ",".join(quote(workspace_id, safe="") for workspace_id in access.workspace_ids),
    }
    return web.Response(status=200, headers=headers)


def one(request: web.Request) -> str:
    """The application that is named. Raises UnknownResource for none, for several, and for what can be no id."""
    named = request.query.getall("resource", [])
    if len(named) != 1 or not OPAQUE.fullmatch(named[0]):
        raise UnknownResource
    return named[0]


def entrance(desk: Desk, url: str, target: Target) -> str:
    """Where the way into an application begins: at its own host, which the browser has to show something for."""
    if targets.host(url) == targets.host(desk.ours.url):
        return desk.ours.url + target.url
    return f"{targets.origin(url)}{targets.OURS}/begin?{query(target)}"


def to(url: str) -> web.Response:
    """Answers a GET: elsewhere."""
    return web.Response(status=302, headers={"Location": url})


def _wants_a_page(request: web.Request) -> bool:
    """Of a proxy that tells of a browser's request: all of them name its address or its method."""
    if not any(name in request.headers for name in TOLD):
        return False
    if request.headers.get("X-Forwarded-Method", request.method).upper() not in SHOWING:
        return False
    mode = request.headers.get("Sec-Fetch-Mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("Accept", "")


def _asked_for(request: web.Request) -> str:
    """The application's start where the proxy names no place, or one that is none."""
    try:
        return targets.place(request.headers.get("X-Forwarded-Uri", ""))
    except WrongPath:
        return ""
