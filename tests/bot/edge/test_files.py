"""Fetching what people attach: from known hosts, without a token, and never more than a list may have."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from aiohttp.test_utils import TestServer

from bot import files
from bot.files import Attached, Fetcher
from bot.service_url import ServiceHosts
from domain.bulk_errors import NotUploaded, UnreadableList
from domain.bulk_views import Unreadable

pytestmark = pytest.mark.sockets
CSV = b"email\ngwen@fabrikam.example\n"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Drive:
    """Answers every path as it was told, and notes what it was asked with."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[web.Request] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answers[request.path](request)


@pytest.fixture
async def drive() -> AsyncIterator[Drive]:
    made = Drive()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", made.answer)
    server = TestServer(application)
    await server.start_server()
    made.url = str(server.make_url("")).rstrip("/")
    yield made
    await server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with files.open_session() as session:
        yield Fetcher(session, ServiceHosts(("127.0.0.1:*", "*.sharepoint.com")), ServiceHosts(("*.svc.ms",)))


def always(body: bytes, status: int = 200, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            body=body, status=status, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )

    return answer


async def refused(fetcher: Fetcher, url: str) -> Unreadable:
    with pytest.raises(UnreadableList) as refusal:
        await fetcher.fetch(url)
    return refusal.value.why


async def test_a_file_is_fetched_without_any_token(fetcher: Fetcher, drive: Drive) -> None:
    drive.answers["/a.csv"] = always(CSV)
    url = f"{drive.url}/a.csv?UniqueId=1&tempauth=eyJ0eXAi.e30%3d&x=~"
    listed = await files.listed(fetcher, Attached("a.csv", url, True))
    assert [line.address for line in listed.lines] == ["gwen@fabrikam.example"]
    (request,) = drive.asked
    assert request.raw_path == url.removeprefix(drive.url)
    assert not {"Authorization", "Cookie"} & set(request.headers)


UNKNOWN = pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.csv",
        "http://contoso.sharepoint.com/a.csv",
        "https://sharepoint.com/a.csv",
        "https://contoso.sharepoint.com.evil.example/a.csv",
        "https://contoso.sharepoint.com@evil.example/a.csv",
        "https://contoso.sharepoint.com:8443/a.csv",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.csv",
        "https://localhost/a.csv",
        "file:///etc/passwd",
        "data:text/csv,email",
        "//contoso.sharepoint.com/a.csv",
        "https://contoso.sharepoint.com/a.csv?x=\r\nHost:evil",
        "https://contoso.sharepoint.com/a.csv#fragment",
        "",
    ],
)


@UNKNOWN
async def test_other_hosts_are_not_asked(fetcher: Fetcher, url: str) -> None:
    assert await refused(fetcher, url) is Unreadable.HOST


