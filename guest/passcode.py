"""Typing the passcode, asking for another, and choosing among several organisations."""

from aiohttp import web
from markupsafe import Markup

from domain import addresses, destinations, passcodes, redemption
from domain.errors import LimitRefusal, NoPasscode, PasscodeSpent, WrongAddress
from domain.views import ChooseTenant, PasscodeView, SignedIn, WrongPasscode
from guest import refusals
from guest.desk import Desk, SessionCookie, on
from guest.flow import Flow
from guest.frame import refusal_page
from guest.invitation import send_passcode

MOST_CHARACTERS = 32
MOST_ADDRESS_CHARACTERS = 320


class PasscodePages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/passcode", self.show),
            web.post("/passcode", self.enter),
            web.post("/passcode/again", self.again),
        ]

    async def show(self, request: web.Request) -> web.Response:
        flow = asked(self._desk.flow(request))
        return self._form(request, await self._passcode(flow))

    async def enter(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, fields = await desk.flow_form(request)
        asked(flow)
        code = fields.get("code", "")
        if not code.strip() or len(code) > MOST_CHARACTERS:
            return self._form(request, await self._passcode(flow), problem=unreadable(desk, request))
        entered = await desk.units.write(
            redemption.enter,
            flow.passcode_id,
            code,
            browser=flow.browser,
            client=desk.client(request),
            token_hash=flow.token_hash or None,
            shared=desk.shared_client(request),
            came=desk.came(request),
            vetoes=await desk.vetoes(flow.tenant_id),
        )
        if isinstance(entered, LimitRefusal):
            raise entered
        if isinstance(entered, WrongPasscode):
            return await self._wrong(request, flow, entered)
        if isinstance(entered, SignedIn):
            return signed_in(desk, entered)
        if len(entered.choices) == 1:
            return await choose(desk, request, flow, entered.choices[0].tenant_id)
        return on("/choose")

    async def again(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, _ = await desk.flow_form(request)
        if flow.invitation_id:
            return await send_passcode(desk, request, flow)
        passcode = await desk.units.write(
            passcodes.again,
            asked(flow).passcode_id,
            browser=flow.browser,
            client=desk.client(request),
            language=desk.language(request),
            address=flow.address or None,
            vetoes=await desk.vetoes(""),
        )
        return desk.keep(request, on("/passcode"), flow.with_passcode(passcode))

    async def _passcode(self, flow: Flow) -> PasscodeView:
        return await self._desk.units.read(
            passcodes.show,
            flow.passcode_id,
            browser=flow.browser,
            token_hash=flow.token_hash or None,
            masked=flow.masked_address,
            workspace=flow.workspace,
        )

    async def _wrong(self, request: web.Request, flow: Flow, wrong: WrongPasscode) -> web.Response:
        s = self._desk.sentences(request)
        if not wrong.tries_left:
            return refusal_page(self._desk, request, refusals.notice(s, PasscodeSpent(wrong.again_at)))
        problem = s.say("That code isn’t right.")
        if wrong.newer_at:
            problem = s.say(
                "That code is from an older mail: a newer code was sent at {clock}.", clock=s.clock(wrong.newer_at)
            )
        left = s.say_many("You have one more try.", "You have {count} more tries.", wrong.tries_left)
        return self._form(request, await self._passcode(flow), problem=Markup("{} {}").format(problem, left))

    def _form(self, request: web.Request, passcode: PasscodeView, problem: Markup | None = None) -> web.Response:
        flow = self._desk.flow(request)
        by_link = flow is not None and bool(flow.invitation_id)
        values = {"passcode": passcode, "problem": problem, "by_link": by_link}
        return self._desk.page(request, "passcode.html", status=422 if problem else 200, **values)


class ReturningPages:
    """Guests who come back with their address alone. Known and unknown addresses get the same answers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.ask),
            web.post("/", self.request_passcode),
            web.get("/choose", self.choices),
            web.post("/choose", self.choose),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        return self._ask(request)

    async def request_passcode(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, fields = await desk.flow_form(request)
        typed = fields.get("email", "")[:MOST_ADDRESS_CHARACTERS]
        try:
            address = addresses.one(typed)
        except WrongAddress:
            return self._ask(request, typed.strip(), wrong=True)
        if await desk.units.read(destinations.elsewhere, address) is not None:
            await desk.units.write(destinations.looked_up, desk.client(request))
            return desk.keep(request, on("/sign-in"), Flow(0, flow.browser, flow.form, address=address))
        return await send_by_address(desk, request, flow, address)

    async def choices(self, request: web.Request) -> web.Response:
        choice = await self._choice(request, asked(self._desk.flow(request)))
        return self._desk.page(request, "choose.html", choices=choice.choices, problem=False, action="/choose")

    async def choose(self, request: web.Request) -> web.Response:
        desk = self._desk
        flow, fields = await desk.flow_form(request)
        asked(flow)
        choice = await self._choice(request, flow)
        tenant_id = fields.get("tenant") or choice.choices[0].tenant_id
        if tenant_id not in {tenant.tenant_id for tenant in choice.choices}:
            values: dict[str, object] = {"choices": choice.choices, "problem": True, "action": "/choose"}
            return desk.page(request, "choose.html", status=422, **values)
        return await choose(desk, request, flow, tenant_id)

    async def _choice(self, request: web.Request, flow: Flow) -> ChooseTenant:
        desk = self._desk
        vetoes, came = await desk.vetoes(""), desk.came(request)
        return await desk.units.read(
            redemption.choices, flow.passcode_id, browser=flow.browser, came=came, vetoes=vetoes
        )

    def _ask(self, request: web.Request, address: str = "", wrong: bool = False) -> web.Response:
        desk = self._desk
        flow = desk.flow_or_fresh(request)
        values = {"address": address, "wrong": wrong, "signed_in": desk.session(request) is not None}
        return desk.keep(request, desk.page(request, "address.html", status=422 if wrong else 200, **values), flow)


async def send_by_address(desk: Desk, request: web.Request, flow: Flow, address: str) -> web.Response:
    """A passcode for whoever typed an address, to be typed in this browser."""
    passcode = await desk.units.write(
        passcodes.request_by_address,
        address,
        browser=flow.browser,
        client=desk.client(request),
        language=desk.language(request),
        vetoes=await desk.vetoes(""),
    )
    return desk.keep(request, on("/passcode"), flow.returning(address, passcode))


async def choose(desk: Desk, request: web.Request, flow: Flow, tenant_id: str) -> web.Response:
    """The tenant's session, if the operator's switches for this tenant allow it."""
    vetoes = await desk.vetoes(tenant_id)
    entered = await desk.units.write(
        redemption.choose, flow.passcode_id, tenant_id, browser=flow.browser, came=desk.came(request), vetoes=vetoes
    )
    return signed_in(desk, entered)


def asked(flow: Flow | None) -> Flow:
    """The flow of a browser that asked for a passcode."""
    if flow is None or not flow.passcode_id:
        raise NoPasscode
    return flow


def unreadable(desk: Desk, request: web.Request) -> Markup:
    return desk.sentences(request).say("A code has eight digits. Copy it from the mail, or type it.")


def signed_in(desk: Desk, entered: SignedIn) -> web.Response:
    session = SessionCookie(entered.session_token, entered.tenant_id)
    return desk.sign_in(on("/guest"), session, entered.expires_at)
