"""The mail relay: where it is, and how a connection to it is opened. No MAIL FROM before TLS is verified."""

import asyncio
import ipaddress
import ssl
from dataclasses import field
from typing import TYPE_CHECKING, cast

from domain.value import value
from outbox.replies import Conversation

if TYPE_CHECKING:
    from aiosmtplib import SMTP


class Unreachable(Exception):
    """No usable connection to the relay. Says nothing about any one mail."""


class Unauthorised(Exception):
    """The relay refuses our name and password: the operator must act."""


@value
class Relay:
    host: str
    port: int
    implicit_tls: bool = False
    """True: TLS from the first byte (port 465). False: STARTTLS."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    """PEM; None: the system's authorities."""

    @property
    def loopback(self) -> bool:
        if self.host.rstrip(".").lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@value
class Patience:
    """Seconds."""

    connect: float = 10
    opening: float = 20
    """Connecting, TLS and sign-in together: less than a lease."""
    command: float = 30
    idle: float = 30
    """A kept connection is closed after this long without a mail."""
    doubt: float = 5
    """After this long without a mail it is asked first whether it still lives."""


def trust(ca_file: str | None) -> ssl.SSLContext:
    """Certificate and name are verified, TLS 1.2 at least. Reads files: not on the loop."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


PATIENCE = Patience()


class Line:
    """Opens connections to one relay, the TLS context made once."""

    def __init__(self, relay: Relay, patience: Patience, name: str) -> None:
        """`name`: how we introduce ourselves in EHLO."""
        self.relay = relay
        self._patience = patience
        self._name = name
        self._context: ssl.SSLContext | None = None

    async def open(self) -> Conversation:
        """A connection ready for MAIL. Raises Unreachable or Unauthorised."""
        from aiosmtplib import SMTPAuthenticationError, SMTPException

        client: SMTP | None = None
        try:
            client = await self._client()
            async with asyncio.timeout(self._patience.opening):
                await client.connect(timeout=self._patience.connect)
                await self._secure(client)
                await self._sign_in(client)
        except SMTPAuthenticationError as refusal:
            _hang_up(client)
            if 500 <= refusal.code < 600:
                raise Unauthorised(f"{refusal.code} {refusal.message}") from refusal
            raise Unreachable(f"{refusal.code} {refusal.message}") from refusal
        except (SMTPException, OSError, ValueError) as fault:
            _hang_up(client)
            raise Unreachable(f"{self.relay.host}:{self.relay.port}: {fault}") from fault
        except asyncio.CancelledError:
            _hang_up(client)
            raise
        transport = cast(asyncio.Transport, client.transport)
        return Conversation(transport, client.supports_extension("pipelining"))

    async def _client(self) -> "SMTP":
        from aiosmtplib import SMTP

        return SMTP(
            hostname=self.relay.host,
            port=self.relay.port,
            use_tls=self.relay.implicit_tls,
            start_tls=False,
            tls_context=await self._trust() if self.relay.implicit_tls else None,
            local_hostname=self._name,
            timeout=self._patience.command,
        )

    async def _trust(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = await asyncio.to_thread(trust, self.relay.ca_file)
        return self._context

    async def _secure(self, client: "SMTP") -> None:
        """STARTTLS is our own decision: a relay that hides it gets nothing, unless it is this machine's."""
        await client.ehlo()
        if self.relay.implicit_tls:
            return
        if client.supports_extension("starttls"):
            await client.starttls(tls_context=await self._trust(), timeout=self._patience.connect)
            await client.ehlo()
        elif not self.relay.loopback:
            raise Unreachable(f"{self.relay.host}:{self.relay.port} offers no STARTTLS, so nothing was sent")

    async def _sign_in(self, client: "SMTP") -> None:
        if self.relay.user is None:
            return
        if not client.supports_extension("auth"):
            raise Unauthorised("the relay offers no sign-in, but a user and a password are set")
        await client.login(self.relay.user, self.relay.password or "")


def _hang_up(client: "SMTP | None") -> None:
    if client is not None:
        client.close()
