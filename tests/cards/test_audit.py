"""The audit as a card: who did what, and how to read on."""

import json
from dataclasses import replace

import pytest

import cards
from domain.history_views import About, By, Question
from domain.views import Kind
from tests.cards.gallery import CHOSEN, NOW, history_view
from tests.cards.reading import texts, verbs


def turns(card):
    return {part["title"]: part["data"] for part in card["actions"] if part["type"] == "Action.Execute"}


def form(card):
    (folded,) = [part["card"] for part in card["actions"] if part["type"] == "Action.ShowCard"]
    return {part["id"]: part for part in folded["body"] if "id" in part}


def one(**changes):
    view = history_view(1)
    return replace(view, lines=(replace(view.lines[0], **changes),))


def test_a_line_says_when_who_what_which_guest_and_where():
    card = cards.audit(one(kind="invitation.created", by=By.PERSON), language="en", masked=False)
    assert f"{{{{DATE({NOW:%Y-%m-%dT%H:%M:%SZ},SHORT)}}}} {{{{TIME({NOW:%Y-%m-%dT%H:%M:%SZ})}}}}" in texts(card)
    assert "A guest was invited." in texts(card)
    assert "Alice Ahlberg · gwen@fabrikam.example · Project Falcon" in texts(card)


@pytest.mark.parametrize(
    ("by", "name"),
    [
        (By.GUEST, "The guest"),
        (By.HOLDER, "Whoever has the mail"),
        (By.SYSTEM, "Gatehouse"),
        (By.OPERATOR, "Whoever runs Gatehouse"),
        (By.UNKNOWN, "Somebody unknown"),
    ],
)
def test_who_is_no_person_of_the_chat_is_named_as_what_it_is(by, name):
    card = cards.audit(one(by=by, address="", place=None), language="en", masked=False)
    assert name in texts(card)


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("owner.added", "", "Bob Berg became an owner."),
        ("owner.removed", "", "Bob Berg is no longer an owner."),
        ("refused", "not_owner", "Refused: only owners may do that."),
        ("refused", "something_new", "Something was refused: something_new"),
        ("request.decided", "dismissed", "A request was dismissed."),
        ("request.decided", "", "A request was decided."),
        ("feature.set", "disabled", "A feature was turned off for the organisation."),
        ("feature.set", "default", "A feature follows the rollout again."),
        ("tea.made", "", "Something else happened: tea.made"),
    ],
)
def test_what_happened_is_a_sentence(kind, code, said):
    card = cards.audit(one(kind=kind, code=code, subject="Bob Berg"), language="en", masked=False)
    assert said in [text.replace("\u2060", "") for text in texts(card)]


def test_where_everybody_reads_it_no_address_is_whole_not_even_in_a_button_or_a_field():
    view = history_view(masked=True, question=CHOSEN)
    whole = json.dumps(cards.audit(view, language="en", masked=True))
    assert "gw***@fabrikam.example" in whole
    assert "gwen@" not in whole


def test_the_next_page_begins_behind_the_last_event_shown_and_keeps_what_was_chosen():
    view = history_view(10, question=CHOSEN)
    kept = {"about": "access", "days": 30, "invitation": CHOSEN.invitation_id, "person": "alice"}
    assert turns(cards.audit(view, language="en", masked=False)) == {
        "Newest": kept,
        "Older": kept | {"before": 491},
        "Show everything": {"about": "all", "days": 0},
    }


def test_events_that_do_not_fit_are_on_the_next_page():
    view = history_view(10, person="😀" * 64, name="😀" * 64, kind="owner.added", address="a" * 64 + "@x.example")
    card = cards.audit(replace(view, older=False), language="en", masked=False)
    shown = [part for part in card["body"] if part.get("separator")]
    assert 0 < len(shown) < 10
    assert turns(card)["Older"]["before"] == 501 - len(shown)


def test_the_last_page_has_nothing_older_and_the_first_nothing_newer():
    card = cards.audit(replace(history_view(3), older=False), language="en", masked=False)
    assert turns(card) == {}
    assert verbs(card) == ["audit.filter"]


def test_the_form_starts_with_what_is_chosen_now():
    fields = form(cards.audit(history_view(question=CHOSEN), language="en", masked=False))
    assert {name: field["value"] for name, field in fields.items()} == {
        "address": "gwen@fabrikam.example", "about": "access", "days": "30",
    }  # fmt: skip
    odd = form(cards.audit(history_view(question=Question(days=12)), language="en", masked=False))
    assert (odd["days"]["value"], odd["about"]["value"]) == ("0", About.ALL.value)


def test_nothing_is_said_in_a_sentence():
    card = cards.audit(replace(history_view(0), kind=Kind.PERSONAL), language="en", masked=False)
    assert "Nothing that you may read here." in texts(card)
