"""Who gets in with what token (C1–C4). Every case goes through the door, and no refused one reaches the bot."""

import base64
import json
import random
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.authentication import TokenChecks, TokenRefused
from tests.bot.edge.cloud import APP_ID, EC, RSA, RSA_OTHER, Cloud, bearer, claims, jwk, message, token

pytestmark = pytest.mark.sockets


def _part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _public_pem() -> bytes:
    return RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _hmac_with_public_key(cloud: Cloud) -> str:
    import hashlib
    import hmac

    signed = f"{_part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{_part(claims(cloud))}"
    return f"{signed}.{_part(hmac.new(_public_pem(), signed.encode(), hashlib.sha256).digest())}"


def _unsigned(cloud: Cloud, algorithm: str) -> str:
    return f"{_part({'alg': algorithm, 'kid': 'one'})}.{_part(claims(cloud))}."


def _stitched(cloud: Cloud) -> str:
    """The signature of one token under the claims of another."""
    head, _, signature = token(cloud).split(".")
    return f"{head}.{_part(claims(cloud, sub='somebody'))}.{signature}"


def _own_header(cloud: Cloud, **head: Any) -> str:
    return jwt.encode(claims(cloud), RSA, "RS256", headers={"kid": "one", **head})


NOW = time.time
ALGORITHMS = ("none", "HS256", "RS256", "ES256", "RS512", "", "PS256")
BAD = {
    "no key id": lambda cloud: token(cloud, kid=None),
    "unknown key id": lambda cloud: token(cloud, kid="two"),
    "empty key id": lambda cloud: token(cloud, kid=""),
    "another key under a known id": lambda cloud: token(cloud, key=RSA_OTHER),
    "an EC key under an RSA id": lambda cloud: token(cloud, key=EC, algorithm="ES256"),
    "RS384": lambda cloud: token(cloud, algorithm="RS384"),
    "RS512": lambda cloud: token(cloud, algorithm="RS512"),
    "PS256": lambda cloud: token(cloud, algorithm="PS256"),
    "none": lambda cloud: _unsigned(cloud, "none"),
    "None": lambda cloud: _unsigned(cloud, "None"),
    "no algorithm": lambda cloud: f"{_part({'kid': 'one'})}.{_part(claims(cloud))}.",
    "HS256 with the public key": _hmac_with_public_key,
    "HS256 with an empty key": lambda cloud: _unsigned(cloud, "HS256"),
    "claims of another token": _stitched,
    "no signature": lambda cloud: token(cloud).rpartition(".")[0] + ".",
    "signature cut": lambda cloud: token(cloud)[:-8],
    "unknown critical header": lambda cloud: _own_header(cloud, crit=["exp2"], exp2=1),
    "own key in the header": lambda cloud: jwt.encode(
        claims(cloud), RSA_OTHER, "RS256", headers={"kid": "x", "jwk": jwk(RSA_OTHER, "x")}
    ),
    "own key's address in the header": lambda cloud: jwt.encode(
        claims(cloud), RSA_OTHER, "RS256", headers={"kid": "x", "jku": "https://evil.example/keys"}
    ),
    "no exp": lambda cloud: token(cloud, exp=None),
    "expired": lambda cloud: token(cloud, exp=int(NOW()) - 302),
    "exp as text": lambda cloud: token(cloud, exp=str(int(NOW()) + 3600)),
    "exp true": lambda cloud: token(cloud, exp=True),
    "exp beyond all": lambda cloud: token(cloud, exp=10**400),
    "no nbf": lambda cloud: token(cloud, nbf=None),
    "not yet": lambda cloud: token(cloud, nbf=int(NOW()) + 310),
    "nbf as text": lambda cloud: token(cloud, nbf="0"),
    "issued in the future": lambda cloud: token(cloud, iat=int(NOW()) + 310),
    "no issuer": lambda cloud: token(cloud, iss=None),
    "the Emulator's issuer": lambda cloud: token(
        cloud, iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/", appid=APP_ID
    ),
    "a skill's issuer": lambda cloud: token(
        cloud, iss="https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0", azp=APP_ID
    ),
    "issuer with a slash": lambda cloud: token(cloud, iss="https://api.botframework.com/"),
    "issuer's government twin": lambda cloud: token(cloud, iss="https://api.botframework.us"),
    "no audience": lambda cloud: token(cloud, aud=None),
    "another audience": lambda cloud: token(cloud, aud="0e9a8f9c-0000-0000-0000-3d3f3b6d9c11"),
    "empty audience": lambda cloud: token(cloud, aud=""),
    "audience among others": lambda cloud: token(cloud, aud=[APP_ID, "other"]),
    "no serviceurl": lambda cloud: token(cloud, serviceurl=None),
    "empty serviceurl": lambda cloud: token(cloud, serviceurl=""),
    "serviceUrl in the wrong case": lambda cloud: token(cloud, serviceurl=None, serviceUrl=cloud.service_url),
    "serviceurl is no text": lambda cloud: token(cloud, serviceurl=[cloud.service_url]),
    "claims are a list": lambda cloud: jwt.api_jws.encode(b"[1]", RSA, "RS256", headers={"kid": "one"}),
    "claims are no JSON": lambda cloud: jwt.api_jws.encode(b"{", RSA, "RS256", headers={"kid": "one"}),
    "claims too deep": lambda cloud: jwt.api_jws.encode(b"[" * 3000, RSA, "RS256", headers={"kid": "one"}),
    "garbage": lambda cloud: "garbage",
    "three dots": lambda cloud: "...",
    "empty": lambda cloud: "",
    "not ASCII": lambda cloud: "ä.ö.ü",
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_token_is_answered_401_and_runs_no_turn(case: str, door: Any, cloud: Cloud, bot: Any) -> None:
    """C1, C2, C4"""
    response = await door.post("/api/messages", json=message(cloud), headers=bearer(BAD[case](cloud)))
    assert (response.status, await response.read(), bot.turns) == (401, b"", [])


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "{}", "Token {}", "Bearer  {}", "Bearer {} x"]
)
async def test_a_bad_authorization_header_is_answered_401(header: str, door: Any, cloud: Cloud, bot: Any) -> None:
    headers = {"Authorization": header.format(token(cloud))}
    response = await door.post("/api/messages", json=message(cloud), headers=headers)
    assert (response.status, bot.turns) == (401, [])


