"""The languages people read. English is in the code, the others in `<language>/gatehouse.po`."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

LANGUAGES = ("en", "de")
LANGUAGE_NAMES = {"en": "English", "de": "Deutsch"}
"""Each in its own language, so never translated."""
FOLDER = Path(__file__).parent
DATES = "dates.json"


@cache
def _dates() -> dict[str, list[str]]:
    """As Babel says them (locales/dates.py), by language and month."""
    found: dict[str, list[str]] = json.loads((FOLDER / DATES).read_text(encoding="utf-8"))
    return found


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (FOLDER / language / "gatehouse.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Says sentences in one language; there is one for each (`speak`). Extraction finds the calls of `say` and
    `say_many`: their texts are literals."""

    language: str

    def say(self, text: str, **values: object) -> str:
        """`text` translated, then its `{name}` fields filled in."""
        return _catalogue(self.language).gettext(text).format(**values)

    def say_many(self, one: str, many: str, count: int, **values: object) -> str:
        """The form for `count`, which is a field too."""
        return _catalogue(self.language).ngettext(one, many, count).format(count=count, **values)

    def day(self, moment: datetime) -> str:
        """A date in words, UTC: 6 December 2026."""
        return _dates()[self.language][moment.month - 1].format(day=moment.day, month=moment.month, year=moment.year)

    def time(self, moment: datetime) -> str:
        """A time of day with its zone: 10:42 UTC."""
        return f"{moment:%H:%M} UTC"


_SPEECHES = {language: Speech(language) for language in LANGUAGES}


def speak(language: str | None) -> Speech:
    """The speech for a language tag (`de-AT`) or anything else (English)."""
    found = _SPEECHES.get(language or "en")
    if found:
        return found
    return _SPEECHES.get((language or "").partition("-")[0].partition("_")[0].lower(), _SPEECHES["en"])


def best(accept_language: str) -> str:
    """The language of an Accept-Language header that we speak; English where there is none (RFC 9110, 12.5.4)."""
    ranked: list[tuple[float, str]] = []
    for part in accept_language[:200].split(","):
        tag, _, weighed = part.lower().partition(";")
        name, _, quality = weighed.partition("=")
        try:
            weight = float(quality) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        language = tag.strip().partition("-")[0]
        if language in LANGUAGES and weight > 0:
            ranked.append((-weight, language))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else "en"
