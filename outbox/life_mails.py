"""What later mails say: reminders of an invitation, warnings that an access ends, and the way in from a new mailbox."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.life_views import EndingMail, ReminderMail
from domain.names import in_mail
from domain.value import value
from domain.views import InvitationMail, Kind
from locales import Speech


@value
class Written:
    """`template` with `values` for its gaps; `facts`: what it asks about with `if`."""

    template: str
    gaps: tuple[str, ...]
    subject: str
    values: Mapping[str, str]
    facts: frozenset[str]
    reply_to: str | None


REMINDER_GAPS = ("inviter", "workspace", "recipient", "link", "until", "invited")
ENDING_GAPS = ("workspace", "recipient", "link", "until", "contact")
MOVED_GAPS = ("inviter", "workspace", "recipient", "link", "until", "name")


def reminder(mail: ReminderMail, t: Speech, base: str) -> Written:
    inviter, workspace = in_mail(mail.inviter, t.say("Somebody")), in_mail(mail.workspace)
    values = {
        "inviter": inviter,
        "workspace": workspace,
        "recipient": mail.recipient,
        "link": f"{base}/i/{mail.token}",
        "until": t.say("{day}, {time}", day=t.day(mail.expires_at), time=t.time(mail.expires_at)),
        "invited": t.day(mail.mailed_at),
    }
    where = _where(mail.kind, workspace)
    if where:
        subject = t.say("Reminder: {inviter} invites you to {workspace}", inviter=inviter, workspace=workspace)
    else:
        subject = t.say("Reminder: {inviter} invites you as a guest", inviter=inviter)
    return Written("reminder", REMINDER_GAPS, subject, values, where, mail.reply_to)


def ending(mail: EndingMail, t: Speech, base: str) -> Written:
    workspace = in_mail(mail.workspace)
    values = {
        "workspace": workspace,
        "recipient": mail.recipient,
        "link": f"{base}/guest",
        "until": t.say("{day}, {time}", day=t.day(mail.ends_at), time=t.time(mail.ends_at)),
        "contact": in_mail(mail.contact),
    }
    where = _where(mail.kind, workspace)
    day = t.day(mail.ends_at)
    if where:
        subject = t.say("Your access to {workspace} ends on {day}", workspace=workspace, day=day)
    else:
        subject = t.say("Your access as a guest ends on {day}", day=day)
    facts = where | {mail.why.value} | ({"contact"} if values["contact"] else frozenset[str]())
    return Written("ending", ENDING_GAPS, subject, values, frozenset(facts), mail.reply_to)


def moved(mail: InvitationMail, t: Speech, base: str) -> Written:
    """To the new mailbox of a guest."""
    workspace = in_mail(mail.workspace)
    values = {
        "inviter": in_mail(mail.inviter, t.say("Somebody")),
        "workspace": workspace,
        "recipient": mail.recipient,
        "link": f"{base}/i/{mail.token}",
        "until": t.day(mail.expires_at),
        "name": in_mail(mail.name),
    }
    where = _where(mail.kind, workspace)
    if where:
        subject = t.say("Your guest access to {workspace} moved to this mailbox", workspace=workspace)
    else:
        subject = t.say("Your guest access moved to this mailbox")
    facts = where | ({"named"} if values["name"] else frozenset[str]())
    return Written("moved", MOVED_GAPS, subject, values, frozenset(facts), mail.reply_to)


def _where(kind: Kind, workspace: str) -> frozenset[str]:
    """What the workspace is, where it has a name that can be shown."""
    return frozenset({kind.value} if kind is not Kind.PERSONAL and workspace else ())


WRITTEN: dict[type, Callable[[Any, Speech, str], Written]] = {
    ReminderMail: reminder,
    EndingMail: ending,
    InvitationMail: moved,
}
"""By the type of the view. An invitation that is an offer is written by outbox/mails.py."""
