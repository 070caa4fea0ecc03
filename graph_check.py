"""`doctor`: whether Microsoft Graph would tell who owns a team. Shows no token and no secret."""

import base64
import json
from typing import Any, cast

import aiohttp

from config import Settings
from doctor import Finding, error_code
from graph_settings import Graph

THING = "owners of teams"
MOST = 5
"""Tenants that are tried."""
NEEDED = {
    "GroupMember.Read.All": {
        "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All",
        "Directory.Read.All", "Directory.ReadWrite.All",
    },
    "User.Read.All": {"User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
}  # fmt: skip
"""Application permissions, each with those that hold it too: owners of groups; who of them is a guest."""
GRANT = "Grant the registration the application permissions GroupMember.Read.All and User.Read.All, with admin consent"


async def owners(settings: Settings, http: aiohttp.ClientSession) -> list[Finding]:
    """Asks for a token of each tenant that is served, as the bot does."""
    if settings.graph is None:
        return []
    own = {settings.app_tenant_id} if settings.app_tenant_id else set[str]()
    tenants = sorted(settings.tenants or own)[:MOST]
    if not tenants:
        return [Finding("skipped", THING, f"any tenant is served, so none is tried. {GRANT}")]
    return [await _tried(settings.graph, tenant, http) for tenant in tenants]


async def _tried(graph: Graph, tenant: str, http: aiohttp.ClientSession) -> Finding:
    form = {
        "grant_type": "client_credentials",
        "client_id": graph.client_id,
        "client_secret": graph.secret,
        "scope": f"{graph.url}/.default",
    }
    try:
        url = graph.token_url.replace("{tenant}", tenant)
        async with http.post(url, data=form, allow_redirects=False) as answer:
            told: Any = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return Finding("failed", THING, "the token endpoint fails. Look at GATEHOUSE_GRAPH_TOKEN_URL")
    token = cast(dict[str, Any], told).get("access_token") if isinstance(told, dict) else None
    if answer.status != 200 or not isinstance(token, str):
        where = f"tenant {tenant} gives no token ({answer.status}{error_code(told)})"
        return Finding("failed", THING, f"{where}. Correct MicrosoftAppId and MicrosoftAppPassword. {GRANT}")
    return _permitted(tenant, _roles(token))


def _permitted(tenant: str, roles: set[str] | None) -> Finding:
    if roles is None:
        return Finding("skipped", THING, f"the token of tenant {tenant} does not say what it permits. {GRANT}")
    missing = [name for name, wider in NEEDED.items() if not roles & {name, *wider}]
    if missing:
        return Finding("failed", THING, f"tenant {tenant} does not permit {' and '.join(missing)}. {GRANT}")
    return Finding("ok", THING, f"tenant {tenant} lets Gatehouse read them")


def _roles(token: str) -> set[str] | None:
    """What the token says that it permits; nothing depends on it but a line for the operator. None: it does not say."""
    try:
        part = token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return set(map(str, claims.get("roles", ())))
    except (IndexError, ValueError, AttributeError, TypeError, RecursionError):
        return None
