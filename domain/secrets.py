"""Link tokens, passcodes and ids. Tokens and passcodes are derived from ids, under keys outside the database."""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import field
from functools import cache

from domain.value import value

PASSCODE_DIGITS = 8
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which people mistake for each other: 32, so that each is as likely as the others."""


class UnknownKey(Exception):
    """A row was made under a key that is no longer among the secret keys: a fault of the settings."""


@value
class Keys:
    """The secret keys, 32 bytes or more each. The first makes new secrets, all are accepted."""

    keys: tuple[bytes, ...] = field(repr=False)

    @property
    def current(self) -> str:
        return key_id(self.keys[0])

    def named(self, name: str) -> bytes:
        for key in self.keys:
            if key_id(key) == name:
                return key
        raise UnknownKey(name)

    def derive(self, name: str, purpose: str, *parts: str) -> bytes:
        """HMAC-SHA-256 over length-prefixed parts: no two lists of parts give the same input."""
        message = b"".join(len(raw).to_bytes(4) + raw for raw in (part.encode() for part in (purpose, *parts)))
        return hmac.digest(self.named(name), message, "sha256")

    def link_token(self, name: str, tenant_id: str, invitation_id: str, link_id: str) -> str:
        """43 characters, 256 bits."""
        return text(self.derive(name, "link", tenant_id, invitation_id, link_id))

    def passcode(self, name: str, tenant_id: str, scope: str, passcode_id: str) -> str:
        """Eight digits. 128 bits taken modulo 10^8: the bias is below 2^-100. Truncation as in HOTP (RFC 4226)."""
        raw = self.derive(name, "passcode", tenant_id, scope, passcode_id)
        return f"{int.from_bytes(raw[:16]) % 10**PASSCODE_DIGITS:0{PASSCODE_DIGITS}d}"

    def withdraw_token(self, name: str, passcode_id: str) -> str:
        return text(self.derive(name, "withdraw", passcode_id))


@cache
def key_id(key: bytes) -> str:
    """Names a key without telling it; the same on every replica, wherever the key stands in the list."""
    return hashlib.sha256(b"key id" + key).hexdigest()[:12]


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_id() -> str:
    """A new id of 128 bits, 22 characters: the time in milliseconds (48) and random bits (80). Not secret. What is made
    together lies together in an index, so that few pages of it are written. The first character is a letter for some
    thousand years: ids stand on command lines, where a hyphen would begin an option, and in spreadsheets, where it
    would begin a formula."""
    milliseconds = time.time_ns() // 1_000_000
    return text(milliseconds.to_bytes(6) + secrets.token_bytes(10))


def new_token() -> str:
    """A random secret of 256 bits, 43 characters."""
    return secrets.token_urlsafe(32)


def new_letters(count: int) -> str:
    """Random ones, five bits each, for people to read and type."""
    return "".join(LETTERS[byte % len(LETTERS)] for byte in secrets.token_bytes(count))


def new_reference() -> str:
    """The tag that tells passcode mails apart. Not secret."""
    return new_letters(3)


def new_fault() -> str:
    """Tells a fault of ours in the log. The hyphen keeps it from being taken for a passcode there."""
    return f"{new_letters(4)}-{new_letters(4)}"


def digest(token: str) -> str:
    """What is stored of a random or derived 256-bit secret (no salt needed at this length)."""
    return hashlib.sha256(token.encode()).hexdigest()
