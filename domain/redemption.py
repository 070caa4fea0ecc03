"""From the link to the workspace: the offer, declining it, typing the passcode, choosing among tenants."""

import hmac
import re
from datetime import datetime, timedelta
from typing import Any

from domain import addresses, allowances, audit, delivery, features, guests, limits, links, passcodes, policies
from domain.errors import (
    FeatureOff,
    LimitReached,
    LimitRefusal,
    LinkRevoked,
    NoPasscode,
    PasscodeExpired,
    PasscodeSpent,
)
from domain.guests import NOWHERE, Client
from domain.methods import Found
from domain.policies import Address, Circumstances, Method, Occasion
from domain.secrets import PASSCODE_DIGITS
from domain.states import status
from domain.views import (
    ChooseTenant,
    Kind,
    OfferView,
    OpenedLink,
    Quota,
    SignedIn,
    Status,
    TenantChoice,
    WrongPasscode,
)
from domain.work import Work
from storage import invitations as invitation_rows
from storage import passcodes as rows

FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)}
BETWEEN = re.compile(r"[\s\-‐‑‒–—―−－.]+")
LONGEST_INPUT = 32
CHOICE = timedelta(minutes=10)
TRIES = frozenset({Quota.TRIES_HOUR, Quota.TRIES_DAY})
"""While they last, no passcode is compared, not even one that still works."""
Entered = SignedIn | ChooseTenant | WrongPasscode | LimitRefusal


def look(work: Work, token: str) -> OpenedLink:
    """For a HEAD request: what `open` would answer, without any trace. Raises LinkRefusal."""
    return links.look(work, token)


def open(work: Work, token: str) -> OpenedLink:  # noqa: A001 - the word of the product
    """Raises LinkRefusal. Changes nothing but the display fact that the link was opened."""
    return links.opened(work, token)


def offer(
    work: Work,
    tenant_id: str,
    invitation_id: str,
    token_hash: str,
    *,
    passcode_id: str = "",
    browser: str = "",
    network: Address | None = None,
    found: Found = None,
) -> OfferView:
    """The invitation's page, in a browser that asked for a passcode or for none yet.

    Raises LinkRefusal, FeatureOff, PolicyForbids, DiscoveryNeeded.
    """
    row = links.standing(work, tenant_id, invitation_id, token_hash, "redeem")
    links.permitted(row, None, network)
    ways = links.offered(work, row, network, found)
    if not ways:
        links.permitted(row, Method.EMAIL_PASSCODE, network)
        raise links.off(row)
    return OfferView(
        tenant_id=tenant_id,
        invitation_id=invitation_id,
        inviter=row.inviter,
        workspace=row.workspace,
        kind=Kind(row.kind),
        masked_address=addresses.mask(row.address),
        expires_at=row.expires_at,
        access_days=row.access_days,
        redeemed=status(row, work.now) is Status.REDEEMED,
        preview=features.of_invitation(work, row).preview,
        language=row.language,
        methods=ways,
        access_until=row.access_until,
        **_code(work, row, passcode_id, browser),
        **_after_the_code(row, network),
    )


def _code(work: Work, row: Any, passcode_id: str, browser: str) -> dict[str, Any]:
    """Whether this browser's still works, and when and why there is no other one before."""
    waits = passcodes.refusals(work, row)
    longest = max(waits, key=lambda each: each.again_at, default=None)
    tried = any(_quota(each) in TRIES for each in waits)
    works = bool(passcode_id) and not tried and passcodes.works(work, passcode_id, browser)
    return {"again_at": longest.again_at if longest else None, "held_by": _quota(longest), "coded": works}


def _after_the_code(row: Any, network: Address | None) -> dict[str, Any]:
    """What the policy still asks for then."""
    policy = policies.of(row)
    demands = policies.decide(policy, links.circumstances(row, Method.EMAIL_PASSCODE, network))
    first = row.redeemed_at is None
    return {
        "factor": bool(demands.mfa),
        "terms": first and demands.terms_version > 0,
        "privacy": first and bool(policy.privacy_url),
    }


