"""The web door: what guests see in their browsers, and the frame around every answer of the one web application."""

from collections.abc import Callable, Iterable
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

from aiohttp import web
from aiohttp.typedefs import Middleware

from domain.secrets import Keys
from guest.units import Flags, Units


class GuestDoor:
    def __init__(
        self,
        database: Units,
        flags: Flags,
        keys: Keys,
        public_url: str,
        development: bool,
        trusted_proxies: Iterable[str | IPv4Network | IPv6Network],
        clock: Callable[[], datetime],
        metrics: Callable[[str, int], None] | None = None,
    ) -> None:
        """`metrics(route, status)` is called once per answer; `route` is the pattern, never the path."""
        self._middlewares: list[Middleware] = []
        self._routes: list[web.RouteDef] = []

    def routes(self) -> list[web.RouteDef]:
        return self._routes

    def middlewares(self) -> list[Middleware]:
        return self._middlewares
