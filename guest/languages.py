"""Choosing the language of the pages before anybody is signed in: it is this browser's alone."""

from aiohttp import web

from guest.desk import Desk, on
from locales import LANGUAGES

BACK = frozenset({"/", "/invitation", "/passcode"})
"""The pages that offer it, and that can be shown again."""


class LanguagePages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/language", self.speak)]

    async def speak(self, request: web.Request) -> web.Response:
        desk = self._desk
        _, fields = await desk.flow_form(request)
        back, language = fields.get("back", ""), fields.get("language", "")
        response = on(back if back in BACK else "/")
        return desk.remember_language(response, language) if language in LANGUAGES else response
