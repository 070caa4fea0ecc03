"""What nobody needs any more. Nothing depends on it: every deadline is looked at when it matters."""

from datetime import timedelta

from domain import authenticators
from domain.work import Work
from storage import housekeeping as rows

KEPT = timedelta(days=7)
"""Delivered and dead outbox rows, spent drafts: long enough to look into a complaint."""
OVER = timedelta(days=1)
"""Passcodes and sessions that ended, for the pages that say so."""
MOST = 1000


def sweep(work: Work, most: int = MOST) -> bool:
    """Deletes finished rows: outbox, received activities, counters, drafts, dead passcodes, sessions, tickets and
    challenges, and second factors that nobody confirmed. Seals anew what is sealed under an older secret key.

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
        (rows.DRAFTS, KEPT),
        (rows.OUTBOX, KEPT),
    ):
        left -= work.run(statement[work.connection.dialect.name], {"before": work.now - kept, "most": left})
        if left <= 0:
            return True
    return authenticators.reseal(work, left) == left
