"""What the door does with bodies, tenants, ages and faults (C5, C6, C8)."""

import gc
import gzip
import json
import weakref
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.body import BadBody, read
from bot.turn import card_answer, message_answer
from domain.faults import Unavailable
from tests.bot.edge.cloud import OTHER_TENANT, TENANT, Cloud, bearer, message, token

pytestmark = pytest.mark.sockets
JSON = {"Content-Type": "application/json"}


def _deep(levels: int) -> bytes:
    return b'{"type":"message","value":' + b"[" * levels + b"]" * levels + b"}"


BODIES: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "text": b'"message"',
    "null": b"null",
    "empty object": b"{}",
    "half a character": b'{"type":"\\ud800"}',
    "not UTF-8": b'{"type":"\xff"}',
    "half a character as bytes": b'{"type":"message","text":"\xed\xa0\x80"}',
    "NaN": b'{"type":"message","value":NaN}',
    "a number of 5,000 digits": b'{"value":' + b"1" * 5000 + b"}",
    "65 levels": _deep(64),
    "100,000 levels": _deep(100_000),
}


@pytest.mark.parametrize("case", BODIES)
async def test_a_body_that_is_no_activity_is_answered_400(case: str, door: Any, cloud: Cloud, bot: Any) -> None:
    """C8"""
    response = await door.post("/api/messages", data=BODIES[case], headers=JSON | bearer(token(cloud)))
    assert (response.status, await response.read(), bot.turns) == (400, b"", [])


CHANGES: list[dict[str, Any]] = [
    *({name: None} for name in ("type", "serviceUrl", "channelId", "conversation")),
    *({name: ""} for name in ("type", "serviceUrl", "channelId")),
    *({name: 7} for name in ("type", "serviceUrl", "channelId", "conversation", "from", "text", "id", "channelData")),
    {"conversation": {}},
    {"conversation": {"id": ["x"]}},
    {"conversation": {"id": "x" * 2000}},
    {"from": {"id": {"$ne": 1}}},
    {"from": []},
    {"entities": {}},
    {"entities": ["x"]},
    {"membersAdded": [{"id": 1}]},
    {"channelData": {"tenant": TENANT}},
    {"channelData": {"tenant": {"id": [TENANT]}}},
    {"text": "nul \0 inside"},
]


@pytest.mark.parametrize("changes", CHANGES, ids=str)
async def test_an_activity_of_the_wrong_shape_is_answered_400(
    changes: dict[str, Any], door: Any, cloud: Cloud, bot: Any
) -> None:
    response = await door.post("/api/messages", json=message(cloud, **changes), headers=bearer(token(cloud)))
    assert (response.status, bot.turns) == (400, [])


async def test_a_backslash_before_u0000_in_a_text_is_only_text(open_door: Any, cloud: Cloud) -> None:
    response = await open_door.post("/api/messages", json=message(cloud, text="look: \\u0000"))
    assert response.status == 200


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
async def test_more_than_256_kib_is_answered_413(encoding: str, door: Any, cloud: Cloud, bot: Any) -> None:
    body = json.dumps(message(cloud, text="x" * 262_144)).encode()
    packed = {"gzip": gzip.compress, "deflate": zlib.compress}.get(encoding, bytes)(body)
    headers = JSON | bearer(token(cloud)) | ({} if encoding == "identity" else {"Content-Encoding": encoding})
    response = await door.post("/api/messages", data=packed, headers=headers)
    assert (response.status, bot.turns) == (413, [])


@pytest.mark.parametrize(("encoding", "status"), [("utf-8", 200), ("utf-8-sig", 200), ("utf-16", 400), ("utf-32", 400)])
async def test_bodies_are_utf_8(encoding: str, status: int, open_door: Any, cloud: Cloud) -> None:
    """In other encodings a NUL would look harmless."""
    said = message(cloud, text="Grüße \0" if status == 400 else "Grüße")
    body = json.dumps(said, ensure_ascii=False).encode(encoding)
    assert (await open_door.post("/api/messages", data=body, headers=JSON)).status == status


async def test_a_large_body_of_unknown_length_is_answered_413(door: Any, cloud: Cloud) -> None:
    async def parts() -> Any:
        for _ in range(300):
            yield b" " * 1024

    response = await door.post("/api/messages", data=parts(), headers=JSON | bearer(token(cloud)))
    assert response.status == 413


