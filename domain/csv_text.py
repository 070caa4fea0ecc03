"""Rows as the text of a CSV file (RFC 4180) that spreadsheets can be trusted with."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""A cell that begins with one of these may run as a formula (OWASP, CSV injection)."""


def rows(found: Iterable[Sequence[Any]]) -> str:
    """CSV whose cells no spreadsheet takes for a formula."""
    out = StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([_cell(value) for value in row] for row in found)
    return out.getvalue()


def _cell(value: Any) -> str:
    """An apostrophe in front of what could be a formula, with blanks before it or in full width too: spreadsheets then
    take it as text."""
    text = "" if value is None else str(value).replace("\0", "")
    bare = unicodedata.normalize("NFKC", text[:100]).lstrip(" \u200b\ufeff")
    return f"'{text}" if text.startswith(FORMULA) or bare.startswith(FORMULA) else text
