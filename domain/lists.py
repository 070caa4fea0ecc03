"""Lists of people as they are written – CSV files (RFC 4180) and pasted text – read into rows. Pure.

Whatever is wrong with one row is told with the row; what makes the whole unreadable raises UnreadableList.
"""

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import StringIO

from domain import addresses, rows_read
from domain.bulk_errors import UnreadableList
from domain.bulk_views import Line, Listed, Unreadable
from domain.views import ParsedAddresses
from domain.wishes import written

MOST_ROWS = 5_000
MOST_BYTES = 1024 * 1024
MOST_COLUMNS = 100
DELIMITERS = ",;\t"
BINARY = (b"PK", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
"""What spreadsheets, archives and pictures begin with."""
SIXTEEN = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
QUOTED = re.compile(r'"[^"]*+"')
LOOKED_AT = 10_000
"""Characters of the first line, to find its delimiter."""
Record = tuple[int, int, list[str]]
"""Its number, its first line, its cells."""


def read(data: bytes) -> Listed:
    """A file's rows. Raises UnreadableList."""
    if len(data) > MOST_BYTES:
        raise UnreadableList(Unreadable.BYTES)
    return read_text(decoded(data))


def decoded(data: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark. Raises UnreadableList."""
    if data.startswith(BINARY):
        raise UnreadableList(Unreadable.NO_CSV)
    wide = data.startswith(SIXTEEN)
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableList(Unreadable.NO_CSV if b"\0" in data and not wide else Unreadable.ENCODING) from None
    if "\0" in text:
        raise UnreadableList(Unreadable.NO_CSV)
    return text


def read_text(text: str) -> Listed:
    """As `read`, of what was pasted."""
    records = _records(text)
    first = next(records, None)
    if first is None:
        raise UnreadableList(Unreadable.EMPTY)
    columns = rows_read.columns(first[2])
    lines = [] if columns else [rows_read.bare(first[0], first[2])]
    if columns and "address" not in columns:
        raise UnreadableList(Unreadable.NO_ADDRESSES, first[1])
    for number, _, cells in records:
        if len(lines) >= MOST_ROWS:
            raise UnreadableList(Unreadable.ROWS)
        lines.append(rows_read.named(number, columns, cells) if columns else rows_read.bare(number, cells))
    if not any("@" in line.given for line in lines):
        raise UnreadableList(Unreadable.NO_ADDRESSES)
    return listed(lines)


def pasted(parsed: ParsedAddresses) -> Listed:
    """Addresses that were pasted in any other form, the bad ones last."""
    good = [Line(number, each, each) for number, each in enumerate(parsed.good, 1)]
    bad = [Line(number, each.text, fault=each.problem) for number, each in enumerate(parsed.bad, len(good) + 1)]
    if len(good) + len(bad) > MOST_ROWS:
        raise UnreadableList(Unreadable.ROWS)
    return listed([*good, *bad])


def listed(lines: Sequence[Line], *, days: int | None = None, sure: bool = False) -> Listed:
    """`days`: of access, for the rows that say nothing of it. `sure`: what looks mistyped is meant."""
    meant = [_meant(line, days, sure) for line in lines]
    content = hashlib.sha256()
    for line in meant:
        asked = f"{addresses.key(line.address or line.given)}\t{line.days}\t{written(line.wishes)}\n"
        content.update(asked.encode(errors="replace"))
    return Listed(tuple(meant), content.hexdigest())


def _meant(line: Line, days: int | None, sure: bool) -> Line:
    if days is not None and line.days is None and line.wishes.until is None:
        line = replace(line, days=days)
    return replace(line, wishes=replace(line.wishes, sure=True)) if sure else line


def begins_with_header(text: str) -> bool:
    """The text's first line names columns, one of them that of the addresses."""
    first = text.lstrip().partition("\n")[0]
    return any(mark in first for mark in DELIMITERS) and "address" in _header(first)


def _header(first: str) -> list[str]:
    try:
        return rows_read.columns(next(csv.reader([first], delimiter=_delimiter(first)), list[str]()))
    except csv.Error:
        return []


def _records(text: str) -> Iterator[Record]:
    """Rows with anything in them, one at a time. Raises UnreadableList."""
    delimiter, text, skipped = _told(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = skipped
    while True:
        number += 1
        begins = reader.line_num + skipped + 1
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            long = "field larger" in str(fault)
            raise UnreadableList(Unreadable.LONG_FIELD if long else Unreadable.QUOTES, begins) from None
        if cells is None:
            return
        if len(cells) > MOST_COLUMNS:
            raise UnreadableList(Unreadable.COLUMNS, begins)
        if any(cell.strip() for cell in cells):
            yield number, begins, cells


def _told(text: str) -> tuple[str, str, int]:
    """The delimiter, the rows, and how many lines stand before them: Excel writes `sep=;` there for itself."""
    first, end, rest = text.partition("\n")
    told = first.strip().lower()
    if end and len(told) == 5 and told.startswith("sep=") and told[4] in DELIMITERS:
        return told[4], rest, 1
    stripped = text.lstrip("\r\n")
    return _delimiter(stripped[:LOOKED_AT].splitlines()[0] if stripped else ""), text, 0


def _delimiter(first: str) -> str:
    """What stands most often in the first line, outside quotes."""
    outside = QUOTED.sub("", first)
    return max(DELIMITERS, key=outside.count)