async def test_a_broken_compression_is_answered_400(door: Any, cloud: Cloud) -> None:
    headers = JSON | bearer(token(cloud)) | {"Content-Encoding": "gzip"}
    response = await door.post("/api/messages", data=b"\x1f\x8bnonsense", headers=headers)
    assert response.status == 400


async def test_a_compressed_activity_is_read(door: Any, cloud: Cloud, bot: Any) -> None:
    body = gzip.compress(json.dumps(message(cloud)).encode())
    response = await door.post(
        "/api/messages", data=body, headers=JSON | bearer(token(cloud)) | {"Content-Encoding": "gzip"}
    )
    assert (response.status, len(bot.turns)) == (200, 1)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json-seq", "multipart/form-data", ""])
async def test_another_content_type_is_answered_415(kind: str, door: Any, cloud: Cloud) -> None:
    response = await door.post(
        "/api/messages", data=json.dumps(message(cloud)), headers=bearer(token(cloud)) | {"Content-Type": kind}
    )
    assert response.status == 415


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_another_method_is_answered_405(method: str, door: Any) -> None:
    assert (await door.request(method, "/api/messages")).status == 405


@pytest.mark.parametrize("named", list(product(("", TENANT, OTHER_TENANT), repeat=3)))
async def test_a_turn_runs_only_when_all_who_name_a_tenant_name_the_same_served_one(
    named: tuple[str, str, str], door: Any, cloud: Cloud, bot: Any
) -> None:
    """C5"""
    data, conversation, header = named
    activity = message(cloud, channelData={"tenant": {"id": data}}, conversation={"id": "a", "tenantId": conversation})
    headers = bearer(token(cloud)) | {"x-ms-tenant-id": header.upper()}
    response = await door.post("/api/messages", json=activity, headers=headers)
    good = set(named) - {""} == {TENANT}
    assert (response.status, len(bot.turns)) == ((200, 1) if good else (403, 0))
    assert not bot.turns or bot.turns[0].tenant_id == TENANT
    contradicting = len(set(named) - {""}) > 1
    assert bot.turned == ([frozenset({TENANT})] if contradicting else []), "the served tenant's audit is told"


async def test_without_a_token_contradicting_tenants_leave_no_trace(open_door: Any, cloud: Cloud, bot: Any) -> None:
    activity = message(cloud, channelData={"tenant": {"id": TENANT}}, conversation={"id": "a", "tenantId": "other"})
    assert (await open_door.post("/api/messages", json=activity)).status == 403
    assert (bot.turns, bot.turned) == ([], [])


@pytest.mark.parametrize("tenant", ["x" * 200, "a b", "a/b", "../a", "-a", "é"])
async def test_a_tenant_that_cannot_be_one_is_answered_403(tenant: str, open_door: Any, cloud: Cloud) -> None:
    activity = message(cloud, channelData=None, conversation={"id": "a", "tenantId": tenant})
    assert (await open_door.post("/api/messages", json=activity)).status == 403