async def test_no_authorization_or_two_of_them_is_answered_401(door: Any, cloud: Cloud, bot: Any) -> None:
    good = f"Bearer {token(cloud)}"
    none = await door.post("/api/messages", json=message(cloud))
    two = await door.post(
        "/api/messages", json=message(cloud), headers=[("Authorization", good), ("Authorization", good)]
    )
    assert (none.status, two.status, bot.turns) == (401, 401, [])


async def test_without_a_token_not_even_the_body_is_looked_at(door: Any) -> None:
    response = await door.post("/api/messages", data=b"{" * 300_000)
    assert response.status == 401


@pytest.mark.parametrize("key", [RSA, EC], ids=["RS256", "ES256"])
async def test_a_good_token_runs_one_turn_and_its_reply_goes_to_the_thread(
    key: Any, door: Any, cloud: Cloud, bot: Any
) -> None:
    cloud.keys = [jwk(RSA, "one"), jwk(EC, "ec", endorsements=["webchat", "msteams"])]
    good = token(cloud) if key is RSA else token(cloud, key=EC, kid="ec", algorithm="ES256")
    response = await door.post("/api/messages", json=message(cloud), headers=bearer(good))
    assert (response.status, len(bot.turns)) == (200, 1)
    method, path, body, authorization = cloud.calls[0]
    assert (method, authorization) == ("POST", "Bearer secret-1")
    assert path == "/teams/v3/conversations/19%3Aabc%40thread.tacv2%3Bmessageid%3D17/activities/f%3A1"
    assert (body["type"], body["text"], body["replyToId"]) == ("message", "Hello", "f:1")
    assert (body["from"]["id"], body["recipient"]["id"]) == ("28:bot", "29:alice")


async def test_a_trailing_slash_makes_no_difference_to_the_service_url(door: Any, cloud: Cloud, bot: Any) -> None:
    good = token(cloud, serviceurl=cloud.service_url.rstrip("/"))
    response = await door.post("/api/messages", json=message(cloud), headers=bearer(good))
    assert response.status == 200


@pytest.mark.parametrize("claim", ["https://smba.trafficmanager.net/emea/", "{}x/", "{}/", "HTTP://127.0.0.1/"])
async def test_a_token_for_another_service_url_is_answered_403(claim: str, door: Any, cloud: Cloud, bot: Any) -> None:
    """C3"""
    other = bearer(token(cloud, serviceurl=claim.format(cloud.service_url)))
    response = await door.post("/api/messages", json=message(cloud), headers=other)
    assert (response.status, await response.read(), bot.turns, cloud.calls) == (403, b"", [], [])


