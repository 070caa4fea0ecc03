"""A Bot Framework cloud on loopback: it signs what it sends, and checks and records what the bot sends.

As documented at learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication and
…/bot-framework-rest-connector-api-reference; the limits are those of Teams for one bot in one conversation.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.servers.background import Journal, Loop

ISSUER = "https://api.botframework.com"
CARD = "application/vnd.microsoft.card.adaptive"
LIMITS = ((7, 1), (8, 2), (60, 30), (1800, 3600))
"""Teams: at most so many messages in so many seconds in one conversation."""


@dataclass
class Call:
    """What the bot asked of the connector. `status` is what it was told, `at` is monotonic."""

    method: str
    conversation: str
    activity: str
    body: Any
    at: float
    status: int = 0
    tail: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.conversation} {self.activity or self.tail} -> {self.status} {self.body}"


@dataclass
class Script:
    """An answer that takes the place of the usual one, for calls that are `wanted`, so many times.

    `after`: the call has its effect before it is answered so (an ambiguous failure).
    """

    wanted: Callable[[Call], bool]
    status: int
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    after: bool = False
    times: int = 1


@dataclass
class Message:
    """A message of the bot as it stands in the chat now. `posts` counts creations, `edits` updates in place."""

    activity: str
    conversation: str
    body: dict[str, Any]
    reply_to: str = ""
    edits: int = 0

    @property
    def card(self) -> dict[str, Any] | None:
        cards = [a["content"] for a in self.body.get("attachments") or () if a.get("contentType") == CARD]
        return cards[0] if cards else None

    @property
    def text(self) -> str:
        return self.body.get("text") or ""


CALL = web.RequestKey("call", Call)


class SigningKey:
    def __init__(self, endorsements: tuple[str, ...] = ("msteams",)) -> None:
        self.name = uuid4().hex
        self.endorsements = endorsements
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def public(self) -> dict[str, Any]:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        return {**key, "kid": self.name, "x5t": self.name, "use": "sig", "endorsements": list(self.endorsements)}


class Cloud:
    """Issuer, token endpoint and connector. `app_id` and `password` are the bot's registration."""

    def __init__(self, app_id: str, password: str) -> None:
        self.app_id, self.password = app_id, password
        self.keys = [SigningKey()]
        self.calls: Journal[Call] = Journal("calls of the bot to the connector")
        self.messages: Journal[Message] = Journal("messages of the bot")
        self.scripts: list[Script] = []
        self.members: dict[str, dict[str, dict[str, Any]]] = {}
        self.tokens: set[str] = set()
        self.token_requests = 0
        self.key_requests = 0
        self.violations: list[str] = []
        self.windows: dict[str, deque[float]] = {}
        self.clock: Callable[[], float] = time.monotonic
        """Of the limits."""
        self.loop = Loop()
        self.runner: web.AppRunner = self.loop.run(self._listen())
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    @property
    def openid_url(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    @property
    def token_url(self) -> str:
        return f"{self.url}/botframework.com/oauth2/v2.0/token"

    @property
    def service_url(self) -> str:
        return f"{self.url}/teams/"

    def rotate(self) -> None:
        """The next activities are signed with a new key; the old ones stay published."""
        self.keys.insert(0, SigningKey())

    def token(self, **claims: Any) -> str:
        """For an activity. A claim given as None is left out."""
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": self.app_id,
            "serviceurl": self.service_url,
            "nbf": now - 300,
            "iat": now,
            "exp": now + 3600,
        }
        told = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        key = self.keys[0]
        return jwt.encode(told, key.private, "RS256", headers={"kid": key.name, "x5t": key.name})

    def answer(self, wanted: Callable[[Call], bool], status: int, **how: Any) -> None:
        """The next call that is `wanted` is answered with this status (see Script for the rest)."""
        self.scripts.append(Script(wanted, status, **how))

    def stop(self) -> None:
        self.loop.run(self.runner.cleanup())
        self.loop.close()

    async def _listen(self) -> web.AppRunner:
        app = web.Application(middlewares=[self._checked])
        conversation = "/teams/v3/conversations/{conversation}"
        app.add_routes(
            [
                web.get("/v1/.well-known/openidconfiguration", self._metadata),
                web.get("/v1/.well-known/keys", self._published),
                web.post("/botframework.com/oauth2/v2.0/token", self._grant),
                web.post("/teams/v3/conversations", self._start),
                web.post(f"{conversation}/activities", self._post),
                web.post(f"{conversation}/activities/{{activity}}", self._post),
                web.put(f"{conversation}/activities/{{activity}}", self._put),
                web.delete(f"{conversation}/activities/{{activity}}", self._delete),
                web.get(f"{conversation}/{{tail:members|pagedmembers}}", self._roster),
                web.get(f"{conversation}/members/{{person}}", self._member),
                web.get("/teams/v3/teams/{conversation}", self._team),
            ]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    # The issuer

    async def _metadata(self, _request: web.Request) -> web.Response:
        algorithms = ["RS256"]
        keys = f"{self.url}/v1/.well-known/keys"
        return web.json_response(
            {"issuer": ISSUER, "jwks_uri": keys, "id_token_signing_alg_values_supported": algorithms}
        )

    async def _published(self, _request: web.Request) -> web.Response:
        self.key_requests += 1
        return web.json_response({"keys": [key.public() for key in self.keys]})

    async def _grant(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.token_requests += 1
        known = (form.get("client_id"), form.get("client_secret")) == (self.app_id, self.password)
        if not known or form.get("grant_type") != "client_credentials" or "api.botframework.com" not in form["scope"]:
            return web.json_response({"error": "invalid_client"}, status=401)
        token = uuid4().hex
        self.tokens.add(token)
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    # The connector

    @web.middleware
    async def _checked(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """The bot's token, the script, the limits: before anything happens. Everything is written down."""
        if not request.path.startswith("/teams/"):
            return await handler(request)
        match = request.match_info
        body = json.loads(await request.read() or b"null")
        tail = match.get("tail") or request.path.rpartition("/")[2]
        call = Call(
            request.method, match.get("conversation", ""), match.get("activity", ""), body, time.monotonic(), tail=tail
        )
        request[CALL] = call
        response = await self._respond(request, call, handler)
        call.status = response.status
        self.calls.add(call)
        return response

    async def _respond(self, request: web.Request, call: Call, handler: Any) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return web.json_response({"error": {"code": "Unauthorized"}}, status=401)
        if call.method != "GET" and (wait := self._too_fast(call.conversation.partition(";")[0])):
            return web.json_response({"error": {"code": "TooManyRequests"}}, status=429, headers={"Retry-After": wait})
        script = self._script(call)
        if script is None:
            return await handler(request)
        if script.delay_seconds:
            await asyncio.sleep(script.delay_seconds)
        if script.after or script.status < 300:
            response = await handler(request)
            if script.status < 300:
                return response
        error = {"error": {"code": script.code or "Scripted", "message": "as the test wants it"}}
        return web.json_response(error, status=script.status, headers=dict(script.headers))

    def _script(self, call: Call) -> Script | None:
        for script in self.scripts:
            if script.times and script.wanted(call):
                script.times -= 1
                return script
        return None

    def _too_fast(self, channel: str) -> str:
        """Seconds to wait, as text; empty when it is permitted. Threads of a channel share its limit."""
        now = self.clock()
        said = self.windows.setdefault(channel, deque())
        while said and now - said[0] > LIMITS[-1][1]:
            said.popleft()
        for most, seconds in LIMITS:
            if sum(now - moment < seconds for moment in said) >= most:
                self.violations.append(f"more than {most} in {seconds} s in {channel}")
                return str(seconds)
        said.append(now)
        return ""

    async def _start(self, _request: web.Request) -> web.Response:
        return web.json_response({"id": f"a:{uuid4().hex}", "serviceUrl": self.service_url})

    async def _post(self, request: web.Request) -> web.Response:
        call: Call = request[CALL]
        name = f"{time.time_ns() // 1000}"
        self.messages.add(Message(name, call.conversation, call.body, call.activity))
        return web.json_response({"id": name}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        call: Call = request[CALL]
        for message in self.messages.matching(lambda message: message.activity == call.activity):
            message.body = call.body
            message.edits += 1
            self.messages.touch()
            return web.json_response({"id": call.activity})
        return web.json_response({"error": {"code": "ActivityNotFoundInConversation"}}, status=404)

    async def _delete(self, _request: web.Request) -> web.Response:
        return web.json_response({})

    async def _roster(self, request: web.Request) -> web.Response:
        people = list(self._people(request[CALL]).values())
        return web.json_response({"members": people} if request[CALL].tail == "pagedmembers" else people)

    async def _member(self, request: web.Request) -> web.Response:
        wanted = request.match_info["person"]
        for person in self._people(request[CALL]).values():
            if wanted in (person["id"], person["aadObjectId"]):
                return web.json_response(person)
        return web.json_response({"error": {"code": "MemberNotFoundInConversation"}}, status=404)

    async def _team(self, request: web.Request) -> web.Response:
        team = request.match_info["conversation"]
        return web.json_response({"id": team, "name": "Fabrikam launch", "aadGroupId": str(uuid4())})

    def _people(self, call: Call) -> dict[str, dict[str, Any]]:
        return self.members.get(call.conversation.partition(";")[0], {})
