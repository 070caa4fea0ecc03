"""The mails as they leave: parsed back, they say what they are meant to say and nothing else."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.life_views import Ending, EndingMail, ReminderMail
from domain.views import InvitationMail, Kind, Mail, PasscodeMail
from locales import LANGUAGES
from outbox.mails import TEMPLATES, Mails, Stamp, Unsendable, header
from outbox.templates import build

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)
STAMP = Stamp("Abc-_123xyz", NOW)
BASE = "https://guests.example.com"
MAILS = Mails("Gatehouse <no-reply@example.com>", BASE)
INVITATION = InvitationMail(
    recipient="gwen@fabrikam.example",
    language="en",
    token="T" * 43,
    inviter="Alice Adams",
    reply_to="alice@contoso.example",
    workspace="Contoso Launch",
    kind=Kind.TEAM,
    expires_at=NOW + timedelta(days=14),
    access_days=90,
    preview=False,
)
PASSCODE = PasscodeMail(
    recipient="gwen@fabrikam.example",
    language="en",
    passcode="01234567",
    reference="K7Q",
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=30),
    withdraw_token="W" * 43,
    workspace="Contoso Launch",
)
REMINDER = ReminderMail(
    recipient="gwen@fabrikam.example",
    language="en",
    token="T" * 43,
    inviter="Alice Adams",
    reply_to="alice@contoso.example",
    workspace="Contoso Launch",
    kind=Kind.TEAM,
    mailed_at=NOW,
    expires_at=NOW + timedelta(days=14),
)
ENDING = EndingMail(
    recipient="gwen@fabrikam.example",
    language="en",
    workspace="Contoso Launch",
    kind=Kind.TEAM,
    ends_at=NOW + timedelta(days=7),
    why=Ending.DATE,
    contact="Alice Adams",
    reply_to="alice@contoso.example",
)
MOVED = replace(INVITATION, moved=True)
ALL: list[Mail] = [INVITATION, PASSCODE, REMINDER, ENDING, MOVED]
ODD = st.text(max_size=120) | st.from_regex(
    r"(\r\n|\n|=\?|\x00|<|&|\.|=|\ue000)?[\w ]{0,70}(\r\nBcc: x@evil\.example)?"
)


def parsed(mail: Mail, mails: Mails = MAILS) -> EmailMessage:
    return email.message_from_bytes(mails.compose(mail, STAMP), policy=email.policy.default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


class Anchors(HTMLParser):
    """What a mail program would fetch or follow."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "a":
            self.links.append(known.get("href") or "")
        elif "src" in known or tag == "link":
            self.fetched.append(tag)


def test_the_invitation_has_its_link_alone_on_a_line() -> None:
    assert f"\n{BASE}/i/{'T' * 43}\n" in part(parsed(INVITATION), "plain")


def test_the_invitation_says_who_what_until_when_and_what_next() -> None:
    message = parsed(INVITATION)
    assert message["Subject"] == "Alice Adams invites you to Contoso Launch"
    for kind in ("plain", "html"):
        text = part(message, kind)
        for told in ("Alice Adams", "Contoso Launch", "6 December 2026", "10:42 UTC", "passcode", "90 days", "decline"):
            assert told in text, f"{kind}: {told}"


def test_the_passcode_stands_alone_on_a_line_with_its_leading_zero() -> None:
    text = part(parsed(PASSCODE), "plain")
    assert "\n0123 4567\n" in text
    assert f"\n{BASE}/w/{'W' * 43}\n" in text


def test_the_passcode_mail_names_its_reference_and_its_end() -> None:
    message = parsed(PASSCODE)
    assert "K7Q" in message["Subject"]
    assert "0123" not in message["Subject"]
    for kind in ("plain", "html"):
        text = part(message, kind)
        for told in ("K7Q", "0123 4567", "30 minutes", "11:12 UTC", "I did not ask for this"):
            assert told in text, f"{kind}: {told}"


def test_the_reminder_says_that_it_is_one_and_how_to_refuse() -> None:
    message = parsed(REMINDER)
    assert message["Subject"] == "Reminder: Alice Adams invites you to Contoso Launch"
    assert message["Reply-To"] == "alice@contoso.example"
    assert f"\n{BASE}/i/{'T' * 43}\n" in part(message, "plain")
    for kind in ("plain", "html"):
        text = part(message, kind)
        for told in ("Alice Adams", "Contoso Launch", "22 November 2026", "6 December 2026", "decline"):
            assert told in text, f"{kind}: {told}"


