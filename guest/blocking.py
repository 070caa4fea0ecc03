"""Refusing all further invitations of an organisation, and allowing them again: with any link that it mailed."""

from aiohttp import web

from domain import blocks
from guest.desk import Desk
from guest.invitation import invited


class BlockingPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/invitation/block", self.show),
            web.post("/invitation/block", self.block),
            web.post("/invitation/allow", self.lift),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """What it means, before anything is done; where it was done, how to undo it."""
        flow = invited(self._desk, request)
        blocked = await self._desk.units.read(blocks.blocking, flow.tenant_id, flow.invitation_id, flow.token_hash)
        return self._desk.page(request, "block.html", blocked=blocked)

    async def block(self, request: web.Request) -> web.Response:
        return await self._said(request, blocked=True)

    async def lift(self, request: web.Request) -> web.Response:
        return await self._said(request, blocked=False)

    async def _said(self, request: web.Request, *, blocked: bool) -> web.Response:
        desk = self._desk
        flow, _ = await desk.flow_form(request)
        invited(desk, request)
        operation = blocks.block if blocked else blocks.lift
        await desk.units.write(operation, flow.tenant_id, flow.invitation_id, flow.token_hash)
        return desk.page(request, "block.html", blocked=blocked, lifted=not blocked)
