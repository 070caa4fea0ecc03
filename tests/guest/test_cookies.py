"""The two cookies: what they look like, and what damaged, old and foreign ones are worth."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer

from domain.seals import Seal
from domain.secrets import Keys
from guest.flow import PURPOSE
from tests.guest.house import KEYS, House

pytestmark = pytest.mark.sockets
Make = Callable[..., Awaitable[House]]

FLOW = "__Host-gatehouse-flow"
SESSION = "__Host-gatehouse-session"


async def test_cookies_have_exactly_the_promised_attributes(house: House) -> None:
    """F4"""
    gwen = house.browser()
    seen = await gwen.ask("GET", await house.invite())
    (line,) = seen.headers.getall("Set-Cookie")
    assert re.fullmatch(rf"{FLOW}=[\w.-]+; Max-Age=7200; Path=/; HttpOnly; SameSite=Lax; Secure", line)
    page = await gwen.submit(await gwen.open("/invitation"))
    seen = await gwen.post("/passcode", page.form().fields | {"code": await house.passcode()})
    session, flow = seen.headers.getall("Set-Cookie")
    assert re.fullmatch(
        rf"{SESSION}=[\w-]{{43}}~contoso; Max-Age=86400; Path=/; HttpOnly; SameSite=Lax; Secure", session
    )
    assert flow == f"{FLOW}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"


async def test_development_has_no_prefix_and_no_secure(make_house: Make) -> None:
    house = await make_house(public_url="http://localhost:3978", development=True)
    seen = await house.browser(host="localhost:3978").ask("GET", "/")
    (line,) = seen.headers.getall("Set-Cookie")
    assert re.fullmatch(r"gatehouse-flow=[\w.-]+; Max-Age=7200; Path=/; HttpOnly; SameSite=Lax", line)


async def test_the_flow_cookie_stays_below_a_kilobyte_and_shows_nothing(house: House) -> None:
    gwen = house.browser()
    await gwen.asked(await house.invite())
    assert len(gwen.cookies[FLOW]) < 1024
    assert "gw" not in gwen.cookies[FLOW].partition(".")[0]
    assert not await house.rows("SELECT * FROM sessions")


async def test_a_damaged_flow_cookie_is_as_none(house: House) -> None:
    gwen = house.browser()
    await gwen.open(await house.invite())
    whole = gwen.cookies[FLOW]
    for place in range(0, len(whole), 9):
        gwen.cookies[FLOW] = whole[:place] + ("A" if whole[place] != "A" else "B") + whole[place + 1 :]
        assert (await gwen.ask("GET", "/invitation")).status == 400
    for garbage in ("x", ".", "a.b", whole + "A", whole[:-1], "%00", "=" * 50, whole.partition(".")[0] + "."):
        gwen.cookies[FLOW] = garbage
        assert (await gwen.ask("GET", "/invitation")).status == 400
    gwen.cookies[FLOW] = whole
    assert (await gwen.ask("GET", "/invitation")).status == 200


async def test_the_flow_lasts_two_hours_from_the_last_step(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    house.clock.move(hours=1, minutes=59)
    await gwen.submit(page)
    house.clock.move(minutes=29)
    assert (await gwen.open("/passcode")).status == 200
    house.clock.move(hours=2)
    assert (await gwen.open("/invitation")).status == 400


async def test_every_secret_key_opens_what_it_sealed(make_house: Make) -> None:
    """Rotation: a key that moved to the second place still counts, one that left does not."""
    house = await make_house()
    gwen = house.browser()
    await gwen.open(await house.invite())
    first, second = KEYS.keys
    old = gwen.cookies[FLOW]
    rotated = Seal(Keys((second, first)), PURPOSE)
    assert rotated.open(old) is not None
    assert Seal(Keys((second,)), "guest flow 1").open(old) is None
    assert Seal(KEYS, "something else").open(old) is None


async def test_the_hidden_field_of_a_session_outlives_a_rotation() -> None:
    from guest.desk import SessionCookie, session_forms

    first, second = KEYS.keys
    session = SessionCookie("token", "contoso")
    shown = session_forms(Keys((first, second)), session)[0]
    assert shown in session_forms(Keys((second, first)), session)
    assert shown not in session_forms(Keys((first,)), SessionCookie("other", "contoso"))


async def test_a_session_id_that_was_there_before_is_never_the_guests(house: House) -> None:
    """F1"""
    gwen = house.browser()
    gwen.cookies[SESSION] = "planted" + "x" * 36 + "~contoso"
    await gwen.signed_in(await house.invite())
    assert "planted" not in gwen.cookies[SESSION]
    attacker = house.browser()
    attacker.cookies[SESSION] = "planted" + "x" * 36 + "~contoso"
    assert (await attacker.open("/guest")).status == 401


async def test_a_session_is_of_the_tenant_it_was_made_in(house: House) -> None:
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    token = gwen.cookies[SESSION].partition("~")[0]
    for value in (token, f"{token}~", f"{token}~northwind", f"{token}~contoso~"):
        gwen.cookies[SESSION] = value
        assert (await gwen.open("/guest")).status == 401
        assert (await gwen.ask("GET", "/access/check")).status == 401


async def test_a_session_ends_after_its_day(house: House) -> None:
    """F2"""
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    house.clock.move(hours=23, minutes=59, seconds=59)
    assert (await gwen.open("/guest")).status == 200
    house.clock.move(seconds=2)
    assert (await gwen.open("/guest")).status == 401


@pytest.mark.parametrize(
    "value",
    [
        "", "~", "x", "~contoso", "x~contoso", "a" * 42 + "~contoso", "a" * 44 + "~contoso", "\udcff\udcfe~x",
        "a" * 43 + "~\udcff", "a" * 43 + "~" + "x" * 2000, "é" * 43 + "~contoso", '"' + "a" * 43 + '"~contoso',
        "a" * 43 + "~%ff%00", "a" * 42 + "+", "a" * 43 + "~\t",
    ],
)  # fmt: skip
async def test_a_session_cookie_of_another_shape_is_as_none(house: House, value: str) -> None:
    """F1: never a fault of ours, and nobody is asked about it."""
    line = f"{SESSION}={value}; {FLOW}={value}; __Host-gatehouse-language={value}"
    raw = line.encode("utf-8", "surrogateescape")
    assert await _status(house, b"GET /guest", raw) == 401
    assert await _status(house, b"GET /access/check", raw) == 401
    assert await _status(house, b"GET /", raw) == 200
    assert await _status(house, b"GET /invitation", raw) == 400
    assert await _status(house, b"POST /guest/sign-out", raw) in (401, 403, 415)


async def _status(house: House, asked: bytes, cookie: bytes) -> int:
    server = house.client.server
    assert isinstance(server, TestServer)
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(asked + b" HTTP/1.1\r\nHost: gate.contoso.example\r\nConnection: close\r\nCookie: " + cookie)
    writer.write(b"\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return int(answer.split(b" ", 2)[1])
