"""`invite` without an address: the form, and what stands in the chat for it.

People picker: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/people-picker
Dialogs: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from collections.abc import Sequence
from datetime import timedelta
from json import dumps

from cards.elements import Part, card, container, execute, fitting, line, run, unfold
from cards.escape import plain, typed
from cards.invite import confirming, doubts, problem
from cards.words import title
from domain.form_views import Fault, Flaw, FormView, Input
from domain.views import BadAddress, DraftView, Kind
from domain.wishes import LONGEST_MESSAGE, LONGEST_REASON
from locales import LANGUAGE_NAMES, Speech, speak

EMPTY = FormView(Kind.PERSONAL)
QUICK = (Input.ADDRESSES, Input.DAYS)
MORE = tuple(each for each in Input if each not in QUICK)
ADDRESSES_MOST = 6_000
"""Characters; longer lists have a way of their own."""
_ROOM = {Input.ADDRESSES: 6_100, Input.MESSAGE: 6_000}
_FIELD_ROOM, _FAULT_ROOM = 800, 2_500
"""Bytes of JSON that a field's content and its faults may take: the card has 25 KB in all."""
MOST_BAD = 10
"""Bad addresses named beside the field."""
_WHOLE_TENANT = "graph.microsoft.com/users"
_HERE = f"{_WHOLE_TENANT}?scope=currentContext"


def invite_form(
    view: FormView = EMPTY,
    *,
    language: str,
    picker: bool = False,
    masked: bool = False,
    note: str = "",
    draft: DraftView | None = None,
) -> Part:
    """`picker`: people are picked as Teams does it. `note`: why nobody was invited, in a sentence. `draft`: addresses
    that need a look; the others can be invited with one more button."""
    speech = speak(language)
    words = speech.say("Invite guests")
    told = [line(run(note, color="Attention", weight="Bolder"), spacing="Medium")] if note else []
    body = [title(speech, words), *told, *(doubts(speech, draft, masked) if draft else [])]
    return card(
        [*body, *_fields(speech, view, picker, tuple(Input))],
        _buttons(speech, draft),
        language=speech.language,
        line=words,
    )


def invite_opener(view: FormView, *, language: str, teams: bool) -> Part:
    """The two fields that most people need, with the others folded in; in Teams a dialog has them all besides."""
    speech = speak(language)
    words = speech.say("Invite guests")
    head, more = _fields(speech, view, teams, QUICK), _fields(speech, view, teams, MORE)
    buttons = [*_buttons(speech, None), *([_dialog(speech)] if teams else [])]
    folded = unfold(speech.say("More"), more, _buttons(speech, None))
    return card([title(speech, words), *head], [*buttons, folded], language=speech.language, line=words)


def _dialog(speech: Speech) -> Part:
    return {
        "type": "Action.Submit",
        "title": speech.say("Open the form"),
        "associatedInputs": "None",
        "data": {"msteams": {"type": "task/fetch"}, "verb": "invite.open"},
    }


def _buttons(speech: Speech, draft: DraftView | None) -> list[Part]:
    send = execute(speech.say("Invite"), "invite.form", {}, style="positive", associatedInputs="Auto")
    return [send, *(confirming(speech, draft) if draft else [])]


def _fields(speech: Speech, view: FormView, picker: bool, which: Sequence[Input]) -> list[Part]:
    made = {
        Input.ADDRESSES: _addresses(speech, view),
        Input.NAME: _name(speech, view),
        Input.LANGUAGE: _language(speech, view),
        Input.DAYS: _days(speech, view),
        Input.UNTIL: _until(speech, view),
        Input.SPONSORS: _sponsors(speech, view, picker),
        Input.MESSAGE: _message(speech, view),
        Input.REASON: _reason(speech, view) if view.approval or view.filled.reason else None,
    }
    fields: list[Part] = []
    for field in filter(None, (made[each] for each in which)):
        fields.append(field)
        fields += [_fault(speech, one, view) for one in view.faults if one.field == field["id"]]
    return fields


def _addresses(speech: Speech, view: FormView) -> Part:
    return _kept(
        {
            "type": "Input.Text",
            "id": Input.ADDRESSES.value,
            "label": speech.say("E-mail addresses"),
            "placeholder": speech.say("One or many, pasted in any form"),
            "isMultiline": True,
            "maxLength": ADDRESSES_MOST,
            "isRequired": True,
            "errorMessage": speech.say("Please enter at least one address."),
        },
        view.filled.typed,
    )


def _name(speech: Speech, view: FormView) -> Part:
    return _kept(
        {
            "type": "Input.Text",
            "id": Input.NAME.value,
            "label": speech.say("The guest's name"),
            "placeholder": speech.say("Only where you invite one person"),
        },
        view.filled.name,
    )


def _language(speech: Speech, view: FormView) -> Part:
    known = {"title": speech.say("As known"), "value": "known"}
    named = [{"title": name, "value": tag} for tag, name in LANGUAGE_NAMES.items()]
    return {
        "type": "Input.ChoiceSet",
        "id": Input.LANGUAGE.value,
        "label": speech.say("Language of the mails"),
        "choices": [known, *named],
        "value": view.filled.language or "known",
    }


