"""The desk: what all pages share, and the turns they take with it."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from aiohttp import web

from domain.doors import Discovery, Flags, SignIn, Units
from domain.errors import PolicyForbids
from domain.faults import Unavailable
from domain.guests import Client
from domain.methods import Answer, Discovered, DiscoveryNeeded
from domain.policies import Address
from domain.refusals import forbidden
from domain.secrets import Keys, key_id, text
from domain.value import value
from domain.work import Veto
from guest import forms
from guest.browsers import label
from guest.callers import Callers, Ours
from guest.flow import FLOW_SECONDS, Flow, Flows
from guest.pages import Pages
from guest.sentences import Sentences
from locales import LANGUAGES, best, speak

T = TypeVar("T")
FLOW = web.RequestKey("flow", Flow)
SESSION = re.compile(r"([A-Za-z0-9_-]{43})(?:~([A-Za-z0-9_.~%-]{0,300}))?")
"""Session secret and tenant, as `sign_in` writes them. Anything else is no session, and is asked of nobody."""
NOBODYS = IPv4Address(0)
LANGUAGE_SECONDS = 365 * 24 * 3600


@value
class SessionCookie:
    """The session's secret, and the tenant it says to be of: only good for asking the operator's switches first."""

    token: str
    tenant_id: str

    @classmethod
    def read(cls, found: re.Match[str]) -> "SessionCookie":
        """What no tenant is called, such as a NUL, which no database takes, names none."""
        tenant_id = unquote(found[2] or "")
        return cls(found[1], tenant_id if tenant_id.isprintable() else "")


@value
class Desk:
    units: Units
    flags: Flags
    keys: Keys
    flows: Flows
    callers: Callers
    ours: Ours
    pages: Pages
    clock: Callable[[], datetime]
    development: bool
    discovery: Discovery | None = None
    """None: no sign-in method but the passcode was set up."""
    sign_in_with: SignIn | None = None
    """None likewise."""

    # ── the flow ─────────────────────────────────────────────────────────────────────────────────────────────────
    def flow(self, request: web.Request) -> Flow | None:
        """The flow of the request's cookie, or the one that `keep` put in its place."""
        if FLOW not in request:
            found = self.flows.open(request.cookies.get(self._name("flow")), self.clock())
            if found is None:
                return None
            request[FLOW] = found
        return request[FLOW]

    def keep(self, request: web.Request, response: web.Response, flow: Flow) -> web.Response:
        self._set(response, "flow", self.flows.close(flow, self.clock()), FLOW_SECONDS)
        return response

    def flow_or_fresh(self, request: web.Request) -> Flow:
        """For pages that anybody may begin with; the answer has to keep it."""
        flow = self.flow(request) or Flow.fresh()
        request[FLOW] = flow
        return flow

    # ── the session ──────────────────────────────────────────────────────────────────────────────────────────────
    def session(self, request: web.Request) -> SessionCookie | None:
        found = SESSION.fullmatch(request.cookies.get(self._name("session"), ""))
        return SessionCookie.read(found) if found else None

    def sign_in(self, response: web.Response, session: SessionCookie, expires_at: datetime) -> web.Response:
        """The session's own cookie; the flow that led to it is over."""
        seconds = max(0, int((expires_at - self.clock()).total_seconds()))
        self._set(response, "session", f"{session.token}~{quote(session.tenant_id, safe='')}", seconds)
        self._set(response, "flow", "", 0)
        return response

    def let_in(self, response: web.Response, session: SessionCookie, expires_at: datetime) -> web.Response:
        """The cookie of an application's host."""
        seconds = max(0, int((expires_at - self.clock()).total_seconds()))
        self._set(response, "application", f"{session.token}~{quote(session.tenant_id, safe='')}", seconds)
        return response

    def cookie(self, request: web.Request, what: str) -> str:
        return request.cookies.get(self._name(what), "")

    def put(self, response: web.Response, what: str, value: str, seconds: int) -> web.Response:
        self._set(response, what, value, seconds)
        return response

    def application(self, request: web.Request) -> SessionCookie | None:
        """What this host, an application's, knows of a sign-in."""
        found = SESSION.fullmatch(request.cookies.get(self._name("application"), ""))
        return SessionCookie.read(found) if found else None

    def sign_out(self, response: web.Response) -> web.Response:
        self._set(response, "session", "", 0)
        return response

    # ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def flow_form(self, request: web.Request) -> tuple[Flow, Mapping[str, str]]:
        flow = self.flow(request)
        fields = await forms.read(request, self.ours, (flow.form,) if flow else ())
        if flow is None:
            raise forms.StaleForm
        return flow, fields

    async def session_form(self, request: web.Request, session: SessionCookie) -> Mapping[str, str]:
        return await forms.read(request, self.ours, session_forms(self.keys, session))

    # ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────
    def language(self, request: web.Request) -> str:
        """What the guest chose, else what the browser asks for, else what is known of the invited person."""
        chosen = self._own_language(request)
        if chosen:
            return chosen
        asked = request.headers.get("Accept-Language", "")
        flow = self.flow(request)
        return best(asked) if asked else (flow.language if flow else "") or "en"

    def remember_language(self, response: web.Response, language: str) -> web.Response:
        self._set(response, "language", language, LANGUAGE_SECONDS)
        return response

    def sentences(self, request: web.Request, chosen: str = "") -> Sentences:
        """`chosen`: the language in the signed-in guest's record, which owners may change too; it goes before the
        browser's, but not before what the guest chose in it."""
        return Sentences(speak(self._own_language(request) or chosen or self.language(request)), self.clock())

    def _own_language(self, request: web.Request) -> str:
        chosen = request.cookies.get(self._name("language"), "")
        return chosen if chosen in LANGUAGES else ""

    def page(self, request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
        """A page of the request's flow: in its language, with its hidden field."""
        flow = self.flow(request)
        sentences = self.sentences(request)
        return self.pages.show(template, sentences, status=status, csrf=flow.form if flow else "", **values)

    async def vetoes(self, tenant_id: str) -> frozenset[Veto]:
        return await self.flags.vetoes(tenant_id or None)

    async def asking(
        self,
        unit: Callable[..., Awaitable[T]],
        operation: Callable[..., T],
        *args: Any,
        doubts: Collection[str] = (),
        **named: Any,
    ) -> T:
        """Runs a unit; where it has to know first who has an account where, asks that and runs it again.

        `doubts`: providers that did not let this guest in. Whatever discovery says, they are no certain way.
        """
        try:
            return await unit(operation, *args, **named)
        except DiscoveryNeeded as needed:
            found = await self.discovery.ask(needed.policy, needed.address) if self.discovery else ()
        return await unit(operation, *args, found=tuple(doubted(each, doubts) for each in found), **named)

    async def note(self, refusal: PolicyForbids) -> None:
        """A decision of a tenant's policy against somebody who tried to get in, for its audit."""
        with suppress(Unavailable):
            await self.units.write(forbidden, refusal)

    def client(self, request: web.Request) -> str:
        return self.callers.key(request)

    def network(self, request: web.Request) -> Address:
        """Of the client, for the policy's rules. Nobody's address where it is not known: in no network of a rule."""
        return self.callers.address(request) or NOBODYS

    def came(self, request: web.Request) -> Client:
        return Client(self.network(request), label(request.headers.get("User-Agent", "")))

    def shared_client(self, request: web.Request) -> bool:
        """In development guests come without a proxy, so that their addresses are their own."""
        return not self.development and self.callers.shared(request)

    def _name(self, what: str) -> str:
        return f"gatehouse-{what}" if self.development else f"__Host-gatehouse-{what}"

    def _set(self, response: web.Response, what: str, value: str, seconds: int) -> None:
        """The attributes are the same for every cookie: the host's own, never a script's, never a domain's."""
        secure = "" if self.development else "; Secure"
        cookie = f"{self._name(what)}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"
        response.headers.add("Set-Cookie", cookie)


def doubted(found: Discovered, doubts: Collection[str]) -> Discovered:
    certain = found.answer is Answer.YES and found.provider_id in doubts
    return replace(found, answer=Answer.UNKNOWN, reason="did_not_work") if certain else found


def session_forms(keys: Keys, session: SessionCookie) -> tuple[str, ...]:
    """What the hidden field of a signed-in guest's forms may be: the first is the one to show."""
    return tuple(text(keys.derive(key_id(key), "guest form", session.token)) for key in keys.keys)


def on(path: str) -> web.Response:
    """Send the browser to a page of ours after a form (303: with GET)."""
    return web.Response(status=303, headers={"Location": path})
