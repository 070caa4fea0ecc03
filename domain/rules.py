"""A tenant's rules about its guests, looked at once a day: who is inactive, whose sponsors have left, who was never
attested or not for long, which invitations nobody used. What a rule finds is told first, and ends after the grace.

Every look takes so many rows at a time; where there are more, it is due again at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain import audit, delivery, lifetimes, noticing, policy_changes, reviews
from domain.life_views import Question
from domain.policies import Policy
from domain.secrets import new_id
from domain.value import value
from domain.views import Claimed
from domain.work import Work
from storage import reviews as rows

MOST = 200
UNASKED = "cancelled"
"""The answer of an attestation for which nobody could be asked: nobody loses access by silence that nobody kept."""


def act(work: Work, row: Claimed) -> datetime | None:
    """Gives the next day's hour, as long as there are rules."""
    policy = policy_changes.of_tenant(work, row.tenant_id)
    more = _called_off(work, row.tenant_id, policy)
    if not lifetimes.ruled(policy):
        return work.now if more else None
    look = Look(row.tenant_id, policy, lifetimes.last_hour(work.now))
    for found in (_unredeemed, _inactive, _unsponsored, _unattested):
        more = found(work, look) or more
    return work.now if more else look.hour + lifetimes.DAY


def changed(work: Work, row: Claimed) -> datetime | None:
    """The policy is another one: what it does not ask for any more is called off."""
    more = _called_off(work, row.tenant_id, policy_changes.of_tenant(work, row.tenant_id))
    return work.now if more else None


def _before(work: Work, days: int) -> datetime:
    return work.now - timedelta(days=days)


def _called_off(work: Work, tenant_id: str, policy: Policy) -> bool:
    """True: there is more."""
    values: dict[str, Any] = {"tenant": tenant_id, "now": work.now, "most": MOST}
    asked: set[tuple[Question, str, datetime]] = set()
    number = 0
    for question, days in _days(policy).items():
        which = rows.CANCEL[question.value] if days else rows.CANCEL_ALL
        limits = {"before": _before(work, days)} if days and question is Question.INACTIVE else {}
        closings = work.all(which, values | limits | {"why": question.value})
        number += len(closings)
        asked |= {(question, *where) for where in lifetimes.asked_in(work, tenant_id, closings)}
    if not policy.attestation_days:
        questions = work.all(rows.CANCEL_QUESTIONS, values)
        number += len(questions)
        asked |= {(Question.ATTESTATION, each.workspace_id, each.since) for each in questions}
    for question, workspace_id, since in asked:
        reviews.told(work, reviews.Asked(tenant_id, workspace_id, since, question))
    return number >= MOST


def _days(policy: Policy) -> dict[Question, int]:
    """Of the rules that close; 0: the rule is off."""
    return {Question.INACTIVE: policy.inactive_days, Question.SPONSOR_MISSING: int(policy.sponsor_missing)}


@value
class Look:
    """One tenant's rules, looked at for one day."""

    tenant_id: str
    policy: Policy
    hour: datetime

    def until(self, least: int = 0) -> datetime:
        return self.hour + timedelta(days=max(least, self.policy.grace_days))


def _unredeemed(work: Work, look: Look) -> bool:
    """The offers end now; their own due rows do the rest."""
    days = look.policy.unredeemed_days
    if not days:
        return False
    values = {"tenant": look.tenant_id, "now": work.now, "before": _before(work, days), "most": MOST}
    ended = work.all(rows.END_OFFERS, values)
    delivery.schedule_all(work, look.tenant_id, lifetimes.OFFER, [(row.invitation_id, work.now) for row in ended])
    return len(ended) == MOST


def _inactive(work: Work, look: Look) -> bool:
    return _close(work, look, Question.INACTIVE, rows.INACTIVE)


def _unsponsored(work: Work, look: Look) -> bool:
    return _close(work, look, Question.SPONSOR_MISSING, rows.UNSPONSORED)


def _close(work: Work, look: Look, question: Question, query: Any) -> bool:
    """Notes who is to lose access after the grace; tells guests by mail, and sponsors or owners by cards."""
    days = _days(look.policy)[question]
    where = {"tenant_id": look.tenant_id, "now": work.now, "before": _before(work, days), "most": MOST}
    found = work.all(query, where | {"why": question.value}) if days else ()
    if not found:
        return False
    until = look.until()
    closings = [
        {
            "membership_id": row.membership_id, "reason": question.value, "tenant_id": look.tenant_id,
            "since": look.hour, "ends_at": until,
        }
        for row in found
    ]  # fmt: skip
    work.run(rows.note(work.connection.dialect.name), closings)
    named = [(row.membership_id, f"{int(look.hour.timestamp()):x}") for row in found]
    delivery.enqueue_mails(work, look.tenant_id, question.value, named)
    _begun(work, look, question, until, found)
    return len(found) == MOST


def _unattested(work: Work, look: Look) -> bool:
    days = look.policy.attestation_days
    where = {"tenant_id": look.tenant_id, "now": work.now, "before": _before(work, days), "most": MOST}
    found = work.all(rows.UNATTESTED, where) if days else ()
    if not found:
        return False
    until = look.until(least=1)
    questions = [
        {
            "attestation_id": new_id(), "tenant_id": look.tenant_id, "workspace_id": row.workspace_id,
            "membership_id": row.membership_id, "asked_at": look.hour, "answer_by": until,
        }
        for row in found
    ]  # fmt: skip
    work.run(rows.ask(work.connection.dialect.name), questions)
    unasked = _begun(work, look, Question.ATTESTATION, until, found)
    if unasked:
        word = {"tenant": look.tenant_id, "now": work.now, "who": None, "word": UNASKED, "asked": look.hour}
        work.all(rows.ANSWER, word | {"memberships": unasked})
    return len(found) == MOST


def _begun(work: Work, look: Look, question: Question, until: datetime, found: Sequence[Any]) -> list[str]:
    """Asks about these; gives the memberships about which nobody could be asked."""
    kind = "attestation.asked" if question is Question.ATTESTATION else "membership.closing"
    for row in found:
        audit.record(
            work, look.tenant_id, kind, audit.SYSTEM, workspace_id=row.workspace_id, invitation_id=row.invitation_id,
            guest_id=row.guest_id, reason=question.value, until=until.isoformat(),
        )  # fmt: skip
    reviews.begin(work, look.tenant_id, question, look.hour, until, {row.workspace_id for row in found})
    letter = lifetimes.LETTERS[question.value]
    concerns = [noticing.Concern(row, lifetimes.review_id(row.workspace_id, look.hour, letter)) for row in found]
    orphaned = question is Question.SPONSOR_MISSING
    left = noticing.ask(work, look.tenant_id, lifetimes.REVIEW, concerns, orphaned=orphaned)
    return [each.row.membership_id for each in left]
