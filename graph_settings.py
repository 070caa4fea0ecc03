"""Settings: whether Microsoft Graph is asked who owns a team, and where it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import values
from values import Reading, Wrong

VARIABLES: Mapping[str, str] = {
    "GATEHOUSE_GRAPH": "on: Microsoft Graph is asked who owns a team",
    "GATEHOUSE_GRAPH_URL": "Microsoft Graph",
    "GATEHOUSE_GRAPH_TOKEN_URL": "where its tokens come from",
}
URL = "https://graph.microsoft.com"
TOKEN_URL = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105 - an address
NEEDED = ("MicrosoftAppId", "MicrosoftAppPassword")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    client_id: str
    secret: str = field(repr=False)
    url: str
    """Without a slash at the end."""
    token_url: str
    """With `{tenant}`."""


def read(reading: Reading) -> Graph | None:
    """None: it is not asked."""
    on = reading.value("GATEHOUSE_GRAPH", lambda text: values.one_of(text, ("on", "off")), "off") == "on"
    url = reading.value("GATEHOUSE_GRAPH_URL", _base, URL)
    token_url = reading.value("GATEHOUSE_GRAPH_TOKEN_URL", _of_tenant, TOKEN_URL)
    if not on:
        return None
    if not any(name in reading for name in NEEDED):
        reading.fault("GATEHOUSE_GRAPH", "needs the bot's registration: set MicrosoftAppId and MicrosoftAppPassword")
    client_id, secret = (reading.variables.get(name, "") for name in NEEDED)
    return Graph(client_id=client_id.lower(), secret=secret, url=url, token_url=token_url)


def _base(text: str) -> str:
    url = values.parts(values.service(text), "https", "http")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise Wrong("must be scheme, host and port only, such as https://graph.microsoft.us")
    return text.rstrip("/")


def _of_tenant(text: str) -> str:
    """A token is one tenant's: asked with it about another one's team, Graph knows none."""
    url = values.parts(values.service(text), "https", "http")
    if url.path.count("{tenant}") != 1 or text.count("{") != 1 or text.count("}") != 1:
        raise Wrong("must hold {tenant} once in its path, where the id of the tenant belongs")
    return text
