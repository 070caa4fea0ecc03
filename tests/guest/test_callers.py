"""Whose request it is, behind proxies that are trusted and such that are not."""

import pytest
from aiohttp.test_utils import make_mocked_request

from guest.callers import Callers, Ours
from guest.sentences import Sentences
from locales import speak
from tests.guest.house import Clock

CALLERS = Callers(("10.0.0.0/8", "fd00::/8", "192.0.2.1/32"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.1, 10.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9"),
        ("10.0.0.1", "203.0.113.9, garbage", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, garbage, 10.2.3.4", "10.2.3.4"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ",,", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9:52344", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"),
        ("10.0.0.1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("10.0.0.1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("10.0.0.1", "2001:db8:1:3::4", "2001:db8:1:3::/64"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("fd00::1", "203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "203.0.113.9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "203.0.113.9", "fe80::/64"),
        ("", "203.0.113.9", "unknown"),
    ],
)
def test_the_rightmost_hop_that_no_trusted_proxy_stands_for_is_the_client(
    peer: str, forwarded: str | None, client: str
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert CALLERS.key(make_mocked_request("GET", "/", headers=headers).clone(remote=peer)) == client


@pytest.mark.parametrize(
    ("peer", "shared"),
    [
        ("10.0.0.1", False),
        ("192.0.2.1", False),
        ("8.8.8.8", False),
        ("2a00:1450:4001:81b::200e", False),
        ("127.0.0.1", True),
        ("172.17.0.1", True),
        ("192.168.0.9", True),
        ("100.64.0.1", True),
        ("::1", True),
        ("::ffff:172.17.0.1", True),
        ("fe80::1%eth0", True),
        ("", True),
    ],
)
def test_behind_a_proxy_that_nobody_told_of_all_clients_look_alike(peer: str, shared: bool) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": "203.0.113.9"}).clone(remote=peer)
    assert CALLERS.shared(request) is shared


@pytest.mark.parametrize("name", ["Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"])
def test_no_other_header_is_believed(name: str) -> None:
    request = make_mocked_request("GET", "/", headers={name: "203.0.113.9"}).clone(remote="10.0.0.1")
    assert CALLERS.key(request) == "10.0.0.1"


@pytest.mark.parametrize(
    ("seconds", "ahead", "left"),
    [
        (1, "in 1 second", "1 second left"),
        (0.2, "in 1 second", "1 second left"),
        (59.1, "in 60 seconds", "60 seconds left"),
        (119, "in 119 seconds", "119 seconds left"),
        (120, "in 2 minutes", "2 minutes left"),
        (1799, "in 29 minutes", "29 minutes left"),
        (7199, "in 119 minutes", "119 minutes left"),
        (7200, "in 2 hours", "2 hours left"),
        (2 * 86400, "in 2 days", "2 days left"),
        (90 * 86400 - 1, "in 90 days", "90 days left"),
    ],
)
def test_spans_are_told_in_the_largest_unit_that_says_enough(seconds: float, ahead: str, left: str) -> None:
    from datetime import timedelta

    clock = Clock()
    sentences = Sentences(speak("en"), clock.now)
    moment = clock.now + timedelta(seconds=seconds)
    assert f"({ahead})" in sentences.ahead(moment)
    assert sentences.left(moment) == left


def test_moments_are_machine_readable_and_name_another_day() -> None:
    from datetime import timedelta

    clock = Clock()
    sentences = Sentences(speak("en"), clock.now)
    assert sentences.clock(clock.now) == '<time datetime="2026-11-22T10:00:00Z">10:00 UTC</time>'
    tomorrow = clock.now + timedelta(days=1)
    assert "10:00 UTC on 23 November 2026" in sentences.clock(tomorrow)
    assert "in" not in sentences.ahead(clock.now).partition(">")[2]


@pytest.mark.parametrize(
    ("public_url", "host", "ours"),
    [
        ("http://localhost:3978", "127.0.0.1:3978", True),
        ("http://localhost:3978", "[::1]:3978", True),
        ("http://localhost:3978", "localhost:3979", False),
        ("http://localhost:3978", "localhost.evil.example:3978", False),
        ("https://localhost:8443", "127.0.0.1:8443", False),
        ("https://guests.example.com", "127.0.0.1", False),
    ],
)
def test_on_this_machine_every_spelling_of_it_will_do(public_url: str, host: str, ours: bool) -> None:
    assert Ours(public_url).host(make_mocked_request("GET", "/", headers={"Host": host})) is ours
