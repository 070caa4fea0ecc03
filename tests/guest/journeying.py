"""Browsers that leave for a provider and come back."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientSession
from yarl import URL

from tests.guest.house import Browser, Seen


@dataclass
class Outside:
    """The same browser, at the provider: its cookies there, and where it is sent back to."""

    cookies: dict[str, str] = field(default_factory=dict)

    async def signs_in(self, url: str) -> str:
        """The address at Gatehouse to which the provider sends the browser."""
        async with ClientSession() as session:
            for _ in range(10):
                url = await self._step(session, url)
                if urlsplit(url).path.endswith("/callback"):
                    return url
        raise AssertionError("the provider never sent the browser back")

    async def _step(self, session: ClientSession, url: str) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with session.get(URL(url, encoded=True), headers=headers, allow_redirects=False) as answer:
            for line in answer.headers.getall("Set-Cookie", ()):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            assert answer.status in {302, 303}, await answer.text()
            return urljoin(url, answer.headers["Location"])


def path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def leaves(browser: Browser, provider_id: str) -> str:
    """Where the browser is sent."""
    seen = await browser.ask("GET", f"/sign-in/{provider_id}")
    assert seen.status == 303, seen.text
    return seen.headers["Location"]


async def signs_in(browser: Browser, provider_id: str) -> Seen:
    """All the way: there, back, and to the page where it ends."""
    back = await Outside().signs_in(await leaves(browser, provider_id))
    return await browser.open(path(back))
