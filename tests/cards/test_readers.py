"""Whose clients ask for a view of their own (C1): at most 60 people, and never more than a card can hold."""

import pytest

import cards
from tests.cards.gallery import READERS, Status, hostile, invitation_view, list_view
from tests.cards.reading import buttons, size, verbs
from tests.cards.test_schema import LONGEST, MOST


def test_a_card_names_sixty_people_of_usual_ids():
    for card in (
        cards.invitation(invitation_view(readers=READERS), language="en", masked=True),
        cards.guest_list(list_view(10, readers=READERS), language="en", masked=True),
    ):
        assert card["refresh"]["userIds"] == list(READERS)
        assert card["refresh"]["action"]["data"]


def test_without_anybody_to_name_there_is_no_refresh():
    assert "refresh" not in cards.invitation(invitation_view(), language="en", masked=True)


@pytest.mark.parametrize("status", Status)
def test_who_may_do_nothing_gets_no_button_and_no_refresh(status):
    view = invitation_view(status, readers=READERS)
    card = cards.invitation(view, language="en", masked=True, buttons=False)
    assert verbs(card) == []
    assert "gwen@" not in str(card)


def test_what_is_asked_for_holds_no_more_than_the_buttons_do():
    card = cards.invitation(invitation_view(readers=READERS), language="en", masked=True)
    assert card["refresh"]["action"]["data"] == buttons(card)["invitation.resend"]["data"]


@pytest.mark.parametrize("name", ["N" * 64, "😀" * 200])
@pytest.mark.parametrize("which", ["invitation", "list"])
def test_on_a_full_card_the_first_are_named(name, which):
    card = hostile(name, LONGEST, "5.1.1 😀 " * 5000)[which]
    named = card["refresh"]["userIds"]
    assert size(card) <= MOST
    assert 5 < len(named) < 60
    assert named == [each * 5 for each in READERS][: len(named)]
