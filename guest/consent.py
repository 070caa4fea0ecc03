"""The page on which a guest agrees, once: that the organisation sees them, and its terms of use."""

from aiohttp import web

from domain import consent, guests
from domain.consent import ConsentView, Shown
from domain.errors import NoSession
from domain.views import SignedIn
from guest.desk import Desk, SessionCookie, on, session_forms

LONG_TERMS = 1500
"""Characters from which on the page offers to go straight to its end."""


class ConsentPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/consent", self.show),
            web.post("/consent", self.accept),
            web.post("/consent/refuse", self.refuse),
        ]

    async def show(self, request: web.Request) -> web.Response:
        session = self._session(request)
        view = await self._view(request, session)
        return self._page(request, session, view) if view else on("/guest")

    async def accept(self, request: web.Request) -> web.Response:
        """What was agreed to is what the form names; where something else is asked for now, that is shown instead."""
        desk, session = self._desk, self._session(request)
        fields = await desk.session_form(request, session)
        if await self._view(request, session) is None:
            return on("/guest")
        number = fields.get("version", "")
        version = int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else 0
        shown = Shown(version, fields.get("language", ""), fields.get("privacy", ""))
        client = desk.client(request)
        vetoes = await desk.vetoes(session.tenant_id)
        agreed = await desk.units.write(
            consent.accept, session.token, shown, network=desk.network(request), client=client, vetoes=vetoes
        )
        if isinstance(agreed, ConsentView):
            return self._page(request, session, agreed, changed=True)
        return self._renewed(agreed)

    async def refuse(self, request: web.Request) -> web.Response:
        desk, session = self._desk, self._session(request)
        await desk.session_form(request, session)
        await desk.units.write(guests.sign_out, session.token)
        return desk.sign_out(desk.page(request, "not_agreed.html"))

    def _session(self, request: web.Request) -> SessionCookie:
        session = self._desk.session(request)
        if session is None:
            raise NoSession
        return session

    async def _view(self, request: web.Request, session: SessionCookie) -> ConsentView | None:
        desk = self._desk
        vetoes = await desk.vetoes(session.tenant_id)
        view = await desk.units.read(consent.show, session.token, desk.network(request), vetoes=vetoes)
        if view and view.tenant_id != session.tenant_id:
            raise NoSession
        return view

    def _renewed(self, agreed: SignedIn | None) -> web.Response:
        if agreed is None:
            return on("/guest")
        session = SessionCookie(agreed.session_token, agreed.tenant_id)
        return self._desk.sign_in(on("/guest"), session, agreed.expires_at)

    def _page(
        self, request: web.Request, session: SessionCookie, view: ConsentView, *, changed: bool = False
    ) -> web.Response:
        desk = self._desk
        terms = view.terms.text if view.terms else ""
        return desk.pages.show(
            "consent.html",
            desk.sentences(request, view.language),
            status=409 if changed else 200,
            csrf=session_forms(desk.keys, session)[0],
            consent=view,
            shown=view.shown,
            paragraphs=[part.strip() for part in terms.split("\n\n") if part.strip()],
            long=len(terms) > LONG_TERMS,
            changed=changed,
        )