def test_a_moved_guest_is_told_that_the_access_moved_and_is_invited_to_nothing() -> None:
    message = parsed(MOVED)
    assert message["Subject"] == "Your guest access to Contoso Launch moved to this mailbox"
    assert message["Reply-To"] == "alice@contoso.example"
    assert f"\n{BASE}/i/{'T' * 43}\n" in part(message, "plain")
    for kind in ("plain", "html"):
        text = part(message, kind)
        for told in ("Contoso Launch", "6 December 2026", "moved to this mailbox", "with a code", "Alice Adams"):
            assert told in text, f"{kind}: {told}"
        for wrong in ("invites you", "90 days", "decline", "nvitation"):
            assert wrong not in text, f"{kind}: {wrong}"


def test_a_guest_of_a_personal_chat_is_told_the_same_without_a_place() -> None:
    message = parsed(replace(MOVED, kind=Kind.PERSONAL, language="de"))
    assert message["Subject"] == "Ihr Gastzugang ist in dieses Postfach umgezogen"
    for kind in ("plain", "html"):
        assert "Contoso" not in part(message, kind)


REASONS = {
    Ending.DATE: "it can be extended",
    Ending.INACTIVE: "sign in before that day",
    Ending.SPONSOR_MISSING: "takes over before that day",
}


@pytest.mark.parametrize("why", Ending)
def test_a_warning_says_what_ends_when_how_to_keep_it_and_whom_to_ask(why: Ending) -> None:
    message = parsed(replace(ENDING, why=why))
    assert message["Subject"] == "Your access to Contoso Launch ends on 29 November 2026"
    assert message["Reply-To"] == "alice@contoso.example"
    assert f"\n{BASE}/guest\n" in part(message, "plain")
    for kind in ("plain", "html"):
        text = part(message, kind)
        for told in ("Contoso Launch", "29 November 2026", "10:42 UTC", "Alice Adams", REASONS[why]):
            assert told in text, f"{kind}: {told}"


def test_a_warning_without_anybody_to_ask_names_nobody() -> None:
    text = part(parsed(replace(ENDING, contact="", reply_to=None, workspace="", kind=Kind.PERSONAL)), "plain")
    assert "Whom to ask" not in text
    assert "answer this mail" not in text
    assert "Contoso" not in text


@settings(max_examples=60, deadline=None)
@given(name=ODD, workspace=ODD, kind=st.sampled_from(Kind))
def test_no_name_adds_anything_to_what_the_date_sends_e5_e6(name: str, workspace: str, kind: Kind) -> None:
    for mail, link in (
        (replace(REMINDER, inviter=name, workspace=workspace, kind=kind), f"{BASE}/i/{'T' * 43}"),
        (replace(ENDING, contact=name, workspace=workspace, kind=kind), f"{BASE}/guest"),
        (replace(MOVED, inviter=name, name=name, workspace=workspace, kind=kind), f"{BASE}/i/{'T' * 43}"),
    ):
        message = parsed(mail)
        assert message.keys() == parsed(REMINDER).keys()
        assert not any(part.defects for part in message.walk())
        assert set(Anchors(part(message, "html")).links) == {link}
        assert f"\n{link}\n" in part(message, "plain")


@pytest.mark.parametrize("mail", ALL)
def test_every_mail_has_the_headers_of_a_machine_that_wants_no_answer_e9(mail: Mail) -> None:
    message = parsed(mail)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Content-Language"] == "en"
    assert message["From"] == "Gatehouse <no-reply@example.com>"
    assert [address.addr_spec for address in message["To"].addresses] == [mail.recipient]
    assert message["Message-ID"] == "<gatehouse.Abc-_123xyz@example.com>"
    assert message["Date"].datetime == NOW


def test_answers_to_an_invitation_go_to_the_inviter_where_the_address_is_known() -> None:
    assert parsed(INVITATION)["Reply-To"] == "alice@contoso.example"
    for unknown in (None, "", "alice", "a@b.example, c@d.example", "alice@contoso.example\r\nBcc: x@evil.example"):
        message = parsed(replace(INVITATION, reply_to=unknown))
        assert message["Reply-To"] is None
        assert message["Bcc"] is None
        assert "answer this mail" not in part(message, "plain")
    assert parsed(PASSCODE)["Reply-To"] is None


@pytest.mark.parametrize("mail", ALL)
def test_a_retry_sends_the_same_bytes(mail: Mail) -> None:
    again = Mails("Gatehouse <no-reply@example.com>", BASE)
    assert MAILS.compose(mail, STAMP) == again.compose(mail, STAMP)
    assert MAILS.compose(mail, STAMP) != MAILS.compose(mail, replace(STAMP, row_id="other"))


