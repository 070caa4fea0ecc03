"""What a setting's text means. A text that cannot be read raises `Wrong` and is not repeated: it may be secret."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

T = TypeVar("T")
Network = IPv4Network | IPv6Network

QUOTAS = ("owner_hour", "workspace_day", "tenant_day", "workspace_open")
KEY_BYTES = 32
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_STRICT = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_STRICT}(?:\.{_STRICT})*"
"""Of URLs and mail addresses, where no underscore may stand."""
_ADDRESS = re.compile(rf"(?=.{{1,64}}@)[a-z0-9_+'-]+(?:\.[a-z0-9_+'-]+)*@{_HOST}", re.IGNORECASE)
_SENDER = re.compile(r"(?:\"(?P<quoted>[^\"\\]*)\"|(?P<plain>[^<>\"]*?))\s*<(?P<address>[^<>\s]+)>")
_PATTERN = re.compile(rf"(?:(?:\*\.)?{_HOST}|\[[0-9a-f:]{{2,39}}\])(?::(\*|[1-9][0-9]{{0,4}}))?")
LAST_PORT = 65535
_CALLABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


class Wrong(Exception):
    """Why a text is no value of its setting, as the end of a sentence that begins with the setting's name."""


class Reading:
    """The variables and the faults found so far. A fault gives the default, so that reading goes on to the next."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = {name: value.strip() for name, value in variables.items() if value.strip()}
        self.faults: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self.variables

    def fault(self, name: str, what: str) -> None:
        self.faults.append(f"{name} {what}.")

    def value(self, name: str, read: Callable[[str], T], default: T, *, needed: str = "") -> T:
        """`needed`: what to set it to; given where it must not be missing."""
        if name not in self.variables:
            if needed:
                self.fault(name, f"is missing: set it to {needed}")
            return default
        try:
            return read(self.variables[name])
        except Wrong as wrong:
            self.fault(name, str(wrong))
            return default


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail relay. `starttls`: TLS is begun before anything else is said; `implicit`: from the first byte."""

    host: str
    port: int
    tls: Literal["starttls", "implicit"]
    loopback: bool
    """True: clear text is permitted where the relay offers no STARTTLS."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    name: str
    address: str


def loopback(host: str) -> bool:
    """True for localhost and the addresses of this machine alone. Names are not looked up."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def one_of(text: str, choices: Sequence[str]) -> str:
    for choice in choices:
        if text.lower() == choice.lower():
            return choice
    raise Wrong(f"must be {' or '.join(choices)}")


def port(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,5}", text) and 1 <= int(text) <= LAST_PORT:
        return int(text)
    raise Wrong(f"must be a port number from 1 to {LAST_PORT}")


def host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        if _NAME.fullmatch(text.lower()):
            return text.lower()
    raise Wrong("must be a host name or an IP address, such as 127.0.0.1")


def guid(text: str) -> str:
    if _GUID.fullmatch(text.lower()):
        return text.lower()
    raise Wrong("must be an id such as 01234567-89ab-cdef-0123-456789abcdef")


def several(text: str, read: Callable[[str], T]) -> tuple[T, ...]:
    """Comma-separated values, each read; blanks between commas do not count."""
    values: list[T] = []
    for number, part in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        try:
            values.append(read(part))
        except Wrong as wrong:
            raise Wrong(f"has a wrong entry: number {number} {wrong}") from None
    return tuple(values)


def network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise Wrong("must be an address range such as 10.0.0.0/8") from None


def key(text: str) -> bytes:
    """RFC 4648, section 5; padding may be left out."""
    bare = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", bare) or len(bare) % 4 == 1:
        raise Wrong(f"must be base64url (letters, digits, - and _). Make a key with: {NEW_KEY}")
    raw = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if len(raw) < KEY_BYTES:
        raise Wrong(f"must be {KEY_BYTES} bytes or more and is {len(raw)}. Make a key with: {NEW_KEY}")
    return raw


def quotas(text: str) -> Mapping[str, int]:
    pairs = several(text, _quota)
    if len(dict(pairs)) < len(pairs):
        raise Wrong("names a quota twice. Keep one of them")
    return dict(pairs)


def _quota(text: str) -> tuple[str, int]:
    name, _, number = (part.strip() for part in text.partition("="))
    if name not in QUOTAS:
        raise Wrong(f"must begin with one of {', '.join(QUOTAS)}")
    if not re.fullmatch(r"[0-9]{1,9}", number) or int(number) < 1:
        raise Wrong(f"must give a whole number from 1 on, such as {name}=60")
    return name, int(number)


