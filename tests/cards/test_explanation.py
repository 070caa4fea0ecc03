"""What `explain`, `methods` and drafts under a policy say, and how it is pressed."""

from typing import Any

import pytest

import cards
from domain.methods import Answer
from domain.policies import Forbidden, Method
from domain.policy_views import Barrier, Entry, PasscodeUse, Typo, Unfit
from domain.views import DraftView, Status
from tests.cards.gallery import (
    REASONS,
    barrier,
    discovered,
    explain_view,
    explanation,
    invitation_view,
    methods_view,
)
from tests.cards.reading import buttons, parts, read, texts, verbs

GWEN = "gwen@fabrikam.example"


def told(one, masked=False):
    (card,) = cards.explanations(explain_view(one), language="en", masked=masked)
    return read(card)


WORDS = {Entry.YES: "Would get in", Entry.NO: "Would not get in", Entry.PERHAPS: "Might get in"}


@pytest.mark.parametrize("entry", Entry)
def test_the_answer_stands_at_the_top(entry):
    (card,) = cards.explanations(explain_view(explanation(entry)), language="en", masked=False)
    assert [part["text"] for part in parts(card) if part.get("id") == "entry"] == [WORDS[entry]]
    assert card["fallbackText"] == f"{GWEN}: {WORDS[entry]}"


def test_there_is_a_card_for_each_address_and_the_last_counts_the_rest():
    view = explain_view(explanation(), explanation(address="peter@x.example"), left=3)
    first, last = cards.explanations(view, language="en", masked=False)
    assert "3 more addresses were named" not in read(first)
    assert "3 more addresses were named" in read(last)


@pytest.mark.parametrize("reason", REASONS)
def test_what_forbids_it_and_who_can_change_it_are_named(reason):
    said = told(explanation(Entry.NO, barrier=Barrier(reason, "Office only", "r", ("Dora Admin",))))
    by_guest = reason is Forbidden.UNWANTED
    assert ("Only its holder can change that." if by_guest else "Dora Admin can change that.") in said
    named = {
        Forbidden.RULE: "The rule “Office only”",
        Forbidden.UNWANTED: "This mailbox does not take invitations",
        None: "e-mail passcodes are switched off",
    }
    assert named.get(reason, "fabrikam.example") in said


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "asked just now"), (1, "asked 1 minute ago"), (3, "asked 3 minutes ago"), (130, "asked 2 hours ago")],
)
def test_each_answer_has_a_reason_and_an_age(minutes, words):
    said = told(explanation(answers=(discovered(Method.GOOGLE, Answer.UNKNOWN, "unreachable", minutes),)))
    assert f"The provider could not be reached. · {words}" in said
    assert "Google account" in said
    assert "Unknown" in said


def test_an_account_that_a_rule_forbids_is_not_offered():
    (one,) = (discovered(Method.MICROSOFT, Answer.YES, "organisation"),)
    assert "Not allowed" in told(explanation(answers=(one,), ways=()))
    assert "Not allowed" not in told(explanation(answers=(one,), ways=(one,)))


def test_every_way_of_a_passcode_has_its_own_words():
    said = {told(explanation(passcode=use)) for use in PasscodeUse}
    assert len(said) == len(PasscodeUse)


def test_no_sign_in_method_is_told_where_it_is_forbidden_anyway():
    assert "Sign-in methods" not in told(explanation(Entry.NO, answers=(), passcode=None))


def test_rules_say_what_they_do_and_what_they_depend_on():
    said = told(explanation())
    assert "Signed in for at most 4 hours." in said
    assert "A second factor is needed." in said
    assert "second factor, terms of use, 4 hours" in said
    assert "keeps out · depends on the sign-in method, the network, whether it is the first time" in said


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.SENT, "Has an open invitation already: “Sent”."),
        (Status.REDEEMED, "Is a guest here already."),
        (Status.DECLINED, "Declined an invitation."),
        (Status.EXPIRED, "Was invited before: “Expired”."),
    ],
)
def test_what_is_known_of_the_address_is_said(status, words):
    assert words in told(explanation(status=status))


def test_a_typing_mistake_is_asked_about_and_the_address_masked_where_others_read():
    said = told(explanation(typo="gmail.com"), masked=True)
    assert "Did you mean gmail.com?" in said
    assert GWEN not in said
    assert "gw***@fabrikam.example" in said


# ── drafts and invitations ───────────────────────────────────────────────────────────────────────────────────────────


