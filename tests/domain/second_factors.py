"""Guests with second factors, for tests: what they hold in their hands, and the way in with it."""

from dataclasses import dataclass, field
from typing import Any

from pyotp.totp import TOTP

from domain import authenticators, passkeys, recovery
from domain.factor_views import FactorsView, Mistake, Passed
from domain.factors import Visitor, view
from domain.policies import Rule
from tests.domain.soft_key import SITE, SoftKey
from tests.domain.world import CONTOSO, Browser, World

MFA = Rule("r1", "Second factor", mfa=True)


@dataclass
class Holder:
    """A guest's browser, with the phone in the other hand."""

    browser: Browser
    app: TOTP | None = None
    codes: tuple[str, ...] = ()
    keys: list[SoftKey] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.browser.world

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.browser.session, CONTOSO, self.browser.network)

    def elsewhere(self, browser: Browser) -> "Holder":
        """The same guest with the same things in another browser."""
        return Holder(browser, self.app, self.codes, self.keys)

    async def do(self, operation: Any, *args: Any) -> Any:
        """Keeps what the page would: the new session secret, and new codes."""
        outcome = await self.world.do(operation, self.visitor, *args)
        if isinstance(outcome, Passed):
            self.browser.session = outcome.signed_in.session_token
            self.codes = outcome.codes or self.codes
        return outcome

    async def look(self, operation: Any, *args: Any) -> Any:
        return await self.world.look(operation, self.visitor, *args)

    async def sees(self) -> FactorsView:
        return await self.look(view)

    def code(self, off: int = 0) -> str:
        assert self.app
        return self.app.at(self.world.clock.now, counter_offset=off)

    async def begins(self) -> TOTP:
        await self.do(authenticators.begin)
        self.app = TOTP((await self.look(authenticators.app)).key)
        return self.app

    async def sets_up_app(self) -> Passed:
        await self.begins()
        return await self.do(authenticators.confirm, self.code())

    async def enters(self, code: str | None = None) -> Passed | Mistake:
        return await self.do(authenticators.enter, self.code() if code is None else code)

    async def recovers(self, code: str) -> Passed | Mistake:
        return await self.do(recovery.recover, code)

    async def registers(self, key: SoftKey | None = None) -> Passed | Mistake:
        made = key or SoftKey()
        options = await self.look(passkeys.registration, SITE)
        outcome = await self.do(passkeys.register, SITE, made.create(options))
        if isinstance(outcome, Passed):
            self.keys.append(made)
        return outcome

    async def signs(self, key: SoftKey | None = None) -> Passed | Mistake:
        used = key or self.keys[-1]
        return await self.do(passkeys.sign_in, SITE, used.get(await self.look(passkeys.request, SITE)))


async def demanded(world: World) -> None:
    await world.policy(rules=(MFA,))


async def first_factor(world: World) -> Holder:
    """Gwen after the passcode, where a rule demands more."""
    await demanded(world)
    return Holder(await world.guest())


async def again(holder: Holder) -> Holder:
    """Another sign-in of the same guest: the first factor alone."""
    world = holder.world
    world.clock.move(minutes=15)
    return holder.elsewhere(await world.comes_in())
