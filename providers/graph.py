"""Microsoft Graph: who owns a team. Asked with the bot's own registration, as an application.

https://learn.microsoft.com/graph/api/group-list-owners; the token as in RFC 6749, section 4.4. Nothing of what Graph
says is believed beyond its shape, and no text of it is logged.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeGuard, cast
from urllib.parse import urlencode

from domain.directory import TeamOwner, Untold
from providers.clients import Graph
from providers.documents import FORM, Documents, Page, Untrue

ASKED_SECONDS = 5.0
"""For one request."""
EARLY = timedelta(minutes=5)
"""A token is renewed this long before it ends."""
TRIES = 3
LONGEST_WAIT_SECONDS = 5.0
"""Who is told to wait longer does so outside."""
PAGES = 10
MOST_TENANTS = 500
SELECT = "$select=id,displayName,mail,userType"
BUSY = frozenset({429, 500, 502, 503, 504})
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
log = logging.getLogger("gatehouse.providers")


class GraphDirectory:
    """Implements Directory of domain/doors.py."""

    def __init__(
        self,
        graph: Graph,
        documents: Documents,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._graph, self._documents, self._clock, self._sleep = graph, documents, clock, sleep
        self._tokens: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}
        self._complained: set[tuple[str, str]] = set()

    async def owners(self, tenant_id: str, group_id: str, /) -> tuple[TeamOwner, ...]:
        """The tenant's own people among them. A group that the tenant does not have has no owners. Raises Untold."""
        if not (_GUID.fullmatch(tenant_id) and _GUID.fullmatch(group_id)):
            raise Untold("id")
        try:
            return await self._read(tenant_id, group_id)
        except Untold as fault:
            self._complain(tenant_id, str(fault))
            raise

    async def _read(self, tenant_id: str, group_id: str) -> tuple[TeamOwner, ...]:
        url: str | None = f"{self._graph.url}/v1.0/groups/{group_id}/owners?{SELECT}"
        found: dict[str, TeamOwner] = {}
        for _ in range(PAGES):
            page = await self._page(tenant_id, url)
            if page is None:
                return ()
            found |= {one.person_id: one for one in self._people(tenant_id, page.document)}
            url = self._next(page.document)
            if url is None:
                return tuple(found.values())
        raise Untold("pages")

    async def _page(self, tenant_id: str, url: str) -> Page | None:
        """None: there is no such group."""
        page = await self._with_token(tenant_id, url)
        if page.status == 401:
            self._tokens.pop(tenant_id, None)
            page = await self._with_token(tenant_id, url)
        if page.status == 404:
            return None
        if page.status != 200:
            raise Untold({401: "token_refused", 403: "forbidden"}.get(page.status, f"status {page.status}"))
        return page

    async def _with_token(self, tenant_id: str, url: str) -> Page:
        token = await self._token(tenant_id)
        headers = {"Authorization": f"Bearer {token}"}
        return await self._patiently(lambda: self._documents.get(url, headers))

    async def _token(self, tenant_id: str) -> str:
        """Whoever needs a new one waits for the same request. Raises Untold."""
        lock = self._asking.setdefault(tenant_id, asyncio.Lock())
        try:
            async with lock:
                token, until = self._tokens.get(tenant_id, ("", self._clock()))
                return token if until > self._clock() else await self._new_token(tenant_id)
        finally:
            if not lock.locked():
                self._asking.pop(tenant_id, None)

    async def _new_token(self, tenant_id: str) -> str:
        asked_at = self._clock()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._graph.client_id,
            "client_secret": self._graph.secret,
            "scope": f"{self._graph.url}/.default",
        }
        url = self._graph.token_url.replace("{tenant}", tenant_id)
        page = await self._patiently(lambda: self._documents.post(url, urlencode(form), {"Content-Type": FORM}))
        token, lasts = page.document.get("access_token"), page.document.get("expires_in")
        if page.status != 200 or not _is_token(token):
            raise Untold("no_token")
        span = timedelta(seconds=min(int(lasts), 86_400) if isinstance(lasts, int | float) else 0)
        # A token shorter than twice the margin is used for half its life.
        self._tokens[tenant_id] = (token, asked_at + max(span - EARLY, span / 2))
        self._tokens.move_to_end(tenant_id)
        while len(self._tokens) > MOST_TENANTS:
            self._tokens.popitem(last=False)
        return token

    async def _patiently(self, ask: Callable[[], Awaitable[Page]]) -> Page:
        """Asks again where the answer is to come later, a few times. Raises Untold."""
        for number in range(1, TRIES + 1):
            page = await _in_time(ask)
            if page.status not in BUSY:
                return page
            wait = _seconds(page.again, 0.5 * number)
            if number == TRIES or wait > LONGEST_WAIT_SECONDS:
                raise Untold(f"status {page.status}", wait)
            await self._sleep(wait)
        raise AssertionError

    def _next(self, document: Mapping[str, Any]) -> str | None:
        """The next page, which the token is shown to: the same service, or none. Raises Untold."""
        link = document.get("@odata.nextLink")
        if link is None:
            return None
        if not isinstance(link, str) or not link.startswith(f"{self._graph.url}/v1.0/"):
            raise Untold("next_link")
        return link

    def _people(self, tenant_id: str, document: Mapping[str, Any]) -> list[TeamOwner]:
        """Raises Untold."""
        listed: Any = document.get("value")
        if not isinstance(listed, list):
            raise Untold("shape")
        people = [cast(dict[str, Any], one) for one in cast(list[object], listed) if isinstance(one, dict)]
        users = [one for one in people if one.get("@odata.type", "#microsoft.graph.user") == "#microsoft.graph.user"]
        if any(one.get("userType") is None for one in users):
            self._complain(tenant_id, "no_user_type")
        return [owner for owner in map(_owner, users) if owner is not None]

    def _complain(self, tenant_id: str, reason: str) -> None:
        """Once for each tenant and reason: it comes again with each turn."""
        if (tenant_id, reason) in self._complained or len(self._complained) > 2 * MOST_TENANTS:
            return
        self._complained.add((tenant_id, reason))
        log.warning("Microsoft Graph does not tell the owners of teams: %s. `doctor` says what is missing", reason)


def _owner(told: Mapping[str, Any]) -> TeamOwner | None:
    """None: a guest, somebody whom Graph does not call a member, or no person at all."""
    person_id = str(told.get("id")).lower()
    if told.get("userType") != "Member" or not _GUID.fullmatch(person_id):
        return None
    return TeamOwner(person_id, _text(told.get("displayName")), _text(told.get("mail")) or None)


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 320 and value.isprintable() else ""


def _is_token(value: object) -> TypeGuard[str]:
    """What may stand in a header."""
    return isinstance(value, str) and re.fullmatch(r"[\x21-\x7e]{1,16384}", value) is not None


def _seconds(header: str, usual: float) -> float:
    """Retry-After (RFC 9110, section 10.2.3) in seconds; its other form, a date, is not used there."""
    return float(header) if re.fullmatch(r"[0-9]{1,6}", header) else usual


async def _in_time(ask: Callable[[], Awaitable[Page]]) -> Page:
    try:
        async with asyncio.timeout(ASKED_SECONDS):
            return await ask()
    except TimeoutError:
        raise Untold("slow") from None
    except Untrue as fault:
        raise Untold(str(fault)) from None
