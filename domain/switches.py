"""Features that come on by themselves on a date: admins are told 60, 30, 7 and 1 days before, and can block it, turn it
on at once, or be reminded.

The date is the operator's (a rollout), the word is the tenant's (its setting): only a tenant that decided nothing is
switched. Everything is looked at again whenever a date or a setting changes, by one due act for each tenant.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain import audit, delivery, features, notices, redrawing, settings, workspaces
from domain.audit import Choice
from domain.request_errors import RequestGone
from domain.switch_views import Outcome, Reach, Remind, SwitchView
from domain.views import Claimed, FeatureFacts, Person, Place, Setting, Stage, Surface
from domain.work import Work
from storage import features as rows

LEADS = (60, 30, 7, 1)
"""Days before the date."""
NOTICE, SWITCHES, SWITCHED, REMINDER = "switch", settings.SWITCHES, "switched", "switch_reminder"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def announce(work: Work, row: Claimed) -> datetime | None:
    """Due act, for one tenant: tells admins what is near, brings cards up to date – those of invitations say when their
    guest could not sign in – and is due at the next date."""
    next_at: list[datetime] = []
    for facts in features.facts_of(work, (row.tenant_id,)).values():
        if facts.setting is Setting.DEFAULT:
            for at in _coming(facts, work.now):
                delivery.schedule(work, row.tenant_id, SWITCHED, _subject(facts.feature, at, row.tenant_id), at)
                next_at.append(_announce(work, row.tenant_id, facts.feature, at))
    _refresh(work, row.tenant_id)
    redrawing.rule_changed(work, row.tenant_id)
    return min(next_at, default=None)


def _coming(facts: FeatureFacts, now: datetime) -> list[datetime]:
    """Dates that lie ahead, each once."""
    ahead = {each.from_at for each in facts.rollouts if each.stage is Stage.GA and each.from_at and each.from_at > now}
    return sorted(ahead)


def _announce(work: Work, tenant_id: str, feature: str, at: datetime) -> datetime:
    """The notice that is due by now, if any; when the next one is."""
    passed = [lead for lead in LEADS if at - lead * DAY <= work.now]
    if passed:
        subject = _subject(feature, at, str(min(passed)))
        notices.tell(work, tenant_id, NOTICE, subject, workspaces.admin_ids(work, tenant_id))
    return min((at - lead * DAY for lead in LEADS if lead not in passed), default=at)


def _refresh(work: Work, tenant_id: str) -> None:
    """Cards that still ask show the present state; those that have nothing to ask any more are closed."""
    about = {row.subject_id for row in notices.waiting(work, tenant_id, NOTICE)}
    for subject_id in sorted(about):
        feature, at, _ = _parts(subject_id)
        if _outcome(work, features.facts(work, tenant_id, feature), at) is Outcome.PENDING:
            notices.changed(work, tenant_id, NOTICE, subject_id)
        else:
            notices.close(work, tenant_id, NOTICE, subject_id)


def switched(work: Work, row: Claimed) -> datetime | None:
    """Due act, at the date: notes that a feature came on by itself, once, and closes the cards about it."""
    feature, at, _ = _parts(row.subject_id)
    facts = features.facts(work, row.tenant_id, feature)
    if _outcome(work, facts, at) is Outcome.ON:
        what = {"feature": feature, "surfaces": [each.value for each in _surfaces(facts, at)]}
        if not _noted(work, row.tenant_id, at, what):
            audit.record(work, row.tenant_id, "feature.switched", audit.SYSTEM, **what)
    delivery.schedule(work, row.tenant_id, SWITCHES, row.tenant_id, work.now)
    return None


def _noted(work: Work, tenant_id: str, at: datetime, what: dict[str, Any]) -> bool:
    events = audit.export(work, tenant_id, Choice(since=at, kinds=("feature.switched",)))
    return audit.encoded(what) in [each["detail"] for each in events]


def remind(work: Work, row: Claimed) -> datetime | None:
    """Due act: another card for the admin who asked for it, if it still matters and the person still is one."""
    feature, at, person_id = _parts(row.subject_id)
    if person_id in workspaces.admin_ids(work, row.tenant_id):
        facts = features.facts(work, row.tenant_id, feature)
        if _outcome(work, facts, at) is Outcome.PENDING:
            subject = _subject(feature, at, f"{work.now.date()}")
            notices.tell(work, row.tenant_id, NOTICE, subject, [person_id])
    return None


# What admins do with a card


def show(work: Work, place: Place, person: Person, notice_id: str) -> SwitchView:
    """Raises NotAdmin, Outsider, RequestGone."""
    return view(work, _mine(work, place, person, notice_id))


def asking(work: Work, place: Place, person: Person, notice_id: str) -> SwitchView:
    """The question before it is blocked: who could no longer sign in. Raises what `show` does."""
    return replace(show(work, place, person, notice_id), asking=True)


def turn_on(work: Work, place: Place, person: Person, notice_id: str) -> SwitchView:
    """The tenant does not wait for the date. What was decided meanwhile stays. Raises what `show` does."""
    return _decide(work, place, person, notice_id, Setting.ENABLED)


def block(work: Work, place: Place, person: Person, notice_id: str) -> SwitchView:
    """The feature is disabled, whatever the date. What was decided meanwhile stays. Raises what `show` does."""
    return _decide(work, place, person, notice_id, Setting.DISABLED)


def _decide(work: Work, place: Place, person: Person, notice_id: str, setting: Setting) -> SwitchView:
    notice = _mine(work, place, person, notice_id)
    before = view(work, notice)
    if before.outcome is not Outcome.PENDING:
        return before
    settings.set_tenant(work, place, person, before.feature, setting)
    return view(work, notice)


def remind_later(work: Work, place: Place, person: Person, notice_id: str, when: Remind) -> SwitchView:
    """Another card comes then, a day before the date at the latest. The same wish again within the hour changes
    nothing. Raises what `show` does."""
    notice = _mine(work, place, person, notice_id)
    shown = view(work, notice)
    if shown.outcome is not Outcome.PENDING:
        return shown
    wished = {
        Remind.TOMORROW: work.now + DAY,
        Remind.WEEK: work.now + 7 * DAY,
        Remind.DAY_BEFORE: shown.at - DAY,
    }[when]
    due_at = max(min(wished, shown.at - DAY), work.now + HOUR)
    subject = _subject(shown.feature, shown.at, person.person_id)
    before = delivery.scheduled(work, place.tenant_id, REMINDER, subject)
    if before is not None and abs(before - due_at) < HOUR:
        return replace(shown, reminder_at=before)
    delivery.schedule(work, place.tenant_id, REMINDER, subject, due_at)
    audit.record(
        work, place.tenant_id, "feature.reminder", person.person_id, feature=shown.feature, due_at=due_at.isoformat()
    )  # fmt: skip
    return replace(shown, reminder_at=due_at)


def _mine(work: Work, place: Place, person: Person, notice_id: str) -> Any:
    workspaces.administering(work, place, person)
    row = notices.by_id(work, place.tenant_id, notice_id)
    if row is None or row.kind != NOTICE or row.person_id != person.person_id:
        raise RequestGone
    return row


# What is shown


def view(work: Work, notice: Any) -> SwitchView:
    """The notice's card as it is now."""
    feature, at, _ = _parts(notice.subject_id)
    facts = features.facts(work, notice.tenant_id, feature)
    surfaces = _surfaces(facts, at)
    return SwitchView(
        notice_id=notice.notice_id,
        feature=feature,
        at=at,
        surfaces=surfaces,
        days=max(0, -((work.now - at) // DAY)),
        outcome=_outcome(work, facts, at),
        moved_to=next(iter(_coming(facts, work.now)), None),
        comes_in=reach(work, notice.tenant_id, surfaces or tuple(Surface)),
        shut_out=_shut_out(work, notice.tenant_id),
    )


def reach(work: Work, tenant_id: str, surfaces: tuple[Surface, ...]) -> Reach:
    """Guests with access, and open invitations, of some surfaces: whom it concerns when a feature comes on there."""
    where = {"tenant_id": tenant_id, "now": work.now, "surfaces": [each.value for each in surfaces]}
    guests, invitations = (
        work.connection.execute(statement, where).scalar_one()
        for statement in (rows.LIVE_GUESTS_ON, rows.OPEN_INVITATIONS_ON)
    )
    return Reach(guests, invitations)


def report(work: Work, tenant_id: str, feature: str) -> tuple[Reach, Reach]:
    """Who could sign in if it came on where it is off; who could not if it went off where it is on."""
    states = features.states(work, tenant_id, feature)
    off = tuple(surface for surface, state in states.items() if not state.on)
    return reach(work, tenant_id, off) if off else Reach(0, 0), _shut_out(work, tenant_id)


def _shut_out(work: Work, tenant_id: str) -> Reach:
    affected = settings.affected(work, tenant_id)
    return Reach(affected.guests, affected.pending)


def _surfaces(facts: FeatureFacts, at: datetime) -> tuple[Surface, ...]:
    dated = (each.surface for each in facts.rollouts if each.stage is Stage.GA and each.from_at == at)
    return tuple(sorted(dated, key=list(Surface).index))


def _outcome(work: Work, facts: FeatureFacts, at: datetime) -> Outcome:
    if not _surfaces(facts, at):
        return Outcome.MOVED
    if facts.setting is not Setting.DEFAULT:
        return Outcome.BLOCKED if facts.setting is Setting.DISABLED else Outcome.ENABLED
    return Outcome.PENDING if work.now < at else Outcome.ON


def _subject(feature: str, at: datetime, what: str) -> str:
    return f"{feature}|{at.astimezone(UTC).isoformat()}|{what}"


def _parts(subject_id: str) -> tuple[str, datetime, str]:
    feature, at, what = subject_id.split("|")
    return feature, datetime.fromisoformat(at), what
