"""A sentence that is not translated, or translated wrongly, is found."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.messages.catalog import Catalog

from locales import FOLDER, LANGUAGES, check, dates, speak

CODE = """
def greet(speech, name, n):
    speech.say("Good morning, {name}." )
    return speech.say_many("{count} guest", "{count} guests", n)
"""
TEMPLATE = """{% if late %}{{ say("Too late") }}{% endif %}{{ speech.say("Until {day}", day=day) }}"""


def catalogue(**changes: object) -> Catalog:
    german = Catalog(locale="de")
    german.add("Good morning, {name}.", str(changes.get("morning", "Guten Morgen, {name}.")))
    german.add(("{count} guest", "{count} guests"), changes.get("guests", ("Ein Gast", "{count} Gäste")))
    return german


def faults(german: Catalog) -> list[str]:
    return check.faults(check.in_python(CODE, "greeting.py"), german, "de")


def test_a_complete_catalogue_has_no_fault() -> None:
    assert faults(catalogue()) == []


def test_a_missing_sentence_is_named_with_its_place() -> None:
    assert faults(Catalog(locale="de"))[0] == "greeting.py:3: de: not translated: 'Good morning, {name}.'"


def test_an_empty_translation_is_none() -> None:
    assert "not translated" in faults(catalogue(morning=""))[0]


def test_a_missing_plural_is_found() -> None:
    assert "not translated" in faults(catalogue(guests=("Ein Gast", "")))[0]


@pytest.mark.parametrize("wrong", ["Guten Morgen.", "Guten Morgen, {nmae}.", "Guten Morgen, {name}, {surname}."])
def test_a_translation_with_other_fields_is_found(wrong: str) -> None:
    assert "other {fields}" in faults(catalogue(morning=wrong))[0]


def test_a_guessed_translation_is_found() -> None:
    german = catalogue()
    german["Good morning, {name}."].flags.add("fuzzy")
    assert "fuzzy" in faults(german)[0]


def test_a_sentence_that_nobody_says_any_more_is_found() -> None:
    german = catalogue()
    german.add("Good night.", "Gute Nacht.")
    assert faults(german) == ["de: nobody says any more: 'Good night.'"]


def test_a_text_that_is_no_literal_is_found() -> None:
    found = list(check.in_python('speech.say(f"Hello {name}")', "greeting.py"))
    assert found == [check.Unreadable("greeting.py:1")]


def test_texts_written_in_parts_are_one_sentence() -> None:
    found = list(check.in_python('speech.say(\n    "Good "\n    "morning"\n)', "greeting.py"))
    assert found == [check.Sentence("Good morning", "greeting.py:1")]


def test_sentences_in_templates_are_found() -> None:
    texts = [item.text for item in check.in_template(TEMPLATE, "page.html") if isinstance(item, check.Sentence)]
    assert texts == ["Too late", "Until {day}"]


def test_writing_keeps_translations_and_drops_what_is_not_said(tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()
    found = list(check.in_python(CODE, "greeting.py"))
    check.write("de", tmp_path, found)
    written = tmp_path / "locales" / "de" / "gatehouse.po"
    empty = 'msgid "Good morning, {name}."\nmsgstr "'
    written.write_text(written.read_text().replace(empty, f"{empty}Moin, {{name}}."))
    check.write("de", tmp_path, found[:1])
    german = check.read("de", tmp_path)
    kept = {message.id: message.string for message in german if message.id}
    assert kept == {"Good morning, {name}.": "Moin, {name}."}


def test_what_gatehouse_says_is_found_in_code_and_templates() -> None:
    places = {item.place.partition("/")[0] for item in check.said(check.ROOT)}
    assert {"bot", "cards", "guest", "outbox"} <= places


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_date_is_said_as_babel_says_it(language: str) -> None:
    for number in range(0, 800, 3):
        moment = datetime(2027, 12, 30, 23, 59, tzinfo=UTC) + timedelta(days=number)
        assert speak(language).day(moment) == format_date(moment, "long", locale=dates.BABEL[language])


def test_dates_that_babel_says_otherwise_are_named(tmp_path: Path) -> None:
    assert dates.faults(FOLDER) == []
    assert dates.faults(tmp_path) == ["dates.json: Babel says dates otherwise: `python -m locales.check --write`"]
    (tmp_path / "dates.json").write_text((FOLDER / "dates.json").read_text().replace("May", "Mai"))
    assert dates.faults(tmp_path)
    dates.write(tmp_path)
    assert dates.faults(tmp_path) == []
