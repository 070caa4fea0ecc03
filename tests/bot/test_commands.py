"""What people write, and what it is taken for."""

import time
from typing import Any

import pytest

from bot.clicks import clicked
from bot.commands import (
    AddLink,
    AddOwner,
    Claim,
    Confirm,
    Correct,
    EndSessions,
    Explain,
    Extend,
    FactorRequests,
    Guests,
    Help,
    HowToInvite,
    Invite,
    Links,
    Methods,
    MoveMethod,
    Need,
    Owners,
    Remove,
    RemoveLink,
    RemoveOwner,
    Resend,
    ResetFactors,
    Revoke,
    Sessions,
    SetFeature,
    Settings,
    Status,
    SwitchMethod,
    Unclear,
    Unknown,
)
from bot.phrases import understand
from bot.sponsor_commands import Erase
from bot.writing import Mention, clean, plain
from domain.policies import Method
from domain.views import Setting, Target

GWEN = "gwen@fabrikam.example"
BOB = Mention("29:bob", "Bob")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("guests", Guests()),
        ("Guests Pending.", Guests("pending")),
        ("guests active 2", Guests("active", 2)),
        ("gäste offen", Guests("pending")),
        (f"status {GWEN}", Status(GWEN)),
        (f"resend {GWEN}.", Resend(GWEN)),
        (f"revoke <mailto:{GWEN}|{GWEN}>", Revoke(GWEN)),
        (f"REMOVE {GWEN}!", Remove(GWEN)),
        (f"entfernen {GWEN}", Remove(GWEN)),
        (f"extend {GWEN}", Extend(GWEN)),
        (f"extend {GWEN} 30 days", Extend(GWEN, 30)),
        (f"extend {GWEN} for 30 days", Extend(GWEN, 30)),
        (f"extend Gwen Stacy <{GWEN}> 30", Extend(GWEN, 30)),
        (f"extend {GWEN} –3 days", Extend(GWEN, -3)),
        ("links", Links()),
        ("Anwendungen", Links()),
        ("links add Team Wiki https://wiki.example/A?b=C", AddLink("Team Wiki", "https://wiki.example/A?b=C")),
        ("links hinzufügen “Wiki” <https://wiki.example/>", AddLink("Wiki", "https://wiki.example/")),
        (
            'links add Wiki <a href="https://wiki.example/x">https://wiki.example/x</a>',
            AddLink("Wiki", "https://wiki.example/x"),
        ),
        ("links add Wiki [wiki.example](https://wiki.example/x)", AddLink("Wiki", "https://wiki.example/x")),
        ("links remove  Team  Wiki", RemoveLink("Team Wiki")),
        ("links entfernen Wiki", RemoveLink("Wiki")),
        ("links add https://wiki.example/", Unclear("links", Need.LINK)),
        ("links add", Unclear("links", Need.LINK)),
        ("links remove", Unclear("links", Need.LINK_NAME)),
        ("links change", Unclear("links", Need.LINKS)),
        (f"sessions {GWEN}", Sessions(GWEN)),
        (f"sitzungen {GWEN}", Sessions(GWEN)),
        ("sessions", Unclear("sessions", Need.ADDRESS)),
        ("owners", Owners()),
        (f"explain {GWEN}", Explain((GWEN,))),
        (f"Erklären: {GWEN} und peter@x.example", Explain((GWEN, "peter@x.example"))),
        ("methods", Methods()),
        ("Anmeldemethoden", Methods()),
        ("settings", Settings()),
        ("einstellungen", Settings()),
        ("preview on", SetFeature(Setting.ENABLED)),
        ("Preview OFF", SetFeature(Setting.DEFAULT)),
        ("claim “ABCD-EFGH”", Claim("ABCD-EFGH")),
        (f"mfa reset {GWEN}", ResetFactors(GWEN)),
        (f"MFA zurücksetzen: <mailto:{GWEN}|{GWEN}>", ResetFactors(GWEN)),
        (f"zweitfaktor reset {GWEN}", ResetFactors(GWEN)),
        ("mfa requests", FactorRequests()),
        ("mfa anfragen", FactorRequests()),
        ("mfa", Unclear("mfa", Need.FACTORS)),
        ("mfa reset", Unclear("mfa", Need.ADDRESS)),
        (f"mfa {GWEN}", Unclear("mfa", Need.FACTORS)),
        ("help", Help()),
        ("Hilfe!", Help()),
        ("?", Help()),
        ("invite", HowToInvite()),
        ("invite.", HowToInvite()),
    ],
)
def test_each_command_is_understood(text: str, command: object) -> None:
    assert understand(text) == command


