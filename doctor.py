"""`doctor`: one line for each thing that Gatehouse depends on, with what to do. Sends no mail, shows no secret."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp

import config
import values
from config import Settings
from domain.faults import Unavailable
from outbox.relay import Line, Patience, Relay, Unauthorised, Unreachable
from storage.database import Database

PATIENCE_SECONDS = 5.0
SKEW_SECONDS = 60
"""A clock further off than this makes tokens and passcodes fail sooner or later; tokens forgive 300 s."""
BOT_SCOPE = "https://api.botframework.com/.default"
OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Finding:
    state: Literal["ok", "missing", "failed", "skipped"]
    thing: str
    detail: str

    @property
    def bad(self) -> bool:
        return self.state in {"missing", "failed"}

    def __str__(self) -> str:
        return f"{self.state:<8} {self.thing}: {self.detail}"


def faulty(faults: list[str]) -> list[Finding]:
    """What there is to say when the settings cannot even be read."""
    states = [("missing" if " is missing" in fault else "failed", fault) for fault in faults]
    return [Finding("missing" if state == "missing" else "failed", "settings", fault) for state, fault in states]


async def examine(
    settings: Settings, opening: AbstractAsyncContextManager[Database], given: Mapping[str, str]
) -> list[Finding]:
    """All checks at once; none takes much longer than its patience. `given`: whatever is set, under any name."""
    import graph_check

    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        groups = await asyncio.gather(
            _at_once(spelling(given)),
            _at_once(proxies(settings)),
            public_address(settings, http),
            relay(settings),
            database(settings, opening),
            bot(settings, http),
            issuer_and_clock(settings, http),
            _at_once(package(settings)),
            mail_domain(settings),
            graph_check.owners(settings, http),
        )
    return [finding for group in groups for finding in group]


async def _at_once(findings: list[Finding]) -> list[Finding]:
    return findings


def spelling(given: Mapping[str, str]) -> list[Finding]:
    """Names that look like ours and mean nothing."""
    strays = [name for name in given if name.startswith("GATEHOUSE_") and name not in config.VARIABLES]
    if not strays:
        return [Finding("ok", "settings", "complete and well-formed")]
    found: list[Finding] = []
    for name in strays:
        near = get_close_matches(name, config.VARIABLES, n=1)
        hint = f"; is {near[0]} meant" if near else ""
        found.append(Finding("failed", "settings", f"{name} is not a setting{hint}? Correct or remove it"))
    return found


def proxies(settings: Settings) -> list[Finding]:
    """Whose X-Forwarded-For is believed. In development guests come without a proxy."""
    if settings.development:
        return []
    if settings.proxies_missing:
        todo = "Set GATEHOUSE_TRUSTED_PROXIES to the addresses of the proxy that ends TLS"
        return [Finding("missing", "proxies", f"all guests look like one client. {todo}")]
    return [Finding("ok", "proxies", "guests are told apart by the address that a trusted proxy names")]


async def public_address(settings: Settings, http: aiohttp.ClientSession) -> list[Finding]:
    if values.loopback(urlsplit(settings.public_url).hostname or ""):
        todo = "links lead to this machine only. Set GATEHOUSE_PUBLIC_URL to the https address that guests reach"
        return [Finding("missing", "public address", todo)]
    try:
        async with http.get(f"{settings.public_url}/livez", allow_redirects=False) as answer:
            alive = answer.status == 200 and (await answer.content.read(64)).startswith(b"alive")
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        return [
            Finding("failed", "public address", f"{settings.public_url} does not answer ({_reason(fault)}). {PROXY}")
        ]
    if alive:
        return [Finding("ok", "public address", f"Gatehouse answers at {settings.public_url}")]
    return [Finding("failed", "public address", f"something else answers at {settings.public_url}. {PROXY}")]


PROXY = "Start Gatehouse, and look at its name in the DNS, its certificate and the proxy in front of it"


def _reason(fault: BaseException) -> str:
    """The kind of a fault, in words. Not its text: that may hold what was sent."""
    if isinstance(fault, TimeoutError):
        return f"no answer within {PATIENCE_SECONDS:.0f} s"
    if isinstance(fault, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "its certificate is not trusted"
    if isinstance(fault, aiohttp.ClientConnectorDNSError):
        return "its name is not in the DNS"
    return "no connection" if isinstance(fault, aiohttp.ClientConnectorError) else type(fault).__name__


async def relay(settings: Settings) -> list[Finding]:
    """Connects, begins TLS, verifies the certificate and signs in, as the worker does."""
    if settings.smtp is None:
        todo = "mails stay in the built-in mailbox of this machine. Set GATEHOUSE_SMTP_URL and GATEHOUSE_MAIL_FROM"
        return [Finding("missing", "relay", todo)]
    known = settings.smtp
    ca_file = str(settings.smtp_ca_file) if settings.smtp_ca_file else None
    place = Relay(known.host, known.port, known.tls == "implicit", known.user, known.password, ca_file)
    patience = Patience(connect=PATIENCE_SECONDS, command=PATIENCE_SECONDS)
    try:
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            conversation = await Line(place, patience, urlsplit(settings.public_url).hostname or "localhost").open()
        conversation.close()
    except TimeoutError:
        return [Finding("failed", "relay", f"{known.host}:{known.port} does not answer in time. Look at the firewall")]
    except Unauthorised:
        return [Finding("failed", "relay", "it refuses user and password. Correct them in GATEHOUSE_SMTP_URL")]
    except Unreachable as fault:
        return [Finding("failed", "relay", f"{fault}. Correct GATEHOUSE_SMTP_URL or GATEHOUSE_SMTP_CA_FILE")]
    return [Finding("ok", "relay", f"{known.host}:{known.port} takes mail from us")]


async def database(settings: Settings, opening: AbstractAsyncContextManager[Database]) -> list[Finding]:
    unmade = Finding("missing", "database", "its tables are not of this version. Run: python app.py migrate")
    if settings.sqlite_path and not await asyncio.to_thread(settings.sqlite_path.is_file):
        return [unmade]
    try:
        async with asyncio.timeout(2 * PATIENCE_SECONDS), opening as opened:
            ready = await opened.engine.migrated()
    except (Unavailable, OSError, TimeoutError):
        return [Finding("failed", "database", "it cannot be reached. Correct GATEHOUSE_DATABASE_URL, or start it")]
    if not ready:
        return [unmade]
    return [Finding("ok", "database", "it answers, and its tables are of this version"), *_open_files(settings)]


def _open_files(settings: Settings) -> list[Finding]:
    """Files of SQLite that others on this machine may read."""
    if settings.sqlite_path is None:
        return []
    files = [Path(f"{settings.sqlite_path}{end}") for end in ("", "-wal", "-shm")]
    wide = [file for file in files if file.exists() and file.stat().st_mode & OTHERS]
    return [Finding("failed", "database", f"others may read {file}. Run: chmod 600 {file}") for file in wide]


async def bot(settings: Settings, http: aiohttp.ClientSession) -> list[Finding]:
    """Asks for the bot's own token, as its connector does."""
    if settings.app_id is None:
        todo = "nobody's token is checked. Register a bot, and set MicrosoftAppId and MicrosoftAppPassword"
        return [Finding("missing", "bot", todo)]
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.app_id,
        "client_secret": settings.app_password or "",
        "scope": BOT_SCOPE,
    }
    try:
        async with http.post(settings.bot_token_url, data=form, allow_redirects=False) as answer:
            told: Any = await answer.json(content_type=None)
            if answer.status == 200 and isinstance(told, dict) and "access_token" in told:
                return [Finding("ok", "bot", "it gets its token")]
            return [Finding("failed", "bot", f"it gets no token ({answer.status}{error_code(told)}). {CREDENTIALS}")]
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        return [
            Finding("failed", "bot", f"its token endpoint fails ({_reason(fault)}). Look at GATEHOUSE_BOT_TOKEN_URL")
        ]


