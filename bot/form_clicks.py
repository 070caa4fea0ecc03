"""What the invite form sends, from a card in the chat or from a dialog → typed commands. All of it may be made up."""

import re
from collections.abc import Mapping
from typing import Any, cast

from bot.commands import Command, FillIn, HowToInvite, InviteFromMessage, Need, Unclear
from bot.payloads import whole
from bot.phrases import number
from bot.places import part, word
from bot.writing import plain
from domain import addresses
from domain.form_views import Filled
from locales import LANGUAGES

MOST_TYPED = 60_000
"""Characters of the field of addresses that are looked at."""
LONGEST_TEXT = 4_000
LONGEST_DATE = 20
MOST_PEOPLE = 20
MOST_FROM_MESSAGE = 20
PERSON = re.compile(r"[a-z0-9:._-]{1,100}")
ADDRESS = re.compile(r"[A-Za-z0-9._+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})++")


def filled(data: Mapping[str, Any]) -> Filled | None:
    """The form's fields; None for what no form of ours sends. A field that is missing is an empty one."""
    typed = _text(data, "addresses", MOST_TYPED)
    name, message = _text(data, "name", LONGEST_TEXT), _text(data, "message", LONGEST_TEXT)
    until, people = _text(data, "until", LONGEST_DATE), _people(data.get("sponsors"))
    language, reason = _text(data, "language", 10), _text(data, "reason", LONGEST_TEXT)
    if typed is None or name is None or message is None or until is None or people is None or reason is None:
        return None
    if language not in ("", "known", *LANGUAGES):
        return None
    return Filled(
        typed=typed,
        parsed=addresses.parse(plain(typed)),
        name=name.strip(),
        language="" if language == "known" else language,
        days=_days(data.get("days")),
        until=until.strip(),
        sponsors=people,
        message=message.strip(),
        reason=reason.strip(),
    )


def _text(data: Mapping[str, Any], name: str, longest: int) -> str | None:
    value = data.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) and len(value) <= longest else None


def _days(value: object) -> int | None:
    """None: not said; 0: not a number of days."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return number(plain(value[:20])) or 0
    return whole(value) or 0


def _people(value: object) -> tuple[str, ...] | None:
    """Entra object ids, as the picker of people gives them: between commas."""
    if value is None or value == "":
        return ()
    if not isinstance(value, str) or len(value) > MOST_PEOPLE * 101:
        return None
    found = tuple(dict.fromkeys(one.strip().lower() for one in value.split(",") if one.strip()))
    return found if all(PERSON.fullmatch(one) for one in found) else None


def in_chat(data: Mapping[str, Any]) -> FillIn | None:
    """Of a card: only where more was filled in than addresses and days."""
    read = filled(data)
    return FillIn(read) if read is not None and not read.plain else None


def in_dialog(data: Mapping[str, Any]) -> FillIn | None:
    read = filled(data)
    return FillIn(read) if read is not None else None


def opening(_: Mapping[str, Any]) -> HowToInvite:
    return HowToInvite()


def from_message(value: Mapping[str, Any]) -> Command:
    """The action on a message: the addresses in its text, and who wrote it."""
    message = part(value, "messagePayload")
    content = part(message, "body").get("content")
    said = plain(content) if isinstance(content, str) else ""
    good = addresses.parse("\n".join(ADDRESS.findall(said)[:MOST_FROM_MESSAGE])).good
    author = part(message, "from", "user")
    return InviteFromMessage(good, word(author, "id").lower(), word(author, "displayName"))


def looked_for(value: Mapping[str, Any]) -> str:
    """What somebody typed into the search; empty at its first opening."""
    given = value.get("parameters")
    listed = cast(list[object], given)[:10] if isinstance(given, list) else []
    for one in listed:
        named = cast(dict[str, Any], one) if isinstance(one, dict) else {}
        said = named.get("value")
        if named.get("name") == "guest" and isinstance(said, str):
            return plain(said[:200])
    return ""


def nothing() -> Unclear:
    return Unclear("", Need.BUTTON)
