"""Signing in with an account at a partner's own provider: a real, certified one."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import text

from domain import identities
from domain.policies import Method, Partner, Rule
from domain.seals import seal
from domain.sign_in_errors import SignInStale
from domain.sign_ins import Proof
from domain.views import Surface
from tests.guest.house import ALICE, GWEN, KEYS, PRODUCTION, TEAM, Browser, House
from tests.guest.journeying import Outside, leaves, path, signs_in
from tests.servers.background import free_port
from tests.servers.openid import SECRET, OpenIdProvider

pytestmark = pytest.mark.sockets
Make = Callable[..., Awaitable[House]]
FABRIKAM = "fabrikam-provider"
CALLBACK = f"{PRODUCTION}/sign-in/{FABRIKAM}/callback"
PEOPLE = {
    "gwen-1": {"email": "Gwen@fabrikam.example", "email_verified": True},
    "gwen-2": {"email": GWEN, "email_verified": True},
    "bob-1": {"email": "bob@fabrikam.example", "email_verified": True},
    "unverified": {"email": GWEN, "email_verified": False},
    "nameless": {},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    server = OpenIdProvider.start(CALLBACK)
    yield server
    server.stop()


@dataclass
class Office:
    """A house whose tenant has a partner, and the partner's provider."""

    house: House
    provider: OpenIdProvider
    partner: Partner

    async def gwen(self) -> Browser:
        """Invited, with the invitation's page open."""
        browser = self.house.browser()
        await browser.open(await self.house.invite())
        return browser

    async def gwen_again(self) -> Browser:
        """Another browser, with the same invitation open."""
        (row,) = await self.house.rows("SELECT invitation_id FROM invitations")
        browser = self.house.browser()
        await browser.open(await self.house.link(row.invitation_id))
        return browser

    async def change(self, **changes: Any) -> None:
        values = {name: getattr(self.partner, name) for name in Partner.__slots__}
        self.partner = Partner(**values | changes)
        await self.house.policy(partners=(self.partner,))


@pytest.fixture
async def office(make_house: Make, provider: OpenIdProvider) -> Office:
    house = await make_house(now=datetime.now(UTC))
    partner = Partner(FABRIKAM, "Fabrikam", provider.issuer, "public", ("fabrikam.example",))
    await house.policy(partners=(partner,))
    provider.control(accounts=PEOPLE, account="gwen-1", refuse=False, page=False, amr=None, acr=None)
    return Office(house, provider, partner)


async def test_an_invited_guest_signs_in_with_the_partners_account_and_is_in(office: Office) -> None:
    gwen = office.house.browser()
    page = await gwen.open(await office.house.invite())
    assert "Sign in with Fabrikam" in page.text
    assert "Send me a code" not in page.text
    page = await signs_in(gwen, FABRIKAM)
    assert page.status == 200
    assert GWEN in page.text
    assert "Launch" in page.text
    (identity,) = await office.house.rows("SELECT * FROM identities")
    assert (identity.issuer, identity.subject, identity.method) == (office.provider.issuer, "gwen-1", "partner")
    (session,) = await office.house.rows("SELECT * FROM sessions")
    assert session.identity_id == identity.identity_id
    assert session.method == "partner"
    assert session.second_factor is None
    kinds = [row.kind for row in await office.house.rows("SELECT kind FROM audit_events ORDER BY sequence")]
    assert kinds[-3:] == ["invitation.redeemed", "identity.linked", "session.started"]


async def test_the_request_carries_state_nonce_pkce_and_the_hint_and_the_cookie_stays_small(office: Office) -> None:
    gwen = await office.gwen()
    asked = parse_qs(urlsplit(await leaves(gwen, FABRIKAM)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["login_hint"] == [GWEN]
    assert asked["redirect_uri"] == [CALLBACK]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name][0]) == 43
    again = parse_qs(urlsplit(await leaves(gwen, FABRIKAM)).query)
    assert again["state"] != asked["state"]
    assert again["nonce"] != asked["nonce"]
    cookie = gwen.cookies["__Host-gatehouse-flow"]
    assert len(cookie) < 1024
    assert asked["state"][0] not in cookie


