"""Workspaces, their owners, and who may act in them."""

from typing import Any

from domain import audit, delivery, features, ownership, redrawing
from domain.errors import LastOwner, NotAdmin, NotOwner, Outsider
from domain.secrets import new_id
from domain.views import Kind, KnownPerson, OwnersView, Person, Place, Standing, Surface, WorkspaceView
from domain.work import Work
from storage import workspaces as rows

OUTSIDE = frozenset({"guest", "anonymous", "bot", "skill"})
"""Roles of the roster that never own or invite."""
IN_TEAMS = "msteams"
"""The channel whose clients know views of each reader's own."""
MOST_READERS = 60
"""So many a card may name."""


def arrived(work: Work, place: Place, person: Person) -> WorkspaceView:
    """The bot was added. Who adds it the first time owns the workspace; adding it again changes no owner."""
    row = find(work, place, person)
    first = row is None
    if row is None:
        workspace_id = _create(work, place, person)
        if not stranger(place, person, known(work, place.tenant_id, person.person_id)):
            _own(work, place.tenant_id, workspace_id, person, person)
    else:
        workspace_id = row.workspace_id
        _returned(work, place, row)
        if row.removed_at is not None:
            _record_added(work, place, person, workspace_id)
    names = owner_names(work, place.tenant_id, workspace_id)
    badge = features.state(work, place.tenant_id, Surface.CHAT).preview
    return WorkspaceView(workspace_id, place.name, place.kind, names, first, badge)


def _returned(work: Work, place: Place, row: Any) -> None:
    """The bot is there (again). Cards that went quiet when it left are told what happened since."""
    where = {"workspace": row.workspace_id, "tenant": place.tenant_id}
    work.run(rows.RETURN, where | {"name": place.name or row.name, "group": place.group_id or None})
    if row.removed_at is not None:
        work.run(rows.TELL_CARDS, where | {"now": work.now})
        work.run(rows.WAKE_CARDS, where)
        work.run(rows.TELL_REQUESTS, where | {"now": work.now})
        work.wake = True


def renamed(work: Work, place: Place) -> None:
    """The channel tells a new name, which mails and pages show from now on."""
    row = find(work, place, None)
    if row is not None and place.name not in ("", row.name):
        _named(work, place, row)


def _named(work: Work, place: Place, row: Any) -> None:
    values = {"workspace": row.workspace_id, "tenant": place.tenant_id, "name": place.name}
    work.run(rows.NAME, values | {"group": place.group_id or None})


def departed(work: Work, place: Place) -> None:
    """The bot was removed: nothing is posted there any more. Guests and invitations stay as they are."""
    row = find(work, place, None)
    if row is None:
        return
    where = {"workspace": row.workspace_id, "tenant": place.tenant_id, "now": work.now}
    work.run(rows.LEAVE, where)
    work.run(rows.QUIET_CARDS, where)
    audit.record(work, place.tenant_id, "workspace.left", audit.SYSTEM, workspace_id=row.workspace_id)


def standing(work: Work, place: Place, person: Person) -> Standing:
    row = find(work, place, person)
    badge = features.state(work, place.tenant_id, Surface.CHAT).preview
    admin = is_admin(work, row, person)
    if row is None:
        mine = place.kind is Kind.PERSONAL and not stranger(place, person, None)
        return Standing("", place.name, place.kind, mine, admin, (person.name,) if mine else (), badge)
    names = owner_names(work, place.tenant_id, row.workspace_id)
    if stranger(place, person, row):
        return Standing(row.workspace_id, place.name or row.name, place.kind, False, False, names, badge)
    owner = row.owner is not None or _unowned_chat(work, row)
    return Standing(row.workspace_id, place.name or row.name, place.kind, owner, admin, names, badge)


def acting(work: Work, place: Place, person: Person) -> Any:
    """The workspace's row, for somebody who may act in it now: an owner, or an admin of the tenant.

    Raises NotOwner or Outsider. The first word in a personal chat makes its workspace, and the person its owner.
    """
    row = find(work, place, person)
    if stranger(place, person, row or known(work, place.tenant_id, person.person_id)):
        raise Outsider(owner_names(work, place.tenant_id, row.workspace_id) if row else ())
    if row is None:
        row = _begun(work, place, person)
    if row.owner is None and not is_admin(work, row, person):
        if not _unowned_chat(work, row):
            raise NotOwner(owner_names(work, place.tenant_id, row.workspace_id))
        _own(work, place.tenant_id, row.workspace_id, person, person)
    seen(work, place, person, row)
    return row


