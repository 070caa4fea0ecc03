"""The web door: what guests see in their browsers, and the frame around every answer of the one web application."""

from collections.abc import Callable, Iterable
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

from aiohttp import web

from domain.doors import Discovery, Flags, SignIn, Units
from domain.seals import Seal
from domain.secrets import Keys
from guest.access import AccessCheck
from guest.asking import AskingPages
from guest.assets import Assets
from guest.blocking import BlockingPages
from guest.callers import Callers, Ours
from guest.consent import ConsentPages
from guest.desk import Desk
from guest.flow import PURPOSE, Flows
from guest.frame import Frame
from guest.handover import HandOver
from guest.invitation import InvitationPages
from guest.languages import LanguagePages
from guest.membership import GuestPages
from guest.pages import Pages
from guest.passcode import PasscodePages, ReturningPages
from guest.second_factor import SecondFactorPages
from guest.security import SecurityPages
from guest.sign_in import SignInPages
from guest.withdraw import WithdrawPages


class GuestDoor:
    def __init__(  # noqa: PLR0913 - what app.py hands over, each under its name
        self,
        database: Units,
        flags: Flags,
        keys: Keys,
        *,
        public_url: str,
        development: bool,
        trusted_proxies: Iterable[str | IPv4Network | IPv6Network],
        clock: Callable[[], datetime],
        metrics: Callable[[str, int], None] | None = None,
        discovery: Discovery | None = None,
        sign_in: SignIn | None = None,
    ) -> None:
        """`metrics(route, status)` is called once per answer; `route` is the pattern, never the path."""
        self._assets = Assets()
        self._desk = Desk(
            units=database,
            flags=flags,
            keys=keys,
            flows=Flows(Seal(keys, PURPOSE)),
            callers=Callers(trusted_proxies),
            ours=Ours(public_url),
            pages=Pages(self._assets),
            clock=clock,
            development=development,
            discovery=discovery,
            sign_in_with=sign_in,
        )
        self._frame = Frame(self._desk, metrics)

    def routes(self) -> list[web.RouteDef]:
        sections = (
            self._assets,
            InvitationPages(self._desk),
            LanguagePages(self._desk),
            AskingPages(self._desk),
            BlockingPages(self._desk),
            PasscodePages(self._desk),
            ReturningPages(self._desk),
            SignInPages(self._desk),
            GuestPages(self._desk),
            ConsentPages(self._desk),
            SecondFactorPages(self._desk),
            SecurityPages(self._desk),
            WithdrawPages(self._desk),
            AccessCheck(self._desk),
            HandOver(self._desk),
        )
        return [route for section in sections for route in section.routes()]

    def frame(self, application: web.Application) -> None:
        """Around every answer of the application."""
        self._frame.around(application)
