"""Credentials: the bot's own token for outgoing calls (OAuth 2.0 client credentials, RFC 6749 section 4.4)."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp

SCOPE = "https://api.botframework.com/.default"
TOKEN_SECONDS = 5.0
EARLY_SECONDS = 300.0
"""A token is renewed this long before it ends."""


class CredentialsFault(Exception):
    """No token could be had: refused, unreachable or too slow."""


class Credentials:
    """Keeps one token; whoever needs a new one waits for the same request. `token_url` decides between one tenant
    and many: `https://login.microsoftonline.com/{tenant or botframework.com}/oauth2/v2.0/token`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token_url: str,
        app_id: str,
        password: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._token_url = token_url
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": SCOPE,
        }
        self._clock = clock
        self._token = ""
        self._until = float("-inf")
        self._request: asyncio.Task[None] | None = None

    async def token(self) -> str:
        """Raises CredentialsFault."""
        if self._clock() >= self._until:
            if self._request is None or self._request.done():
                self._request = asyncio.create_task(self._renew())
                self._request.add_done_callback(_seen)
            await asyncio.shield(self._request)
        return self._token

    def forget(self, token: str) -> None:
        """The connector would not take it."""
        if token == self._token:
            self._until = float("-inf")

    async def close(self) -> None:
        if self._request is not None and not self._request.done():
            self._request.cancel()
            await asyncio.wait([self._request])

    async def _renew(self) -> None:
        asked_at = self._clock()
        try:
            async with asyncio.timeout(TOKEN_SECONDS):
                answer = await self._ask()
            self._token, lasts = str(answer["access_token"]), float(answer.get("expires_in", 0))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError) as fault:
            raise CredentialsFault(type(fault).__name__) from None
        # A token shorter than twice the margin is used for half its life.
        self._until = asked_at + max(lasts - EARLY_SECONDS, lasts / 2)

    async def _ask(self) -> dict[str, Any]:
        async with self._session.post(self._token_url, data=self._form, allow_redirects=False) as response:
            if response.status != 200:
                raise CredentialsFault(f"{response.status} from the token endpoint")
            return json.loads(await response.read())


def _seen(request: "asyncio.Task[None]") -> None:
    """Takes note of a failure that nobody waits for any more."""
    if not request.cancelled():
        request.exception()
