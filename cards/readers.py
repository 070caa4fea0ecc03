"""A card that each reader sees in a way of their own: who is named asks for it when the client shows the card."""

from collections.abc import Sequence
from json import dumps

from cards.elements import Part, execute
from locales import Speech

_USUAL = 4 * 1024
"""Ids up to so many bytes fit onto any card."""
_MOST = 25 * 1024 - 512
"""Bytes of a whole card, with what is around the ids."""


def refreshing(speech: Speech, whole: Part, verb: str, data: Part, readers: Sequence[str]) -> Part:
    """The card with its `refresh`. A list without anybody would say that nobody's client may ask."""
    if not readers:
        return whole
    ask = execute(speech.say("Refresh"), verb, data)
    return whole | {"refresh": {"action": ask, "userIds": _fitting(whole, readers)}}


def _fitting(whole: Part, readers: Sequence[str]) -> list[str]:
    """The first ones come first."""
    if sum(len(each) + 4 for each in readers) <= _USUAL:
        return list(readers)
    room, kept = _MOST - len(dumps(whole)), list[str]()
    for each in readers:
        room -= len(dumps(each)) + 2
        if room < 0:
            break
        kept.append(each)
    return kept
