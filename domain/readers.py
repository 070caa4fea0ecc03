"""Who sees what on a card that many read. Teams asks for each named reader's own view whenever it shows the card:
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/user-specific-views

Looking is a read: it has no effect, counts for no limit and is remembered nowhere, as clients do it by themselves.
"""

from dataclasses import replace

from domain import invitations, inviting, showing, workspaces
from domain.errors import NotOwner, Outsider, UnknownInvitation
from domain.value import value
from domain.views import GuestListView, InvitationView, Person, Place, Standing
from domain.work import Work


@value
class Look:
    """An invitation for one reader. `whole`: with the address and the buttons, for who may act on it now: those who
    run the workspace, and an inviter who does not, as long as the right to invite lasts."""

    view: InvitationView
    whole: bool


def invitation(work: Work, place: Place, person: Person, invitation_id: str) -> Look:
    """As it is now, for whoever of the organisation is in the workspace. Raises Outsider and UnknownInvitation, the
    latter also for one of another workspace."""
    standing = _standing(work, place, person)
    row = showing.by_id(work, place.tenant_id, invitation_id) if standing.workspace_id else None
    if row is None or row.workspace_id != standing.workspace_id:
        raise UnknownInvitation
    own = row.inviter_id == person.person_id and inviting.standing(work, place, person).invites
    view, whole = showing.view(work, row), own or _may(standing)
    return Look(view if whole else replace(view, readers=()), whole)


def guests(work: Work, place: Place, person: Person, only: str, page: int) -> GuestListView:
    """A page of the list, for who may act in the workspace now. Raises NotOwner, Outsider."""
    standing = _standing(work, place, person)
    if not standing.workspace_id or not _may(standing):
        raise NotOwner(standing.owners)
    named = replace(place, name=standing.workspace)
    return invitations.page_of(work, named, standing.workspace_id, only, page)


def _standing(work: Work, place: Place, person: Person) -> Standing:
    standing = workspaces.standing(work, place, person)
    if workspaces.stranger(place, person, workspaces.known(work, place.tenant_id, person.person_id)):
        raise Outsider(standing.owners)
    return standing


def _may(standing: Standing) -> bool:
    return standing.owner or standing.admin
