"""Guests, their memberships and sessions. A session is looked up at each request: what ended is over at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain import (
    addresses,
    admission,
    audit,
    features,
    leaving,
    lifetimes,
    methods,
    policies,
    presence,
    resources,
)
from domain.access_views import ResourceView
from domain.admission import Admitted, Step
from domain.errors import AccessEnded, FeatureOff, NoSession, SecondFactorNeeded
from domain.policies import Address, Circumstances, Method, Occasion
from domain.secrets import digest, new_id, new_token
from domain.value import value
from domain.views import AccessView, Ended, GuestPageView, Kind, MembershipView, SignedIn, Surface
from domain.work import Work
from storage import guests as rows

CAN_COME_BACK = frozenset(
    {"signed_out", "ended_by_guest", "ended_by_owner", "too_many", "second_factor_reset", "moved"}
)
"""Why a session ended that says nothing about its guest's access."""
ENDED: Mapping[str | None, Ended] = {
    None: Ended.RAN_OUT,
    "expired": Ended.RAN_OUT,
    "left": Ended.LEFT,
    "removed": Ended.REMOVED,
    "revoked": Ended.REMOVED,
}
"""By what a membership notes; the rest are the questions of rules that nobody answered."""


def page(work: Work, session_token: str, network: Address | None = None) -> GuestPageView:
    """Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded."""
    found = signed_in(work, session_token, network)
    first = admission.through(found)[0].row
    ends_at = min(first.created_at + timedelta(seconds=each.verdict.session_seconds) for each in found)
    links = resources.of_workspaces(work, first.tenant_id, [each.row.workspace_id for each in found if not each.step])
    memberships = tuple(_membership(each, links.get(each.row.workspace_id, ())) for each in found)
    by_passcode = (first.method or Method.EMAIL_PASSCODE) == Method.EMAIL_PASSCODE
    return GuestPageView(
        first.tenant_id, first.address, first.name, first.language, memberships, min(first.expires_at, ends_at),
        may_move=by_passcode and bool(methods.federated(work, policies.of(first))),
    )  # fmt: skip


def _membership(it: Admitted, links: tuple[ResourceView, ...]) -> MembershipView:
    row, step = it.row, it.step or ""
    return MembershipView(
        row.membership_id, row.workspace_id, row.workspace, Kind(row.kind), row.ends_at, it.preview, step, links
    )


def access(work: Work, session_token: str, network: Address | None = None) -> AccessView:
    """Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded."""
    ready = [each.row for each in admission.through(signed_in(work, session_token, network))]
    first = ready[0]
    return AccessView(first.tenant_id, first.address, first.name, tuple(row.workspace_id for row in ready))


def signed_in(work: Work, session_token: str, network: Address | None) -> list[Admitted]:
    """What the session opens, one for each live membership that nothing forbids: there is at least one.

    Raises NoSession, AccessEnded, FeatureOff, PolicyForbids.
    """
    return opened(work, list(work.all(rows.SESSION, {"hash": digest(session_token), "now": work.now})), network)


def opened(work: Work, found: list[Any], network: Address | None) -> list[Admitted]:
    """As `signed_in`, for the rows of one session, however it was found."""
    if not found or found[0].expires_at <= work.now or found[0].end_reason in CAN_COME_BACK:
        raise NoSession
    if found[0].ended_at is not None or found[0].membership_id is None:
        raise _ended(work, found[0])
    return admission.admitted(work, found, network)


def _ended(work: Work, session: Any) -> AccessEnded:
    where = {"tenant_id": session.tenant_id, "guest_id": session.guest_id, "now": work.now}
    last = work.one(rows.LAST_ENDED, where)
    if last is None:
        return AccessEnded(language=session.language)
    # A personal chat has its owner's name: that is no place to which somebody had access.
    workspace = "" if last.kind == Kind.PERSONAL else last.workspace
    return AccessEnded(workspace, last.inviter, session.language, ENDED.get(last.end_reason, Ended.RULE))


