"""Which address an account proves. An address in a token is a claim; what it is worth depends on who makes it.

Each function says whether the account is the asked address's own (docs/adr/0014).
"""

from collections.abc import Mapping
from typing import Any

from domain import addresses
from domain.consumer_domains import GMAIL, MICROSOFT
from domain.policies import domain_of
from providers.microsoft import CONSUMERS

Claims = Mapping[str, Any]
TRUE = (True, 1, "1", "true")
"""As Microsoft writes the optional claim xms_edov, by kind of application."""


def names(claims: Claims, address: str, *which: str) -> bool:
    """Whether one of the claims is this address."""
    asked = addresses.key(address)
    return any(addresses.key(_ascii(claims.get(name))) == asked for name in which)


def _ascii(claim: Any) -> str:
    """Addresses and domains here are ASCII. Letters that only become so in lower case (U+212A) are somebody else's."""
    return claim if isinstance(claim, str) and claim.isascii() else ""


def organisation(claims: Claims, address: str, owner: str) -> bool:
    """`owner`: the tenant that owns the address's domain. It alone names its people; anybody can make a tenant, and
    write any address into the `email` of its accounts."""
    if claims.get("tid") != owner or owner == CONSUMERS:
        return False
    edov = any(claims.get("xms_edov") == each for each in TRUE)
    return names(claims, address, "preferred_username", "upn") or (edov and names(claims, address, "email"))


def personal(claims: Claims, address: str) -> bool:
    """Of mailboxes that Microsoft runs itself: any other address may be the account's name without being its own."""
    own = claims.get("tid") == CONSUMERS and domain_of(addresses.key(address)) in MICROSOFT
    return own and names(claims, address, "preferred_username", "email")


def google(claims: Claims, address: str) -> bool:
    """Google speaks for Gmail and for the domains that it hosts (`hd`); an account may have any other address too."""
    domain = domain_of(addresses.key(address))
    hosted = domain in GMAIL or _ascii(claims.get("hd")).lower() == domain
    return hosted and partner(claims, address)


def partner(claims: Claims, address: str) -> bool:
    """That the address is of the partner's domains is the policy's to say."""
    return claims.get("email_verified") is True and names(claims, address, "email")
