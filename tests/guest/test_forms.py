"""Forms: only our own, from our own pages, of a sensible size, count."""

import asyncio
import gzip
import re

import pytest
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guest import forms
from tests.guest.house import GWEN, House

pytestmark = pytest.mark.sockets


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://gate.contoso.example"}, False),
        ({"Origin": "https://gate.contoso.example"}, True),
        ({"Origin": "https://gate.contoso.example:443"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://gate.contoso.example"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://gate.contoso.example.evil.example"}, False),
        ({"Origin": "https://gate.contoso.example:8443"}, False),
        ({"Origin": ""}, False),
    ],
)
async def test_where_a_form_was_sent_from(house: House, headers: dict[str, str], accepted: bool) -> None:
    """F1"""
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    seen = await gwen.post("/invitation", page.form().fields, {"Origin": "null"} | headers)
    assert seen.status == (303 if accepted else 403)
    assert len(await house.rows("SELECT * FROM passcodes")) == accepted


async def test_a_browser_that_sends_neither_header_is_served(house: House) -> None:
    gwen = house.browser()
    page = await gwen.open(await house.invite())
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    seen = await gwen.ask("POST", "/invitation", data="csrf=" + page.form().fields["csrf"], headers=form)
    assert seen.status == 303


@pytest.mark.parametrize("csrf", [None, "", "x", "\ud7ff", "a" * 43])
async def test_without_the_hidden_field_nothing_happens(house: House, csrf: str | None) -> None:
    """F1"""
    gwen = house.browser()
    await gwen.signed_in(await house.invite())
    await gwen.open(await house.invite("gwen@northwind.example"))
    before = await house.contents()
    fields = {} if csrf is None else {"csrf": csrf}
    posts = ("/invitation", "/invitation/decline", "/passcode", "/passcode/again", "/", "/choose", "/withdraw",
             "/guest/sign-out", "/guest/sessions/end", "/guest/leave", "/guest/language")  # fmt: skip
    for path in posts:
        seen = await gwen.post(path, fields)
        assert seen.status == 403
        assert "<h1>" in seen.text
    assert await house.contents() == before


async def test_the_hidden_field_of_one_browser_is_worth_nothing_in_another(house: House) -> None:
    """F1"""
    attacker, gwen = house.browser(), house.browser()
    link = await house.invite()
    stolen = (await attacker.open(link)).form().fields
    await gwen.open(link)
    assert (await gwen.post("/invitation", stolen)).status == 403


async def test_posts_without_any_flow_get_a_page_that_helps(house: House) -> None:
    for path in ("/invitation", "/invitation/decline", "/passcode", "/passcode/again", "/", "/choose", "/withdraw"):
        seen = await house.browser().post(path, {"csrf": "x", "code": "12345678", "email": GWEN})
        assert seen.status == 403
        assert "<h1>" in seen.text
    for path in ("/guest/sign-out", "/guest/sessions/end", "/guest/leave", "/guest/language"):
        assert (await house.browser().post(path, {"csrf": "x"})).status == 401


async def test_steps_out_of_order_are_refused_kindly(house: House) -> None:
    """2.3.1 of ASVS: the order of steps"""
    nobody = house.browser()
    fields = (await nobody.open("/")).form().fields
    expected = {"/invitation": 400, "/invitation/decline": 400, "/passcode": 409, "/passcode/again": 409,
                "/choose": 409, "/withdraw": 404}  # fmt: skip
    for path, status in expected.items():
        assert (await nobody.post(path, fields | {"code": "12345678", "tenant": "contoso"})).status == status
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    assert (await gwen.open("/choose")).status == 409
    await gwen.submit(page, code=await house.passcode())
    again = await gwen.post("/passcode", page.form().fields | {"code": await house.passcode()})
    assert again.status == 403


