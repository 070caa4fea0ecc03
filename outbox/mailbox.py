"""The built-in mailbox of a development installation: a real SMTP server on loopback; a page shows what it caught."""

import asyncio
import email
import email.policy
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 500
"""Mails; older ones are forgotten."""
LARGEST = 1024 * 1024
HOST = "127.0.0.1"


class CaughtMail:
    """One mail as it came in. It is taken apart when somebody looks at it, not before."""

    def __init__(self, number: int, to: str, content: bytes) -> None:
        self.number = number
        """Counts from 1, names the mail."""
        self.to = to
        """The envelope's recipient."""
        self.at = datetime.now(UTC)
        self._content = content

    @property
    def subject(self) -> str:
        return str(self._message["Subject"] or "")

    @property
    def message_id(self) -> str:
        return str(self._message["Message-ID"] or "").strip()

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @cached_property
    def _message(self) -> EmailMessage:
        return email.message_from_bytes(self._content, policy=email.policy.default)

    def _body(self, kind: str) -> str:
        part = self._message.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


class Mailbox:
    def __init__(self) -> None:
        self._mails: deque[CaughtMail] = deque(maxlen=KEPT)
        self._number = 0
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        """Listens on loopback, on the running loop. Answers with the port."""
        smtp = await asyncio.to_thread(_library)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: smtp(self, hostname="localhost", ident="Gatehouse", data_size_limit=LARGEST, loop=loop), HOST, port
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def mails(self) -> Sequence[CaughtMail]:
        """Newest first."""
        return list(reversed(self._mails))

    async def handle_DATA(self, server: "SMTP", session: "Session", envelope: "Envelope") -> str:  # noqa: N802
        """aiosmtpd's hook for a mail that has come in whole."""
        for recipient in envelope.rcpt_tos:
            self._number += 1
            self._mails.append(CaughtMail(self._number, recipient, envelope.original_content or b""))
        return "250 2.0.0 kept"


def _library() -> "type[SMTP]":
    from aiosmtpd.smtp import SMTP

    return SMTP
