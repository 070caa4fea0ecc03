"""The link in the mail, and the invitation behind it."""

import re

from aiohttp import web

from domain import links, passcodes, redemption
from domain.errors import LinkDeclined, LinkExpired, LinkReplaced, UnknownLink
from guest import refusals
from guest.desk import FLOW, Desk, on
from guest.flow import Flow
from guest.frame import refusal_page
from guest.troubles import LinkNeeded

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""As Keys.link_token and Keys.withdraw_token make them. Anything else is unknown without asking."""


def token(request: web.Request) -> str:
    found = request.match_info["token"]
    if not TOKEN.fullmatch(found):
        raise UnknownLink
    return found


class InvitationPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/i/{token:.*}", self.open),
            web.get("/invitation", self.show),
            web.post("/invitation", self.request_passcode),
            web.post("/invitation/decline", self.decline),
        ]

    async def open(self, request: web.Request) -> web.Response:
        """Out of the address bar at once: the browser keeps a sealed flow instead of the token. HEAD looks only."""
        desk = self._desk
        if request.method == "HEAD":
            await desk.units.read(redemption.look, token(request))
            return on("/invitation")
        try:
            link = await desk.units.write(redemption.open, token(request))
        except (LinkExpired, LinkReplaced, LinkDeclined) as refusal:
            return await self._over(request, refusal)
        return desk.keep(request, on("/invitation"), desk.flow_or_fresh(request).about(link))

    async def _over(self, request: web.Request, refusal: LinkExpired | LinkReplaced | LinkDeclined) -> web.Response:
        """The page of an old link can do something about it, if this browser keeps which link that was. A browser that
        is about the same invitation already stays where it is."""
        desk, known = self._desk, self._desk.flow(request)
        link = await desk.units.read(links.of_old, token(request))
        notice = refusals.notice(desk.sentences(request), refusal)
        if known is not None and known.invitation_id == link.invitation_id:
            return refusal_page(desk, request, notice)
        flow = desk.flow_or_fresh(request).about(link)
        request[FLOW] = flow
        return desk.keep(request, refusal_page(desk, request, notice), flow)

    async def show(self, request: web.Request) -> web.Response:
        desk, flow = self._desk, invited(self._desk, request)
        offer = await desk.asking(
            desk.units.read,
            redemption.offer,
            flow.tenant_id,
            flow.invitation_id,
            flow.token_hash,
            passcode_id=flow.passcode_id,
            browser=flow.browser,
            network=desk.network(request),
            doubts=flow.doubts.split(),
            vetoes=await desk.vetoes(flow.tenant_id),
        )
        signed_in = desk.session(request) is not None
        wait = refusals.waiting(desk.sentences(request), offer.again_at, offer.held_by)
        return desk.page(request, "invitation.html", offer=offer, wait=wait, signed_in=signed_in)

    async def request_passcode(self, request: web.Request) -> web.Response:
        """Send me a code."""
        flow, _ = await self._desk.flow_form(request)
        return await send_passcode(self._desk, request, flow)

    async def decline(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, _ = await desk.flow_form(request)
        invited(desk, request)
        await desk.units.write(redemption.decline, flow.tenant_id, flow.invitation_id, flow.token_hash)
        return desk.page(request, "declined.html")


def invited(desk: Desk, request: web.Request) -> Flow:
    """The flow of a browser that opened a link. Raises LinkNeeded."""
    flow = desk.flow(request)
    if flow is None or not flow.invitation_id:
        raise LinkNeeded
    return flow


async def send_passcode(desk: Desk, request: web.Request, flow: Flow) -> web.Response:
    """A passcode for the invitation of this flow, to be typed in this browser."""
    if not flow.invitation_id:
        raise LinkNeeded
    passcode = await desk.asking(
        desk.units.write,
        passcodes.request,
        flow.tenant_id,
        flow.invitation_id,
        flow.token_hash,
        network=desk.network(request),
        doubts=flow.doubts.split(),
        browser=flow.browser,
        language=desk.language(request),
        vetoes=await desk.vetoes(flow.tenant_id),
    )
    return desk.keep(request, on("/passcode"), flow.with_passcode(passcode))
