"""The HTTP side of the chat door: `POST /api/messages`.

The caller is checked before the body is read. Answers: 200 (an invoke's own status and body), 400 no readable activity,
401 no or a bad token, 403 not permitted (service URL, channel, tenant, age), 405, 408, 413, 415, 503 when the database
cannot be reached. Refusals have no body, and no turn runs. Faults of a turn are the bot's to tell in the chat; what it
could not tell there leaves as it is, and the web server answers 500.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot import PATH
from bot.activities import incoming
from bot.adapter import Adapter
from bot.admission import WrongTenant, check_age, tenant_of
from bot.authentication import NotPermitted, TokenRefused
from bot.body import LARGEST_BYTES, BadBody, read
from bot.roster import Roster
from bot.sdk import InvokeResponse, TurnContext
from bot.service_url import is_loopback
from bot.turn import ACTIVITY_KEY, ROSTER_KEY, TENANT_KEY, answer_text
from domain.faults import Unavailable

READ_SECONDS = 10.0
RETRY_AFTER_SECONDS = 10
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host")
"""Headers by which a proxy says that it speaks for somebody else."""
_log = logging.getLogger("gatehouse.bot.door")


class Bot(Protocol):
    """botbuilder's Bot; see bot/__init__.py for what it can do in a turn."""

    async def on_turn(self, turn_context: TurnContext) -> None: ...

    async def turned_away(self, activity: Mapping[str, Any], tenants: frozenset[str]) -> None:
        """An activity that was not let in, as its tenants contradict each other; some of them (or none) are served."""
        ...


class Door:
    """`tenants`: who is served, in any case of letters; None: any. `clock` gives seconds since 1970."""

    def __init__(
        self,
        adapter: Adapter,
        bot: Bot,
        roster: Roster,
        tenants: frozenset[str] | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._adapter = adapter
        self._authentication = adapter.authentication
        self._bot = bot
        self._roster = roster
        self._tenants = None if tenants is None else frozenset(tenant.lower() for tenant in tenants)
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.messages)]

    async def messages(self, request: web.Request) -> web.Response:
        try:
            return await self._answer(request)
        except TokenRefused as refusal:
            _log.info("refused: %s", refusal)
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        except (NotPermitted, BadBody) as refusal:
            _log.info("refused: %s", refusal)
            return web.Response(status=refusal.status)
        except Unavailable:
            return web.Response(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})

    async def _answer(self, request: web.Request) -> web.Response:
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        headers = request.headers
        anonymous = self._authentication.anonymous
        if anonymous and not _from_here(request):
            raise NotPermitted("anonymous, and not on loopback")
        tokens = headers.getall("Authorization", [])
        claims = await self._authentication.claims(tokens[0] if len(tokens) == 1 else "")
        if request.content_type != "application/json":
            return web.Response(status=415)
        raw = read(await _bytes(request))
        activity = incoming(raw)
        permit = self._authentication.permit(claims, activity)
        tenant_id = await self._tenant(raw, headers.get("x-ms-tenant-id"))
        if not anonymous:
            check_age(raw, self._clock())

        async def logic(context: TurnContext) -> None:
            context.turn_state.update({ACTIVITY_KEY: raw, TENANT_KEY: tenant_id, ROSTER_KEY: self._roster})
            await self._bot.on_turn(context)

        return _response(await self._adapter.turn(permit, activity, logic))

    async def _tenant(self, activity: Mapping[str, Any], header: str | None) -> str:
        """Raises NotPermitted."""
        try:
            return tenant_of(activity, header, self._tenants)
        except WrongTenant as refusal:
            # Without a token anybody could fill the audit with tenants of their invention.
            if not self._authentication.anonymous:
                await self._bot.turned_away(activity, refusal.served)
            raise


def _from_here(request: web.Request) -> bool:
    """A program on this machine: no proxy that speaks for others, no page that a browser got from elsewhere."""
    origin = request.headers.get("Origin")
    elsewhere = origin is not None and not is_loopback(urlsplit(origin).hostname or "")
    forwarded = any(name in request.headers for name in FORWARDED)
    return is_loopback(request.remote or "") and not elsewhere and not forwarded


async def _bytes(request: web.Request) -> bytes:
    """The body, decompressed by aiohttp. Raises BadBody."""
    if (request.content_length or 0) > LARGEST_BYTES:
        raise BadBody("too large", 413)
    parts = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            while len(parts) <= LARGEST_BYTES and (part := await request.content.readany()):
                parts += part
    except TimeoutError:
        raise BadBody("too slow", 408) from None
    except (HttpProcessingError, web.RequestPayloadError, ConnectionError):
        raise BadBody("broken body") from None
    if len(parts) > LARGEST_BYTES:
        raise BadBody("too large", 413)
    return bytes(parts)


def _response(answer: InvokeResponse | None) -> web.Response:
    if answer is None:
        return web.Response()
    body = answer.body
    if body is None:
        return web.Response(status=answer.status)
    text = body if isinstance(body, str) else answer_text(cast(Mapping[str, Any], body))
    return web.Response(status=answer.status, text=text, content_type="application/json")
