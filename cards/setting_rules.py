"""Rules of conditional access, and terms of use, on the settings card."""

from collections.abc import Iterable, Sequence

from cards.elements import Part, column, columns, container, execute, fitting, line, run, text, unfold
from cards.escape import domain, plain
from cards.methods import method_name
from cards.setting_lists import SHORT
from domain.policies import Method, Occasion, Rule
from domain.setting_views import SettingsPage
from locales import LANGUAGE_NAMES, Speech

MOST_NAMED = 4
"""Domains or networks of one condition."""
_WORKSPACES_ROOM = 4_000
"""Bytes, as in cards/invite.py."""


def rules(speech: Speech, view: SettingsPage) -> list[Part]:
    rows = [_rule(speech, view, rule) for rule in view.rules]
    if not rows:
        rows = [text(speech.say("There are no rules."))]
    return [*rows, {"type": "ActionSet", "actions": [_form(speech, view)]}]


def _rule(speech: Speech, view: SettingsPage, rule: Rule) -> Part:
    told = [_when(speech, view, rule), _then(speech, rule)]
    said = [line(run(plain(rule.name, 40), weight="Bolder"))]
    said += [line(run(each, size="Small", isSubtle=True), spacing="None") for each in told]
    data = {"rule": rule.rule_id, "version": view.version}
    remove = execute(speech.say("Remove"), "settings.rule_remove", data)
    return columns(column(said), column([{"type": "ActionSet", "actions": [remove]}], "auto"), spacing="Small")


def _when(speech: Speech, view: SettingsPage, rule: Rule) -> str:
    where = [plain(view.workspaces.get(each, ""), SHORT) or speech.say("a workspace") for each in rule.workspaces]
    nets = speech.say("outside of {networks}", networks=_few(rule.networks)) if rule.elsewhere else _few(rule.networks)
    parts = (
        _few(where),
        _few([domain(each) for each in rule.domains]),
        _few([method_name(speech, each) for each in rule.methods]),
        nets if rule.networks else "",
        _occasion(speech, rule.occasion) if rule.occasion else "",
    )
    said = " · ".join(filter(None, parts))
    return speech.say("When: {conditions}", conditions=said or speech.say("always"))


def _few(some: Sequence[str]) -> str:
    left = len(some) - MOST_NAMED
    return ", ".join([*some[:MOST_NAMED], *([f"+{left}"] if left > 0 else [])])


def _occasion(speech: Speech, occasion: Occasion) -> str:
    return speech.say("first sign-in") if occasion is Occasion.FIRST else speech.say("later sign-ins")


def _then(speech: Speech, rule: Rule) -> str:
    hours = rule.session_hours
    parts = (
        speech.say("no way in") if rule.block else "",
        speech.say("second factor") if rule.mfa else "",
        speech.say("terms of use") if rule.terms else "",
        speech.say_many("sign-in for {count} hour", "sign-in for {count} hours", hours) if hours else "",
    )
    return speech.say("Then: {demands}", demands=", ".join(filter(None, parts)))


def _form(speech: Speech, view: SettingsPage) -> Part:
    any_ = {"title": speech.say("Any"), "value": ""}
    named = ({"title": plain(name, SHORT) or "–", "value": key} for key, name in view.workspaces.items())
    where, _ = fitting(named, len(view.workspaces), _WORKSPACES_ROOM)
    inputs = [
        _text(
            speech.say("Name of the rule"), "name", 64, isRequired=True, errorMessage=speech.say("Please enter a name.")
        ),
        _choice(speech.say("Workspace"), "workspace", [any_, *where]),
        _text(speech.say("Guests’ domains"), "domains", 4000),
        _choice(
            speech.say("Sign-in methods"),
            "methods",
            [{"title": method_name(speech, each), "value": each.value} for each in Method],
            isMultiSelect=True,
        ),
        _text(speech.say("Networks, such as 203.0.113.0/24"), "networks", 4000),
        _toggle(speech.say("Outside of these networks instead"), "elsewhere"),
        _choice(
            speech.say("Sign-in"),
            "occasion",
            [any_, *({"title": _occasion(speech, each), "value": each.value} for each in Occasion)],
        ),
        *_demands(speech),
    ]
    data = {"version": view.version}
    save = execute(speech.say("Add the rule"), "settings.rule", data, style="positive", associatedInputs="Auto")
    return unfold(speech.say("Add a rule"), inputs, [save])


def _demands(speech: Speech) -> Iterable[Part]:
    yield _toggle(speech.say("No way in"), "block")
    yield _toggle(speech.say("Demand a second factor"), "mfa")
    yield _toggle(speech.say("Demand the terms of use"), "terms")
    yield {
        "type": "Input.Number",
        "id": "session_hours",
        "label": speech.say("Hours that a sign-in lasts at most"),
        "min": 1,
        "max": 24,
    }


def _text(words: str, name: str, longest: int, **more: object) -> Part:
    return {"type": "Input.Text", "id": name, "label": words, "maxLength": longest, **more}


def _choice(words: str, name: str, choices: Sequence[Part], **more: object) -> Part:
    return {"type": "Input.ChoiceSet", "id": name, "label": words, "value": "", "choices": list(choices), **more}


def _toggle(words: str, name: str) -> Part:
    return {"type": "Input.Toggle", "id": name, "title": words, "value": "false"}


def terms(speech: Speech, view: SettingsPage) -> list[Part]:
    """Which version counts, and a form for a short one."""
    told = (
        speech.say("Version {version} counts.", version=view.terms_version)
        if view.terms_version
        else speech.say("No terms are published yet.")
    )
    words = _text(speech.say("Text of the next version"), "words", 10_000, isMultiline=True, isRequired=True)
    words["errorMessage"] = speech.say("Please enter the text.")
    spoken = [{"title": name, "value": tag} for tag, name in LANGUAGE_NAMES.items()]
    language = _choice(speech.say("Language"), "language", spoken) | {"value": speech.language}
    data = {"version": view.version}
    publish = execute(speech.say("Publish"), "settings.terms", data, style="positive", associatedInputs="Auto")
    form = unfold(speech.say("Publish terms"), [words, language], [publish])
    return [container([text(told), {"type": "ActionSet", "actions": [form]}])]
