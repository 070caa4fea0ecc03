"""Where an activity came from and who sent it: activity JSON → Place, Person. Everything in it may be made up.

Activity schema: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from bot.writing import Mention, clean
from domain.errors import Outsider
from domain.views import Kind, Person, Place

Activity = Mapping[str, Any]

LONGEST_ID = 512
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OUTSIDE = frozenset({"guest", "anonymous", "bot", "skill"})
"""Roles (the roster's `userRole`, the activity's `from.role`) that never get anything done, but see GUEST."""
GUEST = "guest"
"""May invite where the tenant says so, and nothing else."""
KINDS = {"personal": Kind.PERSONAL, "groupchat": Kind.GROUP, "channel": Kind.TEAM}


class Unplaceable(Exception):
    """The activity does not say where it came from."""


def part(whole: object, *names: str) -> Mapping[str, Any]:
    """A nested object of JSON; empty where it is missing or something else."""
    for name in names:
        whole = cast(dict[str, Any], whole).get(name) if isinstance(whole, dict) else None
    return cast(dict[str, Any], whole) if isinstance(whole, dict) else {}


def word(whole: Mapping[str, Any], name: str) -> str:
    """An id or a short word; empty where it is missing, longer than ids are, or not text."""
    value = whole.get(name)
    return value if isinstance(value, str) and len(value) <= LONGEST_ID and value.isprintable() else ""


def things(whole: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of a list; at most 100."""
    value = whole.get(name)
    listed = cast(list[object], value)[:100] if isinstance(value, list) else []
    return [cast(dict[str, Any], one) for one in listed if isinstance(one, dict)]


def place(activity: Activity, tenant_id: str) -> Place:
    """Raises Unplaceable. `tenant_id` was checked at the door."""
    conversation = part(activity, "conversation")
    team = part(activity, "channelData", "team")
    conversation_id = word(conversation, "id")
    if not conversation_id or not tenant_id:
        raise Unplaceable
    kind = kind_of(activity)
    alone = conversation_id.partition(";")[0]
    return Place(
        tenant_id=tenant_id,
        kind=kind,
        channel_id=word(activity, "channelId"),
        place_id=(word(team, "id") or alone) if kind is Kind.TEAM else alone,
        name=_name(kind, activity),
        service_url=word(activity, "serviceUrl"),
        conversation_id=conversation_id,
        bot_id=word(part(activity, "recipient"), "id"),
        locale=word(activity, "locale")[:35] or "en",
        group_id=_group_id(kind, activity),
    )


def kind_of(activity: Activity) -> Kind:
    conversation = part(activity, "conversation")
    told = KINDS.get(word(conversation, "conversationType").casefold())
    if told is not None:
        return told
    if part(activity, "channelData", "team"):
        return Kind.TEAM
    return Kind.GROUP if conversation.get("isGroup") is True else Kind.PERSONAL


def _group_id(kind: Kind, activity: Activity) -> str:
    """Elsewhere than in Teams a client writes it itself."""
    vouched = kind is Kind.TEAM and activity.get("channelId") == "msteams"
    return group_id(part(activity, "channelData", "team")) if vouched else ""


def group_id(team: Mapping[str, Any]) -> str:
    """As Teams describes a team; empty where it is not told."""
    told = word(team, "aadGroupId").lower()
    return told if GUID.fullmatch(told) else ""


def _name(kind: Kind, activity: Activity) -> str:
    if kind is Kind.TEAM:
        return clean(part(activity, "channelData", "team").get("name"))
    if kind is Kind.GROUP:
        return clean(part(activity, "conversation").get("name"))
    return clean(part(activity, "from").get("name"))


def sender_id(activity: Activity) -> str:
    """The sender's Entra object id, in lower case; empty where there is none."""
    return word(part(activity, "from"), "aadObjectId").lower()


def person(activity: Activity, tenant_id: str, *, guests: bool = False) -> Person:
    """The sender. Raises Outsider for a bot, a guest, an anonymous person, for somebody of another tenant, and for
    anybody without an Entra object id. `guests`: a guest is let through, with that role."""
    sender = part(activity, "from")
    person_id = sender_id(activity)
    roles = {word(sender, "role").casefold(), word(sender, "userRole").casefold()}
    home = word(sender, "tenantId").lower() or tenant_id
    guest = guests and roles & OUTSIDE == {GUEST}
    if not person_id or (roles & OUTSIDE and not guest) or home != tenant_id:
        raise Outsider
    return Person(
        tenant_id=tenant_id,
        person_id=person_id,
        name=clean(sender.get("name")),
        channel_user_id=word(sender, "id"),
        role=GUEST if guest else None,
    )


def mentions(activity: Activity) -> tuple[tuple[Mention, ...], bool]:
    """Who is mentioned (the bot left out), in the order of the text, and whether the bot is."""
    bot_id = word(part(activity, "recipient"), "id")
    text = word(activity, "text")
    found = [entity for entity in things(activity, "entities") if word(entity, "type") == "mention"]
    told = [_mention(entity) for entity in sorted(found, key=lambda each: text.find(word(each, "text")))]
    others: dict[str, Mention] = {}
    for one in told:
        if one.channel_user_id and one.channel_user_id != bot_id:
            others.setdefault(one.channel_user_id, one)
    return tuple(others.values()), any(one.channel_user_id == bot_id for one in told if bot_id)


def shown(activity: Activity) -> tuple[str, ...]:
    """How the message's text shows its mentions."""
    told = (word(one, "text") for one in things(activity, "entities") if one.get("type") == "mention")
    return tuple(filter(None, told))


def _mention(entity: Mapping[str, Any]) -> Mention:
    who = part(entity, "mentioned")
    return Mention(
        channel_user_id=word(who, "id"),
        name=clean(who.get("name")),
        person_id=word(who, "aadObjectId").lower() or None,
    )
