"""A person with a simple browser: cookies, links and forms, no scripts."""

import ssl
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from tests.servers.web import Answer, send


@dataclass
class Form:
    name: str
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Finds the forms of a page, with what a browser would post, and its visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(named.get("id", ""), named.get("action", ""), named.get("method", "get").lower()))
        elif tag in ("input", "button") and named.get("name") and self.forms:
            if tag == "input" and named.get("type") in ("checkbox", "radio") and "checked" not in named:
                return
            self.forms[-1].fields.setdefault(named["name"], named.get("value", ""))
        self.hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.words.append(" ".join(data.split()))


@dataclass(frozen=True)
class Page:
    url: str
    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def forms(self) -> list[Form]:
        return self._read().forms

    @property
    def text(self) -> str:
        return " ".join(self._read().words)

    def form(self, name: str = "next") -> Form:
        """The form of that id."""
        found = [form for form in self.forms if form.name == name]
        assert found, f"no form #{name} on {self.url} ({self.status}): {self.text[:500]}"
        return found[0]

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.answer.text)
        return reader


class Visitor:
    """Somebody who visits `site` (the public URL). `through`: the replica that is asked instead of the proxy.

    `client` is the address that a trusted proxy would name; only used with `through`.
    """

    def __init__(self, site: str, *, through: str = "", client: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.site = site
        self.through = through
        self.client = client
        self.tls = tls
        self.cookies: dict[str, str] = {}

    def open(self, url: str) -> Page:
        """Follows redirects, as a browser does."""
        page = self._fetch("GET", urljoin(self.site, url), None)
        for _ in range(5):
            if page.status not in (301, 302, 303, 307, 308):
                break
            page = self._fetch("GET", urljoin(page.url, page.answer.header("Location")), None)
        return page

    def submit(self, page: Page, name: str = "next", **typed: str) -> Page:
        form = page.form(name)
        answered = self.post(urljoin(page.url, form.action), {**form.fields, **typed})
        if answered.status in (302, 303):
            return self.open(urljoin(answered.url, answered.answer.header("Location")))
        return answered

    def post(self, url: str, fields: dict[str, str]) -> Page:
        """A form, as Chromium posts it from a page with `Referrer-Policy: no-referrer`. Redirects are not followed."""
        return self._fetch("POST", url, urlencode(fields).encode())

    def twin(self, *, through: str = "", client: str = "") -> "Visitor":
        """The same browser (same cookies), seen by another replica or from another address."""
        other = Visitor(self.site, through=through or self.through, client=client or self.client, tls=self.tls)
        other.cookies = dict(self.cookies)
        return other

    def _fetch(self, method: str, url: str, body: bytes | None) -> Page:
        place = urlsplit(url)
        headers = {"Host": place.netloc, "Accept": "text/html", "Accept-Language": "en-GB,en;q=0.9"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"}
            headers["Sec-Fetch-Site"] = "same-origin"
        if self.through and self.client:
            headers["X-Forwarded-For"] = self.client
        asked = place._replace(netloc=urlsplit(self.through).netloc, scheme="http") if self.through else place
        answer = send(method, asked.geturl(), body=body, headers=headers, tls=self.tls)
        self._keep(answer)
        return Page(url, answer)

    def _keep(self, answer: Answer) -> None:
        for line in answer.all("Set-Cookie"):
            crumb, *attributes = line.split(";")
            name, _, value = crumb.strip().partition("=")
            gone = any(attribute.strip().lower() == "max-age=0" for attribute in attributes)
            if gone or value in ("", '""'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
