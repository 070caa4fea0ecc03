"""The link of an invitation mail: who holds it sees the invitation and may ask for a passcode. It grants no more."""

import re
from typing import Any

from domain import admission, audit, methods, policies, states
from domain.errors import (
    FeatureOff,
    IllegalMove,
    LinkDeclined,
    LinkExpired,
    LinkRedeemed,
    LinkRefusal,
    LinkReplaced,
    LinkRevoked,
    UnknownLink,
)
from domain.methods import Found
from domain.policies import Address, Circumstances, Method, Occasion
from domain.secrets import digest
from domain.views import OpenedLink, Status
from domain.work import Work
from storage import invitations as rows

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")
OVER: dict[Status, type[LinkRefusal]] = {
    Status.DECLINED: LinkDeclined,
    Status.REVOKED: LinkRevoked,
    Status.EXPIRED: LinkExpired,
    Status.REDEEMED: LinkRedeemed,
}
"""Every state in which a link is good for nothing; the last one only for declining."""


def look(work: Work, token: str) -> OpenedLink:
    """Raises LinkRefusal. Changes nothing."""
    return _opened(_find(work, token))


def opened(work: Work, token: str) -> OpenedLink:
    """As `look`; the first time it is noted that somebody, or something, fetched the link. It gates nothing."""
    row = _find(work, token)
    if row.opened_at is None and row.redeemed_at is None:
        values = {"invitation": row.invitation_id, "tenant": row.tenant_id, "now": work.now}
        if work.run(rows.OPENED, values):
            from domain import delivery

            audit.record(
                work, row.tenant_id, "invitation.opened", audit.SYSTEM,
                workspace_id=row.workspace_id, invitation_id=row.invitation_id,
            )  # fmt: skip
            delivery.enqueue_card(work, row.tenant_id, row.invitation_id)
    return _opened(row)


def _find(work: Work, token: str) -> Any:
    return counting(work, _of_token(work, token), "redeem")


def _of_token(work: Work, token: str) -> Any:
    row = work.one(rows.BY_TOKEN, {"token_hash": digest(token)}) if TOKEN.match(token) else None
    if row is None:
        raise UnknownLink
    return row


def _opened(row: Any) -> OpenedLink:
    return OpenedLink(row.tenant_id, row.invitation_id, row.token_hash, row.language)


def usable(
    work: Work,
    tenant_id: str,
    invitation_id: str,
    token_hash: str,
    operation: str,
    *,
    network: Address | None = None,
) -> Any:
    """The invitation's facts, if the link counts, the state allows the operation, the policy lets the guest in with a
    passcode, and passcodes are on.

    Raises LinkRefusal, FeatureOff, PolicyForbids.
    """
    row = standing(work, tenant_id, invitation_id, token_hash, operation)
    permitted(row, Method.EMAIL_PASSCODE, network)
    if not admission.passcode_on(work, row):
        raise off(row)
    return row


def permitted(row: Any, method: Method | None, network: Address | None) -> policies.Verdict:
    """What the policy says of the invitation's guest. Raises PolicyForbids."""
    policy = policies.of(row)
    verdict = policies.decide(policy, circumstances(row, method, network))
    if verdict.forbidden:
        whose = {"tenant_id": row.tenant_id, "invitation_id": row.invitation_id}
        raise admission.forbids(policy, verdict, contact=row.inviter, language=row.language, **whose)
    return verdict


def circumstances(row: Any, method: Method | None, network: Address | None) -> Circumstances:
    """`method` and `network` are None where they are not known yet."""
    occasion = Occasion.FIRST if row.redeemed_at is None else Occasion.LATER
    return Circumstances(row.workspace_id, row.address, method, network, occasion)


def offered(work: Work, row: Any, network: Address | None, found: Found) -> tuple[methods.Discovered, ...]:
    """The sign-in methods for an invitation's guest, best first. Raises DiscoveryNeeded."""
    policy = policies.of(row)
    return methods.offered(
        policy,
        circumstances(row, None, network),
        methods.needed(work, policy, row.address, found),
        passcode_on=admission.passcode_on(work, row),
        passcode_known=admission.passcode_known(row),
    )


def off(row: Any) -> FeatureOff:
    return FeatureOff(row.tenant_id, row.inviter, language=row.language)


def standing(work: Work, tenant_id: str, invitation_id: str, token_hash: str, operation: str) -> Any:
    """As `usable`, whatever the feature's stage."""
    return counting(work, held(work, tenant_id, invitation_id, token_hash), operation)


def counting(work: Work, row: Any, operation: str) -> Any:
    """The same facts, of an invitation with one of its links, if that link counts and the state allows the operation.
    Raises LinkRefusal."""
    told = {"inviter": row.inviter, "workspace": row.workspace, "language": row.language}
    replaced = row.link_id != row.held_link
    try:
        states.check(operation, row, work.now)
    except IllegalMove as refusal:
        if refusal.status is not Status.REDEEMED or not replaced:  # an old link does not tell that the guest is in
            raise _over(row, OVER[refusal.status], replaced, told) from None
    if replaced:
        raise LinkReplaced(**told, at=row.mailed_at, way=row.redeemed_at is None)
    return row


def _over(row: Any, over: type[LinkRefusal], replaced: bool, told: dict[str, Any]) -> LinkRefusal:
    if over is LinkRevoked and row.end_reason == "left" and not replaced:
        return LinkRevoked(**told, at=row.ended_at, left=True)
    at = row.revoked_at or row.declined_at or row.ended_at or row.ends_at or row.expires_at
    if over is LinkRedeemed:
        at = row.redeemed_at
    return over(**told, at=at, way=over is LinkExpired and row.replaced_at is None)


def of_old(work: Work, token: str) -> OpenedLink:
    """A link that is good for nothing any more but asking for help. Raises UnknownLink."""
    return _opened(_of_token(work, token))


def held(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> Any:
    """The facts of an invitation, for whoever holds any of its links, old ones too. Raises UnknownLink."""
    row = work.one(rows.BY_TOKEN, {"token_hash": token_hash})
    if row is None or (row.tenant_id, row.invitation_id) != (tenant_id, invitation_id):
        raise UnknownLink
    return row
