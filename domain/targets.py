"""Where browsers may be sent: applications' addresses, and places inside of them. Pure.

An address is checked once, when an owner names it, and kept in one spelling: scheme, host as A-label, port where it is
not the usual one, path. A place is never joined to anything but such an address, and cannot leave its origin.
"""

import re
from ipaddress import IPv6Address, ip_address
from unicodedata import category
from urllib.parse import SplitResult, quote, urlsplit

import idna

from domain.access_errors import WrongPath, WrongUrl
from domain.access_views import UrlProblem

LONGEST_URL = 1000
LONGEST_PATH = 1500
"""Of a place: it has to fit into a cookie while its guest signs in."""
USUAL = {"http": 80, "https": 443}
UNFIT = frozenset('\\"<>^`{|}')
KEPT = "/?&=%:@!$'()*+,;~[]#-._"
"""Stays as it is in a place; all else is percent-encoded."""
OURS = "/.gatehouse"
"""Answered by Gatehouse on applications' hosts."""
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""A last label that makes browsers take a host for an IPv4 address (WHATWG URL, "ends in a number")."""


def address(text: str, *, development: bool) -> str:
    """An application's address in its one spelling. `development`: on this machine it needs no TLS. Raises WrongUrl."""
    if len(text) > LONGEST_URL:
        raise WrongUrl(UrlProblem.TOO_LONG)
    if "%" in text.partition("//")[2].partition("/")[0]:
        raise WrongUrl(UrlProblem.MALFORMED)
    if any(character.isspace() or category(character)[0] == "C" or character in UNFIT for character in text):
        raise WrongUrl(UrlProblem.MALFORMED)
    parts, port = _split(text)
    host = _host(parts.hostname or "")
    if parts.scheme not in USUAL or (parts.scheme == "http" and not (development and loopback(host))):
        raise WrongUrl(UrlProblem.NOT_HTTPS)
    if "@" in parts.netloc:
        raise WrongUrl(UrlProblem.USER_INFO)
    if "#" in text:
        raise WrongUrl(UrlProblem.FRAGMENT)
    rest = quote(parts.path or "/", safe=KEPT) + (f"?{quote(parts.query, safe=KEPT)}" if parts.query else "")
    netloc = host if port in (None, USUAL[parts.scheme]) else f"{host}:{port}"
    return f"{parts.scheme}://{netloc}{rest}"


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise WrongUrl(UrlProblem.MALFORMED) from None
    if not parts.netloc or port == 0:
        raise WrongUrl(UrlProblem.MALFORMED)
    return parts, port


def _host(name: str) -> str:
    """As browsers write it in `Host`. Raises WrongUrl."""
    try:
        if ":" in name:
            return f"[{IPv6Address(name)}]"
        if NUMBER.fullmatch(name.rpartition(".")[2]):
            return str(ip_address(name))
        host = idna.encode(name, uts46=True, std3_rules=True).decode().lower()
    except (idna.IDNAError, ValueError):
        raise WrongUrl(UrlProblem.MALFORMED) from None
    if host.endswith(".") or NUMBER.fullmatch(host.rpartition(".")[2]):
        raise WrongUrl(UrlProblem.MALFORMED)
    return host


def loopback(host: str) -> bool:
    """Whether a host is this machine, for any browser on it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host(url: str) -> str:
    """The name alone: what cookies are bound to."""
    return (urlsplit(url).hostname or "").lower()


def answers_to(url: str, asked: str) -> bool:
    """Whether a `Host` header names the address's host and port."""
    parts = urlsplit(url)
    usual = f":{USUAL[parts.scheme]}"
    return asked.lower().removesuffix(usual) == parts.netloc.removesuffix(usual)


def place(text: str) -> str:
    """A path with its query, inside of an application, as it can stand behind an origin. Raises WrongPath."""
    if not text.startswith("/") or text.startswith(("//", OURS)) or "\\" in text or len(text) > LONGEST_PATH:
        raise WrongPath
    if any(category(character) == "Cc" for character in text):
        raise WrongPath
    found = quote(text, safe=KEPT, errors="surrogateescape")
    if len(found) > LONGEST_PATH:
        raise WrongPath
    return found


def inside(url: str, where: str) -> str:
    """The application's address at a place; its own start where none is named. Raises WrongPath."""
    return origin(url) + place(where) if where else url
