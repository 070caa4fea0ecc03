"""A list as cards and reports show it: from its row to its view."""

from dataclasses import replace
from typing import Any

from domain import noticeboard, notices, workspaces
from domain.bulk_verdicts import shown
from domain.bulk_views import FINE, BulkLine, BulkView, Outcome, State
from domain.views import Kind, Place
from domain.work import Work
from storage import bulks as rows
from storage import notices as notice_rows

KIND = "bulk"
"""Of its notices and its due act."""
PAGE = 10
ALL, LEFT = "all", "left"
"""What a page shows: every row, or those that somebody has to look at."""
HIDDEN: dict[str, list[str]] = {ALL: [], LEFT: sorted(FINE)}


SUMS = (2, 3, 4)
"""Columns of COUNTS: sent, failed, redeemed."""


def place_of(bulk: Any) -> Place:
    """The workspace that the list belongs to, as a place where nobody speaks."""
    return Place(bulk.tenant_id, Kind(bulk.kind), bulk.channel_id, bulk.place_id, bulk.workspace, "", "", "", "en")


def asked_at(work: Work, bulk: Any) -> Place | None:
    """Where cards about its rows can be put: beside its own card; None: it came by command line, and has none."""
    about = {"tenant_id": bulk.tenant_id, "kind": KIND, "subject_id": bulk.bulk_id}
    for named in work.all(notice_rows.ABOUT, about):
        card = notices.by_id(work, bulk.tenant_id, named.notice_id)
        return replace(
            place_of(bulk), channel_id=card.channel_id, service_url=card.service_url,
            conversation_id=card.conversation_id, bot_id=card.bot_id, locale=card.locale,
        )  # fmt: skip
    return None


def view(
    work: Work, bulk: Any, kind: Kind, only: str = "", page: int = 1, *, known: bool = False, channel_id: str = ""
) -> BulkView:
    """`only`: all or left, with that page of rows; else what the state asks for: a preview shows its rows. `kind` and
    `channel_id`: where the card stands."""
    counted = work.all(rows.COUNTS, {"bulk": bulk.bulk_id, "tenant": bulk.tenant_id})
    counts = {Outcome(row.verdict): row.number for row in counted}
    state = _state(work, bulk)
    only = only or (ALL if state is State.PREVIEW else "")
    total = sum(number for outcome, number in counts.items() if only and outcome.value not in HIDDEN[only])
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    lines = _lines(work, bulk, HIDDEN[only], page) if total else ()
    return BulkView(
        bulk.bulk_id, bulk.version, kind, bulk.workspace, Kind(bulk.kind), state, bulk.name, bulk.rows, bulk.by_name,
        bulk.made_at, counts, *(sum(row[place] or 0 for row in counted) for place in SUMS),
        again_at=bulk.due_at if state is State.WAITING else None,
        only=only, page=page, pages=pages, lines=lines, known=known,
        files=kind is Kind.PERSONAL and channel_id == workspaces.IN_TEAMS,
    )  # fmt: skip


def _lines(work: Work, bulk: Any, hidden: list[str], page: int) -> tuple[BulkLine, ...]:
    at = {"bulk": bulk.bulk_id, "tenant": bulk.tenant_id, "most": PAGE, "skip": (page - 1) * PAGE}
    found = work.all(rows.LINES_BUT, at | {"hidden": hidden}) if hidden else work.all(rows.LINES, at)
    return tuple(shown(row) for row in found)


def _state(work: Work, bulk: Any) -> State:
    if bulk.confirmed_at is None:
        return State.PREVIEW if bulk.cancelled_at is None else State.CANCELLED
    if bulk.cancelled_at is not None:
        return State.STOPPED
    if bulk.finished_at is not None:
        return State.DONE
    return State.WAITING if bulk.due_at and bulk.due_at > work.now and bulk.owner is None else State.RUNNING


def of_notice(work: Work, notice: Any) -> BulkView | None:
    """domain/noticeboard.py: VIEWS."""
    bulk = work.one(rows.BY_ID, {"tenant_id": notice.tenant_id, "bulk_id": notice.subject_id})
    return None if bulk is None else view(work, bulk, noticeboard.kind_of(notice), channel_id=notice.channel_id)


noticeboard.VIEWS["bulk"] = of_notice
