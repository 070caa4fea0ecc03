"""`audit`: what happened, page by page, with who did it."""

from collections.abc import Iterator

from cards.audit_words import what
from cards.certificate import whom
from cards.elements import (
    Part,
    card,
    container,
    execute,
    fitting,
    label,
    line,
    local_time,
    run,
    text,
    unfold,
)
from cards.escape import address, plain
from cards.words import place, title
from domain.addresses import mask
from domain.history_views import About, By, EventLine, HistoryView, Reach
from locales import Speech, speak

_ROOM = 17_000
"""Bytes that events may take; those that are left out are on the next page."""
DAYS = (7, 30, 90)


def audit(view: HistoryView, *, language: str, masked: bool) -> Part:
    """One page of at most ten events. Buttons turn the page and choose what is shown."""
    speech = speak(language)
    words = speech.say("What happened")
    head = title(speech, words)
    said = (_reach(speech, view), *_chosen(speech, view, masked))
    head["items"] += [line(run(each, size="Small", isSubtle=True), spacing="None") for each in said]
    rows, left = fitting(_rows(speech, view, masked), len(view.lines), _ROOM)
    body = [head, *(rows or [text(speech.say("Nothing that you may read here."), spacing="Medium")])]
    older = view.lines[len(rows) - 1].sequence if rows and (left or view.older) else None
    buttons = [*_turns(speech, view, older), _filter(speech, view, masked)]
    return card(body, buttons, language=speech.language, line=words)


def _reach(speech: Speech, view: HistoryView) -> str:
    return {
        Reach.WORKSPACE: place(speech, view.kind, view.workspace),
        Reach.OWN: speech.say("All workspaces that you own"),
        Reach.TENANT: speech.say("All workspaces of your organisation"),
    }[view.reach]


def _chosen(speech: Speech, view: HistoryView, masked: bool) -> Iterator[str]:
    """What is left out."""
    asked = view.question
    if asked.address:
        shown = mask(asked.address) if masked else asked.address
        yield speech.say("Only about {address}", address=address(shown))
    if asked.person:
        name = plain(view.person) or speech.say("Somebody without a name")
        yield speech.say("Only what this person did: {name}", name=name)
    if asked.about is not About.ALL:
        yield speech.say("Only this: {about}", about=_abouts(speech)[asked.about])
    if asked.days:
        yield _days(speech, asked.days)


def _abouts(speech: Speech) -> dict[About, str]:
    return {
        About.ALL: speech.say("Everything"),
        About.INVITATIONS: speech.say("Invitations"),
        About.ACCESS: speech.say("Access and sign-ins"),
        About.SETTINGS: speech.say("Settings, owners and policies"),
        About.REFUSALS: speech.say("Refusals and wrong codes"),
    }


def _days(speech: Speech, days: int) -> str:
    if not days:
        return speech.say("From the beginning")
    return speech.say_many("The last day", "The last {count} days", days)


def _rows(speech: Speech, view: HistoryView, masked: bool) -> Iterator[Part]:
    for one in view.lines:
        yield _row(speech, one, masked)


def _row(speech: Speech, one: EventLine, masked: bool) -> Part:
    told = [_who(speech, one)]
    if one.address:
        told.append(whom(speech, one.address, masked))
    if one.place is not None:
        told.append(place(speech, one.place, one.workspace or ""))
    rows = [
        line(run(what(speech, one), weight="Bolder")),
        text(local_time(one.at), size="Small", isSubtle=True, spacing="None"),
        line(run(" · ".join(told), size="Small", isSubtle=True), spacing="None"),
    ]
    return container(rows, separator=True, spacing="Medium")


def _who(speech: Speech, one: EventLine) -> str:
    return {
        By.PERSON: plain(one.actor) or speech.say("Somebody without a name"),
        By.GUEST: speech.say("The guest"),
        By.HOLDER: speech.say("Whoever has the mail"),
        By.SYSTEM: "Gatehouse",
        By.OPERATOR: speech.say("Whoever runs Gatehouse"),
        By.UNKNOWN: speech.say("Somebody unknown"),
    }[one.by]


def _turns(speech: Speech, view: HistoryView, older: int | None) -> list[Part]:
    """In place of an address stands an invitation's id: others may read what a button sends."""
    asked = view.question
    same: Part = {"about": asked.about.value, "days": asked.days}
    same |= {"invitation": asked.invitation_id} if asked.invitation_id else {}
    same |= {"person": asked.person} if asked.person else {}
    turns: list[Part] = []
    if asked.before is not None:
        turns.append(execute(speech.say("Newest"), "audit.page", same))
    if older is not None:
        turns.append(execute(speech.say("Older"), "audit.page", same | {"before": older}))
    if any(True for _ in _chosen(speech, view, masked=True)):
        turns.append(execute(speech.say("Show everything"), "audit.page", {"about": About.ALL.value, "days": 0}))
    return turns


def _filter(speech: Speech, view: HistoryView, masked: bool) -> Part:
    """Starts with what is chosen now, but for an address that not everybody may read."""
    asked = view.question
    typed: Part = {
        "type": "Input.Text",
        "id": "address",
        "label": speech.say("E-mail address of a guest"),
        "placeholder": "name@example.com",
        "maxLength": 254,
    }
    if asked.address and not masked:
        typed["value"] = asked.address
    abouts = {about.value: words for about, words in _abouts(speech).items()}
    days = {str(each): _days(speech, each) for each in (*DAYS, 0)}
    fields = [
        typed,
        _choices("about", speech.say("What"), abouts, asked.about.value),
        _choices("days", speech.say("Since when"), days, str(asked.days if asked.days in DAYS else 0)),
    ]
    show = execute(speech.say("Show"), "audit.filter", {}, style="positive", associatedInputs="Auto")
    return unfold(speech.say("Choose"), [label(speech.say("What to show")), *fields], [show])


def _choices(name: str, words: str, choices: dict[str, str], chosen: str) -> Part:
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": words,
        "style": "compact",
        "value": chosen,
        "choices": [{"title": said, "value": value} for value, said in choices.items()],
    }
