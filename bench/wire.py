"""A keep-alive HTTP/1.1 client, cheap enough not to be what is measured."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
BROWSER = {"Accept": "text/html", "Accept-Language": "en-GB,en;q=0.9", "Sec-Fetch-Site": "same-origin"}


class Unexpected(Exception):
    """An answer that the flow cannot go on with."""


@dataclass
class Answer:
    status: int
    body: bytes
    fields: list[tuple[str, str]]

    def header(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    def json(self) -> Any:
        return json.loads(self.body)


class _Line(asyncio.Protocol):
    """One connection with one request on it at a time."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.answer: asyncio.Future[Answer] | None = None
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.answer is not None and not self.answer.done() and (answer := _take(self.buffer)) is not None:
            self.answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError("cut off"))


def _take(buffer: bytearray) -> Answer | None:
    """The whole answer at the buffer's beginning, taken out of it; None while some of it is missing."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    fields = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    answer = Answer(int(first.split(" ", 2)[1]), b"", fields)
    if answer.header("transfer-encoding").lower() == "chunked":
        return _take_chunks(buffer, end + 4, answer)
    until = end + 4 + int(answer.header("content-length") or 0)
    if len(buffer) < until:
        return None
    answer.body = bytes(buffer[end + 4 : until])
    del buffer[:until]
    return answer


def _take_chunks(buffer: bytearray, at: int, answer: Answer) -> Answer | None:
    parts: list[bytes] = []
    while (line := buffer.find(b"\r\n", at)) >= 0:
        size = int(buffer[at:line].split(b";")[0], 16)
        at = line + 2 + size + 2
        if len(buffer) < at:
            return None
        parts.append(bytes(buffer[line + 2 : line + 2 + size]))
        if not size:
            answer.body = b"".join(parts)
            del buffer[:at]
            return answer
    return None


@dataclass
class Client:
    """One connection to a server. Opened when needed, opened again when the server closed it between requests."""

    port: int
    line: _Line | None = None

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        head += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            head.append(f"Content-Length: {len(body)}")
        raw = "\r\n".join((*head, "", "")).encode() + (body or b"")
        line = self.line if self.line is not None and self.line.transport is not None else None
        if line is None:
            _, line = await asyncio.get_running_loop().create_connection(_Line, "127.0.0.1", self.port)
            self.line = line
        line.answer = asyncio.get_running_loop().create_future()
        line.transport.write(raw)
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await line.answer
        if answer.header("connection").lower() == "close":
            self.close()
        return answer

    async def post_json(self, path: str, value: object, headers: Mapping[str, str] | None = None) -> Answer:
        body = json.dumps(value).encode()
        return await self.send("POST", path, headers={"Content-Type": "application/json", **(headers or {})}, body=body)

    def close(self) -> None:
        if self.line is not None and self.line.transport is not None:
            self.line.transport.close()
        self.line = None


@dataclass
class Browser:
    """A guest's browser: its cookies, on a connection that it may share with others."""

    client: Client
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, status: int = 200) -> Answer:
        return self._kept(await self.client.send("GET", path, headers=self._headers()), path, status)

    async def post(self, path: str, fields: Mapping[str, str], status: int = 303) -> Answer:
        headers = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded"}
        answer = await self.client.send("POST", path, headers=headers, body=urlencode(fields).encode())
        return self._kept(answer, path, status)

    def _headers(self) -> dict[str, str]:
        crumbs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**BROWSER, "Cookie": crumbs} if crumbs else BROWSER

    def _kept(self, answer: Answer, path: str, status: int) -> Answer:
        for name, value in answer.fields:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status != status:
            raise Unexpected(f"{path}: {answer.status} instead of {status}: {answer.body[-1500:]!r}")
        return answer
