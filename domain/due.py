"""What comes due by itself: an outbox row whose delivery is an operation of the domain (outbox/due_channel.py)."""

from collections.abc import Callable
from datetime import datetime

from domain import delivery
from domain.views import Claimed
from domain.work import Work

Act = Callable[[Work, Claimed], datetime | None]
"""Does what is due for `row.subject_id`, and gives when it is due again; None: never.

It may come once more than was asked for, and late: it looks at the facts first, and at `work.now`.
"""


def done(work: Work, row: Claimed, owner: str, act: Act) -> datetime | None:
    """The act and its row's new due time, in one unit. Under a lease that ran out nothing is done: somebody else does.

    What was scheduled anew meanwhile is due at once: the act looks again.
    """
    if not delivery.held(work, row, owner):
        return None
    next_at = act(work, row)
    delivery.again(work, row, owner, next_at)
    return next_at
