"""When a delivery is tried again: quickly at first, then ever more slowly, and at last never."""

import secrets
from datetime import datetime, timedelta

MINUTE = 60
HOUR = 60 * MINUTE
JITTER = 0.2
"""Each wait is up to a fifth shorter or longer, so that rows that failed together do not come back together."""

INVITATION = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, *(5 * (HOUR,)), 3 * HOUR)
"""Seconds to wait after the first, second, … attempt; the last one repeats."""
INVITATION_LIFE = timedelta(hours=48)
PASSCODE = (5, 15, 45, 2 * MINUTE, 5 * MINUTE)
CARD = (2, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR)
CARD_LIFE = timedelta(hours=48)

WAITS = {"invitation": INVITATION, "passcode": PASSCODE, "card": CARD}
LIVES = {"invitation": INVITATION_LIFE, "card": CARD_LIFE}


def wait(kind: str, attempts: int, chance: float) -> float:
    """Seconds until the next attempt after `attempts` of them. `chance` in [0, 1) picks the place within the jitter."""
    table = WAITS[kind]
    seconds = table[min(max(attempts, 1), len(table)) - 1]
    return seconds * (1 - JITTER + 2 * JITTER * chance)


def chance() -> float:
    return secrets.randbelow(1 << 20) / (1 << 20)


def next_attempt(
    kind: str, attempts: int, created_at: datetime, now: datetime, *, ends_at: datetime | None = None
) -> datetime | None:
    """When to try again; None: give up. `ends_at`: when there is no more use in it (a passcode's last moment)."""
    due_at = now + timedelta(seconds=wait(kind, attempts, chance()))
    life = LIVES.get(kind)
    if ends_at is not None and due_at >= ends_at:
        return None
    if life is not None and now - created_at >= life:
        return None
    return due_at