async def test_a_key_not_endorsed_for_the_channel_is_answered_403(door: Any, cloud: Cloud, bot: Any) -> None:
    response = await door.post("/api/messages", json=message(cloud, channelId="webchat"), headers=bearer(token(cloud)))
    assert (response.status, bot.turns) == (403, [])


async def test_a_key_without_endorsements_speaks_for_every_channel(door: Any, cloud: Cloud, bot: Any) -> None:
    cloud.keys = [jwk(RSA, "one")]
    response = await door.post("/api/messages", json=message(cloud, channelId="webchat"), headers=bearer(token(cloud)))
    assert (response.status, len(bot.turns)) == (200, 1)


class _OneKey:
    def __init__(self, key: Any) -> None:
        self.key = key

    async def find(self, key_id: str) -> Any:
        return self.key if key_id == "one" else None


async def _checks(at: float) -> TokenChecks:
    from bot.keys import read_key

    return TokenChecks(_OneKey(read_key(jwk(RSA, "one"))), APP_ID, clock=lambda: at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claim", "offset", "good"),
    [("exp", -300, True), ("exp", -301, False), ("nbf", 300, True), ("nbf", 301, False), ("iat", 301, False)],
)
async def test_clocks_may_differ_by_five_minutes(claim: str, offset: int, good: bool) -> None:
    """C2"""
    checks = await _checks(1_800_000_000)
    moments = {"exp": 1_800_003_600, "nbf": 1_799_999_000, "iat": 1_799_999_000, claim: 1_800_000_000 + offset}
    header = f"Bearer {token(Cloud(url='http://127.0.0.1'), **moments)}"
    if good:
        assert (await checks.verify(header)).values["aud"] == APP_ID
    else:
        with pytest.raises(TokenRefused):
            await checks.verify(header)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 2000), bit=st.integers(0, 6), text=st.text(max_size=60))
async def test_no_change_of_a_good_token_gets_in_or_breaks_the_check(at: int, bit: int, text: str) -> None:
    """C1"""
    checks = await _checks(time.time())
    good = token(Cloud(url="http://127.0.0.1"))
    at %= len(good)
    flipped = good[:at] + chr(ord(good[at]) ^ (1 << bit)) + good[at + 1 :]
    for bad in (flipped, text, f"{text}.{text}.{text}", good[:at] + text + good[at:]):
        try:
            verified = await checks.verify(f"Bearer {bad}")
        except TokenRefused:
            continue
        # The last character of base64 has bits to spare, and padding may be added: the same bytes, so the same token.
        assert verified.values["aud"] == APP_ID
        assert [_bytes(part) for part in bad.split(".")] == [_bytes(part) for part in good.split(".")]


def _mutated(chance: random.Random, pool: list[str]) -> str:
    """A token of the pool as somebody might bend it: cut, glued, flipped, told otherwise."""
    one, other = chance.choice(pool), chance.choice(pool)
    at = chance.randrange(len(one) + 1)
    head, claimed, signature = [*one.split("."), "", "", ""][:3]
    return chance.choice(
        (
            lambda: one[:at] + chr(chance.randrange(33, 127)) + one[at + 1 :],
            lambda: one[:at] + other[at:],
            lambda: one[at:] + one[:at],
            lambda: ".".join((head, [*other.split("."), ""][1], signature)),
            lambda: ".".join((_part({"alg": chance.choice(ALGORITHMS), "kid": "one"}), claimed, signature)),
            lambda: ".".join((head, _part({"aud": APP_ID, "exp": chance.getrandbits(40)}), signature)),
            lambda: ".".join((head, claimed, base64.urlsafe_b64encode(chance.randbytes(256)).decode())),
            lambda: chance.randbytes(chance.randrange(200)).decode("latin-1"),
        )
    )()


async def test_of_ten_thousand_bent_tokens_none_gets_in_or_breaks_the_check() -> None:
    """C1"""
    chance, checks, cloud = random.Random(20261122), await _checks(time.time()), Cloud(url="http://127.0.0.1")
    good = token(cloud)
    pool = [good, *(make(cloud) for make in BAD.values())]
    same = [_bytes(part) for part in good.split(".")]
    for bad in (_mutated(chance, pool) for _ in range(10_000)):
        try:
            await checks.verify(f"Bearer {bad}")
        except TokenRefused:
            continue
        assert [_bytes(part) for part in bad.split(".")] == same


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
