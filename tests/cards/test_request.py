"""The card on which an owner decides what somebody asks for."""

import pytest

import cards
from domain.addresses import ERASED
from domain.request_views import Decision, Wish
from domain.views import Kind, Status
from tests.cards.gallery import NOW, everything, invitation_view, request_view
from tests.cards.reading import buttons, read, texts, verbs


def shown(masked: bool = False, **changes):
    return cards.request(request_view(**changes), language="en", masked=masked)


def test_it_says_who_asks_with_whose_link_and_what_they_wrote():
    said = read(shown())
    assert "petra@northwind.example" in said
    assert "gwen@fabrikam.example" in said
    assert "I work with Gwen" in said
    assert "Nobody has proved it yet" in said


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish.INVITATION, ["request.invite", "request.dismiss"]),
        (Wish.EXTENSION, ["request.extend", "request.dismiss"]),
    ],
)
def test_its_buttons_name_nothing_but_the_request(wish, expected):
    card = shown(wish=wish)
    assert verbs(card) == expected
    assert {str(one["data"]) for one in buttons(card).values()} == {str({"request": request_view().request_id})}


@pytest.mark.parametrize("decision", list(Decision))
def test_once_decided_it_has_no_buttons(decision):
    card = shown(decision=decision, decided_at=NOW, decided_by="Bob Berg")
    assert verbs(card) == []
    assert "Bob Berg" in read(card) or decision is Decision.ALREADY


def test_where_others_read_no_address_is_whole():
    said = read(shown(masked=True, kind=Kind.TEAM, note="mail me: petra@northwind.example"))
    assert "pe***@northwind.example" in said
    assert "petra@" not in said
    assert "gwen@" not in said


def test_an_erased_address_is_no_address_that_something_was_mailed_to():
    said = read(shown(invited=f"{ERASED}0123456789abcdef"))
    assert "was mailed to an address which was erased" in said


def test_what_a_stranger_wrote_becomes_no_link():
    said = texts(shown(note="[a](https://evil.example) <at>x</at> evil.example"), "TextRun")
    assert not any("https://" in one or "evil.example" in one or "](" in one or "<at" in one for one in said)


def test_a_moved_guest_who_is_back_is_not_waited_for():
    moved, back = (read(everything()[name]) for name in ("invitation moved", "invitation moved and back"))
    assert "comes in again with a passcode" in moved
    assert "comes in again with a passcode" not in back
    assert "Moved to gwen@northwind.example" in back


def test_a_moved_guests_card_says_where_to_and_in_which_language():
    said = read(everything()["invitation moved"])
    assert "Moved to gwen@northwind.example by Alice Ahlberg" in said
    assert "Deutsch" in said
    assert "proved the address and accepted the invitation" not in said
    assert "proved the address and accepted the invitation" in read(
        cards.invitation(invitation_view(Status.REDEEMED), language="en", masked=False)
    )
