"""Words that several cards share."""

from datetime import datetime
from functools import cache

from cards.elements import Part, column, columns, container, heading, local_date, text
from cards.escape import plain
from domain.views import Kind, Status
from locales import Speech


def status_word(speech: Speech, status: Status) -> str:
    return _status_words(speech)[status]


@cache
def _status_words(speech: Speech) -> dict[Status, str]:
    return {
        Status.SENDING: speech.say("Sending"),
        Status.SENT: speech.say("Sent"),
        Status.UNDELIVERABLE: speech.say("Undeliverable"),
        Status.LINK_OPENED: speech.say("Link opened"),
        Status.PASSCODE_SENT: speech.say("Passcode sent"),
        Status.REDEEMED: speech.say("Redeemed"),
        Status.DECLINED: speech.say("Declined"),
        Status.EXPIRED: speech.say("Expired"),
        Status.REVOKED: speech.say("Revoked"),
    }


COLOURS = {
    Status.SENDING: "Accent",
    Status.SENT: "Accent",
    Status.LINK_OPENED: "Accent",
    Status.PASSCODE_SENT: "Accent",
    Status.UNDELIVERABLE: "Attention",
    Status.REDEEMED: "Good",
    Status.DECLINED: "Warning",
    Status.EXPIRED: "Warning",
    Status.REVOKED: "Default",
}


def place(speech: Speech, kind: Kind, workspace: str) -> str:
    """The workspace in a sentence. Chats often have no name, and a personal one has that of the person who reads it."""
    if workspace.strip() and kind is not Kind.PERSONAL:
        return plain(workspace)
    return {
        Kind.TEAM: speech.say("this team"),
        Kind.GROUP: speech.say("this group chat"),
        Kind.PERSONAL: speech.say("this chat"),
    }[kind]


def until(speech: Speech, status: Status, moment: datetime) -> str:
    """Until when the offer or the access lasts; empty where nothing lasts."""
    if status in {Status.DECLINED, Status.REVOKED}:
        return ""
    if status == Status.EXPIRED:
        return speech.say("Ended {day}", day=local_date(moment))
    if status == Status.REDEEMED:
        return speech.say("Access until {day}", day=local_date(moment))
    return speech.say("Open until {day}", day=local_date(moment))


def badge(speech: Speech) -> Part:
    """Shown where something is used that is still in preview."""
    return text(speech.say("Preview"), size="Small", weight="Bolder", color="Accent", horizontalAlignment="Right")


def title(speech: Speech, words: str, preview: bool = False) -> Part:
    """The head of a card."""
    head = heading(words)
    if preview:
        row = columns(column([head]), column([badge(speech)], "auto", verticalContentAlignment="Center"))
        return container([row], style="emphasis", bleed=True)
    return container([head], style="emphasis", bleed=True)
