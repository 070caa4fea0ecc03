"""The dates of an offer and of an access: when a guest is reminded or warned, and when it ends.

What is due by itself is kept as rows of the outbox (domain/due.py): one for each offer, access and tenant, due at the
next of its dates."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain import delivery, notices
from domain.policy_document import Policy
from domain.work import Work
from storage import reviews as rows

OFFER, ACCESS, RULES, RULES_CHANGED, REVIEW = "offer", "access", "rules", "rules_changed", "review"
"""Kinds of what is due."""
WARNING = "warning"
"""Kind of the notice to sponsors."""
FOURTEENTHS = (2, 5, 10)
"""Of an offer's life have passed when its guest is reminded."""
DAY = timedelta(days=1)
WARNED = (7, 1)
"""Days before the end of an access."""
HOUR = 6
"""Of the day, UTC, at which a tenant's rules are looked at."""


def reminders(mailed_at: datetime, expires_at: datetime) -> tuple[datetime, ...]:
    """The life of an offer begins with the newest mail that was asked for."""
    return tuple(mailed_at + (expires_at - mailed_at) * part / 14 for part in FOURTEENTHS)


def next_of_offer(now: datetime, mailed_at: datetime, expires_at: datetime) -> datetime:
    return min((at for at in reminders(mailed_at, expires_at) if at > now), default=expires_at)


def offered(work: Work, tenant_id: str, offers: Iterable[tuple[str, datetime, datetime]]) -> None:
    """Invitations by id, each with the moments of its mail and of its end: their next dates come due from now on."""
    due = [(each, next_of_offer(work.now, mailed_at, ends_at)) for each, mailed_at, ends_at in offers]
    delivery.schedule_all(work, tenant_id, OFFER, due)


def warned_at(started_at: datetime, ends_at: datetime) -> dict[int, datetime]:
    """By days before the end. An access so short that it has just begun then needs no warning."""
    dates = {days: ends_at - days * DAY for days in WARNED}
    return {days: at for days, at in dates.items() if at >= started_at + DAY}


def next_of_access(now: datetime, started_at: datetime, ends_at: datetime) -> datetime:
    return min((at for at in warned_at(started_at, ends_at).values() if at > now), default=ends_at)


def granted(work: Work, tenant_id: str, membership_id: str, started_at: datetime, ends_at: datetime) -> None:
    """A membership has begun, or lasts to another day."""
    delivery.schedule(work, tenant_id, ACCESS, membership_id, next_of_access(work.now, started_at, ends_at))


def warning_id(membership_id: str, ends_at: datetime, days: int) -> str:
    """Names one warning: of this end, so many days before it."""
    return f"{membership_id}-{int(ends_at.timestamp()):x}-{days}"


def review_id(workspace_id: str, since: datetime, letter: str) -> str:
    """Names what is asked about guests of a workspace at a moment (whole seconds). The letter says why."""
    return f"{workspace_id}-{int(since.timestamp()):x}-{letter}"


def asked_in(work: Work, tenant_id: str, closings: Sequence[Any]) -> set[tuple[str, datetime]]:
    """In which workspace, and when, it was asked about each of these closings."""
    if not closings:
        return set()
    where = {"tenant": tenant_id, "memberships": [each.membership_id for each in closings]}
    places = {row.membership_id: row.workspace_id for row in work.all(rows.WORKSPACES_OF, where)}
    return {(places[each.membership_id], each.since) for each in closings}


def prolonged(work: Work, row: Any, person_id: str, ends_at: datetime) -> None:
    """The access of an invitation's guest lasts longer: that is a word for the guest, whatever asked for one."""
    found = work.one(rows.STARTED, {"membership_id": row.membership_id, "tenant_id": row.tenant_id})
    granted(work, row.tenant_id, row.membership_id, found.started_at if found else work.now, ends_at)
    for days in WARNED:
        over(work, row.tenant_id, warning_id(row.membership_id, row.ends_at, days))
    word = {"tenant": row.tenant_id, "memberships": [row.membership_id], "now": work.now}
    word |= {"who": person_id, "word": "kept"}
    for each in (*work.all(rows.DECIDE_ALL, word), *work.all(rows.ANSWER_ALL, word)):
        notices.changed(work, row.tenant_id, REVIEW, review_id(row.workspace_id, each.since, LETTERS[each.reason]))


def over(work: Work, tenant_id: str, warning: str) -> None:
    """Nothing waits on the warning's cards: they show what became of it, whatever closed them."""
    notices.close(work, tenant_id, WARNING, warning)
    notices.changed(work, tenant_id, WARNING, warning)


ATTESTATION, INACTIVE, SPONSOR_MISSING = "attestation", "inactive", "sponsor_missing"
LETTERS = {ATTESTATION: "a", INACTIVE: "i", SPONSOR_MISSING: "s"}


def ruled(policy: Policy) -> bool:
    return bool(policy.inactive_days or policy.unredeemed_days or policy.sponsor_missing or policy.attestation_days)


def rules_of(policy: Policy) -> tuple[object, ...]:
    return policy.inactive_days, policy.unredeemed_days, policy.sponsor_missing, policy.attestation_days


def policy_changed(work: Work, tenant_id: str, before: Policy, after: Policy) -> None:
    """What a rule had begun and does not say any more is called off at once; what it says anew waits for its hour."""
    if rules_of(before) == rules_of(after):
        return
    delivery.schedule(work, tenant_id, RULES_CHANGED, tenant_id, work.now)
    if ruled(after):
        delivery.schedule(work, tenant_id, RULES, tenant_id, last_hour(work.now) + DAY)


def last_hour(now: datetime) -> datetime:
    """When the rules were to be looked at last."""
    today = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return today if today <= now else today - DAY
