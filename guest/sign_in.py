"""Signing in with an account: to the provider, back with its word, and what is offered where that went wrong."""

import asyncio
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from aiohttp import web

from domain import audit, destinations, identities, redemption
from domain.destinations import Destination
from domain.errors import NoSession, PolicyForbids, Refusal
from domain.methods import PASSCODE, Answer, Discovered
from domain.policies import Method
from domain.sign_in_errors import (
    AccountTaken,
    MethodOff,
    OtherAccount,
    OtherAddress,
    SignInRefusal,
    SignInStale,
    UnverifiedAddress,
)
from domain.sign_ins import Leaving, Proof, Returned
from domain.views import SignedIn, TenantChoice
from guest import refusals
from guest.desk import Desk, doubted, on
from guest.flow import Flow
from guest.passcode import send_by_address, signed_in
from guest.troubles import LinkNeeded

RETURNED = ("state", "code", "iss", "error")
LONGEST = 4096
"""Of anything that a browser brings back."""
HURRY_SECONDS = 0.8
"""For what else could be offered, after a provider took its time: what is not known by then is unknown."""
CHOICE_SECONDS = 600
TOLD = (OtherAddress, UnverifiedAddress, OtherAccount, AccountTaken)
"""A provider's word that did not fit: goes to the audit. All else can be caused by anybody with a link, for nothing."""


class SignInPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sign-in", self.show),
            web.post("/sign-in", self.request_passcode),
            web.get("/sign-in/choose", self.choices),
            web.post("/sign-in/choose", self.choose),
            web.get("/sign-in/{provider_id}", self.leave),
            web.get("/sign-in/{provider_id}/callback", self.come_back),
            web.get("/guest/account/{provider_id}", self.move),
        ]

    # ── a guest who comes back by address ────────────────────────────────────────────────────────────────────────
    async def show(self, request: web.Request) -> web.Response:
        """For known and unknown addresses the same."""
        flow = _typed(self._desk.flow(request))
        ways = await accounts(self._desk, flow)
        return self._desk.page(request, "sign_in.html", address=flow.address, methods=ways)

    async def request_passcode(self, request: web.Request) -> web.Response:
        flow, _ = await self._desk.flow_form(request)
        return await send_by_address(self._desk, request, _typed(flow), flow.address)

    # ── there ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def leave(self, request: web.Request) -> web.Response:
        flow = self._desk.flow(request)
        if flow is None or not (flow.invitation_id or flow.address):
            raise LinkNeeded
        return await self._leave(request, flow.leaving(request.match_info["provider_id"]))

    async def move(self, request: web.Request) -> web.Response:
        flow = self._desk.flow(request) or Flow.fresh()
        return await self._leave(request, flow.leaving(request.match_info["provider_id"], moving=True))

    async def _leave(self, request: web.Request, flow: Flow) -> web.Response:
        desk = self._desk
        try:
            destination = await self._destination(request, flow)
            if desk.sign_in_with is None:
                raise MethodOff
            url = await desk.sign_in_with.begin(destination.provider, self._leaving(request, flow, destination))
        except SignInRefusal as refusal:
            return await self._failed(request, flow, refusal)
        return desk.keep(request, on(url), flow)

    # ── and back ─────────────────────────────────────────────────────────────────────────────────────────────────
    async def come_back(self, request: web.Request) -> web.Response:
        flow = self._desk.flow(request)
        try:
            returned = _returned(request)
            if flow is None or not _is_of(flow, request.match_info["provider_id"], returned):
                raise SignInStale
        except SignInStale as refusal:
            return await self._page(request, flow or Flow.fresh(), refusal, keep=flow is None)
        try:
            return await self._enter(request, flow, returned)
        except SignInRefusal as refusal:
            return await self._failed(request, flow, refusal)
        except PolicyForbids as refusal:
            await self._desk.note(refusal)
            raise

    async def _enter(self, request: web.Request, flow: Flow, returned: Returned) -> web.Response:
        desk = self._desk
        destination = await self._destination(request, flow)
        if desk.sign_in_with is None:
            raise MethodOff
        leaving = self._leaving(request, flow, destination)
        proof = await desk.sign_in_with.finish(destination.provider, leaving, returned)
        if flow.moving:
            session, facts = await self._moving(request)
            return signed_in(desk, await desk.units.write(identities.link, proof, flow.of("state"), session, **facts))
        if not flow.invitation_id:
            return await self._by_address(request, flow, proof)
        entered = await desk.units.write(
            identities.enter, proof, flow.of("state"), flow.tenant_id, flow.invitation_id, flow.token_hash,
            language=desk.language(request), came=desk.came(request),
        )  # fmt: skip
        return signed_in(desk, entered)

    async def _by_address(
        self, request: web.Request, flow: Flow, proof: Proof, tenant_id: str | None = None
    ) -> web.Response:
        desk = self._desk
        entered = await desk.units.write(
            identities.come_back, proof, flow.of("state"), flow.address,
            language=desk.language(request), came=desk.came(request), tenant_id=tenant_id,
        )  # fmt: skip
        if isinstance(entered, SignedIn):
            return signed_in(desk, entered)
        kept = replace(flow, proof=_kept(proof, int(desk.clock().timestamp())))
        return desk.keep(request, on("/sign-in/choose"), kept)

    async def choices(self, request: web.Request) -> web.Response:
        flow = self._desk.flow(request)
        return self._choices(request, await self._choosable(request, *self._proof(flow)))

    async def choose(self, request: web.Request) -> web.Response:
        flow, fields = await self._desk.flow_form(request)
        flow, proof = self._proof(flow)
        tenant_id = fields.get("tenant", "")
        listed = await self._choosable(request, flow, proof)
        if tenant_id not in {each.tenant_id for each in listed}:
            return self._choices(request, listed, problem=True)
        return await self._by_address(request, flow, proof, tenant_id)

    async def _choosable(self, request: web.Request, flow: Flow, proof: Proof) -> Sequence[TenantChoice]:
        came = self._desk.came(request)
        return await self._desk.units.read(identities.choices, proof, flow.address, came=came)

    def _choices(self, request: web.Request, listed: Sequence[TenantChoice], *, problem: bool = False) -> web.Response:
        status = 422 if problem else 200
        values: dict[str, object] = {"choices": listed, "problem": problem, "action": "/sign-in/choose"}
        return self._desk.page(request, "choose.html", status=status, **values)

    def _proof(self, flow: Flow | None) -> tuple[Flow, Proof]:
        """Of this browser, a few minutes ago, and not used yet."""
        if flow is None or not flow.proof:
            raise SignInStale
        at, proof = _proof(flow.proof)
        if self._desk.clock().timestamp() - at > CHOICE_SECONDS:
            raise SignInStale
        return flow, proof

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _destination(self, request: web.Request, flow: Flow) -> Destination:
        read, network = self._desk.units.read, self._desk.network(request)
        if flow.moving:
            session, facts = await self._moving(request)
            return await read(destinations.moving, session, flow.provider_id, **facts)
        if flow.invitation_id:
            link = (flow.tenant_id, flow.invitation_id, flow.token_hash)
            return await read(destinations.invited, *link, flow.provider_id, network=network)
        return await read(destinations.returning, flow.address, flow.provider_id)

    def _leaving(self, request: web.Request, flow: Flow, destination: Destination) -> Leaving:
        desk = self._desk
        return Leaving(
            destination.address,
            f"{desk.ours.url}/sign-in/{flow.provider_id}/callback",
            desk.language(request),
            flow.of("state"),
            flow.of("nonce"),
            flow.of("verifier"),
            anew=flow.provider_id in flow.doubts.split(),
        )

    async def _moving(self, request: web.Request) -> tuple[str, dict[str, Any]]:
        """The session's secret, and what is asked along with it."""
        desk, session = self._desk, self._desk.session(request)
        if session is None:
            raise NoSession
        vetoes = await desk.vetoes(session.tenant_id)
        return session.token, {"network": desk.network(request), "tenant_id": session.tenant_id, "vetoes": vetoes}

    async def _failed(self, request: web.Request, flow: Flow, refusal: SignInRefusal) -> web.Response:
        """An account that did not let its guest in is no certain way any more: the passcode may be offered again."""
        if flow.invitation_id and not flow.moving and isinstance(refusal, TOLD):
            await self._desk.units.write(
                audit.refused, flow.tenant_id, audit.SYSTEM, refusal.code,
                invitation_id=flow.invitation_id, provider=flow.provider_id,
            )  # fmt: skip
        doubting = flow if isinstance(refusal, MethodOff) else flow.doubting(flow.provider_id)
        return await self._page(request, doubting.came_back(), refusal)

    async def _page(
        self, request: web.Request, flow: Flow, refusal: SignInRefusal, *, keep: bool = True
    ) -> web.Response:
        desk = self._desk
        response = desk.keep(request, web.Response(), flow) if keep else None
        notice = refusals.notice(desk.sentences(request), refusal)
        values: dict[str, object] = {"notice": notice, "methods": await self._others(request, flow)}
        by_link = bool(flow.invitation_id)
        action = "/invitation" if by_link else "/sign-in"
        back = "/guest" if flow.moving else "/invitation" if by_link else "/"
        page = desk.pages.show(
            "sign_in_failed.html", desk.sentences(request), status=notice.status, csrf=flow.form,
            action=action, back=back, **values,
        )  # fmt: skip
        if response is not None:
            page.headers.extend(response.headers)
        return page

    async def _others(self, request: web.Request, flow: Flow) -> Sequence[Discovered]:
        """What this browser may try instead."""
        desk = self._desk
        if flow.moving:
            return ()
        if not flow.invitation_id:
            return (*await accounts(desk, flow), PASSCODE) if flow.address else ()
        offer = (flow.tenant_id, flow.invitation_id, flow.token_hash)
        facts: dict[str, Any] = {"network": desk.network(request), "vetoes": await desk.vetoes(flow.tenant_id)}
        try:
            async with asyncio.timeout(HURRY_SECONDS):
                view = await desk.asking(desk.units.read, redemption.offer, *offer, doubts=flow.doubts.split(), **facts)
        except TimeoutError:
            view = await desk.units.read(redemption.offer, *offer, found=(), **facts)
        except Refusal:
            return ()
        return view.methods


