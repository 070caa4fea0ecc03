"""A small Bot Framework on loopback: an issuer whose keys and moods a test sets, and a connector that takes notes."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bot.authentication import ISSUER

APP_ID = "0e9a8f9c-6f5d-4e5b-9d7e-3d3f3b6d9c11"
TENANT = "5f0c3b1e-2f74-4a38-9c3a-6f1c2d5b7a90"
OTHER_TENANT = "11111111-2f74-4a38-9c3a-6f1c2d5b7a90"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RSA_OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return {**json.loads(kind.to_jwk(key.public_key())), "kid": kid, "use": "sig", **more}


@dataclass
class Cloud:
    """Issuer, token endpoint and connector in one server."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk(RSA, "one", endorsements=["msteams"])])
    document: dict[str, Any] | None = None
    status: int = 200
    delay_seconds: float = 0.0
    fetches: int = 0
    tokens: int = 0
    calls: list[tuple[str, str, Any, str]] = field(default_factory=list)
    answers: list[web.Response | float] = field(default_factory=list)
    url: str = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/metadata", self._metadata)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        app.router.add_route("*", "/teams/{path:.*}", self._connector)
        return app

    @property
    def service_url(self) -> str:
        return f"{self.url}/teams/"

    async def _metadata(self, request: web.Request) -> web.Response:
        self.fetches += 1
        await asyncio.sleep(self.delay_seconds)
        usual = {"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"}
        return web.json_response(self.document if self.document is not None else usual, status=self.status)

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys}, status=self.status)

    async def _token(self, request: web.Request) -> web.Response:
        self.tokens += 1
        await asyncio.sleep(self.delay_seconds)
        token = {"access_token": f"secret-{self.tokens}", "expires_in": 3600}
        return web.json_response(token, status=self.status)

    async def _connector(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read() or b"null")
        self.calls.append((request.method, request.raw_path, body, request.headers.get("Authorization", "")))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = None
        return answer or web.json_response({"id": f"posted-{len(self.calls)}"})


def message(cloud: Cloud, **changes: Any) -> dict[str, Any]:
    """A message from Teams. A part given as None is left out."""
    activity = {
        "type": "message",
        "id": "f:1",
        "channelId": "msteams",
        "serviceUrl": cloud.service_url,
        "from": {"id": "29:alice", "name": "Alice", "aadObjectId": "a1"},
        "recipient": {"id": "28:bot", "name": "Gatehouse"},
        "conversation": {"id": "19:abc@thread.tacv2;messageid=17", "conversationType": "channel", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "text": "help",
        **changes,
    }
    return {name: part for name, part in activity.items() if part is not None}


def claims(cloud: Cloud, **changes: Any) -> dict[str, Any]:
    """A claim given as None is left out."""
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": APP_ID, "nbf": now - 60, "iat": now - 60, "exp": now + 3600}
    told = {**usual, "serviceurl": cloud.service_url, **changes}
    return {name: value for name, value in told.items() if value is not None}


def token(cloud: Cloud, key: Any = RSA, kid: Any = "one", algorithm: str = "RS256", **changes: Any) -> str:
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims(cloud, **changes), key, algorithm, headers=headers)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}
