"""Mail transactions over a few kept connections. Every phase is driven by itself, so that what became of a mail is
known as exactly as SMTP allows (RFC 5321, 4.2 and 6.1; RFC 1047)."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from domain.value import value
from outbox.relay import PATIENCE, Line, Patience, Relay, Unauthorised, Unreachable
from outbox.replies import Conversation, Lost, Reply

ADDRESS = re.compile(r"[A-Za-z0-9._+'-]{1,64}@[A-Za-z0-9.-]{1,255}")
"""What may stand between the angle brackets; every accepted address is of this form."""
CLOSING = 421
START_INPUT = 354


@value
class Letter:
    """One mail to one recipient."""

    sender: str
    recipient: str
    content: bytes

    def __post_init__(self) -> None:
        for address in (self.sender, self.recipient):
            if not ADDRESS.fullmatch(address):
                raise ValueError("not an address that a mail can be sent to")


@value
class Accepted:
    """The relay has taken it over."""


@value
class Refused:
    """The relay will never take it: 5xx to RCPT or DATA."""

    reason: str


@value
class Deferred:
    """Not taken, may be later."""

    problem: str
    relay_down: bool = False
    """True: it would have happened to any mail."""


@value
class Ambiguous:
    """The connection was cut after the text had gone out: taken or not, nobody knows."""

    problem: str


@value
class Paused:
    """The relay refuses our password: says nothing about this mail, and no other will fare better."""

    problem: str


@value
class Unwanted:
    """`ready` said no at the last moment. Nothing was sent."""


Outcome = Accepted | Refused | Deferred | Ambiguous | Paused | Unwanted
Ready = Callable[[], Awaitable[bool]]


class Verdict(Exception):
    """Ends a transaction early."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Pool:
    """At most `connections` at a time to one relay, of which `reserved` are for urgent mails only."""

    def __init__(
        self,
        relay: Relay,
        *,
        name: str = "localhost",
        connections: int = 8,
        reserved: int = 2,
        patience: Patience = PATIENCE,
    ) -> None:
        self._line = Line(relay, patience, name)
        self._patience = patience
        self._all = asyncio.Semaphore(connections)
        self._ordinary = asyncio.Semaphore(connections - reserved)
        self._kept: list[Conversation] = []
        self._closing: asyncio.TimerHandle | None = None

    async def send(self, letter: Letter, ready: Ready, *, urgent: bool) -> Outcome:
        """`ready` is asked right before the text goes out; what it raises is raised here, and nothing was sent."""
        async with self._place(urgent):
            try:
                talk, recipient = await self._envelope(letter)
            except Unauthorised as refusal:
                return Paused(str(refusal))
            except Unreachable as fault:
                return Deferred(str(fault), relay_down=True)
            except Lost as fault:
                return Deferred(f"MAIL FROM: {fault}", relay_down=True)
            except Verdict as verdict:
                return verdict.outcome
            try:
                return await self._text(talk, recipient, letter, ready)
            finally:
                self._keep(talk)

    def close(self) -> None:
        """Closes the idle connections; those in use close when their mail is through."""
        self._patience = replace(self._patience, idle=0)
        self._close_idle()

    # the phases

    async def _envelope(self, letter: Letter) -> tuple[Conversation, Reply | None]:
        """A connection on which MAIL was accepted, and the answer to RCPT where that was sent along."""
        while True:
            talk, kept = await self._connection()
            try:
                answers = await self._mail(talk, letter)
            except Lost:
                talk.close()
                if kept:
                    continue  # It died while nobody looked: no fault of this mail.
                raise
            except BaseException:
                talk.close()
                raise
            if answers[0].code == CLOSING and kept:
                talk.close()
                continue
            if not answers[0].good:
                await self._reset(talk)
                self._keep(talk)
                raise Verdict(Deferred(f"MAIL FROM: {answers[0]}", relay_down=answers[0].permanent))
            return talk, answers[1]

    async def _mail(self, talk: Conversation, letter: Letter) -> tuple[Reply, Reply | None]:
        talk.between_mails = False
        mail = f"MAIL FROM:<{letter.sender}>\r\n".encode("ascii")
        if not talk.pipelining:
            return await talk.ask(mail, self._patience.command), None
        talk.tell(mail, _rcpt(letter), replies=2)
        return await talk.reply(self._patience.command), await talk.reply(self._patience.command)

    async def _text(self, talk: Conversation, recipient: Reply | None, letter: Letter, ready: Ready) -> Outcome:
        try:
            if recipient is None:
                recipient = await talk.ask(_rcpt(letter), self._patience.command)
            if not recipient.good:
                await self._reset(talk)
                return _refusal(recipient)
            if not await ready():
                await self._reset(talk)
                return Unwanted()
            start = await talk.ask(b"DATA\r\n", self._patience.command)
            if start.code != START_INPUT:
                await self._reset(talk)
                return _refusal(start)
            talk.tell(_lines(letter.content), b".\r\n", replies=1)
        except Lost as fault:
            return Deferred(str(fault), relay_down=True)
        return await self._end(talk)

    async def _end(self, talk: Conversation) -> Outcome:
        try:
            answer = await talk.reply(self._patience.command)
        except Lost as fault:
            return Ambiguous(str(fault))
        talk.between_mails = answer.code != CLOSING
        talk.mails += 1
        return Accepted() if answer.good else _refusal(answer)

    async def _reset(self, talk: Conversation) -> None:
        """The connection can be used again, or is closed by whoever keeps it."""
        try:
            talk.between_mails = (await talk.ask(b"RSET\r\n", self._patience.command)).good
        except Lost:
            talk.between_mails = False

    # the connections

    @asynccontextmanager
    async def _place(self, urgent: bool) -> AsyncGenerator[None]:
        if urgent:
            async with self._all:
                yield
        else:
            async with self._ordinary, self._all:
                yield

    async def _connection(self) -> tuple[Conversation, bool]:
        """The one used last, as it lives most surely; or a new one. True: it was kept."""
        while self._kept:
            talk = self._kept.pop()
            if await self._alive(talk):
                return talk, True
            talk.close()
        return await self._line.open(), False

    async def _alive(self, talk: Conversation) -> bool:
        if talk.usable and _now() - talk.idle_since >= self._patience.doubt:
            try:
                return (await talk.ask(b"NOOP\r\n", self._patience.doubt)).good
            except Lost:
                return False
        return talk.usable

    def _keep(self, talk: Conversation) -> None:
        if not (talk.usable and talk.between_mails and self._patience.idle):
            talk.close()
            return
        talk.idle_since = _now()
        self._kept.append(talk)
        if self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(self._patience.idle, self._close_idle)

    def _close_idle(self) -> None:
        """Closes what has been idle for long, oldest first, and comes back for the rest."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        last = _now() - self._patience.idle + 0.01
        for talk in [talk for talk in self._kept if talk.idle_since <= last or not talk.usable]:
            self._kept.remove(talk)
            talk.close()
        if self._kept:
            rest = min(talk.idle_since for talk in self._kept) - last
            self._closing = asyncio.get_running_loop().call_later(rest + 0.01, self._close_idle)


def _rcpt(letter: Letter) -> bytes:
    return f"RCPT TO:<{letter.recipient}>\r\n".encode("ascii")


def _refusal(reply: Reply) -> Outcome:
    return Refused(str(reply)) if reply.permanent else Deferred(str(reply), relay_down=reply.code == CLOSING)


def _lines(content: bytes) -> bytes:
    """Ready for DATA: every line ends in CRLF and in nothing else that any server might take for a line end, and no
    line can be taken for the end of the mail (RFC 5321, 4.5.2)."""
    text = b"\r\n".join(content.splitlines()) + b"\r\n"
    if text.startswith(b"."):
        text = b"." + text
    return text.replace(b"\r\n.", b"\r\n..")


def _now() -> float:
    return asyncio.get_running_loop().time()