def _days(speech: Speech, view: FormView) -> Part:
    given = view.filled.days
    return {
        "type": "Input.Number",
        "id": Input.DAYS.value,
        "label": speech.say("Days of access after redemption"),
        "min": 1,
        "max": view.days_most,
        "value": given if given is not None and 1 <= given <= view.days_most else view.days,
        "errorMessage": speech.say("Please enter a number of days from 1 to {most}.", most=view.days_most),
    }


def _until(speech: Speech, view: FormView) -> Part:
    field = _kept(
        {"type": "Input.Date", "id": Input.UNTIL.value, "label": speech.say("Or: last day of access")},
        view.filled.until,
    )
    if view.today is not None:
        field |= {"min": view.today.isoformat(), "max": (view.today + timedelta(days=view.days_most)).isoformat()}
    return field


def _sponsors(speech: Speech, view: FormView, picker: bool) -> Part | None:
    """Nothing where there is nobody to choose: the inviter answers for the guest."""
    field: Part = {
        "type": "Input.ChoiceSet",
        "id": Input.SPONSORS.value,
        "label": speech.say("Who answers for the guest (else you)"),
        "isMultiSelect": True,
        "choices": [],
    }
    if picker:
        dataset = _WHOLE_TENANT if view.kind is Kind.PERSONAL else _HERE
        field["choices.data"] = {"type": "Data.Query", "dataset": dataset}
    elif view.owners:
        field["choices"] = [{"title": plain(name), "value": person_id} for person_id, name in view.owners]
    else:
        return None
    return _kept(field, ",".join(view.filled.sponsors))


def _message(speech: Speech, view: FormView) -> Part:
    return _kept(
        {
            "type": "Input.Text",
            "id": Input.MESSAGE.value,
            "label": speech.say("Personal message"),
            "placeholder": speech.say("Plain text without links, at most {most} characters", most=LONGEST_MESSAGE),
            "isMultiline": True,
        },
        view.filled.message,
    )


def _reason(speech: Speech, view: FormView) -> Part:
    return _kept(
        {
            "type": "Input.Text",
            "id": Input.REASON.value,
            "label": speech.say("Reason, for those who approve it"),
            "placeholder": speech.say("At most {most} characters", most=LONGEST_REASON),
        },
        view.filled.reason,
    )


def _kept(field: Part, value: str) -> Part:
    """With what was typed into it before."""
    return field | {"value": _within(value, _ROOM.get(Input(field["id"]), _FIELD_ROOM))} if value else field


def _within(value: str, room: int) -> str:
    """As much as there is room for: all that people type into such a form."""
    while (length := len(dumps(value))) > room:
        value = value[: len(value) * room // length]
    return value


def _fault(speech: Speech, fault: Fault, view: FormView) -> Part:
    said = [_bad(speech, one) for one in fault.bad[:MOST_BAD]] or [_flaw(speech, fault, view)]
    shown, _ = fitting([_red(each) for each in said], len(said), _FAULT_ROOM)
    left = len(fault.bad) - len(shown)
    if left > 0:
        shown.append(_red(speech.say_many("and {count} more", "and {count} more", left)))
    return container(shown, spacing="None")


def _red(words: str) -> Part:
    return line(run(words, size="Small", color="Attention"))


def _bad(speech: Speech, bad: BadAddress) -> str:
    given = typed(bad.text, 80) or "–"
    return speech.say("“{given}”: {problem}", given=given, problem=problem(speech, bad.problem))


def _flaw(speech: Speech, fault: Fault, view: FormView) -> str:
    return {
        Flaw.MISSING: speech.say("Please enter at least one address."),
        Flaw.SEVERAL: speech.say("A name fits one guest only: invite this guest alone, or leave the name out."),
        Flaw.TOO_LONG: speech.say("This is too long: at most {most} characters are possible.", most=fault.most),
        Flaw.LINK: speech.say("This looks like a link: {words}. Please write it without.", words=_words(fault.words)),
        Flaw.WRONG_DAYS: speech.say("Please enter a number of days from 1 to {most}.", most=view.days_most),
        Flaw.NO_DATE: speech.say("This is no date."),
        Flaw.PAST: speech.say("This day is over already."),
        Flaw.TOO_LATE: speech.say("This is too far away: access lasts at most {most} days.", most=view.days_most),
        Flaw.TOO_MANY: speech.say("At most {most} people can answer for a guest.", most=fault.most),
        Flaw.UNKNOWN_PERSON: speech.say(
            "I do not know all of these people, or some are guests themselves. Choose people of your organisation who "
            "are in this chat, or who have talked to me before."
        ),
    }.get(fault.flaw, "")


def _words(some: Sequence[str]) -> str:
    return ", ".join(f"“{plain(word, 40)}”" for word in some)
