"""Guests and their accounts: who signs in as whom, once, whoever else tries at the same moment."""

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import pytest

from domain import destinations, guests, identities
from domain.errors import LimitReached, NoSession, PolicyForbids, Refusal
from domain.methods import Answer, Discovered, DiscoveryNeeded
from domain.policies import Method, Partner, Rule
from domain.sign_in_errors import AccountTaken, MethodOff, NoGuest, OtherAccount, OtherAddress, UnverifiedAddress
from domain.sign_ins import Proof
from domain.views import SignedIn
from domain.work import Work
from tests.domain.world import CHARLIE, FOREIGN, GWEN, TAILSPIN, Browser, World

BOB = "bob@fabrikam.example"
PARTNER = Partner("p1", "Fabrikam", "https://id.fabrikam.example", "client", ("fabrikam.example",))
PROOF = Proof(Method.PARTNER, "p1", PARTNER.issuer, "gwen-1", GWEN)
STATES = itertools.count()


def state() -> str:
    return f"state {next(STATES)}"


async def enter(browser: Browser, proof: Proof = PROOF, used: str | None = None) -> SignedIn:
    entered = await browser.world.do(identities.enter, proof, used or state(), *browser._link(), language="en")
    browser.session = entered.session_token
    return entered


async def invited(world: World, address: str = GWEN, **where: Any) -> Browser:
    await world.policy(partners=(PARTNER,))
    await world.invite(address, **where)
    return await world.opens(address)


async def test_an_account_redeems_the_invitation_and_signs_in_again(world: World) -> None:
    browser = await invited(world)
    await enter(browser)
    assert (await browser.page()).address == GWEN
    again = await world.opens()
    await enter(again)
    assert (await again.page()).memberships == (await browser.page()).memberships
    (identity,) = await world.rows("SELECT * FROM identities")
    assert (identity.issuer, identity.subject) == (PARTNER.issuer, "gwen-1")
    events = await world.events()
    assert events.count("invitation.redeemed") == 1
    assert events.count("identity.linked") == 1
    assert events.count("session.started") == 2


@pytest.mark.parametrize(
    ("proof", "refusal"),
    [
        (replace(PROOF, address=""), OtherAddress),
        (replace(PROOF, address=BOB), OtherAddress),
        (replace(PROOF, address="", claims_address=True), UnverifiedAddress),
        (replace(PROOF, provider_id="p2"), MethodOff),
        (replace(PROOF, issuer="https://evil.example"), MethodOff),
        (replace(PROOF, method=Method.GOOGLE), MethodOff),
    ],
)
async def test_what_does_not_fit_writes_nothing(quick: World, proof: Proof, refusal: type[Refusal]) -> None:
    browser = await invited(quick)
    before = await quick.contents()
    with pytest.raises(refusal) as raised:
        await enter(browser, proof)
    assert GWEN not in repr(raised.value)
    assert await quick.contents() == before


async def test_a_partner_proves_no_address_of_a_domain_that_is_not_its_own(quick: World) -> None:
    browser = await invited(quick, "vic@tailspin.example")
    with pytest.raises(OtherAddress):
        await enter(browser, replace(PROOF, address="vic@tailspin.example"))


async def test_another_subject_of_the_same_issuer_is_refused_and_a_second_issuer_is_not(quick: World) -> None:
    quick.settings["providers"] = frozenset({Method.GOOGLE})
    await enter(await invited(quick))
    with pytest.raises(OtherAccount):
        await enter(await quick.opens(), replace(PROOF, subject="gwen-2"))
    google = Proof(Method.GOOGLE, "google", "https://accounts.google.com", "g-1", GWEN)
    await enter(await quick.opens(), google)
    assert len(await quick.rows("SELECT * FROM identities")) == 2


async def test_an_account_that_belongs_to_another_guest_is_refused(quick: World) -> None:
    await enter(await invited(quick))
    bob = await invited(quick, BOB)
    with pytest.raises(AccountTaken):
        await enter(bob, replace(PROOF, address=BOB))


async def test_a_known_account_needs_no_address_any_more(quick: World) -> None:
    await enter(await invited(quick))
    await enter(await quick.opens(), replace(PROOF, address=""))


async def test_rules_for_the_method_hold(quick: World) -> None:
    browser = await invited(quick)
    await quick.policy(rules=(Rule("r1", "no", methods=(Method.PARTNER,), block=True),))
    with pytest.raises(PolicyForbids):
        await enter(browser)
    assert await quick.rows("SELECT * FROM sessions") == []


async def test_a_session_ends_with_its_method(quick: World) -> None:
    browser = await invited(quick)
    await enter(browser)
    await quick.policy(methods=((Method.PARTNER, False),))
    with pytest.raises(Refusal):
        await browser.page()