def test_forbidden_addresses_are_named_with_their_reasons_and_the_good_ones_offered():
    unfit = (Unfit(GWEN, Barrier(Forbidden.DENIED_DOMAIN, admins=("Dora Admin",))),)
    draft = DraftView("d1", ("peter@tailspin.example",), 30, unfit)
    card = cards.confirm_invite(draft, (), language="en", masked=False)
    said = read(card)
    assert "1 address needs a look" in said
    assert GWEN in said
    assert "The domain fabrikam.example is blocked." in said
    assert "Dora Admin can change that." in said
    assert buttons(card)["invite.confirm"]["title"] == "Invite the good one"


def doubted(*good: str, unfit: tuple[Unfit, ...] = ()) -> Any:
    draft = DraftView("d1", good, 30, unfit, (Typo("gwen@gmial.com", "gmail.com"),))
    return cards.confirm_invite(draft, (), language="en", masked=False)


def test_an_address_that_looks_mistyped_is_never_called_fine():
    card = doubted()
    assert "Did you mean gmail.com?" in read(card)
    assert "fine" not in read(card)
    assert read(card).count("gwen@gmial.com") == 1
    assert [(one["title"], one["data"]) for one in card["actions"]] == [("Invite it as written", {"draft": "d1"})]


def test_the_good_ones_can_be_invited_without_the_doubtful_one_or_all_as_written():
    card = doubted("peter@tailspin.example", "petra@tailspin.example")
    assert "These 2 are fine" in read(card)
    assert read(card).count("gwen@gmial.com") == 1
    assert [(one["title"], one["data"]) for one in card["actions"]] == [
        ("Invite the 2 good ones", {"draft": "d1", "only": "good"}),
        ("Invite all 3 as written", {"draft": "d1"}),
    ]
    assert [one.get("style") for one in card["actions"]] == ["positive", None]


def test_an_invitation_says_what_keeps_its_guest_out_and_names_rules_to_its_own_reader_only():
    view = invitation_view(barrier=barrier(Forbidden.RULE, "Dora Admin", "Office only"))
    alone, shared = (cards.invitation(view, language="en", masked=masked) for masked in (False, True))
    assert "The rule “Office only” keeps this guest out." in read(alone)
    assert "Office only" not in read(shared)
    assert "A rule of your organisation keeps this guest out." in read(shared)
    assert "Dora Admin" in read(shared)


# ── methods ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def presses(card, verb):
    return [part for part in parts(card) if part.get("verb") == verb]


def test_methods_are_listed_in_order_with_their_state_and_the_passcode_last():
    said = texts(cards.methods(methods_view(), language="en"))
    names = ["Microsoft account of an organisation", "A partner’s own sign-in", "Google account"]
    names += ["Personal Microsoft account", "E-mail passcode"]
    assert [one for one in said if one in names] == names
    assert "Always the last one." in said
    assert "Feature, Chat: Preview, On" in said
    assert "Feature, API and bulk: Not released, Off" in said
    assert "Fabrikam" in said
    assert said.count("Nobody has set it up yet: it is offered to nobody.") == 1


def test_each_method_moves_as_far_as_it_can_and_the_passcode_never():
    moves = presses(cards.methods(methods_view(), language="en"), "methods.move")
    assert [(one["data"]["method"], one["data"]["direction"]) for one in moves] == [
        ("microsoft", "down"),
        ("partner", "up"),
        ("partner", "down"),
        ("google", "up"),
        ("google", "down"),
        ("personal", "up"),
    ]
    assert {one["data"]["version"] for one in moves} == {4}


def test_each_method_is_switched_and_switching_off_says_who_feels_it():
    card = cards.methods(methods_view(), language="en")
    states = [(one["data"]["method"], one["data"]["state"]) for one in presses(card, "methods.switch")]
    assert states == [
        ("microsoft", "off"),
        ("partner", "off"),
        ("google", "on"),
        ("personal", "off"),
        ("email_passcode", "off"),
    ]
    assert "12 guests have access now." in read(card)


def test_a_notice_stands_above_all_and_the_settings_lead_there_and_back():
    from tests.cards.gallery import settings_view

    card = cards.methods(methods_view(), language="en", notice="Somebody else was faster.")
    assert texts(card)[1] == "Somebody else was faster."
    assert "settings.show" in verbs(card)
    assert "methods.show" in verbs(cards.settings(settings_view(), language="en"))
