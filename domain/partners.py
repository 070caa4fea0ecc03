"""Partners: organisations whose people sign in with their own provider. Operators set them up on the command line."""

from dataclasses import replace
from enum import StrEnum
from urllib.parse import urlsplit

from domain import addresses, audit, policy_changes, seals
from domain.errors import WrongAddress
from domain.policies import Partner, Policy, within
from domain.secrets import new_id
from domain.work import Work
from storage import partners as rows

PURPOSE = "provider secret"
"""Separates partners' sealed secrets from everything else that is sealed."""
LONGEST = 255
LONGEST_NAME = 64
LONGEST_SECRET = 4096


class Flaw(StrEnum):
    """Why a partner cannot be set up, or taken away."""

    NAME = "name"
    NAME_TAKEN = "name_taken"
    UNKNOWN_NAME = "unknown_name"
    ISSUER = "issuer"
    CLIENT_ID = "client_id"
    SECRET = "client_secret"  # noqa: S105 - the name of a flaw
    NO_DOMAIN = "no_domain"
    DOMAIN = "domain"
    DOMAIN_TAKEN = "domain_taken"


class Misfit(Exception):
    """For whoever typed it. Not a refusal of the doors: nobody changes partners there."""

    def __init__(self, flaw: Flaw, given: str = "", holder: str = "") -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.given = given
        """What was given; never a secret."""
        self.holder = holder
        """The partner that has it already."""


def add(work: Work, tenant_id: str, partner: Partner, secret: str | None, *, development: bool) -> Policy:
    """`partner` without an id; `secret`: None for a public client. Raises Misfit."""
    made = replace(checked(partner, development=development), provider_id=new_id())
    if secret is not None and not 0 < len(secret) <= LONGEST_SECRET:
        raise Misfit(Flaw.SECRET)
    changed = policy_changes.change(work, tenant_id, audit.OPERATOR, lambda policy: _with(policy, made))
    if secret is not None:
        sealed = seals.seal(work.keys, PURPOSE).close(secret.encode())
        work.run(rows.ADD, {"provider_id": made.provider_id, "tenant_id": tenant_id, "sealed": sealed})
    return changed


def remove(work: Work, tenant_id: str, name: str) -> Policy:
    """Its people cannot sign in with it any more, at once. Raises Misfit."""
    gone = next((each for each in policy_changes.of_tenant(work, tenant_id).partners if _same(each.name, name)), None)
    if gone is None:
        raise Misfit(Flaw.UNKNOWN_NAME, name)

    def without(policy: Policy) -> Policy:
        left = tuple(each for each in policy.partners if each.provider_id != gone.provider_id)
        return replace(policy, partners=left)

    changed = policy_changes.change(work, tenant_id, audit.OPERATOR, without)
    work.run(rows.REMOVE, {"tenant_id": tenant_id, "provider_id": gone.provider_id})
    return changed


def checked(partner: Partner, *, development: bool) -> Partner:
    """With its domains as they are compared. Raises Misfit."""
    name = partner.name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Misfit(Flaw.NAME, partner.name)
    if not issuer_fits(partner.issuer, development=development):
        raise Misfit(Flaw.ISSUER, partner.issuer)
    if not 0 < len(partner.client_id) <= LONGEST or not partner.client_id.isprintable():
        raise Misfit(Flaw.CLIENT_ID, partner.client_id)
    if not partner.domains:
        raise Misfit(Flaw.NO_DOMAIN)
    return replace(partner, name=name, domains=tuple(dict.fromkeys(map(pattern, partner.domains))))


def issuer_fits(issuer: str, *, development: bool) -> bool:
    """OpenID Connect Core 1.0, section 2: https, no query, no fragment. In development http to this machine, too."""
    try:
        url = urlsplit(issuer)
        whole = bool(url.hostname) and url.port != 0 and issuer.isascii() and issuer.isprintable()
    except ValueError:
        return False
    here = url.hostname in ("localhost", "127.0.0.1", "::1")
    secure = url.scheme == "https" or (development and url.scheme == "http" and here)
    plain = not ("@" in url.netloc or "?" in issuer or "#" in issuer or " " in issuer)
    return whole and secure and plain and len(issuer) <= LONGEST


def pattern(text: str) -> str:
    """A mail domain in lower case, as A-labels (RFC 5890): itself, or with `*.` all below it. Raises Misfit."""
    wild, name = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    try:
        return wild + addresses.one(f"x@{name}").partition("@")[2].lower()
    except WrongAddress:
        raise Misfit(Flaw.DOMAIN, text) from None


def _with(policy: Policy, made: Partner) -> Policy:
    for other in policy.partners:
        if _same(other.name, made.name):
            raise Misfit(Flaw.NAME_TAKEN, made.name)
        taken = next((each for each in made.domains if _overlaps(each, other.domains)), None)
        if taken:
            raise Misfit(Flaw.DOMAIN_TAKEN, taken, other.name)
    return replace(policy, partners=(*policy.partners, made))


def _overlaps(mine: str, others: tuple[str, ...]) -> bool:
    """One domain goes to one partner: else it would hang on their order who signs somebody in."""
    return within(mine, others) or any(within(other, (mine,)) for other in others)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
