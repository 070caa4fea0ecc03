"""How Gatehouse is registered with the providers that every tenant can use."""

from dataclasses import dataclass, field

from domain.policies import Method

MICROSOFT_URL = "https://login.microsoftonline.com"
GOOGLE_ISSUER = "https://accounts.google.com"


@dataclass(frozen=True, slots=True)
class Client:
    client_id: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Clients:
    microsoft: Client | None = None
    google: Client | None = None
    microsoft_url: str = MICROSOFT_URL
    google_issuer: str = GOOGLE_ISSUER

    @property
    def methods(self) -> frozenset[Method]:
        microsoft = {Method.MICROSOFT, Method.PERSONAL} if self.microsoft else set[Method]()
        return frozenset(microsoft | ({Method.GOOGLE} if self.google else set[Method]()))

    @property
    def on_loopback(self) -> bool:
        """Clear text is for this machine alone: the settings see to that."""
        return any(url.startswith("http://") for url in (self.microsoft_url, self.google_issuer))
