"""What waits for an approver's word, as its row keeps it."""

import json
from typing import Any

from domain import wishes
from domain.value import value
from domain.views import Kind, Place, Surface
from domain.wishes import Wishes
from domain.work import Work
from storage import approvals as rows

KIND, ASKED = "approval", "approval_asked"
"""Of notices: the approvers' cards, and the card where it was asked."""
REMINDER = ":reminder"
"""Behind a request's id: the subject of the second card."""


def cards(approval_id: str) -> tuple[tuple[str, str], ...]:
    """Kind and subject of all notices about a request."""
    return (KIND, approval_id), (KIND, approval_id + REMINDER), (ASKED, approval_id)


@value
class Wanted:
    """What would be invited."""

    addresses: tuple[str, ...]
    days: int
    surface: Surface
    wishes: Wishes


def written(what: Wanted) -> str:
    """As a row keeps it."""
    kept = {
        "addresses": what.addresses,
        "days": what.days,
        "surface": what.surface.value,
        "wishes": json.loads(wishes.written(what.wishes)),
    }
    return json.dumps(kept, separators=(",", ":"))


def wanted(row: Any) -> Wanted:
    found = json.loads(row.wishes)
    return Wanted(
        tuple(found["addresses"]), found["days"], Surface(found["surface"]), wishes.read(json.dumps(found["wishes"]))
    )


def by_id(work: Work, tenant_id: str, approval_id: str) -> Any:
    """The request with its workspace and names, or None."""
    return work.one(rows.BY_ID, {"approval_id": approval_id, "tenant_id": tenant_id})


def place_of(row: Any) -> Place:
    """Where it was asked."""
    return Place(
        row.tenant_id, Kind(row.workspace_kind), row.channel_id, row.place_id, row.workspace,
        row.service_url, row.conversation_id, row.bot_id, row.locale,
    )  # fmt: skip


def line(text: str, most: int) -> str:
    """What somebody wrote, as one line of visible characters."""
    visible = "".join(each if each.isprintable() else " " for each in text[: 5 * most])
    return " ".join(visible.split())[:most].rstrip()
