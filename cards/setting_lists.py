"""Lists of domains and people on the settings card."""

from collections.abc import Sequence

from cards.elements import Part, card, column, columns, container, execute, fitting, label, line, run, text, unfold
from cards.escape import domain, plain
from cards.setting_words import list_name
from cards.words import title
from domain.setting_views import DOMAINS, Item, Listed, ListView, Question, SettingsPage
from domain.views import Affected
from locales import Speech

SHORT = 24
"""Characters of a name: many of them stand on a page."""
_PEOPLE_ROOM = 3_500
"""Bytes, as in cards/invite.py."""


def lists(speech: Speech, view: SettingsPage) -> list[Part]:
    """Each with its items, and below them a form for domains and one for people: a field's name is used once."""
    return [*(_list(speech, view, each) for each in view.lists), *_domains(speech, view), *_people(speech, view)]


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
    return container([head, *rows], spacing="Medium")


def _row(speech: Speech, view: SettingsPage, listed: Listed, item: Item) -> Part:
    said = domain(item.name) if listed in DOMAINS else plain(item.name, SHORT) or speech.say("somebody unknown here")
    remove = execute(speech.say("Remove"), "settings.list", _data(view, listed, "remove") | {"item": item.item})
    return columns(
        column([line(run(said))], verticalContentAlignment="Center"),
        column([{"type": "ActionSet", "actions": [remove]}], "auto"),
        spacing="Small",
    )


def _domains(speech: Speech, view: SettingsPage) -> list[Part]:
    """Of an allow list and a deny list no more than one is offered, once it is in use."""
    free = [each for each in view.lists if each.listed in DOMAINS and not _other_in_use(view, each)]
    fields = [_domain_field(speech)]
    if not free:
        return []
    if len(free) > 1:
        fields = [_which(speech, [each.listed for each in free]), *fields]
    data: Part = {"version": view.version, "do": "add"} | ({"list": free[0].listed.value} if len(free) == 1 else {})
    save = execute(speech.say("Add"), "settings.list", data, style="positive", associatedInputs="Auto")
    return [{"type": "ActionSet", "actions": [unfold(speech.say("Add a domain"), fields, [save])]}]


def _other_in_use(view: SettingsPage, one: ListView) -> bool:
    return one.listed in (Listed.ALLOW, Listed.DENY) and not one.total and view.other_list


def _which(speech: Speech, some: Sequence[Listed]) -> Part:
    names = [{"title": list_name(speech, each), "value": each.value} for each in some]
    field: Part = {"type": "Input.ChoiceSet", "id": "list", "label": speech.say("List"), "choices": names}
    return field | {"value": some[0].value}


def _people(speech: Speech, view: SettingsPage) -> list[Part]:
    """One form for all lists of people on the page: who can be chosen takes most of the room."""
    some = [each.listed for each in view.lists if each.listed not in DOMAINS]
    if not some or not view.people:
        return []
    data: Part = {"version": view.version, "do": "add"}
    save = execute(speech.say("Add"), "settings.list", data, style="positive", associatedInputs="Auto")
    fields = [_which(speech, some), _people_field(speech, view.people)]
    return [{"type": "ActionSet", "actions": [unfold(speech.say("Add a person"), fields, [save])]}]


def _domain_field(speech: Speech) -> Part:
    return {
        "type": "Input.Text",
        "id": "domain",
        "label": speech.say("Domain, such as example.com, or *.example.com for all below it"),
        "maxLength": 255,
        "isRequired": True,
        "errorMessage": speech.say("Please enter one domain."),
    }


def _people_field(speech: Speech, people: Sequence[Item]) -> Part:
    choices = ({"title": plain(each.name, SHORT), "value": each.item} for each in people)
    shown, _ = fitting(choices, len(people), _PEOPLE_ROOM)
    return {
        "type": "Input.ChoiceSet",
        "id": "item",
        "label": speech.say("Person (whoever talked with me before can be chosen)"),
        "choices": shown,
        "isRequired": True,
        "errorMessage": speech.say("Please choose one."),
    }
