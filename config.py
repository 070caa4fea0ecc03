"""Settings: read once at start from the environment and a `.env` file, frozen, every fault named at once.

Plain functions instead of pydantic-settings: that costs 60 ms and 2 MiB at every start (measured), and its messages
would show the values.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import graph_settings
import registrations
import values
from registrations import Registrations
from values import Network, Reading, Relay, Sender, Wrong

VARIABLES: Mapping[str, str] = {
    "GATEHOUSE_ENV": "production or development",
    "GATEHOUSE_HOST": "address to listen on",
    "PORT": "port to listen on",
    "GATEHOUSE_PUBLIC_URL": "base of every link, as guests reach it",
    "GATEHOUSE_DATABASE_URL": "SQLite file or PostgreSQL database",
    "GATEHOUSE_SECRET_KEYS": "keys of links and passcodes",
    "GATEHOUSE_QUOTAS": "how many invitations are permitted",
    "GATEHOUSE_SMTP_URL": "mail relay",
    "GATEHOUSE_SMTP_CA_FILE": "certificate of the relay's CA",
    "GATEHOUSE_MAIL_FROM": "sender of every mail",
    "GATEHOUSE_TENANTS": "tenants that are served",
    "GATEHOUSE_ADMINS": "who administers the served tenants",
    "GATEHOUSE_TRUSTED_PROXIES": "whose X-Forwarded-For is believed",
    "MicrosoftAppId": "the bot's application id",
    "MicrosoftAppPassword": "the bot's client secret",
    "MicrosoftAppType": "SingleTenant or MultiTenant",
    "MicrosoftAppTenantId": "the bot's own tenant",
    "GATEHOUSE_BOT_OPENID_URL": "metadata of the issuer of incoming tokens",
    "GATEHOUSE_BOT_ISSUER": "issuer of incoming tokens",
    "GATEHOUSE_BOT_TOKEN_URL": "where the bot gets its own token",
    "GATEHOUSE_BOT_SERVICE_HOSTS": "hosts that the bot may answer to",
    "GATEHOUSE_FILE_HOSTS": "hosts that lists of people may be fetched from",
    "GATEHOUSE_FEATURE_PROVIDER": "an OpenFeature provider of the operator's own, which can only switch off",
    **registrations.VARIABLES,
    **graph_settings.VARIABLES,
}

MICROSOFT_HOSTS = (
    "smba.trafficmanager.net",
    "*.botframework.com",
    "smba.infra.gcc.teams.microsoft.com",
    "smba.infra.gov.teams.microsoft.us",
    "smba.infra.dod.teams.microsoft.us",
    "*.botframework.us",
    "*.botframework.azure.us",
)
FILE_HOSTS = ("*.sharepoint.com", "*.sharepoint.us", "*.svc.ms")
LOOPBACK_HOSTS = ("localhost:*", "127.0.0.1:*")
OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ISSUER = "https://api.botframework.com"
TOKEN_URL = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105 - an address
KEY_FILE = "secret-keys"


class SettingsFaults(Exception):
    """Sentences, one for each fault. None repeats a value."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "The settings need attention:\n" + "\n".join(f"- {fault}" for fault in self.faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    development: bool
    host: str
    port: int
    public_url: str
    """Scheme, host and port, without a slash at the end."""
    database_url: str = field(repr=False)
    secret_keys: tuple[bytes, ...] = field(repr=False)
    """The first makes new secrets, all are accepted."""
    quotas: Mapping[str, int]
    """Only those that differ from the defaults."""
    smtp: Relay | None
    """None: the built-in mailbox (development only)."""
    smtp_ca_file: Path | None
    mail_from: Sender
    tenants: frozenset[str] | None
    """Lower case; None: any."""
    admins: frozenset[str]
    trusted_proxies: tuple[Network, ...]
    app_id: str | None
    """None: the bot endpoint is anonymous (development, on loopback only)."""
    app_password: str | None = field(repr=False)
    app_type: str
    app_tenant_id: str | None
    bot_openid_url: str
    bot_issuer: str
    bot_token_url: str
    bot_service_hosts: tuple[str, ...]
    file_hosts: tuple[str, ...]
    feature_provider: str | None
    registrations: Registrations
    graph: graph_settings.Graph | None

    @property
    def proxies_missing(self) -> bool:
        """True: there is a proxy that ends TLS, and we do not know it, so that all guests look like one client."""
        return not self.development and not self.trusted_proxies

    @property
    def sqlite_path(self) -> Path | None:
        """Relative to the working directory or absolute; None: the database is a PostgreSQL."""
        kind, _, path = self.database_url.partition(":///")
        return Path(path) if kind == "sqlite" else None