@pytest.mark.parametrize(
    "text",
    [
        f"invite {GWEN}, peter@fabrikam.example",
        f"Invite: {GWEN}; peter@fabrikam.example.",
        f"invite {GWEN}\npeter@fabrikam.example",
        f"invite\r\n- {GWEN}\r\n- peter@fabrikam.example",
        f"invite Gwen Stacy <{GWEN}>, “Parker, Peter” <peter@fabrikam.example>",
        f"invite “{GWEN}” — ‘peter@fabrikam.example’",
        f"invite\u00a0{GWEN}\u00a0peter@fabrikam.example",
        f"invite {GWEN} and peter@fabrikam.example",
        f'invite <a href="mailto:{GWEN}">{GWEN}</a> <a href="mailto:peter@fabrikam.example?subject=x">Peter</a>',
        f"<div>invite {GWEN}</div><div>peter@fabrikam.example</div>",
        f"invite &lt;{GWEN}&gt;&nbsp;peter@fabrikam.example",
        f"invite [{GWEN}](mailto:{GWEN}) mailto:peter@fabrikam.example?subject=hello",
        'invite <a href="mailto:gwen%40fabrikam.example">Gwen</a>, <peter@fabrikam.example>',
        f"invite {GWEN}, peter@fabrikam.example, {GWEN}, GWEN@FABRIKAM.EXAMPLE",
        f"<at>Gatehouse</at> invite {GWEN} \u200bpeter@fabrikam.example\u200e",
        f"<at>Gatehouse</at>, invite {GWEN} peter@fabrikam.example",
        f"<at>Gatehouse</at>: invite {GWEN} peter@fabrikam.example",
    ],
)
def test_addresses_are_taken_from_any_pasted_form(text: str) -> None:
    """I1"""
    command = understand(text)
    assert isinstance(command, Invite)
    assert command.addresses.good == (GWEN, "peter@fabrikam.example")
    assert command.addresses.bad == ()


@pytest.mark.parametrize(
    "link",
    [
        """<a href="mailto:o'brien@x.example">O'Brien</a>""",
        """<a href="mailto:o&#39;brien@x.example?subject=x">O'Brien</a>""",
        """<a href='mailto:o%27brien@x.example'>o'brien@x.example</a>""",
        """[O'Brien](mailto:o%27brien@x.example)""",
        """<mailto:o'brien@x.example|o'brien@x.example>""",
    ],
)
def test_a_link_may_write_its_address_in_other_signs(link: str) -> None:
    """RFC 6068"""
    command = understand(f"invite {link}")
    assert isinstance(command, Invite)
    assert (command.addresses.good, command.addresses.bad) == (("o'brien@x.example",), ())


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (f"invite {GWEN} for 30 days", 30),
        (f"invite {GWEN} FOR 1 DAY.", 1),
        (f"invite for 30 days {GWEN}", 30),
        (f"invite {GWEN}, for 30 days", 30),
        (f"invite {GWEN} — for 30 days", 30),
        (f"einladen {GWEN} für 30 Tage", 30),
        (f"invite {GWEN} for ３０ days", 30),
        (f"invite {GWEN} for 0 days", 0),
        (f"invite {GWEN} for −5 days", -5),
        (f"invite {GWEN} for 99999999999 days", 10**9),
        (f"invite {GWEN} for {'9' * 9000} days", 10**9),
        (f"invite {GWEN}", None),
    ],
)
def test_the_days_of_access_are_read(text: str, days: int | None) -> None:
    command = understand(text)
    assert isinstance(command, Invite)
    assert (command.addresses.good, command.days) == ((GWEN,), days)


