"""Where the bot may talk to: host patterns of a `serviceUrl`, matched before a turn and before every call."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address

from domain.value import value

MICROSOFT_HOSTS = (
    "smba.trafficmanager.net",
    "*.botframework.com",
    "smba.infra.gcc.teams.microsoft.com",
    "smba.infra.gov.teams.microsoft.us",
    "smba.infra.dod.teams.microsoft.us",
    "*.botframework.azure.us",
)
"""Service hosts of the public cloud and the US government clouds:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages"""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_ADDRESS = r"\[[0-9a-f:]{2,39}\]"
# One spelling only: lower case, no user info, no trailing dot, ASCII, no query or fragment, nothing to be normalised.
_URL = re.compile(rf"(https?)://({_NAME}|{_ADDRESS})(?::([1-9][0-9]{{0,4}}))?(?:/[A-Za-z0-9._~:@!$&'()*+,;=%/-]*)?")
_PATTERN = re.compile(rf"((?:\*\.)?{_NAME}|{_ADDRESS})(?::([1-9][0-9]{{0,4}}|\*))?")
_LONGEST = 2048
_PORTS = {"http": 80, "https": 443}


@value
class _Pattern:
    host: str
    port: int | None
    """None: any; a pattern without a port means https's own."""

    def fits(self, host: str, port: int) -> bool:
        if self.port is not None and self.port != port:
            return False
        if self.host.startswith("*."):
            return host.endswith(self.host[1:]) and len(host) > len(self.host) - 1
        return host == self.host


class ServiceHosts:
    """The allow-list. Patterns: `host`, `host:port`, `host:*`, `*.domain` (any depth below it, not itself).
    Raises ValueError, naming the pattern, for anything else."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(_parsed(pattern) for pattern in patterns)
        self._known: set[str] = set()

    def permits(self, url: object) -> bool:
        """Only https, but for loopback hosts that the list names."""
        if not isinstance(url, str):
            return False
        if url in self._known:
            return True
        if not self._fits(url):
            return False
        if len(self._known) < 1024:
            self._known.add(url)
        return True

    def _fits(self, url: str) -> bool:
        match = _URL.fullmatch(url) if len(url) <= _LONGEST else None
        if match is None:
            return False
        scheme, host, port_text = match.groups()
        port = int(port_text) if port_text else _PORTS[scheme]
        if port > 65535 or (scheme == "http" and not is_loopback(host)):
            return False
        return any(pattern.fits(host, port) for pattern in self._patterns)


@lru_cache(1024)
def is_loopback(host: str) -> bool:
    """`localhost`, 127.0.0.0/8 in full dotted form, or `[::1]`."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def same_service(one: str, other: str) -> bool:
    """Exact, but for one trailing slash."""
    return one.removesuffix("/") == other.removesuffix("/")


def _parsed(text: str) -> _Pattern:
    match = _PATTERN.fullmatch(text.strip().lower())
    if match is None or ((match[2] or "1").isdigit() and int(match[2] or 1) > 65535):
        raise ValueError(f"not a host pattern: {text!r}")
    return _Pattern(match[1], None if match[2] == "*" else int(match[2] or 443))
