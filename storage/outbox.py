"""Named queries of the outbox: enqueue, claim, finish."""

from functools import cache
from typing import Any, cast

from sqlalchemy import String, and_, bindparam, case, func, literal, select, true, union_all, update
from sqlalchemy.sql import Executable

from storage.statements import insert
from storage.tables import Instant, OutboxRow, Tenant, table

ROWS, TENANTS = table(OutboxRow), table(Tenant)
NEW: dict[str, Any] = {
    name: cast(Any, bindparam(name))
    for name in (
        "row_id",
        "tenant_id",
        "channel",
        "kind",
        "unique_key",
        "subject_id",
        "priority",
        "due_at",
        "created_at",
    )
} | {"attempts": 0, "changes": 1}
MINE = and_(ROWS.c.row_id == bindparam("row"), ROWS.c.owner == bindparam("me"))


@cache
def enqueue(dialect: str) -> Executable:
    """Once for each unique key: the same again adds nothing."""
    return insert(dialect)(ROWS).values(**NEW).on_conflict_do_nothing(index_elements=["unique_key"])


@cache
def change(dialect: str) -> Executable:
    """A card's row: one for each card, due again with each change, but not sooner than `soonest` after it was told."""
    statement = insert(dialect)(ROWS).values(**NEW)
    again = case(
        (ROWS.c.owner.is_not(None), ROWS.c.due_at),
        (ROWS.c.done_at > bindparam("told_since", type_=Instant), bindparam("soonest", type_=Instant)),
        else_=statement.excluded.due_at,
    )
    return statement.on_conflict_do_update(
        index_elements=["unique_key"],
        set_={"changes": ROWS.c.changes + 1, "due_at": again, "dead_at": None, "attempts": 0},
    )


@cache
def schedule(dialect: str) -> Executable:
    """One row for each unique key, due when it was said last. One under way is due again once it is done."""
    statement = insert(dialect)(ROWS).values(**NEW)
    return statement.on_conflict_do_update(index_elements=["unique_key"], set_=_anew(statement))


def _anew(statement: Any) -> dict[str, Any]:
    again = case((ROWS.c.owner.is_not(None), ROWS.c.due_at), else_=statement.excluded.due_at)
    return {"changes": ROWS.c.changes + 1, "due_at": again, "dead_at": None, "done_at": None, "attempts": 0}


@cache
def schedule_tenants(dialect: str) -> Executable:
    """As `schedule`, for every tenant there is: `kind`, with the tenant for its subject."""
    key = bindparam("kind", type_=String) + ":" + TENANTS.c.tenant_id
    of_all: dict[str, Any] = {
        "row_id": key,
        "tenant_id": TENANTS.c.tenant_id,
        "channel": literal("due"),
        "kind": bindparam("kind", type_=String),
        "unique_key": key,
        "subject_id": TENANTS.c.tenant_id,
        "priority": literal(0),
        "due_at": bindparam("due_at", type_=Instant),
        "created_at": bindparam("created_at", type_=Instant),
        "attempts": literal(0),
        "changes": literal(1),
    }
    chosen = select(*of_all.values()).where(true())
    statement = insert(dialect)(ROWS).from_select(list(of_all), chosen)
    return statement.on_conflict_do_update(index_elements=["unique_key"], set_=_anew(statement))


DUE_AT = select(ROWS.c.due_at).where(
    ROWS.c.tenant_id == bindparam("tenant_id"), ROWS.c.unique_key == bindparam("unique_key")
)
Lane = tuple[str, int | None]
"""Channel and priority; None: any, which walks through all the rows of the channel."""


@cache
def claim(lanes: tuple[Lane, ...]) -> Executable:
    """Takes up to `most0`, `most1`, … due rows of these lanes: all in one, which costs little more than each would."""
    due = [_due(number, lane) for number, lane in enumerate(lanes)]
    return (
        update(ROWS)
        .where(ROWS.c.row_id.in_(union_all(*(select(each.c.row_id) for each in due))))
        .values(owner=bindparam("owner"), due_at=bindparam("until"), attempts=ROWS.c.attempts + 1)
        .returning(
            ROWS.c.row_id, ROWS.c.tenant_id, ROWS.c.channel, ROWS.c.priority, ROWS.c.kind, ROWS.c.subject_id,
            ROWS.c.attempts, ROWS.c.changes, ROWS.c.created_at, ROWS.c.sending_at,
        )
    )  # fmt: skip