def open_to(work: Work, address: str, network: Address | None = None) -> dict[str, list[Any]]:
    """By tenant, the live memberships of an address for whose surfaces passcodes are on, and that no policy forbids.
    Those of a guest who came in with an account, and still can, are not among them.

    Raises FeatureOff where there are some and none of these tenants has them on; PolicyForbids likewise.
    """
    found: dict[str, list[Any]] = {}
    for row in work.all(rows.BY_ADDRESS, {"address_key": addresses.key(address), "now": work.now}):
        if not admission.by_account(work, row, network):
            found.setdefault(row.tenant_id, []).append(row)
    badges = features.states_of(work, found)
    on = [
        row
        for tenant_id, live in found.items()
        for row in live
        if badges[tenant_id][Surface(row.surface)].on and Method.EMAIL_PASSCODE in policies.of(row).order
    ]
    if found and not on:
        raise FeatureOff(next(iter(found)))
    return _permitted(on, network)


def _permitted(found: list[Any], network: Address | None) -> dict[str, list[Any]]:
    allowed: dict[str, list[Any]] = {}
    for row in found:
        it = Circumstances(row.workspace_id, row.address, Method.EMAIL_PASSCODE, network, Occasion.LATER)
        verdict = policies.decide(policies.of(row), it)
        if not verdict.forbidden:
            allowed.setdefault(row.tenant_id, []).append(row)
        elif row is found[-1] and not allowed:
            raise admission.forbids(policies.of(row), verdict, **admission.known(row))
    return allowed


def sign_out(work: Work, session_token: str) -> None:
    """Ends the session, if there is one."""
    session = work.one(rows.SESSION, {"hash": digest(session_token), "now": work.now})
    values = {"hash": digest(session_token), "now": work.now, "reason": "signed_out"}
    if session is not None and work.run(rows.END_SESSION, values):
        _record(work, session, "session.ended")


def leave(work: Work, session_token: str, membership_id: str, network: Address | None = None) -> None:
    """The guest's own wish: the membership ends, and the owners' card says so. Nobody has to agree to anything first.

    Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, SecondFactorNeeded.
    """
    found = list(work.all(rows.SESSION, {"hash": digest(session_token), "now": work.now}))
    it = next((each for each in opened(work, found, network) if each.row.membership_id == membership_id), None)
    if it is None:
        raise _ended(work, found[0])
    if it.step is Step.SECOND_FACTOR:
        raise SecondFactorNeeded
    row = it.row
    if not end_membership(work, row, "left"):
        raise _ended(work, found[0])
    last = len(found) == 1
    leaving.left(work, row, last=last)
    if last:
        end_sessions(work, row.tenant_id, row.guest_id, "left")


def speak(work: Work, session_token: str, language: str, network: Address | None = None) -> None:
    """The guest's language from now on, in pages and mails.

    Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded.
    """
    row = admission.strong(signed_in(work, session_token, network))
    if work.run(rows.SPEAK, {"guest": row.guest_id, "tenant": row.tenant_id, "chosen": language}):
        _record(work, row, "guest.language", chosen=language)


def _record(work: Work, row: Any, kind: str, **facts: Any) -> None:
    audit.record(work, row.tenant_id, kind, f"guest:{row.guest_id}", guest_id=row.guest_id, **facts)


@value
class Client:
    """Where a guest's browser is, and what it calls itself."""

    network: Address | None = None
    browser: str = ""


NOWHERE = Client()


@value
class Entering:
    """Whose session is to start."""

    tenant_id: str
    guest_id: str
    language: str
    occasion: Occasion
    method: Method = Method.EMAIL_PASSCODE
    passcode_id: str = ""
    identity_id: str | None = None
    second_factor: str | None = None
    """What a trusted provider says it asked for besides."""
    client: Client = NOWHERE
    rules: tuple[str, ...] = ()
    """Of the policy, that applied."""
    new: bool = False
    """A guest that was made just now: there is no other session, and nothing to call off."""


def lock(work: Work, tenant_id: str, guest_id: str) -> None:
    """Until the unit ends, no session of the guest starts or ends elsewhere. Look again at what was read before."""
    work.one(rows.LOCK, {"tenant_id": tenant_id, "guest_id": guest_id})


def holds(work: Work, invitation: Any) -> bool:
    """Whether the membership that the invitation led to is live."""
    where = {name: getattr(invitation, name) for name in ("membership_id", "tenant_id", "guest_id")}
    return work.one(rows.MEMBERSHIP, where | {"now": work.now}) is not None


