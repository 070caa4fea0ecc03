"""The pages of the settings card, for admins. It may stand where all read: no addresses and no secrets on it."""

from collections.abc import Sequence

from cards.elements import Part, card, column, columns, container, execute, label, line, run, text, unfold
from cards.setting_lists import kept_out, lists, question
from cards.setting_rules import rules, terms
from cards.setting_words import choice_name, effect, field_name, number, page_name, quota_name
from cards.words import title
from domain.setting_fields import FIELDS, Number, Page, Value, choices
from domain.setting_views import SettingsPage
from locales import Speech, speak


def settings_page(view: SettingsPage, *, language: str, notice: str = "") -> Part:
    """What the page shows now, what a change would do, and the ways to make one. `notice`: plain text above it all."""
    speech = speak(language)
    words = page_name(speech, view.page)
    if view.question:
        return question(speech, view, view.question)
    body = [title(speech, words)]
    if notice:
        body.append(line(run(notice, weight="Bolder", color="Attention"), spacing="Medium"))
    body += [*_values(speech, view), *_quotas(speech, view), *kept_out(speech, view), *lists(speech, view)]
    body += rules(speech, view) if view.page is Page.RULES else terms(speech, view) if view.page is Page.TERMS else []
    body.append(text(effect(speech, view.page), size="Small", isSubtle=True, separator=True, spacing="Medium"))
    body += [*_turning(speech, view), *navigation(speech, view.page)]
    return card(body, language=speech.language, line=notice or words)


def navigation(speech: Speech, here: Page | None) -> list[Part]:
    """Buttons to the other pages."""
    buttons = [execute(speech.say("Features"), "settings.show", {})] if here else []
    buttons += [
        execute(page_name(speech, page), "settings.page", {"page": page.value}) for page in Page if page is not here
    ]
    half = (len(buttons) + 1) // 2
    return [{"type": "ActionSet", "actions": some, "spacing": "Small"} for some in (buttons[:half], buttons[half:])]


def _turning(speech: Speech, view: SettingsPage) -> list[Part]:
    if view.pages == 1:
        return []
    data = {"page": view.page.value}
    buttons: list[Part] = []
    if view.number > 1:
        buttons.append(execute(speech.say("Back"), "settings.page", data | {"number": view.number - 1}))
    if view.number < view.pages:
        buttons.append(execute(speech.say("Next"), "settings.page", data | {"number": view.number + 1}))
    told = speech.say("Page {page} of {pages}", page=view.number, pages=view.pages)
    return [text(told, size="Small", isSubtle=True), {"type": "ActionSet", "actions": buttons}]


def _values(speech: Speech, view: SettingsPage) -> list[Part]:
    """Each setting with its value, and one form that changes them."""
    if not view.values:
        return []
    rows = [_value(speech, view, name, value) for name, value in view.values.items()]
    data = {"page": view.page.value, "version": view.version}
    save = execute(speech.say("Save"), "settings.save", data, style="positive", associatedInputs="Auto")
    inputs = [_input(speech, view, name, value) for name, value in view.values.items()]
    form = unfold(speech.say("Change"), inputs, [save])
    return [*rows, {"type": "ActionSet", "actions": [form]}]


def _value(speech: Speech, view: SettingsPage, name: str, value: Value) -> Part:
    said = _said(speech, view, name, value)
    look = {"weight": "Bolder", "wrap": True, "horizontalAlignment": "Right"}
    return columns(column([text(field_name(speech, name))]), column([text(said, **look)]), spacing="Small")


def _said(speech: Speech, view: SettingsPage, name: str, value: Value) -> str:
    if isinstance(FIELDS[view.page][name], Number):
        return number(speech, name, value, dict(view.usual))
    return choice_name(speech, name, value)


def _input(speech: Speech, view: SettingsPage, name: str, value: Value) -> Part:
    kind = FIELDS[view.page][name]
    if isinstance(kind, Number):
        field: Part = {"type": "Input.Number", "id": name, "label": field_name(speech, name), "max": kind.most}
        field |= {"min": 0 if kind.usual else kind.least, "placeholder": number(speech, name, 0, dict(view.usual))}
        return field | ({"value": value} if value or not kind.usual else {})
    offered: Sequence[Value] = choices(name) or (True, False)
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": field_name(speech, name),
        "style": "expanded",
        "value": _sent(value),
        "choices": [{"title": choice_name(speech, name, each), "value": _sent(each)} for each in offered],
    }


def _sent(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quotas(speech: Speech, view: SettingsPage) -> list[Part]:
    if not view.quotas:
        return []
    rows = [
        columns(
            column([text(quota_name(speech, each.quota))]),
            column([text(f"{each.used} / {each.most}", horizontalAlignment="Right")], "auto"),
            spacing="Small",
        )
        for each in view.quotas
    ]
    return [container([label(speech.say("Used")), *rows], separator=True, spacing="Medium")]
