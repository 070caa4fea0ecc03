"""A message's text → a typed command. Pure: no SDK, no clock, no database.

It never guesses: what is not clear becomes `Unclear` or `Unknown`, which say how to write it.
"""

import re
from collections.abc import Callable, Sequence

from bot import name_phrases
from bot.approval_phrases import approvals, with_reason
from bot.audit_phrases import audit
from bot.commands import (
    AddOwner,
    Blocks,
    Claim,
    Command,
    Explain,
    Extend,
    FactorRequests,
    Guests,
    Help,
    HowToInvite,
    Language,
    Methods,
    Move,
    Need,
    Owners,
    Remove,
    RemoveOwner,
    Resend,
    ResetFactors,
    Revoke,
    Sessions,
    SetFeature,
    Settings,
    Status,
    Unclear,
    Unknown,
)
from bot.likeness import LONGEST_WORD, meant
from bot.link_phrases import links
from bot.list_phrases import inviting, listing
from bot.setting_commands import ShowPage
from bot.setting_words import PAGES
from bot.sponsor_commands import Erase
from bot.sponsor_phrases import certificate, handover, sponsors
from bot.writing import Mention, plain
from domain import addresses
from domain.views import Setting

MOST_DAYS = 10**9
"""Longer numbers are cut to this: far beyond every limit, and no surprise in date arithmetic."""

WORDS: dict[str, tuple[str, ...]] = {
    "invite": ("einladen",),
    "guests": ("gäste", "gaeste", "guest", "list"),
    "status": (),
    "resend": ("erneut", "nochmal"),
    "revoke": ("widerrufen", "zurückziehen", "zurueckziehen"),
    "remove": ("entfernen",),
    "extend": ("verlängern", "verlaengern"),
    "explain": ("erklären", "erklaeren", "erkläre", "erklaere"),
    "language": ("sprache",),
    "move": ("umziehen",),
    "owners": ("besitzer", "eigentümer", "eigentuemer", "owner"),
    "settings": ("einstellungen",),
    "methods": ("anmeldemethoden", "methoden"),
    "preview": ("vorschau",),
    "claim": ("beanspruchen",),
    "approvals": ("approval", "genehmigungen", "genehmigung", "freigaben"),
    "links": ("link", "verknüpfungen", "verknuepfungen", "anwendungen"),
    "sessions": ("sitzungen", "anmeldungen"),
    "mfa": ("2fa", "zweitfaktor"),
    "blocks": ("sperren", "gesperrt"),
    "audit": ("protokoll", "verlauf"),
    "sponsors": ("sponsor", "verantwortliche", "paten"),
    "handover": ("übergeben", "uebergeben", "übergabe"),
    "certificate": ("bescheinigung", "nachweis"),
    "erase": ("löschen", "loeschen"),
    "help": ("hilfe", "hello", "hi", "hallo", ""),
}
ENGLISH = {word: name for name, others in WORDS.items() for word in (name, *others)}
LISTS = {
    **dict.fromkeys(("", "all", "alle"), "all"),
    **dict.fromkeys(("pending", "open", "offen", "ausstehend"), "pending"),
    **dict.fromkeys(("active", "aktiv"), "active"),
}
SPOKEN = {
    **dict.fromkeys(("de", "german", "deutsch"), "de"),
    **dict.fromkeys(("en", "english", "englisch"), "en"),
}
ADD = frozenset({"add", "hinzufügen", "hinzufuegen"})
REMOVE = frozenset({"remove", "entfernen"})
ON = frozenset({"on", "an", "ein"})
OFF = frozenset({"off", "aus"})
RESET = frozenset({"reset", "zurücksetzen", "zuruecksetzen"})
REQUESTS = frozenset({"requests", "anfragen"})