def load(environ: Mapping[str, str], env_file: Path = Path(".env"), var: Path = Path("var")) -> Settings:
    """The environment wins over the file; blank counts as not set. `var` keeps what development generates.

    Raises SettingsFaults.
    """
    reading = Reading(given(environ, env_file))
    development = reading.value("GATEHOUSE_ENV", _environment, default="production") == "development"
    settings = Settings(
        development=development,
        **_addresses(reading, development),
        **_mail(reading, development),
        **_bot(reading, development),
        database_url=reading.value("GATEHOUSE_DATABASE_URL", values.database, "sqlite:///var/gatehouse.db"),
        quotas=reading.value("GATEHOUSE_QUOTAS", values.quotas, {}),
        tenants=_tenants(reading, development),
        admins=frozenset(reading.value("GATEHOUSE_ADMINS", _guids, ())),
        feature_provider=reading.value("GATEHOUSE_FEATURE_PROVIDER", values.reference, None),
        registrations=registrations.read(reading),
        graph=graph_settings.read(reading),
        secret_keys=_secret_keys(reading, development, var),
    )
    if reading.faults:
        raise SettingsFaults(reading.faults)
    return settings


def given(environ: Mapping[str, str], env_file: Path = Path(".env")) -> dict[str, str]:
    """All that is set, whether it means something or not. Raises SettingsFaults where the file cannot be read."""
    return {**_from_file(env_file), **environ}


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {name: value or "" for name, value in dotenv_values(path, interpolate=False).items()}
    except (OSError, UnicodeDecodeError):
        raise SettingsFaults([f"{path} cannot be read. Make it a UTF-8 text that this user may read."]) from None


def _environment(text: str) -> str:
    return values.one_of(text, ("production", "development"))


def _guids(text: str) -> tuple[str, ...]:
    return values.several(text, values.guid)


def _addresses(reading: Reading, development: bool) -> dict[str, Any]:
    host = reading.value("GATEHOUSE_HOST", values.host, "127.0.0.1")
    port = reading.value("PORT", values.port, 3978)
    if development and "MicrosoftAppId" not in reading and not values.loopback(host):
        reading.fault(
            "GATEHOUSE_HOST",
            "must be a loopback address in development, where anybody may talk to the bot: set it to 127.0.0.1, "
            "or set MicrosoftAppId and MicrosoftAppPassword so that tokens are checked",
        )
    return {
        "host": host,
        "port": port,
        "public_url": reading.value(
            "GATEHOUSE_PUBLIC_URL",
            partial(values.origin, secure=not development),
            f"http://localhost:{port}",
            needed="" if development else "the https address that guests reach, such as https://guests.example.com",
        ),
        "trusted_proxies": reading.value("GATEHOUSE_TRUSTED_PROXIES", _networks, ()),
    }


def _networks(text: str) -> tuple[Network, ...]:
    return values.several(text, values.network)


def _mail(reading: Reading, development: bool) -> dict[str, Any]:
    relay = "" if development else "the mail relay, such as smtp://user:password@mail.example.com:587"
    sender = "" if development else "the sender of every mail, such as Gatehouse <no-reply@example.com>"
    unset = Sender("Gatehouse", "no-reply@gatehouse.localhost")
    return {
        "smtp": reading.value("GATEHOUSE_SMTP_URL", values.relay, None, needed=relay),
        "smtp_ca_file": reading.value("GATEHOUSE_SMTP_CA_FILE", values.pem, None),
        "mail_from": reading.value("GATEHOUSE_MAIL_FROM", values.sender, unset, needed=sender),
    }


