"""A real mail relay: STARTTLS and a login are demanded, as by a provider's submission port."""

import asyncio
import email
import email.policy
import re
import ssl
import threading
from asyncio import Server, to_thread
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.background import PATIENCE_SECONDS, Journal, Loop

USER, PASSWORD = "gatehouse", "relay-secret"


@dataclass(frozen=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    encrypted: bool

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None, f"the mail has no {kind} part"
        return body.get_content()

    @property
    def link(self) -> str:
        """The invitation's link: alone on a line of the text."""
        return self._line(r"https?://\S+/i/\S+")

    @property
    def passcode(self) -> str:
        """As typed: eight digits. In the text it stands alone on a line as `1234 5678`."""
        return self._line(r"\d{4} \d{4}").replace(" ", "")

    def _line(self, pattern: str) -> str:
        found = re.search(rf"^({pattern})\r?$", self.part("plain"), re.MULTILINE)
        assert found, f"no line {pattern} in:\n{self.part('plain')}"
        return found[1]

    def __str__(self) -> str:
        return f"to {self.recipients}: {self.message['Subject']}"


def mail(sender: str, recipients: list[str], content: bytes, *, encrypted: bool) -> Mail:
    message = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    return Mail(sender, tuple(recipients), message, encrypted)


class Relay:
    """`mails` are those it accepted. It may refuse recipients, and it may keep senders waiting."""

    def __init__(self, authority: trustme.CA) -> None:
        self.mails: Journal[Mail] = Journal("the relay's mails")
        self.refusals: dict[str, str] = {}
        self.asked: Journal[str] = Journal("recipients that the relay was asked for")
        self.gate = threading.Event()
        self.gate.set()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(context)
        self.context = context
        self.loop = Loop()
        self.server = self.loop.run(self._listen())

    @property
    def url(self) -> str:
        return f"smtp://{USER}:{PASSWORD}@localhost:{self.server.sockets[0].getsockname()[1]}"

    def refuse(self, address: str, reply: str) -> None:
        """From now on RCPT for this address is answered with `reply`, such as `550 5.1.1 no such mailbox`."""
        self.refusals[address] = reply

    def hold(self) -> None:
        """Recipients are kept waiting until `release`."""
        self.gate.clear()

    def release(self) -> None:
        self.gate.set()

    def to(self, address: str) -> list[Mail]:
        return self.mails.matching(lambda mail: address in mail.recipients)

    def wait(self, address: str, number: int = 1, seconds: float = PATIENCE_SECONDS) -> Mail:
        """The mail to this address with that number, counted from 1."""
        self.mails.wait_for(lambda: len(self.to(address)) >= number, seconds)
        return self.to(address)[number - 1]

    def stop(self) -> None:
        self.gate.set()
        self.server.close()
        self.loop.close()

    async def _listen(self) -> Server:
        return await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", 0)

    def _session(self) -> SMTP:
        return SMTP(
            _Handler(self),
            tls_context=self.context,
            require_starttls=True,
            auth_required=True,
            authenticator=_authenticate,
            hostname="localhost",
            loop=self.loop.loop,
        )


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known)


class _Handler:
    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.relay.asked.add(address)
        await to_thread(self.relay.gate.wait, 60)
        if address in self.relay.refusals:
            return self.relay.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        self.relay.mails.add(
            mail(envelope.mail_from or "", envelope.rcpt_tos, content, encrypted=session.ssl is not None)
        )
        return "250 2.0.0 queued"
