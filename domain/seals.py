"""Sealed texts: what a browser or the database keeps for us and can neither read nor change."""

import binascii
from base64 import urlsafe_b64decode
from functools import lru_cache
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.secrets import Keys, key_id, text

NONCE_BYTES = 12
"""As NIST SP 800-38D recommends; random, so that replicas need not agree on a counter."""


class Seal:
    """AES-256-GCM under keys derived from the secret keys (HKDF, RFC 5869). The first key seals, every key opens.

    A sealed text is `<key id>.<base64url of nonce and ciphertext>`. `purpose` separates it from every other use of
    the same secret keys, and belongs to the authenticated data together with the key's id.
    """

    def __init__(self, keys: Keys, purpose: str) -> None:
        self._purpose = purpose.encode()
        self._ciphers = {key_id(key): AESGCM(self._derived(key)) for key in keys.keys}
        self._current = keys.current

    def close(self, plain: bytes) -> str:
        nonce = token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, self._context(self._current))
        return f"{self._current}.{text(nonce + sealed)}"

    def open(self, sealed: str) -> bytes | None:
        """None: not ours, changed on the way, or made under a key that is gone."""
        name, _, body = sealed.partition(".")
        cipher = self._ciphers.get(name)
        if cipher is None:
            return None
        try:
            raw = urlsafe_b64decode(body + "=" * (-len(body) % 4))
            if text(raw) != body:
                return None
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._context(name))
        except (InvalidTag, ValueError, binascii.Error):
            return None

    def stale(self, sealed: str) -> bool:
        """Made under a key that is no longer the first: to be sealed anew before that key leaves."""
        return sealed.partition(".")[0] != self._current

    def _derived(self, key: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sealed " + self._purpose).derive(key)

    def _context(self, name: str) -> bytes:
        return self._purpose + b"\0" + name.encode()


@lru_cache(64)
def seal(keys: Keys, purpose: str) -> Seal:
    """Deriving the keys takes longer than sealing: it is done once."""
    return Seal(keys, purpose)
