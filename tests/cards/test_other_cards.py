"""Lists, settings, help, welcome, owners, and what `invite` asks and answers."""

import json

import pytest

import cards
from domain.views import (
    Affected,
    BadAddress,
    DraftView,
    InviteView,
    Kind,
    OwnersView,
    Problem,
    Setting,
    Status,
    WorkspaceView,
)
from tests.cards.gallery import BAD, invitation_view, list_view, others, settings_view
from tests.cards.reading import buttons, parts, read, texts, verbs


def turns(card):
    return {part["title"]: part["data"] for part in card["actions"]}


def test_the_list_turns_pages_and_chooses_who_is_shown():
    card = cards.guest_list(list_view(10, "pending", 2, 3), language="en", masked=False)
    assert turns(card) == {
        "Previous": {"only": "pending", "page": 1},
        "Next": {"only": "pending", "page": 3},
        "All": {"only": "all", "page": 1},
        "Active": {"only": "active", "page": 1},
    }
    assert set(verbs(card)) == {"guests.page"}
    assert "Page 2 of 3" in read(card)


def test_first_and_last_page_turn_one_way_only():
    first = turns(cards.guest_list(list_view(10, "all", 1, 3), language="en", masked=False))
    last = turns(cards.guest_list(list_view(10, "all", 3, 3), language="en", masked=False))
    assert "Previous" not in first
    assert "Next" in first
    assert "Next" not in last
    assert "Previous" in last


def test_the_list_shows_each_guest_once_with_state_and_inviter():
    said = texts(cards.guest_list(list_view(4), language="en", masked=False))
    assert [one for one in said if "@" in one] == [f"guest{number}@fabrikam.example" for number in range(4)]
    assert said.count("Invited by Alice Ahlberg") == 4
    assert "Undeliverable" in said


def test_a_masked_list_holds_no_full_address():
    whole = json.dumps(cards.guest_list(list_view(4), language="en", masked=True))
    assert "gu***@fabrikam.example" in whole
    assert "guest1@" not in whole


@pytest.mark.parametrize("only", ["all", "pending", "active"])
def test_an_empty_list_says_so_and_offers_the_others(only):
    card = cards.guest_list(list_view(0, only), language="en", masked=False)
    assert len(texts(card)) >= 3
    assert len(turns(card)) == 2


def test_an_empty_workspace_is_told_how_to_invite():
    assert "invite name@example.com" in texts(cards.guest_list(list_view(0), language="en", masked=False))


@pytest.mark.parametrize("setting", Setting)
def test_settings_show_the_setting_and_each_surface(setting):
    card = cards.settings(settings_view(setting), language="en")
    said = read(card)
    assert f"**{setting}**" in said
    assert "Chat" in said
    assert "API and bulk" in said
    assert "{{DATE(2027-01-01T10:42:00Z,SHORT)}}" in said
    choice = next(part for part in parts(card) if part.get("type") == "Input.ChoiceSet")
    assert choice["id"] == "setting"
    assert choice["value"] == setting
    assert [one["value"] for one in choice["choices"]] == ["default", "enabled", "disabled"]
    assert buttons(card)["settings.feature"]["data"] == {"feature": "email_passcode"}


def test_settings_say_who_would_be_affected_before_anything_is_chosen():
    said = read(cards.settings(settings_view(), language="en"))
    assert "12 guests could no longer sign in. 1 open invitation could not be redeemed." in said


def test_disabling_is_confirmed_with_the_affected_in_sight():
    card = cards.settings_confirmation(settings_view(), "email_passcode", language="en")
    assert "12 guests could no longer sign in." in texts(card)
    assert buttons(card)["settings.confirm"]["data"] == {"feature": "email_passcode", "setting": "disabled"}
    assert buttons(card)["settings.confirm"]["style"] == "destructive"
    assert "settings.show" in buttons(card)


