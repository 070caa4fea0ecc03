"""What a guest is offered, as Microsoft, Google and partners answer – or don't."""

from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

import pytest

from domain.policies import Method, Partner
from providers.clients import Client, Clients
from tests.guest.house import GWEN, House
from tests.guest.journeying import Outside, leaves, path
from tests.servers.authority import HOME, Authority

pytestmark = pytest.mark.sockets
Make = Callable[..., Awaitable[House]]


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    server = await Authority().start()
    yield server
    await server.stop()


@pytest.fixture
async def house(make_house: Make, authority: Authority) -> House:
    """Registered with Microsoft and Google; Fabrikam is an organisation at Microsoft."""
    authority.tenants["fabrikam.example"] = HOME
    authority.realms[GWEN] = "Managed"
    client = Client("id", "secret")
    house = await make_house(clients=Clients(client, client, authority.url, authority.url))
    now = int(house.clock.now.timestamp())
    authority.claims = {"iat": now, "exp": now + 600}
    return house


async def test_who_has_an_account_for_certain_is_sent_no_code(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    assert "Sign in with Microsoft" in page.text
    assert "Sign in with Google" not in page.text
    assert "Send me a code" not in page.text
    seen = await gwen.post("/invitation", page.form("decline").fields)
    assert seen.status == 409
    assert not await house.rows("SELECT * FROM passcodes")


async def test_who_has_none_gets_a_code_as_ever(house: House) -> None:
    vic = house.browser()
    page = await vic.open(await house.invite("vic@tailspin.example"))
    assert "Sign in with" not in page.text
    page = await vic.submit(page)
    assert "Check your mail" in page.text


async def test_unknown_is_no_no_and_blocks_nobody(house: House, authority: Authority) -> None:
    authority.broken["/"] = 503
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    assert "Sign in with Microsoft" in page.text
    page = await gwen.submit(page)
    assert "Check your mail" in page.text


async def test_a_hanging_discovery_delays_the_invitation_by_three_seconds_at_most(
    house: House, authority: Authority
) -> None:
    authority.broken["/"] = 0
    gwen, link, began = house.browser(), await house.invite(), monotonic()
    page = await gwen.open(link)
    assert monotonic() - began < 4.5
    assert "Send me a code" in page.text
    began = monotonic()
    await gwen.open("/invitation")
    assert monotonic() - began < 1


@pytest.mark.parametrize("where", ["/organizations", "/token"])
async def test_a_hanging_provider_is_a_page_within_five_seconds(house: House, authority: Authority, where: str) -> None:
    gwen = house.browser()
    await gwen.open(await house.invite())
    if where == "/token":
        back = path(await Outside().signs_in(await leaves(gwen, "microsoft")))
    else:
        back = "/sign-in/microsoft"
    authority.broken[where] = 0
    house.clock.move(minutes=6)
    authority.broken["/fabrikam.example"] = 0
    began = monotonic()
    page = await gwen.ask("GET", back)
    assert monotonic() - began < 5
    assert page.status == 424
    assert "doesn’t work right now" in page.text
    assert "Sign in with" in page.text or "Send me a code" in page.text
    page = await gwen.submit(page)
    assert "Check your mail" in page.text


async def test_an_organisations_guest_signs_in_and_personal_and_google_ones_too(
    house: House, authority: Authority
) -> None:
    authority.claims |= {"iss": f"{authority.url}/{HOME}/v2.0", "tid": HOME, "preferred_username": GWEN}
    gwen = house.browser()
    await gwen.open(await house.invite())
    page = await gwen.open(path(await Outside().signs_in(await leaves(gwen, "microsoft"))))
    assert GWEN in page.text
    authority.claims |= {"iss": authority.url, "sub": "g", "email": "gwen@gmail.com", "email_verified": True}
    other = house.browser()
    page = await other.open(await house.invite("gwen@gmail.com"))
    assert "Sign in with Google" in page.text
    page = await other.open(path(await Outside().signs_in(await leaves(other, "google"))))
    assert "gwen@gmail.com" in page.text


async def test_methods_stand_in_the_tenants_order_and_those_that_are_off_do_not(
    house: House, authority: Authority
) -> None:
    partner = Partner("p1", "Fabrikam", authority.url, "id", ("fabrikam.example",))
    await house.policy(partners=(partner,), methods=((Method.PARTNER, True), (Method.MICROSOFT, True)))
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    assert page.text.index("Sign in with Fabrikam") < page.text.index("Sign in with Microsoft")
    await house.policy(methods=((Method.MICROSOFT, False),))
    page = await gwen.open("/invitation")
    assert "Sign in with Microsoft" not in page.text
    assert (await gwen.ask("GET", "/sign-in/microsoft")).status == 403
    assert (await gwen.ask("GET", "/sign-in/nobody")).status == 403


async def test_without_an_invitation_or_an_address_nobody_is_sent_anywhere(house: House) -> None:
    stranger = house.browser()
    assert (await stranger.ask("GET", "/sign-in/microsoft")).status == 400
    assert (await stranger.ask("GET", "/sign-in/microsoft/callback?state=x&code=y")).status == 409
    assert (await stranger.ask("GET", "/guest/account/microsoft")).status == 401
    assert (await stranger.ask("GET", "/sign-in")).status == 400


@pytest.mark.parametrize(
    "query", ["", "state=a&state=b&code=c", "state=" + "x" * 5000, "error=%3Cscript%3E", "code=%00&state=%F0%9F"]
)
async def test_a_crooked_callback_is_a_page(house: House, query: str) -> None:
    gwen = house.browser()
    await gwen.open(await house.invite())
    await leaves(gwen, "microsoft")
    page = await gwen.ask("GET", f"/sign-in/microsoft/callback?{query}")
    assert page.status == 409
    assert "<script" not in page.text
    assert "Back to the invitation" in page.text
