"""ID tokens: signed by a key that the provider publishes, for us, for this very sign-in, and now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from domain.value import value
from providers.documents import Documents, Untrue

SKEW_SECONDS = 300
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Signatures with a private key of the provider's: never none, never a secret that both sides know."""
KINDS = frozenset({"RSA", "EC", "OKP"})
TEMPLATE = "{tenantid}"
LONGEST = 32 * 1024
Claims = Mapping[str, Any]


@value
class Expected:
    """`issuer` may hold the template: then the token's own tenant stands there (Microsoft)."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


async def verified(documents: Documents, keys_url: str, token: str, expected: Expected, now: datetime) -> Claims:
    """The token's claims. Raises Untrue."""
    try:
        if len(token) > LONGEST:
            raise Untrue("token_size")
        header = jws.extract_compact(token.encode()).headers()
        key_id, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS or not isinstance(key_id, str | None):
            raise Untrue("algorithm")
        published = await documents.keys(keys_url, key_id)
        raw = _chosen(published, key_id, str(algorithm))
        decoded = jwt.decode(token, import_key(dict(raw)), algorithms=[str(algorithm)])
        return _checked(decoded.claims, decoded.header, raw, expected, now)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise Untrue(f"id_token_{type(fault).__name__}") from fault


def _chosen(published: tuple[Mapping[str, Any], ...], key_id: str | None, algorithm: str) -> Mapping[str, Any]:
    usable = [
        key
        for key in published
        if key.get("kty") in KINDS and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    ]
    named = [key for key in usable if key.get("kid") == key_id] if key_id is not None else usable
    if len(named) != 1:
        raise Untrue("key")
    return named[0]


def _checked(
    claims: dict[str, Any], header: Any, key: Mapping[str, Any], expected: Expected, now: datetime
) -> dict[str, Any]:
    issuer = of_tenant(expected.issuer, claims)
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise Untrue("audience")
    if of_tenant(str(key.get("issuer", issuer)), claims) != issuer:
        raise Untrue("key_issuer")
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer},
        "sub": {"essential": True},
        "nonce": {"essential": True, "value": expected.nonce},
    }
    params = {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token}
    checked = CodeIDToken(claims, header, options, params)
    checked.validate(now=int(now.timestamp()), leeway=SKEW_SECONDS)  # pyright: ignore[reportUnknownMemberType]
    return dict(checked)


def of_tenant(issuer: str, claims: Claims) -> str:
    """Microsoft's issuer of all organisations is a template."""
    return issuer.replace(TEMPLATE, str(claims.get("tid", "")))
