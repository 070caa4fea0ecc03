"""A real nginx with the documented blocks, a real application behind it, and a guest who wants to get there.

The owner's words go through the real chat door. TLS ends before nginx here, so browsers speak plain http to it.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest

from tests.bot.chat import GROUP, Chat, Flags, Roster
from tests.guest.house import GWEN, Browser, House, Seen
from tests.payloads import ELSEWHERE
from tests.servers.background import free_port
from tests.servers.nginx import Application, Nginx, documented

pytestmark = pytest.mark.sockets

GATE, WIKI, SHOP = "https://gate.contoso.example", "https://wiki.contoso.example", "https://shop.contoso.example"
HTML = {"Accept": "text/html,application/xhtml+xml"}
RESOURCE = re.compile(r"resource=([A-Za-z0-9_-]+)")


@dataclass
class Through:
    """Where a browser's requests really go: to nginx."""

    session: Any
    port: int

    def make_url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@dataclass
class Street:
    house: House
    chat: Chat
    nginx: Nginx
    application: Application

    def person(self) -> "Person":
        return Person(replace(self.house, client=Through(self.house.client.session, self.nginx.port)))

    async def invited(self) -> str:
        """Gwen is invited in the chat; the link that she is mailed."""
        await self.chat.say(f"invite {GWEN}")
        row = (await self.house.rows("SELECT invitation_id FROM invitations ORDER BY created_at DESC LIMIT 1"))[0]
        return await self.house.link(row.invitation_id)


class Person:
    """A guest's browser: a jar for each host."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.jars: dict[str, Browser] = {}

    def at(self, host: str) -> Browser:
        return self.jars.setdefault(host, self.house.browser(host=host))

    @property
    def gate(self) -> Browser:
        return self.at("gate.contoso.example")

    async def one(self, url: str, method: str = "GET", **options: Any) -> Seen:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = HTML | options.pop("headers", {})
        return await self.at(parts.netloc).ask(method, target, headers=headers, **options)

    async def go(self, url: str, **options: Any) -> tuple[str, Seen]:
        """A page, at the end of its redirects, and where that is."""
        seen = await self.one(url, **options)
        for _ in range(8):
            where = seen.headers.get("Location", "")
            if seen.status not in {302, 303}:
                return url, seen
            url = where if "://" in where else f"https://{urlsplit(url).netloc}{where}"
            seen = await self.one(url)
        raise AssertionError(f"led in circles: {url}")

    async def signs_in(self, link: str) -> Seen:
        page = await self.gate.open(link)
        page = await self.gate.submit(page)
        return await self.gate.submit(page, code=await self.house.passcode())


async def added(chat: Chat, words: str, where: Any = None) -> str:
    """The id that the owner's card shows for the operator."""
    before = RESOURCE.findall((await chat.say("links", where=where)).words)
    heard = await chat.say(f"links add {words}", where=where)
    (found,) = set(RESOURCE.findall(heard.words)) - set(before)
    return found


@pytest.fixture
async def street(house: House) -> AsyncIterator[Street]:
    """The wiki and the board are of Alice's chat, the shop is of another workspace."""
    chat = Chat(house.database, Roster(), Flags(), house.clock)
    await chat.install()
    await chat.install(where=GROUP)
    wiki = await added(chat, f"Wiki {WIKI}")
    board = await added(chat, f"Board {GATE}/board/")
    shop = await added(chat, f"Shop {SHOP}", where=GROUP)
    application = Application()
    at = {"gatehouse": f"127.0.0.1:{house.client.port}", "application": application.address}
    own, other = "in Gatehouse's server block", "in the application's server block"
    servers = {
        "gate.contoso.example": documented(own, resource=board, **at),
        "wiki.contoso.example": documented(other, resource=wiki, **at),
        "shop.contoso.example": documented(other, resource=shop, **at),
    }
    nginx = Nginx(servers, free_port())
    yield Street(house, chat, nginx, application)
    nginx.stop()
    application.stop()


