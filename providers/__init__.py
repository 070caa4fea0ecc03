"""Accounts elsewhere: who has one (discovery), and signing in with it (OpenID Connect).

One object for both. What it needs is imported when the first guest needs it: an installation whose guests all come in
with passcodes pays neither time nor memory for the rest.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from domain.methods import Discovered
from domain.policies import Method, Policy
from domain.sign_ins import Leaving, Proof, Provider, Returned
from providers.clients import Clients

if TYPE_CHECKING:
    from providers.discovery import MethodDiscovery
    from providers.documents import Documents
    from providers.graph import GraphDirectory
    from providers.oidc import OpenIdSignIn


class Providers:
    """Implements Discovery and SignIn of domain/doors.py."""

    def __init__(self, clients: Clients, clock: Callable[[], datetime], *, development: bool) -> None:
        self._clients, self._clock, self._development = clients, clock, development
        self._documents: Documents | None = None
        self._discovery: MethodDiscovery | None = None
        self._sign_in: OpenIdSignIn | None = None
        self._directory: GraphDirectory | None = None

    @property
    def methods(self) -> frozenset[Method]:
        """What the operator set up for every tenant."""
        return self._clients.methods

    async def ask(self, policy: Policy, address: str, /) -> Sequence[Discovered]:
        return await self._asked().ask(policy, address)

    @property
    def directory(self) -> "GraphDirectory | None":
        """Who owns a team; None: the operator did not set it up."""
        if self._clients.graph is not None and self._directory is None:
            from providers.graph import GraphDirectory

            self._directory = GraphDirectory(self._clients.graph, self._read(), self._clock)
        return self._directory

    async def begin(self, provider: Provider, leaving: Leaving, /) -> str:
        return await (await self._signing()).begin(provider, leaving)

    async def finish(self, provider: Provider, leaving: Leaving, returned: Returned, /) -> Proof:
        return await (await self._signing()).finish(provider, leaving, returned)

    async def close(self) -> None:
        if self._documents is not None:
            await self._documents.close()

    def _read(self) -> "Documents":
        from providers.documents import Documents

        if self._documents is None:
            loopback = self._development or self._clients.on_loopback
            self._documents = Documents(self._clock, loopback=loopback)
        return self._documents

    def _asked(self) -> "MethodDiscovery":
        from providers.discovery import MethodDiscovery

        if self._discovery is None:
            self._discovery = MethodDiscovery(self._clients, self._read(), self._clock)
        return self._discovery

    async def _signing(self) -> "OpenIdSignIn":
        if self._sign_in is None:
            await asyncio.to_thread(import_module, "providers.oidc")
            from providers.oidc import OpenIdSignIn

            self._sign_in = OpenIdSignIn(self._clients, self._read(), self._asked().owner, self._clock)
        return self._sign_in
