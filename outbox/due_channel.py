"""The due channel: rows that deliver nothing, but whose time has come to do something – warn, remind, end, go on."""

import time
from collections.abc import Mapping

from domain import approval_dues, bulks, due, lifetimes, reminders, reviews, rules, switches, wanted, warnings
from domain.doors import Clock, Units
from domain.views import Claimed

LOOK_SECONDS = 1.0
"""Between two looks for due rows: each is part of a query that mails and cards wait for."""
ACTS: dict[str, due.Act] = {
    lifetimes.OFFER: reminders.act,
    lifetimes.ACCESS: warnings.act,
    lifetimes.RULES: rules.act,
    lifetimes.RULES_CHANGED: rules.changed,
    lifetimes.REVIEW: reviews.act,
    bulks.KIND: bulks.go_on,
    switches.SWITCHES: switches.announce,
    switches.SWITCHED: switches.switched,
    switches.REMINDER: switches.remind,
    wanted.KIND: approval_dues.act,
}
"""By the kind of the row."""


class DueChannel:
    def __init__(self, database: Units, clock: Clock, acts: Mapping[str, due.Act] = ACTS) -> None:
        self._database = database
        self._clock = clock
        self._acts = acts
        self._look_at = 0.0

    async def prepare(self) -> None:
        """Nothing is needed before the first row."""

    def room(self, priority: int | None, free: int) -> int:
        """None between two looks."""
        now = time.monotonic()
        if now < self._look_at:
            return 0
        self._look_at = now + LOOK_SECONDS
        return free

    async def deliver(self, row: Claimed, owner: str) -> None:
        """Raises what the act and the database raise."""
        next_at = await self._database.write(due.done, row, owner, self._acts[row.kind])
        if next_at is not None and next_at <= self._clock():
            self._look_at = 0.0