def seen(work: Work, place: Place, person: Person, row: Any) -> None:
    """Somebody acts in the workspace, so the bot is there, and what both are called is known."""
    if row.known_as != person.name or row.removed_at is not None:
        remember(work, person)
        _returned(work, place, row)
    elif place.name not in ("", row.name):
        _named(work, place, row)


def _begun(work: Work, place: Place, person: Person) -> Any:
    """A workspace whose beginning nobody told: a personal chat, or one where an admin speaks first."""
    if place.kind is not Kind.PERSONAL and not is_admin(work, None, person):
        raise NotOwner
    workspace_id = _create(work, place, person)
    if place.kind is Kind.PERSONAL:
        _own(work, place.tenant_id, workspace_id, person, person)
    row = find(work, place, person)
    assert row is not None
    return row


def _unowned_chat(work: Work, row: Any) -> bool:
    """A personal chat that the bot came to before anybody said who is in it: it belongs to whoever speaks there."""
    return row.kind == Kind.PERSONAL and not ownership.listed(work, row.tenant_id, row.workspace_id)


def administering(work: Work, place: Place, person: Person) -> None:
    """Raises NotAdmin or Outsider unless the person administers the tenant now."""
    row = find(work, place, person)
    if stranger(place, person, row or known(work, place.tenant_id, person.person_id)):
        raise Outsider
    if not is_admin(work, row, person):
        raise NotAdmin(admin_names(work, place.tenant_id))


def outside(person: Person) -> bool:
    """Somebody who is not of the tenant's own people, whatever else is recorded of them."""
    return not person.person_id or (person.role or "").lower() in OUTSIDE


def stranger(place: Place, person: Person, recorded: Any) -> bool:
    """As `outside`, and by what the roster said before; or somebody of another tenant."""
    role = recorded.role if recorded is not None else None
    return outside(person) or role in OUTSIDE or person.tenant_id != place.tenant_id


def is_admin(work: Work, row: Any, person: Person) -> bool:
    if person.person_id in work.admins:
        return True
    if row is not None:
        return row.admin is not None
    return work.one(rows.ADMIN, {"tenant_id": person.tenant_id, "person_id": person.person_id}) is not None


def owners(work: Work, place: Place, person: Person) -> OwnersView:
    row = acting(work, place, person)
    return ownership.view(work, place, row)


def add_owner(work: Work, place: Place, person: Person, new: Person) -> OwnersView:
    """Raises NotOwner, Outsider (also where `new` is a Teams guest or anonymous)."""
    row = acting(work, place, person)
    if stranger(place, new, known(work, place.tenant_id, new.person_id)):
        raise Outsider(owner_names(work, place.tenant_id, row.workspace_id))
    added = _own(work, place.tenant_id, row.workspace_id, new, person)
    return ownership.view(work, place, row, new.name, already=not added)


def remove_owner(work: Work, place: Place, person: Person, old: Person) -> OwnersView:
    """The right is gone at once, unless the directory names the person too. Raises LastOwner where nobody would be
    left, except for an admin's word."""
    row = acting(work, place, person)
    present = ownership.present(work, row)
    there, source = old.person_id in present, present.get(old.person_id)
    if there and source is None and len(present) == 1 and not is_admin(work, row, person):
        raise LastOwner
    if there and source != ownership.DIRECTORY:
        ownership.unsay(work, row, old, source, person)
        redrawing.owner_changed(work, place.tenant_id, row.workspace_id, old.person_id)
    return ownership.view(work, place, row, old.name, already=not there, directed=source is not None)


def owner_names(work: Work, tenant_id: str, workspace_id: str) -> tuple[str, ...]:
    return tuple(row.name for row in ownership.listed(work, tenant_id, workspace_id) if row.name)


def admin_ids(work: Work, tenant_id: str) -> tuple[str, ...]:
    """Entra object ids of all admins, also of those who never spoke."""
    return tuple(sorted({row.person_id for row in work.all(rows.ADMINS_OF, {"tenant_id": tenant_id})} | work.admins))


