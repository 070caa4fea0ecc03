"""The one card of an invitation."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

import cards
from domain.policies import Forbidden
from domain.views import Status, TimelineEntry
from tests.cards.gallery import KINDS, NOW, REASONS, barrier, invitation_view
from tests.cards.reading import buttons, parts, read, status, texts, verbs

WORDS = {
    Status.SENDING: "Sending",
    Status.SENT: "Sent",
    Status.UNDELIVERABLE: "Undeliverable",
    Status.LINK_OPENED: "Link opened",
    Status.PASSCODE_SENT: "Passcode sent",
    Status.REDEEMED: "Redeemed",
    Status.DECLINED: "Declined",
    Status.EXPIRED: "Expired",
    Status.REVOKED: "Revoked",
}
OPEN = ["resend", "extend", "correct", "revoke"]
BUTTONS = {
    Status.SENDING: OPEN,
    Status.SENT: OPEN,
    Status.LINK_OPENED: OPEN,
    Status.PASSCODE_SENT: OPEN,
    Status.UNDELIVERABLE: ["correct", "resend", "revoke"],
    Status.REDEEMED: ["extend", "revoke"],
    Status.EXPIRED: ["extend", "resend"],
    Status.DECLINED: [],
    Status.REVOKED: [],
}


def card(state: Status = Status.SENT, masked: bool = False, **changes):
    return cards.invitation(invitation_view(state, **changes), language="en", masked=masked)


@pytest.mark.parametrize("state", Status)
def test_the_status_block_holds_the_state_and_nothing_else(state):
    found = [part for part in parts(card(state)) if part.get("id") == "status"]
    assert [(part["type"], part["text"]) for part in found] == [("TextBlock", WORDS[state])]


@pytest.mark.parametrize("state", Status)
def test_each_state_has_its_buttons_in_order(state):
    assert verbs(card(state)) == [f"invitation.{verb}" for verb in BUTTONS[state]]


@pytest.mark.parametrize("state", Status)
def test_no_button_is_there_whose_move_would_be_refused(state):
    from domain.states import LEGAL

    assert all(state in LEGAL[verb] for verb in BUTTONS[state])


@pytest.mark.parametrize("state", [state for state in Status if BUTTONS[state]])
def test_buttons_carry_the_invitation_and_its_version_only(state):
    view = invitation_view(state)
    for button in buttons(card(state)).values():
        assert button["data"] == {"invitation": view.invitation_id, "version": view.version}


def test_correcting_asks_for_the_address_beside_its_button():
    folded = next(part for part in parts(card()) if part.get("title") == "Correct")
    field = next(part for part in parts(folded) if part.get("type") == "Input.Text")
    assert (field["id"], field["value"], field["isRequired"]) == ("address", "gwen@fabrikam.example", True)
    assert verbs(folded) == ["invitation.correct"]
    assert buttons(folded)["invitation.correct"]["associatedInputs"] == "Auto"


@pytest.mark.parametrize("state", Status)
def test_a_masked_card_holds_the_full_address_nowhere(state):
    failure = "550 5.1.1 <Gwen@Fabrikam.Example>: no such user; gwen+chat@fabrikam.example unknown"
    whole = json.dumps(card(state, masked=True, failure=failure, timeline=()))
    assert "gw***@fabrikam.example" in whole
    assert "gwen" not in whole.lower()


@pytest.mark.parametrize(("masked", "shown"), [(False, "gwen@fabrikam.example"), (True, "gw***@fabrikam.example")])
def test_the_address_can_be_copied_from_a_text_that_is_no_markdown(masked, shown):
    assert shown in texts(card(masked=masked), "TextRun")


def test_it_says_who_invited_into_what():
    said = read(card())
    assert "Alice Ahlberg" in said
    assert "Project Falcon" in said


def test_an_open_offer_says_until_when_in_the_readers_own_time():
    assert "Open until {{DATE(2026-12-06T10:42:00Z,SHORT)}}, then access for 90 days" in texts(card())


def test_a_guest_who_is_in_is_shown_the_end_of_the_access():
    end = "Access until {{DATE(2027-02-20T10:42:00Z,SHORT)}} {{TIME(2027-02-20T10:42:00Z)}}"
    assert end in texts(card(Status.REDEEMED))


def test_undeliverable_shows_the_relays_reason_and_what_to_do():
    said = read(card(Status.UNDELIVERABLE))
    assert "550 5.1.1 No such user here" in said
    assert "correct it" in said


@pytest.mark.parametrize("reason", REASONS)
def test_a_mail_that_waits_is_not_said_to_be_on_its_way(reason):
    waits = read(card(Status.SENDING, barrier=barrier(reason)))
    assert "the mail waits" in waits
    assert "on its way" not in waits
    assert "the mail waits" not in read(card(Status.SENDING))


def test_a_mail_that_the_mail_server_does_not_take_now_is_not_said_to_be_on_its_way():
    said = read(card(Status.SENDING, deferred=True))
    assert "The mail server does not take the invitation mail just now." in said
    assert "goes out by itself" in said
    assert "on its way" not in said
    assert "just now" not in read(card(Status.SENDING))


def test_a_mail_that_waits_for_the_policy_says_that_first():
    said = read(card(Status.SENDING, deferred=True, barrier=barrier(REASONS[0])))
    assert "the mail waits" in said
    assert "just now" not in said


def test_the_reason_is_shown_only_while_undeliverable():
    assert "550" not in read(card(Status.SENT, failure="550 old"))


def test_the_timeline_tells_the_oldest_first_with_time_and_person():
    said = texts(card(Status.REDEEMED))
    told = [said.index(what) for what in ("Invited by Alice Ahlberg", "Mail sent", "Link opened", "Passcode sent")]
    assert told == sorted(told)
    assert "{{DATE(2026-11-22T10:42:00Z,SHORT)}} {{TIME(2026-11-22T10:42:00Z)}}" in said


def test_every_kind_of_event_has_words():
    for kind in KINDS:
        assert kind not in texts(card(timeline=(TimelineEntry(kind, NOW),)))


def test_a_long_story_keeps_its_beginning_and_its_latest_events():
    story = tuple(TimelineEntry("resent", NOW + timedelta(days=day), f"Person {day}") for day in range(1, 40))
    said = read(card(timeline=(TimelineEntry("invited", NOW, "Alice"), *story)))
    assert "Invited by Alice" in said
    assert "Person 39" in said
    assert "Person 20" not in said


def test_a_long_story_says_between_them_how_much_was_left_out():
    story = tuple(TimelineEntry("resent", NOW + timedelta(days=day), f"Person {day}") for day in range(12))
    said = texts(card(timeline=story))
    at = said.index("… 4 more steps; “audit ADDRESS” shows them all")
    assert "Sent again by Person 0" in said[:at]
    assert "Sent again by Person 5" in said[at:]
    assert not any("more step" in one for one in texts(card(timeline=story[:8])))


@pytest.mark.parametrize("preview", [True, False])
def test_preview_is_a_badge(preview):
    assert ("Preview" in texts(card(preview=preview))) is preview


def test_revoking_takes_a_second_click_and_looks_dangerous():
    folded = next(part for part in card()["actions"] if part["title"] == "Revoke")
    assert folded["type"] == "Action.ShowCard"
    assert buttons(folded)["invitation.revoke"]["style"] == "destructive"


def test_an_expired_access_reads_differently_from_an_unused_invitation():
    unused = read(card(Status.EXPIRED))
    ended = read(card(Status.EXPIRED, access_ends_at=NOW))
    assert "Nobody used the invitation" in unused
    assert "access ran out" in ended


@pytest.mark.parametrize("ended", [None, NOW])
def test_an_expired_invitation_whose_address_was_invited_again_offers_nothing_any_more(ended):
    whole = card(Status.EXPIRED, access_ends_at=ended, replaced=True)
    assert verbs(whole) == []
    assert "was invited again since" in read(whole)
    assert "Extend it" not in read(whole)


def test_the_card_depends_on_the_view_alone():
    view = invitation_view()
    assert cards.invitation(view, language="en", masked=True) == cards.invitation(
        replace(view), language="en-GB", masked=True
    )


def test_a_guest_who_declined_can_be_invited_again_unless_the_mailbox_takes_no_more():
    assert "You can invite the address again" in read(card(Status.DECLINED))
    said = read(card(Status.DECLINED, barrier=barrier(Forbidden.UNWANTED)))
    assert "invite the address again" not in said
    assert "The guest declined." in said
    assert "Only its holder can change that." in said


def test_status_reads_the_status():
    assert status(card(Status.DECLINED)) == "Declined"


def test_who_answers_for_the_guest_is_said_once() -> None:
    told = read(card(Status.REDEEMED, sponsors=("Bob Berg", "Cleo Cruz")))
    assert told.count("Answering for the guest: Bob Berg, Cleo Cruz") == 1
