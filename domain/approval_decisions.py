"""The one word on a request for approval. What is approved is invited in the name of who asked, where it was asked, by
the ordinary way: the asker's right, the policy and the quotas count at that moment."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import (
    addresses,
    allowances,
    approval_cards,
    approvals,
    approvers,
    audit,
    inquiries,
    invitations,
    inviting,
    policy_changes,
    present,
)
from domain.approval_errors import ApprovalPutOff, NotApprover, NotAsker, UnknownApproval
from domain.approval_views import ApprovalTarget, ApprovalView, AskedView, Word
from domain.errors import AccessRefusal, LimitReached, Outsider
from domain.form_errors import EndPassed
from domain.inquiries import Answers, Inquiry
from domain.present import over
from domain.views import Person, Place
from domain.wanted import Wanted, by_id, line, place_of, wanted
from domain.work import Work
from domain.workspaces import known, remember, stranger
from storage import approvals as rows

Named = ApprovalTarget | str
"""A request, named by a button or by an address that it is about."""
LONGEST_NOTE = 500


def approve(
    work: Work, place: Place, person: Person, named: Named, note: str, *, found: Answers = None
) -> ApprovalView:
    """Invites. What was decided before, or looked different on the card, is shown as it is.

    Raises Outsider, NotApprover, UnknownApproval; and, with nothing decided, PolicyForbids or FeatureOff where nobody
    of them can be invited now, EndPassed, ApprovalPutOff where the quota is used up, DiscoveryNeeded.
    """
    row = _to_decide(work, place, person, named)
    if _decide(work, row, named, person, Word.APPROVED, note):
        became, outcome = _invited(work, row, found)
        values = {"word": became.value, "became": json.dumps(outcome), "approval": row.approval_id}
        work.run(rows.CAME_OF_IT, values | {"tenant": row.tenant_id})
        _decided(work, row, person, became, invited=outcome["invited"])
    return approval_cards.to_decide(work, by_id(work, row.tenant_id, row.approval_id), place.kind)


def deny(work: Work, place: Place, person: Person, named: Named, note: str) -> ApprovalView:
    """Nobody is invited, and the asker is told. Raises Outsider, NotApprover, UnknownApproval."""
    row = _to_decide(work, place, person, named)
    if _decide(work, row, named, person, Word.DENIED, note):
        _decided(work, row, person, Word.DENIED, invited=0)
    return approval_cards.to_decide(work, by_id(work, row.tenant_id, row.approval_id), place.kind)


def withdraw(work: Work, place: Place, person: Person, named: Named) -> AskedView:
    """Who asked wants it no more. Raises Outsider, NotAsker, UnknownApproval."""
    row = _found(work, place, person, named, lambda each: each.asked_by == person.person_id)
    if row.asked_by != person.person_id:
        raise NotAsker(row.asker)
    if _decide(work, row, named, person, Word.WITHDRAWN, ""):
        _record(work, row, "approval.withdrawn", person)
    return approval_cards.asked(work, by_id(work, row.tenant_id, row.approval_id), place.kind)


def may_decide(work: Work, row: Any, person: Person) -> bool:
    """Now, whoever had the right when the card was posted."""
    policy = policy_changes.of_tenant(work, row.tenant_id)
    panel = approvers.of(work, policy, row.tenant_id, row.workspace_id, row.asked_by)
    return panel.may_decide(work, person)


def _to_decide(work: Work, place: Place, person: Person, named: Named) -> Any:
    row = _found(work, place, person, named, lambda each: may_decide(work, each, person))
    if may_decide(work, row, person):
        return row
    policy = policy_changes.of_tenant(work, row.tenant_id)
    panel = approvers.of(work, policy, row.tenant_id, row.workspace_id, row.asked_by)
    raise NotApprover(panel.names, own=row.asked_by == person.person_id)


def _found(work: Work, place: Place, person: Person, named: Named, fits: Callable[[Any], bool]) -> Any:
    """The request, for somebody who has to do with it: for all others there is none of that id."""
    if stranger(place, person, known(work, place.tenant_id, person.person_id)):
        raise Outsider
    row = (
        _by_address(work, place, named, fits)
        if isinstance(named, str)
        else by_id(work, place.tenant_id, named.approval_id)
    )
    if row is None:
        raise UnknownApproval
    here = (row.channel_id, row.place_id) == (place.channel_id, place.place_id)
    if not (here or person.person_id in approval_cards.concerned(work, row) or fits(row)):
        raise UnknownApproval
    return row


def _by_address(work: Work, place: Place, address: str, fits: Callable[[Any], bool]) -> Any:
    """The oldest that waits, is about this address and may be decided; those of the place where it is said first."""
    key = addresses.key(address)
    waiting = work.all(rows.OPEN, {"tenant_id": place.tenant_id, "now": work.now})
    about = [row for row in waiting if key in map(addresses.key, wanted(row).addresses) and fits(row)]
    about.sort(key=lambda row: (row.channel_id, row.place_id) != (place.channel_id, place.place_id))
    return about[0] if about else None


def _decide(work: Work, row: Any, named: Named, person: Person, word: Word, note: str) -> bool:
    """False: it was decided before, is over, or its card showed something else. Comes first, so that of two people at
    once only one goes on."""
    remember(work, person)
    where = {"approval": row.approval_id, "tenant": row.tenant_id, "now": work.now}
    seen = row.version if isinstance(named, str) else named.version
    mine = {"seen": seen, "who": person.person_id, "word": word.value, "said": line(note, LONGEST_NOTE)}
    if work.run(rows.DECIDE, where | mine) == 0:
        return False
    approvals.settle(work, row.tenant_id, row.approval_id)
    return True


def _decided(work: Work, row: Any, person: Person, word: Word, *, invited: int) -> None:
    _record(work, row, "approval.decided", person, decision=word.value, invited=invited)


def _record(work: Work, row: Any, kind: str, person: Person, **facts: Any) -> None:
    audit.record(
        work, row.tenant_id, kind, person.person_id,
        workspace_id=row.workspace_id, approval=row.approval_id, **facts,
    )  # fmt: skip


def _invited(work: Work, row: Any, found: Answers) -> tuple[Word, dict[str, Any]]:
    """Those that the policy lets in now. Nobody, where who asked has left or may not invite there any more."""
    asker = Person(row.tenant_id, row.asked_by, row.asker, seen_in=place_of(row).place_id)
    nobody = {"invited": 0, "left_out": list[str]()}
    if row.removed_at is not None:
        return Word.VOID, nobody
    try:
        workspace = inviting.required(work, place_of(row), asker).workspace
    except AccessRefusal:
        return Word.VOID, nobody
    what = _meant(work, workspace, row)
    if workspace.left_at is not None or not what.addresses:
        return Word.VOID if what.addresses else Word.APPROVED, nobody
    inquiry = inquiries.open_to_somebody(work, workspace, what.surface, found)
    unfit = _unfit(inquiry, what)
    there = present.by_address(work, workspace, what.addresses)
    left = [each for each in what.addresses if each in unfit or not over(work, there.get(addresses.key(each)))]
    meant = replace(what, addresses=tuple(each for each in what.addresses if each not in left))
    try:
        created = invitations.create(work, place_of(row), asker, workspace, meant, there, preview=inquiry.stage.preview)
    except LimitReached as refusal:
        put_off = ApprovalPutOff(refusal.again_at, refusal.quota, refusal.most, refusal.address, asker=row.asker)
        raise put_off from None
    return Word.APPROVED, {"invited": len(created), "left_out": left}


def _meant(work: Work, workspace: Any, row: Any) -> Wanted:
    """As it can be wished for by now: without people who were erased meanwhile, and no longer than the tenant lets
    anybody in. Raises EndPassed."""
    what, most = wanted(row), allowances.of(work, workspace).access_days_most
    until = what.wishes.until
    if until is not None:
        if until <= work.now:
            raise EndPassed
        until = min(until, work.now + timedelta(days=most + 1))
    known = tuple(each for each in what.addresses if "@" in each)
    return replace(what, addresses=known, days=min(what.days, most), wishes=replace(what.wishes, until=until))


def _unfit(inquiry: Inquiry, what: Wanted) -> frozenset[str]:
    """Raises what forbids the first of them where it is none but such."""
    unfit = inquiries.sift(inquiry, what.addresses)
    if len(unfit) == len(what.addresses):
        raise inquiries.refusal(inquiry.work, inquiry.tenant_id, unfit[0].address, unfit[0].barrier)
    return frozenset(each.address for each in unfit)