UNIT = r"(?:days?|d|tag(?:en?)?)"
FOR_DAYS = re.compile(rf"(?<![\w@.+'-])(?:for|für|fuer)\s+([^\s,;@]+)\s*{UNIT}(?![\w@.+'-])", re.IGNORECASE)
BARE_DAYS = re.compile(rf"(?<=[\s,;>])([+-]?\d+)\s*{UNIT}\s*$", re.IGNORECASE)
LAST_FOR = re.compile(r"(?<![\w@.+'-])(?:for|für|fuer)(?:\s+([^@]{0,80}))?$", re.IGNORECASE)
DAYS_ALONE = re.compile(rf"(?:(?:for|by|um|für|fuer)\s+)?([+-]?\d+)\s*{UNIT}?", re.IGNORECASE)
TO = re.compile(r"\s(?:to|nach|auf|zu)\s|\s*[-=]>\s*|\s*→\s*", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?\d+")
LONE_DASH = re.compile(r"(?<!\S)-+(?!\S)")
PUNCTUATION = " \t\r\n.,:;!?\"'"


AFTER_MENTION = " ,:;"
"""As in “@Gatehouse, status …”."""


def understand(text: str, mentions: Sequence[Mention] = ()) -> Command:
    """The command of a message. `mentions` are people whom the message names, the bot left out."""
    said = plain(text).lstrip(AFTER_MENTION)
    word, _, rest = said.replace("\n", " \n").partition(" ")
    name = ENGLISH.get(_bare(word))
    if name is None:
        return _unknown(_bare(word), said)
    rows = listing(text, said, word, days_of) if name == "invite" else None
    return rows or READERS[name](rest.strip(), mentions)


def _bare(word: str) -> str:
    return word.casefold().strip(PUNCTUATION).removeprefix("/")


def _unknown(word: str, said: str) -> Command:
    name, rest = meant(word, said, ENGLISH) or (None, "")
    return Unknown(word[:LONGEST_WORD], name, rest)


def _invite(rest: str, _: Sequence[Mention]) -> Command:
    rest, reason = with_reason(rest)
    given = LONE_DASH.sub(" ", _take_days(rest)[0])
    parsed = addresses.parse(given)
    if not parsed.good and not parsed.bad:
        return HowToInvite()
    days = days_of(rest)
    return days if isinstance(days, Unclear) else inviting(parsed, days, reason, name_phrases.name(given, parsed))


def days_of(text: str) -> int | Unclear | None:
    """The number of days that an invitation names; None: none."""
    days = _take_days(text)[1]
    return None if days is None else _whole_days(days)


def _whole_days(days: str) -> int | Unclear:
    given = number(days)
    return Unclear("invite", Need.DAYS) if given is None else given


def _take_days(rest: str) -> tuple[str, str | None]:
    """The addresses, and what stands where the number of days belongs (None: nothing)."""
    found = FOR_DAYS.search(rest) or BARE_DAYS.search(rest) or LAST_FOR.search(rest)
    if found is None:
        return rest, None
    return f"{rest[: found.start()]} {rest[found.end() :]}", found.group(1) or ""


def number(text: str) -> int | None:
    """A whole number, cut to ±MOST_DAYS; None: it is no number."""
    found = NUMBER.fullmatch(text.strip(PUNCTUATION))
    if found is None:
        return None
    digits = found.group().lstrip("+-0") or "0"
    size = MOST_DAYS if len(digits) > 9 else int(digits)
    return -size if found.group().startswith("-") else size


def _one(name: str, make: Callable[[str], Command]) -> Callable[[str, Sequence[Mention]], Command]:
    """Reads a command that takes exactly one address."""

    def read(rest: str, _: Sequence[Mention]) -> Command:
        return single(name, rest) or make(addresses.parse(rest).good[0])

    return read


def single(name: str, text: str) -> Unclear | None:
    """What is wrong with a text that should be one address; None: nothing."""
    parsed = addresses.parse(text)
    if parsed.bad:
        return Unclear(name, Need.ADDRESS, parsed.bad)
    if len(parsed.good) > 1:
        return Unclear(name, Need.ONE_ADDRESS)
    return None if parsed.good else Unclear(name, Need.ADDRESS)


def _address(name: str, text: str) -> Unclear | str:
    return single(name, text) or addresses.parse(text).good[0]


def _resend(rest: str, mentions: Sequence[Mention]) -> Command:
    return _one("resend", Resend)(re.sub(r"^senden\s+", "", rest, flags=re.IGNORECASE), mentions)


def _extend(rest: str, _: Sequence[Mention]) -> Command:
    address, days = _address_and_days(rest)
    problem = single("extend", address)
    if problem:
        return problem
    target = addresses.parse(address).good[0]
    if not days:
        return Extend(target)
    found = DAYS_ALONE.fullmatch(days)
    given = number(found.group(1)) if found else None
    return Unclear("extend", Need.DAYS) if given is None else Extend(target, given)


def _address_and_days(rest: str) -> tuple[str, str]:
    """Cut behind the last word that holds an @."""
    at = rest.rfind("@")
    gap = re.compile(r"[\s,;>]").search(rest, at) if at >= 0 else None
    if gap is None:
        return rest, ""
    return rest[: gap.start()] + (">" if gap.group() == ">" else ""), rest[gap.end() :].strip(PUNCTUATION)


def _explain(rest: str, _: Sequence[Mention]) -> Command:
    parsed = addresses.parse(LONE_DASH.sub(" ", rest))
    if parsed.bad or not parsed.good:
        return Unclear("explain", Need.ADDRESS, parsed.bad)
    return Explain(parsed.good)


def _language(rest: str, _: Sequence[Mention]) -> Command:
    address, word = _address_and_days(rest)
    problem = single("language", address)
    if problem:
        return problem
    chosen = SPOKEN.get(word.casefold().removeprefix("in ").removeprefix("auf ").strip(PUNCTUATION))
    return Language(addresses.parse(address).good[0], chosen) if chosen else Unclear("language", Need.LANGUAGE)


def _move(rest: str, _: Sequence[Mention]) -> Command:
    """The two addresses in the order in which they stand; what joins them says no more than that."""
    parsed = addresses.parse(TO.sub(", ", rest))
    if parsed.bad:
        return Unclear("move", Need.ADDRESS, parsed.bad)
    if len(parsed.good) != 2:
        return Unclear("move", Need.TWO_ADDRESSES)
    return Move(*parsed.good)


def _guests(rest: str, _: Sequence[Mention]) -> Command:
    words = rest.casefold().split()
    page = 1
    if words and NUMBER.fullmatch(words[-1]):
        page = max(1, number(words.pop()) or 1)
        words = [word for word in words if word not in ("page", "seite")]
    only = LISTS.get(" ".join(words).strip(PUNCTUATION))
    return Unclear("guests", Need.LIST) if only is None else Guests(only, page)


def _owners(rest: str, mentions: Sequence[Mention]) -> Command:
    word = _bare(rest.partition(" ")[0])
    if not word and not mentions:
        return Owners()
    if word not in ADD | REMOVE:
        return Unclear("owners", Need.OWNERS)
    if len(mentions) != 1:
        return Unclear("owners", Need.PERSON)
    return AddOwner(mentions[0]) if word in ADD else RemoveOwner(mentions[0])


def _settings(rest: str, _: Sequence[Mention]) -> Command:
    """A word behind it names a page; any other is passed over."""
    page = PAGES.get(_bare(rest))
    return ShowPage(page) if page else Settings()


def _preview(rest: str, _: Sequence[Mention]) -> Command:
    word = _bare(rest)
    if word in ON:
        return SetFeature(Setting.ENABLED)
    return SetFeature(Setting.DEFAULT) if word in OFF else Unclear("preview", Need.ON_OR_OFF)


def _claim(rest: str, _: Sequence[Mention]) -> Command:
    code = rest.strip().strip("\"'.")
    return Claim(code) if code and len(code) <= 100 else Unclear("claim", Need.CODE)


def _mfa(rest: str, mentions: Sequence[Mention]) -> Command:
    word, _, more = rest.partition(" ")
    if _bare(word) in RESET:
        return _one("mfa", ResetFactors)(more, mentions)
    return FactorRequests() if _bare(rest) in REQUESTS else Unclear("mfa", Need.FACTORS)


READERS: dict[str, Callable[[str, Sequence[Mention]], Command]] = {
    "invite": _invite,
    "guests": _guests,
    "status": _one("status", Status),
    "resend": _resend,
    "revoke": _one("revoke", Revoke),
    "remove": _one("remove", Remove),
    "extend": _extend,
    "explain": _explain,
    "language": _language,
    "move": _move,
    "owners": _owners,
    "settings": _settings,
    "methods": lambda _rest, _mentions: Methods(),
    "preview": _preview,
    "claim": _claim,
    "approvals": approvals(_address),
    "links": links,
    "sessions": _one("sessions", Sessions),
    "mfa": _mfa,
    "blocks": lambda rest, _mentions: Blocks(max(1, number(rest) or 1)),
    "audit": audit,
    "sponsors": sponsors,
    "handover": handover,
    "certificate": certificate,
    "erase": _one("erase", Erase),
    "help": lambda _rest, _mentions: Help(),
}
