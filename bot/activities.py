"""Activities between their JSON and botbuilder's objects, without msrest's slow way round."""

from collections.abc import Mapping
from copy import copy
from typing import Any, cast

from bot.sdk import Activity, ActivityTypes, InvokeResponse, schema

# botbuilder's models declare every field as what its default is not.
_models: Any = schema
_TEXTS = {
    "type": "type",
    "id": "id",
    "serviceUrl": "service_url",
    "channelId": "channel_id",
    "locale": "locale",
    "text": "text",
    "textFormat": "text_format",
    "replyToId": "reply_to_id",
    "name": "name",
    "action": "action",
    "deliveryMode": "delivery_mode",
    "value": "value",
    "channelData": "channel_data",
}


def incoming(raw: Mapping[str, Any]) -> Activity:
    """botbuilder's object for an activity's JSON whose shape was checked (bot.body)."""
    fields: dict[str, Any] = {field: raw[key] for key, field in _TEXTS.items() if key in raw}
    for key, field in (("from", "from_property"), ("recipient", "recipient")):
        if raw.get(key):
            fields[field] = _account(raw[key])
    for key, field in (("membersAdded", "members_added"), ("membersRemoved", "members_removed")):
        if raw.get(key):
            fields[field] = [_account(member) for member in raw[key]]
    if raw.get("entities"):
        fields["entities"] = [_entity(entity) for entity in raw["entities"]]
    if raw.get("attachments"):
        fields["attachments"] = [_attachment(attachment) for attachment in raw["attachments"]]
    return _models.Activity(conversation=_conversation(raw["conversation"]), **fields)


class Outgoing(Activity):
    """A message of ours: its JSON is kept beside the object, and nothing is copied deeply."""

    raw: Mapping[str, Any]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Outgoing":
        attachments = [_attachment(attachment) for attachment in raw.get("attachments", ())]
        activity = cast(Any, cls)(type=raw.get("type", ActivityTypes.message.value), text=raw.get("text"))
        activity.attachments = attachments or None
        activity.raw = raw
        return activity

    @classmethod
    def invoke_response(cls, response: InvokeResponse) -> "Outgoing":
        activity = cast(Any, cls)(type=ActivityTypes.invoke_response.value, value=response)
        activity.raw = {"value": {"status": response.status, "body": response.body}}
        return activity

    def __deepcopy__(self, memo: dict[int, Any]) -> "Outgoing":
        # botbuilder addresses a deep copy; of ours only the address changes, never the content.
        return copy(self)


def as_json(message: Activity) -> dict[str, Any]:
    """What goes over the wire for an activity that botbuilder has addressed."""
    activity: Any = message
    if not isinstance(message, Outgoing):
        return activity.serialize()
    addressed: dict[str, Any] = {
        "type": activity.type,
        "from": _account_json(activity.from_property),
        "recipient": _account_json(activity.recipient),
        "conversation": _conversation_json(activity.conversation),
        "channelId": activity.channel_id,
        "serviceUrl": activity.service_url,
        "replyToId": activity.reply_to_id,
        "locale": activity.locale,
        "inputHint": activity.input_hint,
    }
    told = {key: value for key, value in addressed.items() if value is not None}
    return {**told, **activity.raw}


def _account(raw: Mapping[str, Any]) -> Any:
    return _models.ChannelAccount(
        id=raw.get("id"), name=raw.get("name"), aad_object_id=raw.get("aadObjectId"), role=raw.get("role")
    )


def _conversation(raw: Mapping[str, Any]) -> Any:
    return _models.ConversationAccount(
        id=raw.get("id"),
        name=raw.get("name"),
        is_group=raw.get("isGroup"),
        conversation_type=raw.get("conversationType"),
        tenant_id=raw.get("tenantId"),
    )


def _entity(raw: Mapping[str, Any]) -> Any:
    entity = _models.Entity(type=raw.get("type"))
    entity.additional_properties = dict(raw)  # as an argument it would be ignored, with a warning in the log
    return entity


def _attachment(raw: Mapping[str, Any]) -> Any:
    return _models.Attachment(
        content_type=raw.get("contentType"),
        content_url=raw.get("contentUrl"),
        content=raw.get("content"),
        name=raw.get("name"),
    )


def _account_json(account: Any) -> dict[str, Any] | None:
    if account is None:
        return None
    facts = {"id": account.id, "name": account.name, "aadObjectId": account.aad_object_id, "role": account.role}
    return {key: value for key, value in facts.items() if value is not None}


def _conversation_json(conversation: Any) -> dict[str, Any]:
    facts = {
        "id": conversation.id,
        "name": conversation.name,
        "isGroup": conversation.is_group,
        "conversationType": conversation.conversation_type,
        "tenantId": conversation.tenant_id,
    }
    return {key: value for key, value in facts.items() if value is not None}
