"""Text that others wrote – names, addresses, a relay's reasons – made harmless wherever it is shown.

It goes into text runs, which are never Markdown, so it needs no backslashes and stays readable. Some clients make links
of what looks like one all the same, so nothing looks like one afterwards: an invisible word joiner (U+2060) stands
where a link, a mention, a tag or a template would begin. An address that was validated stays as it is, to be copied.
"""

import re
from functools import lru_cache
from unicodedata import category

JOINER = "\u2060"
NAME = 64
REASON = 300

# Line and paragraph ends count as spaces; of the invisible ones emoji and Persian need two.
_KEPT_INVISIBLE = "\u200c\u200d"
_FORBIDDEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_SPACES = re.compile(r"[\s\u2028\u2029]+")
_NAMES = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{1,63}"
_ADDRESS = re.compile(rf"[A-Za-z0-9._+'*-]{{1,64}}@{_NAMES}")
_DOMAIN = re.compile(rf"(?:\*\.)?{_NAMES}")
_WORD = re.compile(r"[\w.+'\"@%!=?#*~^-]+")
_BEGINNINGS = (
    (re.compile(r"([({$])(?=\{)"), rf"\1{JOINER}"),
    (re.compile(r"([<&\]@＠＜])(?=\S)"), rf"\1{JOINER}"),
    (re.compile(r"([^\W\d_])([:：])(?=\S)"), rf"\1{JOINER}\2{JOINER}"),
    (re.compile(r"([/／\\])(?=[/／\\])"), rf"\1{JOINER}"),
    (re.compile(r"([.。．｡])(?=[^\W\d_])|(?<=[^\W\d_])([.。．｡])(?=\w)"), rf"{JOINER}\1\2{JOINER}"),
)


@lru_cache(512)
def plain(text: str, most: int = NAME) -> str:
    """`text` on one line of at most `most` characters, for a text run, plain text or a notification."""
    visible = _SPACES.sub(" ", text).strip()
    if not (visible.isascii() and visible.isprintable()):
        visible = "".join(character for character in visible if _shown(character)).strip()
    if len(visible) > most:
        visible = visible[: most - 1].rstrip() + "…"
    for beginning, broken in _BEGINNINGS:
        visible = beginning.sub(broken, visible)
    return visible


def address(text: str) -> str:
    """An accepted or masked address exactly as it is; anything else as `plain`."""
    return text if len(text) <= 254 and _ADDRESS.fullmatch(text) else plain(text, 254)


def domain(text: str) -> str:
    """The domain of an accepted address exactly as it is; anything else as `plain`."""
    return text if len(text) <= 253 and _DOMAIN.fullmatch(text) else plain(text, 253)


def typed(text: str, most: int) -> str:
    """A word that somebody just typed for an address, as it was typed where that is harmless, to be found again."""
    if not _WORD.fullmatch(text):
        return plain(text, most)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def without_addresses(text: str) -> str:
    """A relay's reason for readers who may not see whom it is about."""
    return re.sub(r"[^\s<>@\"(:;,\[]+@(?=[\w.\[-]+)", "***@", text)


def _shown(character: str) -> bool:
    return character in _KEPT_INVISIBLE or category(character) not in _FORBIDDEN
