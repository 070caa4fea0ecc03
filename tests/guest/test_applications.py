"""The way into an application: led to the sign-in and back, let in by its own cookie, and never led elsewhere."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from domain import invitations, policy_changes, resources, workspaces
from domain.policies import Rule
from domain.views import Kind, Place
from domain.views import Person as Someone
from tests.guest.house import ALICE, GWEN, TEAM, Browser, House, Seen
from tests.payloads import ELSEWHERE

pytestmark = pytest.mark.sockets

GATE, WIKI = "https://gate.contoso.example", "https://wiki.contoso.example"
HTML = {"Accept": "text/html,application/xhtml+xml"}
OTHER = Place(
    "contoso", Kind.TEAM, "msteams", "19:lunch@thread", "Lunch", "https://smba.example/", "19:lunch@thread", "28:bot"
)
Make = Callable[..., Awaitable[House]]


async def application(house: House, url: str = f"{WIKI}/", where: Place = TEAM, name: str = "Wiki") -> str:
    view = await house.database.write(resources.add, where, ALICE, name, url)
    return next(each.resource_id for each in view.resources if each.name == name)


class Person:
    """A browser with a jar for each host, as the application's proxy and Gatehouse see it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.jars: dict[str, Browser] = {}

    def at(self, host: str) -> Browser:
        return self.jars.setdefault(host, self.house.browser(host=host))

    @property
    def gate(self) -> Browser:
        return self.at("gate.contoso.example")

    async def go(self, url: str) -> Seen:
        """One GET, at whatever host the address names."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return await self.at(parts.netloc).ask("GET", target, headers=HTML)

    async def check(self, resource: str, host: str = "wiki.contoso.example", **more: str) -> Seen:
        """What the proxy of a host asks for each request of this browser's."""
        query = "&".join([f"resource={resource}", *more.pop("query", "").split()])
        jar = replace(self.at(host), host="gatehouse.internal:3978")
        return await jar.ask("GET", f"/access/check?{query}", headers=HTML | {"X-Forwarded-Uri": "/"} | more)

    async def follows(self, seen: Seen, until: str) -> Seen:
        """Redirects, until one leads to a place of the application itself; gives that one."""
        for _ in range(8):
            where = seen.headers["Location"]
            if where.startswith(until):
                return seen
            seen = await self.go(where if where.startswith("https") else GATE + where)
        raise AssertionError("led in circles")


async def entered(house: House, resource: str, path: str = "/page") -> Person:
    person = Person(house)
    await person.gate.signed_in(await house.invite())
    seen = await person.check(resource, query="redirect=1", **{"X-Forwarded-Uri": path})
    assert (await person.follows(seen, WIKI + path)).headers["Location"] == WIKI + path
    return person


async def test_a_signed_in_guest_is_handed_over_and_let_in(house: House) -> None:
    link = await house.invite()
    wiki = await application(house)
    person = Person(house)
    await person.gate.signed_in(link)
    seen = await person.check(wiki, query="redirect=1", **{"X-Forwarded-Uri": "/page?a=b&c=d%20e"})
    assert (seen.status, urlsplit(seen.headers["Location"]).path) == (302, "/.gatehouse/begin")
    seen = await person.follows(seen, f"{WIKI}/page")
    assert (seen.status, seen.headers["Location"]) == (302, f"{WIKI}/page?a=b&c=d%20e")
    let_in = await person.check(wiki)
    assert (let_in.status, let_in.headers["Remote-User"]) == (200, "gwen@fabrikam.example")
    assert set(person.at("wiki.contoso.example").cookies) == {
        "__Host-gatehouse-state", "__Host-gatehouse-application",
    }  # fmt: skip


async def test_cookies_of_a_hand_over_are_the_hosts_own(house: House) -> None:
    """F4."""
    link = await house.invite()
    wiki = await application(house)
    person = Person(house)
    await person.gate.signed_in(link)
    seen = await person.go(f"{WIKI}/.gatehouse/begin?resource={wiki}")
    attributes = "; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert seen.headers["Set-Cookie"].endswith(f"; Max-Age=600{attributes}")
    state = person.at("wiki.contoso.example").cookies["__Host-gatehouse-state"]
    assert state not in seen.headers["Location"]
    seen = await person.go((await person.go(seen.headers["Location"])).headers["Location"])
    assert seen.headers["Set-Cookie"].endswith(attributes)
    assert seen.headers["Set-Cookie"].startswith("__Host-gatehouse-application=")


