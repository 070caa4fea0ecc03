"""Connector: all outgoing calls to the chat, on one aiohttp session. Bot Framework's REST API v3:
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import asyncio
import random
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

import aiohttp
from pydantic_core import from_json, to_json
from yarl import URL

from bot.credentials import Credentials, CredentialsFault
from bot.places import group_id
from bot.rate import Pace, TooBusy
from bot.roster import Member, NoRoster, NotInRoster, RosterFault, member_of
from bot.service_url import ServiceHosts
from domain.value import value

CALL_SECONDS = 10.0
"""All of a call: waiting for its turn in the channel, the token, and every try."""
_TRIES = 4
_FIRST_PAUSE_SECONDS = 0.4
_NOT_TAKEN = frozenset({412, 429})
"""Nothing was done: may be tried again, even where it creates."""
_PASSING = frozenset({412, 429, 502, 503, 504})
"""What Teams says may be tried again: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""


class ForbiddenServiceUrl(PermissionError):
    """Not on the allow-list: no call is made and no token leaves."""


class ConnectorFault(Exception):
    """A call that did not go through.

    `status`: HTTP's, None when there was no answer. `code`: the error code in the answer. `retry_after`: seconds, where
    told. `ambiguous`: it was to create something, and may have done so.
    """

    def __init__(
        self, status: int | None, code: str = "", retry_after: float | None = None, *, ambiguous: bool = False
    ) -> None:
        super().__init__(f"{status or 'no answer'} {code}".strip())
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.ambiguous = ambiguous


@value
class Call:
    method: str
    service_url: str
    path: tuple[str, ...]
    """Segments below `v3/`, unquoted."""
    body: Mapping[str, Any] | None = None
    creates: bool = False
    channel: str | None = None
    """The conversation whose limits it counts against."""


def open_session() -> aiohttp.ClientSession:
    """The session that keys, credentials and connector share; to be closed by who opened it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=15),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=CALL_SECONDS, connect=5),
    )


class Connector:
    """`credentials` None: no token is sent (development)."""

    def __init__(
        self, session: aiohttp.ClientSession, hosts: ServiceHosts, credentials: Credentials | None, pace: Pace
    ) -> None:
        self._session = session
        self._hosts = hosts
        self._credentials = credentials
        self._pace = pace

    async def member(self, service_url: str, conversation_id: str, member_id: str) -> Member:
        """bot.roster.Roster, asked of the chat."""
        path = ("conversations", conversation_id, "members", member_id)
        try:
            answer = await self.call(Call("GET", service_url, path))
        except ConnectorFault as fault:
            if fault.status == 404 and fault.code.startswith("MemberNotFound"):
                raise NotInRoster from None
            if fault.status in (404, 405, 501) and fault.code != "ConversationNotFound":
                raise NoRoster from None
            raise RosterFault(str(fault)) from None
        except ForbiddenServiceUrl:
            raise RosterFault("forbidden service URL") from None
        if not answer.get("id"):
            raise NoRoster
        return member_of(answer)

    async def group(self, service_url: str, team_id: str) -> str:
        """The team's group in the tenant's directory: messages do not always name it. Empty: not told.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context#get-teams-details
        """
        try:
            answer = await self.call(Call("GET", service_url, ("teams", team_id)))
        except (ConnectorFault, ForbiddenServiceUrl):
            return ""
        return group_id(answer)

    async def call(self, call: Call) -> dict[str, Any]:
        """The answer's JSON object (empty where there is none). Raises ConnectorFault and ForbiddenServiceUrl; takes
        no longer than CALL_SECONDS. What creates is tried again only when it surely was not taken."""
        if not self._hosts.permits(call.service_url):
            raise ForbiddenServiceUrl
        deadline = time.monotonic() + CALL_SECONDS
        for tried in range(1, _TRIES + 1):
            try:
                return await self._try(call, deadline)
            except ConnectorFault as fault:
                pause = _pause(call, fault, tried)
                if pause is None or time.monotonic() + pause >= deadline:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("the last try raises")

    async def _try(self, call: Call, deadline: float) -> dict[str, Any]:
        try:
            if call.channel is not None:
                await self._pace.turn(call.channel, deadline - time.monotonic())
            token = await self._credentials.token() if self._credentials else None
        except TooBusy as busy:
            raise ConnectorFault(429, "TooBusy", busy.seconds) from None
        except CredentialsFault as fault:
            raise ConnectorFault(None, f"CredentialsFault: {fault}") from None
        try:
            return await self._send(call, token, deadline)
        except aiohttp.ClientConnectorError as fault:
            raise ConnectorFault(None, type(fault).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise ConnectorFault(None, type(fault).__name__, ambiguous=call.creates) from None

    async def _send(self, call: Call, token: str | None, deadline: float) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = None if call.body is None else to_json(call.body)
        left = max(0.05, deadline - time.monotonic())
        timeout = aiohttp.ClientTimeout(total=left, connect=min(left, 5))
        async with self._session.request(
            call.method, _address(call), data=body, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            answer = _json_object(await response.read())
            if response.status < 300:
                return answer
            if response.status == 401 and token and self._credentials:
                self._credentials.forget(token)
            raise ConnectorFault(
                response.status,
                _code(answer),
                _retry_after(response.headers.get("Retry-After")),
                ambiguous=call.creates and response.status >= 500,
            )


def _pause(call: Call, fault: ConnectorFault, tried: int) -> float | None:
    """Seconds until the next try; None: there is none."""
    if tried >= _TRIES or fault.code == "TooBusy":
        return None
    if fault.status == 401:
        return 0.0 if tried == 1 else None
    if fault.status is None and fault.ambiguous:
        return None
    if fault.status is not None and fault.status not in (_NOT_TAKEN if call.creates else _PASSING):
        return None
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret
    if fault.retry_after is not None:
        return fault.retry_after + 0.1 * jitter
    return _FIRST_PAUSE_SECONDS * 2 ** (tried - 1) * jitter


@lru_cache(1024)
def _quoted(segment: str) -> str:
    """Conversations are written to again and again."""
    return quote(segment, safe="")


def _address(call: Call) -> URL:
    path = "/".join(map(_quoted, call.path))
    return URL(f"{call.service_url.removesuffix('/')}/v3/{path}", encoded=True)


def _json_object(text: bytes) -> dict[str, Any]:
    try:
        answer: Any = from_json(text) if text else {}
    except ValueError:
        return {}
    return cast(dict[str, Any], answer) if isinstance(answer, dict) else {}


def _code(answer: Mapping[str, Any]) -> str:
    error: Any = answer.get("error")
    code: Any = cast(dict[str, Any], error).get("code") if isinstance(error, dict) else answer.get("code")
    return code if isinstance(code, str) else ""


def _retry_after(value: str | None) -> float | None:
    """Seconds; dates are rare enough to be treated as not told."""
    return float(value) if value and value.isascii() and value.isdigit() and len(value) < 7 else None
