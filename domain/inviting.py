"""Who may invite at a place now, and what somebody who invites without owning the place may do afterwards.

setting    admin   owner   named   member   Teams guest
nobody     -       -       -       -        -
named      yes     -       yes     -        -
owners     yes     yes     -       -        -
members    yes     yes     yes     yes      -
everyone   yes     yes     yes     yes      yes

Owners and admins see and end every invitation of the workspace, whoever may invite. All others see, send anew,
correct, extend and revoke those that they made themselves, as long as they may invite. Anonymous people, bots and
people of other tenants never do.
"""

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum
from typing import Any

from domain import policies, policy_changes, workspaces
from domain.errors import NotOwner, Outsider
from domain.inviting_errors import MayNotInvite
from domain.policies import Inviting, Policy
from domain.value import value
from domain.views import Kind, Person, Place, Standing
from domain.work import Work


class Role(StrEnum):
    """What somebody is where the invitation is made."""

    ADMIN = "admin"
    OWNER = "owner"
    NAMED = "named"
    MEMBER = "member"
    GUEST = "guest"


OWNERS = frozenset({Role.ADMIN, Role.OWNER})
PERMITTED: dict[Inviting, frozenset[Role]] = {
    Inviting.NOBODY: frozenset(),
    Inviting.NAMED: frozenset({Role.ADMIN, Role.NAMED}),
    Inviting.OWNERS: OWNERS,
    Inviting.MEMBERS: OWNERS | {Role.NAMED, Role.MEMBER},
    Inviting.EVERYONE: frozenset(Role),
}
ASKED = frozenset({"resend", "correct", "extend"})
"""Operations on an invitation for which one's own right to invite is asked again. Ending one needs none."""


@value
class Inviter:
    """Somebody who may do something with invitations here."""

    workspace: Any
    person_id: str
    runs: bool
    """An owner or admin: all invitations of the workspace are theirs to look after."""
    invites: bool
    """May invite now. Whoever does not run the workspace does, or would not be here."""

    def sees(self, row: Any) -> bool:
        return self.runs or row.inviter_id == self.person_id

    @property
    def only(self) -> str | None:
        """Whose invitations are listed; None: everybody's."""
        return None if self.runs else self.person_id


def may(policy: Policy, roles: Collection[Role]) -> bool:
    """Pure: the table above."""
    return not PERMITTED[policy.who_may_invite].isdisjoint(roles)


def acting(work: Work, place: Place, person: Person) -> Inviter:
    """For what is done with invitations that there are. Raises NotOwner or Outsider."""
    try:
        row = workspaces.acting(work, place, person)
    except (NotOwner, Outsider):
        other = _other(work, place, person)
        if other is None:
            raise
        # Without the role: when the roster told it is kept already.
        workspaces.seen(work, place, replace(person, role=None), other.workspace)
        return other
    return Inviter(row, person.person_id, runs=True, invites=may(policies.of(row), _running(work, row, person)))


def required(work: Work, place: Place, person: Person) -> Inviter:
    """For inviting, and for asking what would become of it. Raises NotOwner, Outsider, MayNotInvite."""
    try:
        inviter = acting(work, place, person)
    except NotOwner:
        row = workspaces.find(work, place, person)
        if row is not None and _closed(policies.of(row)):
            raise refusal(work, row) from None
        raise
    if not inviter.invites:
        raise refusal(work, inviter.workspace)
    return inviter


def refusal(work: Work, row: Any) -> MayNotInvite:
    """`row` is read along with the policy."""
    return MayNotInvite(policies.of(row).who_may_invite, workspaces.admin_names(work, row.tenant_id))


def standing(work: Work, place: Place, person: Person) -> Standing:
    """As `workspaces.standing`, and whether the person may invite. Raises Outsider for a Teams guest who may not."""
    told = workspaces.standing(work, place, person)
    if told.owner or told.admin:
        return told
    if _other(work, place, person) is not None:
        return replace(told, invites=True)
    if workspaces.outside(person):
        raise Outsider(told.owners)
    return told


def asked(work: Work, place: Place, person: Person) -> Standing:
    """Before somebody is shown how to invite; nothing is written. Raises Outsider, MayNotInvite; who may do nothing
    here at all is told so by the standing."""
    told, policy = standing(work, place, person), policy_changes.of_tenant(work, place.tenant_id)
    roles = {Role.ADMIN} if told.admin else {Role.OWNER} if told.owner else set[Role]()
    if roles and person.person_id in policy.inviters:
        roles.add(Role.NAMED)
    if _closed(policy) and not told.invites and not may(policy, roles):
        raise MayNotInvite(policy.who_may_invite, workspaces.admin_names(work, place.tenant_id))
    return told


def _closed(policy: Policy) -> bool:
    """Owning the workspace is of no use for inviting."""
    return policy.who_may_invite in (Inviting.NOBODY, Inviting.NAMED)


def _running(work: Work, row: Any, person: Person) -> set[Role]:
    """The roles of somebody whom `workspaces.acting` let in."""
    admin = workspaces.is_admin(work, row, person)
    roles = {Role.ADMIN} if admin else {Role.OWNER}
    if row.owner is not None:
        roles.add(Role.OWNER)
    if person.person_id in policies.of(row).inviters:
        roles.add(Role.NAMED)
    return roles


def _other(work: Work, place: Place, person: Person) -> Inviter | None:
    """Somebody who neither owns nor administers, and may invite all the same; None: may not."""
    row = workspaces.find(work, place, person)
    if row is None or not may(policies.of(row), _roles(row, place, person)):
        return None
    return Inviter(row, person.person_id, runs=False, invites=True)


def _roles(row: Any, place: Place, person: Person) -> set[Role]:
    """Only where the roster of this very place named the person just now: being somewhere else says nothing."""
    if person.seen_in != place.place_id or not person.person_id or person.tenant_id != place.tenant_id:
        return set()
    told = {(person.role or "").lower(), row.role or ""} & workspaces.OUTSIDE
    if told == {"guest"} and place.kind is not Kind.PERSONAL:
        return {Role.GUEST}
    if told:
        return set()
    return {Role.MEMBER, Role.NAMED} if person.person_id in policies.of(row).inviters else {Role.MEMBER}
