"""Microsoft Graph and the endpoint of its tokens, true or failing. Runs on the test's own loop.

Shapes: https://learn.microsoft.com/graph/api/group-list-owners, https://learn.microsoft.com/graph/errors
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web

CLIENT_ID = "8e9b6d2f-3c41-4b7a-9d55-0f6a1c2b3d4e"
SECRET = "a secret of the bot + 100%"
Failing = Callable[[], web.StreamResponse]


def user(person_id: str, name: str = "", user_type: str | None = "Member", **more: Any) -> dict[str, Any]:
    told = {"id": person_id, "displayName": name, "mail": None, "userType": user_type}
    return {"@odata.type": "#microsoft.graph.user", **told, **more}


def error(status: int, code: str, **headers: str) -> web.Response:
    body = {"error": {"code": code, "message": f"{code}: the message of a secret", "innerError": {"date": "2026"}}}
    return web.json_response(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


@dataclass
class Graph:
    """`groups`: owners by tenant and group. `failing`: how the next requests fail, one each; None: as it should be."""

    client_id: str = CLIENT_ID
    secret: str = SECRET
    url: str = ""
    token_url: str = ""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    failing: list[Failing | None] = field(default_factory=list)
    failing_tokens: list[Failing | None] = field(default_factory=list)
    always: Failing | None = None
    lasts: int = 3599
    page: int = 100
    next_link: Any = None
    """Instead of the true one."""
    asked: list[str] = field(default_factory=list)
    """Paths of Graph, in order."""
    forms: list[dict[str, str]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    """Valid ones, and whose they are."""
    held: asyncio.Event | None = None
    """Requests wait for it."""
    runner: Any = None

    async def start(self) -> "Graph":
        application = web.Application()
        application.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        application.router.add_get("/v1.0/groups/{group}/owners", self._owners)
        self.runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        self.token_url = f"{self.url}/{{tenant}}/oauth2/v2.0/token"
        return self

    async def stop(self) -> None:
        if self.held is not None:
            self.held.set()
        await self.runner.cleanup()

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self.failing_tokens and (fails := self.failing_tokens.pop(0)):
            return fails()
        wanted = {"client_id": self.client_id, "client_secret": self.secret, "grant_type": "client_credentials"}
        if {**form, **wanted} != form or form["scope"] != f"{self.url}/.default":
            return web.json_response({"error": "invalid_client"}, status=401)
        token = f"token-{uuid4().hex}"
        self.tokens[token] = request.match_info["tenant"]
        return web.json_response({"token_type": "Bearer", "expires_in": self.lasts, "access_token": token})

    async def _owners(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        if self.held is not None:
            await self.held.wait()
        if self.failing and (fails := self.failing.pop(0)):
            return fails()
        if self.always is not None:
            return self.always()
        tenant = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if tenant is None:
            return error(401, "InvalidAuthenticationToken")
        found = self.groups.get((tenant, request.match_info["group"]))
        if found is None:
            return error(404, "Request_ResourceNotFound")
        at = int(request.query.get("$skiptoken", "0"))
        page: dict[str, Any] = {"@odata.context": f"{self.url}/v1.0/$metadata#directoryObjects"}
        page["value"] = found[at : at + self.page]
        if at + self.page < len(found):
            following = f"{self.url}{request.path}?$select=id&$skiptoken={at + self.page}"
            page["@odata.nextLink"] = following if self.next_link is None else self.next_link
        return web.Response(text=json.dumps(page), content_type="application/json")