def told(seen: Seen) -> dict[str, Any]:
    """What the application was told."""
    assert seen.status == 200, (seen.status, seen.text[:300])
    found: dict[str, Any] = json.loads(seen.text)
    return found


async def test_a_guest_is_led_to_the_sign_in_and_back_to_the_very_page(street: Street) -> None:
    link, gwen = await street.invited(), street.person()
    asked = f"{WIKI}/deep/page?a=b&c=d%20e&next=https://x.example/"
    url, seen = await gwen.go(asked)
    assert (url, seen.status) == (f"{GATE}/", 200)
    assert street.application.asked.entries == []
    page = await gwen.signs_in(link)
    url, seen = await gwen.go(GATE + page.headers["Refresh"].removeprefix("0; url="))
    assert url == asked
    answer = told(seen)
    assert answer["path"] == asked.removeprefix(WIKI)
    assert [unquote(one) for one in answer["Remote-User"]] == [GWEN]
    assert len(answer["Remote-Groups"]) == 1
    assert told((await gwen.go(f"{WIKI}/next"))[1])["path"] == "/next"
    told(await gwen.one(f"{WIKI}/save", "POST", data="text=x"))


async def test_an_application_beneath_gatehouses_own_host(street: Street) -> None:
    link, gwen = await street.invited(), street.person()
    url, _ = await gwen.go(f"{GATE}/board/7?x=y")
    assert url == f"{GATE}/"
    page = await gwen.signs_in(link)
    url, seen = await gwen.go(GATE + page.headers["Refresh"].removeprefix("0; url="))
    assert (url, told(seen)["path"]) == (f"{GATE}/board/7?x=y", "/board/7?x=y")
    assert [unquote(one) for one in told(seen)["Remote-User"]] == [GWEN]


async def test_what_a_browser_says_of_itself_is_overwritten(street: Street) -> None:
    link, gwen = await street.invited(), street.person()
    await gwen.signs_in(link)
    forged = {
        "Remote-User": "admin@contoso.example", "Remote-Groups": "everything", "Remote-Name": "Admin",
        "Remote_User": "admin@contoso.example", "X-Forwarded-For": "198.51.100.1", "X-Forwarded-Uri": "//evil.example",
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Method": "GET", "X-Original-URL": "/x", "Forwarded": "for=x",
    }  # fmt: skip
    stranger = street.person()
    assert (await stranger.go(f"{WIKI}/x", headers=forged))[0] == f"{GATE}/"
    assert (await stranger.one(f"{WIKI}/x", "POST", headers=forged)).status == 401
    assert street.application.asked.entries == []
    await gwen.go(f"{WIKI}/")
    answer = told((await gwen.go(f"{WIKI}/x", headers=forged))[1])
    assert [unquote(one) for one in answer["Remote-User"]] == [GWEN]
    assert "everything" not in answer["Remote-Groups"]
    assert len(answer["Remote-Name"]) == 1


OURS = "__Host-gatehouse-"
COOKIES = {
    "none of ours": ({"a": "1", "b": "2"}, "a=1; b=2"),
    "before": ({"a": "1", f"{OURS}language": "de"}, "a=1;"),
    "between": ({"a": "1", f"{OURS}language": "de", "b": "x y"}, "a=1; b=x y"),
    "a name that only looks so": ({"not__Host-gatehouse-session": "1"}, "not__Host-gatehouse-session=1;"),
    "more than there are": ({"a": "1"} | {f"{OURS}{number}": "x" for number in range(7)}, None),
    "something strange": ({"a": "1;;", f"{OURS}x": "1"}, None),
}


