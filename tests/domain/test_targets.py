"""Applications' addresses in one spelling, and places that never leave their origin."""

from urllib.parse import urljoin, urlsplit

import pytest

from domain import targets
from domain.access_errors import WrongPath, WrongUrl
from domain.access_views import UrlProblem
from tests.payloads import ELSEWHERE

WIKI = "https://wiki.contoso.example/start?a=b"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://wiki.contoso.example", "https://wiki.contoso.example/"),
        ("HTTPS://Wiki.Contoso.example:443/A?b=c&d", "https://wiki.contoso.example/A?b=c&d"),
        ("https://wiki.contoso.example:8443/", "https://wiki.contoso.example:8443/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://10.0.0.7/", "https://10.0.0.7/"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert targets.address(typed, development=False) == kept
    assert targets.address(kept, development=False) == kept


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("http://wiki.contoso.example/", UrlProblem.NOT_HTTPS),
        ("http://localhost:9000/", UrlProblem.NOT_HTTPS),
        ("javascript:alert(1)", UrlProblem.MALFORMED),
        ("javascript://wiki.example/%0aalert(1)", UrlProblem.NOT_HTTPS),
        ("data:text/html,x", UrlProblem.MALFORMED),
        ("//wiki.example/", UrlProblem.NOT_HTTPS),
        ("wiki.example", UrlProblem.MALFORMED),
        ("https:///wiki", UrlProblem.MALFORMED),
        ("https:wiki.example", UrlProblem.MALFORMED),
        ("https://gwen@wiki.example/", UrlProblem.USER_INFO),
        ("https://gate.example:pw@evil.example/", UrlProblem.USER_INFO),
        ("https://wiki.example/#top", UrlProblem.FRAGMENT),
        ("https://wiki.example\\@evil.example/", UrlProblem.MALFORMED),
        ("https://wiki.example/\x00", UrlProblem.MALFORMED),
        ("https://wiki.example/a\u202eb", UrlProblem.MALFORMED),
        ("https://wiki.example/a\nb", UrlProblem.MALFORMED),
        ("https://wiki.example:port/", UrlProblem.MALFORMED),
        ("https://wiki.example:0/", UrlProblem.MALFORMED),
        ("https://wiki.example:99999/", UrlProblem.MALFORMED),
        ("https://wiki_x.example/", UrlProblem.MALFORMED),
        ("https://wiki.example./", UrlProblem.MALFORMED),
        ("https://-wiki.example/", UrlProblem.MALFORMED),
        ("https://0x7f.1/", UrlProblem.MALFORMED),
        ("https://2130706433/", UrlProblem.MALFORMED),
        ("https://127.0.0.0x1/", UrlProblem.MALFORMED),
        ("https://[fe80::1%25eth0]/", UrlProblem.MALFORMED),
        ("https://wiki.example/" + "a" * 1000, UrlProblem.TOO_LONG),
    ],
)
def test_what_is_no_address_of_an_application_is_refused(typed: str, problem: UrlProblem) -> None:
    with pytest.raises(WrongUrl) as refusal:
        targets.address(typed, development=False)
    assert refusal.value.problem is problem


@pytest.mark.parametrize("host", ["localhost", "wiki.localhost", "127.0.0.1", "[::1]"])
def test_this_machine_needs_no_tls_in_development(host: str) -> None:
    assert targets.address(f"http://{host}:9000/", development=True) == f"http://{host}:9000/"


def test_other_machines_do_in_development_too() -> None:
    with pytest.raises(WrongUrl):
        targets.address("http://localhost.evil.example/", development=True)


def test_a_host_is_told_with_or_without_its_usual_port() -> None:
    assert targets.answers_to(WIKI, "Wiki.Contoso.example")
    assert targets.answers_to(WIKI, "wiki.contoso.example:443")
    for other in ("wiki.contoso.example:8443", "contoso.example", "", "wiki.contoso.example.evil.example", "x:443"):
        assert not targets.answers_to(WIKI, other)


def test_there_are_sixty_payloads() -> None:
    assert len(set(ELSEWHERE)) >= 60


@pytest.mark.parametrize("payload", ELSEWHERE)
def test_no_place_leads_out_of_an_application(payload: str) -> None:
    try:
        led = targets.inside(WIKI, payload)
    except WrongPath:
        return
    assert led.startswith("https://wiki.contoso.example/")
    assert urlsplit(urljoin("https://gate.contoso.example/x", led)).netloc == "wiki.contoso.example"
    assert led.isascii()
    assert led.isprintable()
    assert "\\" not in led


@pytest.mark.parametrize(
    "path", ["/a?b=c&d=e", "/a%20b/%C3%A4", "/", "/a;b=c,d", "/~x/'y'(z)*!$@:", "/a?next=https://x"]
)
def test_a_place_stays_as_it_was_asked_for(path: str) -> None:
    assert targets.place(path) == path


def test_what_has_to_be_encoded_is() -> None:
    assert targets.place('/ä "x" {y}|z') == "/%C3%A4%20%22x%22%20%7By%7D%7Cz"
    assert targets.place("/\udcff") == "/%FF"


@pytest.mark.parametrize("path", ["/.gatehouse/begin", "/a" * 1000, "/ä" * 600, "a", ""])
def test_what_is_no_place_is_refused(path: str) -> None:
    with pytest.raises(WrongPath):
        targets.place(path)