async def test_who_is_not_signed_in_comes_back_to_the_very_page(house: House) -> None:
    link = await house.invite()
    wiki = await application(house)
    person = Person(house)
    seen = await person.check(wiki, query="redirect=1", **{"X-Forwarded-Uri": "/deep/page?x=1"})
    seen = await person.follows(seen, "/")
    assert (seen.status, seen.headers["Location"]) == (303, "/")
    page = await person.gate.signed_in(link)
    refresh = page.headers["Refresh"].removeprefix("0; url=")
    assert f'href="{refresh.replace("&", "&amp;")}"' in page.text
    seen = await person.follows(await person.go(GATE + refresh), f"{WIKI}/deep")
    assert seen.headers["Location"] == f"{WIKI}/deep/page?x=1"
    assert (await person.check(wiki)).status == 200
    assert "Refresh" not in (await person.gate.open("/guest")).headers, "led on a second time"


async def test_no_redirect_after_a_form_leads_to_another_origin(house: House) -> None:
    """`form-action` forbids it: the way on is a page with a link."""
    link = await house.invite()
    person = Person(house)
    await person.go(f"{GATE}/access/enter?resource={await application(house)}")
    page = await person.gate.asked(link)
    seen = await person.gate.post(page.form().action, {**page.form().fields, "code": await house.passcode()})
    while seen.status == 303:
        assert seen.headers["Location"].startswith("/")
        seen = await person.gate.ask("GET", seen.headers["Location"])
    assert seen.status == 200
    assert 'id="continue"' in seen.text


async def test_the_way_on_waits_for_the_steps_after_the_sign_in(house: House) -> None:
    """F5: the application comes after the second factor, and is not forgotten over it."""
    link = await house.invite()
    wiki = await application(house)
    await house.database.write(
        policy_changes.change, "contoso", "dora", lambda it: replace(it, rules=(Rule("r1", "MFA", mfa=True),))
    )
    person = Person(house)
    page = await person.gate.asked(link)
    seen = await person.gate.post(page.form().action, {**page.form().fields, "code": await house.passcode()})
    assert seen.headers["Location"] == "/guest"
    seen = await person.follows(await person.go(f"{GATE}/access/enter?resource={wiki}&path=/deep"), "/second-factor")
    assert seen.status == 303
    assert (await person.check(wiki)).status == 401
    assert await house.rows("SELECT * FROM tickets") == []
    await house.database.write(policy_changes.change, "contoso", "dora", lambda it: replace(it, rules=()))
    page = await person.gate.open("/guest")
    assert f"/access/enter?resource={wiki}&path=/deep" in page.headers["Refresh"]


async def test_an_application_on_our_own_host_needs_no_hand_over(house: House) -> None:
    link = await house.invite()
    board = await application(house, f"{GATE}/board/")
    person = Person(house)
    host = "gate.contoso.example"
    seen = await person.check(board, host, query="redirect=1", **{"X-Forwarded-Uri": "/board/7"})
    assert seen.headers["Location"] == f"{GATE}/access/enter?resource={board}&path=/board/7"
    await person.gate.signed_in(link)
    assert (await person.check(board, host)).status == 200
    seen = await person.go(seen.headers["Location"])
    assert (seen.status, seen.headers["Location"]) == (302, f"{GATE}/board/7")
    assert await house.rows("SELECT * FROM tickets") == []


async def test_a_guest_of_another_workspace_is_told_so_without_going_in_circles(house: House) -> None:
    await house.invite("other@fabrikam.example", OTHER)
    wiki = await application(house, where=OTHER)
    person = Person(house)
    await person.gate.signed_in(await house.invite())
    assert (await person.check(wiki)).status == 401
    seen = await person.check(wiki, query="redirect=1")
    seen = await person.go((await person.go(seen.headers["Location"])).headers["Location"])
    assert seen.status == 403
    assert "not open to you" in seen.text