@pytest.mark.parametrize("which", COOKIES)
async def test_applications_see_none_of_gatehouses_cookies(street: Street, which: str) -> None:
    """Their own ones they do, beneath Gatehouse's host too."""
    more, expected = COOKIES[which]
    gwen = street.person()
    await gwen.signs_in(await street.invited())
    await gwen.go(f"{WIKI}/")
    for host, page in (("gate.contoso.example", f"{GATE}/board/"), ("wiki.contoso.example", f"{WIKI}/")):
        jar = gwen.at(host).cookies
        gwen.at(host).cookies = {**dict(list(more.items())[:1]), **jar, **more}
        seen = told(await gwen.one(page))["Cookie"]
        assert seen == ([] if expected is None else [expected])


async def test_all_cookies_that_gatehouse_sets_are_known_to_the_proxy(street: Street) -> None:
    """As many at a time as its block takes off."""
    gwen = street.person()
    names = ("session", "flow", "target", "language", "state", "application")
    await gwen.signs_in(await street.invited())
    jar = gwen.gate.cookies
    gwen.gate.cookies = {"a": "1"} | {f"{OURS}{each}": "x" for each in names} | jar | {"b": "2"}
    assert told(await gwen.one(f"{GATE}/board/"))["Cookie"] == ["a=1; b=2"]


async def test_browsers_do_not_ask_what_proxies_ask(street: Street) -> None:
    gwen = street.person()
    await gwen.signs_in(await street.invited())
    (row,) = await street.house.rows("SELECT resource_id FROM resources WHERE name = 'Wiki'")
    for path in ("/access/check", "/access//check", "/access/%63heck", "/x/../access/check"):
        assert (await gwen.one(f"{GATE}{path}?resource={row.resource_id}&redirect=1")).status == 404


async def test_a_guest_of_another_workspace_is_not_let_in(street: Street) -> None:
    gwen = street.person()
    await gwen.signs_in(await street.invited())
    await gwen.go(f"{WIKI}/")
    url, seen = await gwen.go(f"{SHOP}/till")
    assert (urlsplit(url).netloc, seen.status) == ("gate.contoso.example", 403)
    assert "POST /till" not in street.application.asked.entries
    stolen = gwen.at("wiki.contoso.example").cookies["__Host-gatehouse-application"]
    gwen.at("shop.contoso.example").cookies["__Host-gatehouse-application"] = stolen
    assert (await gwen.one(f"{SHOP}/till", "POST")).status == 401
    assert not street.application.asked.matching(lambda asked: "/till" in asked)


@pytest.mark.parametrize("word", ["revoke", "remove"])
async def test_a_word_in_the_chat_stops_the_next_request(street: Street, word: str) -> None:
    """F2: within a second."""
    gwen = street.person()
    await gwen.signs_in(await street.invited())
    told((await gwen.go(f"{WIKI}/before"))[1])
    begun = monotonic()
    await street.chat.say(f"{word} {GWEN}")
    assert (await gwen.one(f"{WIKI}/after", "POST")).status == 401
    assert (await gwen.one(f"{GATE}/board/after", "POST")).status == 401
    assert monotonic() - begun < 1
    assert not street.application.asked.matching(lambda asked: "/after" in asked)


async def test_an_owner_takes_an_application_away_or_ends_the_sessions(street: Street) -> None:
    gwen = street.person()
    link = await street.invited()
    await gwen.signs_in(link)
    told((await gwen.go(f"{WIKI}/before"))[1])
    await street.chat.say("links remove Wiki")
    assert (await gwen.one(f"{WIKI}/after", headers=HTML)).status == 401
    told((await gwen.go(f"{GATE}/board/before"))[1])
    (row,) = await street.house.rows("SELECT guest_id FROM guests")
    shown = await street.chat.say(f"sessions {GWEN}")
    assert "Signed in once" in shown.words
    ended = await street.chat.click("sessions.end", {"guest": row.guest_id})
    assert "1 session was ended" in ended.words
    assert (await gwen.one(f"{GATE}/board/after", "POST")).status == 401


