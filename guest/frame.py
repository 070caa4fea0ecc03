"""The frame around every answer: who may ask under which name, what every answer carries, and what goes wrong."""

import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict

from domain.errors import ConsentNeeded, PolicyForbids, Refusal, SecondFactorNeeded, StepNeeded
from domain.faults import Unavailable
from domain.secrets import new_fault
from guest import refusals
from guest.desk import Desk, on
from guest.flow import Flow
from guest.forms import FormRefusal, FormTooLarge
from guest.notices import Notice, Way
from guest.troubles import Fault, LinkNeeded, MisdirectedHost, UnknownPage, WrongMethod

RETRY_SECONDS = 30
"""When a browser may try again after a fault of ours."""

logger = logging.getLogger("gatehouse.guest")

MACHINES: Final = frozenset({"/api/messages", "/livez", "/readyz", "/metrics", "/access/check"})
"""Asked by programs, under any host name, and answered without a page."""
HANDED_OVER: Final = frozenset({"/.gatehouse/begin", "/.gatehouse/enter"})
"""Asked at applications' hosts, which they look at themselves (guest/handover.py)."""
MAILBOX: Final = "/dev/mailbox"
"""Shows caught mails in a sandbox, under a policy of its own."""

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
SCRIPTED = f"{POLICY}; script-src 'self'"
"""Of the pages that ask for a passkey, and of no other."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Server": "Gatehouse",
}
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
STEPS: Final[dict[type[StepNeeded], str]] = {SecondFactorNeeded: "/second-factor", ConsentNeeded: "/consent"}
"""Where a guest who is signed in, and not in yet, goes next."""
TROUBLES: Final[dict[int, Callable[[], Exception]]] = {404: UnknownPage, 405: WrongMethod, 413: FormTooLarge}


class Frame:
    """The outermost middleware of the application, whichever door answers."""

    def __init__(self, desk: Desk, metrics: Callable[[str, int], None] | None) -> None:
        self._desk = desk
        self._metrics = metrics
        self._headers = ALWAYS if desk.development else ALWAYS | STRICT_TRANSPORT

    def around(self, application: web.Application) -> None:
        """Also around what aiohttp answers before any middleware is asked, such as 417."""
        application.middlewares.append(self.middleware())
        application.on_response_prepare.append(self._prepared)

    async def _prepared(self, request: web.Request, response: web.StreamResponse) -> None:
        self._dress(request, response.headers)

    def middleware(self) -> Middleware:
        @web.middleware
        async def framed(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await self._answer(request, handler)
            if self._metrics:
                self._metrics(pattern(request), response.status)
            return response

        return framed

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        machine = request.path in MACHINES
        try:
            if not (machine or handed_over(request) or self._desk.ours.host(request)):
                raise MisdirectedHost(self._desk.ours.url)
            return await handler(request)
        except web.HTTPException as answer:
            trouble = None if machine else TROUBLES.get(answer.status)
            if trouble is None:
                raise
            response = self._page(request, trouble())
            response.headers.extend({name: answer.headers[name] for name in ("Allow",) if name in answer.headers})
            return response
        except StepNeeded as step:
            return on(STEPS[type(step)])
        except (Refusal, FormRefusal, LinkNeeded, MisdirectedHost) as refusal:
            await self._note(request, refusal)
            return self._page(request, refusal)
        except Unavailable as fault:
            return plain(503) if machine else self._page(request, fault)
        except Exception:
            reference = new_fault()
            logger.exception("a page broke: %s %s (%s)", request.method, pattern(request), reference)
            return plain(500) if machine else self._page(request, Fault(reference))

    async def _note(self, request: web.Request, refusal: Exception) -> None:
        """What a policy forbids goes into the audit, with the rule: for whoever tries to get in, or was in. Who only
        looks at a link leaves no trace."""
        if isinstance(refusal, PolicyForbids) and (refusal.guest_id or request.method == "POST"):
            await self._desk.note(refusal)

    def _page(self, request: web.Request, refusal: Exception) -> web.Response:
        sentences = self._desk.sentences(request)
        return refusal_page(self._desk, request, refusals.notice(sentences, refusal))

    def _dress(self, request: web.Request, headers: CIMultiDict[str]) -> None:
        headers.update(self._headers)
        own = headers.get("Content-Security-Policy")
        if own != SCRIPTED and not (own and request.path.startswith(MAILBOX)):
            headers["Content-Security-Policy"] = POLICY
        headers.setdefault("Cache-Control", "no-store")


def handed_over(request: web.Request) -> bool:
    return request.method == "GET" and request.path in HANDED_OVER


def scripted(response: web.Response) -> web.Response:
    """A page that our own script runs on."""
    response.headers["Content-Security-Policy"] = SCRIPTED
    return response


def pattern(request: web.Request) -> str:
    """The route, never the path: paths of links hold a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


def plain(status: int) -> web.Response:
    return web.Response(status=status, headers={"Retry-After": str(RETRY_SECONDS)} if status == 503 else None)


def refusal_page(desk: Desk, request: web.Request, notice: Notice) -> web.Response:
    """The page of a refusal. It needs no database, and leads on wherever this browser can go on."""
    known = desk.flow(request)
    way = open_way(notice.way, known)
    if way is Way.ADDRESS:
        desk.flow_or_fresh(request)
    live = notice.status == 429 and bool(known and known.passcode_id)
    response = desk.page(request, "refusal.html", status=notice.status, notice=notice, way=way, live=live)
    if notice.again_at:
        seconds = -int(-(notice.again_at - desk.clock()).total_seconds() // 1)
        response.headers["Retry-After"] = str(max(1, seconds))
    elif notice.status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    flow = desk.flow(request)
    return desk.keep(request, response, flow) if flow and flow is not known else response


def open_way(way: Way, flow: Flow | None) -> Way:
    """What this browser can really do: a new passcode needs an invitation, or else an earlier passcode."""
    invited, coded = bool(flow and flow.invitation_id), bool(flow and flow.passcode_id)
    if way is Way.NEW_CODE:
        return Way.NEW_CODE if invited or coded else Way.ADDRESS
    if way is Way.FIRST_CODE:
        return Way.NEW_CODE if invited else Way.ADDRESS
    if way in (Way.NEWEST_MAIL, Way.MORE_TIME, Way.INVITATION, Way.BLOCK) and not invited:
        return Way.HOME
    if way is Way.AGAIN:
        return Way.CODE if coded else Way.INVITATION if invited else Way.HOME
    return way