async def test_a_confidential_client_uses_the_partners_sealed_secret(office: Office) -> None:
    await office.change(client_id="gatehouse")
    gwen = await office.gwen()
    page = await signs_in(gwen, FABRIKAM)
    assert page.status == 424
    sealed = seal(KEYS, "provider secret").close(SECRET.encode())
    await office.house.database.write(
        lambda work: work.run(
            text("INSERT INTO provider_secrets VALUES (:id, 'contoso', :sealed)"), {"id": FABRIKAM, "sealed": sealed}
        )
    )
    page = await signs_in(gwen, FABRIKAM)
    assert GWEN in page.text
    assert page.status == 200


async def test_the_account_comes_back_by_address_without_being_asked_who_is_known(office: Office) -> None:
    await signs_in(await office.gwen(), FABRIKAM)
    pages: list[str] = []
    for address in (GWEN, "gone@fabrikam.example"):
        browser = office.house.browser()
        page = await browser.submit(await browser.open("/"), email=address)
        assert page.status == 200
        assert "Sign in with Fabrikam" in page.text
        assert "Send me a code" in page.text
        pages.append(page.text.replace(address, "").replace(page.form().fields["csrf"], ""))
    assert pages[0] == pages[1]
    back = office.house.browser()
    await back.submit(await back.open("/"), email=GWEN)
    page = await signs_in(back, FABRIKAM)
    assert page.status == 200
    assert "Launch" in page.text
    assert [row.subject for row in await office.house.rows("SELECT subject FROM identities")] == ["gwen-1"]


async def test_a_returning_stranger_is_told_after_the_account_proved_who_asks(office: Office) -> None:
    await signs_in(await office.gwen(), FABRIKAM)
    office.provider.control(account="bob-1")
    bob = office.house.browser()
    await bob.submit(await bob.open("/"), email="bob@fabrikam.example")
    page = await signs_in(bob, FABRIKAM)
    assert page.status == 403
    assert "You are not a guest here" in page.text


async def test_a_known_account_signs_in_its_own_guest_whatever_its_address_is_now(office: Office) -> None:
    await signs_in(await office.gwen(), FABRIKAM)
    office.provider.control(
        accounts=PEOPLE | {"gwen-1": {"email": "gwen.new@fabrikam.example", "email_verified": True}}
    )
    back = office.house.browser()
    await back.submit(await back.open("/"), email="gwen.new@fabrikam.example")
    page = await signs_in(back, FABRIKAM)
    assert page.status == 200
    assert GWEN in page.text


async def test_two_organisations_that_know_an_account_are_chosen_from(office: Office) -> None:
    await signs_in(await office.gwen(), FABRIKAM)
    charlie = replace(ALICE, tenant_id="tailspin", person_id="charlie-id")
    toys = replace(TEAM, tenant_id="tailspin", channel_id="19:toys@thread", name="Toys")
    await office.house.policy("tailspin", partners=(office.partner,))
    there = office.house.browser()
    await there.open(await office.house.invite(place=toys, person=charlie))
    await signs_in(there, FABRIKAM)
    back = office.house.browser()
    await back.submit(await back.open("/"), email=GWEN)
    page = await signs_in(back, FABRIKAM)
    assert "Where would you like to go?" in page.text
    refused = await back.submit(page, tenant="fabrikam")
    assert refused.status == 422
    page = await back.submit(page, tenant="tailspin")
    assert "Toys" in page.text
    assert "Launch" not in page.text


async def test_an_address_is_offered_the_partner_of_every_tenant_that_has_one(office: Office) -> None:
    """Which tenant somebody is a guest of is not asked before the sign-in."""
    toys = replace(office.partner, provider_id="toys-provider", name="Fabrikam for Toys")
    await office.house.policy("tailspin", partners=(toys,))
    await signs_in(await office.gwen(), FABRIKAM)
    back = office.house.browser()
    page = await back.submit(await back.open("/"), email=GWEN)
    for provider_id in (FABRIKAM, "toys-provider"):
        assert page.text.count(f'"/sign-in/{provider_id}"') == 1
    assert (await signs_in(back, FABRIKAM)).status == 200


