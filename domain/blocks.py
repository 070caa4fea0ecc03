"""Mailboxes whose holders want no invitations from an organisation any more. Honoured for ever, by every way of
inviting; only who holds a link that was mailed there can lift it.

What is kept is a hash, so that a block outlives the erasure of the address.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from domain import addresses, audit, delivery, links, passcodes, workspaces
from domain.errors import UnknownLink
from domain.secrets import digest
from domain.value import value
from domain.views import Person, Place
from domain.work import Work
from storage import blocks as rows

PAGE = 20
ELSEWHERE = frozenset({"invitation.corrected", "guest.moved"})
"""Events after which an invitation goes to another mailbox."""


@value
class BlockLine:
    blocked_at: datetime
    workspace: str
    """From which the invitation came that was answered with a block."""
    masked_address: str
    """Empty once the address was erased."""


@value
class BlocksView:
    total: int
    page: int
    pages: int
    lines: tuple[BlockLine, ...]


def among(work: Work, tenant_id: str, given: Collection[str]) -> frozenset[str]:
    """Those of the addresses that are blocked."""
    hashes = {_hash(tenant_id, each): each for each in given}
    if not hashes:
        return frozenset()
    found = work.all(rows.FOUND, {"tenant_id": tenant_id, "hashes": list(hashes)})
    return frozenset(hashes[row.address_hash] for row in found)


def block(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> None:
    """The word of who holds a link. Every open invitation of the mailbox in the tenant is declined along.

    Memberships stay: a guest leaves on the own page. Raises UnknownLink.
    """
    row = _mailed(work, tenant_id, invitation_id, token_hash)
    new = {
        "tenant_id": tenant_id,
        "address_hash": _hash(tenant_id, row.address),
        "blocked_at": work.now,
        "workspace_id": row.workspace_id,
        "invitation_id": invitation_id,
    }
    if work.run(rows.add(work.connection.dialect.name), new):
        _record(work, row, "guest.blocked")
        delivery.enqueue_card(work, tenant_id, invitation_id)
    decline_all(work, tenant_id, row.address_key)


def lift(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> None:
    """Invitations are welcome again; those that were declined stay declined. Raises UnknownLink."""
    row = _mailed(work, tenant_id, invitation_id, token_hash)
    if work.run(rows.LIFT, {"tenant": tenant_id, "hash": _hash(tenant_id, row.address)}):
        _record(work, row, "guest.unblocked")
        delivery.enqueue_card(work, tenant_id, invitation_id)


def blocking(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> bool:
    """Whether the mailbox of the link is blocked. Raises UnknownLink."""
    row = _mailed(work, tenant_id, invitation_id, token_hash)
    return bool(among(work, tenant_id, [row.address]))


def report(work: Work, place: Place, person: Person, page: int) -> BlocksView:
    """For admins: how many, when, and from where they were invited; never whom to blame. Raises NotAdmin, Outsider."""
    workspaces.administering(work, place, person)
    where = {"tenant_id": place.tenant_id}
    total = work.connection.execute(rows.NUMBER, where).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    found = work.all(rows.PAGE, where | {"most": PAGE, "skip": (page - 1) * PAGE})
    lines = tuple(BlockLine(each.blocked_at, each.workspace, _masked(each.address)) for each in found)
    return BlocksView(total, page, pages, lines)


def decline_all(work: Work, tenant_id: str, address_key: str) -> None:
    """Every open invitation of a mailbox: passcodes end, queued mails are withdrawn, cards say so."""
    for row in work.all(rows.DECLINE, {"tenant": tenant_id, "key": address_key, "now": work.now}):
        passcodes.end_all(work, row.invitation_id)
        delivery.withdraw_mail(work, "invitation", row.link_id)
        audit.record(
            work, tenant_id, "invitation.declined", audit.SYSTEM,
            workspace_id=row.workspace_id, invitation_id=row.invitation_id,
        )  # fmt: skip
        delivery.enqueue_card(work, tenant_id, row.invitation_id)


def _mailed(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> Any:
    """The invitation's facts, for whoever holds a link that went to the mailbox that it is for now, and not to one from
    which it was corrected or moved since. Raises UnknownLink."""
    row = links.held(work, tenant_id, invitation_id, token_hash)
    if row.held_link != row.link_id:
        events = audit.timeline(work, tenant_id, [invitation_id]).get(invitation_id, ())
        if any(each.kind in ELSEWHERE and each.at >= row.held_since for each in events):
            raise UnknownLink
    return row


def _record(work: Work, row: Any, kind: str) -> None:
    whose = {"workspace_id": row.workspace_id, "invitation_id": row.invitation_id, "guest_id": row.guest_id}
    audit.record(work, row.tenant_id, kind, audit.SYSTEM, **whose)


def _hash(tenant_id: str, address: str) -> str:
    return digest(f"{tenant_id}:{addresses.key(address)}")


def _masked(address: str) -> str:
    return addresses.mask(address) if "@" in address else ""