async def test_revoking_ends_it_at_the_next_request(house: House) -> None:
    """F2."""
    await house.invite("first@fabrikam.example")
    wiki = await application(house)
    person = await entered(house, wiki)
    await house.database.write(invitations.remove, TEAM, ALICE, GWEN)
    assert (await person.check(wiki)).status == 401


async def test_signing_out_ends_the_applications_too(house: House) -> None:
    await house.invite("first@fabrikam.example")
    wiki = await application(house)
    person = await entered(house, wiki)
    await person.gate.submit(await person.gate.open("/guest"), "sign-out")
    assert (await person.check(wiki)).status == 401


async def test_a_ticket_is_good_once_in_one_browser_for_a_minute(house: House) -> None:
    link = await house.invite()
    wiki = await application(house)
    person, thief = Person(house), Person(house)
    await person.gate.signed_in(link)
    begun = await person.go(f"{WIKI}/.gatehouse/begin?resource={wiki}")
    await thief.go(f"{WIKI}/.gatehouse/begin?resource={wiki}")
    ticket = (await person.go(begun.headers["Location"])).headers["Location"]
    for browser in (thief, Person(house)):
        await _missed(await browser.go(ticket))
    await application(house, "https://other.example/", name="Other")
    assert (await person.go(ticket.replace(WIKI, "https://other.example"))).status == 421
    assert (await person.go(ticket)).headers["Location"] == f"{WIKI}/"
    await _missed(await person.go(ticket))
    late = (await person.go(begun.headers["Location"])).headers["Location"]
    house.clock.move(seconds=60)
    await _missed(await person.go(late))
    page = await person.go(f"{GATE}/access/missed?resource={wiki}&path=/x")
    assert page.status == 403
    assert f"{WIKI}/.gatehouse/begin?resource={wiki}&amp;path=/x" in page.text


async def _missed(seen: Seen) -> None:
    assert (seen.status, urlsplit(seen.headers["Location"]).path) == (302, "/access/missed")
    assert seen.headers["Location"].startswith(f"{GATE}/")
    assert "Set-Cookie" not in seen.headers


async def test_two_tabs_are_handed_over_side_by_side(house: House) -> None:
    link = await house.invite()
    wiki = await application(house)
    person = Person(house)
    await person.gate.signed_in(link)
    tabs = [await person.go(f"{WIKI}/.gatehouse/begin?resource={wiki}&path=/{tab}") for tab in "ab"]
    tabs = [await person.go(tab.headers["Location"]) for tab in tabs]
    tabs = [await person.go(tab.headers["Location"]) for tab in tabs]
    assert [tab.headers["Location"] for tab in tabs] == [f"{WIKI}/a", f"{WIKI}/b"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/.gatehouse/begin", 421),
        ("GET", "/.gatehouse/begin?resource=unknown", 421),
        ("GET", "/.gatehouse/begin?resource={id}&resource={id}", 421),
        ("HEAD", "/.gatehouse/begin?resource={id}", 421),
        ("POST", "/.gatehouse/begin?resource={id}", 421),
        ("GET", "/.gatehouse/", 421),
        ("GET", "/.gatehouse/other", 421),
        ("GET", "/", 421),
        ("GET", "/guest", 421),
        ("GET", "/access/enter?resource={id}", 421),
        ("GET", "/.gatehouse/begin?resource={id}&path=//evil.example", 400),
        ("GET", "/.gatehouse/begin?resource={id}", 302),
    ],
)
async def test_an_applications_host_gets_the_hand_over_and_nothing_else(
    house: House, method: str, path: str, status: int
) -> None:
    await house.invite()
    wiki = await application(house)
    seen = await house.browser(host="wiki.contoso.example").ask(method, path.replace("{id}", wiki))
    assert seen.status == status
    elsewhere = await house.browser(host="elsewhere.example").ask(method, path.replace("{id}", wiki))
    assert elsewhere.status == 421