@pytest.mark.parametrize(
    ("method", "trusted", "said", "second"),
    [
        (Method.GOOGLE, (Method.GOOGLE,), ("mfa",), "provider"),
        (Method.GOOGLE, (Method.MICROSOFT,), ("mfa",), None),
        (Method.GOOGLE, (Method.GOOGLE,), ("pwd",), None),
    ],
)
async def test_a_second_factor_elsewhere_counts_where_it_is_trusted(
    quick: World, method: Method, trusted: tuple[Method, ...], said: tuple[str, ...], second: str | None
) -> None:
    quick.settings["providers"] = frozenset({Method.GOOGLE})
    await quick.policy(trusted_mfa=trusted)
    proof = Proof(method, "google", "https://accounts.google.com", "g-1", GWEN, methods=said)
    await enter(await invited(quick), proof)
    (session,) = await quick.rows("SELECT * FROM sessions")
    assert session.second_factor == second


async def test_coming_back_by_address_needs_the_account_and_nothing_else(world: World) -> None:
    await enter(await invited(world))
    back = await world.do(identities.come_back, PROOF, state(), GWEN, language="en")
    assert (await world.look(guests.page, back.session_token, None)).address == GWEN
    moved = replace(PROOF, address="")
    elsewhere = await world.do(identities.come_back, moved, state(), "new@fabrikam.example", language="en")
    assert (await world.look(guests.page, elsewhere.session_token, None)).address == GWEN
    with pytest.raises(NoGuest):
        await world.do(identities.come_back, replace(PROOF, subject="x", address=BOB), state(), BOB, language="en")
    with pytest.raises(OtherAccount):
        await world.do(identities.come_back, replace(PROOF, subject="gwen-2"), state(), GWEN, language="en")


async def test_an_ended_membership_lets_no_account_in(quick: World) -> None:
    browser = await invited(quick)
    await enter(browser)
    (membership,) = (await browser.page()).memberships
    await quick.do(guests.leave, browser.session, membership.membership_id)
    with pytest.raises(NoGuest):
        await quick.do(identities.come_back, PROOF, state(), GWEN, language="en")


async def test_tenants_are_chosen_from_and_keep_to_themselves(world: World) -> None:
    await world.settle(FOREIGN, CHARLIE)
    await enter(await invited(world))
    await world.policy(TAILSPIN, partners=(PARTNER,))
    await world.invite(where=FOREIGN, by=CHARLIE)
    await world.deliver()
    await enter(await world.opens())
    listed = await world.do(identities.come_back, PROOF, state(), GWEN, language="en")
    assert {each.tenant_id for each in listed} == {"contoso", TAILSPIN}
    used = state()
    back = await world.do(identities.come_back, PROOF, used, GWEN, language="en", tenant_id=TAILSPIN)
    assert back.tenant_id == TAILSPIN
    with pytest.raises(NoGuest):
        await world.do(identities.come_back, PROOF, state(), GWEN, language="en", tenant_id="fabrikam")


async def test_a_partner_of_one_tenant_opens_no_other(quick: World) -> None:
    """Whoever is admin of a tenant may name any provider there."""
    await quick.settle(FOREIGN, CHARLIE)
    await quick.guest()
    evil = replace(PARTNER, provider_id="evil", issuer="https://evil.example")
    await quick.policy(TAILSPIN, partners=(evil,))
    proof = Proof(Method.PARTNER, "evil", evil.issuer, "any", GWEN)
    with pytest.raises(NoGuest):
        await quick.do(identities.come_back, proof, state(), GWEN, language="en")


# ── the move ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def yes(work: Work) -> tuple[Discovered, ...]:
    return (Discovered(Method.PARTNER, Answer.YES, "partner_domain", work.now, "p1", "Fabrikam"),)


async def test_a_passcode_guest_is_offered_the_move_once(quick: World) -> None:
    browser = await quick.guest()
    assert not (await browser.page()).may_move
    assert await quick.look(destinations.moves, browser.session) == ()
    await quick.policy(partners=(PARTNER,))
    assert (await browser.page()).may_move
    with pytest.raises(DiscoveryNeeded):
        await quick.look(destinations.moves, browser.session)
    offered = await quick.look(lambda work: destinations.moves(work, browser.session, found=yes(work)))
    assert [each.provider_id for each in offered] == ["p1"]
    doubtful = (replace(offered[0], answer=Answer.UNKNOWN),)
    assert await quick.look(destinations.moves, browser.session, found=doubtful) == ()
    moved = await quick.do(identities.link, PROOF, state(), browser.session)
    with pytest.raises(NoSession):
        await browser.page()
    assert (await quick.look(guests.page, moved.session_token, None)).address == GWEN
    assert await quick.look(lambda work: destinations.moves(work, moved.session_token, found=yes(work))) == ()


