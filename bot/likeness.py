"""What somebody probably meant whose message begins with no command. Pure."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from domain import addresses

DRASTIC = frozenset({"revoke", "remove", "erase", "move", "handover"})
"""Suggested only where hardly another word can be meant: a suggestion is soon copied."""
OTHER_WORDS = {
    **dict.fromkeys(("cancel", "uninvite", "disinvite", "withdraw", "delete", "drop"), "revoke"),
    **dict.fromkeys(("ausladen", "stornieren", "absagen", "zurücknehmen", "zuruecknehmen"), "revoke"),
    **dict.fromkeys(("kick", "rauswerfen", "hinauswerfen", "rausschmeißen"), "remove"),
    **dict.fromkeys(("correct", "change", "korrigieren", "ändern", "aendern"), "status"),
}
"""Words that are no commands and yet clear: who says one of them wants nobody invited. An address is corrected on the
invitation's card, which `status` shows."""
LIKE, MUCH_ALIKE, DRASTICALLY_ALIKE = 0.6, 0.8, 0.85
SHORTEST = 3
"""Letters that are enough for the beginning of a command."""
LONGEST_WORD = 30
Meant = tuple[str, str]
"""A command, and what stands behind it."""


def meant(word: str, said: str, known: Mapping[str, str]) -> Meant | None:
    """The nearest command to `said`, which begins with `word`. `known`: the names of commands by their words."""
    rest = said.partition(" ")[2].strip()
    word = word[:LONGEST_WORD]
    misspelt = _alike(word, known, MUCH_ALIKE) or _begun(word, known)
    if misspelt and word not in OTHER_WORDS:
        return misspelt, rest
    if inside := _inside(said, {**known, **OTHER_WORDS}):
        return inside
    if "@" in said:
        return "invite", ", ".join(addresses.parse(said).good)
    distant = _alike(word, known, LIKE)
    return (distant, rest) if distant else None


def _alike(word: str, known: Mapping[str, str], least: float) -> str | None:
    """The command whose word is most like this one, if it is like enough."""
    found = [(_likeness(word, each), name) for each, name in known.items() if each and _near(word, each, name, least)]
    return max(found)[1] if found else None


def _near(word: str, each: str, name: str, least: float) -> bool:
    if name not in DRASTIC:
        return _likeness(word, each) >= least
    return _likeness(word, each) >= DRASTICALLY_ALIKE or sorted(word) == sorted(each)


def _likeness(word: str, each: str) -> float:
    return SequenceMatcher(None, each, word).ratio()


def _begun(word: str, known: Mapping[str, str]) -> str | None:
    names = {name for each, name in known.items() if name not in DRASTIC and each.startswith(word)}
    return names.pop() if len(word) >= SHORTEST and len(names) == 1 else None


def _inside(said: str, known: Mapping[str, str]) -> Meant | None:
    """The first word that is a command, or means one, with what stands behind it."""
    words = said.split()
    for place, each in enumerate(words):
        bare = each.casefold().strip(".,:;!?\"'/")
        if bare and bare in known:
            behind = " ".join(words[place + 1 :])
            return known[bare], _whom(behind) if bare in OTHER_WORDS else behind
    return None


def _whom(behind: str) -> str:
    """An address alone where there is one, as in “cancel the invitation of …”: what these words mean takes one."""
    return "".join(addresses.parse(behind).good[:1]) if "@" in behind else behind
