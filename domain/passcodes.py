"""One-time passcodes: asked for, shown, withdrawn. Numbers are in domain/limits.py; typing one in is a redemption."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain import addresses, allowances, audit, delivery, guests, limits, links, methods
from domain.errors import (
    BetterMethod,
    FeatureOff,
    LimitRefusal,
    NoPasscode,
    PasscodeExpired,
    PasscodeSpent,
    PolicyForbids,
    UnknownLink,
)
from domain.methods import Found
from domain.policies import Address
from domain.secrets import digest, new_id, new_reference
from domain.value import value
from domain.views import PasscodeView, Quota, WithdrawView
from domain.work import Work
from storage import passcodes as rows

NOBODY = ""
"""The tenant of passcodes that a returning guest asks for: which tenant it is for is chosen afterwards."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def request(
    work: Work,
    tenant_id: str,
    invitation_id: str,
    token_hash: str,
    *,
    browser: str,
    language: str,
    network: Address | None = None,
    found: Found = None,
) -> PasscodeView:
    """Sends a passcode to the invited address.

    Raises LinkRefusal, FeatureOff, PolicyForbids, BetterMethod, DiscoveryNeeded, TooSoon, LimitReached.
    """
    offer = links.usable(work, tenant_id, invitation_id, token_hash, "passcode", network=network)
    if methods.PASSCODE not in links.offered(work, offer, network, found):
        raise BetterMethod
    scope = invitation_scope(invitation_id)
    wanted, guards = _limits(work, offer)
    counters = limits.lock(work, [*wanted, *guards])
    counters.check(guards)
    counters.check(wanted)
    counters.add(work, wanted)
    seconds = allowances.of(work, offer).passcode_seconds
    issued = _Issued(tenant_id, scope, invitation_id, offer.address, browser, language, seconds)
    row = _add(work, issued)
    audit.record(
        work, tenant_id, "passcode.issued", audit.SYSTEM,
        workspace_id=offer.workspace_id, invitation_id=invitation_id, passcode=row["passcode_id"],
    )  # fmt: skip
    return _view(work, row, addresses.mask(offer.address), counters.again_at(wanted), offer.workspace)


def _limits(work: Work, offer: Any) -> tuple[list[limits.Limit], list[limits.Limit]]:
    """Of an invitation's passcodes: what another one counts, and what only has to have room for it."""
    scope = invitation_scope(offer.invitation_id)
    guards = [tries(work, scope)]
    if offer.redeemed_at is None:
        guards.append(tries_by_link(work, offer.link_id, work.numbers.passcode_tries))
    return [*_issue(work, scope), _mails(work, addresses.mailbox(offer.address))], guards


def refusals(work: Work, offer: Any) -> list[LimitRefusal]:
    """What would keep an invitation's guest from another passcode now."""
    wanted, guards = _limits(work, offer)
    both = [*wanted, *guards]
    return limits.look(work, both).refusals(both)


def request_by_address(work: Work, address: str, *, browser: str, client: str, language: str) -> PasscodeView:
    """For a returning guest. Unknown addresses get the same: page, reference, limits, only no mail.

    `address` is checked (addresses.one). Raises TooSoon, LimitReached.
    """
    scope = _address_scope(work, address)
    mailbox = [each(work, addresses.mailbox(address)) for each in (_mails, _mails_by_address)]
    wanted, asked = _issue(work, scope), _client_requests(work, client)
    wrong = [client_tries(work, client)]
    guards = [tries(work, scope), asked]
    counters = limits.lock(work, [*wanted, *mailbox, *guards], seen=wrong)
    counters.check([*guards, *wrong])
    counters.check(wanted)
    known = known_address(work, address)
    mailed = known if all(counters.fits(each) for each in mailbox) else None
    counters.add(work, [*wanted, asked, *mailbox] if mailed else [*wanted, asked])
    row = _add(work, _Issued(NOBODY, scope, None, mailed, browser, language, work.numbers.passcode_seconds))
    return _view(work, row, addresses.mask(address), counters.again_at(wanted), "")


def known_address(work: Work, address: str) -> str | None:
    """The address as it was invited, of somebody who may come in somewhere now.

    Where tenants know it in several spellings, it is the one that was given: some relays tell them apart.
    """
    try:
        found = guests.open_to(work, address)
    except (FeatureOff, PolicyForbids):
        return None
    local = address.rpartition("@")[0]
    spellings = {live[0].address.rpartition("@")[0]: live[0].address for live in found.values()}
    return spellings.get(local) or (next(iter(spellings.values())) if len(spellings) == 1 else None)


