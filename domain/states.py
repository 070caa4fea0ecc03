"""The states of an invitation: one function that computes them, one table of legal moves.

sending → sent → link opened → passcode sent → redeemed ─┬→ revoked (removed, left)
   │       │          │             │                    └→ expired (access ran out)
   └───────┴──────────┴─────────────┴→ undeliverable · declined · expired · revoked
expired ─ extend, resend → sending
"""

from datetime import datetime
from typing import Any

from domain.errors import IllegalMove
from domain.views import Status

PENDING = frozenset({Status.SENDING, Status.SENT, Status.LINK_OPENED, Status.PASSCODE_SENT})
OPEN = PENDING | {Status.UNDELIVERABLE}

LEGAL = {
    "resend": OPEN | {Status.EXPIRED},
    "extend": PENDING | {Status.REDEEMED, Status.EXPIRED},
    "correct": OPEN,
    "language": OPEN | {Status.REDEEMED, Status.EXPIRED},
    "move": OPEN | {Status.REDEEMED},
    "sponsors": OPEN | {Status.REDEEMED},
    "revoke": OPEN | {Status.REDEEMED},
    "remove": OPEN | {Status.REDEEMED},
    "decline": OPEN,
    "passcode": OPEN | {Status.REDEEMED},
    "redeem": OPEN | {Status.REDEEMED},
}
"""What may be done in which state. `passcode` and `redeem` on *Redeemed*: the guest signs in again."""


def status(facts: Any, now: datetime) -> Status:
    """The state of an invitation's row joined with `ends_at` and `ended_at` of its membership."""
    if facts.revoked_at is not None:
        return Status.REVOKED
    if facts.declined_at is not None:
        return Status.DECLINED
    if facts.redeemed_at is not None:
        over = facts.ends_at is None or facts.ended_at is not None or facts.ends_at <= now
        return Status.EXPIRED if over else Status.REDEEMED
    if facts.replaced_at is not None or facts.expires_at <= now:
        return Status.EXPIRED
    return _delivery(facts)


def _delivery(facts: Any) -> Status:
    if facts.failed_at is not None:
        return Status.UNDELIVERABLE
    if facts.passcode_sent_at is not None:
        return Status.PASSCODE_SENT
    if facts.opened_at is not None:
        return Status.LINK_OPENED
    return Status.SENDING if facts.sent_at is None else Status.SENT


def check(operation: str, facts: Any, now: datetime) -> Status:
    """The state, if `operation` is legal in it. Raises IllegalMove."""
    state = status(facts, now)
    over = facts.replaced_at is not None or facts.erased_at is not None
    if state not in LEGAL[operation] or (state is Status.EXPIRED and over):
        raise IllegalMove(operation, state, facts.address)
    return state