def test_one_affected_guest_is_singular():
    view = settings_view()
    alone = type(view)(view.features, Affected(1, 0), view.admins)
    said = texts(cards.settings_confirmation(alone, "email_passcode", language="en"))
    assert "1 guest could no longer sign in." in said
    assert "0 open invitations could not be redeemed." in said


def test_bad_addresses_are_named_one_by_one_with_a_reason_each():
    draft = DraftView("d1", ("peter@fabrikam.example",), 30)
    card = cards.confirm_invite(draft, BAD, language="en", masked=False)
    said = texts(card)
    assert {"gwen@fabrikam", "gwen.fabrikam.example", "gwén@fabrikam.example"} <= set(said)
    assert sum("Please check the part after the @" in one for one in said) == 1
    assert "peter@fabrikam.example" in said
    assert buttons(card)["invite.confirm"]["data"] == {"draft": "d1"}


def test_every_problem_has_its_own_sentence():
    draft = DraftView("d", ("a@b.example",), 90)
    said = {
        read(cards.confirm_invite(draft, (BadAddress("x", problem),), language="en", masked=False))
        for problem in Problem
    }
    assert len(said) == len(Problem)


def test_without_a_good_address_there_is_nothing_to_confirm():
    card = cards.confirm_invite(DraftView("", (), 90), BAD[:1], language="en", masked=False)
    assert verbs(card) == []
    assert "Nobody was invited." in read(card)


def test_dozens_of_bad_addresses_are_all_named():
    many = tuple(BadAddress(f"bad number {number}", Problem.MALFORMED) for number in range(30))
    said = read(cards.confirm_invite(DraftView("d", ("a@b.example",), 90), many, language="en", masked=False))
    assert all(f"bad number {number}" in said for number in range(30))


def test_what_does_not_fit_is_counted():
    view = invitation_view(Status.SENDING, address="a" * 60 + "@fabrikam.example")
    card = cards.invite_summary(InviteView((view,) * 400), language="en", masked=False)
    shown = texts(card).count(view.address)
    assert f"and {400 - shown} more" in texts(card)
    assert "400 guests invited" in texts(card)


def test_the_summary_keeps_new_open_and_present_guests_apart():
    said = texts(others()["summary"])
    into = said.index("Into Project Falcon, each with a card of its own:")
    assert into < said.index("Already invited, nothing was sent")
    assert said.index("miles@fabrikam.example") < said.index("Already guests here")
    assert "2 guests invited" in said


def test_the_summary_is_never_edited_and_says_no_state_that_is_over_in_a_moment():
    new = invitation_view(Status.SENDING)
    said = read(cards.invite_summary(InviteView((new, new)), language="en", masked=False))
    assert "Sending" not in said
    assert "each with a card of its own" in said
    assert "Open until" in said


def test_the_form_asks_for_addresses_and_days():
    card = cards.invite_form(language="en")
    fields = {part["id"]: part for part in parts(card) if str(part.get("type", "")).startswith("Input.")}
    assert fields["addresses"]["isMultiline"]
    assert (fields["days"]["min"], fields["days"]["max"], fields["days"]["value"]) == (1, 365, 90)
    assert verbs(card) == ["invite.form"]


@pytest.mark.parametrize(
    "command",
    [
        "invite",
        "guests",
        "status",
        "resend",
        "revoke",
        "remove",
        "extend",
        "explain",
        "owners",
        "settings",
        "methods",
        "preview",
        "claim",
    ],
)
def test_help_names_every_command(command):
    said = texts(cards.help_card(language="en", kind=Kind.PERSONAL, preview=False), "TextRun")
    assert any(one.startswith(command) for one in said)


def unknown(nearest: str, rest: str = "", kind: Kind = Kind.TEAM, masked: bool = False):
    return cards.unknown_card(nearest, rest, language="en", kind=kind, masked=masked)