async def test_a_removed_application_is_answered_nowhere_any_more(house: House) -> None:
    await house.invite("first@fabrikam.example")
    wiki = await application(house)
    person = await entered(house, wiki)
    await house.database.write(resources.remove, TEAM, ALICE, "Wiki")
    assert (await person.go(f"{WIKI}/.gatehouse/begin?resource={wiki}")).status == 421
    assert (await person.go(f"{GATE}/access/enter?resource={wiki}")).status == 404
    assert (await person.check(wiki, query="redirect=1")).status == 401


@pytest.mark.parametrize("how", ["resource=", "resource=unknown", "resource={id}&resource={id}", "resource={id}&x=1"])
async def test_the_check_lets_nobody_in_for_an_application_that_it_does_not_know(house: House, how: str) -> None:
    link = await house.invite()
    board = await application(house, f"{GATE}/board/")
    gwen = house.browser()
    await gwen.signed_in(link)
    seen = await gwen.ask("GET", f"/access/check?{how.replace('{id}', board)}")
    assert seen.status == (200 if how.endswith("x=1") else 401)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Accept": "text/html"}, 302),
        ({"Accept": "*/*", "Sec-Fetch-Mode": "navigate"}, 302),
        ({"Accept": "text/html", "Sec-Fetch-Mode": "cors"}, 401),
        ({"Accept": "application/json"}, 401),
        ({"Accept": "text/html", "X-Forwarded-Method": "POST"}, 401),
        ({"Accept": "text/html", "X-Forwarded-Method": "HEAD"}, 302),
    ],
)
async def test_only_who_wants_to_see_a_page_is_led_to_the_sign_in(
    house: House, headers: dict[str, str], status: int
) -> None:
    await house.invite()
    wiki = await application(house)
    headers = {"X-Forwarded-Uri": "/"} | headers
    gwen = house.browser(host="gatehouse.internal")
    assert (await gwen.ask("GET", f"/access/check?resource={wiki}&redirect=1", headers=headers)).status == status
    assert (await gwen.ask("GET", f"/access/check?resource={wiki}", headers=headers)).status == 401


MALLORY = Someone("contoso", "mallory-id", "Mallory")
CHAT = Place(
    "contoso", Kind.PERSONAL, "msteams", "a:mallory", "", "https://smba.example/", "a:mallory", "28:bot"
)  # fmt: skip


async def traps(house: House) -> str:
    """An application that any chat user can set: in the chat with the bot alone."""
    await house.database.write(workspaces.arrived, CHAT, MALLORY)
    view = await house.database.write(resources.add, CHAT, MALLORY, "x", "https://evil.example/")
    return view.resources[0].resource_id


async def test_the_check_leads_nobody_away_who_asks_it_at_our_own_host(house: House) -> None:
    await house.invite()
    trap, board = await traps(house), await application(house, f"{GATE}/board/")
    stranger = Person(house)
    for told in ({}, {"X-Forwarded-Uri": "/login"}, {"X-Forwarded-Method": "GET"}):
        seen = await stranger.gate.ask("GET", f"/access/check?resource={trap}&redirect=1", headers=HTML | told)
        assert (seen.status, seen.headers.get("Location")) == (401, None)
    seen = await stranger.check(board, "gate.contoso.example", query="redirect=1")
    assert seen.headers["Location"].startswith(f"{GATE}/access/enter")


async def test_the_check_leads_nobody_where_no_proxy_tells_of_a_request(house: House) -> None:
    await house.invite()
    wiki, gwen = await application(house), house.browser(host="gatehouse.internal")
    for told, status in (({}, 401), ({"X-Forwarded-Uri": "/"}, 302), ({"X-Forwarded-Method": "GET"}, 302)):
        seen = await gwen.ask("GET", f"/access/check?resource={wiki}&redirect=1", headers=HTML | told)
        assert seen.status == status


async def test_a_guest_is_led_to_applications_of_the_own_workspaces_alone(house: House) -> None:
    trap, person = await traps(house), Person(house)
    await person.gate.signed_in(await house.invite())
    seen = await person.go(f"{GATE}/access/enter?resource={trap}&path=/login")
    assert (seen.status, seen.headers.get("Location")) == (403, None)


