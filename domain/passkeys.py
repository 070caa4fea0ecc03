"""Passkeys (WebAuthn). The authenticator has to verify its user: such a passkey is two factors by itself.

A challenge is made for one session and one purpose, and lives five minutes. It needs no row before it is answered:
our keys vouch for it. Its answer is a row, so that it is answered once.
"""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from enum import StrEnum
from hmac import compare_digest
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from domain import factors, limits, recovery
from domain.factor_views import Factor, Mistake, Passed
from domain.factors import Held, Visitor
from domain.secrets import digest, key_id, new_id, text
from domain.value import value
from domain.work import Work
from storage import factors as rows

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

NAME = "Gatehouse"
LIFE = timedelta(minutes=5)
NONCE_BYTES, MOMENT_BYTES = 16, 6


class Purpose(StrEnum):
    REGISTER = "register"
    SIGN_IN = "sign_in"


@value
class Site:
    """What passkeys are bound to: the public URL's host, and its origin."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "Site":
        parts = urlsplit(public_url)
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        port = f":{parts.port}" if parts.port and parts.port != usual else ""
        host = (parts.hostname or "").lower()
        return cls(host, f"{parts.scheme}://{host}{port}")


def registration(work: Work, visitor: Visitor, site: Site) -> str:
    """Options for `navigator.credentials.create`, as JSON. Changes nothing. Raises as `factors.adding`."""
    import webauthn
    from webauthn.helpers import structs

    it = factors.adding(work, visitor, lock=False)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_name=it.row.address,
        user_id=it.row.guest_id.encode(),
        challenge=_challenge(work, it, Purpose.REGISTER),
        timeout=int(LIFE.total_seconds() * 1000),
        exclude_credentials=_known(it),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def register(work: Work, visitor: Visitor, site: Site, credential: str) -> Passed | Mistake:
    """The new passkey, and the second factor is shown. Raises as `factors.adding`."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    it = factors.adding(work, visitor)
    challenge = _spent(work, it, Purpose.REGISTER, credential)
    if challenge is None:
        return Mistake.WRONG
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return Mistake.WRONG
    row = _row(work, it, text(found.credential_id), text(found.credential_public_key), found.sign_count)
    if work.run(rows.add_passkey(work.connection.dialect.name), row) == 0:
        return Mistake.USED
    return recovery.added(work, visitor, it, Factor.PASSKEY, row["factor_id"])


def _row(work: Work, it: Held, credential_id: str, public_key: str, sign_count: int) -> dict[str, Any]:
    return {
        "factor_id": new_id(),
        "tenant_id": it.row.tenant_id,
        "guest_id": it.row.guest_id,
        "kind": Factor.PASSKEY.value,
        "last_step": 0,
        "credential_id": credential_id,
        "public_key": public_key,
        "sign_count": sign_count,
        "created_at": work.now,
        "confirmed_at": work.now,
        "used_at": work.now,
        "session_id": it.session,
    }


def request(work: Work, visitor: Visitor, site: Site) -> str:
    """Options for `navigator.credentials.get`, as JSON. Changes nothing. Raises as `factors.held`."""
    import webauthn
    from webauthn.helpers import structs

    it = factors.held(work, visitor, lock=False)
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=_challenge(work, it, Purpose.SIGN_IN),
        timeout=int(LIFE.total_seconds() * 1000),
        allow_credentials=_known(it),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def sign_in(work: Work, visitor: Visitor, site: Site, credential: str) -> Passed | Mistake:
    """A signature of one of the guest's passkeys. Wrong ones count as in recovery.py: recover. Raises as
    `factors.held`, FactorPaused."""
    tries = factors.tries(work, visitor)[:1]
    counters = limits.lock(work, tries)
    it = factors.held(work, visitor)
    factors.check(counters, tries)
    challenge = _spent(work, it, Purpose.SIGN_IN, credential)
    used = _named(it, credential)
    if challenge is None or used is None:
        return Mistake.WRONG
    count = _signed(site, used, challenge, credential)
    if count is None:
        counters.add(work, tries)
        factors.record(work, it, "second_factor.wrong", of=Factor.PASSKEY.value, factor=used.factor_id)
        return Mistake.WRONG
    counted = {"factor": used.factor_id, "seen": used.sign_count, "count": count, "now": work.now}
    if work.run(rows.COUNT_SIGNATURE, it.guest | counted) == 0:
        return Mistake.USED
    return factors.passed(work, visitor, it, Factor.PASSKEY)


def _signed(site: Site, used: Any, challenge: bytes, credential: str) -> int | None:
    """The authenticator's own count of its signatures; None: this is not one of it."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=_bytes(used.public_key),
            credential_current_sign_count=used.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    return found.new_sign_count


def _known(it: Held) -> list["PublicKeyCredentialDescriptor"]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    passkeys = [each for each in it.factors if each.kind == Factor.PASSKEY]
    return [PublicKeyCredentialDescriptor(id=_bytes(each.credential_id)) for each in passkeys]


def _named(it: Held, credential: str) -> Any:
    """The guest's own passkey that the answer names."""
    named = _read(credential).get("id")
    return next((each for each in it.factors if each.kind == Factor.PASSKEY and each.credential_id == named), None)


def _challenge(work: Work, it: Held, purpose: Purpose) -> bytes:
    """A random number, until when it counts, and our word for both."""
    until = int((work.now + LIFE).timestamp())
    begin = token_bytes(NONCE_BYTES) + until.to_bytes(MOMENT_BYTES)
    return begin + _word(work, work.keys.current, it, purpose, begin)


def _word(work: Work, key: str, it: Held, purpose: Purpose, begin: bytes) -> bytes:
    return work.keys.derive(key, "passkey challenge", it.session_hash, purpose.value, text(begin))


def _spent(work: Work, it: Held, purpose: Purpose, credential: str) -> bytes | None:
    """The challenge that was answered, which counts as answered from now on. None: not one of this session, for this
    purpose, in time and for the first time."""
    answered = _answered(credential)
    begin, word = answered[: NONCE_BYTES + MOMENT_BYTES], answered[NONCE_BYTES + MOMENT_BYTES :]
    until = int.from_bytes(begin[NONCE_BYTES:])
    names = [key_id(key) for key in work.keys.keys]
    ours = any(compare_digest(_word(work, name, it, purpose, begin), word) for name in names)
    if not ours or until <= work.now.timestamp():
        return None
    row = {
        "challenge_hash": digest(text(answered)),
        "tenant_id": it.row.tenant_id,
        "guest_id": it.row.guest_id,
        "session_hash": it.session_hash,
        "purpose": purpose.value,
        "expires_at": work.now + LIFE,
        "used_at": work.now,
    }
    return answered if work.run(rows.spend(work.connection.dialect.name), row) else None


def _answered(credential: str) -> bytes:
    """The challenge inside an answer; empty for what is no answer of a browser."""
    response: Any = _read(credential).get("response")
    told = cast("dict[str, Any]", response).get("clientDataJSON") if isinstance(response, dict) else None
    signed = _read(_bytes(told).decode(errors="replace") if isinstance(told, str) else "")
    challenge = signed.get("challenge")
    return _bytes(challenge) if isinstance(challenge, str) else b""


def _read(written: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _bytes(written: str) -> bytes:
    """Of base64url without padding; empty for what is none."""
    try:
        return urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except ValueError:
        return b""
