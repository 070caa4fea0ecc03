"""What every answer carries, under which names pages answer, and what is done with things that break."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from domain.faults import Unavailable
from tests.guest.house import House

pytestmark = pytest.mark.sockets

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Server": "Gatehouse",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
Make = Callable[..., Awaitable[House]]


class Broken:
    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    async def write(self, *_: Any, **__: Any) -> Any:
        raise self._fault

    read = write


async def broken(_: web.Request) -> web.Response:
    raise RuntimeError("secret of the machine room")


async def large(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


OTHERS = [web.get("/livez", broken), web.post("/api/messages", large), web.get("/page-that-breaks", broken)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/i/unknown", 404),
        ("GET", "/w/unknown", 404),
        ("POST", "/i/unknown", 405),
        ("OPTIONS", "/invitation", 405),
        ("DELETE", "/", 405),
        ("GET", "/invitation", 400),
        ("POST", "/invitation", 415),
        ("GET", "/passcode", 409),
        ("GET", "/choose", 409),
        ("GET", "/guest", 401),
        ("GET", "/guest/leave", 401),
        ("GET", "/withdraw", 404),
        ("GET", "/access/check", 401),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/livez", 500),
        ("POST", "/api/messages", 200),
        ("GET", "/api/messages", 405),
        ("GET", "/page-that-breaks", 500),
    ],
)
async def test_every_answer_carries_the_headers(make_house: Make, method: str, path: str, status: int) -> None:
    """F3"""
    house = await make_house(routes=OTHERS)
    seen = await house.browser().ask(method, path)
    assert seen.status == status
    assert {name: seen.headers.getall(name) for name in ALWAYS} == {name: [value] for name, value in ALWAYS.items()}


async def test_too_large_a_body_is_an_answer_with_headers_too(make_house: Make) -> None:
    house = await make_house(routes=OTHERS)
    seen = await house.browser().ask("POST", "/api/messages", data=b"x" * 300_000)
    assert seen.status == 413
    assert {name: seen.headers[name] for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (b"GET / HTTP/1.1\r\nExpect: foo", 417),
        (b"GET /nowhere HTTP/1.1\r\nExpect: foo", 417),
        (b"GET /access/check HTTP/1.1\r\nExpect: foo", 417),
        (b"POST / HTTP/1.1\r\nContent-Encoding: zstd\r\nContent-Length: 1", 400),
        (b"POST / HTTP/1.1\r\nContent-Encoding: br\r\nContent-Length: 1", 400),
        (b"POST / HTTP/1.1\r\nContent-Encoding: deflate\r\nContent-Length: 1", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 9000, 400),
        (b"GET / HTTP/9", 400),
    ],
)
async def test_what_is_refused_before_any_page_is_asked_carries_the_headers_too(
    house: House, lines: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """F3: and no version. Nor does it raise an alarm."""
    server = house.client.server
    assert isinstance(server, TestServer)
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(lines + b"\r\nHost: gate.contoso.example\r\nConnection: close\r\n\r\n" + b"x" * (b"Length" in lines))
    answer = (await asyncio.wait_for(reader.read(), 5)).decode()
    writer.close()
    head, *rest = answer.partition("\r\n\r\n")[0].split("\r\n")
    assert head.split(" ")[1] == str(status)
    headers = dict(line.split(": ", 1) for line in rest)
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert "aiohttp" not in answer
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


async def test_what_cannot_be_read_is_in_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """G2, C8: nor is a body that is not what it says."""
    server = house.client.server
    assert isinstance(server, TestServer)
    broken = b"POST /api/messages HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nHost: x\r\n\r\nxxxx"
    for request in (b"GET /i/" + b"s" * 43 + b" HTTP/9\r\nHost: x\r\n\r\n", broken):
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(request)
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert "sss" not in caplog.text
    assert [each for each in caplog.records if each.levelname == "ERROR" or each.exc_info] == []


async def test_development_promises_no_transport_security(make_house: Make) -> None:
    house = await make_house(public_url="http://localhost:3978", development=True)
    seen = await house.browser(host="localhost:3978").open("/")
    assert seen.status == 200
    assert "Strict-Transport-Security" not in seen.headers


async def test_static_files_may_be_kept_for_ever_and_pages_never(house: House) -> None:
    page = await house.browser().open("/")
    stylesheet = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    seen = await house.browser().open(stylesheet)
    assert seen.status == 200
    assert seen.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert seen.headers["Content-Type"] == "text/css; charset=utf-8"
    assert len(seen.body) <= 12 * 1024
    assert (await house.browser().open("/favicon.ico")).headers["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("gate.contoso.example", 200),
        ("GATE.contoso.example", 200),
        ("gate.contoso.example:443", 200),
        ("evil.example", 421),
        ("gate.contoso.example.evil.example", 421),
        ("gate.contoso.example.", 421),
        ("gate.contoso.example:80", 421),
        ("gate.contoso.example:8443", 421),
        ("gate.contoso.example@evil.example", 421),
        ("evil.example/gate.contoso.example", 421),
        ("127.0.0.1", 421),
        ("localhost", 421),
        ("", 421),
    ],
)
async def test_pages_answer_on_the_public_host_only(house: House, host: str, status: int) -> None:
    """B10"""
    browser = house.browser(host=host)
    for path in ("/", "/nowhere", "/i/unknown"):
        seen = await browser.ask("GET", path)
        assert (seen.status == 421) == (status == 421)
        assert "evil.example" not in seen.text
        assert not [name for name in browser.cookies if status == 421]


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "Forwarded", "X-Original-Host", "X-Host", "X-Forwarded-Server"])
async def test_no_forwarded_host_is_believed(house: House, name: str) -> None:
    """B10"""
    value = "host=evil.example" if name == "Forwarded" else "evil.example"
    assert (await house.browser().ask("GET", "/", headers={name: value})).status == 200
    seen = await house.browser(host="evil.example").ask("GET", "/", headers={name: "gate.contoso.example"})
    assert seen.status == 421


@pytest.mark.parametrize("path", ["/livez", "/access/check", "/api/messages"])
async def test_programs_are_answered_under_any_host(make_house: Make, path: str) -> None:
    house = await make_house(routes=[web.get("/livez", large)])
    assert (await house.browser(host="10.1.2.3:8080").ask("GET", path)).status in (200, 401, 404)


async def test_without_the_database_each_page_says_when_to_come_back(make_house: Make) -> None:
    house = await make_house(database=Broken(Unavailable("away")))
    browser = house.browser()
    seen = await browser.ask("GET", "/i/" + "a" * 43)
    assert seen.status == 503
    assert seen.headers["Retry-After"] == "30"
    page = await browser.open("/")
    assert (await browser.submit(page, email="gwen@fabrikam.example")).status == 503
    browser.cookies["__Host-gatehouse-session"] = "a" * 43 + "~contoso"
    assert (await browser.open("/guest")).status == 503
    check = await browser.ask("GET", "/access/check")
    assert (check.status, check.body) == (503, b"")


async def test_what_breaks_is_logged_and_shown_by_its_reference(
    make_house: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """G2: neither the path, which may hold a link, nor the fault's words reach the page."""
    house = await make_house(database=Broken(RuntimeError("secret of the machine room")))
    with caplog.at_level(logging.ERROR):
        seen = await house.browser().ask("GET", "/i/" + "a" * 43)
    assert seen.status == 500
    assert "machine room" not in seen.text
    (record,) = [record for record in caplog.records if record.name.startswith("gatehouse")]
    said = record.getMessage()
    assert "a" * 43 not in said
    assert said.rpartition("(")[2].rstrip(")") in seen.text


async def test_metrics_name_the_route_and_not_the_path(house: House) -> None:
    await house.browser().ask("GET", "/i/" + "a" * 43)
    await house.browser().ask("GET", "/nowhere/secret")
    assert house.answers == [("/i/{token}", 404), ("unknown", 404)]
