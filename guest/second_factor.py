"""Setting up a second factor, and showing it: by an app, a passkey, or a recovery code."""

from collections.abc import Callable
from functools import partial

from aiohttp import web
from markupsafe import Markup

from domain import authenticators, passkeys, recovery
from domain.factor_views import AppView, FactorsView, Mistake, Passed
from domain.factors import view
from domain.passkeys import Site
from guest.desk import Desk, on
from guest.frame import scripted
from guest.sentences import Sentences
from guest.visitors import Visitors

GROUP = 4


class SecondFactorPages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._visitors = Visitors(desk)
        self._site = Site.of(desk.ours.url)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/second-factor", self.show),
            web.post("/second-factor", self.enter),
            web.post("/second-factor/passkey", self.sign_in),
            web.post("/second-factor/recovery", self.recover),
            web.post("/second-factor/app", self.begin),
            web.get("/second-factor/app", self.app),
            web.post("/second-factor/app/confirm", self.confirm),
            web.get("/second-factor/passkey/new", self.new_passkey),
            web.post("/second-factor/passkey/new", self.register),
            web.post("/second-factor/kept", self.kept),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """What is next: to set one up, or to show it."""
        seen: FactorsView = await self._visitors.look(request, view)
        if seen.done:
            return on("/guest")
        return await self._next(request, seen)

    async def enter(self, request: web.Request) -> web.Response:
        fields = await self._visitors.form(request)
        outcome = await self._visitors.do(request, authenticators.enter, fields.get("code", ""))
        if isinstance(outcome, Passed):
            return self._in(outcome)
        return await self._again(request, "problem", partial(_code, outcome))

    async def sign_in(self, request: web.Request) -> web.Response:
        fields = await self._visitors.form(request)
        outcome = await self._visitors.do(request, passkeys.sign_in, self._site, fields.get("credential", ""))
        if isinstance(outcome, Passed):
            return self._in(outcome)
        return await self._again(request, "passkey_problem", _passkey)

    async def recover(self, request: web.Request) -> web.Response:
        fields = await self._visitors.form(request)
        outcome = await self._visitors.do(request, recovery.recover, fields.get("code", ""))
        if isinstance(outcome, Passed):
            return self._visitors.renewed(request, "recovered.html", outcome, left=outcome.codes_left)
        return await self._again(request, "recovery_problem", partial(_recovery, outcome))

    async def begin(self, request: web.Request) -> web.Response:
        await self._visitors.form(request)
        await self._visitors.do(request, authenticators.begin)
        return on("/second-factor/app")

    async def app(self, request: web.Request) -> web.Response:
        return await self._app(request)

    async def confirm(self, request: web.Request) -> web.Response:
        fields = await self._visitors.form(request)
        outcome = await self._visitors.do(request, authenticators.confirm, fields.get("code", ""))
        if isinstance(outcome, Passed):
            return self._added(request, outcome)
        return await self._app(request, outcome)

    async def new_passkey(self, request: web.Request) -> web.Response:
        return await self._new_passkey(request)

    async def register(self, request: web.Request) -> web.Response:
        fields = await self._visitors.form(request)
        outcome = await self._visitors.do(request, passkeys.register, self._site, fields.get("credential", ""))
        if isinstance(outcome, Passed):
            return self._added(request, outcome)
        return await self._new_passkey(request, failed=True)

    async def kept(self, request: web.Request) -> web.Response:
        await self._visitors.form(request)
        return on("/guest")

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _again(self, request: web.Request, name: str, told: Callable[[Sentences], Markup]) -> web.Response:
        seen: FactorsView = await self._visitors.look(request, view)
        return await self._next(request, seen, **{name: told(self._desk.sentences(request, seen.language))})

    async def _next(self, request: web.Request, seen: FactorsView, **problems: Markup) -> web.Response:
        status = 422 if problems else 200
        if not seen.factors:
            return self._visitors.page(request, "factor_choice.html", seen.language, status=status, seen=seen)
        options = await self._visitors.look(request, passkeys.request, self._site) if seen.has_passkey else ""
        nothing = {"problem": None, "passkey_problem": None, "recovery_problem": None}
        values = nothing | problems | {"seen": seen, "options": options}
        page = self._visitors.page(request, "second_factor.html", seen.language, status=status, **values)
        return scripted(page) if options else page

    async def _app(self, request: web.Request, mistake: Mistake | None = None) -> web.Response:
        seen: FactorsView = await self._visitors.look(request, view)
        app: AppView | None = await self._visitors.look(request, authenticators.app)
        if app is None:
            return on("/second-factor")
        groups = " ".join(app.key[i : i + GROUP] for i in range(0, len(app.key), GROUP))
        problem = _code(mistake, self._desk.sentences(request, seen.language)) if mistake else None
        status = 422 if problem else 200
        values = {"seen": seen, "app": app, "qr": qr(app.uri), "key": groups, "problem": problem}
        return self._visitors.page(request, "factor_app.html", seen.language, status=status, **values)

    async def _new_passkey(self, request: web.Request, *, failed: bool = False) -> web.Response:
        options = await self._visitors.look(request, passkeys.registration, self._site)
        seen: FactorsView = await self._visitors.look(request, view)
        problem = _passkey(self._desk.sentences(request, seen.language)) if failed else None
        status = 422 if problem else 200
        values = {"options": options, "problem": problem, "seen": seen}
        return scripted(self._visitors.page(request, "factor_passkey.html", seen.language, status=status, **values))

    def _added(self, request: web.Request, passed: Passed) -> web.Response:
        """The first one brings recovery codes, which are on this answer and on no other."""
        if passed.codes:
            return self._visitors.renewed(request, "recovery_codes.html", passed, codes=passed.codes)
        return self._visitors.sign_in(on("/guest/security"), passed)

    def _in(self, passed: Passed) -> web.Response:
        return self._visitors.sign_in(on("/guest" if passed.needed else "/guest/security"), passed)


def _code(mistake: Mistake, s: Sentences) -> Markup:
    return {
        Mistake.UNREADABLE: s.say("A code has six digits. Your app shows a new one every 30 seconds."),
        Mistake.USED: s.say("That code was used already. Wait for the next one."),
    }.get(mistake, s.say("That code isn’t right. Your app shows a new one every 30 seconds."))


def _recovery(mistake: Mistake, s: Sentences) -> Markup:
    if mistake is Mistake.UNREADABLE:
        return s.say("A recovery code has 24 letters and digits, in groups of four.")
    return s.say("That recovery code isn’t right, or it was used already.")


def _passkey(s: Sentences) -> Markup:
    return s.say("That did not work. Passkeys need JavaScript, and an answer within five minutes. Please try again.")


def qr(uri: str) -> Markup:
    """A picture inside the page: no other address learns the key, and no style is needed."""
    import segno

    return Markup(segno.make(uri, error="m", micro=False).svg_inline(border=4, omitsize=True, light="#fff"))  # noqa: S704