@pytest.mark.parametrize("end", ["for ten days", "for 3.5 days", "for 2 weeks", "for the party", "for", "for 1e3 days"])
def test_a_number_of_days_that_is_none_is_asked_back(end: str) -> None:
    assert understand(f"invite {GWEN} {end}") == Unclear("invite", Need.DAYS)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("status", Need.ADDRESS),
        ("revoke nobody", Need.ADDRESS),
        (f"resend {GWEN} peter@fabrikam.example", Need.ONE_ADDRESS),
        (f"extend {GWEN} soon", Need.DAYS),
        ("guests lately", Need.LIST),
        ("owners rename", Need.OWNERS),
        ("owners add", Need.PERSON),
        ("preview maybe", Need.ON_OR_OFF),
        ("claim", Need.CODE),
    ],
)
def test_what_is_missing_is_told(text: str, need: Need) -> None:
    command = understand(text)
    assert isinstance(command, Unclear)
    assert (command.command, command.need) == (text.split(maxsplit=1)[0], need)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("inivte gwen", "invite"), ("guest", None), ("revok x", "revoke"), (GWEN, "invite"), ("xyzzy", None)],
)
def test_an_unknown_command_is_told_the_nearest(text: str, nearest: str | None) -> None:
    command = understand(text)
    if text == "guest":
        assert command == Guests()
    else:
        assert isinstance(command, Unknown)
        assert command.nearest == nearest


@pytest.mark.parametrize(
    ("text", "nearest", "rest"),
    [
        ("invit bob@x.example", "invite", "bob@x.example"),
        ("statsu gwen@fabrikam.example", "status", GWEN),
        ("ext gwen@fabrikam.example", "extend", GWEN),
        (GWEN, "invite", GWEN),
        (f"hey there {GWEN}", "invite", GWEN),
        (f"Please, invite: {GWEN} for 3 days", "invite", f"{GWEN} for 3 days"),
        ("please help", "help", ""),
        (f"remvoe {GWEN}", "remove", GWEN),
        ("thanks", None, ""),
    ],
)
def test_an_unknown_command_is_mended_with_what_followed_it(text: str, nearest: str | None, rest: str) -> None:
    command = understand(text)
    assert isinstance(command, Unknown)
    assert (command.nearest, command.rest) == (nearest, rest)


@pytest.mark.parametrize("word", ["please", "phrase", "release", "remote", "love", "more", "rem", "invoke"])
@pytest.mark.parametrize("behind", ["", f" {GWEN}", f" invite {GWEN}"])
def test_what_cannot_be_undone_is_not_suggested_for_a_word_that_is_only_like_it(word: str, behind: str) -> None:
    command = understand(word + behind)
    assert isinstance(command, Unknown)
    assert command.nearest not in ("erase", "remove", "revoke", "move", "handover")
    assert not behind or command.nearest == "invite"


def test_a_command_inside_a_message_is_the_suggestion_even_where_it_cannot_be_undone() -> None:
    assert understand(f"please remove {GWEN}") == Unknown("please", "remove", GWEN)