@pytest.mark.parametrize("mail", ALL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_short_ascii_and_end_in_crlf(mail: Mail, language: str) -> None:
    content = MAILS.compose(replace(mail, language=language, workspace="Ünïcode " * 20), STAMP)
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 320


@settings(max_examples=150, deadline=None)
@given(inviter=ODD, workspace=ODD, kind=st.sampled_from(Kind), preview=st.booleans())
def test_no_name_adds_a_header_a_part_or_a_link_e5_e6(inviter: str, workspace: str, kind: Kind, preview: bool) -> None:
    mail = replace(INVITATION, inviter=inviter, workspace=workspace, kind=kind, preview=preview)
    message = parsed(mail)
    assert message.keys() == parsed(INVITATION).keys()
    assert not any(part.defects for part in message.walk())
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert set(Anchors(part(message, "html")).links) == {f"{BASE}/i/{'T' * 43}"}
    assert f"\n{BASE}/i/{'T' * 43}\n" in part(message, "plain")


@settings(max_examples=150, deadline=None)
@given(inviter=ODD, workspace=ODD)
def test_a_mail_put_together_equals_one_built_by_the_standard_library(inviter: str, workspace: str) -> None:
    for mail in (replace(INVITATION, inviter=inviter, workspace=workspace), replace(PASSCODE, workspace=workspace)):
        quick = parsed(mail)
        slow = EmailMessage(policy=email.policy.SMTP)
        slow["From"] = "Gatehouse <no-reply@example.com>"
        slow["To"] = mail.recipient
        slow["Date"] = format_datetime(NOW)
        slow["Message-ID"] = "<gatehouse.Abc-_123xyz@example.com>"
        slow["Subject"] = str(quick["Subject"])
        slow["Auto-Submitted"] = "auto-generated"
        slow["X-Auto-Response-Suppress"] = "All"
        if isinstance(mail, InvitationMail):
            slow["Reply-To"] = "alice@contoso.example"
        slow.set_content(part(quick, "plain"))
        slow.add_alternative(part(quick, "html"), subtype="html")
        slow["Content-Language"] = "en"
        again = email.message_from_bytes(slow.as_bytes(), policy=email.policy.default)
        # The standard library of 3.11 loses blanks beside encoded words, so the subject has a test of its own below.
        for name in set(quick.keys()) - {"Content-Type", "MIME-Version", "Subject"}:
            assert str(quick[name]) == str(again[name]), name
        assert sorted(quick.keys()) == sorted(again.keys())
        for kind in ("plain", "html"):
            assert part(quick, kind) == part(again, kind)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=200))
def test_a_subject_is_read_as_it_was_written(text: str) -> None:
    text = " ".join(text.split())
    raw = header("Subject", text)
    assert max(map(len, raw.split("\r\n"))) <= 200 + len("Subject: ")
    message = email.message_from_bytes(raw.encode() + b"\r\n", policy=email.policy.default)
    assert message.keys() == ["Subject"]
    assert message["Subject"] == text


PHISHING = [
    ("Pay at https://evil.example/x now", "Pay at now"),
    ("www.evil.example wants you", "wants you"),
    ("call +1 (555) 123-4567 today", "call today"),
    ("mail me@evil.example", "mail"),
    ("evil.example/login please", "please"),
    ("go to evil.example", "go to evil. example"),
    ("evil．example", "evil. example"),
    ("a\u202ecod.exe", "acod. exe"),
    ("Ada\r\nBcc: x", "Ada Bcc: x"),
    ("Zo\u0308e & <b>Co</b>", "Zöe & <b>Co</b>"),
    ("Team 2026", "Team 2026"),
    ("  ", "Somebody"),
    ("!!!", "Somebody"),
    ("x" * 200, "x" * 64),
]


@pytest.mark.parametrize(("name", "shown"), PHISHING)
def test_names_say_who_somebody_is_and_nothing_else_e6(name: str, shown: str) -> None:
    message = parsed(replace(INVITATION, inviter=name))
    assert message["Subject"] == f"{shown} invites you to Contoso Launch"
    assert f"{shown} invites you as a guest to the team Contoso Launch." in part(message, "plain")


def test_markup_in_names_is_shown_and_not_obeyed_e6() -> None:
    html = part(parsed(replace(INVITATION, workspace='<a href="//x"><img src=x>"\'')), "html")
    assert "<img" not in html
    assert not Anchors(html).fetched
    assert len(set(Anchors(html).links)) == 1


@pytest.mark.parametrize("kind", Kind)
def test_a_workspace_without_a_name_is_not_mentioned(kind: Kind) -> None:
    message = parsed(replace(INVITATION, workspace="\u200b", kind=kind))
    assert message["Subject"] == "Alice Adams invites you as a guest"
    assert "team" not in part(message, "plain")


