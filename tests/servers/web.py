"""One HTTP request at a time, with every header under the test's control."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str:
        """Empty where there is none."""
        return next(iter(self.all(name)), "")


def send(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """A request on a connection of its own; redirects are not followed."""
    place = urlsplit(url)
    assert place.hostname is not None
    if place.scheme == "https":
        connection = http.client.HTTPSConnection(place.hostname, place.port, timeout=30, context=tls)
    else:
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    try:
        target = (place.path or "/") + (f"?{place.query}" if place.query else "")
        connection.request(method, target, body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, tuple(answer.getheaders()), answer.read())
    finally:
        connection.close()


def post_json(url: str, value: object, *, headers: Mapping[str, str], tls: ssl.SSLContext | None = None) -> Answer:
    named = {"Content-Type": "application/json; charset=utf-8", **headers}
    return send("POST", url, body=json.dumps(value).encode(), headers=named, tls=tls)
