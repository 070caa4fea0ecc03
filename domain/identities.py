"""Guests and their accounts. An account is known by issuer and subject; an address is only how it is known at first.

A guest has one account of an issuer, an account belongs to one guest of a tenant. What races for that is settled by
the table's two unique constraints, behind the guest's lock.
"""

from datetime import timedelta
from typing import Any

from domain import addresses, admission, audit, destinations, guests, links, methods, policies, redemption
from domain.destinations import partner_by_id
from domain.errors import LinkRevoked
from domain.guests import NOWHERE, Client, Entering
from domain.policies import Address, Method, Occasion, Policy, domain_of, within
from domain.secrets import digest, new_id
from domain.sign_in_errors import (
    AccountTaken,
    MethodOff,
    NoGuest,
    OtherAccount,
    OtherAddress,
    SignInStale,
    UnverifiedAddress,
)
from domain.sign_ins import Proof
from domain.views import SignedIn, TenantChoice
from domain.work import Work
from storage import identities as rows

SPENT_KEPT = timedelta(hours=3)
"""Longer than the flow that a sign-in belongs to can last."""
NOBODY = ""


def enter(
    work: Work,
    proof: Proof,
    state: str,
    tenant_id: str,
    invitation_id: str,
    token_hash: str,
    *,
    language: str,
    came: Client = NOWHERE,
) -> SignedIn:
    """The holder of a link, with an account: redeems the invitation, or signs in again.

    Raises LinkRefusal, PolicyForbids, SignInRefusal: then nothing was written.
    """
    row = _standing(work, tenant_id, invitation_id, token_hash)
    policy = policies.of(row)
    rules = links.permitted(row, proof.method, came.network).applied
    occasion = links.circumstances(row, proof.method, came.network).occasion or Occasion.LATER
    if not _on(work, policy, proof):
        raise MethodOff(row.inviter)
    _spend(work, proof, state, tenant_id)
    _vouched(work, policy, proof, tenant_id, row.address)
    arrival = redemption.redeemed(work, row, language) if row.redeemed_at is None else None
    guest_id = row.guest_id if arrival is None else arrival.guest_id
    identity_id = _keep(work, proof, tenant_id, guest_id, row.address)
    return guests.start_session(
        work,
        Entering(
            tenant_id, guest_id, language, occasion, proof.method,
            identity_id=identity_id, second_factor=_second_factor(policy, proof), client=came, rules=rules,
            new=arrival is not None and arrival.new,
        ),
    )  # fmt: skip


