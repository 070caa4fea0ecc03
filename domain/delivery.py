"""The outbox seen from the domain: what is due, what is still wanted, and what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.secrets import new_id
from domain.value import value
from domain.views import Claimed
from domain.work import Work
from storage import outbox as rows

MAIL, CARD, DUE = "mail", "card", "due"
REQUEST, NOTICE = "request", "notice"
"""Rows of the card channel, about a request's or a notice's card."""
PASSCODES, INVITATIONS = 0, 1
"""Lanes of the mail channel: passcodes first."""
CARDS = 0
"""The one lane of the card channel. Named when claiming, as the index wants it: else every card would be looked at."""
NO_WAY_IN = "the guest could not get in now"
"""The problem of a mail that waits for the policy or a feature to change."""
HANDING_OVER = timedelta(seconds=90)
"""Longer than any relay or channel is waited for."""
CARD_PAUSE = timedelta(seconds=2)
"""Between two edits of one card: what happens meanwhile is told at once, newest state only."""


def enqueue_mail(work: Work, tenant_id: str, kind: str, *subject_ids: str) -> None:
    """One mail for each link or passcode, however often this is said."""
    lane = {"priority": PASSCODES if kind == "passcode" else INVITATIONS}
    due = [_row(work, tenant_id, MAIL, kind, each) | lane for each in subject_ids]
    work.run(rows.enqueue(work.connection.dialect.name), due)
    work.wake = True


def enqueue_card(work: Work, tenant_id: str, *invitation_ids: str) -> None:
    """The invitations' cards are to show the present state."""
    pause = {"priority": CARDS, "told_since": work.now - CARD_PAUSE, "soonest": work.now + CARD_PAUSE}
    due = [_row(work, tenant_id, CARD, "card", each) | pause for each in invitation_ids]
    work.run(rows.change(work.connection.dialect.name), due)
    work.wake = True


def enqueue_request(work: Work, tenant_id: str, request_id: str) -> None:
    """The request's card is to show the present state."""
    pause = {"priority": 0, "told_since": work.now - CARD_PAUSE, "soonest": work.now + CARD_PAUSE}
    work.run(rows.change(work.connection.dialect.name), _row(work, tenant_id, CARD, REQUEST, request_id) | pause)
    work.wake = True


def enqueue_notices(work: Work, tenant_id: str, notice_ids: Sequence[str]) -> None:
    """The notices' cards are to show the present state."""
    if not notice_ids:
        return
    pause = {"priority": CARDS, "told_since": work.now - CARD_PAUSE, "soonest": work.now + CARD_PAUSE}
    due = [_row(work, tenant_id, CARD, NOTICE, each) | pause for each in notice_ids]
    work.run(rows.change(work.connection.dialect.name), due)
    work.wake = True


def schedule(work: Work, tenant_id: str, kind: str, subject_id: str, due_at: datetime) -> None:
    """The act of this kind (outbox/due_channel.py) is due for the subject then, and not at another time said before."""
    row = _row(work, tenant_id, DUE, kind, subject_id) | {"priority": 0, "due_at": due_at}
    work.run(rows.schedule(work.connection.dialect.name), row)


def schedule_all(work: Work, tenant_id: str, kind: str, dates: Sequence[tuple[str, datetime]]) -> None:
    """As `schedule`, for several subjects in one statement."""
    due = [_row(work, tenant_id, DUE, kind, each) | {"priority": 0, "due_at": at} for each, at in dates]
    if due:
        work.run(rows.schedule(work.connection.dialect.name), due)


def schedule_tenants(work: Work, kind: str) -> None:
    """The act is due now for every tenant: one statement, however many there are."""
    values = {"kind": kind, "due_at": work.now, "created_at": work.now}
    work.run(rows.schedule_tenants(work.connection.dialect.name), values)
    work.wake = True


def scheduled(work: Work, tenant_id: str, kind: str, subject_id: str) -> datetime | None:
    """When the act is due for the subject. None: it is not."""
    row = work.one(rows.DUE_AT, {"tenant_id": tenant_id, "unique_key": f"{kind}:{subject_id}"})
    return row.due_at if row is not None else None


def unschedule(work: Work, kind: str, subject_id: str) -> None:
    """It is not due any more. An act that is under way goes on."""
    work.run(rows.WITHDRAW, {"key": f"{kind}:{subject_id}", "now": work.now})


def held(work: Work, row: Claimed, owner: str) -> bool:
    """False: the lease ran out, and somebody else may have the row. True: it stays ours until this unit ends."""
    return work.run(rows.HELD, {"row": row.row_id, "me": owner}) > 0


def again(work: Work, row: Claimed, owner: str, next_at: datetime | None) -> None:
    """An act is done; `next_at`: when it is due again."""
    values = {"row": row.row_id, "me": owner, "now": work.now, "seen": row.changes, "next_at": next_at}
    work.run(rows.TOLD, values | {"soonest": work.now})


def enqueue_again(work: Work, tenant_id: str, kind: str, subject_id: str) -> None:
    """One more mail about the same, which no mail program takes for the first one: it has a Message-ID of its own."""
    row = _row(work, tenant_id, MAIL, kind, subject_id)
    row |= {"priority": INVITATIONS, "unique_key": f"{kind}:{subject_id}:{row['row_id']}"}
    work.run(rows.enqueue(work.connection.dialect.name), row)
    work.wake = True