def _quota(refusal: LimitRefusal | None) -> Quota | None:
    return refusal.quota if isinstance(refusal, LimitReached) else None


def decline(work: Work, tenant_id: str, invitation_id: str, token_hash: str) -> None:
    """The guest's no, for good: passcodes end, the owner's card says so. Raises LinkRefusal."""
    row = links.standing(work, tenant_id, invitation_id, token_hash, "decline")
    passcodes.end_all(work, invitation_id)
    values = {"invitation": invitation_id, "tenant": tenant_id, "now": work.now}
    if work.run(invitation_rows.DECLINE, values) == 0:  # something else happened since it was read
        links.standing(work, tenant_id, invitation_id, token_hash, "decline")
        raise LinkRevoked(row.inviter, row.workspace, row.language, work.now)
    audit.record(
        work, tenant_id, "invitation.declined", audit.SYSTEM,
        workspace_id=row.workspace_id, invitation_id=invitation_id,
    )  # fmt: skip
    delivery.enqueue_card(work, tenant_id, invitation_id)


def enter(
    work: Work,
    passcode_id: str,
    code: str,
    *,
    browser: str,
    client: str,
    token_hash: str | None,
    shared: bool = False,
    came: Client = NOWHERE,
) -> Entered:
    """The typed passcode. A comparison is counted before it is made; a wrong one is returned, so that the count stays –
    as LimitReached where others from the same address were faster with the last wrong try.

    By link it signs in; by address it proves the address, and `choose` signs in. `shared`: nobody can tell the clients
    apart, so that what others tried does not count against the holder of a link.
    Raises NoPasscode, PasscodeExpired, PasscodeSpent, LimitReached, LinkRefusal, FeatureOff, PolicyForbids: nothing
    was compared.
    """
    row = passcodes.asked_in(work, passcode_id, browser)
    invitation = None
    if row.invitation_id is not None:
        where = (row.tenant_id, row.invitation_id, token_hash or "")
        invitation = links.usable(work, *where, "redeem", network=came.network)
        if invitation.address != row.address:
            raise NoPasscode
    passcodes.kept(row)  # only now: ending an invitation withdraws its passcodes, and the link tells why
    typed = _digits(code)
    if typed is None:
        left = work.numbers.passcode_tries - row.attempts
        return WrongPasscode(max(left, 0), passcodes.again_at(work, row.scope))
    counted = [passcodes.tries(work, row.scope)]
    if invitation is None or not shared:
        counted.append(passcodes.client_tries(work, client))
    return _compare(work, row, invitation, typed, counted, came)


def _digits(code: str) -> str | None:
    """Eight digits, however they were pasted; None: cannot be a passcode, and costs no try."""
    if len(code) > LONGEST_INPUT:
        return None
    plain = BETWEEN.sub("", code.translate(FULL_WIDTH))
    return plain if len(plain) == PASSCODE_DIGITS and plain.isascii() and plain.isdigit() else None


def _compare(work: Work, row: Any, invitation: Any, typed: str, tries: list[limits.Limit], came: Client) -> Entered:
    """`tries`: the first counts every comparison, all count the wrong ones. Only the first is locked to the unit's end:
    behind the client's address may be a whole company, whose right passcodes need not wait for each other."""
    own, of_client = tries[:1], tries[1:]
    counters = limits.lock(work, own, seen=of_client)
    counters.check(tries)
    attempt = {"passcode": row.passcode_id, "now": work.now, "most": work.numbers.passcode_tries}
    counted = work.one(rows.ATTEMPT, attempt)
    if counted is None:
        raise _spent(work, row)
    if _matches(work, row, row, typed) and work.run(rows.USE, {"passcode": row.passcode_id, "now": work.now}):
        counters.add(work, own)
        return _admit(work, row, invitation, came)
    by_link: list[limits.Limit] = []
    if invitation is not None and invitation.redeemed_at is None:
        by_link = [passcodes.tries_by_link(work, invitation.link_id)]
    counters.hits |= limits.lock(work, [*of_client, *by_link]).hits
    refusals = counters.refusals(of_client)
    counters.add(work, [*own, *by_link, *([] if refusals else of_client)])
    left = work.numbers.passcode_tries - counted.attempts
    _record_wrong(work, row, left)
    if refusals:
        return refusals[0]
    return WrongPasscode(left, passcodes.again_at(work, row.scope), _newer_at(work, row, typed))


