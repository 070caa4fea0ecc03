"""What surrounds a measured server, in the driver's own process: a mail relay and a Bot Framework connector."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

RECIPIENT = re.compile(rb"<([^>]*)>")
CONTENT_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
MEMBER = re.compile(r"/v3/conversations/([^/]+)/members/([^/?]+)")
ADDRESS = re.compile(rb"guest[0-9]+@[a-z.]+")
REDEEMED = b'"Redeemed"'


class Post:
    """Hands what arrived for somebody to whoever waits for it. What nobody waited for is kept."""

    def __init__(self) -> None:
        self.arrived = 0
        self.last = 0.0
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._kept: dict[str, bytes] = {}

    def expect(self, name: str) -> "asyncio.Future[bytes]":
        """The next for that name, or the one already there."""
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        kept = self._kept.pop(name, None)
        if kept is not None:
            future.set_result(kept)
        else:
            self._waiting[name] = future
        return future

    def deliver(self, name: str, content: bytes) -> None:
        self.arrived += 1
        self.last = time.perf_counter()
        future = self._waiting.pop(name, None)
        if future is None or future.done():
            self._kept[name] = content
        else:
            future.set_result(content)


class _Buffered(asyncio.Protocol):
    def __init__(self, world: "World") -> None:
        self.world = world
        self.buffer = bytearray()
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport


class _Relay(_Buffered):
    """Takes every mail at once. Offers neither STARTTLS nor AUTH, as a relay on the same host."""

    recipients: list[str]
    in_data = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.world.smtp_connections += 1
        self.recipients = []
        transport.write(b"220 relay ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        answers: list[bytes] = []
        while (answer := self._text() if self.in_data else self._command()) is not None:
            answers.append(answer)
        self.transport.write(b"".join(answers))
        if answers and answers[-1].startswith(b"221"):
            self.transport.close()

    def _text(self) -> bytes | None:
        end = self.buffer.find(b"\r\n.\r\n")
        if end < 0:
            return None
        for recipient in self.recipients:
            self.world.mails.deliver(recipient, bytes(self.buffer[: end + 2]))
        del self.buffer[: end + 5]
        self.in_data, self.recipients = False, []
        return b"250 2.0.0 queued\r\n"

    def _command(self) -> bytes | None:
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-relay\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 20000000\r\n"
        if verb == b"DATA":
            self.in_data = True
            return b"354 go on\r\n"
        if verb == b"QUIT":
            return b"221 bye\r\n"
        found = RECIPIENT.search(line)
        if verb == b"RCPT" and found:
            self.recipients.append(found[1].decode().lower())
        return b"250 ok\r\n"


class _Connector(_Buffered):
    """Takes every message and card; every member it is asked for is an ordinary user."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.world.connector_connections += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.buffer[:end])
            length = CONTENT_LENGTH.search(head)
            until = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < until:
                return
            body = bytes(self.buffer[end + 4 : until])
            del self.buffer[:until]
            answer = self.world.called(head.partition(b"\r\n")[0].decode(), body)
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
                % (len(answer), answer)
            )


class World:
    """`mails` by recipient; `redeemed`: cards that turned, by the guest's address."""

    def __init__(self) -> None:
        self.mails = Post()
        self.redeemed = Post()
        self.member: Callable[[str], bytes] = lambda _: b"{}"
        self.calls: dict[str, int] = {}
        self.called_at = 0.0
        self.smtp_connections = 0
        self.connector_connections = 0
        self._posted = 0
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        for protocol in (_Relay, _Connector):
            made = await loop.create_server(lambda kind=protocol: kind(self), "127.0.0.1", 0, backlog=1024)
            self._servers.append(made)

    @property
    def smtp_port(self) -> int:
        return int(self._servers[0].sockets[0].getsockname()[1])

    @property
    def service_url(self) -> str:
        return f"http://127.0.0.1:{self._servers[1].sockets[0].getsockname()[1]}/"

    @property
    def last(self) -> float:
        """When the server last did something that can be seen from outside."""
        return max(self.mails.last, self.called_at)

    def stop(self) -> None:
        for server in self._servers:
            server.close()

    def called(self, line: str, body: bytes) -> bytes:
        """One call of a bot: the first line of its head, and its body. The answer's body."""
        method, path, _ = line.split(" ", 2)
        self.calls[method] = self.calls.get(method, 0) + 1
        self.called_at = time.perf_counter()
        found = MEMBER.search(path)
        if found:
            return self.member(found[2].replace("%3A", ":"))
        if REDEEMED in body and (whose := ADDRESS.search(body)):
            self.redeemed.deliver(whose[0].decode(), b"")
        self._posted += 1
        return b'{"id":"1:%d"}' % self._posted
