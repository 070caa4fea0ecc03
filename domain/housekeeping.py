"""What nobody needs any more. Nothing depends on it: every deadline is looked at when it matters."""

from datetime import timedelta

from domain import received
from domain.work import Work
from storage import housekeeping as rows

KEPT = timedelta(days=7)
"""Delivered and dead outbox rows, spent drafts: long enough to look into a complaint."""


def sweep(work: Work) -> None:
    """Deletes finished rows: outbox, received activities, counters, drafts, dead passcodes and sessions."""
    received.forget(work)
    work.run(rows.COUNTERS, {"now": work.now})
    for statement in rows.OLD:
        work.run(statement, {"before": work.now - KEPT})
