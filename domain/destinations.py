"""Where a guest signs in with an account: the one provider, if it is set up and permitted for this guest now."""

from dataclasses import replace
from typing import Any

from domain import addresses, admission, guests, limits, links, methods, policies
from domain.errors import NoSession
from domain.methods import Discovered, Found
from domain.policies import Address, Circumstances, Method, Occasion, Partner, Policy, domain_of, within
from domain.seals import seal
from domain.secrets import UnknownKey, digest
from domain.sign_in_errors import MethodOff
from domain.sign_ins import Provider
from domain.value import value
from domain.views import Quota
from domain.work import Work
from storage import identities as rows

SECRETS = "provider secret"
"""The purpose under which partners' client secrets are sealed (ProviderSecret)."""
PARTNER_ALONE = tuple((method, method is Method.PARTNER) for method in Method)
NAMES = {Method.MICROSOFT: "Microsoft", Method.PERSONAL: "Microsoft", Method.GOOGLE: "Google"}


@value
class Destination:
    provider: Provider
    address: str
    """Whom the provider has to vouch for."""


def invited(
    work: Work, tenant_id: str, invitation_id: str, token_hash: str, provider_id: str, *, network: Address | None = None
) -> Destination:
    """For the holder of a link. Raises LinkRefusal, PolicyForbids, MethodOff."""
    row = links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    found = provider(work, tenant_id, policies.of(row), row.address, provider_id)
    if found is None:
        raise MethodOff(row.inviter)
    links.permitted(row, found.method, network)
    return Destination(found, row.address)


def returning(work: Work, address: str, provider_id: str) -> Destination:
    """For whoever typed an address: known or not, the same. Raises MethodOff."""
    for row in work.all(rows.WITH_PROVIDERS):
        found = _partners(work, row.tenant_id, policies.of(row), address, provider_id)
        if found is not None:
            return Destination(found, address)
    common = _common(work, provider_id)
    if common is None:
        raise MethodOff
    return Destination(common, address)


def elsewhere(work: Work, address: str) -> Policy | None:
    """What to ask of an address that was typed: every provider that anybody here signs its domain in with. None: there
    is nothing to ask, and only a passcode is left. It says nothing about the address itself."""
    known = [policies.of(row) for row in work.all(rows.WITH_PROVIDERS)]
    domain = domain_of(addresses.key(address))
    partners = tuple(each for policy in known for each in policy.partners if within(domain, each.domains))
    google = tuple({each for policy in known for each in policy.google_domains})
    return Policy(partners=partners, google_domains=google) if partners or work.providers else None


def each_partner(policy: Policy) -> tuple[Policy, ...]:
    """What `elsewhere` says, once for each partner: tenants may have several for one domain, and discovery asks one."""
    first = policy.partners[0].provider_id if policy.partners else ""
    others = {each.provider_id: each for each in policy.partners if each.provider_id != first}
    return (policy, *(replace(policy, partners=(each,), methods=PARTNER_ALONE) for each in others.values()))


def looked_up(work: Work, client: str) -> None:
    """Counts for the client, because providers are asked: whoever types many addresses has to wait. Raises
    LimitReached."""
    window = limits.Window(Quota.CLIENT_TRIES, work.numbers.client_requests_hour, limits.HOUR)
    limits.take(work, limits.Limit(f"lookups:{digest(client)[:32]}", (window,)))


def moving(
    work: Work,
    session_token: str,
    provider_id: str,
    *,
    network: Address | None = None,
    tenant_id: str | None = None,
) -> Destination:
    """For a guest who is signed in with a passcode. Raises NoSession, StepNeeded, PolicyForbids, MethodOff."""
    first = mover(work, session_token, network, tenant_id)
    found = provider(work, first.tenant_id, policies.of(first), first.address, provider_id)
    if found is None:
        raise MethodOff
    permitted(policies.of(first), first, found.method, network)
    return Destination(found, first.address)


def mover(work: Work, session_token: str, network: Address | None, tenant_id: str | None = None) -> Any:
    """The row of a guest who may take the move, of that tenant if one is named: the operator's switches were asked for
    it. Raises NoSession, AccessEnded, FeatureOff, PolicyForbids, StepNeeded."""
    row = admission.through(guests.signed_in(work, session_token, network))[0].row
    if tenant_id not in (None, row.tenant_id):
        raise NoSession
    return row


def moves(
    work: Work, session_token: str, *, network: Address | None = None, found: Found = None
) -> tuple[Discovered, ...]:
    """The accounts that a guest who came in with a passcode surely has, and may sign in with from now on.

    Raises NoSession, StepNeeded, PolicyForbids, DiscoveryNeeded.
    """
    first = mover(work, session_token, network)
    policy = policies.of(first)
    own = {"tenant_id": first.tenant_id, "guest_id": first.guest_id}
    if (first.method or Method.EMAIL_PASSCODE) != Method.EMAIL_PASSCODE or work.all(rows.OF_GUEST, own):
        return ()
    it = Circumstances(first.workspace_id, first.address, None, network, Occasion.LATER)
    ways = methods.offered(policy, it, methods.needed(work, policy, first.address, found), passcode_on=False)
    return tuple(each for each in ways if each.answer is methods.Answer.YES)


def permitted(policy: Policy, row: Any, method: Method, network: Address | None) -> policies.Verdict:
    """What the policy says of a guest who comes back. Raises PolicyForbids."""
    it = Circumstances(row.workspace_id, row.address, method, network, Occasion.LATER)
    verdict = policies.decide(policy, it)
    if verdict.forbidden:
        raise admission.forbids(policy, verdict, **admission.known(row))
    return verdict


def provider(work: Work, tenant_id: str, policy: Policy, address: str, provider_id: str) -> Provider | None:
    """None: it is not set up, or the tenant switched it off, or it is another partner's."""
    found = _partners(work, tenant_id, policy, address, provider_id) or _common(work, provider_id)
    return found if found is not None and found.method in methods.federated(work, policy) else None


def _common(work: Work, provider_id: str) -> Provider | None:
    method = next((method for method in NAMES if method == provider_id and method in work.providers), None)
    return Provider(method, provider_id, NAMES[method]) if method else None


def _partners(work: Work, tenant_id: str, policy: Policy, address: str, provider_id: str) -> Provider | None:
    partner = partner_by_id(policy, provider_id)
    if partner is None or not within(domain_of(addresses.key(address)), partner.domains):
        return None
    return Provider(Method.PARTNER, provider_id, partner.name, partner, _secret(work, tenant_id, provider_id))


def partner_by_id(policy: Policy, provider_id: str) -> Partner | None:
    return next((each for each in policy.partners if each.provider_id == provider_id), None)


def _secret(work: Work, tenant_id: str, provider_id: str) -> str | None:
    row = work.one(rows.SECRET, {"provider_id": provider_id, "tenant_id": tenant_id})
    if row is None:
        return None
    plain = seal(work.keys, SECRETS).open(row.sealed)
    if plain is None:
        raise UnknownKey(provider_id)
    return plain.decode()
