"""When a delivery is tried again: quickly at first, then ever more slowly, and at last never."""

import secrets
from datetime import datetime, timedelta

MINUTE = 60
HOUR = 60 * MINUTE
JITTER = 0.2
"""Each wait is up to a fifth shorter or longer, so that rows that failed together do not come back together."""

INVITATION = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, *(5 * (HOUR,)), *(14 * (3 * HOUR,)))
"""Seconds to wait after the first, second, … attempt: 48 hours in all, then it is given up."""
PASSCODE = (5, 15, 45, 2 * MINUTE, *(6 * (5 * MINUTE,)))
"""Longer than any passcode lives."""
CARD = (2, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, *(47 * (HOUR,)))

LATER = ("reminder", "warning", "inactive", "sponsor_missing")
"""Mails that the date sends: as patient as invitations."""
WAITS = {"invitation": INVITATION, "passcode": PASSCODE, "card": CARD} | dict.fromkeys(LATER, INVITATION)
"""Kinds that are not named wait as cards do."""
LIVES: dict[str, timedelta] = {kind: timedelta(hours=48) for kind in ("invitation", *LATER)}
"""A card's row lives on with its card, so only its attempts since the last change count."""


def wait(kind: str, attempts: int, chance: float) -> float | None:
    """Seconds until the next attempt after `attempts` of them; None: it was the last.

    `chance` in [0, 1) picks the place within the jitter.
    """
    table = WAITS.get(kind, CARD)
    if attempts > len(table):
        return None
    return table[max(attempts, 1) - 1] * (1 - JITTER + 2 * JITTER * chance)


def next_attempt(
    kind: str, attempts: int, created_at: datetime, now: datetime, *, ends_at: datetime | None = None
) -> datetime | None:
    """When to try again; None: give up. `ends_at`: when there is no more use in it (a passcode's last moment)."""
    seconds = wait(kind, attempts, secrets.randbelow(1 << 20) / (1 << 20))
    life = LIVES.get(kind)
    if seconds is None or (life is not None and now - created_at >= life):
        return None
    due_at = now + timedelta(seconds=seconds)
    return None if ends_at is not None and due_at >= ends_at else due_at
