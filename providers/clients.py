"""How Gatehouse is registered with the providers that every tenant can use."""

from dataclasses import field
from typing import Protocol

from domain.policies import Method
from domain.value import value

MICROSOFT_URL = "https://login.microsoftonline.com"
GOOGLE_ISSUER = "https://accounts.google.com"


@value
class Client:
    client_id: str
    secret: str | None = field(default=None, repr=False)


class Graph(Protocol):
    """Microsoft Graph, with the bot's own registration."""

    @property
    def client_id(self) -> str: ...

    @property
    def secret(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def token_url(self) -> str:
        """With `{tenant}`."""
        ...


@value
class Clients:
    microsoft: Client | None = None
    google: Client | None = None
    microsoft_url: str = MICROSOFT_URL
    google_issuer: str = GOOGLE_ISSUER
    graph: Graph | None = None

    @property
    def methods(self) -> frozenset[Method]:
        microsoft = {Method.MICROSOFT, Method.PERSONAL} if self.microsoft else set[Method]()
        return frozenset(microsoft | ({Method.GOOGLE} if self.google else set[Method]()))

    @property
    def on_loopback(self) -> bool:
        """Clear text is for this machine alone: the settings see to that."""
        graph = (self.graph.url, self.graph.token_url) if self.graph else ()
        return any(url.startswith("http://") for url in (self.microsoft_url, self.google_issuer, *graph))
