"""What nobody needs any more. Nothing depends on it: every deadline is looked at when it matters."""

from datetime import timedelta

from domain.work import Work
from storage import housekeeping as rows

KEPT = timedelta(days=7)
"""Delivered and dead outbox rows, spent drafts: long enough to look into a complaint."""
OVER = timedelta(days=1)
"""Passcodes and sessions that ended, for the pages that say so."""
STALE = timedelta(days=30)
"""Requests, decided or not: they hold the addresses of people who never agreed to anything."""
MOST = 1000


def sweep(work: Work, most: int = MOST) -> bool:
    """Deletes finished rows: outbox, received activities, counters, drafts, requests, dead passcodes and
    sessions.

    So many in one unit at most, so that nobody waits for it long. True: there are more.
    """
    answers = timedelta(seconds=work.numbers.kept_answer_seconds)
    left = most
    for statement, kept in (
        (rows.COUNTERS, timedelta()),
        (rows.RECEIVED, answers),
        (rows.PASSCODES, OVER),
        (rows.SESSIONS, OVER),
        (rows.REQUESTS, STALE),
        (rows.DRAFTS, KEPT),
        (rows.OUTBOX, KEPT),
    ):
        left -= work.run(statement[work.connection.dialect.name], {"before": work.now - kept, "most": left})
        if left <= 0:
            return True
    return False
