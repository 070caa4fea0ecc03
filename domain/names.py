"""Names that chat users chose, and words that inviters wrote, made fit for mails and pages: a name may say who it is
and nothing else; a message is text and nothing else."""

import re
import unicodedata

from domain import own_words
from domain.wishes import LONGEST_MESSAGE

LONGEST = 64
"""Characters. Longer names have been used to send a message of one's own under somebody else's letterhead."""

_WITH_SCHEME = re.compile(r"\S*(?:[a-z][a-z0-9+.-]*:/|www\.)\S*", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+")
_WITH_PATH = re.compile(r"\S+\.\w{2,}[/?#:]\S*")
_DOTTED = re.compile(r"(?<=[^\W_])\.(?=\w*[^\W\d_])")
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,3}\d){6,}")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u2024": "."})


def plain(name: str, otherwise: str = "") -> str:
    """One line, at most 64 characters, without controls, invisible or turning signs, addresses, links and telephone
    numbers."""
    text = unicodedata.normalize("NFKC", name[: 8 * LONGEST]).translate(_DOTS)
    text = "".join(sign if _visible(sign) else " " if sign.isspace() else "" for sign in text)
    for pattern in (_WITH_SCHEME, _ADDRESS, _WITH_PATH, _PHONE):
        text = pattern.sub(" ", text)
    return _fitting(text, otherwise)


def in_mail(name: str, otherwise: str = "") -> str:
    """A dot inside a word gets a space after it, so that no mail program makes a link of it."""
    return _fitting(_DOTTED.sub(". ", plain(name)), otherwise)


def _fitting(text: str, otherwise: str) -> str:
    text = " ".join(text.split())[:LONGEST].strip()
    return text if any(sign.isalnum() for sign in text) else otherwise


def _visible(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "CZ" or sign == " "


def words(message: str) -> str:
    """The lines of a message without controls and turning signs. It was refused with links when it was written; a word
    that looks like one all the same (the rule was another one then) is left out."""
    kept = (own_words.without_links(line) for line in own_words.lines(message).split("\n"))
    return "\n".join(kept).strip()[:LONGEST_MESSAGE]


def quoted(message: str) -> str:
    """Each line marked as somebody's words, so that none can pass for a line of ours."""
    return "\n".join(f"> {line}".rstrip() for line in message.split("\n")) if message else ""
