"""Domains and networks as policies keep them. Pure."""

import re
from ipaddress import IPv6Network, ip_network

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:\*\.{_LABEL}|{_LABEL}\.{_LABEL})(?:\.{_LABEL})*")
_MAPPED = IPv6Network("::ffff:0:0/96")
LONGEST_DOMAIN = 255


def pattern(text: str) -> str | None:
    """Lower-case A-labels, as addresses are kept; `*.` stands for everything below. None: it is no domain."""
    bare = text.strip().lower().removeprefix("@")
    if not bare.isascii():
        bare = _ascii(bare)
    return bare if len(bare) <= LONGEST_DOMAIN and _DOMAIN.fullmatch(bare) else None


def _ascii(text: str) -> str:
    star, bare = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    try:
        return star + bare.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def network(text: str) -> str | None:
    """A CIDR with nothing behind its prefix, as rules compare it. None: it is none."""
    try:
        found = ip_network(text.strip())
    except ValueError:
        return None
    mapped = isinstance(found, IPv6Network) and found.subnet_of(_MAPPED)
    return None if mapped else str(found)
