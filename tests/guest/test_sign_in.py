"""Signing in with an account at a partner's own provider: a real, certified one."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.policies import Partner
from tests.guest.house import GWEN, PRODUCTION, Browser, House
from tests.guest.journeying import signs_in
from tests.servers.openid import OpenIdProvider

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
