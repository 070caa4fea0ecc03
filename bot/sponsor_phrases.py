"""`sponsors`, `handover`, `certificate`: a message's words → a typed command. Pure."""

import re
from collections.abc import Sequence

from bot.commands import Command, Need, Unclear
from bot.sponsor_commands import AddSponsor, Certificate, HandOver, RemoveSponsor, Sponsors
from bot.writing import Mention
from domain import addresses

ADD = frozenset({"add", "hinzufügen", "hinzufuegen"})
REMOVE = frozenset({"remove", "entfernen"})
CERTIFICATE = re.compile(r"[A-Za-z0-9_-]{22}")
AROUND = " \t\r\n.,:;!?\"'"


def sponsors(rest: str, mentions: Sequence[Mention]) -> Command:
    words = [word.casefold().strip(AROUND) for word in rest.split()]
    said = {"add": bool(ADD & {*words}), "remove": bool(REMOVE & {*words})}
    parsed = addresses.parse(" ".join(word for word in rest.split() if "@" in word))
    if parsed.bad or len(parsed.good) != 1:
        return Unclear("sponsors", Need.ONE_ADDRESS if len(parsed.good) > 1 else Need.ADDRESS, parsed.bad)
    address = parsed.good[0]
    if not mentions and not any(said.values()):
        return Sponsors(address)
    if len(mentions) != 1 or said["add"] == said["remove"]:
        return Unclear("sponsors", Need.PERSON)
    return AddSponsor(address, mentions[0]) if said["add"] else RemoveSponsor(address, mentions[0])


def handover(_rest: str, mentions: Sequence[Mention]) -> Command:
    """From the first who is mentioned to the second."""
    return HandOver(*mentions) if len(mentions) == 2 else Unclear("handover", Need.TWO_PEOPLE)


def certificate(rest: str, _mentions: Sequence[Mention]) -> Command:
    word = rest.strip(AROUND)
    if CERTIFICATE.fullmatch(rest.strip()) or CERTIFICATE.fullmatch(word):
        return Certificate(rest.strip() if CERTIFICATE.fullmatch(rest.strip()) else word)
    parsed = addresses.parse(rest)
    if parsed.bad or len(parsed.good) != 1:
        return Unclear("certificate", Need.ONE_ADDRESS if len(parsed.good) > 1 else Need.ADDRESS, parsed.bad)
    return Certificate(parsed.good[0])