@pytest.mark.parametrize(
    ("seconds", "status"), [(-590, 200), (-610, 403), (290, 200), (310, 403), (-86_400, 403), (None, 200)]
)
async def test_what_was_sent_long_ago_is_answered_403(
    seconds: int | None, status: int, door: Any, cloud: Cloud
) -> None:
    """C6"""
    sent = None if seconds is None else (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    response = await door.post("/api/messages", json=message(cloud, timestamp=sent), headers=bearer(token(cloud)))
    assert response.status == status


@pytest.mark.parametrize("timestamp", ["", "yesterday", "9999-12-31T23:59:59+00:00x"])
async def test_an_unreadable_timestamp_is_no_reason_to_refuse(timestamp: str, door: Any, cloud: Cloud) -> None:
    response = await door.post("/api/messages", json=message(cloud, timestamp=timestamp), headers=bearer(token(cloud)))
    assert response.status == 200


async def test_in_development_no_token_and_no_age_is_asked_for(open_door: Any, cloud: Cloud, bot: Any) -> None:
    response = await open_door.post("/api/messages", json=message(cloud, timestamp="2020-01-01T00:00:00Z"))
    assert (response.status, len(bot.turns)) == (200, 1)


async def test_in_development_the_service_url_is_checked_all_the_same(open_door: Any, cloud: Cloud, bot: Any) -> None:
    response = await open_door.post("/api/messages", json=message(cloud, serviceUrl="https://evil.example/"))
    assert (response.status, bot.turns) == (403, [])


CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Grüße"}]}


@pytest.mark.parametrize(
    "answer", [card_answer(CARD), message_answer("Only an owner can do that."), '{"statusCode":200,"kept":true}']
)
async def test_an_invoke_is_answered_in_the_response(answer: Any, door: Any, cloud: Cloud, bot: Any) -> None:
    bot.replies, bot.answer = [], answer
    click = message(cloud, type="invoke", name="adaptiveCard/action", value={"action": {"verb": "x"}})
    response = await door.post("/api/messages", json=click, headers=bearer(token(cloud)))
    assert (response.status, response.content_type) == (200, "application/json")
    assert await response.json() == (json.loads(answer) if isinstance(answer, str) else answer)
    assert cloud.calls == []


async def test_an_invoke_that_the_bot_does_not_know_is_answered_501(door: Any, cloud: Cloud, bot: Any) -> None:
    bot.replies = []
    click = message(cloud, type="invoke", name="unknown/thing")
    assert (await door.post("/api/messages", json=click, headers=bearer(token(cloud)))).status == 501


async def test_expected_replies_come_in_the_response(door: Any, cloud: Cloud, bot: Any) -> None:
    bot.replies = [
        "One",
        {"attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}]},
    ]
    asked = message(cloud, deliveryMode="expectReplies")
    response = await door.post("/api/messages", json=asked, headers=bearer(token(cloud)))
    first, second = (await response.json())["activities"]
    assert (response.status, first["text"], second["attachments"][0]["content"]) == (200, "One", CARD)
    assert first["conversation"]["id"] == asked["conversation"]["id"]
    assert cloud.calls == []


async def test_a_database_out_of_reach_is_answered_503(door: Any, cloud: Cloud, bot: Any) -> None:
    bot.fault = Unavailable()
    response = await door.post("/api/messages", json=message(cloud), headers=bearer(token(cloud)))
    assert (response.status, response.headers["Retry-After"]) == (503, "10")


async def test_a_broken_turn_is_answered_500_and_the_next_one_runs(door: Any, cloud: Cloud, bot: Any) -> None:
    bot.fault = RuntimeError("broken")
    assert (await door.post("/api/messages", json=message(cloud), headers=bearer(token(cloud)))).status == 500
    bot.fault = None
    assert (await door.post("/api/messages", json=message(cloud), headers=bearer(token(cloud)))).status == 200


async def test_a_reply_that_cannot_be_delivered_does_not_undo_the_turn(door: Any, cloud: Cloud, bot: Any) -> None:
    cloud.answers = [web.Response(status=500)]
    response = await door.post("/api/messages", json=message(cloud), headers=bearer(token(cloud)))
    assert (response.status, len(cloud.calls)) == (200, 1)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
parts = st.sampled_from(
    [
        "type",
        "id",
        "from",
        "recipient",
        "conversation",
        "channelData",
        "entities",
        "membersAdded",
        "attachments",
        "text",
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(parts, json_values, max_size=4))
async def test_no_activity_makes_the_door_fail(changes: dict[str, Any], open_door: Any, cloud: Cloud) -> None:
    """C8"""
    response = await open_door.post("/api/messages", json={**message(cloud), **changes})
    assert response.status < 500


@settings(max_examples=300, deadline=None)
@given(text=st.binary(max_size=200))
def test_no_bytes_make_the_reading_fail(text: bytes) -> None:
    with suppress(BadBody):
        assert isinstance(read(text), dict)


async def test_a_turn_leaves_nothing_for_the_garbage_collector(open_door: Any, cloud: Cloud, bot: Any) -> None:
    gc.disable()
    try:
        for number in range(3):
            response = await open_door.post("/api/messages", json=message(cloud, id=f"a{number}"))
            assert response.status == 200
        left = [weakref.ref(turn.context) for turn in bot.turns]
        bot.turns.clear()
        assert [each() for each in left] == [None, None, None]
    finally:
        gc.enable()


async def test_who_wants_to_see_what_is_sent_sees_it(open_door: Any, cloud: Cloud, bot: Any) -> None:
    """botbuilder's own way to look at activities, or to hold them back."""
    seen: list[str] = []
    answer = bot.on_turn

    async def on_turn(context: Any) -> None:
        async def look(_: Any, activities: list[Any], go_on: Any) -> None:
            seen.extend(activity.text for activity in activities)
            await go_on()

        context.on_send_activities(look)
        await answer(context)

    bot.on_turn = on_turn
    response = await open_door.post("/api/messages", json=message(cloud))
    assert (response.status, seen) == (200, ["Hello"])
