"""Sessions that began with an account: what they are worth hangs on the policy of the moment, not of the sign-in."""

from dataclasses import replace

import pytest

from domain import factors, identities, passcodes, recovery, refusals
from domain.errors import BetterMethod, FeatureOff, PolicyForbids, SecondFactorNeeded
from domain.methods import Answer, Discovered
from domain.policies import Forbidden, Method, Partner, Rule
from domain.sign_in_errors import MethodOff, NoGuest
from domain.sign_ins import Proof
from domain.views import PasscodeMail
from tests.domain.second_factors import MFA, Holder
from tests.domain.test_identities import PARTNER, PROOF, enter, invited, state
from tests.domain.world import CONTOSO, GWEN, Browser, World

STRONG = replace(PROOF, methods=("mfa",))
TRUSTED = replace(PARTNER, trusts_mfa=True)
OTHER = Partner("p2", "Other", "https://id.other.example", "client", ("other.example",))
GOOGLE = Proof(Method.GOOGLE, "google", "https://accounts.google.com", "g-1", GWEN, methods=("mfa",))


async def test_a_partners_second_factor_counts_no_longer_than_the_trust_in_it(quick: World) -> None:
    browser = await invited(quick)
    await quick.policy(partners=(TRUSTED,), rules=(MFA,))
    await enter(browser, STRONG)
    await browser.access()
    await quick.policy(partners=(PARTNER,))
    with pytest.raises(SecondFactorNeeded):
        await browser.access()
    assert (await Holder(browser).sees()).needed
    await quick.policy(partners=(TRUSTED,))
    await browser.access()


async def test_so_does_googles(quick: World) -> None:
    quick.settings["providers"] = frozenset({Method.GOOGLE})
    browser = await invited(quick)
    await quick.policy(trusted_mfa=(Method.GOOGLE,), rules=(MFA,))
    await enter(browser, GOOGLE)
    await browser.access()
    await quick.policy(trusted_mfa=())
    with pytest.raises(SecondFactorNeeded):
        await browser.access()


async def test_the_guests_own_second_factor_stays_when_the_trust_goes(quick: World) -> None:
    browser = await invited(quick)
    await quick.policy(partners=(TRUSTED,), rules=(MFA,))
    await enter(browser, STRONG)
    await Holder(browser).sets_up_app()
    await quick.policy(partners=(PARTNER,))
    await browser.access()


async def test_a_providers_second_factor_changes_nothing_about_the_guests_own(quick: World) -> None:
    browser = await invited(quick)
    await quick.policy(partners=(TRUSTED,))
    await enter(browser)
    gwen = Holder(browser)
    await gwen.sets_up_app()
    quick.clock.move(minutes=2)
    there = gwen.elsewhere(await quick.opens())
    await enter(there.browser, STRONG)
    (factor,) = (await there.sees()).factors
    for change in (lambda: there.do(factors.remove, factor.factor_id), lambda: there.do(recovery.renew_codes)):
        with pytest.raises(SecondFactorNeeded):
            await change()
    await there.enters()
    assert await there.do(recovery.renew_codes)


async def test_a_session_ends_with_its_partner_whoever_else_is_one(quick: World) -> None:
    browser = await invited(quick)
    await enter(browser)
    await quick.policy(partners=(PARTNER, OTHER))
    await browser.access()
    await quick.policy(partners=(OTHER,))
    with pytest.raises(FeatureOff):
        await browser.access()


@pytest.mark.parametrize("change", [{"issuer": "https://moved.example"}, {"domains": ("other.example",)}])
async def test_a_session_ends_when_its_partner_is_another_or_lost_the_domain(
    quick: World, change: dict[str, object]
) -> None:
    browser = await invited(quick)
    await enter(browser)
    await quick.policy(partners=(replace(PARTNER, **change),))
    with pytest.raises(FeatureOff):
        await browser.access()


async def test_a_session_ends_with_its_account(quick: World) -> None:
    quick.settings["providers"] = frozenset({Method.GOOGLE})
    for proof in (PROOF, GOOGLE):
        browser = await invited(quick) if proof is PROOF else await quick.opens()
        await enter(browser, proof)
        await browser.access()
        await quick.change("DELETE FROM identities")
        with pytest.raises(FeatureOff):
            await browser.access()