async def accounts(desk: Desk, flow: Flow) -> Sequence[Discovered]:
    """Where the domain of the typed address may sign in. Nothing is looked up about the address in the database."""
    policy = await desk.units.read(destinations.elsewhere, flow.address)
    if policy is None or desk.discovery is None:
        return ()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            asked = (desk.discovery.ask(each, flow.address) for each in destinations.each_partner(policy))
            found = [each for answers in await asyncio.gather(*asked) for each in answers]
    except TimeoutError:
        return ()
    doubts, order = flow.doubts.split(), list(Method)
    ways = (doubted(each, doubts) for each in found if each.answer is not Answer.NO)
    return tuple(sorted(ways, key=lambda each: order.index(each.method)))


PATIENCE_SECONDS = 4.0


def _typed(flow: Flow | None) -> Flow:
    if flow is None or not flow.address or flow.invitation_id:
        raise LinkNeeded
    return flow


def _returned(request: web.Request) -> Returned:
    """The parameters that matter, once each. Raises SignInStale."""
    found = {name: request.query.getall(name) for name in RETURNED if name in request.query}
    if any(len(values) > 1 or len(values[0]) > LONGEST for values in found.values()):
        raise SignInStale
    return {name: values[0] for name, values in found.items()}


def _is_of(flow: Flow, provider_id: str, returned: Returned) -> bool:
    """Whether this browser went to this provider, and brings back what it took there."""
    began = bool(flow.journey) and flow.provider_id == provider_id
    return began and hmac.compare_digest(returned.get("state", "").encode(), flow.of("state").encode())


def _kept(proof: Proof, at: int) -> str:
    return json.dumps({**asdict(proof), "at": at}, separators=(",", ":"))


def _proof(kept: str) -> tuple[int, Proof]:
    found: dict[str, Any] = json.loads(kept)
    at, method, methods = found.pop("at"), Method(found.pop("method")), tuple(found.pop("methods"))
    return at, Proof(method=method, methods=methods, **found)
