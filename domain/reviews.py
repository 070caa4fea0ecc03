"""Questions about guests: are they still needed? Asked by attestations and by rules, answered by sponsors, owners and
admins; without an answer the access ends on the day that was told.

One question is about the guests of one workspace, at one moment, for one reason (domain/lifetimes.py: review_id). Each
person asked has a card with the guests whom that person answers for.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from domain import audit, delivery, endings, lifetimes, notices, offers, showing, sponsors, states
from domain.life_errors import NothingAsked
from domain.life_views import Answer, Question, ReviewLine, ReviewView
from domain.value import value
from domain.views import Claimed, Kind, Person, Place, Status
from domain.work import Work
from storage import notices as notice_rows
from storage import reviews as rows

PAGE = 10
MOST = 200
"""Accesses that end in one unit."""
REMINDER = "r"
"""The letter of an attestation's second card."""
REASONS = {letter: Question(name) for name, letter in lifetimes.LETTERS.items()} | {REMINDER: Question.ATTESTATION}
ENDED_BY = {
    Question.ATTESTATION: "unattested",
    Question.INACTIVE: "inactive",
    Question.SPONSOR_MISSING: "sponsor_missing",
}


@value
class Asked:
    """A question, read from its name."""

    tenant_id: str
    workspace_id: str
    since: datetime
    question: Question
    reminder: bool = False

    @classmethod
    def read(cls, tenant_id: str, subject: str) -> "Asked":
        workspace_id, seconds, letter = subject.rsplit("-", 2)
        since = datetime.fromtimestamp(int(seconds, 16), UTC)
        return cls(tenant_id, workspace_id, since, REASONS[letter], letter == REMINDER)

    def name(self, reminder: bool = False) -> str:
        letter = REMINDER if reminder else lifetimes.LETTERS[self.question.value]
        return lifetimes.review_id(self.workspace_id, self.since, letter)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all its cards."""
        both = self.question is Question.ATTESTATION
        return (self.name(), self.name(reminder=True)) if both else (self.name(),)


def lines(work: Work, asked: Asked) -> Sequence[Any]:
    """All that the question is about, waiting ones first."""
    where: dict[str, Any] = {
        "tenant_id": asked.tenant_id, "workspace_id": asked.workspace_id, "asked": asked.since,
    }  # fmt: skip
    if asked.question is Question.ATTESTATION:
        return work.all(rows.ATTESTATION_LINES, where)
    return work.all(rows.CLOSING_LINES, where | {"why": asked.question.value})


def _decide(work: Work, asked: Asked, memberships: Sequence[str], outcome: Answer, who: str | None) -> list[str]:
    """Those of the memberships that were still waiting: of two answers the first counts."""
    values: dict[str, Any] = {"tenant": asked.tenant_id, "asked": asked.since, "now": work.now, "who": who}
    values |= {"memberships": list(memberships), "word": outcome.value}
    if not memberships:
        return []
    if asked.question is Question.ATTESTATION:
        return [row.membership_id for row in work.all(rows.ANSWER, values)]
    return [row.membership_id for row in work.all(rows.DECIDE, values | {"why": asked.question.value})]


def told(work: Work, asked: Asked) -> None:
    """All cards of the question show the present state; where nothing waits any more, they are closed."""
    over = not any(_waits(work, each) for each in lines(work, asked))
    for name in asked.names:
        if over:
            notices.close(work, asked.tenant_id, lifetimes.REVIEW, name)
        notices.changed(work, asked.tenant_id, lifetimes.REVIEW, name)


def _waits(work: Work, row: Any) -> bool:
    return row.decided_at is None and _lives(work, row)


def _lives(work: Work, row: Any) -> bool:
    return row.ended_at is None and row.ends_at > work.now


def _people(work: Work, asked: Asked) -> set[str]:
    """Who was asked."""
    about = {"tenant_id": asked.tenant_id, "kind": lifetimes.REVIEW, "subject_id": asked.name()}
    return {row.person_id for row in work.all(notice_rows.ABOUT, about)}


def concerning(work: Work, asked: Asked, person_id: str) -> list[Any]:
    """What one of the people asked answers for: the own guests, and those none of whose sponsors was asked."""
    found = lines(work, asked)
    if asked.question is Question.SPONSOR_MISSING:
        return list(found)
    people = _people(work, asked)
    theirs = sponsors.of_all(work, asked.tenant_id, [row.invitation_id for row in found])
    return [
        row
        for row in found
        if person_id in theirs[row.invitation_id] or not people.intersection(theirs[row.invitation_id])
    ]


# The cards


def shown(work: Work, notice: Any, page: int = 1) -> ReviewView | None:
    asked = Asked.read(notice.tenant_id, notice.subject_id)
    found = concerning(work, asked, notice.person_id)
    if not found:
        return None
    pages = -(-len(found) // PAGE)
    page = min(max(page, 1), pages)
    part = found[(page - 1) * PAGE : page * PAGE]
    return ReviewView(
        notice.notice_id, Kind.PERSONAL, asked.question, found[0].workspace, Kind(found[0].kind), found[0].until,
        tuple(_line(work, row) for row in part), page, pages, sum(_waits(work, row) for row in found),
        reminder=asked.reminder,
    )  # fmt: skip


def _line(work: Work, row: Any) -> ReviewLine:
    answer = Answer.WAITING if row.decided_at is None else Answer(row.outcome)
    if answer in (Answer.WAITING, Answer.CANCELLED) and not _lives(work, row):
        answer = Answer.OVER
    seen = max(row.seen_at or row.started_at, row.started_at)
    return ReviewLine(row.membership_id, row.address, seen, answer, row.decider)


# The answers


def page(work: Work, place: Place, person: Person, notice_id: str, number: int) -> ReviewView:
    """Another page of a card, for who may answer for somebody on it now. Raises NothingAsked."""
    notice = _notice(work, place, person, notice_id)
    _chosen(work, place, person, notice, None)
    return _page(work, notice, number)


def keep(
    work: Work, place: Place, person: Person, notice_id: str, membership_id: str | None, number: int = 1
) -> ReviewView:
    """The guest is still needed; None: all on the card who still wait. Where the sponsors have left, the person answers
    for the guest from now on. Raises NothingAsked."""
    notice = _notice(work, place, person, notice_id)
    asked = Asked.read(notice.tenant_id, notice.subject_id)
    chosen = _chosen(work, place, person, notice, membership_id)
    endings.lock(work, asked.tenant_id, [row.guest_id for row in chosen])
    kept = set(_decide(work, asked, [row.membership_id for row in chosen], Answer.KEPT, person.person_id))
    mine = [row for row in chosen if row.membership_id in kept]
    if asked.question is Question.SPONSOR_MISSING:
        sponsors.take_over(work, asked.tenant_id, person.person_id, [row.invitation_id for row in mine])
    _record(work, asked, person, mine, "membership.kept")
    if mine:
        told(work, asked)
    return _page(work, notice, number)


def end(work: Work, place: Place, person: Person, notice_id: str, membership_id: str, number: int = 1) -> ReviewView:
    """The guest is not needed any more: the access ends at once, as with `remove`. Raises NothingAsked."""
    notice = _notice(work, place, person, notice_id)
    asked = Asked.read(notice.tenant_id, notice.subject_id)
    chosen = _chosen(work, place, person, notice, membership_id)
    endings.lock(work, asked.tenant_id, [row.guest_id for row in chosen])
    if _decide(work, asked, [row.membership_id for row in chosen], Answer.ENDED, person.person_id):
        row = showing.by_id(work, asked.tenant_id, chosen[0].invitation_id)
        if row is not None and states.status(row, work.now) is Status.REDEEMED:
            offers.end(work, row, person, "membership.removed")
        told(work, asked)
    return _page(work, notice, number)


def _record(work: Work, asked: Asked, person: Person, mine: Sequence[Any], kind: str) -> None:
    for row in mine:
        audit.record(
            work, asked.tenant_id, kind, person.person_id, workspace_id=asked.workspace_id,
            invitation_id=row.invitation_id, guest_id=row.guest_id, question=asked.question.value,
        )  # fmt: skip


def _notice(work: Work, place: Place, person: Person, notice_id: str) -> Any:
    """The card, for the person it was made for, or who may answer for all guests of its workspace."""
    notice = notices.by_id(work, place.tenant_id, notice_id)
    if notice is None or notice.kind != lifetimes.REVIEW or person.tenant_id != place.tenant_id:
        raise NothingAsked
    if notice.person_id != person.person_id and not sponsors.heads(work, place, person, notice.workspace_id or ""):
        raise NothingAsked
    return notice


def _chosen(work: Work, place: Place, person: Person, notice: Any, membership_id: str | None) -> list[Any]:
    """Waiting lines of the card for which the person may answer now. Raises NothingAsked where there is no such line at
    all; one that was answered before is no fault."""
    asked = Asked.read(notice.tenant_id, notice.subject_id)
    found = concerning(work, asked, notice.person_id)
    if membership_id is not None:
        found = [row for row in found if row.membership_id == membership_id]
    if not sponsors.heads(work, place, person, asked.workspace_id):
        theirs = sponsors.of_all(work, asked.tenant_id, [row.invitation_id for row in found])
        found = [row for row in found if person.person_id in theirs[row.invitation_id]]
    if not found:
        raise NothingAsked
    return [row for row in found if _waits(work, row)]


def _page(work: Work, notice: Any, number: int) -> ReviewView:
    view = shown(work, notice, number)
    if view is None:
        raise NothingAsked
    return view


# The dates


def act(work: Work, row: Claimed) -> datetime | None:
    """A day before the end of an attestation those who have not answered are reminded; at the end, what nobody kept
    ends. Gives the question's next date."""
    asked = Asked.read(row.tenant_id, row.subject_id)
    waiting = [each for each in lines(work, asked) if each.decided_at is None]
    if not waiting:
        return None
    until = waiting[0].until
    if until > work.now:
        return _remind(work, asked, until)
    _run_out(work, asked, waiting[:MOST])
    return work.now if len(waiting) > MOST else None