CREDENTIALS = "Correct MicrosoftAppId, MicrosoftAppPassword, MicrosoftAppType and MicrosoftAppTenantId"


def error_code(told: Any) -> str:
    """The error's code (RFC 6749, section 5.2) and Microsoft's number, without the description: that names ids."""
    text = str(told)
    found = re.findall(r"(?<=')(?:invalid|unauthorized|unsupported)_[a-z]+(?=')|AADSTS[0-9]+", text)
    return "".join(f", {code}" for code in dict.fromkeys(found))


async def issuer_and_clock(settings: Settings, http: aiohttp.ClientSession) -> list[Finding]:
    """Where the keys of incoming tokens come from; its answer's Date is held against our clock."""
    try:
        async with http.get(settings.bot_openid_url, allow_redirects=False) as answer:
            told: Any = await answer.json(content_type=None)
            dated = answer.headers.get("Date", "")
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        todo = f"the metadata does not come ({_reason(fault)}). Look at GATEHOUSE_BOT_OPENID_URL and the firewall"
        return [Finding("failed", "token issuer", todo), Finding("skipped", "clock", "nothing to hold it against")]
    if not isinstance(told, dict) or "jwks_uri" not in told:
        todo = "what comes is no OpenID metadata. Correct GATEHOUSE_BOT_OPENID_URL"
        return [Finding("failed", "token issuer", todo), clock(dated, datetime.now(UTC))]
    return [Finding("ok", "token issuer", "its metadata comes"), clock(dated, datetime.now(UTC))]


