"""The mail channel: one outbox row becomes one mail, and what became of it is written down."""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from domain import addresses, delivery, mailings
from domain.doors import Clock, Units
from domain.faults import Unavailable
from domain.views import Claimed, Mail, PasscodeMail
from outbox import schedule
from outbox.mails import Mails, Stamp, Unsendable
from outbox.smtp import Accepted, Ambiguous, Deferred, Letter, Outcome, Paused, Pool, Refused, Unwanted

log = logging.getLogger(__name__)

PASSCODES = 0
"""The outbox priority that goes first and has connections of its own."""
PAUSE_SECONDS = 60.0
"""After the relay refused our password, until it is asked again."""
FAILURES = 3
"""So many in a row that any mail would have met: the relay is taken to be down."""
AGAIN_SECONDS = 1.0
"""After a cut, before the mail goes out once more."""
PATIENCE = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between tries to write down what became of a mail."""
BREAKS = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds without invitations after that, each time it is still down. Then one row is let through to see."""


@dataclass
class Gate:
    """Keeps the worker from hammering a relay that is down, or that refuses our password."""

    now: Callable[[], float]
    """Monotonic seconds."""
    failures: int = 0
    shut_until: float = 0.0
    paused: bool = False
    under_way: int = 0
    """Rows that are being delivered."""

    def room(self, priority: int | None, free: int) -> int:
        """How many rows may be claimed now."""
        if not self.paused and self.failures < FAILURES:
            return free
        if self.under_way or (self.now() < self.shut_until and (self.paused or priority != PASSCODES)):
            return 0
        return min(free, 1)

    def seen(self, outcome: Outcome) -> None:
        if isinstance(outcome, Paused):
            self.paused = True
            self.shut_until = self.now() + PAUSE_SECONDS
        elif isinstance(outcome, Deferred) and outcome.relay_down:
            self.failures += 1
            if self.failures >= FAILURES:
                self.shut_until = self.now() + BREAKS[min(self.failures - FAILURES, len(BREAKS) - 1)]
        elif not isinstance(outcome, Unwanted):
            self.failures, self.paused, self.shut_until = 0, False, 0.0


class Lease:
    """One claimed row and its owner."""

    def __init__(self, database: Units, row: Claimed, owner: str) -> None:
        self._database = database
        self.row = row
        self._owner = owner
        self.begun = False

    async def begin(self) -> bool:
        """Right before the text goes out: is it still wanted, and still ours?"""
        wanted = bool(await self._database.write(mailings.begin, self.row, self._owner))
        self.begun = self.begun or wanted
        return wanted

    async def write(self, operation: Callable[..., object], *facts: object) -> None:
        """What became of it. A database that is away for a moment must not make a sent mail go out twice."""
        for seconds in PATIENCE:
            try:
                await self._database.write(operation, self.row, self._owner, *facts)
            except Unavailable:
                await asyncio.sleep(seconds)
            else:
                return
        await self._database.write(operation, self.row, self._owner, *facts)


class MailChannel:
    def __init__(self, database: Units, pool: Pool, mails: Mails, clock: Clock) -> None:
        self._database = database
        self._pool = pool
        self._mails = mails
        self._clock = clock
        self._gate = Gate(time.monotonic)

    async def prepare(self) -> None:
        """Makes the commonest mails' skeletons beforehand."""
        await asyncio.to_thread(self._mails.prepare)

    def room(self, priority: int | None, free: int) -> int:
        """How many rows of this priority the worker may claim now."""
        return self._gate.room(priority, free)

    async def deliver(self, row: Claimed, owner: str) -> None:
        """Everything that can become of a mail is written to its row. Raises what the database raises."""
        lease = Lease(self._database, row, owner)
        self._gate.under_way += 1
        try:
            await self._deliver(lease)
        except asyncio.CancelledError:
            if not lease.begun:
                await lease.write(delivery.deferred, "stopped before it was sent", self._clock(), False)
            raise
        finally:
            self._gate.under_way -= 1

    async def _deliver(self, lease: Lease) -> None:
        view = lease.row.mail or await self._database.read(mailings.mail, lease.row)
        if view is None:
            await lease.write(mailings.unwanted)
            return
        try:
            content = self._mails.compose(view, Stamp(lease.row.row_id, lease.row.created_at))
            letter = Letter(self._mails.sender, view.recipient, content)
        except (Unsendable, ValueError) as fault:
            log.error("mail %s cannot be written: %s", lease.row.row_id, fault)
            await lease.write(mailings.dead, str(fault))
            return
        urgent = isinstance(view, PasscodeMail)
        outcome = await self._send(letter, lease, urgent)
        if isinstance(outcome, Ambiguous) and not lease.row.cut:
            # RFC 1047's gap: it may have been taken. Once more, with the same Message-ID, and then it counts as sent.
            await asyncio.sleep(AGAIN_SECONDS)
            outcome = await self._send(letter, lease, urgent)
        await self._settle(lease, outcome, view)

    async def _send(self, letter: Letter, lease: Lease, urgent: bool) -> Outcome:
        outcome = await self._pool.send(letter, lease.begin, urgent=urgent)
        self._gate.seen(outcome)
        return outcome

    async def _settle(self, lease: Lease, outcome: Outcome, view: Mail) -> None:
        match outcome:
            case Accepted():
                await lease.write(mailings.sent)
            case Ambiguous(problem):
                log.warning("mail %s may or may not have been taken, it counts as sent: %s", lease.row.row_id, problem)
                await lease.write(mailings.sent)
            case Refused(reason):
                await lease.write(mailings.refused, _discreet(reason, view.recipient))
            case Unwanted():
                await self._withdraw(lease)
            case Paused(problem):
                log.error("the mail relay refuses our user and password, all mail waits: %s", problem)
                due_at = self._clock() + timedelta(seconds=PAUSE_SECONDS)
                await lease.write(mailings.deferred, problem, due_at, False)
            case Deferred(problem):
                await self._defer(lease, _discreet(problem, view.recipient), view)

    async def _withdraw(self, lease: Lease) -> None:
        """Not begun: either nobody wants it any more, or the lease ran out and somebody else has it."""
        if await self._database.read(mailings.mail, lease.row) is None:
            await lease.write(mailings.unwanted)

    async def _defer(self, lease: Lease, problem: str, view: Mail) -> None:
        row = lease.row
        ends_at = view.expires_at if isinstance(view, PasscodeMail) else None
        due_at = schedule.next_attempt(row.kind, row.attempts, row.created_at, self._clock(), ends_at=ends_at)
        log.warning("mail %s, attempt %d: %s", row.row_id, row.attempts, problem)
        if due_at is None:
            await lease.write(mailings.dead, problem)
        else:
            await lease.write(mailings.deferred, problem, due_at, True)


def _discreet(problem: str, recipient: str) -> str:
    """What a relay says is shown in chats, where addresses are masked; relays like to repeat them."""
    return re.sub(re.escape(recipient), addresses.mask(recipient), problem, flags=re.IGNORECASE)