def _bot(reading: Reading, development: bool) -> dict[str, Any]:
    tenant_id = reading.value("MicrosoftAppTenantId", values.guid, None)
    app_type = _app_type(reading, development)
    if app_type == "SingleTenant" and "MicrosoftAppTenantId" not in reading:
        reading.fault("MicrosoftAppTenantId", "is missing: a SingleTenant bot needs the id of its tenant")
    directory = tenant_id if app_type == "SingleTenant" and tenant_id else "botframework.com"
    hosts = MICROSOFT_HOSTS + (LOOPBACK_HOSTS if development else ())
    return {
        **_credentials(reading, development),
        "app_type": app_type,
        "app_tenant_id": tenant_id,
        "bot_openid_url": reading.value("GATEHOUSE_BOT_OPENID_URL", values.service, OPENID_URL),
        "bot_issuer": reading.value("GATEHOUSE_BOT_ISSUER", values.service, ISSUER),
        "bot_token_url": reading.value("GATEHOUSE_BOT_TOKEN_URL", values.service, TOKEN_URL.format(tenant=directory)),
        "file_hosts": reading.value("GATEHOUSE_FILE_HOSTS", _patterns, FILE_HOSTS),
        "bot_service_hosts": reading.value("GATEHOUSE_BOT_SERVICE_HOSTS", _patterns, hosts),
    }


def _app_type(reading: Reading, development: bool) -> str:
    return reading.value(
        "MicrosoftAppType",
        lambda text: values.one_of(text, ("SingleTenant", "MultiTenant")),
        "SingleTenant" if development and "MicrosoftAppTenantId" in reading else "MultiTenant",
        needed="" if development else "SingleTenant or MultiTenant, as the bot is registered",
    )


def _credentials(reading: Reading, development: bool) -> dict[str, Any]:
    """Both or, in development, neither: an id alone cannot answer, and without an id nobody's token is checked."""
    either = "MicrosoftAppId" in reading or "MicrosoftAppPassword" in reading
    needed = either or not development
    app_id, secret = ("the bot's application id", "the bot's client secret") if needed else ("", "")
    return {
        "app_id": reading.value("MicrosoftAppId", values.guid, None, needed=app_id),
        "app_password": reading.value("MicrosoftAppPassword", str, None, needed=secret),
    }


def _patterns(text: str) -> tuple[str, ...]:
    found = values.several(text, values.pattern)
    if not found:
        raise values.Wrong("names no host")
    return found


def _tenants(reading: Reading, development: bool) -> frozenset[str] | None:
    if "GATEHOUSE_TENANTS" in reading:
        return reading.value("GATEHOUSE_TENANTS", _served, frozenset())
    if development:
        return None
    if reading.variables.get("MicrosoftAppType", "").lower() == "multitenant":
        reading.fault("GATEHOUSE_TENANTS", "is missing: a MultiTenant bot needs the ids of the tenants it serves, or *")
    tenant_id = reading.variables.get("MicrosoftAppTenantId")
    return frozenset({tenant_id.lower()} if tenant_id else ())


def _served(text: str) -> frozenset[str] | None:
    if "*" in (part.strip() for part in text.split(",")):
        return None
    served = frozenset(_guids(text))
    if not served:
        raise Wrong("must name at least one tenant, or be *")
    return served


def _secret_keys(reading: Reading, development: bool, var: Path) -> tuple[bytes, ...]:
    """In development made once and kept, with mode 0600; nothing is written while there are faults."""
    if "GATEHOUSE_SECRET_KEYS" in reading or not development:
        return reading.value("GATEHOUSE_SECRET_KEYS", _keys, (), needed=f"a key made with: {values.NEW_KEY}")
    if reading.faults:
        return ()
    try:
        return _keys(_kept(var / KEY_FILE))
    except OSError:
        reading.fault(
            "GATEHOUSE_SECRET_KEYS", f"is missing and cannot be kept in {var}: set it, or make {var} writable"
        )
    except Wrong:
        reading.fault("GATEHOUSE_SECRET_KEYS", f"is missing and {var / KEY_FILE} holds no key: remove that file")
    return ()


def _keys(text: str) -> tuple[bytes, ...]:
    keys = values.several(text, values.key)
    if not keys:
        raise Wrong(f"must hold a key, made with: {values.NEW_KEY}")
    return keys


def _kept(path: Path) -> str:
    """The file's text. Processes that start together agree: the first link wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(values.KEY_BYTES))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
