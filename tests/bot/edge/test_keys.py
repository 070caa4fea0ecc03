"""The keys of incoming tokens: rollover and outages of the issuer (C7)."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from bot.keys import KEPT_SECONDS, PAUSE_SECONDS, KeyCache
from tests.bot.edge.cloud import EC, RSA, RSA_OTHER, Cloud, jwk

pytestmark = pytest.mark.sockets


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def cache(cloud: Cloud, session: aiohttp.ClientSession, clock: Clock) -> Any:
    cache = KeyCache(session, f"{cloud.url}/metadata", clock)
    yield cache
    await cache.close()


async def test_keys_are_fetched_once_for_all_who_ask(cache: KeyCache, cloud: Cloud) -> None:
    found = await asyncio.gather(*(cache.find("one") for _ in range(50)))
    assert all(key is not None for key in found)
    assert cloud.fetches == 1


async def test_ten_thousand_unknown_keys_make_one_fetch_a_minute(cache: KeyCache, cloud: Cloud, clock: Clock) -> None:
    await cache.find("one")
    for number in range(10_000):
        assert await cache.find(f"unknown-{number}") is None
    assert cloud.fetches == 1
    clock.now += PAUSE_SECONDS
    await asyncio.gather(*(cache.find(f"unknown-{number}") for number in range(100)))
    assert cloud.fetches == 2


async def test_a_new_key_is_known_within_a_minute_of_its_publication(
    cache: KeyCache, cloud: Cloud, clock: Clock
) -> None:
    await cache.find("one")
    cloud.keys.append(jwk(RSA_OTHER, "two"))
    assert await cache.find("two") is None
    clock.now += 59
    assert await cache.find("two") is not None
    assert await cache.find("one") is not None


async def test_a_withdrawn_key_is_forgotten_with_the_next_fetch(cache: KeyCache, cloud: Cloud, clock: Clock) -> None:
    await cache.find("one")
    cloud.keys = [jwk(RSA_OTHER, "two")]
    clock.now += 60
    await cache.find("two")
    assert await cache.find("one") is None


@pytest.mark.parametrize("mood", ["slow", "500", "no JSON object", "no address", "evil address", "no keys"])
async def test_known_keys_serve_on_while_the_issuer_is_unwell(
    mood: str, cache: KeyCache, cloud: Cloud, clock: Clock
) -> None:
    await cache.find("one")
    _spoil(cloud, mood)
    clock.now += 24 * 3600
    began = time.perf_counter()
    assert await cache.find("one") is not None
    assert time.perf_counter() - began < 0.1
    if mood != "slow":
        assert await cache.find("unknown") is None
        assert await cache.find("one") is not None


def _spoil(cloud: Cloud, mood: str) -> None:
    spoilt: dict[str, Any] = {
        "slow": {"delay_seconds": 10.0},
        "500": {"status": 500},
        "no JSON object": {"document": []},
        "no address": {"document": {}},
        "evil address": {"document": {"jwks_uri": "http://evil.example/keys"}},
        "no keys": {"keys": [{"kty": "oct", "k": "AA", "kid": "x"}]},
    }[mood]
    for name, value in spoilt.items():
        setattr(cloud, name, value)


async def test_keys_that_nobody_confirms_are_given_up_at_last(cache: KeyCache, cloud: Cloud, clock: Clock) -> None:
    await cache.find("one")
    cloud.status = 500
    clock.now += KEPT_SECONDS + 1
    assert await cache.find("one") is None


async def test_old_keys_are_renewed_without_anybody_waiting(cache: KeyCache, cloud: Cloud, clock: Clock) -> None:
    await cache.find("one")
    clock.now += 3601
    cloud.delay_seconds = 0.1
    began = time.perf_counter()
    assert await cache.find("one") is not None
    assert time.perf_counter() - began < 0.09
    await asyncio.sleep(0.5)
    assert cloud.fetches == 2


async def test_while_no_key_was_ever_had_the_issuer_is_asked_again_soon(
    cache: KeyCache, cloud: Cloud, clock: Clock
) -> None:
    cloud.status = 500
    assert await cache.find("one") is None
    clock.now += 4
    assert await cache.find("one") is None
    assert cloud.fetches == 1
    cloud.status = 200
    clock.now += 1
    assert await cache.find("one") is not None


async def test_an_issuer_that_is_down_refuses_at_once(session: aiohttp.ClientSession, unused_tcp_port: int) -> None:
    cache = KeyCache(session, f"http://127.0.0.1:{unused_tcp_port}/metadata")
    assert await cache.find("one") is None


async def test_a_slow_issuer_stalls_nobody_else(cache: KeyCache, cloud: Cloud) -> None:
    cloud.delay_seconds = 0.5
    waiting = asyncio.create_task(cache.find("one"))
    longest = 0.0
    while not waiting.done():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - began)
    assert longest < 0.3


@pytest.mark.parametrize(
    "changes",
    [{"use": "enc"}, {"alg": "RS512"}, {"kty": "oct"}, {"kid": 7}, {"n": "AQAB"}, {"n": "!"}, {"n": None}, {"e": None}],
)
async def test_a_key_that_cannot_be_used_is_left_out(changes: dict[str, Any], cache: KeyCache, cloud: Cloud) -> None:
    cloud.keys = [jwk(EC, "good"), {**jwk(RSA, "one"), **changes}, "no object"]  # type: ignore[list-item]
    assert await cache.find("good") is not None
    assert await cache.find("one") is None