def _spent(work: Work, row: Any) -> PasscodeExpired | PasscodeSpent:
    again_at = passcodes.again_at(work, row.scope)
    return PasscodeExpired(again_at) if row.expires_at < work.now else PasscodeSpent(again_at)


def _matches(work: Work, row: Any, passcode: Any, typed: str) -> bool:
    right = work.keys.passcode(passcode.key_id, row.tenant_id, row.scope, passcode.passcode_id)
    return hmac.compare_digest(right, typed)


def _newer_at(work: Work, row: Any, typed: str) -> datetime | None:
    """When the newest was sent, if an older mail's passcode was typed, or this browser's is not the newest any more."""
    since = work.now - timedelta(seconds=work.numbers.passcode_seconds)
    newest, *older = work.all(rows.OF_SCOPE, {"scope": row.scope, "since": since}) or [row]
    replaced = newest.passcode_id != row.passcode_id or any(_matches(work, row, each, typed) for each in older)
    return newest.issued_at if replaced else None


def _record_wrong(work: Work, row: Any, left: int) -> None:
    if row.tenant_id != passcodes.NOBODY:
        audit.record(
            work, row.tenant_id, "passcode.wrong", audit.SYSTEM,
            invitation_id=row.invitation_id, passcode=row.passcode_id, tries_left=left,
        )  # fmt: skip


def _admit(work: Work, row: Any, invitation: Any, came: Client) -> SignedIn | ChooseTenant:
    """The passcode was right, the newest, and is used up now."""
    if invitation is None:
        return _choice(row, _tenants(work, row, came.network))
    if invitation.redeemed_at is not None:
        return _admit_again(work, invitation, _entering(row, invitation, invitation.guest_id, came))
    arrival = redeemed(work, invitation, row.language)
    return guests.start_session(work, _entering(row, invitation, arrival.guest_id, came, new=arrival.new))


def _entering(row: Any, invitation: Any, guest_id: str, came: Client, *, new: bool = False) -> guests.Entering:
    it = links.circumstances(invitation, Method.EMAIL_PASSCODE, came.network)
    rules = policies.decide(policies.of(invitation), it).applied
    return guests.Entering(
        invitation.tenant_id, guest_id, row.language, it.occasion or Occasion.LATER,
        passcode_id=row.passcode_id, client=came, rules=rules, new=new,
    )  # fmt: skip


def redeemed(work: Work, invitation: Any, language: str) -> guests.Arrival:
    """The proved guest enters the workspace. Raises LinkRevoked if it was ended meanwhile."""
    arrival = guests.enter_workspace(work, invitation, language)
    values = {"invitation": invitation.invitation_id, "tenant": invitation.tenant_id, "now": work.now}
    if work.run(invitation_rows.REDEEM, values | {"guest": arrival.guest_id, "link": invitation.link_id}) == 0:
        raise LinkRevoked(invitation.inviter, invitation.workspace, invitation.language, work.now)
    audit.record(
        work, invitation.tenant_id, "invitation.redeemed", f"guest:{arrival.guest_id}",
        workspace_id=invitation.workspace_id, invitation_id=invitation.invitation_id, guest_id=arrival.guest_id,
        access_until=arrival.ends_at.isoformat(),
    )  # fmt: skip
    delivery.enqueue_card(work, invitation.tenant_id, invitation.invitation_id)
    return arrival