def start_session(work: Work, entering: Entering) -> SignedIn:
    """A new random session, absolute life, never prolonged. Only its hash is kept. The guest is locked: one session too
    many ends the oldest."""
    token = new_token()
    ends_at = work.now + timedelta(seconds=work.numbers.session_seconds)
    row = {
        "session_hash": digest(token),
        "session_id": new_id(),
        "tenant_id": entering.tenant_id,
        "guest_id": entering.guest_id,
        "method": entering.method.value,
        "occasion": entering.occasion.value,
        "passcode_id": entering.passcode_id,
        "identity_id": entering.identity_id,
        "second_factor": entering.second_factor,
        "second_factor_at": work.now if entering.second_factor else None,
        "network": str(entering.client.network or ""),
        "browser": entering.client.browser,
        "rules": " ".join(entering.rules),
        "created_at": work.now,
        "expires_at": ends_at,
    }
    work.run(rows.ADD_SESSION, row)
    if not entering.new:
        presence.seen(work, entering.tenant_id, entering.guest_id)
        _make_room(work, entering)
    audit.record(
        work, entering.tenant_id, "session.started", f"guest:{entering.guest_id}", guest_id=entering.guest_id,
        session=row["session_id"], method=row["method"], passcode=entering.passcode_id, rules=list(entering.rules),
        second_factor=entering.second_factor or "",
    )  # fmt: skip
    return SignedIn(token, ends_at, entering.tenant_id, entering.language)


def _make_room(work: Work, entering: Entering) -> None:
    """The oldest sessions beyond the most that a guest may have end."""
    where = {"tenant": entering.tenant_id, "guest": entering.guest_id, "now": work.now}
    for row in work.all(rows.TOO_MANY, where | {"most": work.numbers.sessions_most}):
        if work.run(rows.END_ONE, where | {"session": row.session_id, "reason": "too_many"}):
            audit.record(
                work, entering.tenant_id, "session.ended", audit.SYSTEM,
                guest_id=entering.guest_id, session=row.session_id, reason="too_many",
            )  # fmt: skip


def renew_session(work: Work, session_token: str, language: str) -> SignedIn:
    """The same session under a new secret, after a step that opens more: the old one is worth nothing from now on.

    Raises NoSession.
    """
    token = new_token()
    row = work.one(rows.RENEW, {"hash": digest(session_token), "new_hash": digest(token), "now": work.now})
    if row is None:
        raise NoSession
    return SignedIn(token, row.expires_at, row.tenant_id, language)


@value
class Arrival:
    """A guest who was let into a workspace, until when, and whether the tenant did not know the address before."""

    guest_id: str
    ends_at: datetime
    new: bool


def enter_workspace(work: Work, invitation: Any, language: str) -> Arrival:
    """The guest of the invitation's address and its membership, made now."""
    fresh = new_id()
    known = work.one(
        rows.put(work.connection.dialect.name),
        {
            "guest_id": fresh,
            "tenant_id": invitation.tenant_id,
            "address": invitation.address,
            "address_key": addresses.key(invitation.address),
            "name": invitation.name or "",
            "language": language,
            "created_at": work.now,
            "seen_at": work.now,
        },
    )
    assert known is not None
    ends_at = invitation.access_until or work.now + timedelta(days=invitation.access_days)
    if known.guest_id != fresh:
        where = {"workspace": invitation.workspace_id, "guest": known.guest_id, "now": work.now}
        work.run(rows.END_RUN_OUT, where)
        if invitation.name:
            work.run(rows.NAME, {"guest": known.guest_id, "tenant": invitation.tenant_id, "called": invitation.name})
    membership_id = new_id()
    work.run(
        rows.START,
        {
            "membership_id": membership_id,
            "tenant_id": invitation.tenant_id,
            "workspace_id": invitation.workspace_id,
            "guest_id": known.guest_id,
            "invitation_id": invitation.invitation_id,
            "surface": invitation.surface,
            "started_at": work.now,
            "ends_at": ends_at,
        },
    )
    lifetimes.granted(work, invitation.tenant_id, membership_id, work.now, ends_at)
    return Arrival(known.guest_id, ends_at, known.guest_id == fresh)


def end_membership(work: Work, row: Any, reason: str) -> bool:
    """False: it had ended before."""
    values = {"membership": row.membership_id, "tenant": row.tenant_id, "now": work.now, "reason": reason}
    return work.run(rows.END, values) > 0


def end_sessions(work: Work, tenant_id: str, guest_id: str, reason: str) -> None:
    """All of the guest's sessions in the tenant: whoever is a guest elsewhere too signs in again."""
    lock(work, tenant_id, guest_id)
    work.run(rows.END_SESSIONS, {"tenant": tenant_id, "guest": guest_id, "now": work.now, "reason": reason})