async def test_a_form_that_is_too_large_is_refused_before_it_is_read(house: House) -> None:
    gwen = house.browser()
    fields = (await gwen.open("/")).form().fields
    assert (await gwen.post("/", fields | {"email": "a" * 17_000})).status == 413

    async def drip() -> object:
        for _ in range(40):
            yield b"email=" + b"a" * 1000

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await gwen.ask("POST", "/", data=drip(), headers=form)).status == 413


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"csrf=x", {"Content-Type": "text/plain"}, 415),
        (b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        (b"csrf=%ff", {}, 415),
        (b"\xff\xfe", {}, 415),
        (b"&".join(b"a=b" for _ in range(40)), {}, 415),
        (gzip.compress(b"csrf=x"), {"Content-Encoding": "gzip"}, 415),
        (b"no gzip", {"Content-Encoding": "gzip"}, None),
        (b"", {}, 403),
    ],
)
async def test_what_no_browser_sends_is_refused(
    house: House, body: bytes, headers: dict[str, str], status: int | None
) -> None:
    gwen = house.browser()
    await gwen.open("/")
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    seen = await gwen.ask("POST", "/", data=body, headers=headers)
    assert seen.status == status or (status is None and 400 <= seen.status < 500)


@given(codes=st.lists(st.text(max_size=60), min_size=30, max_size=30))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
async def test_no_text_in_the_code_field_breaks_the_page(house: House, codes: list[str]) -> None:
    """A10"""
    gwen = house.browser()
    page = await gwen.asked(await house.invite(f"g{house.clock.now.timestamp():.0f}@fabrikam.example"))
    for code in codes:
        fields = page.form().fields | {"code": code}
        seen = await gwen.post(
            "/passcode", {name: re.sub("[\ud800-\udfff]", "", text) for name, text in fields.items()}
        )
        assert seen.status in (410, 422, 429)
    house.clock.move(hours=1, seconds=1)


@pytest.mark.parametrize(
    "body",
    ["code=%00", "code=1&code=2", "code[]=1", "code=" + "%F0%9D%9F%8F" * 8, "code=" + "9" * 10_000, "email=", "code"],
)
async def test_odd_fields_do_not_break_the_page(house: House, body: str) -> None:
    """A10"""
    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    data = f"csrf={page.form().fields['csrf']}&{body}"
    assert (await gwen.ask("POST", "/passcode", data=data, headers=form)).status in (422, 413)


@pytest.mark.parametrize("address", ["", "gwen", "gwen@", "a b@c.example", "=?utf-8?q?a?=@b.example", "g@x\n.example"])
async def test_what_is_no_address_gets_the_form_again(house: House, address: str) -> None:
    gwen = house.browser()
    page = await gwen.submit(await gwen.open("/"), email=address)
    assert page.status == 422
    assert page.form().action == "/"
    assert not await house.rows("SELECT * FROM passcodes")


async def test_a_wrong_try_counts_for_the_client_behind_the_trusted_proxy(house: House) -> None:
    from domain.secrets import digest

    gwen = house.browser()
    page = await gwen.asked(await house.invite())
    fields = page.form().fields | {"code": "00000000"}
    await gwen.post("/passcode", fields, {"X-Forwarded-For": "1.1.1.1, 203.0.113.9, 10.0.0.7"})
    keys = [row.limit_key for row in await house.rows("SELECT limit_key FROM limits WHERE limit_key LIKE 'client:%'")]
    assert keys == ["client:" + digest("203.0.113.9")[:32]]


async def test_a_form_that_does_not_come_in_time_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """J: nobody holds a place for ever with half a form."""
    monkeypatch.setattr(forms, "PATIENCE_SECONDS", 0.2)
    server = house.client.server
    assert isinstance(server, TestServer)
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(
        b"POST / HTTP/1.1\r\nHost: gate.contoso.example\r\nContent-Length: 100\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\ncsrf="
    )
    assert (await asyncio.wait_for(reader.readline(), 5)).split(b" ")[1] == b"408"
    writer.close()