def parts(text: str, *schemes: str) -> SplitResult:
    """A URL of one of the schemes with a host and a possible port."""
    try:
        url = urlsplit(text)
        valid = url.scheme in schemes and url.hostname is not None and url.port != 0
        host((url.hostname or "") if valid else "")
    except (ValueError, Wrong):
        beginnings = " or ".join(f"{scheme}://" for scheme in schemes)
        raise Wrong(f"must be a URL that begins with {beginnings} and a host") from None
    return url


def origin(text: str, *, secure: bool) -> str:
    """Scheme, host and port as a browser's Origin header writes them (RFC 6454, section 6.2)."""
    url = parts(text, "https") if secure else parts(text, "https", "http")
    if url.path not in ("", "/") or url.query or url.fragment or "@" in url.netloc or text.endswith(("?", "#")):
        raise Wrong("must be scheme, host and port only, such as https://guests.example.com")
    usual = {"https": 443, "http": 80}[url.scheme]
    return f"{url.scheme}://{_bracketed(url)}" + ("" if url.port in (None, usual) else f":{url.port}")


def _bracketed(url: SplitResult) -> str:
    name = url.hostname or ""
    return f"[{name}]" if ":" in name else name


def service(text: str) -> str:
    """An https URL; http only to this machine."""
    url = parts(text, "https", "http")
    if "@" in url.netloc:
        raise Wrong("must not hold a user or a password")
    if url.scheme == "http" and not loopback(url.hostname or ""):
        raise Wrong("must begin with https:// (http:// is for loopback hosts only)")
    return text


def relay(text: str) -> Relay:
    url = parts(text, "smtp", "smtps")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise Wrong("must end after host and port (write special characters of the password percent-encoded: # as %23)")
    user, password = (None if part is None else unquote(part) for part in (url.username, url.password))
    if bool(user) != bool(password):
        raise Wrong("must give both user and password, or neither")
    if any(ord(letter) < 32 for letter in (user or "") + (password or "")):
        raise Wrong("must not hold control characters in user or password")
    implicit = url.scheme == "smtps"
    name = url.hostname or ""
    return Relay(
        host=name,
        port=url.port or (465 if implicit else 587),
        tls="implicit" if implicit else "starttls",
        loopback=loopback(name),
        user=user or None,
        password=password or None,
    )


def pem(text: str) -> Path:
    """A file with at least one certificate."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=text)
    except ssl.SSLError:
        raise Wrong("must name a PEM file with the certificate of the relay's CA; this file holds none") from None
    except OSError:
        raise Wrong("must name a file that exists and can be read") from None
    return Path(text)


def sender(text: str) -> Sender:
    found = _SENDER.fullmatch(text)
    name = (found["quoted"] or found["plain"] or "").strip() if found else ""
    address = found["address"] if found else text
    if not _ADDRESS.fullmatch(address) or not name.isprintable():
        raise Wrong("must be a name and an address such as Gatehouse <no-reply@example.com>")
    return Sender(name, address)


def database(text: str) -> str:
    """A SQLite file, relative to the working directory or absolute, or a PostgreSQL database."""
    try:
        url = urlsplit(text)
        named = url.path.strip("/") not in ("", ":memory:") and url.port != 0
    except ValueError:
        named, url = False, urlsplit("")
    reachable = url.scheme == "sqlite" and not url.netloc
    reachable = reachable or (url.scheme == "postgresql" and (bool(url.hostname) or "host=" in url.query))
    if named and reachable:
        return text
    raise Wrong("must be sqlite:///path/to/file.db or postgresql://user:password@host/db")


def pattern(text: str) -> str:
    match = _PATTERN.fullmatch(text.lower())
    if match and int((match[1] or "1").replace("*", "1")) <= LAST_PORT:
        return text.lower()
    raise Wrong("must be a host pattern such as *.botframework.com or 127.0.0.1:*")


def instant(text: str) -> datetime:
    """An aware moment in UTC (ISO 8601). A bare date is its midnight in UTC; a time without a zone is UTC too."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong("must be an instant as in ISO 8601, such as 2026-12-01 or 2026-12-01T09:00+01:00") from None


def reference(text: str) -> str:
    if _CALLABLE.fullmatch(text):
        return text
    raise Wrong("must be package.module:callable")