def test_a_preview_is_called_one() -> None:
    assert "Preview" not in part(parsed(INVITATION), "plain")
    for kind in ("plain", "html"):
        assert "Preview" in part(parsed(replace(INVITATION, preview=True)), kind)


@pytest.mark.parametrize(
    "recipient",
    ["", "gwen", "a@b.example,c@d.example", "a b@c.example", "=?utf-8?q?a?=@x.com", "a@b.example\r\nBcc: c@d.example",
     "<a@b.example>", '"a"@b.example', "ä@b.example", "a@b.example\n"],
)  # fmt: skip
def test_what_is_no_plain_address_gets_no_mail_e1(recipient: str) -> None:
    with pytest.raises(Unsendable):
        MAILS.compose(replace(PASSCODE, recipient=recipient), STAMP)


@pytest.mark.parametrize("mail", ALL)
def test_nothing_is_fetched_from_anywhere(mail: Mail) -> None:
    html = part(parsed(mail), "html")
    assert not Anchors(html).fetched
    assert not re.findall(r"@import|url\(", html)
    assert {url for url in re.findall(r"https?://[^\"'<>\s)]+", html) if "w3.org" not in url} <= {
        f"{BASE}/i/{'T' * 43}",
        f"{BASE}/w/{'W' * 43}",
        f"{BASE}/guest",
    }


@pytest.mark.parametrize("mail", ALL)
def test_the_page_tells_its_language_and_direction(mail: Mail) -> None:
    html = part(parsed(mail), "html")
    assert '<html lang="en" dir="ltr"' in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("name", build.NAMES)
def test_the_committed_pages_are_what_their_sources_say(name: str) -> None:
    assert (TEMPLATES / f"{name}.html").read_text(encoding="utf-8") == build.build(name)


def test_the_senders_name_may_be_in_any_script() -> None:
    mails = Mails("Gästehaus <no-reply@example.com>", BASE + "/")
    message = parsed(PASSCODE, mails)
    assert message["From"] == "Gästehaus <no-reply@example.com>"
    assert f"\n{BASE}/w/{'W' * 43}\n" in part(message, "plain")


WISHED = replace(
    INVITATION,
    name="Gwen Stacy",
    message="Welcome <b>Gwen</b>,\n\n1234 5678\nsee you!",
    access_until=datetime(2026, 12, 24, 23, 59, 59, tzinfo=UTC),
)


def test_the_mail_greets_by_name_and_says_until_when_the_access_lasts() -> None:
    message = parsed(WISHED)
    text = part(message, "plain")
    assert text.startswith("Hello Gwen Stacy,\n")
    for kind in ("plain", "html"):
        assert "Your access ends after 24 December 2026." in part(message, kind)
        assert "90 days" not in part(message, kind)


def test_the_inviters_words_are_marked_as_theirs_on_each_line() -> None:
    text = part(parsed(WISHED), "plain")
    said = "Alice Adams writes:\n\n> Welcome <b>Gwen</b>,\n>\n> 1234 5678\n> see you!\n"
    assert said in text
    assert "\n1234 5678\n" not in text


def test_the_inviters_words_are_text_in_html_too() -> None:
    page = part(parsed(WISHED), "html")
    assert "Welcome &lt;b&gt;Gwen&lt;/b&gt;,<br /><br />1234 5678<br />see you!" in page
    assert "To Gwen Stacy, Alice Adams writes:" in page


def test_without_a_message_nobody_is_said_to_write() -> None:
    for kind in ("plain", "html"):
        assert "writes:" not in part(parsed(INVITATION), kind)


@settings(max_examples=100, deadline=None)
@given(ODD, ODD)
def test_a_name_and_a_message_make_no_header_and_no_link_e5_e6(name: str, message: str) -> None:
    made = parsed(replace(INVITATION, name=name, message=f"{message}\r\nwww.evil.example {message}"))
    assert sorted(made.keys()) == sorted(parsed(INVITATION).keys())
    assert [one.addr_spec for one in made["To"].addresses] == [INVITATION.recipient]
    assert made["Subject"] == parsed(INVITATION)["Subject"]
    html = part(made, "html")
    assert set(Anchors(html).links) == {f"{BASE}/i/{'T' * 43}"}
    for text in (html, part(made, "plain")):
        assert "evil.example" not in text
        assert not set("\u202e\u2066\u200b\x00") & set(text)


def test_turning_signs_of_a_message_are_left_out() -> None:
    made = parsed(replace(INVITATION, name="Gwen\u202e", message="a\u202eb\u2066c"))
    assert "> abc" in part(made, "plain")
    assert "\u202e" not in part(made, "html")
