"""Lists of domains and people on the settings card."""

from collections.abc import Sequence

from cards.elements import Part, card, column, columns, container, execute, fitting, label, line, run, text, unfold
from cards.escape import domain, plain
from cards.setting_words import list_name
from cards.words import title
from domain.setting_views import DOMAINS, Item, Listed, ListView, Question, SettingsPage
from domain.views import Affected
from locales import Speech

_PEOPLE_ROOM = 5_000
"""Bytes, as in cards/invite.py."""


def lists(speech: Speech, view: SettingsPage) -> list[Part]:
    return [*(_list(speech, view, each) for each in view.lists), *_people(speech, view)]


def kept_out(speech: Speech, view: SettingsPage) -> list[Part]:
    """How many the lists of domains keep out now."""
    if view.kept_out is None:
        return []
    told = speech.say(
        "Kept out by their domain now: {guests} guests, {invitations} open invitations",
        guests=view.kept_out.guests,
        invitations=view.kept_out.pending,
    )
    return [text(told)]


def question(speech: Speech, view: SettingsPage, asked: Question) -> Part:
    """Before a list keeps more people out: how many that would be."""
    change = asked.change
    words = (
        speech.say("Put {domain} on the list?", domain=domain(change.item))
        if change.add
        else speech.say("Take {domain} off the list?", domain=domain(change.item))
    )
    body = [title(speech, words), line(run(list_name(speech, change.listed), isSubtle=True))]
    body += [text(said, weight="Bolder", color="Attention") for said in _affected(speech, asked.more)]
    data = _data(view, change.listed, "add" if change.add else "remove") | {"item": change.item}
    buttons = [
        execute(speech.say("Yes, do it"), "settings.list_sure", data, style="destructive"),
        execute(speech.say("Keep it"), "settings.page", {"page": view.page.value}),
    ]
    return card(body, buttons, language=speech.language, line=words)


def _affected(speech: Speech, more: Affected) -> list[str]:
    return [
        speech.say_many(
            "{count} guest could no longer sign in.", "{count} guests could no longer sign in.", more.guests
        ),
        speech.say_many(
            "{count} open invitation could not be redeemed.",
            "{count} open invitations could not be redeemed.",
            more.pending,
        ),
    ]


def _data(view: SettingsPage, listed: Listed, do: str) -> Part:
    return {"list": listed.value, "version": view.version, "do": do}


def _list(speech: Speech, view: SettingsPage, one: ListView) -> Part:
    head = label(f"{list_name(speech, one.listed)} ({one.total})")
    rows = [_row(speech, view, one.listed, item) for item in one.items]
    add = _add(speech, view, one)
    return container([head, *rows, *([{"type": "ActionSet", "actions": [add]}] if add else [])], spacing="Medium")


def _row(speech: Speech, view: SettingsPage, listed: Listed, item: Item) -> Part:
    said = domain(item.name) if listed in DOMAINS else plain(item.name) or speech.say("somebody unknown here")
    remove = execute(speech.say("Remove"), "settings.list", _data(view, listed, "remove") | {"item": item.item})
    return columns(
        column([line(run(said))], verticalContentAlignment="Center"),
        column([{"type": "ActionSet", "actions": [remove]}], "auto"),
        spacing="Small",
    )


def _add(speech: Speech, view: SettingsPage, one: ListView) -> Part | None:
    """A form for a domain; None: people are chosen below, or the other list is in use."""
    other = one.listed in (Listed.ALLOW, Listed.DENY) and not one.total and view.other_list
    if other or one.listed not in DOMAINS:
        return None
    data = _data(view, one.listed, "add")
    save = execute(speech.say("Add"), "settings.list", data, style="positive", associatedInputs="Auto")
    return unfold(speech.say("Add a domain"), [_domain_field(speech)], [save])


def _people(speech: Speech, view: SettingsPage) -> list[Part]:
    """One form for all lists of people on the page: who can be chosen takes most of the room."""
    some = [each.listed for each in view.lists if each.listed not in DOMAINS]
    if not some or not view.people:
        return []
    names = [{"title": list_name(speech, each), "value": each.value} for each in some]
    which: Part = {"type": "Input.ChoiceSet", "id": "list", "label": speech.say("List"), "choices": names}
    data: Part = {"version": view.version, "do": "add"}
    save = execute(speech.say("Add"), "settings.list", data, style="positive", associatedInputs="Auto")
    fields = [which | {"value": some[0].value}, _people_field(speech, view.people)]
    return [{"type": "ActionSet", "actions": [unfold(speech.say("Add a person"), fields, [save])]}]


def _domain_field(speech: Speech) -> Part:
    return {
        "type": "Input.Text",
        "id": "item",
        "label": speech.say("Domain, such as example.com, or *.example.com for all below it"),
        "maxLength": 255,
        "isRequired": True,
        "errorMessage": speech.say("Please enter one domain."),
    }


def _people_field(speech: Speech, people: Sequence[Item]) -> Part:
    choices = ({"title": plain(each.name), "value": each.item} for each in people)
    shown, _ = fitting(choices, len(people), _PEOPLE_ROOM)
    return {
        "type": "Input.ChoiceSet",
        "id": "item",
        "label": speech.say("Person (whoever talked with me before can be chosen)"),
        "choices": shown,
        "isRequired": True,
        "errorMessage": speech.say("Please choose one."),
    }
