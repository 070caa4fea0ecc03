"""Poster: sends and edits a message outside a turn, and tells how that ended. The outbox is handed one."""

from collections.abc import Awaitable, Mapping
from typing import Any

from bot.connector import Connector, ConnectorFault, ForbiddenServiceUrl
from bot.conversations import Client
from domain.value import value


@value
class Outcome:
    """`status`: HTTP's; None: no answer. `ambiguous`: it may have been posted all the same."""

    status: int | None
    activity_id: str | None = None
    retry_after: float | None = None
    ambiguous: bool = False
    problem: str = ""


class Poster:
    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def post(self, service_url: str, conversation_id: str, activity: Mapping[str, Any]) -> Outcome:
        conversations = Client(self._connector, service_url).conversations
        return await _outcome(conversations.send_to_conversation(conversation_id, activity))

    async def open(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Outcome:
        """https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages"""
        asked = {
            "bot": {"id": bot_id},
            "members": [{"id": member_id}],
            "isGroup": False,
            "tenantId": tenant_id,
            "channelData": {"tenant": {"id": tenant_id}},
        }
        return await _outcome(Client(self._connector, service_url).conversations.create_conversation(asked))

    async def put(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]
    ) -> Outcome:
        conversations = Client(self._connector, service_url).conversations
        return await _outcome(conversations.update_activity(conversation_id, activity_id, activity))


async def _outcome(call: Awaitable[Any]) -> Outcome:
    try:
        answer = await call
    except ForbiddenServiceUrl:
        # As if the bot had been removed there: nothing is sent until somebody speaks to it from a permitted address.
        return Outcome(403, problem="forbidden service URL")
    except ConnectorFault as fault:
        return Outcome(fault.status, None, fault.retry_after, fault.ambiguous, str(fault))
    return Outcome(200, answer.id)