def clock(dated: str, now: datetime) -> Finding:
    """`dated` as in the header Date (RFC 9110, section 6.6.1)."""
    try:
        skew = (now - parsedate_to_datetime(dated)).total_seconds()
    except (ValueError, TypeError):
        return Finding("skipped", "clock", "nothing to hold it against")
    if abs(skew) <= SKEW_SECONDS:
        return Finding("ok", "clock", "it agrees with the token issuer's")
    way = "ahead" if skew > 0 else "behind"
    return Finding("failed", "clock", f"it is {abs(skew):.0f} s {way}. Let this machine keep time with NTP")


def package(settings: Settings) -> list[Finding]:
    from manifest import package as manifest

    if settings.app_id is None:
        return [Finding("missing", "manifest", "it needs a bot. Set MicrosoftAppId, then run: python app.py manifest")]
    faults = manifest.faults(manifest.contents(settings.app_id, settings.public_url))
    return [Finding("failed", "manifest", fault) for fault in faults] or [
        Finding("ok", "manifest", "python app.py manifest writes the package for this bot")
    ]


async def mail_domain(settings: Settings) -> list[Finding]:
    """What receivers look for in the DNS of the sender's domain. Skipped where the DNS does not answer."""
    if settings.smtp is None:
        return [Finding("skipped", "DNS", "no mail leaves this machine")]
    from dns import asyncresolver, exception

    domain = settings.mail_from.address.rpartition("@")[2]
    try:
        resolver = asyncresolver.Resolver()
        resolver.lifetime = PATIENCE_SECONDS / 2
        return await _mail_records(resolver, domain)
    except (exception.DNSException, OSError):
        return [Finding("skipped", "DNS", f"SPF, DKIM and DMARC of {domain}: the DNS does not answer")]


async def _mail_records(resolver: Any, domain: str) -> list[Finding]:
    spf, dkim, dmarc = await asyncio.gather(
        _texts(resolver, domain), _texts(resolver, f"_domainkey.{domain}"), _dmarc(resolver, domain)
    )
    return [
        _record("SPF", any(text.startswith("v=spf1") for text in spf or ()), f"a TXT record v=spf1 … at {domain}"),
        _record("DKIM", dkim is not None, f"the keys that the relay signs with below _domainkey.{domain}"),
        _record("DMARC", dmarc, f"v=DMARC1 … at _dmarc.{domain}"),
    ]


async def _dmarc(resolver: Any, domain: str) -> bool:
    """At the domain or at one above it, whose policy then counts (RFC 7489, section 6.6.3)."""
    labels = domain.split(".")
    above = [".".join(labels[i:]) for i in range(max(len(labels) - 1, 1))]
    found = [await _texts(resolver, f"_dmarc.{name}") for name in above]
    return any(text.startswith("v=DMARC1") for texts in found for text in texts or ())


def _record(name: str, there: bool, wanted: str) -> Finding:
    return Finding("ok", name, "it is there") if there else Finding("missing", name, f"publish {wanted}")


async def _texts(resolver: Any, name: str) -> tuple[str, ...] | None:
    """The TXT records of a name. None: neither it nor anything below it exists (RFC 8020)."""
    from dns.resolver import NXDOMAIN, NoAnswer

    try:
        answer = await resolver.resolve(name, "TXT")
    except NoAnswer:
        return ()
    except NXDOMAIN:
        return None
    return tuple(b"".join(record.strings).decode(errors="replace") for record in answer)
