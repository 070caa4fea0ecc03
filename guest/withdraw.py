""" "I did not ask for this": the link in the passcode mail."""

from dataclasses import replace

from aiohttp import web

from domain import passcodes
from domain.errors import UnknownLink
from guest.desk import Desk, on
from guest.flow import Flow
from guest.invitation import token


class WithdrawPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/w/{token:.*}", self.open),
            web.get("/withdraw", self.show),
            web.post("/withdraw", self.withdraw),
        ]

    async def open(self, request: web.Request) -> web.Response:
        desk, found = self._desk, token(request)
        await desk.units.read(passcodes.withdraw_view, found)
        if request.method == "HEAD":
            return on("/withdraw")
        return desk.keep(request, on("/withdraw"), replace(desk.flow_or_fresh(request), withdraw_token=found))

    async def show(self, request: web.Request) -> web.Response:
        desk, flow = self._desk, unwanted(self._desk.flow(request))
        view = await desk.units.read(passcodes.withdraw_view, flow.withdraw_token)
        return desk.page(request, "withdraw.html", view=view)

    async def withdraw(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, _ = await desk.flow_form(request)
        await desk.units.write(passcodes.withdraw, unwanted(flow).withdraw_token)
        return desk.page(request, "withdrawn.html")


def unwanted(flow: Flow | None) -> Flow:
    if flow is None or not flow.withdraw_token:
        raise UnknownLink
    return flow
