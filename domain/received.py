"""Activities have one effect, however often the channel delivers them."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from domain.work import Work
from storage import received as rows

P = ParamSpec("P")
T = TypeVar("T")


def once(
    work: Work,
    activity_key: str,
    render: Callable[[T], str | None] | None,
    operation: Callable[Concatenate[Work, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> tuple[T | None, str | None]:
    """Runs the operation unless this activity was received before, in the same transaction.

    Returns (result, its answer as `render` makes it); for a repeated activity (None, the first answer). What the
    operation refuses leaves nothing behind, so that a repetition is refused again.
    """
    mine = {"activity_key": activity_key, "received_at": work.now, "answer": None}
    if work.run(rows.add(work.connection.dialect.name), mine) == 0:
        known = work.one(rows.ANSWER, {"activity_key": activity_key})
        return None, known.answer if known else None
    result = operation(work, *args, **kwargs)
    answer = render(result) if render else None
    if answer is not None:
        work.run(rows.KEEP, {"key": activity_key, "text": answer})
    return result, answer


def first(work: Work, activity_key: str) -> bool:
    """For what changes nothing else: False where the activity was received before."""
    mine = {"activity_key": activity_key, "received_at": work.now, "answer": None}
    return work.run(rows.add(work.connection.dialect.name), mine) > 0
