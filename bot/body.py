"""The body of `POST /api/messages`: one activity, of bounded size, depth and shape. What passes here can be stored and
passed on without a further look at its types."""

import json
from collections.abc import Mapping
from typing import Any, cast

LARGEST_BYTES = 256 * 1024
"""After decompression. A card's answer and a message have room several times over."""
DEEPEST = 64
LONGEST_ID = 1024
_REQUIRED = ("type", "serviceUrl", "channelId")
_IDS = ("id", "serviceUrl", "channelId", "type", "locale", "name", "action", "deliveryMode", "replyToId", "timestamp")
_TEXTS = ("text", "textFormat", "summary")
_ACCOUNTS = ("from", "recipient")
_OBJECTS = ("conversation", "channelData")
_LISTS = ("membersAdded", "membersRemoved", "entities", "attachments")
_ACCOUNT_IDS = ("id", "name", "aadObjectId", "role")
_CONVERSATION_IDS = ("id", "name", "tenantId", "conversationType")


class BadBody(ValueError):
    """Not an activity that can be read; `status` is HTTP's."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


def read(text: bytes) -> dict[str, Any]:
    """The activity's JSON object, in UTF-8. Raises BadBody."""
    try:
        activity = json.loads(text.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadBody("no JSON") from None
    if not isinstance(activity, dict):
        raise BadBody("no JSON object")
    activity = cast(dict[str, Any], activity)
    _check_depth(activity)
    # Only escapes can smuggle in what UTF-8 and databases cannot hold; a look at every string is rarely needed.
    if b"\\u" in text:
        _check_characters(activity)
    _check_shape(activity)
    return activity


def _no_number(name: str) -> float:
    raise ValueError(name)


def _check_depth(activity: dict[str, Any]) -> None:
    level: list[Any] = [activity]
    for _ in range(DEEPEST):
        deeper: list[Any] = []
        for node in level:
            parts = cast(dict[str, Any], node).values() if isinstance(node, dict) else cast(list[Any], node)
            deeper += [part for part in parts if isinstance(part, dict | list)]
        if not deeper:
            return
        level = deeper
    raise BadBody("too deep")


def _check_characters(activity: dict[str, Any]) -> None:
    """No NUL, no half of a surrogate pair."""
    text = json.dumps(activity, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadBody("half a character") from None
    # json.dumps writes NUL as an escape, and a backslash that stands in a string as two.
    if "\\u0000" in text.replace("\\\\", ""):
        raise BadBody("NUL")


def _check_shape(activity: dict[str, Any]) -> None:
    _check_texts(activity, _IDS, LONGEST_ID)
    _check_texts(activity, _TEXTS, LARGEST_BYTES)
    if not all(activity.get(name) for name in _REQUIRED):
        raise BadBody("type, serviceUrl or channelId is missing")
    for name in (*_ACCOUNTS, *_OBJECTS):
        if not isinstance(activity.get(name), dict | None):
            raise BadBody(f"{name} is no object")
    for name in _LISTS:
        _check_list(activity, name)
    _check_accounts(activity)
    conversation = cast(dict[str, Any], activity.get("conversation") or {})
    _check_texts(conversation, _CONVERSATION_IDS, LONGEST_ID)
    if not conversation.get("id"):
        raise BadBody("conversation is missing")
    _check_channel_data(activity.get("channelData") or {})


def _check_accounts(activity: dict[str, Any]) -> None:
    single = [activity.get(name) for name in _ACCOUNTS]
    for account in (*single, *(activity.get("membersAdded") or ()), *(activity.get("membersRemoved") or ())):
        _check_texts(account or {}, _ACCOUNT_IDS, LONGEST_ID)


def _check_list(activity: dict[str, Any], name: str) -> None:
    value = activity.get(name)
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in cast(list[Any], value)):
        raise BadBody(f"{name} is no list of objects")


def _check_channel_data(data: Mapping[str, Any]) -> None:
    for name in ("tenant", "team", "channel"):
        part = data.get(name)
        if not isinstance(part, dict | None):
            raise BadBody(f"channelData.{name} is no object")
        _check_texts(cast(dict[str, Any], part or {}), ("id", "name", "aadGroupId"), LONGEST_ID)


def _check_texts(values: Mapping[str, Any], names: tuple[str, ...], longest: int) -> None:
    for name in names:
        value = values.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > longest):
            raise BadBody(f"{name} is no text, or too long")
