"""Where a browser wanted to go before it had to sign in: an application and a place inside of it, in a sealed cookie.

It names no address: that is looked up when it is needed, so that nothing but an application can be a target.
"""

import json
from typing import Any
from urllib.parse import quote

from aiohttp import web

from domain.seals import seal
from domain.value import value
from guest.desk import Desk
from guest.flow import FLOW_SECONDS, SKEW_SECONDS

PURPOSE = "guest target 1"


@value
class Target:
    resource_id: str
    path: str
    """As domain/targets.py: place; empty: the application's start."""

    @property
    def url(self) -> str:
        """Where the guest pages lead to it."""
        return f"/access/enter?{query(self)}"


def query(target: Target, **more: str) -> str:
    named = {"resource": target.resource_id, **more} | ({"path": target.path} if target.path else {})
    return "&".join(f"{name}={quote(value, safe='/')}" for name, value in named.items())


def keep(desk: Desk, response: web.Response, target: Target) -> web.Response:
    plain = json.dumps([int(desk.clock().timestamp()), target.resource_id, target.path], separators=(",", ":"))
    return desk.put(response, "target", seal(desk.keys, PURPOSE).close(plain.encode()), FLOW_SECONDS)


def kept(desk: Desk, request: web.Request) -> Target | None:
    plain = seal(desk.keys, PURPOSE).open(desk.cookie(request, "target"))
    if plain is None:
        return None
    values: list[Any] = json.loads(plain)
    age = desk.clock().timestamp() - values[0]
    return Target(*values[1:]) if -SKEW_SECONDS <= age <= FLOW_SECONDS else None


def leading_on(desk: Desk, page: web.Response, target: Target) -> web.Response:
    """The page that holds the link goes on by itself: a new navigation, which a redirect after a form would not be."""
    page.headers["Refresh"] = f"0; url={target.url}"
    return forget(desk, page)


def forget(desk: Desk, page: web.Response) -> web.Response:
    return desk.put(page, "target", "", 0)
