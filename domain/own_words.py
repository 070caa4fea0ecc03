"""What people write in their own words for others to read: names, notes, messages. One rule says what is a link."""

import re
import unicodedata

_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u2024": "."})
_JOINERS = "\u200c\u200d"
"""Emoji and Persian need these two of the invisible signs."""
LINKLIKE = re.compile(r"[a-z]:/|www\.|\.\S{1,40}/|\S@\S|[^\W_]\.[^\W\d_]{2,}", re.IGNORECASE)
"""A word with this in it: mail programs and chats make links of addresses, of hosts and of whatever has a scheme."""


def visible(text: str) -> str:
    """Without controls, and without signs that are invisible or turn the direction of the text. Lines stay lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = (sign if sign == "\n" else " " if sign.isspace() else sign if _shown(sign) else "" for sign in text)
    return "".join(kept)


def one_line(text: str) -> str:
    return " ".join(visible(text).split())


def lines(text: str) -> str:
    """Several lines, with at most one empty one between two others."""
    trimmed = [" ".join(line.split()) for line in visible(text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(trimmed)).strip()


def links(text: str) -> tuple[str, ...]:
    """The words that look like links, as they are understood by whatever makes links of them."""
    plain = unicodedata.normalize("NFKC", text).translate(_DOTS)
    plain = "".join(sign for sign in plain if sign.isspace() or sign not in _JOINERS)
    return tuple(word for word in plain.split() if LINKLIKE.search(word))


def without_links(text: str) -> str:
    return " ".join(word for word in text.split() if not links(word))


def _shown(sign: str) -> bool:
    return sign in _JOINERS or not unicodedata.category(sign).startswith("C")