def again(
    work: Work, passcode_id: str, *, browser: str, client: str, language: str, address: str | None
) -> PasscodeView:
    """A newer passcode for the address that this browser gave. Who holds a link asks with that."""
    row = _of_browser(work, passcode_id, browser)
    if address is None or row.scope != _address_scope(work, address):
        raise NoPasscode
    return request_by_address(work, address, browser=browser, client=client, language=language)


def show(
    work: Work, passcode_id: str, *, browser: str, token_hash: str | None, masked: str, workspace: str
) -> PasscodeView:
    """The page on which it is typed. What became of the link that asked for it is told first: ending an invitation
    withdraws its passcodes.

    Raises NoPasscode, LinkRefusal, PasscodeExpired, PasscodeSpent.
    """
    row = asked_in(work, passcode_id, browser)
    by_link = row.invitation_id is not None
    if by_link:
        links.standing(work, row.tenant_id, row.invitation_id, token_hash or "", "redeem")
    kept(row)
    counters = again_at(work, row.scope)
    over = _over(work, row)
    if over is not None:
        raise over(counters)
    view = _view(work, row._mapping, masked, counters, workspace)  # noqa: SLF001 - SQLAlchemy's public name
    # Who gave an address alone is not told whether there is a mail: there is one to known addresses only.
    return replace(view, waits=by_link and delivery.waits(work, row.tenant_id, "passcode", passcode_id))


def works(work: Work, passcode_id: str, browser: str) -> bool:
    """Whether what this browser asked for can still be typed in."""
    try:
        return _over(work, _of_browser(work, passcode_id, browser)) is None
    except NoPasscode:
        return False


def _over(work: Work, row: Any) -> type[PasscodeSpent | PasscodeExpired] | None:
    """Why it cannot be typed in any more; None: it can."""
    if row.used_at is not None or row.attempts >= work.numbers.passcode_tries:
        return PasscodeSpent
    return PasscodeExpired if row.expires_at < work.now else None


def _of_browser(work: Work, passcode_id: str, browser: str) -> Any:
    return kept(asked_in(work, passcode_id, browser))


def asked_in(work: Work, passcode_id: str, browser: str) -> Any:
    """What this browser asked for, withdrawn or not. Nothing else is looked at for any other. Raises NoPasscode."""
    row = work.one(rows.BY_ID, {"passcode_id": passcode_id})
    if row is None or row.browser_hash != digest(browser):
        raise NoPasscode
    return row


def kept(row: Any) -> Any:
    """The same, unless it was withdrawn. Raises NoPasscode."""
    if row.withdrawn_at is not None:
        raise NoPasscode
    return row


def withdraw_view(work: Work, token: str) -> WithdrawView:
    """Raises UnknownLink."""
    row = _of_withdrawal(work, token)
    over = row.used_at is not None or row.withdrawn_at is not None or row.expires_at < work.now
    masked = addresses.mask(row.address) if row.address else ""
    return WithdrawView(masked, row.reference, row.issued_at, over, row.language)


def withdraw(work: Work, token: str) -> None:
    """Somebody got a passcode without asking: it is worth nothing any more. Twice is as once. Raises UnknownLink."""
    row = _of_withdrawal(work, token)
    if work.run(rows.WITHDRAW, {"passcode": row.passcode_id, "now": work.now}) and row.tenant_id != NOBODY:
        audit.record(
            work, row.tenant_id, "passcode.withdrawn", audit.SYSTEM,
            invitation_id=row.invitation_id, passcode=row.passcode_id,
        )  # fmt: skip


def _of_withdrawal(work: Work, token: str) -> Any:
    row = work.one(rows.BY_WITHDRAWAL, {"hash": digest(token)}) if TOKEN.match(token) else None
    if row is None:
        raise UnknownLink
    return row


def end_all(work: Work, invitation_id: str) -> None:
    """No passcode of the invitation works any more."""
    work.run(rows.END_ALL, {"of": invitation_scope(invitation_id), "now": work.now})


def invitation_scope(invitation_id: str) -> str:
    return f"invitation:{invitation_id}"


def _address_scope(work: Work, address: str) -> str:
    """Names an address without telling it: unknown ones are asked for too, and are not kept."""
    return f"address:{work.keys.derive(work.keys.current, 'address', addresses.key(address)).hex()[:32]}"


