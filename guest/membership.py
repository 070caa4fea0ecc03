"""The guest's own page, and what can be done there."""

from contextlib import suppress

from aiohttp import web

from domain import guests, handovers, sessions
from domain.errors import NoSession, Refusal, StepNeeded
from domain.views import GuestPageView, MembershipView
from guest import targets
from guest.desk import Desk, SessionCookie, on, session_forms
from guest.moving import moves
from locales import LANGUAGES


class GuestPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/guest", self.show),
            web.post("/guest/sign-out", self.sign_out),
            web.get("/guest/leave", self.ask_to_leave),
            web.post("/guest/leave", self.leave),
            web.post("/guest/language", self.speak),
            web.post("/guest/sessions/end", self.end_session),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Every sign-in and every step of it ends here: who came for an application that is open to them is led on."""
        desk, session = self._desk, self._session(request)
        guest = await self._guest(request, session)
        target = targets.kept(desk, request)
        if target is not None and await self._leads_to(request, session, target):
            return targets.leading_on(
                desk, self._page(request, session, "continue.html", guest, url=target.url), target
            )
        vetoes = await desk.vetoes(session.tenant_id)
        listed = await desk.units.read(sessions.own, session.token, desk.network(request), vetoes=vetoes)
        more = {
            "sessions": listed,
            "moves": await moves(desk, request, session, guest),
            "left": "left" in request.query,
        }
        page = self._page(request, session, "guest.html", guest, **more)
        return page if target is None else targets.forget(desk, page)

    async def _leads_to(self, request: web.Request, session: SessionCookie, target: targets.Target) -> bool:
        """Whether the guest may go on to it, be it after another step. A link can name any application."""
        desk, vetoes = self._desk, await self._desk.vetoes(session.tenant_id)
        whose = (target.resource_id, session.token, session.tenant_id)
        try:
            await desk.units.read(handovers.opens, *whose, desk.network(request), vetoes=vetoes)
        except StepNeeded:
            return True
        except Refusal:
            return False
        return True

    async def end_session(self, request: web.Request) -> web.Response:
        """One of the guest's other sessions, or all of them."""
        desk, session = self._desk, self._session(request)
        fields = await desk.session_form(request, session)
        chosen = None if "others" in fields else fields.get("session", "")
        if chosen != "":
            vetoes = await desk.vetoes(session.tenant_id)
            await desk.units.write(sessions.end, session.token, chosen, desk.network(request), vetoes=vetoes)
        return on("/guest")

    async def sign_out(self, request: web.Request) -> web.Response:
        desk, session = self._desk, self._session(request)
        await desk.session_form(request, session)
        await desk.units.write(guests.sign_out, session.token)
        return desk.sign_out(desk.page(request, "signed_out.html"))

    async def ask_to_leave(self, request: web.Request) -> web.Response:
        session = self._session(request)
        guest = await self._guest(request, session)
        membership = _membership(guest, request.query.get("membership", ""))
        if membership is None:
            return on("/guest")
        return self._page(request, session, "leave.html", guest, membership=membership)

    async def leave(self, request: web.Request) -> web.Response:
        desk, session = self._desk, self._session(request)
        fields = await desk.session_form(request, session)
        membership = _membership(await self._guest(request, session), fields.get("membership", ""))
        if membership is not None:
            network, vetoes = desk.network(request), await desk.vetoes(session.tenant_id)
            await desk.units.write(guests.leave, session.token, membership.membership_id, network, vetoes=vetoes)
        return on("/guest?left" if membership is not None else "/guest")

    async def speak(self, request: web.Request) -> web.Response:
        desk, session = self._desk, self._session(request)
        fields = await desk.session_form(request, session)
        language = fields.get("language", "")
        if language not in LANGUAGES:
            return on("/guest")
        network, vetoes = desk.network(request), await desk.vetoes(session.tenant_id)
        with suppress(StepNeeded):  # then it is this browser's, and not yet the guest's
            await desk.units.write(guests.speak, session.token, language, network, vetoes=vetoes)
        return desk.remember_language(on("/guest"), language)

    def _session(self, request: web.Request) -> SessionCookie:
        session = self._desk.session(request)
        if session is None:
            raise NoSession
        return session

    async def _guest(self, request: web.Request, session: SessionCookie) -> GuestPageView:
        desk = self._desk
        vetoes = await desk.vetoes(session.tenant_id)
        guest = await desk.units.read(guests.page, session.token, desk.network(request), vetoes=vetoes)
        if guest.tenant_id != session.tenant_id:
            raise NoSession
        return guest

    def _page(
        self, request: web.Request, session: SessionCookie, template: str, guest: GuestPageView, **values: object
    ) -> web.Response:
        desk = self._desk
        csrf = session_forms(desk.keys, session)[0]
        sentences = desk.sentences(request, guest.language)
        return desk.pages.show(template, sentences, status=200, csrf=csrf, guest=guest, **values)


def _membership(guest: GuestPageView, membership_id: str) -> MembershipView | None:
    return next((found for found in guest.memberships if found.membership_id == membership_id), None)
