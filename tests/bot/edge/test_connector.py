"""Outgoing calls: addresses, tokens, what is tried again and what never is (I2, I3), and the roster."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import connector as connector_module
from bot.connector import Call, Connector, ConnectorFault, ForbiddenServiceUrl
from bot.conversations import Client
from bot.credentials import Credentials, CredentialsFault
from bot.poster import Poster
from bot.rate import Pace
from bot.roster import Member, NoRoster, NotInRoster, RosterFault
from bot.service_url import ServiceHosts
from tests.bot.edge.cloud import APP_ID, Cloud

pytestmark = pytest.mark.sockets
MESSAGE = {"type": "message", "text": "Hello"}


def _error(status: int, code: str = "Scripted", **headers: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": "x"}}, status=status, headers=headers)


@pytest.fixture
def chat(connector: Connector, cloud: Cloud) -> Any:
    return Client(connector, cloud.service_url).conversations


async def test_every_part_of_an_address_is_quoted(chat: Any, cloud: Cloud) -> None:
    await chat.update_activity("19:a@b;messageid=1", "a/../b?c#d%2f", MESSAGE)
    assert cloud.calls[0][:2] == (
        "PUT",
        "/teams/v3/conversations/19%3Aa%40b%3Bmessageid%3D1/activities/a%2F..%2Fb%3Fc%23d%252f",
    )


async def test_the_new_activitys_id_is_told(chat: Any) -> None:
    assert (await chat.send_to_conversation("a", MESSAGE)).id == "posted-1"
    assert (await chat.reply_to_activity("a", "b", MESSAGE)).id == "posted-2"
    await chat.delete_activity("a", "b")
    assert (await chat.create_conversation({"isGroup": False})).id == "posted-4"


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_an_edit_is_tried_again_after_what_may_pass(status: int, chat: Any, cloud: Cloud) -> None:
    cloud.answers = [_error(status, **{"Retry-After": "0"})] * 1 + [_error(status, **{"Retry-After": "0"})]
    await chat.update_activity("a", "b", MESSAGE)
    assert len(cloud.calls) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 500, 501])
async def test_what_will_not_pass_is_not_tried_again(status: int, chat: Any, cloud: Cloud) -> None:
    cloud.answers = [_error(status)]
    with pytest.raises(ConnectorFault) as fault:
        await chat.update_activity("a", "b", MESSAGE)
    assert (fault.value.status, fault.value.code, len(cloud.calls)) == (status, "Scripted", 1)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_creation_that_may_have_happened_is_never_repeated(status: int, chat: Any, cloud: Cloud) -> None:
    """I3"""
    cloud.answers = [_error(status)]
    with pytest.raises(ConnectorFault) as fault:
        await chat.send_to_conversation("a", MESSAGE)
    assert (fault.value.ambiguous, len(cloud.calls)) == (True, 1)


@pytest.mark.parametrize("status", [412, 429])
async def test_a_creation_that_was_not_taken_is_repeated(status: int, chat: Any, cloud: Cloud) -> None:
    cloud.answers = [_error(status, **{"Retry-After": "0"})]
    assert (await chat.send_to_conversation("a", MESSAGE)).id == "posted-2"


async def test_a_creation_without_an_answer_is_ambiguous_and_not_repeated(
    chat: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector_module, "CALL_SECONDS", 0.2)
    cloud.answers = [1.0]
    with pytest.raises(ConnectorFault) as fault:
        await chat.send_to_conversation("a", MESSAGE)
    assert (fault.value.status, fault.value.ambiguous, len(cloud.calls)) == (None, True, 1)


async def test_a_creation_that_never_left_is_not_ambiguous(
    connector: Connector, cloud: Cloud, unused_tcp_port: int
) -> None:
    outcome = await Poster(connector).post(f"http://127.0.0.1:{unused_tcp_port}/", "a", MESSAGE)
    assert (outcome.status, outcome.ambiguous, outcome.activity_id) == (None, False, None)


async def test_a_long_retry_after_is_told_and_not_waited_for(chat: Any, cloud: Cloud) -> None:
    cloud.answers = [_error(429, "TooManyRequests", **{"Retry-After": "60"})]
    with pytest.raises(ConnectorFault) as fault:
        await chat.send_to_conversation("a", MESSAGE)
    assert (fault.value.retry_after, len(cloud.calls)) == (60.0, 1)


async def test_a_full_channel_is_told_when_to_come_again_and_nothing_is_sent(
    session: aiohttp.ClientSession, hosts: ServiceHosts, cloud: Cloud
) -> None:
    chat = Client(Connector(session, hosts, None, Pace(((60.0, 1),))), cloud.service_url).conversations
    await chat.send_to_conversation("a;messageid=1", MESSAGE)
    with pytest.raises(ConnectorFault) as fault:
        await chat.reply_to_activity("a;messageid=2", "x", MESSAGE)
    assert fault.value.retry_after is not None
    assert 59 < fault.value.retry_after < 61
    assert (fault.value.status, fault.value.ambiguous, len(cloud.calls)) == (429, False, 1)


async def test_one_token_serves_all_calls_and_is_asked_for_once(chat: Any, cloud: Cloud) -> None:
    await asyncio.gather(*(chat.send_to_conversation("a", MESSAGE) for _ in range(20)))
    assert cloud.tokens == 1
    assert {call[3] for call in cloud.calls} == {"Bearer secret-1"}


async def test_a_token_is_renewed_five_minutes_early(session: aiohttp.ClientSession, cloud: Cloud) -> None:
    now = 0.0
    credentials = Credentials(session, f"{cloud.url}/token", APP_ID, "password", lambda: now)
    assert await credentials.token() == "secret-1"
    now = 3299.0
    assert await credentials.token() == "secret-1"
    now = 3301.0
    assert await credentials.token() == "secret-2"


async def test_a_token_that_is_not_taken_is_renewed_once(chat: Any, cloud: Cloud) -> None:
    cloud.answers = [_error(401), _error(401)]
    with pytest.raises(ConnectorFault) as fault:
        await chat.send_to_conversation("a", MESSAGE)
    assert (fault.value.status, [call[3] for call in cloud.calls]) == (401, ["Bearer secret-1", "Bearer secret-2"])


async def test_without_a_token_nothing_is_sent(chat: Any, cloud: Cloud, connector: Connector) -> None:
    cloud.status = 500
    with pytest.raises(ConnectorFault, match="CredentialsFault"):
        await connector.call(Call("GET", cloud.service_url, ("x",), creates=True))
    assert cloud.calls == []
    with pytest.raises(CredentialsFault):
        await Credentials(connector._session, f"{cloud.url}/token", APP_ID, "x").token()


async def test_no_token_leaves_for_a_host_that_is_not_listed(connector: Connector, cloud: Cloud) -> None:
    """C3"""
    with pytest.raises(ForbiddenServiceUrl):
        await Client(connector, "https://evil.example/").conversations.send_to_conversation("a", MESSAGE)
    outcome = await Poster(connector).put("http://localhost:1/", "a", "b", MESSAGE)
    assert (outcome.status, cloud.tokens) == (403, 0)


async def test_a_redirect_is_not_followed(chat: Any, cloud: Cloud) -> None:
    cloud.answers = [web.Response(status=307, headers={"Location": f"{cloud.url}/teams/elsewhere"})]
    with pytest.raises(ConnectorFault):
        await chat.update_activity("a", "b", MESSAGE)
    assert len(cloud.calls) == 1


async def test_connections_are_kept(chat: Any, connector: Connector) -> None:
    for _ in range(20):
        await chat.send_to_conversation("a", MESSAGE)
    pool: Any = connector._session.connector
    assert sum(len(kept) for kept in pool._conns.values()) == 1


async def test_a_member_is_told_as_the_roster_has_it(connector: Connector, cloud: Cloud) -> None:
    cloud.answers = [
        web.json_response(
            {"id": "29:a", "name": "Alice", "objectId": "AB-1", "userPrincipalName": "a@x.example", "userRole": "User"}
        )
    ]
    found = await connector.member(cloud.service_url, "19:team@thread.tacv2", "29:a")
    assert found == Member("29:a", "ab-1", "Alice", "a@x.example", "user")
    assert cloud.calls[0][1] == "/teams/v3/conversations/19%3Ateam%40thread.tacv2/members/29%3Aa"


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (_error(404, "MemberNotFoundInConversation"), NotInRoster),
        (web.Response(status=404), NoRoster),
        (web.Response(status=405), NoRoster),
        (web.Response(status=501, text="<html>"), NoRoster),
        (_error(404, "ConversationNotFound"), RosterFault),
        (_error(401), RosterFault),
        (_error(403, "BotNotInConversationRoster"), RosterFault),
        (web.Response(status=500), RosterFault),
        (web.Response(text="[]"), NoRoster),
        (web.Response(text='{"id": "29:a", "name": "half a sign: \\ud800"}'), NoRoster),
        (web.Response(), NoRoster),
    ],
)
async def test_a_roster_that_tells_nothing_says_why(
    answer: web.Response, refusal: type[Exception], connector: Connector, cloud: Cloud
) -> None:
    cloud.answers = [answer, _error(401)]
    with pytest.raises(refusal):
        await connector.member(cloud.service_url, "a", "b")


async def test_the_connector_tells_a_teams_group_or_nothing(connector: Connector, cloud: Cloud) -> None:
    group = "3E9C5A70-2d4b-4c81-b6f3-0a8d7e5c2b19"
    odd = [web.json_response({"aadGroupId": told}) for told in ("../users", 7)]
    cloud.answers = [web.json_response({"id": "19:team", "aadGroupId": group}), *odd, _error(404), _error(403)]
    told = [await connector.group(cloud.service_url, "19:team@thread") for _ in range(5)]
    assert told == [group.lower(), "", "", "", ""]
    assert cloud.calls[0][:2] == ("GET", "/teams/v3/teams/19%3Ateam%40thread")
    assert await connector.group("https://evil.example/", "19:team") == ""
