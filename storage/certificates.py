"""Named queries of certificates: what was removed when a guest was let go."""

from typing import Any, cast

from sqlalchemy import and_, bindparam, func, insert, select

from storage.lifecycle_tables import Certificate
from storage.policy_tables import Factor, Resource
from storage.tables import (
    Guest,
    Instant,
    Invitation,
    Link,
    Membership,
    OutboxRow,
    Passcode,
    Person,
    Session,
    Workspace,
    table,
)

CERTIFICATES, INVITATIONS, PEOPLE = table(Certificate), table(Invitation), table(Person)
SESSIONS, PASSCODES, LINKS, OUTBOX = table(Session), table(Passcode), table(Link), table(OutboxRow)
RESOURCES, FACTORS, MEMBERSHIPS = table(Resource), table(Factor), table(Membership)
WORKSPACES, GUESTS = table(Workspace), table(Guest)
NOW = bindparam("now", type_=Instant)
TENANT, INVITATION, GUEST = (cast(Any, bindparam(each)) for each in ("tenant", "invitation", "guest"))
ADD = insert(CERTIFICATES)


def _number(*conditions: Any) -> Any:
    return select(func.count()).where(*conditions).scalar_subquery()


_LINKS = select(LINKS.c.link_id).where(LINKS.c.tenant_id == TENANT, LINKS.c.invitation_id == INVITATION)
_OF_LINK = and_(
    PASSCODES.c.tenant_id == TENANT, PASSCODES.c.invitation_id == INVITATION, PASSCODES.c.scope == bindparam("scope")
)
_CODES = select(PASSCODES.c.passcode_id).where(_OF_LINK)
STANDING = select(
    _number(
        SESSIONS.c.tenant_id == TENANT, SESSIONS.c.guest_id == GUEST, SESSIONS.c.ended_at.is_(None),
        SESSIONS.c.expires_at > NOW,
    ).label("sessions"),
    _number(
        _OF_LINK, PASSCODES.c.used_at.is_(None), PASSCODES.c.withdrawn_at.is_(None), PASSCODES.c.expires_at >= NOW
    ).label("passcodes"),
    _number(LINKS.c.tenant_id == TENANT, LINKS.c.link_id == bindparam("link")).label("links"),
    _number(
        RESOURCES.c.tenant_id == TENANT, RESOURCES.c.workspace_id == bindparam("workspace"),
        RESOURCES.c.removed_at.is_(None),
    ).label("applications"),
    _number(
        OUTBOX.c.tenant_id == TENANT, OUTBOX.c.channel == "mail", OUTBOX.c.due_at.is_not(None),
        OUTBOX.c.subject_id.in_(_LINKS.union_all(_CODES)),
    ).label("mails"),
    _number(
        FACTORS.c.tenant_id == TENANT, FACTORS.c.guest_id == GUEST, FACTORS.c.confirmed_at.is_not(None)
    ).label("factors"),
    _number(
        MEMBERSHIPS.c.tenant_id == TENANT, MEMBERSHIPS.c.guest_id == GUEST, MEMBERSHIPS.c.ended_at.is_(None),
        MEMBERSHIPS.c.ends_at > NOW, MEMBERSHIPS.c.membership_id != bindparam("membership"),
    ).label("others"),
)  # fmt: skip
"""How much there is of what is about to end; second factors and other accesses, which stay."""
STARTED = select(MEMBERSHIPS.c.started_at).where(
    MEMBERSHIPS.c.membership_id == bindparam("membership_id"), MEMBERSHIPS.c.tenant_id == bindparam("tenant_id")
)
BY_ID = (
    select(
        CERTIFICATES, INVITATIONS.c.address, func.coalesce(PEOPLE.c.name, "").label("by"),
        WORKSPACES.c.name.label("workspace"), WORKSPACES.c.kind.label("workspace_kind"),
    )
    .select_from(
        CERTIFICATES.join(
            INVITATIONS,
            and_(
                INVITATIONS.c.invitation_id == CERTIFICATES.c.invitation_id,
                INVITATIONS.c.tenant_id == CERTIFICATES.c.tenant_id,
            ),
        )
        .join(
            WORKSPACES,
            and_(
                WORKSPACES.c.workspace_id == CERTIFICATES.c.workspace_id,
                WORKSPACES.c.tenant_id == CERTIFICATES.c.tenant_id,
            ),
        )
        .outerjoin(
            PEOPLE,
            and_(PEOPLE.c.tenant_id == CERTIFICATES.c.tenant_id, PEOPLE.c.person_id == CERTIFICATES.c.made_by),
        )
    )
    .where(CERTIFICATES.c.tenant_id == bindparam("tenant_id"))
    .where(CERTIFICATES.c.certificate_id == bindparam("certificate_id"))
)  # fmt: skip
NEWEST = (
    select(CERTIFICATES.c.certificate_id)
    .select_from(CERTIFICATES.join(INVITATIONS, INVITATIONS.c.invitation_id == CERTIFICATES.c.invitation_id))
    .where(CERTIFICATES.c.tenant_id == bindparam("tenant_id"), INVITATIONS.c.tenant_id == bindparam("tenant_id"))
    .where(CERTIFICATES.c.workspace_id == bindparam("workspace_id"))
    .where(INVITATIONS.c.address_key == bindparam("address_key"))
    .order_by(CERTIFICATES.c.made_at.desc(), CERTIFICATES.c.certificate_id)
    .limit(1)
)
OF_INVITATIONS = select(CERTIFICATES.c.certificate_id).where(
    CERTIFICATES.c.tenant_id == bindparam("tenant_id"),
    CERTIFICATES.c.invitation_id.in_(bindparam("invitation_ids", expanding=True)),
)
