"""Guests with a session: what their pages about second factors share."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from domain.errors import NoSession
from domain.factor_views import Passed
from domain.factors import Visitor
from guest.desk import Desk, SessionCookie, session_forms


class Visitors:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def session(self, request: web.Request) -> SessionCookie:
        """Raises NoSession."""
        session = self._desk.session(request)
        if session is None:
            raise NoSession
        return session

    async def form(self, request: web.Request) -> Any:
        """The fields of a form of this session's pages. Raises NoSession, FormRefusal."""
        return await self._desk.session_form(request, self.session(request))

    async def look(self, request: web.Request, operation: Callable[..., Any], *args: Any) -> Any:
        return await self._unit(request, self._desk.units.read, operation, *args)

    async def do(self, request: web.Request, operation: Callable[..., Any], *args: Any) -> Any:
        return await self._unit(request, self._desk.units.write, operation, *args)

    async def _unit(self, request: web.Request, unit: Any, operation: Callable[..., Any], *args: Any) -> Any:
        desk, session = self._desk, self.session(request)
        visitor = Visitor(session.token, session.tenant_id, desk.network(request))
        return await unit(operation, visitor, *args, vetoes=await desk.vetoes(session.tenant_id))

    def page(
        self, request: web.Request, template: str, language: str, *, status: int = 200, **values: object
    ) -> web.Response:
        return self._show(request, self.session(request), template, language, status=status, **values)

    def renewed(self, request: web.Request, template: str, passed: Passed, **values: object) -> web.Response:
        """A page of the session under its new secret."""
        session = SessionCookie(passed.signed_in.session_token, passed.signed_in.tenant_id)
        response = self._show(request, session, template, passed.signed_in.language, **values)
        return self.sign_in(response, passed)

    def sign_in(self, response: web.Response, passed: Passed) -> web.Response:
        signed_in = passed.signed_in
        session = SessionCookie(signed_in.session_token, signed_in.tenant_id)
        return self._desk.sign_in(response, session, signed_in.expires_at)

    def _show(
        self, request: web.Request, session: SessionCookie, template: str, language: str, **values: Any
    ) -> web.Response:
        desk = self._desk
        csrf = session_forms(desk.keys, session)[0]
        return desk.pages.show(template, desk.sentences(request, language), csrf=csrf, **values)