@pytest.mark.parametrize(
    ("text", "nearest", "rest"),
    [
        (f"delete {GWEN}", "revoke", GWEN),
        (f"Cancel: {GWEN}", "revoke", GWEN),
        (f"uninvite {GWEN}", "revoke", GWEN),
        (f"disinvite {GWEN}", "revoke", GWEN),
        (f"withdraw the invitation of {GWEN}", "revoke", GWEN),
        (f"withdraw invite {GWEN}", "revoke", GWEN),
        (f"drop {GWEN}", "revoke", GWEN),
        (f"kick {GWEN}", "remove", GWEN),
        (f"please cancel {GWEN}", "revoke", GWEN),
        (f"ausladen {GWEN}", "revoke", GWEN),
        (f"stornieren {GWEN}", "revoke", GWEN),
        (f"rauswerfen {GWEN}", "remove", GWEN),
        ("cancel", "revoke", ""),
        (f"cancel {GWEN} and hugo@fabrikam.example", "revoke", GWEN),
        (f"correct {GWEN} to hugo@fabrikam.example", "status", GWEN),
        (f"please change {GWEN}", "status", GWEN),
        (f"ändern {GWEN}", "status", GWEN),
        (f"please invite {GWEN}, cancel nobody", "invite", f"{GWEN}, cancel nobody"),
    ],
)
def test_who_wants_to_end_or_correct_something_is_not_told_to_invite(text: str, nearest: str, rest: str) -> None:
    command = understand(text)
    assert isinstance(command, Unknown)
    assert (command.nearest, command.rest) == (nearest, rest)
    assert not rest or not isinstance(understand(f"{nearest} {rest}"), (Unknown, Unclear))


@pytest.mark.parametrize(("word", "command"), [("löschen", Erase), ("entfernen", Remove), ("zurückziehen", Revoke)])
def test_german_words_of_ending_are_commands_themselves(word: str, command: type) -> None:
    assert isinstance(understand(f"{word} {GWEN}"), command)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (f"Ida Ivers <{GWEN}>", "Ida Ivers"),
        (f"“Ivers, Ida” <{GWEN}> for 30 days", "Ivers, Ida"),
        (f'<a href="mailto:{GWEN}">Ida Ivers</a>', "Ida Ivers"),
        (GWEN, ""),
        (f"<{GWEN}>", ""),
        (f"my colleague <{GWEN}>", ""),
        (f"Ida evil.example <{GWEN}>", ""),
        (f"{'I' * 65} <{GWEN}>", ""),
        (f"Ida Ivers <{GWEN}>, Petra <petra@fabrikam.example>", ""),
        (f"Ida Ivers <{GWEN}>, nobody@", ""),
    ],
)
def test_the_name_before_the_only_address_is_the_guests(given: str, name: str) -> None:
    command = understand(f"invite {given}")
    assert isinstance(command, Invite)
    assert command.addresses.good[0] == GWEN
    assert command.name == name


def test_owners_are_named_by_one_mention() -> None:
    assert understand("owners add", [BOB]) == AddOwner(BOB)
    assert understand("owners remove", [BOB]) == RemoveOwner(BOB)
    assert understand("owners add", [BOB, Mention("29:c")]) == Unclear("owners", Need.PERSON)


@pytest.mark.parametrize(
    "filling", ["<at>", "<", "<a ", "&lt;", "[", "<mailto:a", "mailto:", "mailto:a@x?", "(", "for ", "\n", '"']
)
def test_markup_without_an_end_costs_no_time(filling: str) -> None:
    text = filling * (30_000 // len(filling))
    started = time.process_time()
    plain(text)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Gwen Stacy", "Gwen Stacy"),
        ("Gwen\r\n\tStacy", "Gwen Stacy"),
        ("G\u202ewen\u2066\x00\u200b", "Gwen"),
        ("x" * 65, "x" * 64),
        (None, ""),
        (["Gwen"], ""),
    ],
)
def test_names_are_one_harmless_line(name: Any, shown: str) -> None:
    assert clean(name) == shown


TARGET = {"invitation": "AbC_-9", "version": 3}


