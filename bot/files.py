"""Files that people send to the bot, and take from it: where they lie, fetching and putting them.

A file's address comes from the chat's client, so it is fetched and put only on hosts that are known, without any token,
and never more of it is fetched than a list may have.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
"""

import asyncio
import re
import socket
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.places import part, things
from bot.service_url import ServiceHosts, is_loopback
from bot.writing import clean
from domain import lists
from domain.bulk_errors import NotUploaded, UnreadableList
from domain.bulk_views import Listed, Unreadable
from domain.lists import MOST_BYTES
from domain.value import value

TEAMS_FILE = "application/vnd.microsoft.teams.file.download.info"
PLAIN = frozenset({"text/csv", "application/csv", "text/plain", "text/tab-separated-values"})
SPREADSHEET = frozenset({"application/vnd.ms-excel", "application/octet-stream", ""})
"""What browsers call a CSV file, among much else: its name decides."""
NO_FILES = ("text/html", "application/vnd.microsoft.card", "application/vnd.microsoft.teams.card", "messageReference")
"""Attachments that are no files: the message's own formatting, cards, quotations."""
ENDINGS = ("csv", "tsv", "txt")
LONGEST_URL = 8192
SECONDS = 10.0
HOPS = 3
REST = re.compile(r"[!$%&'()*+,./0-9:;=?@A-Z_a-z~\[\]{}|^`\"\\-]*")


@value
class Attached:
    name: str
    url: str
    csv: bool
    """False: it is some other kind of file, and not worth fetching."""


class Files(Protocol):
    async def fetch(self, url: str, /) -> bytes:
        """The file, of at most MOST_BYTES. Raises UnreadableList."""
        ...

    def permitted(self, url: str, /) -> bool:
        """Whether it lies on a host that is known."""
        ...

    async def put(self, url: str, data: bytes, /) -> None:
        """Writes all of a file at once. Raises NotUploaded."""
        ...


def attached(activity: Mapping[str, Any]) -> tuple[Attached, ...]:
    """The files that came with a message."""
    return tuple(filter(None, map(_file, things(activity, "attachments"))))


def _file(told: Mapping[str, Any]) -> Attached | None:
    kind, name, content = told.get("contentType"), clean(told.get("name")), part(told, "content")
    if not isinstance(kind, str) or kind.startswith(NO_FILES):
        return None
    kind = kind.partition(";")[0].strip().lower()
    url = content.get("downloadUrl") if kind == TEAMS_FILE else told.get("contentUrl")
    if not isinstance(url, str) or not url or len(url) > LONGEST_URL:
        return None
    ending = content.get("fileType") if kind == TEAMS_FILE else name.rpartition(".")[2]
    known = isinstance(ending, str) and ending.lower().lstrip(".") in ENDINGS
    return Attached(name, url, kind in PLAIN or (known and kind in SPREADSHEET | {TEAMS_FILE}))


async def listed(files: Files | None, file: Attached) -> Listed:
    """Its rows. Raises UnreadableList."""
    if not file.csv:
        raise UnreadableList(Unreadable.NO_CSV)
    if files is None:
        raise UnreadableList(Unreadable.HOST)
    data = await files.fetch(file.url)
    return await asyncio.to_thread(lists.read, data)


class Fetcher:
    """`hosts`: allow-lists, any of which may permit an address. The session's connector has `Public` as its resolver,
    and unpacks nothing: what is small on the wire stays small."""

    def __init__(self, session: aiohttp.ClientSession, *hosts: ServiceHosts, seconds: float = SECONDS) -> None:
        self._session = session
        self._hosts = hosts
        self._seconds = seconds

    async def fetch(self, url: str, /) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._followed(url)
        except (aiohttp.ClientError, OSError, ValueError):
            # What exactly was wrong with somebody's server is nobody's business in the chat.
            raise UnreadableList(Unreadable.UNREACHABLE) from None

    async def _followed(self, url: str) -> bytes:
        for _ in range(HOPS):
            found = await self._get(url)
            if isinstance(found, bytes):
                return found
            url = found
        raise UnreadableList(Unreadable.UNREACHABLE)

    async def _get(self, url: str) -> bytes | str:
        """The file, or where it lies instead."""
        if not self.permitted(url):
            raise UnreadableList(Unreadable.HOST)
        headers = {"Accept-Encoding": "identity"}
        async with self._session.get(URL(url, encoded=True), headers=headers, allow_redirects=False) as response:
            if response.status in (301, 302, 303, 307, 308):
                return str(response.url.join(URL(response.headers.get("Location", ""), encoded=True)))
            if response.status != 200:
                raise UnreadableList(Unreadable.UNREACHABLE)
            return await _cut(response)

    async def put(self, url: str, data: bytes, /) -> None:
        if not self.permitted(url):
            raise NotUploaded(elsewhere=True)
        headers = {"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}"}
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._session.put(
                    URL(url, encoded=True), data=data, headers=headers, allow_redirects=False
                ) as response,
            ):
                done = response.status in (200, 201)
        except (aiohttp.ClientError, OSError, ValueError):
            raise NotUploaded from None
        if not done:
            raise NotUploaded

    def permitted(self, url: str, /) -> bool:
        """The list knows no queries, which the addresses of files have."""
        bare, _, query = url.partition("?")
        return bool(REST.fullmatch(query)) and any(hosts.permits(bare) for hosts in self._hosts)


async def _cut(response: aiohttp.ClientResponse) -> bytes:
    """Whatever length it claims to have, no more is kept than a list may have."""
    read = bytearray()
    async for some in response.content.iter_chunked(64 * 1024):
        read += some
        if len(read) > MOST_BYTES:
            raise UnreadableList(Unreadable.BYTES)
    return bytes(read)


class Public(AbstractResolver):
    """Names of the internet are looked up, and nothing is fetched from where they have no business: addresses of this
    machine and of private networks. Loopback names that an allow-list holds are meant."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not is_loopback(host) and not all(ip_address(each["host"]).is_global for each in found):
            raise OSError("a private address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def open_session(private: bool = False, resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """For files only; to be closed by who opened it. `private`: files may lie on private networks (development)."""
    looking = resolver or aiohttp.ThreadedResolver()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=8, resolver=looking if private else Public(looking), force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=SECONDS, connect=5),
    )


def only(files: Sequence[Attached]) -> Attached | None:
    """The one that a message is about: the only list among them."""
    some = [each for each in files if each.csv] or list(files)
    return some[0] if len(some) == 1 else None
