"""Where the bot may talk to (C3)."""

import pytest

from bot.service_url import MICROSOFT_HOSTS, ServiceHosts

HOSTS = ServiceHosts(("*.botframework.com", "smba.trafficmanager.net", "127.0.0.1:*", "localhost:3000", "[::1]:*"))


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net",
        "https://smba.trafficmanager.net:443/teams/",
        "https://webchat.botframework.com/",
        "https://a.b.botframework.com/x",
        "http://127.0.0.1:56150/_connector",
        "https://127.0.0.1:8443/",
        "http://localhost:3000/",
        "http://[::1]:4000/",
    ],
)
def test_permitted_hosts_are_permitted(url: str) -> None:
    assert HOSTS.permits(url)
    assert HOSTS.permits(url), "asked again, the answer is the same"


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        7,
        "https://evil.example/",
        "http://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net:0443/",
        "https://smba.trafficmanager.net:/",
        "https://smba.trafficmanager.net:99999/",
        "https://smba.trafficmanager.net./",
        "https://SMBA.trafficmanager.net/",
        "HTTPS://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example@smba.trafficmanager.net/",
        "https://user:pass@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net",
        "https://evil.example#smba.trafficmanager.net",
        "https://smba.trafficmanager.net#@evil.example/",
        "https://smba.trafficmanager.net?x=",
        "https://smba.trafficmanager.net\\@evil.example/",
        "https:\\\\smba.trafficmanager.net/",
        "https:/smba.trafficmanager.net/",
        "https:smba.trafficmanager.net/",
        "//smba.trafficmanager.net/",
        "smba.trafficmanager.net",
        " https://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/\n",
        "https://smba.traffic\tmanager.net/",
        "https://smba.trafficmanager.net/a b",
        "https://smba%2etrafficmanager.net/",
        "https://smba。trafficmanager.net/",
        "https://ѕmba.trafficmanager.net/",
        "https://xn--mba-l6b.trafficmanager.net/",
        "https://botframework.com/",
        "https://.botframework.com/",
        "https://a..botframework.com/",
        "https://evilbotframework.com/",
        "https://-a.botframework.com/",
        "https://a.botframework.com.evil.example/",
        "http://a.botframework.com/",
        "http://localhost:3001/",
        "http://localhost/",
        "http://localhost.evil.example:3000/",
        "http://127.0.0.1.evil.example:80/",
        "http://127.1:80/",
        "http://2130706433:80/",
        "http://0x7f.0.0.1:80/",
        "http://127.0.0.2:80/",
        "http://[::ffff:127.0.0.1]:80/",
        "ftp://127.0.0.1:21/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://127.0.0.1:8443/" + "a" * 3000,
    ],
)
def test_tricks_with_urls_are_refused(url: object) -> None:
    assert not HOSTS.permits(url)


@pytest.mark.parametrize(
    "pattern", ["", "*", "*:*", "*.", "https://a", "a/b", "a@b", "a:0", "a:99999", "a:x", "a b", "**.a", "a.*", "-a"]
)
def test_a_pattern_that_means_nothing_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match="host pattern"):
        ServiceHosts((pattern,))


def test_microsofts_hosts_are_patterns_and_leave_out_loopback() -> None:
    hosts = ServiceHosts(MICROSOFT_HOSTS)
    assert hosts.permits("https://smba.trafficmanager.net/amer/")
    assert not hosts.permits("http://127.0.0.1:80/")
