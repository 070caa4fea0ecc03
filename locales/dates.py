"""Dates in words, written down from Babel: `python -m locales.check --write` keeps `dates.json` in step with it.

To say one date, Babel reads all that is known of a language into memory and keeps it there: 4 MiB, in every process.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from babel.dates import DateTimeFormat, get_date_format

from locales import DATES, LANGUAGES

BABEL = {"en": "en_GB", "de": "de_DE"}
YEAR = 2000
FIELDS = {"d": "{day}", "dd": "{day:02}", "M": "{month}", "MM": "{month:02}", "y": "{year}"}


def written() -> dict[str, list[str]]:
    """For each language and month a text with `{day}` and `{year}`. Raises KeyError for a language that says more."""
    return {language: [_month(BABEL[language], number) for number in range(1, 13)] for language in LANGUAGES}


def _month(locale: str, number: int) -> str:
    names: Any = DateTimeFormat(date(YEAR, number, 1), locale)
    pattern: Any = get_date_format("long", locale)
    return pattern.format % (FIELDS | {field: names[field] for field in ("MMM", "MMMM")})


def write(folder: Path) -> None:
    text = json.dumps(written(), ensure_ascii=False, indent=1)
    (folder / DATES).write_text(text + "\n", encoding="utf-8")


def faults(folder: Path) -> list[str]:
    path = folder / DATES
    if path.exists() and json.loads(path.read_text(encoding="utf-8")) == written():
        return []
    return [f"{DATES}: Babel says dates otherwise: `python -m locales.check --write`"]
