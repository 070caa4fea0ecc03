"""A list of people: the preview of every row, how far it has come, and what was left out. One card, edited in place."""

from cards.barriers import why
from cards.elements import Part, card, column, columns, container, execute, line, local_time, run, text
from cards.escape import address, domain, plain
from cards.invite import problem
from cards.words import place, title
from domain.addresses import mask
from domain.bulk_views import BulkLine, BulkView, Fault, Outcome, State
from domain.policies import domain_of
from domain.views import Problem
from locales import Speech, speak

GOOD = frozenset({Outcome.NEW, Outcome.INVITED})
COLOURS = {Outcome.NEW: "Accent", Outcome.INVITED: "Good", Outcome.OPEN: "Default", Outcome.GUEST: "Default"}


def bulk(view: BulkView, *, language: str, masked: bool) -> Part:
    speech = speak(language)
    words = _headline(speech, view)
    head = title(speech, words)
    where = place(speech, view.workspace_kind, view.workspace)
    head["items"].append(line(run(_source(speech, view, where), size="Small", isSubtle=True), spacing="None"))
    body = [head, *(text(said) for said in _told(speech, view)), *_counts(speech, view)]
    body += [_row(speech, one, masked) for one in view.lines]
    if view.pages > 1:
        page = speech.say("Page {page} of {pages}", page=view.page, pages=view.pages)
        body.append(text(page, size="Small", isSubtle=True, separator=True))
    return card(body, _buttons(speech, view), language=speech.language, line=words)


def _headline(speech: Speech, view: BulkView) -> str:
    invited = view.count(Outcome.INVITED)
    if view.state is State.PREVIEW:
        number = view.count(Outcome.NEW)
        return speech.say_many("{count} person can be invited", "{count} people can be invited", number)
    if view.state is State.CANCELLED:
        return speech.say("The list was cancelled")
    if view.state is State.DONE:
        return speech.say_many("{count} guest invited", "{count} guests invited", invited)
    total = invited + view.count(Outcome.NEW, Outcome.STOPPED, Outcome.NO_RIGHT)
    if view.state is State.STOPPED:
        return speech.say("Stopped: {done} of {total} invited", done=invited, total=total)
    return speech.say("Inviting: {done} of {total}", done=invited, total=total)


def _source(speech: Speech, view: BulkView, where: str) -> str:
    into = speech.say("Into {workspace}", workspace=where)
    rows = speech.say_many("{count} row", "{count} rows", view.rows)
    return " · ".join(filter(None, [into, plain(view.name), rows, plain(view.by)]))


def _told(speech: Speech, view: BulkView) -> list[str]:
    told: list[str] = []
    if view.known:
        given = local_time(view.made_at)
        told.append(speech.say("This list was given before: {when}. Nothing new was made of it.", when=given))
    if view.state is State.PREVIEW:
        told.append(speech.say("Nobody was invited yet. Please look through the rows first."))
    if view.again_at is not None:
        number = view.count(Outcome.NEW)
        told.append(
            speech.say_many(
                "{count} row waits: as many were invited as is permitted for now. It goes on by itself: {when}.",
                "{count} rows wait: as many were invited as is permitted for now. They go on by themselves: {when}.",
                number,
                when=local_time(view.again_at),
            )
        )
    if view.count(Outcome.NO_RIGHT):
        told.append(speech.say("Whoever confirmed the list may not invite here any more. The rest was not invited."))
    return told


def _counts(speech: Speech, view: BulkView) -> list[Part]:
    """How many of each, a row of the card for each that there is."""
    words = words_of(speech)
    counted = [(words[each], view.count(each)) for each in Outcome]
    if view.count(Outcome.INVITED):
        counted += [
            (speech.say("Mails sent"), view.sent),
            (speech.say("Mails that failed"), view.failed),
            (speech.say("Redeemed"), view.redeemed),
        ]
    rows = [_count(word, number) for word, number in counted if number]
    return [container(rows, spacing="Medium")] if rows else []


def _count(word: str, number: int) -> Part:
    return columns(column([text(word)]), column([text(str(number), weight="Bolder")], "auto"), spacing="Small")


