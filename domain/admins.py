"""Who administers a tenant: named in the settings, or whoever spends the claim code."""

from datetime import timedelta

from domain import audit, limits
from domain.errors import Outsider, WrongClaimCode
from domain.secrets import LETTERS, digest, new_letters
from domain.views import Person, Place
from domain.work import Work
from domain.workspaces import known, remember, stranger
from storage import workspaces as rows

CODE_LETTERS = 16
"""Of 32 each: 80 bits, which nobody guesses in the day that the code lives."""
LIFE = timedelta(hours=24)
JUST_PRINTED = timedelta(minutes=1)
PRINTING = limits.Limit("claim code", ())
"""Replicas that start together print one after the other."""


def claim(work: Work, place: Place, person: Person, code: str) -> None:
    """Makes the person the first admin of their tenant. Raises WrongClaimCode, Outsider."""
    if stranger(place, person, known(work, place.tenant_id, person.person_id)):
        raise Outsider
    if work.admins or work.one(rows.ADMINS_OF, {"tenant_id": place.tenant_id}):
        raise WrongClaimCode
    spent = {"hash": digest(_plain(code)), "now": work.now, "who": person.person_id}
    if work.run(rows.SPEND_CLAIM, spent) == 0:
        raise WrongClaimCode
    remember(work, person)
    admin = {"tenant_id": place.tenant_id, "person_id": person.person_id, "since": work.now}
    work.run(rows.add_admin(work.connection.dialect.name), admin)
    audit.record(work, place.tenant_id, "admin.claimed", person.person_id)


def issue_claim_code(work: Work, tenants: tuple[str, ...], *, starting: bool) -> str | None:
    """A new claim code while a served tenant has no admin (none named: while no tenant at all has one).

    At the start it replaces the last one, which nobody can read any more, unless another replica has just printed it;
    later only one that has run out. None: no code is due, and once all have admins an old one is worth nothing.
    """
    claimed = {row.tenant_id for row in work.all(rows.CLAIMED_TENANTS)}
    if work.admins or (claimed.issuperset(tenants) if tenants else claimed):
        work.run(rows.FORGET_CLAIMS)
        return None
    limits.lock(work, [PRINTING])
    since = work.now - JUST_PRINTED if starting else work.now - LIFE
    if work.one(rows.LIVE_CLAIM, {"after": since + LIFE}):
        return None
    code = new_letters(CODE_LETTERS)
    work.run(rows.FORGET_CLAIMS)
    work.run(rows.ADD_CLAIM, {"code_hash": digest(code), "expires_at": work.now + LIFE})
    return "-".join(code[i : i + 4] for i in range(0, CODE_LETTERS, 4))


def _plain(code: str) -> str:
    return "".join(c for c in code.upper() if c in LETTERS)
