"""The mails: what the domain hands out becomes bytes, the same bytes on every retry.

What does not change is made once per kind and language by templates and the standard library; per mail only the values
are put in, each escaped for where it stands (the standard library alone would take 1 ms a mail).
"""

import html
import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.names import in_mail, quoted, words
from domain.value import value
from domain.views import InvitationMail, Kind, Mail, PasscodeMail
from locales import Speech, speak
from outbox.life_mails import WRITTEN

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
BOUNDARY = "=_gatehouse"
"""Quoted-printable never holds `=_`, so no text can end its part."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
SOFT = b"=\r\n"
"""A line end that stands for nothing (RFC 2045, 6.7, rule 5)."""
WORD_BYTES = 42
"""UTF-8 bytes in one encoded word: 75 characters at most with its frame (RFC 2047, 2)."""
LINE = 76
ADDRESS = re.compile(r"[A-Za-z0-9_+'-]+(?:\.[A-Za-z0-9_+'-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
ROW_ID = re.compile(r"[A-Za-z0-9_-]+")


class Unsendable(Exception):
    """No mail can be made of this. Trying again would not help."""


@value
class Stamp:
    """Tells a mail apart: the same for each retry."""

    row_id: str
    at: datetime


@value
class Gaps:
    """A text with gaps: the fixed pieces, and the names of what goes between them."""

    pieces: tuple[bytes, ...]
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """Values are put in as they are, once: nothing in them can name another gap."""
        filled = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            filled.append(values[name])
            filled.append(piece)
        return b"".join(filled)


INVITATION_GAPS = ("inviter", "workspace", "recipient", "link", "until", "access", "name", "message", "quoted")
PASSCODE_GAPS = ("workspace", "recipient", "passcode", "reference", "until", "life", "withdraw")
_MARK = "\ue000"
"""A private-use sign: stands in no sentence, and `plain` leaves none in a name."""


class Mails:
    """`sender`: the operator's `Name <address>`. `public_url`: base of every link, without a slash at its end."""

    def __init__(self, sender: str, public_url: str) -> None:
        written = EmailMessage(policy=SMTP)
        written["From"] = sender
        addresses = written["From"].addresses
        if len(addresses) != 1 or not addresses[0].domain:
            raise ValueError("the sender of the mails needs one address")
        self.sender = str(addresses[0].addr_spec)
        self._sender_name = str(addresses[0].display_name)
        self._domain = self.sender.rpartition("@")[2]
        self._public_url = public_url.rstrip("/")
        self._fixed: dict[str, bytes] = {}

    def compose(self, mail: Mail, stamp: Stamp) -> bytes:
        """RFC 5322, lines ended by CRLF, ASCII only. Raises Unsendable."""
        if not ADDRESS.fullmatch(mail.recipient) or not ROW_ID.fullmatch(stamp.row_id):
            raise Unsendable("a mail cannot be addressed like this")
        if isinstance(mail, InvitationMail) and not mail.moved:
            return self._invitation(mail, stamp)
        if isinstance(mail, PasscodeMail):
            return self._passcode(mail, stamp)
        return self._later(mail, stamp)

    def prepare(self) -> None:
        """Makes the commonest skeletons, so that the first mail need not wait for them. Slow: not on the loop."""
        for part in ("txt", "html"):
            for workspace in (True, False):
                _skeleton("passcode", "en", part, PASSCODE_GAPS, frozenset({"workspace"} if workspace else ()))

    def _invitation(self, mail: InvitationMail, stamp: Stamp) -> bytes:
        t = speak(mail.language)
        values = {
            "inviter": in_mail(mail.inviter, t.say("Somebody")),
            "workspace": in_mail(mail.workspace),
            "recipient": mail.recipient,
            "link": f"{self._public_url}/i/{mail.token}",
            "until": t.say("{day}, {time}", day=t.day(mail.expires_at), time=t.time(mail.expires_at)),
            "access": _access(mail, t),
            "name": in_mail(mail.name),
            "message": words(mail.message),
        }
        values["quoted"] = quoted(values["message"])
        reply_to = mail.reply_to if mail.reply_to and ADDRESS.fullmatch(mail.reply_to) else None
        told = {mail.kind.value: mail.kind is not Kind.PERSONAL and bool(values["workspace"]), "preview": mail.preview}
        told |= {
            "dated": mail.access_until is not None,
            "named": bool(values["name"]),
            "message": bool(values["message"]),
        }
        facts = frozenset(name for name, true in (told | {"reply": reply_to is not None}).items() if true)
        if facts & {Kind.TEAM.value, Kind.GROUP.value}:
            subject = t.say("{inviter} invites you to {workspace}", **values)
        else:
            subject = t.say("{inviter} invites you as a guest", **values)
        bodies = {part: _skeleton("invitation", t.language, part, INVITATION_GAPS, facts) for part in PARTS}
        head = self._head(mail.recipient, stamp) + (f"Reply-To: {reply_to}\r\n" if reply_to else "")
        return self._assemble(t.language, head + header("Subject", subject), bodies, values)

    def _passcode(self, mail: PasscodeMail, stamp: Stamp) -> bytes:
        t = speak(mail.language)
        minutes = round((mail.expires_at - mail.issued_at).total_seconds() / 60)
        values = {
            "workspace": in_mail(mail.workspace),
            "recipient": mail.recipient,
            "passcode": f"{mail.passcode[:4]} {mail.passcode[4:]}",
            "reference": mail.reference,
            "until": t.time(mail.expires_at),
            "life": t.say_many("one minute", "{count} minutes", minutes),
            "withdraw": f"{self._public_url}/w/{mail.withdraw_token}",
        }
        facts = frozenset({"workspace"} if values["workspace"] else ())
        bodies = {part: _skeleton("passcode", t.language, part, PASSCODE_GAPS, facts) for part in PARTS}
        subject = t.say("Your passcode, reference {reference}", reference=mail.reference)
        head = self._head(mail.recipient, stamp) + header("Subject", subject)
        return self._assemble(t.language, head, bodies, values)

    def _later(self, mail: Any, stamp: Stamp) -> bytes:
        """What is sent to who knows of the invitation already (outbox/life_mails.py)."""
        t = speak(mail.language)
        it = WRITTEN[type(mail)](mail, t, self._public_url)
        reply_to = it.reply_to if it.reply_to and ADDRESS.fullmatch(it.reply_to) else None
        facts = it.facts | ({"reply"} if reply_to else frozenset[str]())
        bodies = {part: _skeleton(it.template, t.language, part, it.gaps, facts) for part in PARTS}
        head = self._head(mail.recipient, stamp) + (f"Reply-To: {reply_to}\r\n" if reply_to else "")
        return self._assemble(t.language, head + header("Subject", it.subject), bodies, it.values)

    def _head(self, recipient: str, stamp: Stamp) -> str:
        message_id = f"<gatehouse.{stamp.row_id}@{self._domain}>"
        return f"To: {recipient}\r\nDate: {format_datetime(stamp.at)}\r\nMessage-ID: {message_id}\r\n"

    def _assemble(self, language: str, head: str, bodies: Mapping[str, Gaps], values: Mapping[str, str]) -> bytes:
        text = bodies["txt"].fill({name: value.encode() for name, value in values.items()})
        page = bodies["html"].fill({name: _quoted(_escape(value).encode()) + SOFT for name, value in values.items()})
        return b"".join(
            (
                self._fixed_headers(language),
                head.encode("ascii"),
                _PART_STARTS["txt"],
                _quoted(text),
                _PART_STARTS["html"],
                page,
                _END,
            )
        )

    def _fixed_headers(self, language: str) -> bytes:
        if language not in self._fixed:
            message = EmailMessage(policy=SMTP)
            message["From"] = Address(self._sender_name, addr_spec=self.sender)
            message["Auto-Submitted"] = "auto-generated"
            message["X-Auto-Response-Suppress"] = "All"
            message["Content-Language"] = language
            self._fixed[language] = message.as_bytes().removesuffix(b"\r\n") + _MULTIPART
        return self._fixed[language]


