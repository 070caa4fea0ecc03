"""`links`: an application's name and address out of what was typed. Pure."""

import re
from collections.abc import Sequence

from bot.commands import AddLink, Command, Links, Need, RemoveLink, Unclear
from bot.writing import Mention

ADD = frozenset({"add", "hinzufügen", "hinzufuegen"})
REMOVE = frozenset({"remove", "entfernen"})
AROUND = " \t\r\n,;\"'"
MARKDOWN_LINK = re.compile(r"\[[^\[\]]*\]\((https?://[^\s()]++)\)", re.IGNORECASE)
"""As some clients send an address that they made a link of."""
LONGEST = 2000


def links(rest: str, _mentions: Sequence[Mention]) -> Command:
    word, _, said = rest.partition(" ")
    word = word.casefold().strip(AROUND)
    if not word:
        return Links()
    if word in ADD:
        return _added(said)
    if word in REMOVE:
        name = " ".join(said.split()).strip(AROUND)
        return RemoveLink(name[:LONGEST]) if name else Unclear("links", Need.LINK_NAME)
    return Unclear("links", Need.LINKS)


def _added(said: str) -> Command:
    """The last word is the address, all before it the name."""
    words = MARKDOWN_LINK.sub(r" \1 ", said[: 2 * LONGEST]).split()
    if len(words) < 2:
        return Unclear("links", Need.LINK)
    name = " ".join(words[:-1]).strip(AROUND)
    return AddLink(name, words[-1].strip("<>")) if name else Unclear("links", Need.LINK)
