"""The form for inviting: opened, checked field by field, and sent. What is wrong is told beside the field, and nothing
that was typed is lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from domain import allowances, invitations, inviting, own_words, ownership, policy_changes, workspaces
from domain.form_errors import NotHere
from domain.form_views import EMPTY, Fault, Filled, Flaw, FormView, Input
from domain.inquiries import Answers
from domain.limits import Numbers
from domain.policies import Approval
from domain.views import DraftView, InviteView, Person, Place, Standing
from domain.wishes import LONGEST_MESSAGE, LONGEST_NAME, LONGEST_REASON, MOST_SPONSORS, Wishes
from domain.work import Work
from storage import form as rows

END_OF_DAY = time(23, 59, 59, tzinfo=UTC)
"""A last day counts to its end."""
MOST_OWNERS = 20


def here(work: Work, place: Place) -> None:
    """Raises NotHere unless the bot was added to the place: elsewhere it can neither ask who is there nor post."""
    key = {"tenant_id": place.tenant_id, "channel_id": place.channel_id, "place_id": place.place_id}
    if work.one(rows.HERE, key) is None:
        raise NotHere


def opened(work: Work, place: Place, person: Person, filled: Filled = EMPTY) -> FormView | Standing:
    """The form, for somebody who may invite here; for others how they stand to the workspace. Changes nothing."""
    standing = inviting.asked(work, place, person)
    if not (standing.owner or standing.admin or standing.invites):
        return standing
    return _view(work, place, standing, filled, ())


def submit(
    work: Work, place: Place, person: Person, filled: Filled, *, found: Answers = None
) -> FormView | InviteView | DraftView:
    """Invites as the form says; with faults in it nobody is invited, and it is shown again. The same form again changes
    nothing. Raises what `invitations.invite` raises."""
    workspace = inviting.required(work, place, person).workspace
    faults = tuple(_faults(work, workspace.tenant_id, filled))
    if faults:
        return _view(work, place, workspace, filled, faults)
    given, wishes = filled.parsed.good, _wishes(filled)
    return invitations.invite(work, place, person, given, filled.days, wishes=wishes, found=found)


def unknown(work: Work, tenant_id: str, people: tuple[str, ...]) -> tuple[str, ...]:
    """Those of whom nothing is known in this tenant, so that the roster has to be asked."""
    return tuple(each for each in people[:MOST_SPONSORS] if workspaces.known(work, tenant_id, each) is None)


def _view(work: Work, place: Place, workspace: Any, filled: Filled, faults: tuple[Fault, ...]) -> FormView:
    where = {"tenant_id": place.tenant_id, "workspace_id": workspace.workspace_id, "most": MOST_OWNERS}
    owners = tuple(
        (row.person_id, row.name) for row in work.all(rows.OWNERS, where | ownership.believed(work)) if row.name
    )
    policy = policy_changes.of_tenant(work, place.tenant_id)
    numbers = allowances.tightened(work.numbers, policy)
    return FormView(
        place.kind, place.name, filled, faults, owners, numbers.access_days,
        numbers.access_days_most, work.now.date(), approval=policy.approval is not Approval.NEVER,
    )  # fmt: skip


def _numbers(work: Work, tenant_id: str) -> Numbers:
    return allowances.tightened(work.numbers, policy_changes.of_tenant(work, tenant_id))


def _faults(work: Work, tenant_id: str, filled: Filled) -> Iterator[Fault]:
    yield from _of_addresses(filled)
    yield from _of_name(filled)
    yield from _of_end(work, tenant_id, filled)
    yield from _of_sponsors(work, tenant_id, filled.sponsors)
    message = own_words.lines(filled.message)
    yield from _of_words(Input.MESSAGE, message, LONGEST_MESSAGE)
    if len(own_words.one_line(filled.reason)) > LONGEST_REASON:
        yield Fault(Input.REASON, Flaw.TOO_LONG, most=LONGEST_REASON)


def _of_addresses(filled: Filled) -> Iterator[Fault]:
    if filled.parsed.bad:
        yield Fault(Input.ADDRESSES, Flaw.BAD_ADDRESS, bad=filled.parsed.bad)
    elif not filled.parsed.good:
        yield Fault(Input.ADDRESSES, Flaw.MISSING)


def _of_name(filled: Filled) -> Iterator[Fault]:
    name = own_words.one_line(filled.name)
    if name and len(filled.parsed.good) > 1:
        yield Fault(Input.NAME, Flaw.SEVERAL)
    yield from _of_words(Input.NAME, name, LONGEST_NAME)


def _of_words(field: Input, text: str, longest: int) -> Iterator[Fault]:
    if len(text) > longest:
        yield Fault(field, Flaw.TOO_LONG, most=longest)
    linked = own_words.links(text)
    if linked:
        yield Fault(field, Flaw.LINK, linked[:3])


def _of_end(work: Work, tenant_id: str, filled: Filled) -> Iterator[Fault]:
    most = _numbers(work, tenant_id).access_days_most
    if filled.until:
        ends_at = _end(filled.until)
        if ends_at is None:
            yield Fault(Input.UNTIL, Flaw.NO_DATE)
        elif ends_at <= work.now:
            yield Fault(Input.UNTIL, Flaw.PAST)
        elif ends_at.date() > work.now.date() + timedelta(days=most):
            yield Fault(Input.UNTIL, Flaw.TOO_LATE, most=most)
    elif filled.days is not None and not 1 <= filled.days <= most:
        yield Fault(Input.DAYS, Flaw.WRONG_DAYS, most=most)


def _end(typed: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(typed), END_OF_DAY)
    except ValueError:
        return None


def _of_sponsors(work: Work, tenant_id: str, sponsors: tuple[str, ...]) -> Iterator[Fault]:
    if len(sponsors) > MOST_SPONSORS:
        yield Fault(Input.SPONSORS, Flaw.TOO_MANY, most=MOST_SPONSORS)
    elif not all(_of_the_tenant(work, tenant_id, each) for each in sponsors):
        yield Fault(Input.SPONSORS, Flaw.UNKNOWN_PERSON)


def _of_the_tenant(work: Work, tenant_id: str, person_id: str) -> bool:
    known = work.one(rows.PERSON, {"tenant_id": tenant_id, "person_id": person_id})
    return known is not None and known.left_at is None and known.role not in workspaces.OUTSIDE


def _wishes(filled: Filled) -> Wishes:
    return Wishes(
        name=own_words.one_line(filled.name),
        language=filled.language,
        until=_end(filled.until) if filled.until else None,
        message=own_words.lines(filled.message),
        reason=own_words.one_line(filled.reason),
        sponsors=tuple(dict.fromkeys(filled.sponsors)),
    )
