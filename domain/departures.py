"""A person left a workspace: somebody else has to answer for the guests there.

What a channel tells is that the person left that workspace, not the organisation. So the person counts as gone only
where nothing is known of them elsewhere: else guests of other workspaces would lose a sponsor who is still there. Nor
are admins and approvers gone, whom others wait for.
"""

from typing import Any

from domain import audit, notices, policy_changes, sponsoring, sponsors, workspaces
from domain.errors import NotOwner, Outsider, Refusal
from domain.life_refusals import NothingToHandOver
from domain.sponsor_views import LeftView
from domain.sponsoring import LEFT
from domain.views import Kind, Person, Place
from domain.work import Work
from storage import sponsoring as rows
from storage import workspaces as workspace_rows


def left(work: Work, place: Place, who: tuple[str, str]) -> bool:
    """`who`: Entra object id (or nothing) and the channel's id of somebody whom the roster does not list any more.

    Owners are asked who answers for the guests now; without an owner who can be reached, admins, else all who are
    there. False: it changes nothing.
    """
    standing = workspaces.standing(work, place, Person(place.tenant_id, ""))
    known = workspaces.known(work, place.tenant_id, who[0]) if who[0] else None
    known = known or workspaces.known_by_channel_id(work, place.tenant_id, who[1])
    if not standing.workspace_id or known is None:
        return False
    found = sponsoring.answered_for(work, place.tenant_id, standing.workspace_id, known.person_id)
    if not found:
        return False
    _gone(work, place.tenant_id, standing.workspace_id, known.person_id)
    audit.record(
        work, place.tenant_id, "sponsor.left", audit.SYSTEM, workspace_id=standing.workspace_id,
        person=known.person_id, guests=len(found),
    )  # fmt: skip
    subject = f"{standing.workspace_id}|{known.person_id}|{work.now.isoformat()}"
    _ask(work, place, standing.workspace_id, known.person_id, subject)
    return True


def _gone(work: Work, tenant_id: str, workspace_id: str, person_id: str) -> None:
    elsewhere = work.all(rows.OWNS, {"tenant_id": tenant_id, "person_id": person_id})
    everywhere = sponsoring.answered_for(work, tenant_id, None, person_id)
    others = {each.workspace_id for each in (*elsewhere, *everywhere)} - {workspace_id}
    policy = policy_changes.of_tenant(work, tenant_id)
    needed = {*workspaces.admin_ids(work, tenant_id), *policy.approvers, *policy.inviters}
    needed.update(each for _, some in policy.workspace_approvers for each in some)
    if not others and person_id not in needed:
        work.run(rows.LEFT, {"tenant": tenant_id, "person": person_id, "now": work.now})


def _ask(work: Work, place: Place, workspace_id: str, person_id: str, subject: str) -> None:
    owners = sponsors.owners_of(work, place.tenant_id, [workspace_id])[workspace_id]
    for people in (owners, sponsors.admins_of(work, place.tenant_id)):
        asked = [each for each in people if each != person_id]
        if notices.tell(work, place.tenant_id, LEFT, subject, asked, workspace_id):
            return
    notices.put(work, place, LEFT, subject, workspace_id)


def view(work: Work, notice: Any) -> LeftView | None:
    workspace_id, person_id = _about(notice)
    known = workspaces.known(work, notice.tenant_id, person_id)
    open_still = notice.closed_at is None
    found = sponsoring.answered_for(work, notice.tenant_id, workspace_id, person_id) if open_still else []
    owners = sponsors.owners_of(work, notice.tenant_id, [workspace_id])[workspace_id] if found else ()
    named = work.all(workspace_rows.NAMES, {"tenant_id": notice.tenant_id, "person_ids": [*owners, ""]})
    choices = tuple((row.person_id, row.name) for row in named if row.name and row.person_id != person_id)
    return LeftView(
        notice.notice_id, _kind(notice), notice.workspace, Kind(notice.workspace_kind or Kind.GROUP),
        known.name if known else "", notice.made_at, len(found), choices,
    )  # fmt: skip


def _about(notice: Any) -> tuple[str, str]:
    """The workspace, and who left it; empty where it is no such notice."""
    if notice is None or notice.kind != LEFT:
        return "", ""
    workspace_id, person_id, _ = notice.subject_id.split("|")
    return workspace_id, person_id


def _refusal(work: Work, place: Place, person: Person) -> Refusal:
    """Whoever has a right here only learns that this is nothing of theirs; others, whom to ask."""
    standing = workspaces.standing(work, place, person)
    if workspaces.stranger(place, person, workspaces.known(work, place.tenant_id, person.person_id)):
        return Outsider(standing.owners)
    if not (standing.owner or standing.admin):
        return NotOwner(standing.owners)
    return NothingToHandOver()


def _kind(notice: Any) -> Kind:
    return Kind.PERSONAL if notice.person_id else Kind(notice.workspace_kind or Kind.GROUP)


def hand_over(work: Work, place: Place, person: Person, notice_id: str, chosen: str = "") -> LeftView:
    """To the owner who was chosen, or to who asks. Done before: it stays as it is.

    Raises NotOwner, Outsider, and NothingToHandOver also for a notice of others.
    """
    notice = notices.by_id(work, place.tenant_id, notice_id)
    workspace_id, old = _about(notice)
    if notice is None or not workspace_id or not sponsors.heads(work, place, person, workspace_id):
        raise _refusal(work, place, person)
    new = chosen or person.person_id
    owners = sponsors.owners_of(work, place.tenant_id, [workspace_id])[workspace_id]
    if new == old or (chosen and chosen not in owners):
        raise NothingToHandOver
    sponsoring.handed_over(work, place.tenant_id, workspace_id, old, new, person.person_id)
    notices.close(work, place.tenant_id, LEFT, notice.subject_id)
    again = notices.by_id(work, place.tenant_id, notice_id)
    found = view(work, again)
    assert found is not None
    return found
