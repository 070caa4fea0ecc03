"""What nobody needs any more, and what is sealed under a key that will leave. No deadline depends on it: each is looked
at when it matters."""

from datetime import timedelta

from domain import seals
from domain.secrets import key_id
from domain.work import Work
from storage import housekeeping as rows

KEPT = timedelta(days=7)
"""Delivered and dead outbox rows, spent drafts: long enough to look into a complaint."""
OVER = timedelta(days=1)
"""Passcodes and sessions that ended, for the pages that say so."""
STALE = timedelta(days=30)
"""Requests, approvals and lists, decided or not: they hold the addresses of people who never agreed to anything."""
MOST = 1000


def sweep(work: Work, most: int = MOST) -> bool:
    """Deletes finished rows: outbox, received activities, counters, drafts, requests, approvals, lists, dead passcodes,
    sessions, tickets and challenges, and second factors that nobody confirmed. Seals anew what is sealed under an older
    secret key.

    So many in one unit at most, so that nobody waits for it long. True: there are more.
    """
    answers = timedelta(seconds=work.numbers.kept_answer_seconds)
    left = most
    for statement, kept in (
        (rows.COUNTERS, timedelta()),
        (rows.RECEIVED, answers),
        (rows.PASSCODES, OVER),
        (rows.SESSIONS, OVER),
        (rows.TICKETS, OVER),
        (rows.HOST_SESSIONS, timedelta()),
        (rows.CHALLENGES, timedelta()),
        (rows.FACTORS_BEGUN, OVER),
        (rows.REQUESTS, STALE),
        (rows.APPROVALS, STALE),
        (rows.BULK_ROWS, STALE),
        (rows.BULKS, STALE),
        (rows.DRAFTS, KEPT),
        (rows.OUTBOX, KEPT),
    ):
        left -= work.run(statement[work.connection.dialect.name], {"before": work.now - kept, "most": left})
        if left <= 0:
            return True
    return reseal(work, left)


def reseal(work: Work, most: int = MOST) -> bool:
    """What another key than the first sealed is sealed anew, so that the other one can be dropped. True: there is more.

    What cannot be opened was changed behind our back: it stays as it is, and is no reason to go on.
    """
    old = [f"{key_id(key)}." for key in work.keys.keys[1:]]
    left = most
    for key, purpose in ((key, purpose) for key in old for purpose in rows.SEALED):
        found, renewed = _renewed(work, key, purpose, left)
        left -= found
        if left <= 0:
            return renewed > 0
    return False


def _renewed(work: Work, key: str, purpose: str, most: int) -> tuple[int, int]:
    """How many rows there were, and how many of them are sealed anew."""
    find, replace = rows.SEALED[purpose]
    seal, renewed = seals.seal(work.keys, purpose), 0
    found = work.all(find, {"key": key, "length": len(key), "most": most})
    for row in found:
        plain = seal.open(row.sealed)
        if plain is not None:
            renewed += work.run(replace, {"row": row.row_id, "before": row.sealed, "after": seal.close(plain)})
    return len(found), renewed