# ── passcodes for those who have an account ──────────────────────────────────────────────────────────────────────────
def certain(world: World) -> tuple[Discovered, ...]:
    return (Discovered(Method.PARTNER, Answer.YES, "partner_domain", world.clock.now, "p1", "Fabrikam"),)


async def test_who_came_in_with_an_account_is_sent_no_passcode_instead(world: World) -> None:
    await enter(await invited(world))
    world.clock.move(minutes=2)
    again = await world.opens()
    with pytest.raises(BetterMethod):
        await asks(again, certain(world))
    elsewhere = world.browser()
    await elsewhere.asks_by_address()
    await world.deliver()
    assert world.mails(PasscodeMail) == []
    doubtful = (replace(certain(world)[0], answer=Answer.UNKNOWN),)
    await asks(again, doubtful)


@pytest.mark.parametrize(
    "change", [{"partners": ()}, {"partners": (OTHER,)}, {"methods": ((Method.PARTNER, False),)}], ids=str
)
async def test_an_account_that_opens_nothing_any_more_leaves_the_passcode(
    quick: World, change: dict[str, object]
) -> None:
    await enter(await invited(quick))
    quick.clock.move(minutes=2)
    await quick.policy(**change)
    browser = quick.browser()
    await browser.asks_by_address()
    await quick.deliver()
    await browser.types(quick.passcode())
    await browser.access()


async def test_an_account_that_came_later_takes_no_passcode_away(quick: World) -> None:
    browser = await quick.guest()
    await quick.policy(partners=(PARTNER,))
    quick.clock.move(minutes=2)
    await quick.do(identities.link, PROOF, state(), browser.session)
    await asks(await quick.opens(), certain(quick))
    await quick.browser().asks_by_address()


async def asks(browser: Browser, found: tuple[Discovered, ...]) -> None:
    asked = (*browser._link(), found)
    browser.passcode = await browser.world.do(
        lambda work: passcodes.request(work, *asked[:3], browser=browser.name, language="en", found=asked[3])
    )
    await browser.world.deliver()


# ── signing in again ─────────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_known_account_is_let_in_for_the_partners_domains_alone(quick: World) -> None:
    await enter(await invited(quick))
    quick.clock.move(minutes=2)
    await quick.policy(partners=(replace(PARTNER, domains=("other.example",)),))
    again = await quick.opens()
    with pytest.raises(MethodOff):
        await enter(again)
    for proof, typed in ((PROOF, GWEN), (replace(PROOF, address="x@other.example"), "x@other.example")):
        with pytest.raises(NoGuest):
            await quick.do(identities.come_back, proof, state(), typed, language="en")
    await asks(again, ())
    await again.types(quick.passcode())
    with pytest.raises(MethodOff):
        await quick.do(identities.link, PROOF, state(), again.session)


@pytest.mark.parametrize("way", ["come back", "choices", "move"])
async def test_a_rule_that_forbids_the_method_says_of_whom(quick: World, way: str) -> None:
    """So that the audit's row is the tenant's, and the guest's."""
    browser = await invited(quick)
    if way == "move":
        await asks(browser, ())
        await browser.types(quick.passcode())
    else:
        await enter(browser)
    await quick.policy(rules=(Rule("r1", "no", methods=(Method.PARTNER,), block=True),))
    tried = {
        "come back": (identities.come_back, PROOF, state(), GWEN),
        "choices": (identities.choices, PROOF, GWEN),
        "move": (identities.link, PROOF, state(), browser.session),
    }[way]
    with pytest.raises(PolicyForbids) as raised:
        await quick.do(*tried, **({"language": "en"} if way == "come back" else {}))
    (guest,) = await quick.rows("SELECT * FROM guests")
    assert (raised.value.tenant_id, raised.value.guest_id) == (CONTOSO, guest.guest_id)


async def test_what_is_forbidden_without_a_tenant_is_not_noted(quick: World) -> None:
    assert not await quick.do(refusals.forbidden, PolicyForbids(Forbidden.RULE))
    assert await quick.rows("SELECT * FROM audit_events WHERE kind = 'refused'") == []
