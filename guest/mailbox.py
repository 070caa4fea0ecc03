"""The mailbox page of a development installation: what the built-in SMTP server caught, for people and for scripts."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from aiohttp import web

from guest.assets import Assets
from guest.pages import Pages
from guest.sentences import Sentences
from locales import best, speak

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'none'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""For the mail's own HTML: inline styles as mails have them, and nothing else. Its links open in a new tab."""
LINK = re.compile(r"https?://\S+")


class Caught(Protocol):
    """One caught mail."""

    @property
    def number(self) -> int: ...
    @property
    def to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class Line(NamedTuple):
    text: str
    link: bool


def routes(mails: Callable[[], Sequence[Caught]]) -> list[web.RouteDef]:
    """`mails`: what was caught, newest first. Stylesheets are served by the guest door."""
    pages = Pages(Assets())

    def page(request: web.Request, template: str, **values: Any) -> web.Response:
        speech = speak(best(request.headers.get("Accept-Language", "")))
        return _under(POLICY, pages.show(template, Sentences(speech, datetime.now(UTC)), **values))

    async def show(request: web.Request) -> web.Response:
        caught = mails()
        if request.query.get("format") == "json":
            return web.json_response([_plain(mail) for mail in caught])
        if "mail" not in request.query:
            return page(request, "mailbox.html", mails=caught)
        mail = next((mail for mail in caught if str(mail.number) == request.query["mail"]), None)
        if mail is None:
            raise web.HTTPNotFound
        if request.query.get("view") == "html":
            return _under(SANDBOX, web.Response(text=mail.html, content_type="text/html"))
        return page(request, "mailbox_mail.html", mail=mail, lines=_lines(mail.text))

    return [web.get("/dev/mailbox", show)]


def _plain(mail: Caught) -> dict[str, str]:
    return {
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "message_id": mail.message_id,
        "at": mail.at.isoformat(),
    }


def _lines(text: str) -> list[Line]:
    """A line that is a link and nothing else can be followed."""
    return [Line(line, LINK.fullmatch(line) is not None) for line in text.splitlines()]


def _under(policy: str, response: web.Response) -> web.Response:
    response.headers["Content-Security-Policy"] = policy
    return response
