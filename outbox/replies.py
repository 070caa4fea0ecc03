"""One SMTP connection once it is open: commands out, replies in, in order (RFC 5321, RFC 2920)."""

import asyncio
from collections import deque
from typing import NamedTuple, cast

LONGEST_REPLY = 32 * 1024
"""Bytes of one reply, all its lines together. More is not a relay that means well."""
LONGEST_REASON = 300
"""Characters of a reply that are kept and shown."""


class Lost(Exception):
    """The connection is gone, silent for too long, or talks nonsense. It cannot be used any more."""


class Reply(NamedTuple):
    code: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        return 500 <= self.code < 600

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Conversation(asyncio.Protocol):
    """Takes over an open transport (`transport.set_protocol`). Replies to pipelined commands are read one by one."""

    def __init__(self, transport: asyncio.Transport, pipelining: bool) -> None:
        self.pipelining = pipelining
        self.mails = 0
        """How many mails it has carried."""
        self.idle_since = 0.0
        self.between_mails = True
        """False from MAIL until the relay has closed the matter: such a connection is not used for another mail."""
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._lines: list[bytes] = []
        self._replies: deque[Reply] = deque()
        self._due = 0
        self._waiter: asyncio.Future[None] | None = None
        self._fault: str | None = None
        transport.set_protocol(self)

    @property
    def usable(self) -> bool:
        return self._fault is None and not self._transport.is_closing()

    def tell(self, *commands: bytes, replies: int) -> None:
        """Sends bytes as they are. `replies`: how many answers they will bring."""
        if not self.usable:
            raise Lost(self._fault or "the connection was closed")
        self._due += replies
        self._transport.write(b"".join(commands))

    async def reply(self, seconds: float) -> Reply:
        """The next reply. Raises Lost when none comes in time, or none can come any more."""
        if not self._replies:
            await self._arrival(seconds)
        self._due -= 1
        return self._replies.popleft()

    async def ask(self, command: bytes, seconds: float) -> Reply:
        self.tell(command, replies=1)
        return await self.reply(seconds)

    def close(self) -> None:
        """Says goodbye where that is still possible, and does not wait for the answer."""
        if self.usable and self._due == 0:
            self._transport.write(b"QUIT\r\n")
        self._break("closed")

    async def _arrival(self, seconds: float) -> None:
        if self._fault is not None:
            raise Lost(self._fault)
        self._waiter = self._loop.create_future()
        timer = self._loop.call_later(seconds, self._break, f"no answer within {seconds:g} seconds")
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None
        if not self._replies:
            raise Lost(self._fault or "the connection was closed")

    def _break(self, fault: str) -> None:
        if self._fault is None:
            self._fault = fault
        self._transport.close()
        self._stir()

    def _stir(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) + sum(map(len, self._lines)) > LONGEST_REPLY:
            self._break("the relay's answer does not end")
        while self._fault is None and (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            self._line(line)

    def _line(self, line: bytes) -> None:
        if not line[:3].isdigit() or line[3:4] not in (b"", b" ", b"-"):
            self._break(f"not an SMTP answer: {readable([line])}")
            return
        self._lines.append(line[4:])
        if line[3:4] == b"-":
            return
        reply = Reply(int(line[:3]), readable(self._lines))
        self._lines.clear()
        if len(self._replies) >= self._due:
            # Nobody asked: "421 closing" to an idle connection, or a relay that is out of step.
            self._break(str(reply))
        else:
            self._replies.append(reply)
            self._stir()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._break(f"the connection was cut ({exc})" if exc else "the connection was cut")


def readable(lines: list[bytes]) -> str:
    """What the relay said, as one line of printable text that people are shown."""
    text = " ".join(line.decode("utf-8", "replace") for line in lines)
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:LONGEST_REASON]
