"""A guest's second factors, listed: adding, taking away, new recovery codes."""

from aiohttp import web

from domain import factors, recovery
from domain.factor_views import FactorsView
from guest.desk import Desk, on
from guest.visitors import Visitors


class SecurityPages:
    def __init__(self, desk: Desk) -> None:
        self._visitors = Visitors(desk)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/guest/security", self.show),
            web.post("/guest/security/remove", self.remove),
            web.post("/guest/security/codes", self.renew_codes),
        ]

    async def show(self, request: web.Request) -> web.Response:
        seen: FactorsView = await self._visitors.look(request, factors.view)
        if not seen.inside:
            return on("/second-factor")
        return self._visitors.page(request, "security.html", seen.language, seen=seen)

    async def remove(self, request: web.Request) -> web.Response:
        fields = await self._visitors.form(request)
        await self._visitors.do(request, factors.remove, fields.get("factor", ""))
        return on("/guest/security")

    async def renew_codes(self, request: web.Request) -> web.Response:
        """They are on this answer and on no other."""
        await self._visitors.form(request)
        seen: FactorsView = await self._visitors.look(request, factors.view)
        codes = await self._visitors.do(request, recovery.renew_codes)
        return self._visitors.page(request, "recovery_codes.html", seen.language, codes=codes)
