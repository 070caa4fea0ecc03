"""How often something may be done. Every count is a sliding window: never more than `most` in any `seconds`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.errors import LimitReached, LimitRefusal, TooSoon
from domain.value import value
from domain.views import Quota
from storage import counters

if TYPE_CHECKING:
    from domain.work import Work

HOUR = 3600
DAY = 24 * HOUR


@value
class Numbers:
    """Defaults of the whole service. Seconds unless said."""

    owner_hour: int = 60
    workspace_day: int = 500
    tenant_day: int = 1000
    workspace_open: int = 500
    passcode_seconds: int = 30 * 60
    passcode_tries: int = 5
    passcode_cooldown_seconds: int = 60
    passcodes_hour: int = 5
    passcodes_day: int = 10
    tries_hour: int = 10
    tries_day: int = 20
    tries_link: int = 50
    """Wrong ones by one link, before the guest came in. Then the owner has to send another."""
    factor_tries: int = 5
    """Wrong codes of a second factor in one session, before it pauses."""
    factor_pause_seconds: int = 15 * 60
    hand_overs_hour: int = 100
    """Of one session to applications' hosts."""
    mailbox_passcodes_hour: int = 5
    mailbox_passcodes_day: int = 10
    mailbox_invitations_hour: int = 5
    mailbox_invitations_day: int = 10
    client_tries_hour: int = 30
    client_requests_hour: int = 300
    """Of passcodes by address."""
    resend_cooldown_seconds: int = 60
    resends_day: int = 5
    session_seconds: int = 24 * HOUR
    sessions_most: int = 5
    """Of one guest in one tenant at a time."""
    invitation_days: int = 14
    invitation_days_most: int = 90
    access_days: int = 90
    access_days_most: int = 365
    kept_answer_seconds: int = 24 * HOUR
    draft_seconds: int = HOUR
    requests_invitation_day: int = 3
    """Asked of an owner with one invitation's links."""
    requests_client_hour: int = 10
    requests_workspace_day: int = 20
    approvals_workspace_day: int = 50
    """Requests for approval, of one or many addresses each."""
    remails_day: int = 2
    """Of an invitation's `resends_day`, so many can be asked for with an old link: owners keep the others."""


@value
class Window:
    quota: Quota | None
    """None: a cooldown, refused as TooSoon."""
    most: int
    seconds: int


@value
class Limit:
    """Everything that counts under one key."""

    key: str
    windows: tuple[Window, ...]
    count: int = 1
    address: str = ""
    """Whom a refusal names."""


