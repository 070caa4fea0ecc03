"""Turn: one activity, and what the bot may do about it. The bot's side of the seam (see bot/__init__.py)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from bot.activities import Outgoing
from bot.connector import ConnectorFault
from bot.roster import Member, NoRoster, Roster
from bot.sdk import ActivityTypes, InvokeResponse, TurnContext

ACTIVITY_KEY = "gatehouse.activity"
TENANT_KEY = "gatehouse.tenant"
ROSTER_KEY = "gatehouse.roster"
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"


class Turn:
    """Made with `Turn.of(context)`, once per `on_turn`."""

    context: TurnContext
    activity: Mapping[str, Any]
    """The activity's JSON as received; read only."""
    tenant_id: str
    """Checked by the door (lower case)."""

    def __init__(
        self, context: TurnContext, activity: Mapping[str, Any], tenant_id: str, roster: Roster | None
    ) -> None:
        self.context = context
        self.activity = activity
        self.tenant_id = tenant_id
        self._roster = roster

    @classmethod
    def of(cls, context: TurnContext, roster: Roster | None = None) -> "Turn":
        """`roster` is for tests: the door hands in the connector's."""
        state = cast(dict[str, Any], context.turn_state)
        activity = state.get(ACTIVITY_KEY)
        if activity is None:
            heard: Any = context.activity
            activity = heard.serialize()
        tenant_id = state.get(TENANT_KEY)
        if tenant_id is None:
            tenant_id = _tenant(activity)
        return cls(context, activity, tenant_id, roster or state.get(ROSTER_KEY))

    async def reply(self, message: str | Mapping[str, Any]) -> str | None:
        """Posts a message into the conversation and thread it came from: a text, or an activity's JSON (`text`,
        `attachments`, …; addressing is filled in). Returns the new activity's id (empty where the channel told none),
        or None when it could not be delivered: what the operation did stays done, so the turn goes on."""
        raw: Mapping[str, Any] = {"text": message} if isinstance(message, str) else message
        try:
            answer = await self.context.send_activity(Outgoing.of(raw))
        except ConnectorFault:
            return None
        return (answer.id or "") if answer else None

    async def answer(self, body: Mapping[str, Any] | str | None, status: int = HTTPStatus.OK) -> None:
        """The answer to an invoke: its body, as a dict or as JSON text kept from the first time; `status` is HTTP's."""
        response = InvokeResponse(status=status, body=body)
        await self.context.send_activity(Outgoing.invoke_response(response))

    async def member(self, conversation_id: str, member_id: str) -> Member:
        """Asks the roster (see bot.roster.Roster). Raises NotInRoster, NoRoster, RosterFault."""
        if self._roster is None:
            raise NoRoster
        return await self._roster(str(self.activity.get("serviceUrl", "")), conversation_id, member_id)

    @property
    def type(self) -> str:
        return str(self.activity.get("type", ""))

    @property
    def is_invoke(self) -> bool:
        return self.type == ActivityTypes.invoke


def card_answer(card: Mapping[str, Any]) -> dict[str, Any]:
    """The body that shows `card` in place of the one that was clicked (Universal Actions)."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": card}


def message_answer(text: str) -> dict[str, Any]:
    """The body that shows a sentence to the person who clicked."""
    return {"statusCode": 200, "type": MESSAGE_TYPE, "value": text}


def answer_text(body: Mapping[str, Any]) -> str:
    """JSON text of an answer, as it is kept for a repeated invoke."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _tenant(activity: Mapping[str, Any]) -> str:
    conversation: Mapping[str, Any] = activity.get("conversation") or {}
    data: Mapping[str, Any] = activity.get("channelData") or {}
    tenant: Mapping[str, Any] = data.get("tenant") or {}
    # botbuilder writes its own field under another name than it reads it.
    named = tenant.get("id") or conversation.get("tenantId") or conversation.get("tenantID")
    return str(named or "").lower()
