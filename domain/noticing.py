"""Whom the bot asks about a guest: the sponsors; where none of them can be reached, the workspace's owners; where there
are none, the tenant's admins."""

from collections.abc import Callable, Sequence
from typing import Any

from domain import notices, sponsors
from domain.value import value
from domain.work import Work


@value
class Concern:
    """A guest's membership (storage/reviews.py: FACTS), and the subject of the cards that are about it."""

    row: Any
    subject: str


People = Callable[[Any], Sequence[str]]


def ask(work: Work, tenant_id: str, kind: str, concerns: Sequence[Concern], *, orphaned: bool = False) -> list[Concern]:
    """Cards for the first of these who can be reached; gives what nobody could be asked about. The number of queries
    does not hang on that of the guests. `orphaned`: there are no sponsors."""
    left = list(concerns)
    for people in _chain(work, tenant_id, concerns, orphaned):
        if not left:
            break
        asked = people()
        wanted = [(each.subject, who, each.row.workspace_id) for each in left for who in asked(each.row)]
        reached = notices.tell_all(work, tenant_id, kind, wanted)
        left = [each for each in left if not any((each.subject, who) in reached for who in asked(each.row))]
    return left


def _chain(work: Work, tenant_id: str, concerns: Sequence[Concern], orphaned: bool) -> Sequence[Callable[[], People]]:
    """Each is looked up only when the one before did not do."""

    def of_guests() -> People:
        found = sponsors.of_all(work, tenant_id, [each.row.invitation_id for each in concerns])
        return lambda row: found[row.invitation_id]

    def of_workspaces() -> People:
        found = sponsors.owners_of(work, tenant_id, [each.row.workspace_id for each in concerns])
        return lambda row: found[row.workspace_id]

    def of_tenant() -> People:
        found = sponsors.admins_of(work, tenant_id)
        return lambda _: found

    chain = (of_guests, of_workspaces, of_tenant)
    return chain[1:] if orphaned else chain