def _admit_again(work: Work, invitation: Any, entering: guests.Entering) -> SignedIn:
    """Who redeemed before. Whether it still holds is asked behind the lock: ending it takes the same one."""
    guests.lock(work, invitation.tenant_id, invitation.guest_id)
    if not guests.holds(work, invitation):
        raise LinkRevoked(invitation.inviter, invitation.workspace, invitation.language, work.now)
    if invitation.seen_at is None or invitation.seen_at < invitation.mailed_at:  # moved since: the card says so
        delivery.enqueue_card(work, invitation.tenant_id, invitation.invitation_id)
    return guests.start_session(work, entering)


def _tenants(work: Work, row: Any, network: Address | None) -> dict[str, list[Any]]:
    """Where the proved address is a guest now. None any more: as if it had been unknown. Raises NoPasscode;
    PasscodeExpired where it was typed too late for each of them."""
    try:
        found = guests.open_to(work, row.address, network) if row.address else {}
    except FeatureOff as refusal:
        raise FeatureOff(refusal.tenant_id, language=row.language) from None
    if not found:
        raise NoPasscode
    in_time = allowances.in_time(work, found, (row.used_at or work.now) - row.issued_at)
    if not in_time:
        raise PasscodeExpired(passcodes.again_at(work, row.scope))
    return in_time


def _choice(row: Any, open_to: dict[str, list[Any]]) -> ChooseTenant:
    listed = (TenantChoice(tenant, tuple(m.workspace for m in live)) for tenant, live in open_to.items())
    return ChooseTenant(row.passcode_id, tuple(listed))


def choices(work: Work, passcode_id: str, *, browser: str, came: Client = NOWHERE) -> ChooseTenant:
    """For the page on which a proved guest chooses. Raises NoPasscode, FeatureOff, PolicyForbids."""
    row = _proved(work, passcode_id, browser)
    return _choice(row, _tenants(work, row, came.network))


def choose(work: Work, passcode_id: str, tenant_id: str, *, browser: str, came: Client = NOWHERE) -> SignedIn:
    """The one session that a proved passcode opens. Raises NoPasscode, FeatureOff, PolicyForbids."""
    row = _proved(work, passcode_id, browser)
    live = _tenants(work, row, came.network).get(tenant_id)
    if live is None:
        raise NoPasscode
    guests.lock(work, tenant_id, live[0].guest_id)
    chosen = {"passcode": passcode_id, "now": work.now, "after": work.now - CHOICE}
    live = _tenants(work, row, came.network).get(tenant_id)
    if live is None or work.run(rows.CHOOSE, chosen) == 0:
        raise NoPasscode
    entering = guests.Entering(
        tenant_id, live[0].guest_id, row.language, Occasion.LATER,
        passcode_id=passcode_id, client=came, rules=_applied(live, came.network),
    )  # fmt: skip
    return guests.start_session(work, entering)


def _applied(live: list[Any], network: Address | None) -> tuple[str, ...]:
    """The rules that apply to any of a returning guest's memberships."""
    found = (
        policies.decide(
            policies.of(row),
            Circumstances(row.workspace_id, row.address, Method.EMAIL_PASSCODE, network, Occasion.LATER),
        ).applied
        for row in live
    )
    return tuple(dict.fromkeys(rule_id for applied in found for rule_id in applied))


def _proved(work: Work, passcode_id: str, browser: str) -> Any:
    """Used a few minutes ago in this browser, by address, and no session was opened with it yet."""
    row = passcodes.asked_in(work, passcode_id, browser)
    if row.invitation_id is not None:
        raise NoPasscode
    if row.used_at is None or row.chosen_at is not None or row.used_at <= work.now - CHOICE:
        raise NoPasscode
    return row