# ── attacks and mishaps ──────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_callback_works_once(office: Office) -> None:
    gwen = await office.gwen()
    before = dict(gwen.cookies)
    back = path(await Outside().signs_in(await leaves(gwen, FABRIKAM)))
    flow = dict(gwen.cookies)
    assert (await gwen.open(back)).status == 200
    again = await gwen.ask("GET", back)
    assert again.status == 409
    assert "This sign-in is over" in again.text
    gwen.cookies = flow
    replayed = await gwen.ask("GET", back)
    assert replayed.status == 409
    assert before.keys() == flow.keys()
    assert len(await office.house.rows("SELECT * FROM sessions")) == 1


async def test_a_state_is_spent_even_where_a_provider_takes_its_code_twice(office: Office) -> None:
    gwen = await office.gwen()
    state = parse_qs(urlsplit(await leaves(gwen, FABRIKAM)).query)["state"][0]
    proof = Proof(Method.PARTNER, FABRIKAM, office.provider.issuer, "gwen-1", GWEN)
    (row,) = await office.house.rows("SELECT tenant_id, invitation_id, token_hash FROM links")
    write = office.house.database.write
    await write(identities.enter, proof, state, *row, language="en")
    with pytest.raises(SignInStale):
        await write(identities.enter, proof, state, *row, language="en")


async def test_another_browser_cannot_finish_what_this_one_began(office: Office) -> None:
    """Login CSRF: the attacker's own code, in the victim's browser."""
    mallory = await office.gwen()
    back = path(await Outside().signs_in(await leaves(mallory, FABRIKAM)))
    victim = await office.gwen_again()
    assert (await victim.ask("GET", back)).status == 409
    await leaves(victim, FABRIKAM)
    assert (await victim.ask("GET", back)).status == 409
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(await leaves(victim, FABRIKAM)).query)["state"][0]
    injected = await victim.ask(
        "GET", f"/sign-in/{FABRIKAM}/callback?code={code}&state={state}&iss={quote(office.provider.issuer)}"
    )
    assert injected.status == 409
    assert not await office.house.rows("SELECT * FROM sessions")


async def test_a_callback_of_another_provider_is_refused(office: Office) -> None:
    """Mix-up: one redirect address each, and the issuer in the answer (RFC 9207)."""
    other = replace(office.partner, provider_id="other", name="Other")
    await office.house.policy(partners=(office.partner, other))
    gwen = await office.gwen()
    back = path(await Outside().signs_in(await leaves(gwen, FABRIKAM)))
    assert (await gwen.ask("GET", back.replace(FABRIKAM, "other"))).status == 409
    mixed = back.replace(quote(office.provider.issuer, safe=""), quote("https://evil.example", safe=""))
    assert mixed != back
    page = await gwen.ask("GET", mixed)
    assert page.status == 424
    back = path(await Outside().signs_in(await leaves(gwen, FABRIKAM)))
    page = await gwen.ask("GET", back.partition("&iss=")[0])
    assert page.status == 424
    assert not await office.house.rows("SELECT * FROM sessions")


async def test_an_unverified_address_is_worth_nothing_and_a_code_is_offered(office: Office) -> None:
    office.provider.control(account="unverified")
    gwen = await office.gwen()
    page = await signs_in(gwen, FABRIKAM)
    assert page.status == 403
    assert "doesn’t prove your address" in page.text
    assert "gw***@fabrikam.example" in page.text
    assert GWEN not in page.text
    page = await gwen.submit(page)
    page = await gwen.submit(page, code=await office.house.passcode())
    assert GWEN in page.text


@pytest.mark.parametrize("account", ["bob-1", "nameless"])
async def test_signing_in_as_someone_else_says_so_and_no_more(office: Office, account: str) -> None:
    office.provider.control(account=account)
    gwen = await office.gwen()
    page = await signs_in(gwen, FABRIKAM)
    assert page.status == 403
    assert "You signed in as someone else" in page.text
    assert "gw***@fabrikam.example" in page.text
    assert GWEN not in page.text
    assert "bob" not in page.text
    assert "Sign in with Fabrikam" in page.text
    (event,) = await office.house.rows("SELECT * FROM audit_events WHERE kind = 'refused'")
    assert "other_address" in event.detail
    assert parse_qs(urlsplit(await leaves(gwen, FABRIKAM)).query)["prompt"] == ["login"]


async def test_a_guest_who_cancels_may_try_again_or_take_a_code(office: Office) -> None:
    office.provider.control(refuse=True)
    gwen = await office.gwen()
    page = await signs_in(gwen, FABRIKAM)
    assert page.status == 403
    assert "You did not sign in" in page.text
    assert "Sign in with Fabrikam" in page.text
    page = await gwen.submit(page)
    assert "Check your mail" in page.text


