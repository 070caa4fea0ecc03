"""Asking an owner: for an invitation of one's own with a forwarded link, for more time – and the newest mail again."""

from aiohttp import web
from markupsafe import Markup

from domain import addresses, repairs, requests
from domain.errors import WrongAddress
from guest.desk import Desk
from guest.flow import Flow
from guest.invitation import invited

MOST_ADDRESS_CHARACTERS = 320


class AskingPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/invitation/ask", self.form),
            web.post("/invitation/ask", self.ask),
            web.post("/invitation/newest", self.newest_mail),
            web.post("/invitation/time", self.more_time),
        ]

    async def form(self, request: web.Request) -> web.Response:
        return await self._form(request, invited(self._desk, request))

    async def ask(self, request: web.Request) -> web.Response:
        """The answer is the same whoever the address belongs to."""
        desk = self._desk
        flow, fields = await desk.flow_form(request)
        invited(desk, request)
        typed, note = fields.get("email", "")[:MOST_ADDRESS_CHARACTERS], fields.get("note", "")
        try:
            address = addresses.one(typed)
        except WrongAddress:
            return await self._form(request, flow, typed.strip(), note[: requests.LONGEST_NOTE])
        client, network = self._client(request), desk.network(request)
        await desk.units.write(requests.ask, *_held(flow), address, note, client=client, network=network)
        s = desk.sentences(request)
        told = s.say("If the answer is yes, a mail comes to {address}. There is nothing else to do.", address=address)
        return self._done(request, s.say("Your request is on its way"), told)

    async def newest_mail(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, _ = await desk.flow_form(request)
        invited(desk, request)
        await desk.units.write(repairs.remail, *_held(flow))
        s = desk.sentences(request)
        told = s.say("It comes to the invited mailbox within a minute. Use the link in it, and no older one.")
        return self._done(request, s.say("The mail is on its way"), told)

    async def more_time(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, _ = await desk.flow_form(request)
        invited(desk, request)
        client, network = self._client(request), desk.network(request)
        await desk.units.write(requests.ask_for_time, *_held(flow), client=client, network=network)
        s = desk.sentences(request)
        told = s.say("If the answer is yes, a new mail comes to the invited mailbox. There is nothing else to do.")
        return self._done(request, s.say("Your request is on its way"), told)

    async def _form(self, request: web.Request, flow: Flow, address: str | None = None, note: str = "") -> web.Response:
        """`address`: what was typed, and is none."""
        wrong = address is not None
        ask = await self._desk.units.read(requests.form, *_held(flow), network=self._desk.network(request))
        values = {"ask": ask, "address": address or "", "note": note, "wrong": wrong}
        return self._desk.page(request, "ask.html", status=422 if wrong else 200, **values)

    def _done(self, request: web.Request, title: Markup, *lines: Markup) -> web.Response:
        return self._desk.page(request, "asked.html", title=title, lines=lines)

    def _client(self, request: web.Request) -> str | None:
        """None where all clients look alike: what one of them did must not count against the others."""
        return None if self._desk.shared_client(request) else self._desk.client(request)


def _held(flow: Flow) -> tuple[str, str, str]:
    return flow.tenant_id, flow.invitation_id, flow.token_hash