PARTS: tuple[str, ...] = ("txt", "html")
_PART_STARTS = {
    part: (
        f'\r\n--{BOUNDARY}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")
    for part, subtype in (("txt", "plain"), ("html", "html"))
}
_MULTIPART = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n'.encode("ascii")
_END = f"\r\n--{BOUNDARY}--\r\n".encode("ascii")


def header(name: str, text: str) -> str:
    """An unstructured header, folded (RFC 5322, 2.2.3), in encoded words where needed (RFC 2047)."""
    if text.isascii() and text.isprintable() and "=?" not in text and text == " ".join(text.split()):
        return _folded(f"{name}:", text.split(" "))
    return _folded(f"{name}:", _encoded_words(text))


def _folded(start: str, words: list[str]) -> str:
    lines = [start]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= LINE or (len(lines) == 1 and lines[0] == start):
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines) + "\r\n"


def _encoded_words(text: str) -> list[str]:
    chunks = [""]
    for sign in text:
        if len((chunks[-1] + sign).encode()) > WORD_BYTES:
            chunks.append("")
        chunks[-1] += sign
    return [f"=?utf-8?b?{b64encode(chunk.encode()).decode()}?=" for chunk in chunks]


def _quoted(text: bytes) -> bytes:
    """Quoted-printable, lines of at most 76 characters (RFC 2045, 6.7)."""
    return b2a_qp(text).replace(b"\n", b"\r\n")


def _escape(text: str) -> str:
    """Fit for text and for attributes in quotes. Only the inviter's own words have several lines."""
    return html.escape(text).replace("\n", "<br />")


def _access(mail: InvitationMail, t: Speech) -> str:
    if mail.access_until is not None:
        return t.day(mail.access_until)
    return t.say_many("one day", "{count} days", mail.access_days)


@cache
def _skeleton(kind: str, language: str, part: str, names: tuple[str, ...], facts: frozenset[str]) -> Gaps:
    """A template in one language, with gaps for `names`. `facts`: what the template asks about with `if`."""
    t = speak(language)
    marks = {name: f"{_MARK}{name}{_MARK}" for name in names}
    direction = "rtl" if t.language in RIGHT_TO_LEFT else "ltr"
    template = _environment().get_template(f"{kind}.{part}")
    split = template.render(t=t, facts=facts, language=t.language, direction=direction, **marks).split(_MARK)
    pieces = [piece.encode() for piece in split[::2]]
    if part == "html":  # Long, so its fixed pieces are put into quoted-printable here, once.
        pieces = [_quoted(piece) + SOFT for piece in pieces[:-1]] + [_quoted(pieces[-1])]
    return Gaps(tuple(pieces), tuple(split[1::2]))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