async def test_the_move_takes_the_guests_own_account_only(quick: World) -> None:
    browser = await quick.guest()
    await quick.policy(partners=(PARTNER,))
    for proof, refusal in ((replace(PROOF, address=""), OtherAddress), (replace(PROOF, issuer="x"), MethodOff)):
        with pytest.raises(refusal):
            await quick.do(identities.link, proof, state(), browser.session)
    await browser.page()


async def test_whoever_moved_still_comes_in_with_a_passcode(quick: World) -> None:
    browser = await quick.guest()
    await quick.policy(partners=(PARTNER,))
    quick.clock.move(minutes=2)
    await quick.do(identities.link, PROOF, state(), browser.session)
    later = quick.browser()
    await later.asks_by_address()
    await quick.deliver()
    await later.types(quick.passcode())
    assert (await later.page()).address == GWEN


# ── where to ─────────────────────────────────────────────────────────────────────────────────────────────────────────
async def test_an_address_alone_leads_to_its_domains_providers_known_or_not(quick: World) -> None:
    assert await quick.look(destinations.elsewhere, GWEN) is None
    await quick.policy(partners=(PARTNER,))
    for address in (GWEN, "nobody@fabrikam.example"):
        policy = await quick.look(destinations.elsewhere, address)
        assert [each.provider_id for each in policy.partners] == ["p1"]
        assert (await quick.look(destinations.returning, address, "p1")).address == address
    assert await quick.look(destinations.elsewhere, "vic@tailspin.example") is None
    with pytest.raises(MethodOff):
        await quick.look(destinations.returning, "vic@tailspin.example", "p1")


async def test_googles_domains_of_any_tenant_are_asked_about(world: World) -> None:
    world.settings["providers"] = frozenset({Method.GOOGLE})
    await world.policy(TAILSPIN, google_domains=("fabrikam.example",))
    await world.policy(session_hours=8)
    policy = await world.look(destinations.elsewhere, GWEN)
    assert policy.google_domains == ("fabrikam.example",)


async def test_looking_up_addresses_is_counted_for_the_client(quick: World) -> None:
    quick.limit(client_requests_hour=3)
    for _ in range(3):
        await quick.do(destinations.looked_up, "c")
    with pytest.raises(LimitReached):
        await quick.do(destinations.looked_up, "c")
    await quick.do(destinations.looked_up, "another")


# ── at the same moment ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.postgres
async def test_one_account_for_two_guests_at_once_goes_to_one(racing: World) -> None:
    gwen, bob = await invited(racing), await invited(racing, BOB)
    both = await asyncio.gather(
        enter(gwen), enter(bob, replace(PROOF, address=BOB)), return_exceptions=True
    )  # fmt: skip
    assert sorted(type(each).__name__ for each in both) == ["AccountTaken", "SignedIn"]
    assert len(await racing.rows("SELECT * FROM identities")) == 1
    assert len(await racing.rows("SELECT * FROM sessions")) == 1


@pytest.mark.postgres
async def test_two_accounts_of_one_issuer_at_once_leave_one(racing: World) -> None:
    await invited(racing)
    browsers = [await racing.opens() for _ in range(6)]
    proofs = [replace(PROOF, subject=f"gwen-{number}") for number in range(6)]
    ends = await asyncio.gather(*map(enter, browsers, proofs), return_exceptions=True)
    assert sum(isinstance(each, SignedIn) for each in ends) == 1
    assert len(await racing.rows("SELECT * FROM identities")) == 1


@pytest.mark.postgres
async def test_one_sign_in_finished_many_times_at_once_opens_one_session(racing: World) -> None:
    await enter(await invited(racing))
    browsers = [await racing.opens() for _ in range(6)]
    used = state()
    ends = await asyncio.gather(*(enter(each, PROOF, used) for each in browsers), return_exceptions=True)
    assert sorted(type(each).__name__ for each in ends) == ["SignInStale"] * 5 + ["SignedIn"]
    assert len(await racing.rows("SELECT * FROM sessions")) == 2


@pytest.mark.postgres
async def test_many_browsers_redeem_one_invitation_once(racing: World) -> None:
    await invited(racing)
    browsers = [await racing.opens() for _ in range(6)]
    await asyncio.gather(*map(enter, browsers), return_exceptions=True)
    events = await racing.events()
    assert events.count("invitation.redeemed") == 1
    assert events.count("identity.linked") == 1
    assert len(await racing.rows("SELECT * FROM memberships")) == 1