def _remind(work: Work, asked: Asked, until: datetime) -> datetime:
    remind_at = until - lifetimes.DAY
    if asked.question is not Question.ATTESTATION or remind_at <= asked.since:
        return until
    if remind_at > work.now:
        return remind_at
    waiting = [
        (asked.name(reminder=True), each, asked.workspace_id)
        for each in sorted(_people(work, asked))
        if any(_waits(work, row) for row in concerning(work, asked, each))
    ]
    notices.tell_all(work, asked.tenant_id, lifetimes.REVIEW, waiting)
    return until


def _run_out(work: Work, asked: Asked, waiting: Sequence[Any]) -> None:
    endings.lock(work, asked.tenant_id, [row.guest_id for row in waiting])
    over = _decide(work, asked, [row.membership_id for row in waiting], Answer.RUN_OUT, None)
    endings.end(work, asked.tenant_id, over, ENDED_BY[asked.question])
    told(work, asked)


def begin(
    work: Work, tenant_id: str, question: Question, since: datetime, until: datetime, workspace_ids: Iterable[str]
) -> None:
    """The question's end comes due."""
    letter = lifetimes.LETTERS[question.value]
    names = [lifetimes.review_id(each, since, letter) for each in workspace_ids]
    reminded = question is Question.ATTESTATION and until - lifetimes.DAY > since
    due_at = until - lifetimes.DAY if reminded else until
    delivery.schedule_all(work, tenant_id, lifetimes.REVIEW, [(name, due_at) for name in sorted(names)])