def test_after_an_unknown_command_the_mended_one_stands_alone_and_help_is_a_click_away():
    card = unknown("invite", "bob@x.example for 3 days")
    said = "I do not know that command. Did you mean “invite bob@x.example for 3 days”?"
    assert texts({"body": card["body"]}) == [said]
    assert cards.summary(card) == said
    (button,) = card["actions"]
    assert button["title"] == "Show all commands"
    help_card = cards.help_card(language="en", kind=Kind.TEAM, preview=False)
    assert texts(button["card"]) == texts({"body": help_card["body"][1:]})


def test_without_cards_help_is_a_command_away():
    said = cards.fallback_text(unknown("status", "gwen@x.example")).splitlines()
    assert said == ["I do not know that command. Did you mean “status gwen@x.example”?", "You can write: help"]


def test_an_unknown_command_shows_no_whole_address_where_all_read_it():
    rest = "gwen@x.example <Ida.I@y.example>; mailto:zoe@z.example a1@x.example,hans@x.example @bob " + "y" * 200
    whole = json.dumps(unknown("invite", f"{rest} petra.long@x.example", masked=True), ensure_ascii=False)
    assert "invite gw***@x.example " in whole
    assert "bob" in whole
    assert not any(name in whole.lower() for name in ("gwen", "ida.i", "zoe", "a1@", "hans", "petra"))
    assert "invite gwen@x.example " in json.dumps(unknown("invite", rest))


def test_after_a_command_that_is_like_no_other_nothing_is_suggested():
    said = read(unknown(""))
    assert "I do not know that command." in said
    assert "Did you mean" not in said
    assert "invite ADDRESS, ADDRESS for 30 days" in said


def test_what_somebody_wrote_behind_a_command_comes_back_harmless_and_short():
    said = texts({"body": unknown("invite", "[x](https://evil.example) <at>all</at> {{DATE()}} " + "y" * 900)["body"]})[
        0
    ]
    assert not any(bad in said for bad in ("](", "https://", "<at>", "{{"))
    assert len(said) < 450


def test_help_speaks_of_mentions_only_where_they_are_needed():
    assert "Mention me" in read(cards.help_card(language="en", kind=Kind.GROUP, preview=False))
    assert "Mention me" not in read(cards.help_card(language="en", kind=Kind.PERSONAL, preview=False))


def test_the_welcome_speaks_of_mentions_only_where_they_are_needed():
    for kind in Kind:
        view = WorkspaceView("w", "Project Falcon", kind, ("Alice Ahlberg",), True)
        assert ("Mention me" in read(cards.welcome(view, language="en"))) is (kind is not Kind.PERSONAL)


def test_the_welcome_says_who_may_invite_and_starts_the_form():
    view = WorkspaceView("w", "Project Falcon", Kind.TEAM, ("Alice Ahlberg",), True, preview=True)
    card = cards.welcome(view, language="en")
    assert "Alice Ahlberg" in texts(card)
    assert "Preview" in texts(card)
    assert verbs(card) == ["invite.form", "guests.page"]


def test_a_workspace_without_owners_says_whom_to_ask():
    card = cards.welcome(WorkspaceView("w", "", Kind.GROUP, (), True), language="en")
    assert "An admin can name an owner" in read(card)
    assert "this group chat" in read(card)


@pytest.mark.parametrize(
    ("changed", "already", "said"),
    [
        ("Bob", False, "Bob is an owner now."),
        ("Bob", True, "Bob was an owner already."),
        ("Carl", False, "Carl is no longer an owner."),
        ("Carl", True, "Carl was not an owner."),
    ],
)
def test_owners_say_what_changed(changed, already, said):
    view = OwnersView("Project Falcon", Kind.TEAM, ("Alice", "Bob"), changed, already)
    assert said in texts(cards.owners(view, language="en"))


def test_no_card_has_more_than_four_buttons_in_a_row():
    for name, card in others().items():
        assert len(card.get("actions", [])) <= 4, name


def test_buttons_send_no_address_and_no_name():
    for card in others().values():
        for button in buttons(card).values():
            assert "@" not in json.dumps(button["data"])
            assert "Alice" not in json.dumps(button["data"])
