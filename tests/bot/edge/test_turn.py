"""The bot's side of the seam, under botbuilder's own TestAdapter, and who may speak without a token."""

from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request
from botbuilder.core import TurnContext
from botbuilder.core.adapters import TestAdapter
from botbuilder.schema import Activity, ConversationAccount

from bot.adapter import Adapter
from bot.authentication import Authentication
from bot.door import Door
from bot.roster import Member, NoRoster
from bot.service_url import ServiceHosts
from bot.turn import Turn, answer_text, card_answer

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": []}


async def test_a_turn_works_under_botbuilders_test_adapter() -> None:
    seen: list[Turn] = []

    async def roster(service_url: str, conversation_id: str, member_id: str) -> Member:
        return Member(member_id, "a1", "Alice", None, "user")

    async def logic(context: TurnContext) -> None:
        turn = Turn.of(context, roster)
        seen.append(turn)
        await turn.reply("Hello")
        await turn.reply({"attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}]})

    adapter: Any = TestAdapter(logic)
    adapter.template.conversation = ConversationAccount(id="19:a", tenant_id="T1")
    await adapter.receive_activity("help")
    first, second = adapter.activity_buffer
    assert (first.type, first.text) == ("message", "Hello")
    assert second.attachments[0].content == CARD
    assert (seen[0].tenant_id, seen[0].activity["text"]) == ("t1", "help")
    assert (await seen[0].member("19:a", "29:x")).channel_user_id == "29:x"


async def test_an_answer_under_the_test_adapter_is_an_invoke_response() -> None:
    async def logic(context: TurnContext) -> None:
        turn = Turn.of(context)
        assert turn.is_invoke
        with pytest.raises(NoRoster):
            await turn.member("a", "b")
        await turn.answer(card_answer(CARD))

    adapter: Any = TestAdapter(logic)
    await adapter.receive_activity(Activity(type="invoke", name="adaptiveCard/action"))
    [answer] = adapter.activity_buffer
    assert (answer.type, answer.value.status, answer.value.body["value"]) == ("invokeResponse", 200, CARD)


def test_an_answers_text_is_kept_as_it_is_sent() -> None:
    assert answer_text({"value": "Grüße"}) == '{"value":"Grüße"}'


@pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "", None])
async def test_nobody_from_elsewhere_speaks_without_a_token(peer: str | None) -> None:
    """C1"""
    bot, transport = Mock(), Mock()
    transport.get_extra_info = Mock(return_value=None if peer is None else (peer, 4711))
    connector: Any = Mock()
    door = Door(Adapter(Authentication(connector, ServiceHosts(("127.0.0.1:*",)), None)), bot, connector.member, None)
    response = await door.messages(make_mocked_request("POST", "/api/messages", transport=transport))
    assert (response.status, bot.mock_calls) == (403, [])


def test_the_chat_door_is_tested_on_the_sdk_that_it_runs_on() -> None:
    """Whole libraries would hide that the SDK needs one of those that are left out."""
    import botframework.connector.auth.app_credentials as using

    assert not hasattr(using.requests.Session(), "get")
