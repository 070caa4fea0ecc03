"""Who is in a workspace already, or was invited into it."""

from collections.abc import Sequence
from typing import Any

from domain import addresses, states
from domain.views import Status
from domain.work import Work
from storage import invitations as rows

AT_ONCE = 512
"""So many addresses are looked up by one statement."""


def by_address(work: Work, workspace: Any, given: Sequence[str]) -> dict[str, Any]:
    """The invitation that counts for each address: the one that is open or led to a guest, else the newest."""
    keys = [addresses.key(each) for each in given]
    pieces = [keys[i : i + AT_ONCE] for i in range(0, len(keys), AT_ONCE)]
    where = {"tenant_id": workspace.tenant_id, "workspace_id": workspace.workspace_id}
    found = [row for some in pieces for row in work.all(rows.BY_ADDRESSES, where | {"address_keys": some})]
    return {row.address_key: row for row in sorted(found, key=lambda row: not over(work, row))}


def over(work: Work, row: Any) -> bool:
    """Nothing is in the way of a new invitation."""
    return row is None or states.status(row, work.now) not in states.OPEN | {Status.REDEEMED}