@UNKNOWN
async def test_nothing_is_put_on_other_hosts(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(NotUploaded) as refusal:
        await fetcher.put(url, CSV)
    assert refusal.value.elsewhere


@pytest.mark.parametrize("status", [202, 302, 307, 401, 404, 500])
async def test_a_file_that_was_not_taken_is_told_and_put_nowhere_else(
    fetcher: Fetcher, drive: Drive, status: int
) -> None:
    drive.answers |= {"/up": always(b"", status, Location="/there"), "/there": always(b"", 201)}
    with pytest.raises(NotUploaded) as refusal:
        await fetcher.put(f"{drive.url}/up", CSV)
    assert not refusal.value.elsewhere
    assert [request.path for request in drive.asked] == ["/up"]


async def test_a_known_name_that_leads_inside_is_put_nothing_on() -> None:
    async with files.open_session(resolver=Names("10.0.0.7")) as session:
        with pytest.raises(NotUploaded):
            await Fetcher(session, ServiceHosts(("*.sharepoint.com",))).put("https://contoso.sharepoint.com/up", CSV)


async def test_a_file_may_lie_elsewhere_on_known_hosts_only(fetcher: Fetcher, drive: Drive) -> None:
    drive.answers["/there.csv"] = always(CSV)
    drive.answers["/moved"] = always(b"", 302, Location="/there.csv")
    drive.answers["/away"] = always(b"", 302, Location="https://evil.example/a.csv")
    drive.answers["/inside"] = always(b"", 307, Location="http://169.254.169.254/latest")
    drive.answers["/round"] = always(b"", 302, Location="/round")
    assert await fetcher.fetch(f"{drive.url}/moved") == CSV
    assert await refused(fetcher, f"{drive.url}/away") is Unreadable.HOST
    assert await refused(fetcher, f"{drive.url}/inside") is Unreadable.HOST
    assert await refused(fetcher, f"{drive.url}/round") is Unreadable.UNREACHABLE


async def test_no_more_is_read_than_a_list_may_have(fetcher: Fetcher, drive: Drive) -> None:
    sent: list[int] = []

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(1000):
                await response.write(b"a@x.example\n" * 100_000)
                sent.append(1)
        except (ConnectionError, asyncio.CancelledError):
            pass
        return response

    async def small_claim(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(10**9)})
        await response.prepare(request)
        await response.write(b"x" * 2_000_000)
        return response

    drive.answers |= {"/endless": endless, "/claim": small_claim}
    assert await refused(fetcher, f"{drive.url}/endless") is Unreadable.BYTES
    assert await refused(fetcher, f"{drive.url}/claim") is Unreadable.BYTES
    assert len(sent) < 20


async def test_a_packed_bomb_stays_packed(fetcher: Fetcher, drive: Drive) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    drive.answers["/bomb"] = always(bomb, Content_Encoding="gzip")
    with pytest.raises(UnreadableList) as refusal:
        await files.listed(fetcher, Attached("a.csv", f"{drive.url}/bomb", True))
    assert refusal.value.why is Unreadable.NO_CSV


@pytest.mark.parametrize("status", [204, 401, 404, 500])
async def test_what_cannot_be_had_is_told(fetcher: Fetcher, drive: Drive, status: int) -> None:
    drive.answers["/a.csv"] = always(b"", status)
    assert await refused(fetcher, f"{drive.url}/a.csv") is Unreadable.UNREACHABLE


async def test_a_slow_server_is_not_waited_for(drive: Drive) -> None:
    over = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await over.wait()
        return response

    async def stuck(_: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response(status=201)

    drive.answers["/slow"] = slow
    async with files.open_session() as session:
        fetcher = Fetcher(session, ServiceHosts(("127.0.0.1:*",)), seconds=0.2)
        assert await refused(fetcher, f"{drive.url}/slow") is Unreadable.UNREACHABLE
        drive.answers["/up"] = stuck
        with pytest.raises(NotUploaded):
            await fetcher.put(f"{drive.url}/up", CSV)
    over.set()


class Names(AbstractResolver):
    def __init__(self, address: str) -> None:
        self.address = address

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        told = {"hostname": host, "host": self.address, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
        return [told]

    async def close(self) -> None: ...


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "192.168.1.1", "fd00::1", "0.0.0.0"])
async def test_known_names_do_not_lead_to_private_addresses(address: str) -> None:
    async with files.open_session(resolver=Names(address)) as session:
        fetcher = Fetcher(session, ServiceHosts(("*.sharepoint.com",)))
        assert await refused(fetcher, "https://contoso.sharepoint.com/a.csv") is Unreadable.UNREACHABLE


async def test_private_addresses_are_told_from_public_ones_by_what_they_resolve_to() -> None:
    assert await files.Public(Names("20.190.151.6")).resolve("contoso.sharepoint.com")
    assert await files.Public(Names("127.0.0.1")).resolve("localhost")
    with pytest.raises(OSError, match="private"):
        await files.Public(Names("127.0.0.1")).resolve("contoso.sharepoint.com")
