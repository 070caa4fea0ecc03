"""A provider that says whatever a test wants: Microsoft's, Google's or a partner's sign-in service, true or lying.

It runs on the test's own loop. Everything it says can be changed between two requests.
"""

import asyncio
import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

HOME = "11111111-2222-3333-4444-555555555555"
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"


def new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


@cache
def first_key() -> RSAKey:
    """Made once: it takes longer than most tests here."""
    return new_key("first")


@dataclass
class Authority:
    """`claims` and `header` go into the next token; a claim that is None is left out."""

    url: str = ""
    key: Any = field(default_factory=first_key)
    published: list[Any] = field(default_factory=list)
    """Public keys as they are; empty: the one that signs."""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    tenants: dict[str, str] = field(default_factory=dict)
    """Microsoft's: the tenant of a domain."""
    realms: dict[str, str] = field(default_factory=dict)
    """Microsoft's: the kind of account of an address."""
    missing: set[str] = field(default_factory=set)
    """Microsoft's: addresses of which it says that there is no such account."""
    broken: dict[str, int] = field(default_factory=dict)
    """By the beginning of the path, the status with which it fails; 0: never answers."""
    raw_token: str | None = None
    asked: list[str] = field(default_factory=list)
    """Paths, in order."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    again: bool = False
    """True: takes a code twice."""
    iss_parameter: str | None = None
    runner: Any = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> "Authority":
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self.runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        self.stopping.set()
        await self.runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        for beginning, status in self.broken.items():
            if request.path.startswith(beginning) and status:
                return web.Response(status=status, text="<html>oops")
            if request.path.startswith(beginning):
                await self.stopping.wait()
        for pattern, answer in (
            (r"(.*)/\.well-known/openid-configuration", self._describe),
            (r"/common/userrealm/(.*)", self._realm),
            (r"/common/GetCredentialType()", self._exists),
            (r"/authorize()", self._authorise),
            (r"/token()", self._token),
            (r"/keys()", self._keys),
        ):
            found = re.fullmatch(pattern, request.path)
            if found:
                return await answer(request, found[1])
        raise web.HTTPNotFound

    async def _describe(self, _: web.Request, where: str) -> web.Response:
        issuer = self.url + where
        if where.endswith("/v2.0"):
            name = where.removesuffix("/v2.0").strip("/")
            tenant = {"organizations": "{tenantid}", "consumers": CONSUMERS, **self.tenants}.get(name)
            if tenant is None:
                error = {"error": "invalid_tenant", "error_description": f"AADSTS90002: Tenant '{name}' not found."}
                return web.json_response(error, status=400)
            issuer = f"{self.url}/{tenant}/v2.0"
        said = {"issuer": issuer} | {
            f"{name}_endpoint": f"{self.url}/{path}"
            for name, path in (("authorization", "authorize"), ("token", "token"))
        }
        return web.json_response(said | {"jwks_uri": f"{self.url}/keys"} | self.metadata)

    async def _realm(self, _: web.Request, address: str) -> web.Response:
        return web.json_response({"ver": "1.0", "account_type": self.realms.get(address, "Unknown")})

    async def _exists(self, request: web.Request, _: str) -> web.Response:
        username = (await request.json())["username"]
        return web.json_response({"IfExistsResult": int(username in self.missing), "ThrottleStatus": 0})

    async def _authorise(self, request: web.Request, _: str) -> web.Response:
        code = token_urlsafe(8)
        self.codes[code] = dict(request.query)
        back = {"code": code, "state": request.query["state"]}
        if self.iss_parameter:
            back["iss"] = self.iss_parameter
        return web.Response(status=302, headers={"Location": f"{request.query['redirect_uri']}?{urlencode(back)}"})

    async def _token(self, request: web.Request, _: str) -> web.Response:
        form = await request.post()
        asked = self.codes.get(str(form["code"])) if self.again else self.codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = self.raw_token if self.raw_token is not None else self.token(asked["nonce"], asked["client_id"])
        return web.json_response({"access_token": "at", "token_type": "Bearer", "id_token": token})

    def token(self, nonce: str, audience: str) -> str:
        claims = {"iss": self.url, "sub": "subject", "aud": audience, "nonce": nonce} | self.claims
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        plain = {name: value for name, value in claims.items() if value is not None}
        if header["alg"] == "none":
            parts = [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, plain)
            ]
            return ".".join([*parts, ""])
        return jwt.encode(header, plain, self.key, algorithms=[header["alg"]])

    async def _keys(self, _: web.Request, __: str) -> web.Response:
        return web.json_response({"keys": self.published or [self.key.as_dict(private=False)]})