def words_of(speech: Speech) -> dict[Outcome, str]:
    return {
        Outcome.NEW: speech.say("Will be invited"),
        Outcome.INVITED: speech.say("Invited"),
        Outcome.OPEN: speech.say("Invited already"),
        Outcome.GUEST: speech.say("Guest already"),
        Outcome.DUPLICATE: speech.say("Named twice"),
        Outcome.BAD: speech.say("Cannot be read"),
        Outcome.FORBIDDEN: speech.say("Not allowed"),
        Outcome.TYPO: speech.say("Probably mistyped"),
        Outcome.APPROVAL: speech.say("Needs an approval"),
        Outcome.STOPPED: speech.say("Stopped before"),
        Outcome.NO_RIGHT: speech.say("Not invited"),
    }


def _row(speech: Speech, one: BulkLine, masked: bool) -> Part:
    shown = address(mask(one.address) if masked and "@" in one.address else one.address) or "–"
    word = words_of(speech)[one.outcome]
    colour = COLOURS.get(one.outcome, "Warning")
    status = text(word, size="Small", weight="Bolder", color=colour, horizontalAlignment="Right")
    number = run(f"{one.number}  ", isSubtle=True, size="Small")
    rows = [columns(column([line(number, run(shown))]), column([status], "auto"))]
    said = reason(speech, one)
    if said:
        rows.append(line(run(said, size="Small", isSubtle=True), spacing="None"))
    return container(rows, separator=True, spacing="Small")


def reason(speech: Speech, one: BulkLine) -> str:
    """Why a row has its outcome, in a sentence; empty where there is nothing to say."""
    match one.outcome:
        case Outcome.BAD if one.why in tuple(Problem):
            return problem(speech, Problem(one.why))
        case Outcome.BAD:
            return _fault(speech, Fault(one.why))
        case Outcome.DUPLICATE:
            return speech.say("The same address stands in row {row}.", row=one.why)
        case Outcome.TYPO:
            meant = domain(one.why)
            return speech.say("Did you mean {domain}? If not, please invite this address by itself.", domain=meant)
        case Outcome.FORBIDDEN if one.barrier:
            return why(speech, one.barrier, domain_of(one.address))
        case _:
            return ""


def _fault(speech: Speech, fault: Fault) -> str:
    return {
        Fault.CELLS: speech.say("There are more cells than columns. Does a comma stand outside quotes?"),
        Fault.NAME: speech.say("The name is longer than 64 characters."),
        Fault.LANGUAGE: speech.say("Mails and pages are written in English (en) or German (de)."),
        Fault.DAYS: speech.say("The number of days is not between 1 and 365."),
        Fault.UNTIL: speech.say("The end of the access is no date, or not within the next 365 days."),
        Fault.MESSAGE: speech.say("The message is longer than 500 characters, or has a link in it."),
    }[fault]


def _buttons(speech: Speech, view: BulkView) -> list[Part]:
    data = {"list": view.bulk_id, "version": view.version}
    buttons: list[Part] = []
    number = view.count(Outcome.NEW)
    if view.state is State.PREVIEW:
        if number:
            words = speech.say_many("Invite {count} person", "Invite {count} people", number)
            buttons.append(execute(words, "bulk.confirm", data, style="positive"))
        buttons.append(execute(speech.say("Cancel"), "bulk.stop", data))
    buttons += _turns(speech, view, data)
    if view.state in (State.RUNNING, State.WAITING):
        buttons.append(execute(speech.say("Stop"), "bulk.stop", data, style="destructive"))
    if view.state not in (State.PREVIEW, State.CANCELLED):
        buttons += _results(speech, view, data)
    if view.files and view.state in (State.DONE, State.STOPPED, State.WAITING):
        buttons.append(execute(speech.say("Result file"), "bulk.file", data))
    return buttons


def _turns(speech: Speech, view: BulkView, data: Part) -> list[Part]:
    turns: list[Part] = []
    if view.page > 1:
        turns.append(_page(speech.say("Previous"), data, view.only, view.page - 1))
    if view.page < view.pages:
        turns.append(_page(speech.say("Next"), data, view.only, view.page + 1))
    return turns


def _results(speech: Speech, view: BulkView, data: Part) -> list[Part]:
    choices = {"left": speech.say("Not invited"), "all": speech.say("All rows"), "": speech.say("Summary")}
    offered = [only for only in choices if only != view.only and (only != "left" or view.left)]
    return [_page(choices[only], data, only, 1) for only in offered]


def _page(words: str, data: Part, only: str, page: int) -> Part:
    return execute(words, "bulk.page", data | {"only": only, "page": page})