@pytest.mark.parametrize(
    ("verb", "data", "command"),
    [
        ("invitation.resend", TARGET, Resend(Target("AbC_-9", 3))),
        ("invitation.revoke", TARGET | {"admin": True}, Revoke(Target("AbC_-9", 3))),
        ("invitation.extend", TARGET, Extend(Target("AbC_-9", 3))),
        ("invitation.extend", {"invitation": "a", "version": 3.0}, Extend(Target("a", 3))),
        ("invitation.correct", TARGET | {"address": f" Gwen <{GWEN}> "}, Correct(Target("AbC_-9", 3), GWEN)),
        ("invite.confirm", {"draft": "d1"}, Confirm("d1")),
        ("guests.page", {"only": "active", "page": 2}, Guests("active", 2)),
        ("sessions.end", {"guest": "g-1"}, EndSessions("g-1")),
        ("settings.show", {}, Settings()),
        ("methods.show", {}, Methods()),
        ("methods.move", {"method": "google", "version": 3, "direction": "up"}, MoveMethod(Method.GOOGLE, True, 3)),
        ("methods.move", {"method": "google", "version": 0, "direction": "down"}, MoveMethod(Method.GOOGLE, False, 0)),
        ("methods.switch", {"method": "partner", "version": 3, "state": "off"}, SwitchMethod(Method.PARTNER, False, 3)),
        ("settings.feature", {"feature": "email_passcode", "setting": "disabled"}, SetFeature(Setting.DISABLED)),
        (
            "settings.confirm",
            {"feature": "email_passcode", "setting": "disabled"},
            SetFeature(Setting.DISABLED, sure=True),
        ),
    ],
)
def test_each_button_is_understood(verb: str, data: dict[str, Any], command: object) -> None:
    assert clicked(verb, data) == command


@pytest.mark.parametrize("days", ["7", 7, 7.0])
def test_the_forms_days_come_as_number_or_text(days: object) -> None:
    command = clicked("invite.form", {"addresses": GWEN, "days": days})
    assert isinstance(command, Invite)
    assert command.days == 7


WRONG = [
    None,
    True,
    "",
    "3",
    -1,
    1.5,
    float("nan"),
    float("inf"),
    10**400,
    [],
    [3],
    {},
    "x" * 70_000,
    "../../x",
    "a\0b",
]


@pytest.mark.parametrize("field", ["invitation", "version"])
@pytest.mark.parametrize("value", [*WRONG, "missing"], ids=lambda value: repr(value)[:12])
def test_a_forged_field_is_no_target(field: str, value: object) -> None:
    """D1"""
    data: dict[str, Any] = TARGET | {field: value}
    if value == "missing":
        del data[field]
    command = clicked("invitation.revoke", data)
    if (field, value) in (("invitation", "3"), ("version", 10**400)):
        assert isinstance(command, Revoke), "a well-formed id that nobody has"
    else:
        assert command == Unclear("", Need.BUTTON)


@pytest.mark.parametrize("verb", ["", "invitation.delete", "__proto__", "settings", "INVITATION.REVOKE"])
def test_a_forged_verb_is_no_command(verb: str) -> None:
    assert clicked(verb, TARGET) == Unclear("", Need.BUTTON)


MOVING = {"method": "google", "version": 3, "direction": "up", "state": "on"}


@pytest.mark.parametrize("verb", ["methods.move", "methods.switch"])
@pytest.mark.parametrize("field", ["method", "version", "direction", "state"])
@pytest.mark.parametrize("value", [None, True, "", "3", -1, 1.5, [], {}, "telepathy", "x" * 70_000, "missing"])
def test_a_forged_field_changes_no_method(verb: str, field: str, value: object) -> None:
    """D1"""
    if field not in ({"method", "version"} | {"methods.move": {"direction"}, "methods.switch": {"state"}}[verb]):
        return
    data: dict[str, Any] = MOVING | {field: value}
    if value == "missing":
        del data[field]
    assert clicked(verb, data) == Unclear("", Need.BUTTON)


@pytest.mark.parametrize("text", ["explain", "explain nobody", f"explain {GWEN}, peter@@x.example"])
def test_explaining_needs_addresses(text: str) -> None:
    command = understand(text)
    assert isinstance(command, Unclear)
    assert (command.command, command.need) == ("explain", Need.ADDRESS)