async def test_a_sign_in_does_not_end_at_somebody_elses_application(house: House) -> None:
    trap, person = await traps(house), Person(house)
    link = await house.invite()
    seen = await person.go(f"{GATE}/access/enter?resource={trap}&path=/login")
    assert (seen.status, seen.headers["Location"]) == (303, "/")
    assert "__Host-gatehouse-target" in person.gate.cookies
    page = await person.gate.signed_in(link)
    assert "Refresh" not in page.headers
    assert (page.status, "evil.example" in page.text, trap in page.text) == (200, False, False)
    assert "__Host-gatehouse-target" not in person.gate.cookies
    assert GWEN in (await person.gate.open("/guest")).text


async def test_a_sign_in_does_not_end_at_an_application_that_is_gone(house: House) -> None:
    link = await house.invite()
    person = Person(house)
    await person.go(f"{GATE}/access/enter?resource={await application(house)}")
    await house.database.write(resources.remove, TEAM, ALICE, "Wiki")
    page = await person.gate.signed_in(link)
    assert (page.status, "Refresh" in page.headers) == (200, False)


async def test_the_guests_page_links_to_the_applications(house: House) -> None:
    link = await house.invite()
    await application(house, name="<b>Wiki</b>")
    page = await house.browser().signed_in(link)
    assert f'<a href="{WIKI}/" rel="noreferrer">&lt;b&gt;Wiki&lt;/b&gt;</a>' in page.text


async def test_sixty_payloads_lead_nowhere_but_into_the_application(house: House) -> None:
    await house.invite("first@fabrikam.example")
    wiki = await application(house)
    person = await entered(house, wiki)
    asked = 0
    for payload in ELSEWHERE:
        path = quote(payload, safe="", errors="surrogateescape")
        for start in (f"{GATE}/access/enter?resource={wiki}", f"{WIKI}/.gatehouse/begin?resource={wiki}"):
            await _stays(person, f"{start}&path={path}")
            asked += 1
        seen = await person.go(f"{WIKI}/.gatehouse/enter?resource={wiki}&ticket=x&path={path}")
        assert seen.status == 400 or _origin(seen) == GATE
        for name in ("resource", "next", "url", "rd", "return_to", "redirect_uri", "state"):
            seen = await person.go(f"{GATE}/access/enter?{name}={path}")
            assert seen.status == 404, (name, payload)
        seen = await person.go(f"{GATE}/?next={path}&rd={path}&url={path}")
        assert seen.status == 200
    assert asked >= 120


async def _stays(person: Person, url: str) -> None:
    """Followed to its end, it is refused or leads to the application's own origin."""
    for _ in range(6):
        seen = await person.go(url)
        if seen.status == 400:
            return
        assert seen.status == 302, url
        url = seen.headers["Location"]
        assert _origin(seen) in {GATE, WIKI}, url
        if _origin(seen) == WIKI and not urlsplit(url).path.startswith("/.gatehouse/"):
            return
    raise AssertionError(f"led in circles: {url}")


def _origin(seen: Seen) -> str:
    """As a browser reads it (WHATWG URL)."""
    where: Any = seen.headers["Location"]
    assert "\\" not in where
    assert where.isprintable()
    parts = urlsplit(where)
    return f"{parts.scheme}://{parts.netloc}"


async def test_what_proxies_tell_of_a_request_leads_nowhere_else_either(house: House) -> None:
    await house.invite()
    wiki = await application(house)
    sent = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "1"}
    person = Person(house)
    for payload in ELSEWHERE:
        if not payload.isprintable() or not payload.isascii():
            continue
        seen = await person.check(wiki, query="redirect=1", **sent, **{"X-Forwarded-Uri": payload})
        assert _origin(seen) == WIKI
        path = parse_qs(urlsplit(seen.headers["Location"]).query).get("path", ["/"])[0]
        assert path.startswith("/")
        assert not path.startswith("//")