def enqueue_mails(work: Work, tenant_id: str, kind: str, named: Sequence[tuple[str, str]]) -> None:
    """A mail for each subject, named by something that tells it from other mails about the same."""
    lane = {"priority": INVITATIONS}
    due = [
        _row(work, tenant_id, MAIL, kind, each) | lane | {"unique_key": f"{kind}:{each}:{name}"} for each, name in named
    ]
    if due:
        work.run(rows.enqueue(work.connection.dialect.name), due)
        work.wake = True


def withdraw_mail(work: Work, kind: str, subject_id: str) -> None:
    """A mail that has not been taken up yet is not sent any more. One under way is asked again before its text."""
    work.run(rows.WITHDRAW, {"key": f"{kind}:{subject_id}", "now": work.now})


def _row(work: Work, tenant_id: str, channel: str, kind: str, subject_id: str) -> dict[str, Any]:
    return {
        "row_id": new_id(),
        "tenant_id": tenant_id,
        "channel": channel,
        "kind": kind,
        "unique_key": f"{kind}:{subject_id}",
        "subject_id": subject_id,
        "due_at": work.now,
        "created_at": work.now,
    }


@value
class Wish:
    """Up to `limit` due rows of one lane. Without a priority: of the whole channel."""

    channel: str
    priority: int | None
    limit: int

    def fits(self, row: Any) -> bool:
        return row.channel == self.channel and self.priority in (None, row.priority)


def claim(
    work: Work, channel: str, priority: int | None, owner: str, limit: int, lease_seconds: int
) -> Sequence[Claimed]:
    """As `claim_all`, of one lane."""
    return claim_all(work, [Wish(channel, priority, limit)], owner, lease_seconds)[0]


def claim_all(work: Work, wishes: Sequence[Wish], owner: str, lease_seconds: int) -> list[list[Claimed]]:
    """Takes due rows of several lanes under a lease of this owner. After the lease anybody may take them."""
    values: dict[str, Any] = {f"most{number}": wish.limit for number, wish in enumerate(wishes)}
    values |= {"now": work.now, "owner": owner, "until": work.now + timedelta(seconds=lease_seconds)}
    found = work.all(rows.claim(tuple((wish.channel, wish.priority) for wish in wishes)), values)
    return [[_claimed(row) for row in found if wish.fits(row)] for wish in wishes]


def _claimed(row: Any) -> Claimed:
    return Claimed(
        row.row_id, row.tenant_id, row.kind, row.subject_id, row.attempts, row.changes, row.created_at,
        cut=row.sending_at is not None, channel=row.channel,
    )  # fmt: skip


def take_back(work: Work) -> None:
    """Ends every lease: for the start of the only worker, which knows that whoever held them is dead."""
    work.run(rows.TAKE_BACK, {"now": work.now})


def deferred(work: Work, row: Claimed, owner: str, problem: str, due_at: datetime, counted: bool) -> bool:
    """To be tried again at `due_at`. Not counted: it was not this row's fault (the relay's password, a full pool).
    False: the lease ran out and another worker has the row now."""
    values = {"row": row.row_id, "me": owner, "why": problem[:500], "due": due_at, "uncounted": 0 if counted else 1}
    return work.run(rows.DEFER, values) > 0


def waits(work: Work, tenant_id: str, kind: str, subject_id: str) -> bool:
    """Whether the mail was tried, and is to be tried again."""
    return work.one(rows.WAITS, {"tenant_id": tenant_id, "unique_key": f"{kind}:{subject_id}"}) is not None


def hold(work: Work, row: Claimed, owner: str, again_at: datetime) -> bool:
    """It waits for another policy or stage, as if it had just been made. True: it did not before."""
    mine: dict[str, Any] = {"row": row.row_id, "me": owner, "why": NO_WAY_IN}
    first = work.run(rows.PUT_ON_HOLD, mine) > 0
    work.run(rows.HOLD, mine | {"due": again_at, "now": work.now})
    return first


def handing_over(work: Work, row: Claimed, owner: str) -> bool:
    """Right before a mail or card goes out. Begins the lease anew, so that a slow relay or channel does not end in
    another worker's hands. False: the lease ran out."""
    values = {"row": row.row_id, "me": owner, "now": work.now, "until": work.now + HANDING_OVER}
    return work.run(rows.SENDING, values) > 0


def release(work: Work, tenant_id: str | None = None) -> None:
    """What waits for another policy or stage, of one tenant or of all, is looked at again now."""
    values: dict[str, Any] = {"why": NO_WAY_IN, "now": work.now}
    work.run(
        rows.RELEASE if tenant_id is None else rows.RELEASE_OF, values | ({"tenant": tenant_id} if tenant_id else {})
    )
    work.wake = True


def dropped(work: Work, row: Claimed, owner: str) -> None:
    """No longer wanted: revoked, replaced, expired or never to be sent."""
    work.run(rows.DONE, {"row": row.row_id, "me": owner, "now": work.now})


def finish(work: Work, row: Claimed, owner: str) -> bool:
    """False: the lease ran out and another worker has the row now."""
    return work.run(rows.DONE, {"row": row.row_id, "me": owner, "now": work.now}) > 0


def bury(work: Work, row: Claimed, owner: str, problem: str) -> bool:
    values = {"row": row.row_id, "me": owner, "now": work.now, "why": problem[:500]}
    return work.run(rows.DEAD, values) > 0


def state(work: Work) -> list[Any]:
    """For the metrics: by channel, how many are due and dead, and since when the oldest waits."""
    return list(work.all(rows.STATE))
