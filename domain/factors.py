"""Second factors of guests: what all kinds share. The kinds: domain/authenticators.py, passkeys.py, recovery.py.

A guest who has none sets the first one up right after the first factor. Whoever has one shows it before anything about
second factors is changed.
"""

from collections.abc import Sequence
from typing import Any

from domain import admission, audit, delivery, guests, limits
from domain.admission import Admitted, Step
from domain.errors import LimitRefusal, NoSession, SecondFactorNeeded
from domain.factor_errors import FactorPaused, LastFactor, TooManyFactors
from domain.factor_views import Factor, FactorsView, FactorView, Passed
from domain.policies import Address
from domain.secrets import digest
from domain.terms import Quota
from domain.value import value
from domain.work import Work
from storage import factors as rows

MOST = 5
"""Second factors of one guest: with each app a guess gets likelier."""


@value
class Visitor:
    """A browser with a session, as its cookie says: the tenant is held against the session's own."""

    session_token: str
    tenant_id: str
    network: Address | None = None


@value
class Held:
    """A session and its guest's second factors, the guest locked unless it is only looked at."""

    session_hash: str
    found: Sequence[Admitted]
    factors: Sequence[Any]
    codes_left: int

    @property
    def row(self) -> Any:
        return self.found[0].row

    @property
    def guest(self) -> dict[str, Any]:
        return {"tenant": self.row.tenant_id, "guest": self.row.guest_id}

    @property
    def session(self) -> str:
        """Stays when the secret is renewed. Sessions from before there were such ids are known by their hash."""
        return self.row.session_id or self.session_hash

    @property
    def needed(self) -> bool:
        return any(each.step is Step.SECOND_FACTOR for each in self.found)

    @property
    def done(self) -> bool:
        """What a provider asked for opens workspaces; it is no proof of the second factors that are set up here."""
        return admission.own_factor(self.row)

    @property
    def demanded(self) -> bool:
        return any(each.verdict.mfa for each in self.found)


def held(work: Work, visitor: Visitor, *, lock: bool = True) -> Held:
    """Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, ConsentNeeded (which comes after the second factor)."""
    found = guests.signed_in(work, visitor.session_token, visitor.network)
    if found[0].row.tenant_id != visitor.tenant_id:
        raise NoSession
    if lock:
        guests.lock(work, found[0].row.tenant_id, found[0].row.guest_id)
    guest = {"tenant": found[0].row.tenant_id, "guest": found[0].row.guest_id}
    left = work.connection.execute(rows.CODES_LEFT, guest).scalar_one()
    it = Held(digest(visitor.session_token), found, work.all(rows.CONFIRMED, guest), left)
    if not it.needed:
        admission.through(found)
    return it


def changing(work: Work, visitor: Visitor, *, lock: bool = True) -> Held:
    """For what adds or takes away: whoever has a second factor has shown it. Raises also SecondFactorNeeded."""
    it = held(work, visitor, lock=lock)
    if it.factors and not it.done:
        raise SecondFactorNeeded
    return it


def adding(work: Work, visitor: Visitor, *, lock: bool = True) -> Held:
    """Raises also TooManyFactors."""
    it = changing(work, visitor, lock=lock)
    if len(it.factors) >= MOST:
        raise TooManyFactors(MOST)
    return it


def view(work: Work, visitor: Visitor) -> FactorsView:
    """Raises as `held`."""
    it = held(work, visitor, lock=False)
    factors = tuple(FactorView(each.factor_id, Factor(each.kind), each.created_at, each.used_at) for each in it.factors)
    inside = any(each.step is None for each in it.found)
    return FactorsView(it.row.address, it.row.language, it.needed, it.demanded, it.done, inside, factors, it.codes_left)


def remove(work: Work, visitor: Visitor, factor_id: str) -> None:
    """Twice is as once. With the last one the recovery codes go. Raises SecondFactorNeeded, LastFactor."""
    it = changing(work, visitor)
    if factor_id not in {each.factor_id for each in it.factors}:
        return
    last = len(it.factors) == 1
    if last and it.demanded:
        raise LastFactor
    work.run(rows.REMOVE, it.guest | {"factor": factor_id})
    if last:
        work.run(rows.REMOVE_CODES, it.guest)
    tell_owners(work, it, "factor.removed", factor=factor_id)


def passed(work: Work, visitor: Visitor, it: Held, kind: Factor) -> Passed:
    """The session is as strong as can be from now on, under a new secret."""
    values = {"hash": it.session_hash, "factor": kind.value, "now": work.now}
    if work.run(rows.STRENGTHEN, values) == 0:
        raise NoSession
    record(work, it, "session.second_factor", session=it.session, of=kind.value)
    renewed = guests.renew_session(work, visitor.session_token, it.row.language)
    return Passed(renewed, it.needed)


def tell_owners(work: Work, it: Held, kind: str, **facts: Any) -> None:
    """Noted for each workspace that the guest is in, so that its card tells."""
    invitation_ids = [each.row.invitation_id for each in it.found]
    for each in it.found:
        record(work, it, kind, workspace_id=each.row.workspace_id, invitation_id=each.row.invitation_id, **facts)
    delivery.enqueue_card(work, it.row.tenant_id, *invitation_ids)


def record(work: Work, it: Held, kind: str, **facts: Any) -> None:
    guest_id = it.row.guest_id
    audit.record(work, it.row.tenant_id, kind, f"guest:{guest_id}", guest_id=guest_id, **facts)


def tries(work: Work, visitor: Visitor) -> list[limits.Limit]:
    """Wrong codes in one session, and of one guest in all sessions. Raises as `held`."""
    found = held(work, visitor, lock=False)
    numbers = work.numbers
    pause = limits.Window(Quota.TRIES_HOUR, numbers.factor_tries, numbers.factor_pause_seconds)
    hour = limits.Window(Quota.TRIES_HOUR, numbers.tries_hour, limits.HOUR)
    day = limits.Window(Quota.TRIES_DAY, numbers.tries_day, limits.DAY)
    return [
        limits.Limit(f"factor-session:{found.session}", (pause,)),
        limits.Limit(f"factor:{found.row.tenant_id}:{found.row.guest_id}", (hour, day)),
    ]


def check(counters: limits.Counters, counted: Sequence[limits.Limit]) -> None:
    """Raises FactorPaused."""
    try:
        counters.check(counted)
    except LimitRefusal as refusal:
        raise FactorPaused(refusal.again_at) from None
