"""Authlib's OAuth 2 client on aiohttp.

Its own integration is for httpx: another HTTP library in memory, and one that Authlib deprecates. Authlib's core is
made to be carried by others; only the one request for the token is ours.
"""

from collections.abc import Mapping
from typing import Any, cast

from authlib.oauth2.client import OAuth2Client

from providers.documents import FORM, Documents, Untrue


class Refused(Exception):
    """The token endpoint's own error code (RFC 6749, section 5.2)."""


class Client(OAuth2Client):
    def __init__(
        self, documents: Documents, client_id: str, secret: str | None, method: str, redirect_uri: str
    ) -> None:
        self._documents = documents
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            session=None,
            client_id=client_id,
            client_secret=secret,
            token_endpoint_auth_method=method,
            redirect_uri=redirect_uri,
            scope="openid email profile",
            code_challenge_method="S256",
        )

    def leave(self, endpoint: str, verifier: str, **parameters: str) -> str:
        """The address of the authorisation request, with PKCE."""
        url, _ = self.create_authorization_url(  # pyright: ignore[reportUnknownMemberType]
            endpoint, code_verifier=verifier, **parameters
        )
        return url

    async def exchange(self, endpoint: str, code: str, verifier: str) -> Mapping[str, Any]:
        """The token endpoint's answer. Raises Untrue, Refused."""
        fetch = cast(Any, self.fetch_token)  # pyright: ignore[reportUnknownMemberType]
        return await fetch(endpoint, grant_type="authorization_code", code=code, code_verifier=verifier)

    async def _fetch_token(  # pyright: ignore[reportIncompatibleMethodOverride] - Authlib's seam for other transports
        self, url: str, body: str = "", headers: Mapping[str, str] | None = None, auth: Any = None, method: str = "POST"
    ) -> Mapping[str, Any]:
        url, named, body = auth.prepare(method, url, {**(headers or {}), "Content-Type": FORM}, body)
        page = await self._documents.post(url, body, named)
        error = page.document.get("error")
        if page.status in (400, 401) and isinstance(error, str):
            raise Refused(error)
        if page.status != 200 or not isinstance(page.document.get("id_token"), str):
            raise Untrue("token")
        return page.document
