"""A relay that does what a test tells it to: a raw SMTP server, so that it can also do what no library would."""

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from outbox.relay import Relay

CUT, HANG = "cut", "hang"
"""Instead of an answer: close the connection, or say nothing more."""


@dataclass
class Received:
    sender: str
    recipients: list[str]
    content: bytes
    """As it came over the wire, dots still stuffed, without the final dot."""
    encrypted: bool

    @property
    def message_id(self) -> bytes:
        return next(line for line in self.content.split(b"\r\n") if line.lower().startswith(b"message-id:"))


@dataclass
class Scripted:
    """`answers[verb]`: answers to use up, one per command; the default comes after.

    Verbs are upper case; TEXT is the end of the mail, CONNECT the greeting.
    """

    pipelining: bool = True
    starttls: ssl.SSLContext | None = None
    hidden_starttls: bool = False
    password: str | None = None
    answers: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    """Before each answer."""
    commands: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    port: int = 0
    at_rcpt: Callable[[str], str | None] = lambda _address: None
    """The answer to RCPT for an address."""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def relay(self) -> Relay:
        return Relay("127.0.0.1", self.port)

    def drop_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self._writers.add(writer)
        try:
            await Dialogue(self, reader, writer).run()
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            writer.close()


class End(Exception):
    pass


class Dialogue:
    def __init__(self, script: Scripted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.script = script
        self.reader = reader
        self.writer = writer
        self.encrypted = writer.get_extra_info("sslcontext") is not None
        self.mail = Received("", [], b"", self.encrypted)

    async def run(self) -> None:
        try:
            await self.answer("CONNECT", "220 scripted ESMTP")
            while line := await self.reader.readline():
                await self.command(line.decode("latin-1").rstrip("\r\n"))
        except End:
            return

    async def command(self, line: str) -> None:
        verb = line.split(" ", maxsplit=1)[0].split(":", maxsplit=1)[0].upper()
        self.script.commands.append(line)
        handler: Callable[[str], Awaitable[None]] = getattr(self, f"on_{verb.lower()}", self.on_other)
        await handler(line)

    async def on_other(self, line: str) -> None:
        await self.answer(line.upper(), "250 ok")

    async def on_ehlo(self, line: str) -> None:
        offers = ["scripted", "8BITMIME"]
        if self.script.pipelining:
            offers.append("PIPELINING")
        if self.script.starttls and not self.encrypted and not self.script.hidden_starttls:
            offers.append("STARTTLS")
        if self.script.password:
            offers.append("AUTH PLAIN")
        *more, last = offers
        await self.answer("EHLO", "".join(f"250-{offer}\r\n" for offer in more) + f"250 {last}")

    async def on_starttls(self, line: str) -> None:
        assert self.script.starttls
        await self.answer("STARTTLS", "220 go ahead")
        plain = self.writer.transport
        try:
            await self.writer.start_tls(self.script.starttls)
        finally:
            if self.writer.transport is None:  # the handshake failed, and asyncio forgot what it has to close
                self.writer._transport = plain  # type: ignore[attr-defined]
        self.encrypted = True

    async def on_auth(self, line: str) -> None:
        given = base64.b64decode(line.split()[2]).split(b"\0")[2].decode()
        good = given == self.script.password
        await self.answer("AUTH", "235 2.7.0 welcome" if good else "535 5.7.8 wrong password")

    async def on_mail(self, line: str) -> None:
        self.mail = Received(line[len("MAIL FROM:") :], [], b"", self.encrypted)
        await self.answer("MAIL", "250 ok")

    async def on_rcpt(self, line: str) -> None:
        address = line[len("RCPT TO:<") : -1]
        self.mail.recipients.append(address)
        await self.answer("RCPT", self.script.at_rcpt(address) or "250 ok")

    async def on_data(self, line: str) -> None:
        if not (await self.answer("DATA", "354 go ahead")).startswith("354"):
            return
        content = await self.reader.readuntil(b"\r\n.\r\n")
        self.mail.content = content[: -len(b".\r\n")]
        if not (await self.answer("TEXT", "250 queued", before=self.keep)).startswith("2"):
            self.script.received.remove(self.mail)

    def keep(self) -> None:
        self.script.received.append(self.mail)

    async def on_quit(self, line: str) -> None:
        await self.answer("QUIT", "221 bye")
        raise End

    async def answer(self, verb: str, usual: str, before: Callable[[], None] = lambda: None) -> str:
        queue = self.script.answers.get(verb)
        text = queue.pop(0) if queue else usual
        before()
        await asyncio.sleep(self.script.seconds)
        if text == CUT:
            self.writer.transport.abort()
            raise End
        if text == HANG:
            await self.reader.read()
            raise End
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()
        return text


@asynccontextmanager
async def scripted(script: Scripted, tls: ssl.SSLContext | None = None):
    """`tls`: from the first byte."""
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=tls)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        script.drop_all()
        await asyncio.sleep(0)