def _standing(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> Any:
    """The invitation's facts, behind the lock of its guest if there is one: whatever moves a guest or ends its access
    takes the same one. Raises LinkRefusal."""
    row = links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    if row.redeemed_at is None:
        return row
    guests.lock(work, tenant_id, row.guest_id)
    row = links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    if not guests.holds(work, row):
        raise LinkRevoked(row.inviter, row.workspace, row.language, work.now)
    return row


def come_back(
    work: Work,
    proof: Proof,
    state: str,
    address: str,
    *,
    language: str,
    came: Client = NOWHERE,
    tenant_id: str | None = None,
) -> SignedIn | tuple[TenantChoice, ...]:
    """A returning guest with an account, whatever address was typed: a known account signs in its own guest, an unknown
    one the guest of the address that it proves. Several tenants: they are returned, and `tenant_id` chooses.

    Raises PolicyForbids, SignInRefusal: then nothing was written.
    """
    found = _open_to(work, proof, address, came.network)
    if tenant_id is None and len(found) > 1:
        return _listed(found)
    chosen = tenant_id or next(iter(found))
    if chosen not in found:
        raise NoGuest
    guests.lock(work, chosen, found[chosen][0].guest_id)
    again = _open_to(work, proof, address, came.network).get(chosen)
    if again is None or again[0].guest_id != found[chosen][0].guest_id:
        raise NoGuest
    first = again[0]
    _spend(work, proof, state, chosen)
    identity_id = _keep(work, proof, chosen, first.guest_id, first.address)
    policy = policies.of(first)
    rules = destinations.permitted(policy, first, proof.method, came.network).applied
    return guests.start_session(
        work,
        Entering(
            chosen, first.guest_id, language, Occasion.LATER, proof.method,
            identity_id=identity_id, second_factor=_second_factor(policy, proof), client=came, rules=rules,
        ),
    )  # fmt: skip


def choices(work: Work, proof: Proof, address: str, *, came: Client = NOWHERE) -> tuple[TenantChoice, ...]:
    """For the page on which a proved guest chooses. Raises PolicyForbids, SignInRefusal."""
    return _listed(_open_to(work, proof, address, came.network))


def _listed(found: dict[str, list[Any]]) -> tuple[TenantChoice, ...]:
    return tuple(TenantChoice(tenant, tuple(row.workspace for row in live)) for tenant, live in found.items())


def link(
    work: Work,
    proof: Proof,
    state: str,
    session_token: str,
    *,
    network: Address | None = None,
    tenant_id: str | None = None,
) -> SignedIn:
    """The move: a guest who came in with a passcode keeps an account, and the session goes on under a new secret.
    `tenant_id`: the one that the session's cookie names, if it is to be held against the session's own.

    Raises NoSession, StepNeeded, PolicyForbids, SignInRefusal: then nothing was written.
    """
    before = destinations.mover(work, session_token, network, tenant_id)
    guests.lock(work, before.tenant_id, before.guest_id)
    first = destinations.mover(work, session_token, network, tenant_id)
    policy = policies.of(first)
    if not _on(work, policy, proof):
        raise MethodOff
    destinations.permitted(policy, first, proof.method, network)
    _spend(work, proof, state, first.tenant_id)
    _vouched(work, policy, proof, first.tenant_id, first.address)
    _keep(work, proof, first.tenant_id, first.guest_id, first.address)
    return guests.renew_session(work, session_token, first.language)


def _on(work: Work, policy: Policy, proof: Proof) -> bool:
    partner = partner_by_id(policy, proof.provider_id)
    theirs = proof.method is not Method.PARTNER or (partner is not None and partner.issuer == proof.issuer)
    return theirs and proof.method in methods.federated(work, policy)


def _vouched(work: Work, policy: Policy, proof: Proof, tenant_id: str, address: str) -> None:
    """A known account need not prove its address again: accounts keep their subject when their address changes."""
    known = _by_subject(work, proof, tenant_id)
    if known is not None:
        if known.address_key != addresses.key(address):
            raise AccountTaken
        if not _theirs(policy, proof, address):
            raise MethodOff
        return
    if not proof.address and proof.claims_address:
        raise UnverifiedAddress(addresses.mask(address))
    if not _proves(policy, proof, address):
        raise OtherAddress(addresses.mask(address))


def _theirs(policy: Policy, proof: Proof, address: str) -> bool:
    """A partner signs in its own domains and no other, known accounts too."""
    partner = partner_by_id(policy, proof.provider_id)
    return proof.method is not Method.PARTNER or bool(partner and within(domain_of(address), partner.domains))


def _proves(policy: Policy, proof: Proof, address: str) -> bool:
    same = bool(proof.address) and addresses.key(proof.address) == addresses.key(address)
    return same and _theirs(policy, proof, address)


def _by_subject(work: Work, proof: Proof, tenant_id: str) -> Any:
    return work.one(rows.BY_SUBJECT, {"tenant_id": tenant_id, "issuer": proof.issuer, "subject": proof.subject})


def _keep(work: Work, proof: Proof, tenant_id: str, guest_id: str, address: str) -> str:
    """The id of the guest's account, known or noted now. The guest is locked. Raises AccountTaken, OtherAccount."""
    row = {
        "identity_id": new_id(),
        "tenant_id": tenant_id,
        "guest_id": guest_id,
        "method": proof.method.value,
        "issuer": proof.issuer,
        "subject": proof.subject,
        "linked_at": work.now,
    }
    if work.run(rows.put(work.connection.dialect.name), row):
        audit.record(
            work, tenant_id, "identity.linked", f"guest:{guest_id}", guest_id=guest_id,
            identity=row["identity_id"], method=row["method"], provider=proof.provider_id,
        )  # fmt: skip
        return str(row["identity_id"])
    known = _by_subject(work, proof, tenant_id)
    if known is None:
        raise OtherAccount(addresses.mask(address))
    if known.guest_id != guest_id:
        raise AccountTaken
    return known.identity_id


def _open_to(work: Work, proof: Proof, address: str, network: Address | None) -> dict[str, list[Any]]:
    """By tenant, the live memberships of the one guest whom the account is or proves to be. There is one at least.

    Raises NoGuest, OtherAccount, OtherAddress, UnverifiedAddress, PolicyForbids.
    """
    key = addresses.key(address)
    proved = addresses.key(proof.address) == key
    where = {"issuer": proof.issuer, "subject": proof.subject, "address_key": key if proved else "", "now": work.now}
    found = [row for row in work.all(rows.BY_ACCOUNT, where) if _open(work, row, proof)]
    known = {row.tenant_id: row.guest_id for row in found if row.subject == proof.subject}
    own = [row for row in found if known.get(row.tenant_id, row.guest_id) == row.guest_id]
    usable = [row for row in own if row.subject == proof.subject or _first_time(row, proof, address)]
    if not usable:
        raise _nobody(own, proof, address, proved=proved)
    return _permitted(usable, proof.method, network)


def _open(work: Work, row: Any, proof: Proof) -> bool:
    policy = policies.of(row)
    return _on(work, policy, proof) and _theirs(policy, proof, row.address)


def _first_time(row: Any, proof: Proof, address: str) -> bool:
    return row.subject is None and _proves(policies.of(row), proof, address)


def _nobody(
    own: list[Any], proof: Proof, address: str, *, proved: bool
) -> NoGuest | OtherAccount | OtherAddress | UnverifiedAddress:
    masked = addresses.mask(address)
    if proved:
        return OtherAccount(masked) if any(row.subject for row in own) else NoGuest()
    return UnverifiedAddress(masked) if proof.claims_address and not proof.address else OtherAddress(masked)


def _permitted(found: list[Any], method: Method, network: Address | None) -> dict[str, list[Any]]:
    """Raises PolicyForbids where nothing is left."""
    allowed: dict[str, list[Any]] = {}
    for row in found:
        it = policies.Circumstances(row.workspace_id, row.address, method, network, Occasion.LATER)
        verdict = policies.decide(policies.of(row), it)
        if not verdict.forbidden:
            allowed.setdefault(row.tenant_id, []).append(row)
        elif row is found[-1] and not allowed:
            raise admission.forbids(policies.of(row), verdict, **admission.known(row))
    return allowed


def _spend(work: Work, proof: Proof, state: str, tenant_id: str) -> None:
    """Raises SignInStale: it was finished before."""
    row = {
        "challenge_hash": digest(state),
        "tenant_id": tenant_id,
        "guest_id": NOBODY,
        "session_hash": NOBODY,
        "purpose": f"sign-in {proof.method}",
        "expires_at": work.now + SPENT_KEPT,
        "used_at": work.now,
    }
    if work.run(rows.spend(work.connection.dialect.name), row) == 0:
        raise SignInStale


def _second_factor(policy: Policy, proof: Proof) -> str | None:
    """What the provider did besides counts, if the tenant trusts it with that."""
    partner = partner_by_id(policy, proof.provider_id)
    trusted = partner.trusts_mfa if partner else proof.method in policy.trusted_mfa
    strong = "mfa" in proof.methods or (partner is not None and proof.context in partner.mfa_acr)
    return admission.PROVIDER if trusted and strong else None
