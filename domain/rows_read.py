"""One row of a list: its cells → what it asks for, or what is wrong with it. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain import addresses, own_words
from domain.bulk_views import Fault, Line
from domain.errors import WrongAddress
from domain.wishes import LONGEST_MESSAGE, LONGEST_NAME, NO_WISHES, Wishes

COLUMNS = {
    **dict.fromkeys(("email", "mail", "emailaddress", "mailaddress", "address", "inviteduseremailaddress"), "address"),
    **dict.fromkeys(("emailadresse", "mailadresse", "adresse"), "address"),
    **dict.fromkeys(("name", "displayname", "fullname", "anzeigename", "vollername"), "name"),
    **dict.fromkeys(("language", "lang", "sprache"), "language"),
    **dict.fromkeys(("days", "accessdays", "tage"), "days"),
    **dict.fromkeys(("until", "enddate", "end", "bis", "enddatum"), "until"),
    **dict.fromkeys(("message", "nachricht"), "message"),
}
"""What the first row may call a column, in small letters without spaces and dashes. Others are passed over."""
LANGUAGES = {
    **dict.fromkeys(("en", "english", "englisch"), "en"),
    **dict.fromkeys(("de", "german", "deutsch"), "de"),
}
LONGEST_GIVEN = 80
NO_LETTER = re.compile(r"[\s_.*:/-]+")
WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)
GERMAN_DATE = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})", re.ASCII)


def columns(first: Sequence[str]) -> list[str]:
    """What each column holds (empty: something else), if this row says so; else no columns."""
    if any("@" in cell for cell in first):
        return []
    found = [COLUMNS.get(NO_LETTER.sub("", cell[:40].casefold()), "") for cell in first]
    return found if any(found) else []


def bare(number: int, cells: Sequence[str]) -> Line:
    """A row without named columns: the first cell that looks like an address is one."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return _line(number, next((cell for cell in said if "@" in cell), said[0] if said else ""))


def named(number: int, columns: Sequence[str], cells: Sequence[str]) -> Line:
    told: dict[str, str] = {}
    for name, cell in zip(columns, cells, strict=False):
        if name and cell.strip():
            told.setdefault(name, cell.strip())
    line = _line(number, told.pop("address", ""))
    if line.fault:
        return line
    if any(cell.strip() for cell in cells[len(columns) :]):
        return Line(number, line.given, line.address, Fault.CELLS)
    return _with(line, told) if told else line


def _line(number: int, given: str) -> Line:
    shown = _printable(given[: 2 * LONGEST_GIVEN])[:LONGEST_GIVEN]
    try:
        return Line(number, shown, _address(given))
    except WrongAddress as wrong:
        return Line(number, shown, fault=wrong.problem)


def _address(given: str) -> str:
    """Also in the forms in which people copy it: `Gwen Stacy <gwen@…>`, `mailto:`."""
    try:
        return addresses.one(given)
    except WrongAddress as wrong:
        parsed = addresses.parse(given) if len(given) <= 2 * addresses.LONGEST else None
        if parsed is None or parsed.bad or len(parsed.good) != 1 or not re.search(r"[<:\"“„]", given):
            raise wrong from None
        return parsed.good[0]


def _with(line: Line, told: Mapping[str, str]) -> Line:
    """The row's wishes. The first one that makes no sense is its fault."""
    wishes, days = dict[str, Any](), None
    for name, cell in told.items():
        value = READERS[name](cell)
        if value is None:
            return Line(line.number, line.given, line.address, Fault(name))
        if name == "days":
            days = value
        else:
            wishes[name] = value
    return Line(line.number, line.given, line.address, "", days, Wishes(**wishes) if wishes else NO_WISHES)


def _name(cell: str) -> str | None:
    name = " ".join(_printable(cell).split())
    return name if 0 < len(name) <= LONGEST_NAME and not own_words.links(name) else None


def _message(cell: str) -> str | None:
    """The inviter's own words, without links."""
    message = "\n".join(_printable(row).strip() for row in cell.splitlines())
    return message if len(message) <= LONGEST_MESSAGE and not own_words.links(message) else None


def _until(cell: str) -> datetime | None:
    """The end of that day (ISO 8601, or as it is written in German), in UTC."""
    german = GERMAN_DATE.fullmatch(cell)
    try:
        day = date(int(german[3]), int(german[2]), int(german[1])) if german else date.fromisoformat(cell)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _language(cell: str) -> str | None:
    return LANGUAGES.get(cell.casefold())


def _days(cell: str) -> int | None:
    return int(cell) if WHOLE.fullmatch(cell) else None


def _printable(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")


READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "language": _language,
    "days": _days,
    "until": _until,
    "message": _message,
}