def tries(work: Work, scope: str) -> limits.Limit:
    """Comparisons under one invitation or address, however many passcodes were sent."""
    numbers = work.numbers
    hour = limits.Window(Quota.TRIES_HOUR, numbers.tries_hour, limits.HOUR)
    day = limits.Window(Quota.TRIES_DAY, numbers.tries_day, limits.DAY)
    return limits.Limit(f"tries:{scope}", (hour, day))


def tries_by_link(work: Work, link_id: str, count: int = 1) -> limits.Limit:
    """Wrong tries in all the link's life. The key comes last in the order in which counters are locked."""
    life = work.numbers.invitation_days_most * limits.DAY
    return limits.Limit(f"wrong:{link_id}", (limits.Window(Quota.TRIES_LINK, work.numbers.tries_link, life),), count)


def client_tries(work: Work, client: str) -> limits.Limit:
    window = limits.Window(Quota.CLIENT_TRIES, work.numbers.client_tries_hour, limits.HOUR)
    return limits.Limit(f"client:{digest(client)[:32]}", (window,))


def _client_requests(work: Work, client: str) -> limits.Limit:
    window = limits.Window(Quota.CLIENT_TRIES, work.numbers.client_requests_hour, limits.HOUR)
    return limits.Limit(f"requests:{digest(client)[:32]}", (window,))


def _issue(work: Work, scope: str) -> list[limits.Limit]:
    numbers = work.numbers
    pause = limits.Window(None, 1, numbers.passcode_cooldown_seconds)
    hour = limits.Window(Quota.PASSCODES_HOUR, numbers.passcodes_hour, limits.HOUR)
    day = limits.Window(Quota.PASSCODES_DAY, numbers.passcodes_day, limits.DAY)
    return [limits.Limit(f"passcodes:{scope}", (pause, hour, day))]


def _mails(work: Work, mailbox: str) -> limits.Limit:
    """Every passcode mail to a mailbox, however many addresses stand for it."""
    return limits.Limit(f"mailbox:{digest(mailbox)}", _mailbox_windows(work, 0))


def _mails_by_address(work: Work, mailbox: str) -> limits.Limit:
    """Those that were asked for by address alone, one less: the last is kept for the holder of a link."""
    return limits.Limit(f"mailbox-by-address:{digest(mailbox)}", _mailbox_windows(work, 1))


def _mailbox_windows(work: Work, kept: int) -> tuple[limits.Window, ...]:
    numbers = work.numbers
    return (
        limits.Window(Quota.MAILBOX_PASSCODES, numbers.mailbox_passcodes_hour - kept, limits.HOUR),
        limits.Window(Quota.MAILBOX_PASSCODES, numbers.mailbox_passcodes_day - kept, limits.DAY),
    )


def again_at(work: Work, scope: str) -> datetime:
    """When the next passcode of this scope can be asked for."""
    wanted = [*_issue(work, scope), tries(work, scope)]
    return limits.look(work, wanted).again_at(wanted)


@value
class _Issued:
    tenant_id: str
    scope: str
    invitation_id: str | None
    address: str | None
    browser: str
    language: str
    seconds: int
    """Of its life."""


def _add(work: Work, issued: _Issued) -> dict[str, Any]:
    passcode_id = new_id()
    key = work.keys.current
    row: dict[str, Any] = {
        "passcode_id": passcode_id,
        "tenant_id": issued.tenant_id,
        "scope": issued.scope,
        "invitation_id": issued.invitation_id,
        "address": issued.address,
        "browser_hash": digest(issued.browser),
        "reference": new_reference(),
        "key_id": key,
        "language": issued.language,
        "withdraw_hash": digest(work.keys.withdraw_token(key, passcode_id)),
        "issued_at": work.now,
        "expires_at": work.now + timedelta(seconds=issued.seconds),
        "attempts": 0,
    }
    work.run(rows.ADD, row)
    if issued.address is not None:
        delivery.enqueue_mail(work, issued.tenant_id, "passcode", passcode_id)
    return row


def _view(work: Work, row: Any, masked: str, next_at: datetime, workspace: str) -> PasscodeView:
    left = work.numbers.passcode_tries - row["attempts"]
    return PasscodeView(
        row["passcode_id"], row["reference"], masked, row["issued_at"], row["expires_at"], next_at, left, workspace
    )
