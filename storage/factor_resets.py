"""Named queries of requests to take a guest's second factors away."""

from sqlalchemy import and_, bindparam, exists, func, insert, select, update

from storage.policy_tables import Factor, Request
from storage.tables import Guest, Instant, Membership, Person, Workspace, table

REQUESTS, FACTORS = table(Request), table(Factor)
GUESTS, MEMBERSHIPS, WORKSPACES, PEOPLE = table(Guest), table(Membership), table(Workspace), table(Person)
KIND = "mfa_reset"
NOW, SINCE = bindparam("now", type_=Instant), bindparam("since", type_=Instant)
_DECIDERS = PEOPLE.alias("deciders")
_WAITING = and_(REQUESTS.c.kind == KIND, REQUESTS.c.decided_at.is_(None))

GUEST = (
    select(GUESTS.c.guest_id, GUESTS.c.address, MEMBERSHIPS.c.invitation_id)
    .select_from(
        GUESTS.join(
            MEMBERSHIPS,
            and_(MEMBERSHIPS.c.guest_id == GUESTS.c.guest_id, MEMBERSHIPS.c.tenant_id == GUESTS.c.tenant_id),
        )
    )
    .where(
        GUESTS.c.tenant_id == bindparam("tenant"), GUESTS.c.address_key == bindparam("address_key"),
        MEMBERSHIPS.c.workspace_id == bindparam("workspace"),
        MEMBERSHIPS.c.ended_at.is_(None), MEMBERSHIPS.c.ends_at > NOW,
        exists().where(
            FACTORS.c.tenant_id == GUESTS.c.tenant_id, FACTORS.c.guest_id == GUESTS.c.guest_id,
            FACTORS.c.confirmed_at.is_not(None),
        ),
    )
)  # fmt: skip
"""A guest of the workspace who has a second factor."""

_VIEW = (
    select(
        REQUESTS, WORKSPACES.c.name.label("workspace"), WORKSPACES.c.kind.label("workspace_kind"),
        WORKSPACES.c.removed_at,
        func.coalesce(PEOPLE.c.name, "").label("asker"), func.coalesce(_DECIDERS.c.name, "").label("decider"),
    )
    .select_from(
        REQUESTS.join(WORKSPACES, WORKSPACES.c.workspace_id == REQUESTS.c.workspace_id)
        .outerjoin(
            PEOPLE, and_(PEOPLE.c.tenant_id == REQUESTS.c.tenant_id, PEOPLE.c.person_id == REQUESTS.c.asked_by)
        )
        .outerjoin(
            _DECIDERS,
            and_(_DECIDERS.c.tenant_id == REQUESTS.c.tenant_id, _DECIDERS.c.person_id == REQUESTS.c.decided_by),
        )
    )
    .where(REQUESTS.c.tenant_id == bindparam("tenant"), REQUESTS.c.kind == KIND)
)  # fmt: skip
BY_ID = _VIEW.where(REQUESTS.c.request_id == bindparam("request"))
WAITING = (
    _VIEW.where(_WAITING, REQUESTS.c.asked_at > SINCE)
    .order_by(REQUESTS.c.asked_at, REQUESTS.c.request_id)
    .limit(bindparam("most"))
)
OF_GUEST = _VIEW.where(_WAITING, REQUESTS.c.asked_at > SINCE, REQUESTS.c.guest_id == bindparam("guest"))
ADD = insert(REQUESTS)
DECIDE = (
    update(REQUESTS)
    .where(REQUESTS.c.request_id == bindparam("request"), REQUESTS.c.tenant_id == bindparam("tenant"), _WAITING)
    .values(decided_at=NOW, decided_by=bindparam("who"), decision=bindparam("what"))
)