def admin_names(work: Work, tenant_id: str) -> tuple[str, ...]:
    """Names of the admins that are known by name."""
    ids = admin_ids(work, tenant_id)
    if not ids:
        return ()
    found = work.all(rows.NAMES, {"tenant_id": tenant_id, "person_ids": ids})
    return tuple(sorted(row.name for row in found if row.name))


def readers(work: Work, tenant_id: str, workspace_id: str, kind: str, channel_id: str) -> tuple[str, ...]:
    """Teams' ids of those whose clients may ask for a view of their own, owners first. In a personal chat nobody else
    reads along, and other channels know no such views."""
    if kind == Kind.PERSONAL or channel_id != IN_TEAMS:
        return ()
    who = {"tenant_id": tenant_id, "most": MOST_READERS}
    found = work.all(rows.OWNERS_IN_TEAMS, who | ownership.believed(work) | {"workspace_id": workspace_id})
    admins = admin_ids(work, tenant_id) if len(found) < MOST_READERS else ()
    if admins:
        found = [*found, *work.all(rows.PEOPLE_IN_TEAMS, who | {"person_ids": admins})]
    named = dict.fromkeys(row.channel_user_id for row in found if row.role not in OUTSIDE)
    return tuple(named)[:MOST_READERS]


def known(work: Work, tenant_id: str, person_id: str) -> KnownPerson | None:
    return _known(work.one(rows.PERSON, {"tenant_id": tenant_id, "person_id": person_id}))


def known_by_channel_id(work: Work, tenant_id: str, channel_user_id: str) -> KnownPerson | None:
    values = {"tenant_id": tenant_id, "channel_user_id": channel_user_id}
    return _known(work.one(rows.PERSON_BY_CHANNEL_ID, values))


def _known(row: Any) -> KnownPerson | None:
    return row and KnownPerson(row.person_id, row.name, row.address, row.role, row.role_checked_at)


def remember(work: Work, person: Person) -> None:
    """Keeps what the roster or an activity said. A role is kept with the moment at which it was told."""
    told = {
        "tenant_id": person.tenant_id,
        "person_id": person.person_id,
        "name": person.name,
        "address": person.address,
        "channel_user_id": person.channel_user_id or None,
        "role": person.role,
        "role_checked_at": work.now if person.role else None,
    }
    work.run(rows.remember(work.connection.dialect.name), told)


def find(work: Work, place: Place, person: Person | None) -> Any:
    """The workspace's row with the person's roles and the policy; None: the bot was never there."""
    return work.one(
        rows.STANDING,
        {
            "tenant_id": place.tenant_id,
            "channel_id": place.channel_id,
            "place_id": place.place_id,
            "person_id": person.person_id if person else "",
            **ownership.believed(work),
        },
    )


def _create(work: Work, place: Place, person: Person) -> str:
    workspace_id = new_id()
    tenant = {"tenant_id": place.tenant_id, "created_at": work.now, "language": "en"}
    if work.run(rows.add_tenant(work.connection.dialect.name), tenant):
        delivery.schedule(work, place.tenant_id, "switches", place.tenant_id, work.now)
    workspace = {
        "workspace_id": workspace_id,
        "tenant_id": place.tenant_id,
        "kind": place.kind.value,
        "channel_id": place.channel_id,
        "place_id": place.place_id,
        "name": place.name,
        "created_at": work.now,
        "group_id": place.group_id or None,
    }
    work.run(rows.ADD_WORKSPACE, workspace)
    _record_added(work, place, person, workspace_id)
    return workspace_id


def _record_added(work: Work, place: Place, person: Person, workspace_id: str) -> None:
    audit.record(work, place.tenant_id, "workspace.added", person.person_id or audit.SYSTEM, workspace_id=workspace_id)


def _own(work: Work, tenant_id: str, workspace_id: str, new: Person, actor: Person) -> bool:
    """False: was an owner before."""
    remember(work, new)
    owner = {"workspace_id": workspace_id, "person_id": new.person_id, "tenant_id": tenant_id, "since": work.now}
    added = work.run(rows.add_owner(work.connection.dialect.name), owner) > 0
    if added:
        audit.record(work, tenant_id, "owner.added", actor.person_id, workspace_id=workspace_id, person=new.person_id)
        redrawing.owner_changed(work, tenant_id, workspace_id, new.person_id)
    return added