@dataclass
class Hits:
    """Moments in milliseconds since 1970, oldest first, each with how many."""

    moments: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @classmethod
    def read(cls, text: str) -> "Hits":
        pairs = (entry.partition("x") for entry in text.split(",") if entry)
        return cls([(int(moment), int(count or 1)) for moment, _, count in pairs])

    def __str__(self) -> str:
        return ",".join(str(moment) if count == 1 else f"{moment}x{count}" for moment, count in self.moments)

    def free_at(self, window: Window, count: int, now: int) -> int | None:
        """The first moment at which `count` more fit into the window; None: they fit now."""
        span = window.seconds * 1000
        inside = [(moment, n) for moment, n in self.moments if moment > now - span]
        used = sum(n for _, n in inside)
        if used + count <= window.most:
            return None
        for moment, n in inside:
            used -= n
            if used + count <= window.most:
                return moment + span
        return now + span

    def left(self, window: Window, now: int) -> int:
        """How many more fit into the window now."""
        return max(0, window.most - sum(n for moment, n in self.moments if moment > now - window.seconds * 1000))

    def add(self, limit: Limit, now: int) -> None:
        """Forgets what no window looks at any more. Large quotas count in steps, always rounded to the strict side."""
        longest = max(window.seconds for window in limit.windows)
        step = max(1, longest * 1000 // STEPS) if max(window.most for window in limit.windows) > EXACT else 1
        moment = -(-now // step) * step
        self.moments = [(m, n) for m, n in self.moments if m > now - longest * 1000]
        if self.moments and self.moments[-1][0] >= moment:
            last, n = self.moments.pop()
            self.moments.append((last, n + limit.count))
        else:
            self.moments.append((moment, limit.count))


EXACT = 1000
"""Up to this many, each moment is kept for itself."""
STEPS = 1440


@dataclass
class Counters:
    """The counters of some limits, locked until the unit ends. Nothing is written before `add`."""

    now: int
    hits: dict[str, Hits]

    def check(self, limits: Iterable[Limit]) -> None:
        """Raises TooSoon or LimitReached for the one that keeps longest."""
        latest(self.refusals(limits))

    def refusals(self, limits: Iterable[Limit]) -> list[LimitRefusal]:
        return [refusal for limit in limits for refusal in self._refusals(limit)]

    def used(self, limit: Limit, window: Window) -> int:
        since = self.now - window.seconds * 1000
        return sum(count for at, count in self.hits[limit.key].moments if at > since)

    def fits(self, limit: Limit) -> bool:
        return not list(self._refusals(limit))

    def _refusals(self, limit: Limit) -> Iterable[LimitRefusal]:
        for window in limit.windows:
            free = self.hits[limit.key].free_at(window, limit.count, self.now)
            if free is not None:
                again = moment(free)
                yield LimitReached(again, window.quota, address=limit.address) if window.quota else TooSoon(again)

    def left(self, limits: Iterable[Limit]) -> int:
        """How many more all of them let through now."""
        return min(self.hits[each.key].left(window, self.now) for each in limits for window in each.windows)

    def again_at(self, limits: Iterable[Limit]) -> datetime:
        """When each of them lets one more through; now, if they do."""
        frees = (
            self.hits[each.key].free_at(window, each.count, self.now) for each in limits for window in each.windows
        )
        return moment(max((free for free in frees if free is not None), default=self.now))

    def add(self, work: "Work", limits: Iterable[Limit]) -> None:
        rows: list[dict[str, Any]] = []
        for limit in limits:
            self.hits[limit.key].add(limit, millis(work.now, up=True))
            kept = max(window.seconds for window in limit.windows) + 60
            until = work.now + timedelta(seconds=kept)
            rows.append({"limit_key": limit.key, "hits": str(self.hits[limit.key]), "until": until})
        work.run(counters.write(work.connection.dialect.name), rows)


def latest(refusals: Iterable[LimitRefusal]) -> None:
    """Raises the one that keeps longest: only then does it work again. None: it works now."""
    last = max(refusals, key=lambda refusal: refusal.again_at, default=None)
    if last is not None:
        raise last


def lock(work: "Work", limits: Iterable[Limit], seen: Sequence[Limit] = ()) -> Counters:
    """Takes the counters' rows, in the order of their keys so that two units never wait for each other; those of `seen`
    are only looked at. On SQLite one unit writes at a time, so that looking is enough."""
    if work.connection.dialect.name == "sqlite":
        return look(work, [*limits, *seen])
    hits: dict[str, Hits] = {}
    for keys in counters.chunks(sorted({limit.key for limit in limits})):
        rows = work.all(counters.lock(len(keys)), counters.values(keys, work.now))
        hits |= {row.limit_key: Hits.read(row.hits) for row in rows}
    return Counters(millis(work.now), hits | (look(work, seen).hits if seen else {}))


def look(work: "Work", limits: Iterable[Limit]) -> Counters:
    """The counters as they are, for showing: nothing is locked."""
    keys = sorted({limit.key for limit in limits})
    found = {row.limit_key: Hits.read(row.hits) for row in work.all(counters.READ, {"keys": keys})}
    return Counters(millis(work.now), {key: found.get(key, Hits()) for key in keys})


def take(work: "Work", *limits: Limit) -> Counters:
    """Counts once for each, or raises TooSoon or LimitReached and counts nothing."""
    possible(work, limits)
    taken = lock(work, limits)
    taken.check(limits)
    taken.add(work, limits)
    return taken


def possible(work: "Work", limits: Iterable[Limit]) -> None:
    """Raises LimitReached for more at once than a limit ever lets through: no counter need be looked at."""
    refusals = [
        LimitReached(work.now + timedelta(seconds=window.seconds), window.quota, window.most, limit.address)
        for limit in limits
        for window in limit.windows
        if window.quota and limit.count > window.most
    ]
    if refusals:
        raise min(refusals, key=lambda refusal: refusal.most or 0)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def millis(at: datetime, *, up: bool = False) -> int:
    """Whole milliseconds since 1970. What is counted is rounded up and what asks is not: always the strict side."""
    since = at - EPOCH
    return -(-since // MILLISECOND) if up else since // MILLISECOND


def moment(at: int) -> datetime:
    return EPOCH + at * MILLISECOND
