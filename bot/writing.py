"""Chat text as people meant it: markup, entities, smart quotes and invisible characters taken out. Pure."""

import html
import re
import unicodedata
from urllib.parse import unquote

from domain.value import value

LONGEST = 30_000
"""Characters of a message that are looked at."""
LONGEST_NAME = 64

QUOTES = dict.fromkeys(map(ord, "“”„‟«»‹›″＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛′`´"), "'")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣"), "-")
MEANT: dict[int, str] = {**QUOTES, **DASHES}

# Each pattern is linear: what a run may hold excludes what ends it, and runs that could share are possessive.
MENTION = re.compile(r"<at\b[^<>]*>[^<]*</at\s*>", re.IGNORECASE)
ANCHOR = re.compile(r"<a\b([^<>]*)>([^<]*)</a\s*>", re.IGNORECASE)
MAILTO = re.compile(
    r"""mailto:(?:(?<="mailto:)([^\s"<>?|]+)|(?<='mailto:)([^\s'<>?|]+)|([^\s"'<>?|]+))""", re.IGNORECASE
)
"""Of a link's attribute, up to its own quote."""
MAILTO_TAG = re.compile(r"<mailto:([^\s<>?|]++)[^<>]*+>", re.IGNORECASE)
MAILTO_WORD = re.compile(r"\bmailto:([^\s<>?,;]{1,800}+)\?[^\s<>,;]*+", re.IGNORECASE)
MARKDOWN_LINK = re.compile(r"\[[^\[\]]*\]\(mailto:([^\s()?]++)[^()]*+\)", re.IGNORECASE)
BREAK = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|td|table|blockquote)\b[^<>@]*>", re.IGNORECASE)
TAG = re.compile(r"</?(?:a|b|i|u|s|em|strong|span|font|code|pre|h[1-6]|tbody|img|at)\b[^<>@]*>", re.IGNORECASE)
NO_ADDRESS = re.compile(r"[\s<>?|&]")
GAPS = re.compile(r"[^\S\n]+")
GAPS_BUT_TABS = re.compile(r"[^\S\n\t]+")


@value
class Mention:
    """Somebody whom a message names, as the message's entities say: made up for all we know."""

    channel_user_id: str
    name: str = ""
    person_id: str | None = None
    """Entra object id, where the entity has one."""


def plain(text: str, *, tabs: bool = False) -> str:
    """The text without markup, in NFKC, with plain quotes, dashes and spaces. Line ends stay, and `tabs` may."""
    text = text[:LONGEST]
    if "<" in text or "[" in text:
        text = _without_markup(text)
    if "&" in text:
        text = MAILTO_TAG.sub(_link, html.unescape(text))
    text = MAILTO_WORD.sub(r"\1", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(MEANT)).translate(MEANT)
        text = "".join(one for one in text if unicodedata.category(one) != "Cf")
    text = text.replace("`", "'").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return (GAPS_BUT_TABS if tabs else GAPS).sub(" ", text).strip().rstrip(".!").rstrip()


def _without_markup(text: str) -> str:
    text = MENTION.sub(" ", text)
    text = ANCHOR.sub(_anchor, text)
    text = MAILTO_TAG.sub(_link, text)
    text = MARKDOWN_LINK.sub(_link, text)
    return TAG.sub("", BREAK.sub("\n", text))


def _anchor(found: re.Match[str]) -> str:
    """A mail link becomes `Name <address>`, or the address alone where that is what it shows."""
    linked = MAILTO.search(found.group(1))
    shown = found.group(2)
    if linked is None:
        return f" {shown} "
    return _link(linked) if "@" in shown else f" {shown}{_link(linked)}"


def _link(found: re.Match[str]) -> str:
    """The address of a mailto link, which may be written with references and percent signs (RFC 6068)."""
    written = next(filter(None, found.groups()))
    return f" <{NO_ADDRESS.split(unquote(html.unescape(written)), maxsplit=1)[0]}> "


def without(text: str, shown: tuple[str, ...]) -> str:
    """The text with what shows each mention taken out once."""
    for words in shown:
        text = text.replace(words, " ", 1)
    return text


def clean(name: object) -> str:
    """A name that somebody chose: one line, no controls, nothing that turns the direction of text, ≤ 64 characters."""
    if not isinstance(name, str):
        return ""
    name = name[: 8 * LONGEST_NAME]
    if not (name.isascii() and name.isprintable()):
        name = "".join(" " if one.isspace() else one for one in name if one.isspace() or _visible(one))
    return " ".join(name.split())[:LONGEST_NAME].rstrip()


def _visible(one: str) -> bool:
    return not unicodedata.category(one).startswith("C")