def _due(number: int, lane: Lane) -> Any:
    channel, priority = lane
    found = select(ROWS.c.row_id).where(ROWS.c.channel == channel, ROWS.c.due_at <= bindparam("now", type_=Instant))
    if priority is not None:
        found = found.where(ROWS.c.priority == priority)
    return (
        found.order_by(ROWS.c.due_at)
        .limit(bindparam(f"most{number}"))
        .with_for_update(skip_locked=True)
        .cte(f"due{number}")  # a subquery with a limit may be run again for each row, and then choose others
    )


SENDING = (
    update(ROWS)
    .where(MINE)
    .values(sending_at=bindparam("now", type_=Instant), due_at=bindparam("until", type_=Instant))
)
"""The lease begins anew: handing over the text must not end in another worker's hands."""
DONE = update(ROWS).where(MINE).values(done_at=bindparam("now"), due_at=None, owner=None, sending_at=None, problem=None)
DEAD = (
    update(ROWS)
    .where(MINE)
    .values(dead_at=bindparam("now"), due_at=None, owner=None, sending_at=None, problem=bindparam("why"))
)
HELD = update(ROWS).where(MINE).values(problem=None)
TAKE_BACK = update(ROWS).where(ROWS.c.owner.is_not(None)).values(owner=None, due_at=bindparam("now"))
DEFER = (
    update(ROWS)
    .where(MINE)
    .values(
        due_at=bindparam("due"), owner=None, sending_at=None, problem=bindparam("why"),
        attempts=ROWS.c.attempts - bindparam("uncounted"),
    )
)  # fmt: skip
WAITS = select(ROWS.c.row_id).where(
    ROWS.c.unique_key == bindparam("unique_key"), ROWS.c.tenant_id == bindparam("tenant_id"),
    ROWS.c.problem.is_not(None), ROWS.c.due_at.is_not(None),
)  # fmt: skip
"""A mail that was tried, and is to be tried again."""
PUT_ON_HOLD = (
    update(ROWS).where(MINE, ROWS.c.problem.is_distinct_from(bindparam("why"))).values(problem=bindparam("why"))
)
HOLD = (
    update(ROWS)
    .where(MINE)
    .values(
        due_at=bindparam("due"), owner=None, sending_at=None, problem=bindparam("why"), attempts=0,
        created_at=bindparam("now"),
    )
)  # fmt: skip
RELEASE = (
    update(ROWS)
    .where(ROWS.c.channel == "mail", ROWS.c.problem == bindparam("why"))
    .where(ROWS.c.owner.is_(None), ROWS.c.due_at.is_not(None))
    .values(due_at=bindparam("now"))
)
RELEASE_OF = RELEASE.where(ROWS.c.tenant_id == bindparam("tenant"))
TOLD = (
    update(ROWS)
    .where(MINE)
    .values(
        done_at=bindparam("now"), owner=None, sending_at=None, problem=None, attempts=0,
        due_at=case(
            (ROWS.c.changes > bindparam("seen"), bindparam("soonest", type_=Instant)),
            else_=bindparam("next_at", type_=Instant),
        ),
    )
)  # fmt: skip
"""A card that was told: due again if something changed meanwhile, else when time alone changes it."""
TELL_AGAIN = (
    update(ROWS)
    .where(ROWS.c.row_id == bindparam("row"), ROWS.c.tenant_id == bindparam("tenant"))
    .values(
        changes=ROWS.c.changes + 1,
        due_at=case((ROWS.c.owner.is_not(None), ROWS.c.due_at), else_=bindparam("soonest", type_=Instant)),
    )
)
"""Whoever has the card's row now, or comes next, tells it once more."""
WITHDRAW = (
    update(ROWS)
    .where(ROWS.c.unique_key == bindparam("key"), ROWS.c.owner.is_(None))
    .values(due_at=None, done_at=bindparam("now"))
)
STATE = select(
    ROWS.c.channel,
    func.count().filter(ROWS.c.due_at.is_not(None)).label("due"),
    func.count().filter(ROWS.c.dead_at.is_not(None)).label("dead"),
    func.min(ROWS.c.due_at).label("oldest"),
).group_by(ROWS.c.channel)
