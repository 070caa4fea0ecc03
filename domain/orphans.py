"""Open invitations whose inviter may not invite any more: flagged for the owners, and otherwise left alone."""

from collections.abc import Sequence
from typing import Any

from domain import inviting, ownership, policies, states, workspaces
from domain.inviting import Role
from domain.work import Work
from storage import inviters as rows


def among(work: Work, found: Sequence[Any]) -> frozenset[str]:
    """Ids of those of one tenant's invitations that are open and orphaned: one query, however many there are. Of an
    inviter about whom nothing is recorded nothing is said."""
    waiting = [row for row in found if states.status(row, work.now) in states.OPEN]
    if not waiting:
        return frozenset()
    where = {
        "tenant_id": waiting[0].tenant_id,
        "person_ids": sorted({row.inviter_id for row in waiting}),
        "workspace_ids": sorted({row.workspace_id for row in waiting}),
    }
    people: dict[str, list[Any]] = {}
    for row in work.all(rows.ROLES, where | ownership.believed(work)):
        people.setdefault(row.person_id, []).append(row)
    return frozenset(
        row.invitation_id
        for row in waiting
        if row.inviter_id in people and not inviting.may(policies.of(row), _roles(work, row, people[row.inviter_id]))
    )


def _roles(work: Work, row: Any, facts: Sequence[Any]) -> set[Role]:
    """By what the roster and the chats told last."""
    person, roles = facts[0], set[Role]()
    if person.left_at is not None or person.role in workspaces.OUTSIDE:
        return {Role.GUEST} if person.role == "guest" and person.left_at is None else roles
    roles.add(Role.MEMBER)
    if person.admin is not None or row.inviter_id in work.admins:
        roles.add(Role.ADMIN)
    if any(each.workspace_id == row.workspace_id for each in facts):
        roles.add(Role.OWNER)
    if row.inviter_id in policies.of(row).inviters:
        roles.add(Role.NAMED)
    return roles
