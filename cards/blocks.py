"""Mailboxes that take no invitations from the organisation any more, for admins: how many and since when, masked."""

from cards.elements import Part, card, column, columns, execute, line, local_date, run, text
from cards.escape import address, plain
from cards.words import title
from domain.blocks import BlockLine, BlocksView
from locales import Speech, speak


def blocks(view: BlocksView, *, language: str) -> Part:
    speech = speak(language)
    words = speech.say("Mailboxes that take no invitations")
    body = [title(speech, words), text(_said(speech, view))]
    body += [_line(speech, each) for each in view.lines]
    return card(body, _pages(speech, view), language=speech.language, line=words)


def _said(speech: Speech, view: BlocksView) -> str:
    if not view.total:
        return speech.say("Nobody has refused your invitations for good.")
    told = speech.say_many(
        "{count} mailbox takes no invitations from your organisation any more.",
        "{count} mailboxes take no invitations from your organisation any more.",
        view.total,
    )
    return f"{told} {speech.say('That was their holders’ choice; only they can change it.')}"


def _line(speech: Speech, each: BlockLine) -> Part:
    who = address(each.masked_address) if each.masked_address else speech.say("Address erased")
    where = plain(each.workspace) or speech.say("A chat without a name")
    return columns(
        column([line(run(who, weight="Bolder")), line(run(where, size="Small", isSubtle=True), spacing="None")]),
        column([text(local_date(each.blocked_at), size="Small", horizontalAlignment="Right")], "auto"),
        spacing="Medium",
    )


def _pages(speech: Speech, view: BlocksView) -> list[Part]:
    buttons: list[Part] = []
    if view.page > 1:
        buttons.append(execute(speech.say("Newer"), "blocks.page", {"page": view.page - 1}))
    if view.page < view.pages:
        buttons.append(execute(speech.say("Older"), "blocks.page", {"page": view.page + 1}))
    return buttons
