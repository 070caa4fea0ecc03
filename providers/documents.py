"""Documents of providers, over HTTP: small, without redirects, kept for a while, and never worth more than a moment."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp

from domain.value import value

LARGEST = 256 * 1024
KEPT = timedelta(minutes=30)
"""Metadata and keys that were good."""
PAUSE = timedelta(minutes=1)
"""Between two looks for keys, however many unknown ones are named."""
MOST = 500
"""Providers that are remembered."""
FORM = "application/x-www-form-urlencoded"


class Untrue(Exception):
    """A provider could not be reached, or said what cannot be believed. The text is a word for the log."""


@value
class Page:
    status: int
    document: Mapping[str, Any]
    """Empty where the answer was no JSON object."""
    again: str = ""
    """The header Retry-After."""


@value
class _Keys:
    keys: tuple[Mapping[str, Any], ...]
    fetched_at: datetime


class Documents:
    """`loopback`: http to this machine is permitted. Deadlines are the callers'."""

    def __init__(self, clock: Callable[[], datetime], *, loopback: bool) -> None:
        self._clock, self._loopback = clock, loopback
        self._session: aiohttp.ClientSession | None = None
        self._metadata: OrderedDict[str, tuple[datetime, Mapping[str, Any]]] = OrderedDict()
        self._keys: OrderedDict[str, _Keys] = OrderedDict()
        self._fetching: dict[str, asyncio.Lock] = {}

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def metadata(self, base: str, *issuers: str) -> Mapping[str, Any]:
        """The provider's own description, which has to name one of the issuers exactly. Raises Untrue."""
        kept = self._metadata.get(base)
        if kept is not None and self._clock() - kept[0] < KEPT:
            document = kept[1]
        else:
            document = await self._described(base)
        if document.get("issuer") not in issuers:
            raise Untrue("issuer")
        return document

    async def _described(self, base: str) -> Mapping[str, Any]:
        page = await self.get(f"{base.rstrip('/')}/.well-known/openid-configuration")
        if page.status != 200:
            raise Untrue("metadata")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self.check(page.document.get(name))
        _remember(self._metadata, base, (self._clock(), page.document))
        return page.document

    async def keys(self, url: str, wanted: str | None) -> tuple[Mapping[str, Any], ...]:
        """The provider's keys; fetched again where the wanted one is not among them. Raises Untrue."""
        lock = self._fetching.setdefault(url, asyncio.Lock())
        try:
            async with lock:
                return await self._fresh(url, wanted)
        finally:
            if not lock.locked():
                self._fetching.pop(url, None)

    async def _fresh(self, url: str, wanted: str | None) -> tuple[Mapping[str, Any], ...]:
        kept = self._keys.get(url)
        if kept is not None:
            age = self._clock() - kept.fetched_at
            known = wanted is None or any(key.get("kid") == wanted for key in kept.keys)
            if age < PAUSE or (known and age < KEPT):
                return kept.keys
        page = await self.get(url)
        listed: Any = page.document.get("keys")
        if page.status != 200 or not isinstance(listed, list):
            raise Untrue("keys")
        keys = tuple(cast(dict[str, Any], key) for key in cast(list[Any], listed) if isinstance(key, dict))
        _remember(self._keys, url, _Keys(keys, self._clock()))
        return keys

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        """Raises Untrue."""
        return await self._ask("GET", url, headers or {}, None)

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> Page:
        """Raises Untrue."""
        return await self._ask("POST", url, headers, body.encode())

    def check(self, url: object) -> str:
        """An address that may be asked, or to which a guest may be sent. Raises Untrue."""
        try:
            parts = urlsplit(url if isinstance(url, str) else "")
            host = parts.hostname or ""
            secure = parts.scheme == "https" and bool(host)
        except ValueError:
            raise Untrue("address") from None
        if parts.username is not None or parts.fragment:
            raise Untrue("address")
        if not secure and not (self._loopback and parts.scheme == "http" and _here(host)):
            raise Untrue("address")
        return parts.geturl()

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Page:
        asked = {"Accept": "application/json", **headers}
        try:
            async with self._open().request(
                method, self.check(url), headers=asked, data=body, allow_redirects=False
            ) as answer:
                document = _object(await _whole(answer.content))
                return Page(answer.status, document, answer.headers.get("Retry-After", ""))
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise Untrue("unreachable") from fault

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=50, limit_per_host=10)
            )
        return self._session


async def _whole(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    while chunk := await content.read(LARGEST):
        body += chunk
        if len(body) > LARGEST:
            raise Untrue("size")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _remember(kept: OrderedDict[str, Any], name: str, value: Any) -> None:
    kept[name] = value
    kept.move_to_end(name)
    while len(kept) > MOST:
        kept.popitem(last=False)
