"""Which activities are let in once the caller is known: their tenant and their age."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.authentication import NotPermitted

OLDEST_SECONDS = 600.0
AHEAD_SECONDS = 300.0
_TENANT = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")


class WrongTenant(NotPermitted):
    """Contradicting tenants. `served`: those of them that are served."""

    def __init__(self, served: frozenset[str]) -> None:
        super().__init__("contradicting tenants")
        self.served = served


def tenant_of(activity: Mapping[str, Any], header: str | None, served: frozenset[str] | None) -> str:
    """The tenant's id, in lower case. `header` is `x-ms-tenant-id`; `served` None means any.

    The token names no tenant, so all who name one must agree, and one must. Raises NotPermitted, WrongTenant."""
    data: Mapping[str, Any] = activity.get("channelData") or {}
    tenant: Mapping[str, Any] = data.get("tenant") or {}
    named = (tenant.get("id"), activity["conversation"].get("tenantId"), header)
    ids = {text.lower() for text in named if text}
    known = frozenset(one for one in ids if _TENANT.fullmatch(one) and (served is None or one in served))
    if len(ids) > 1:
        raise WrongTenant(known)
    if not known:
        raise NotPermitted("tenant not served" if ids else "no tenant")
    return ids.pop()


def check_age(activity: Mapping[str, Any], now: float) -> None:
    """Refuses what was sent more than ten minutes ago, or says so; `now` in seconds since 1970. The body is not
    signed: this narrows what a stolen token can replay, while received activities are remembered for a day. An absent
    or unreadable timestamp is no reason to refuse: the protocol does not demand one. Raises NotPermitted."""
    try:
        sent_at = datetime.fromisoformat(activity.get("timestamp") or "")
        seconds = sent_at.replace(tzinfo=sent_at.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return
    if not -AHEAD_SECONDS <= now - seconds <= OLDEST_SECONDS:
        raise NotPermitted("sent long ago, or not yet")
