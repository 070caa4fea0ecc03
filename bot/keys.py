"""KeyCache: the keys that incoming tokens are signed with, read from the issuer's OpenID metadata."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from bot.service_url import is_loopback
from domain.value import value

FETCH_SECONDS = 5.0
FRESH_SECONDS = 3600.0
"""Older keys are still used, while newer ones are fetched in the background."""
KEPT_SECONDS = 72 * 3600.0
"""How long the last good keys serve while the issuer's metadata cannot be had: a long weekend."""
PAUSE_SECONDS = 59.0
"""Between two fetches: one a minute, and still in time to know a new key within a minute of its publication."""
FIRST_PAUSES_SECONDS = (5.0, 10.0, 20.0, 40.0)
"""Between fetches while none ever succeeded: without any key the bot is deaf."""
_LARGEST = 1024 * 1024
_ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}
_log = logging.getLogger("gatehouse.bot.keys")


@value
class SigningKey:
    key: PyJWK
    algorithm: str
    """RS256 or ES256: what this key may sign with."""
    endorsements: frozenset[str] | None
    """Channels it may speak for; None: it lists none."""


class MetadataFault(Exception):
    """The issuer's metadata or keys could not be read."""


class KeyCache:
    """Keys by id. A known key never waits for the network; an unknown one waits for at most one fetch, shared by all
    who wait, and there is at most one fetch a minute."""

    def __init__(
        self, session: aiohttp.ClientSession, metadata_url: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._metadata_url = metadata_url
        self._clock = clock
        self._keys: dict[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self._failures = 0
        self._next_at = float("-inf")
        self._fetch: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> SigningKey | None:
        found = self._current(key_id)
        if found is None:
            fetch = self._begin()
            if fetch is not None:
                await asyncio.shield(fetch)
            return self._current(key_id)
        if self._fetched_at is not None and self._clock() - self._fetched_at > FRESH_SECONDS:
            self._begin()
        return found

    async def close(self) -> None:
        if self._fetch is not None and not self._fetch.done():
            self._fetch.cancel()
            await asyncio.wait([self._fetch])

    def _current(self, key_id: str) -> SigningKey | None:
        if self._fetched_at is None or self._clock() - self._fetched_at > KEPT_SECONDS:
            return None
        return self._keys.get(key_id)

    def _begin(self) -> asyncio.Task[None] | None:
        """The fetch that runs, a new one, or None while it is too early for one."""
        if self._fetch is not None and not self._fetch.done():
            return self._fetch
        now = self._clock()
        if now < self._next_at:
            return None
        self._next_at = now + PAUSE_SECONDS
        self._fetch = asyncio.create_task(self._refresh(now))
        return self._fetch

    async def _refresh(self, now: float) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                keys = await self._published()
        except (MetadataFault, TimeoutError, aiohttp.ClientError, OSError) as fault:
            _log.warning("signing keys could not be fetched: %s: %s", type(fault).__name__, fault)
            if self._fetched_at is None and self._failures < len(FIRST_PAUSES_SECONDS):
                self._next_at = now + FIRST_PAUSES_SECONDS[self._failures]
            self._failures += 1
            return
        self._keys, self._fetched_at, self._failures = keys, now, 0

    async def _published(self) -> dict[str, SigningKey]:
        document = await self._document(self._metadata_url)
        keys_url = document.get("jwks_uri")
        if not isinstance(keys_url, str) or not _is_safe(keys_url):
            raise MetadataFault("no jwks_uri that may be used")
        keys = _read_keys(await self._document(keys_url))
        if not keys:
            raise MetadataFault("no usable key was published")
        return keys

    async def _document(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise MetadataFault(f"{response.status} from {url}")
            text = await response.content.read(_LARGEST)
            while len(text) < _LARGEST and (more := await response.content.read(_LARGEST - len(text))):
                text += more
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise MetadataFault(f"no JSON at {url}") from None
        if not isinstance(document, dict):
            raise MetadataFault(f"no JSON object at {url}")
        return cast(dict[str, Any], document)


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        return False


def _read_keys(document: dict[str, Any]) -> dict[str, SigningKey]:
    """What cannot be used is left out: other kinds of keys may be published beside ours."""
    listed: Any = document.get("keys")
    keys: dict[str, SigningKey] = {}
    for raw in cast(list[Any], listed) if isinstance(listed, list) else []:
        key = read_key(cast(dict[str, Any], raw)) if isinstance(raw, dict) else None
        if key is not None:
            keys.setdefault(cast(dict[str, str], raw)["kid"], key)
    return keys


def read_key(raw: dict[str, Any]) -> SigningKey | None:
    algorithm = _ALGORITHMS.get(str(raw.get("kty")))
    if algorithm is None or raw.get("alg", algorithm) != algorithm or raw.get("use", "sig") != "sig":
        return None
    if not isinstance(raw.get("kid"), str):
        return None
    try:
        key = PyJWK(raw, algorithm=algorithm)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    size = getattr(key.key, "key_size", 0)
    if (algorithm == "RS256" and size < 2048) or (algorithm == "ES256" and size != 256):
        return None
    listed: Any = raw.get("endorsements")
    endorsements = frozenset(map(str, cast(list[Any], listed))) if isinstance(listed, list) else None
    return SigningKey(key, algorithm, endorsements)