async def test_another_account_of_the_same_provider_is_refused(office: Office) -> None:
    await signs_in(await office.gwen(), FABRIKAM)
    office.provider.control(account="gwen-2")
    page = await signs_in(await office.gwen_again(), FABRIKAM)
    assert page.status == 403
    assert "known here by another account" in page.text
    back = office.house.browser()
    await back.submit(await back.open("/"), email=GWEN)
    page = await signs_in(back, FABRIKAM)
    assert "known here by another account" in page.text


async def test_an_account_of_another_guest_is_refused(office: Office) -> None:
    await signs_in(await office.gwen(), FABRIKAM)
    bob = office.house.browser()
    await bob.open(await office.house.invite("bob@fabrikam.example"))
    office.provider.control(accounts=PEOPLE | {"gwen-1": {"email": "bob@fabrikam.example", "email_verified": True}})
    page = await signs_in(bob, FABRIKAM)
    assert page.status == 403
    assert "belongs to another guest" in page.text


async def test_a_partner_vouches_for_its_own_domains_alone(office: Office) -> None:
    victim = {"email": "vic@tailspin.example", "email_verified": True}
    office.provider.control(accounts=PEOPLE | {"vic": victim}, account="vic")
    vic = office.house.browser()
    page = await vic.open(await office.house.invite("vic@tailspin.example"))
    assert "Fabrikam" not in page.text
    seen = await vic.ask("GET", f"/sign-in/{FABRIKAM}")
    assert seen.status == 403
    assert "You can’t sign in this way" in seen.text


async def test_a_provider_that_is_down_leaves_the_code(office: Office) -> None:
    gwen = await office.gwen()
    await office.change(issuer=f"http://127.0.0.1:{free_port()}")
    page = await gwen.ask("GET", f"/sign-in/{FABRIKAM}")
    assert page.status == 424
    assert "doesn’t work right now" in page.text
    assert "Traceback" not in page.text
    page = await gwen.submit(page)
    assert "Check your mail" in page.text


async def test_without_a_code_a_provider_that_is_down_leaves_trying_again(office: Office) -> None:
    await office.house.policy(methods=((Method.EMAIL_PASSCODE, False),))
    gwen = await office.gwen()
    await office.change(issuer=f"http://127.0.0.1:{free_port()}")
    page = await gwen.ask("GET", f"/sign-in/{FABRIKAM}")
    assert page.status == 424
    assert "Send me a code" not in page.text
    assert "Sign in with Fabrikam" in page.text


async def test_with_nothing_possible_the_page_says_who_can_help(office: Office) -> None:
    await office.house.policy(methods=((Method.EMAIL_PASSCODE, False),))
    vic = office.house.browser()
    page = await vic.open(await office.house.invite("vic@tailspin.example"))
    assert page.status == 403
    assert "Alice Owner" in page.text


async def test_a_method_that_was_switched_off_meanwhile_lets_nobody_in(office: Office) -> None:
    gwen = await office.gwen()
    back = path(await Outside().signs_in(await leaves(gwen, FABRIKAM)))
    await office.house.policy(methods=((Method.PARTNER, False),))
    assert (await gwen.ask("GET", back)).status == 403
    assert not await office.house.rows("SELECT * FROM sessions")


async def test_a_rule_that_blocks_the_method_is_asked_at_the_door(office: Office) -> None:
    gwen = await office.gwen()
    rule = Rule("r1", "No partners", methods=(Method.PARTNER,), block=True)
    await office.house.policy(rules=(rule,))
    seen = await gwen.ask("GET", f"/sign-in/{FABRIKAM}")
    assert seen.status == 403
    assert "A rule of this organisation" in seen.text


@pytest.mark.parametrize("known", [False, True])
async def test_an_account_that_a_rule_keeps_out_is_noted_with_the_rule(office: Office, known: bool) -> None:
    gwen = await office.gwen()
    if known:
        await signs_in(gwen, FABRIKAM)
        gwen = await office.gwen_again()
    back = path(await Outside().signs_in(await leaves(gwen, FABRIKAM)))
    await office.house.policy(rules=(Rule("r1", "No partners", methods=(Method.PARTNER,), block=True),))
    assert (await gwen.ask("GET", back)).status == 403
    (event,) = await office.house.rows("SELECT * FROM audit_events WHERE kind = 'refused'")
    (invitation,) = await office.house.rows("SELECT * FROM invitations")
    assert (event.tenant_id, event.invitation_id) == ("contoso", invitation.invitation_id)
    assert '"r1"' in event.detail


