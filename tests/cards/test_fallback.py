"""Cards as text, for channels without cards and for notifications."""

import pytest

import cards
from domain.views import Status
from tests.cards.gallery import everything, invitation_view
from tests.cards.reading import texts


def test_an_invitation_reads_as_text_with_dates_in_words_and_commands():
    card = cards.invitation(invitation_view(Status.SENT), language="en", masked=False)
    said = cards.fallback_text(card, address="gwen@fabrikam.example").splitlines()
    assert said[:2] == ["Sent", "gwen@fabrikam.example"]
    assert "Invited by Alice Ahlberg · 22 November 2026 10:42 UTC" in said
    assert said[-2] == "Open until 6 December 2026, then access for 90 days"
    commands = "resend gwen@fabrikam.example · extend gwen@fabrikam.example · revoke gwen@fabrikam.example"
    assert said[-1] == f"You can write: {commands}"


def test_without_an_address_commands_name_its_place():
    card = cards.invitation(invitation_view(Status.REDEEMED), language="en", masked=True)
    assert cards.fallback_text(card).endswith("You can write: extend ADDRESS · revoke ADDRESS")


def test_a_card_without_buttons_names_no_command():
    card = cards.invitation(invitation_view(Status.REVOKED), language="en", masked=True)
    assert "You can write" not in cards.fallback_text(card)


@pytest.mark.parametrize("name", everything())
def test_every_card_has_a_text_without_templates_or_markup(name):
    said = cards.fallback_text(everything()[name])
    assert said.strip()
    assert "{{" not in said
    assert "**" not in said.replace("***@", "")


@pytest.mark.parametrize("name", everything())
def test_every_run_of_the_card_is_in_the_text(name):
    card = everything()[name]
    said = cards.fallback_text(card)
    for run in texts({"body": card["body"]}, "TextRun"):
        assert "{{" in run or run in said


def test_the_summary_is_one_line_that_says_who_and_what():
    card = cards.invitation(invitation_view(Status.REDEEMED), language="en", masked=True)
    assert cards.summary(card) == "gw***@fabrikam.example: Redeemed"