async def test_tickets_are_good_once_here_and_now(street: Street) -> None:
    gwen, thief = street.person(), street.person()
    await gwen.signs_in(await street.invited())
    await thief.one(f"{WIKI}/")
    begun = (await gwen.one((await gwen.one(f"{WIKI}/x")).headers["Location"])).headers["Location"]
    await thief.one((await thief.one(f"{WIKI}/x")).headers["Location"])
    ticket = (await gwen.one(begun)).headers["Location"]
    assert ticket.startswith(f"{WIKI}/.gatehouse/enter?")
    for other in (thief, street.person()):
        url, seen = await other.go(ticket)
        assert (urlsplit(url).path, seen.status) == ("/access/missed", 403)
    assert (await gwen.one(ticket.replace(WIKI, SHOP))).status == 421
    assert told((await gwen.go(ticket))[1])["path"] == "/x"
    assert urlsplit((await gwen.go(ticket))[0]).path == "/access/missed"
    late = (await gwen.one(begun)).headers["Location"]
    street.house.clock.move(seconds=61)
    assert urlsplit((await gwen.go(late))[0]).path == "/access/missed"


async def test_sixty_payloads_never_leave_the_application(street: Street) -> None:
    gwen = street.person()
    await gwen.signs_in(await street.invited())
    (row,) = await street.house.rows("SELECT resource_id FROM resources WHERE name = 'Wiki'")
    for payload in ELSEWHERE:
        path = quote(payload, safe="", errors="surrogateescape")
        url, seen = await gwen.go(f"{WIKI}/.gatehouse/begin?resource={row.resource_id}&path={path}")
        assert seen.status == 400 or url.startswith(f"{WIKI}/"), payload
        stranger = street.person()
        url, seen = await stranger.go(f"{WIKI}/{path}")
        assert seen.status in {400, 421} or url == f"{GATE}/", payload


async def test_the_internal_places_are_not_for_browsers(street: Street) -> None:
    gwen = street.person()
    await gwen.signs_in(await street.invited())
    await gwen.go(f"{WIKI}/")
    assert (await gwen.one(f"{WIKI}/.gatehouse-check")).status == 404
    for path in ("/.gatehouse/", "/.gatehouse/x", "/.gatehouse/../guest", "/.gatehouse/%2e%2e/guest"):
        seen = await gwen.one(f"{WIKI}{path}")
        assert seen.status in {302, 421} or told(seen)["path"], path


TRAEFIK = {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "443", "X-Forwarded-Server": "traefik"}
"""With these, X-Forwarded-Method, -Host, -Uri and -For, Traefik's forwardAuth asks: a GET without a body."""
CADDY = {"X-Forwarded-Proto": "https"}
"""Caddy's forward_auth likewise."""


@pytest.mark.parametrize("proxy", [TRAEFIK, CADDY], ids=["traefik", "caddy"])
async def test_the_requests_of_traefik_and_caddy(street: Street, proxy: dict[str, str]) -> None:
    (row,) = await street.house.rows("SELECT resource_id FROM resources WHERE name = 'Wiki'")
    path = f"/access/check?resource={row.resource_id}&redirect=1"
    gwen = street.person()

    async def asks(method: str) -> Seen:
        """What the proxy asks for a request of Gwen's browser at the wiki."""
        told = {
            "X-Forwarded-Method": method,
            "X-Forwarded-Uri": "/deep?a=b&c",
            "X-Forwarded-Host": "wiki.contoso.example",
        }
        jar = Browser(street.house, host="127.0.0.1:3978", cookies=gwen.at("wiki.contoso.example").cookies)
        return await jar.ask("GET", path, headers=HTML | proxy | told | {"X-Forwarded-For": "203.0.113.7"})

    await gwen.signs_in(await street.invited())
    assert (await asks("POST")).status == 401
    led = await asks("GET")
    assert led.status == 302
    url, seen = await gwen.go(led.headers["Location"])
    assert (url, told(seen)["path"]) == (f"{WIKI}/deep?a=b&c", "/deep?a=b&c")
    for method in ("GET", "POST"):
        let_in = await asks(method)
        assert (let_in.status, unquote(let_in.headers["Remote-User"])) == (200, GWEN)
