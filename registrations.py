"""Settings: how Gatehouse is registered with Microsoft and Google, for guests who sign in with an account."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import values
from values import Reading

VARIABLES: Mapping[str, str] = {
    "GATEHOUSE_MICROSOFT_CLIENT_ID": "the application id for guests with a Microsoft account",
    "GATEHOUSE_MICROSOFT_CLIENT_SECRET": "its client secret",
    "GATEHOUSE_MICROSOFT_URL": "Microsoft's sign-in service",
    "GATEHOUSE_GOOGLE_CLIENT_ID": "the client id for guests with a Google account",
    "GATEHOUSE_GOOGLE_CLIENT_SECRET": "its client secret",
    "GATEHOUSE_GOOGLE_ISSUER": "issuer of Google's tokens",
}
MICROSOFT_URL = "https://login.microsoftonline.com"
GOOGLE_ISSUER = "https://accounts.google.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrations:
    """An id without a secret, or the other way round, is a fault: there are both or neither."""

    microsoft_id: str | None = None
    microsoft_secret: str | None = field(default=None, repr=False)
    microsoft_url: str = MICROSOFT_URL
    google_id: str | None = None
    google_secret: str | None = field(default=None, repr=False)
    google_issuer: str = GOOGLE_ISSUER


def read(reading: Reading) -> Registrations:
    microsoft_id, microsoft_secret = _pair(reading, "GATEHOUSE_MICROSOFT")
    google_id, google_secret = _pair(reading, "GATEHOUSE_GOOGLE")
    return Registrations(
        microsoft_id=microsoft_id,
        microsoft_secret=microsoft_secret,
        microsoft_url=reading.value("GATEHOUSE_MICROSOFT_URL", values.service, MICROSOFT_URL).rstrip("/"),
        google_id=google_id,
        google_secret=google_secret,
        google_issuer=reading.value("GATEHOUSE_GOOGLE_ISSUER", values.service, GOOGLE_ISSUER),
    )


def _pair(reading: Reading, name: str) -> tuple[str | None, str | None]:
    names = (f"{name}_CLIENT_ID", f"{name}_CLIENT_SECRET")
    either = any(each in reading for each in names)
    client_id, secret = (f"what the registration gives, or unset {each}" if either else "" for each in reversed(names))
    return (
        reading.value(names[0], str, None, needed=client_id),
        reading.value(names[1], str, None, needed=secret),
    )