@pytest.mark.parametrize(
    ("trusts", "said", "second"),
    [
        (True, {"amr": ["pwd", "mfa"]}, "provider"),
        (True, {"acr": "urn:partner:strong"}, "provider"),
        (True, {"amr": ["pwd"], "acr": "urn:partner:weak"}, None),
        (False, {"amr": ["pwd", "mfa"], "acr": "urn:partner:strong"}, None),
    ],
)
async def test_a_partners_second_factor_counts_where_the_tenant_trusts_it(
    office: Office, trusts: bool, said: dict[str, Any], second: str | None
) -> None:
    await office.change(trusts_mfa=trusts, mfa_acr=("urn:partner:strong",))
    office.provider.control(**said)
    await signs_in(await office.gwen(), FABRIKAM)
    (session,) = await office.house.rows("SELECT * FROM sessions")
    assert session.second_factor == second


# ── the move ─────────────────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_passcode_guest_who_gets_an_account_is_offered_the_move_and_keeps_the_code(office: Office) -> None:
    await office.house.policy(partners=())
    link = await office.house.invite()
    gwen = office.house.browser()
    await gwen.signed_in(link)
    await office.house.policy(partners=(office.partner,))
    office.house.clock.move(seconds=1)
    page = await gwen.open("/guest")
    assert f"/guest/account/{FABRIKAM}" in page.text
    before = gwen.cookies["__Host-gatehouse-session"]
    seen = await gwen.ask("GET", f"/guest/account/{FABRIKAM}")
    page = await gwen.open(path(await Outside().signs_in(seen.headers["Location"])))
    assert page.status == 200
    assert "/guest/account/" not in page.text
    assert gwen.cookies["__Host-gatehouse-session"] != before
    stale = office.house.browser(cookies={"__Host-gatehouse-session": before})
    assert (await stale.open("/guest")).status == 401
    later = office.house.browser()
    page = await later.open(link)
    assert "Sign in with Fabrikam" in page.text
    assert "Send me a code" in page.text
    page = await signs_in(later, FABRIKAM)
    assert "Launch" in page.text


async def test_the_move_needs_the_guests_own_account(office: Office) -> None:
    await office.house.policy(partners=())
    gwen = office.house.browser()
    await gwen.signed_in(await office.house.invite())
    await office.house.policy(partners=(office.partner,))
    office.provider.control(account="bob-1")
    seen = await gwen.ask("GET", f"/guest/account/{FABRIKAM}")
    page = await gwen.open(path(await Outside().signs_in(seen.headers["Location"])))
    assert page.status == 403
    assert "You signed in as someone else" in page.text
    assert (await gwen.open("/guest")).status == 200
    assert not await office.house.rows("SELECT * FROM identities")


async def test_the_move_asks_the_operators_switches_of_the_sessions_own_tenant(office: Office) -> None:
    await office.house.policy(partners=())
    gwen = office.house.browser()
    await gwen.signed_in(await office.house.invite())
    await office.house.policy(partners=(office.partner,))
    seen = await gwen.ask("GET", f"/guest/account/{FABRIKAM}")
    back = path(await Outside().signs_in(seen.headers["Location"]))
    office.house.switches.off = frozenset({("email_passcode", Surface.CHAT)})
    office.house.switches.only = "contoso"
    assert "wrong with your mailbox" in (await gwen.ask("GET", back)).text
    assert (await gwen.ask("GET", f"/guest/account/{FABRIKAM}")).status == 403
    elsewhere = gwen.cookies["__Host-gatehouse-session"].replace("~contoso", "~tailspin")
    other = office.house.browser(cookies=gwen.cookies | {"__Host-gatehouse-session": elsewhere})
    assert (await other.ask("GET", back)).status == 401
    assert (await other.ask("GET", f"/guest/account/{FABRIKAM}")).status == 401
    assert not await office.house.rows("SELECT * FROM identities")
