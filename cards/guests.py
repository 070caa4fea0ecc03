"""`guests`: who was invited into a workspace, page by page."""

from cards.elements import Part, card, column, columns, container, execute, line, run, text
from cards.escape import address, plain
from cards.readers import refreshing
from cards.words import COLOURS, place, status_word, title, until
from domain.addresses import mask
from domain.views import GuestLine, GuestListView
from locales import Speech, speak


def guest_list(view: GuestListView, *, language: str, masked: bool) -> Part:
    """One page of at most ten guests; buttons turn the page and choose who is shown."""
    speech = speak(language)
    words = _count(speech, view)
    where = line(run(place(speech, view.kind, view.workspace), size="Small", isSubtle=True), spacing="None")
    head = title(speech, words)
    head["items"].append(where)
    rows = [_row(speech, one, masked) for one in view.lines] or _empty(speech, view.only)
    body = [head, *rows]
    if view.pages > 1:
        page = speech.say("Page {page} of {pages}", page=view.page, pages=view.pages)
        body.append(text(page, size="Small", isSubtle=True, separator=True))
    whole = card(body, _buttons(speech, view), language=speech.language, line=words)
    return refreshing(speech, whole, "guests.show", {"only": view.only, "page": view.page}, view.readers)


def _count(speech: Speech, view: GuestListView) -> str:
    if view.only == "pending":
        return speech.say_many("{count} open invitation", "{count} open invitations", view.total)
    if view.only == "active":
        return speech.say_many("{count} guest with access", "{count} guests with access", view.total)
    if not view.total:
        return speech.say("No guests yet")
    return speech.say_many("{count} guest", "{count} guests", view.total)


def _empty(speech: Speech, only: str) -> list[Part]:
    if only == "pending":
        return [text(speech.say("No invitation is waiting for an answer."), spacing="Medium")]
    if only == "active":
        return [text(speech.say("No guest has access at the moment."), spacing="Medium")]
    told = text(speech.say("Invite the first one. Write, for example:"), spacing="Medium")
    return [told, line(run("invite name@example.com", fontType="Monospace"), spacing="Small")]


def _row(speech: Speech, one: GuestLine, masked: bool) -> Part:
    shown = address(mask(one.address) if masked else one.address)
    word = status_word(speech, one.status)
    said = until(speech, one.status, one.until)
    by = speech.say("Invited by {inviter}", inviter=plain(one.inviter))
    status = text(word, size="Small", weight="Bolder", color=COLOURS[one.status], horizontalAlignment="Right")
    top = columns(column([line(run(shown, weight="Bolder"))]), column([status], "auto"))
    rows = [top, line(run(by, size="Small", isSubtle=True), spacing="None")]
    if said:
        rows.append(text(said, size="Small", isSubtle=True, spacing="None"))
    return container(rows, separator=True, spacing="Medium")


def _buttons(speech: Speech, view: GuestListView) -> list[Part]:
    """Turning the page first, then the other two choices."""
    turns: list[Part] = []
    if view.page > 1:
        turns.append(_turn(speech.say("Previous"), view.only, view.page - 1))
    if view.page < view.pages:
        turns.append(_turn(speech.say("Next"), view.only, view.page + 1))
    choices = {"all": speech.say("All"), "pending": speech.say("Pending"), "active": speech.say("Active")}
    return turns + [_turn(words, only, 1) for only, words in choices.items() if only != view.only]


def _turn(words: str, only: str, page: int) -> Part:
    return execute(words, "guests.page", {"only": only, "page": page})
