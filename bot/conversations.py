"""Client and Conversations: the connector in the shape that botbuilder calls it, bound to one service URL."""

from collections.abc import Mapping
from typing import Any

from bot.activities import as_json
from bot.connector import Call, Connector
from bot.sdk import Activity, ConversationParameters, ConversationResourceResponse, ResourceResponse

Message = Activity | Mapping[str, Any]
"""botbuilder's object, or an activity's JSON."""


class Client:
    """The one part of botbuilder's ConnectorClient that its adapter uses. Where it may call, the connector checks."""

    def __init__(self, connector: Connector, service_url: str) -> None:
        self.conversations = Conversations(connector, service_url)


class Conversations:
    """Methods of botbuilder's ConversationsOperations. All raise ConnectorFault."""

    def __init__(self, connector: Connector, service_url: str) -> None:
        self._connector = connector
        self._service_url = service_url

    async def send_to_conversation(self, conversation_id: str, activity: Message) -> ResourceResponse:
        return await self._write("POST", conversation_id, None, activity)

    async def reply_to_activity(self, conversation_id: str, activity_id: str, activity: Message) -> ResourceResponse:
        return await self._write("POST", conversation_id, activity_id, activity)

    async def update_activity(self, conversation_id: str, activity_id: str, activity: Message) -> ResourceResponse:
        return await self._write("PUT", conversation_id, activity_id, activity)

    async def delete_activity(self, conversation_id: str, activity_id: str) -> None:
        path = ("conversations", conversation_id, "activities", activity_id)
        await self._connector.call(Call("DELETE", self._service_url, path, channel=conversation_id))

    async def create_conversation(
        self, parameters: ConversationParameters | Mapping[str, Any]
    ) -> ConversationResourceResponse:
        asked: Any = parameters
        body: Mapping[str, Any] = asked if isinstance(parameters, Mapping) else asked.serialize()
        answer = await self._connector.call(Call("POST", self._service_url, ("conversations",), body, creates=True))
        conversation: Any = ConversationResourceResponse
        return conversation(
            id=answer.get("id"), activity_id=answer.get("activityId"), service_url=answer.get("serviceUrl")
        )

    async def _write(
        self, method: str, conversation_id: str, activity_id: str | None, activity: Message
    ) -> ResourceResponse:
        body = as_json(activity) if isinstance(activity, Activity) else activity
        path = ("conversations", conversation_id, "activities", *((activity_id,) if activity_id else ()))
        call = Call(method, self._service_url, path, body, creates=method == "POST", channel=conversation_id)
        answer: Any = ResourceResponse
        return answer(id=(await self._connector.call(call)).get("id"))
