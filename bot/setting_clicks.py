"""A payload of the settings card → a typed command. Each field is checked, others are ignored; what a setting may be is
the domain's to say, so that all faults are named at once. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.payloads import opaque, text, whole
from bot.setting_commands import AddRule, ChangeList, PublishTerms, RemoveRule, SetFields, SettingCommand, ShowPage
from bot.writing import clean
from domain.policies import Method, Occasion, Rule
from domain.secrets import new_id
from domain.setting_fields import FIELDS, Number, Page, Value
from domain.setting_views import ListChange, Listed
from locales import LANGUAGES

Data = Mapping[str, Any]
LONGEST_NAME = 64
LONGEST_LIST = 4000
LONGEST_TERMS = 10_000
MOST_OF_A_RULE = 100
HOURS = Number(1, 24)
WRONG = -1
"""What no number can be: the domain names it among the faults."""


def _page(data: Data) -> Page | None:
    name = text(data, "page", 20)
    return Page(name) if name in tuple(Page) else None


def _version(data: Data) -> int | None:
    version = whole(data.get("version"))
    return version if version is not None and version >= 0 else None


def _shown(data: Data) -> SettingCommand | None:
    page, number = _page(data), whole(data.get("number", 1))
    return ShowPage(page, max(1, number)) if page and number is not None else None


def _saved(data: Data) -> SettingCommand | None:
    page, version = _page(data), _version(data)
    if page is None or version is None:
        return None
    wanted = tuple((name, _value(kind, data[name])) for name, kind in FIELDS.get(page, {}).items() if name in data)
    return SetFields(page, wanted, version) if wanted else None


def _value(kind: object, given: object) -> Value:
    """As inputs send it: numbers as text or not, toggles as words; an empty one is 0."""
    if isinstance(kind, Number):
        typed = given.strip() if isinstance(given, str) else given
        if typed in ("", None):
            return 0
        found = int(typed) if isinstance(typed, str) and re.fullmatch("[0-9]{1,9}", typed) else whole(typed)
        return WRONG if found is None else found
    if kind is bool:
        return {"true": True, "false": False, True: True, False: False}.get(_hashable(given), "")
    return given[:20] if isinstance(given, str) else ""


def _hashable(given: object) -> str | bool:
    return given if isinstance(given, str | bool) else ""


def _listing(sure: bool) -> Callable[[Data], SettingCommand | None]:
    def read(data: Data) -> SettingCommand | None:
        listed, version = text(data, "list", 20), _version(data)
        item = text(data, "domain" if "domain" in data else "item", 300)
        if listed not in tuple(Listed) or not item or version is None or data.get("do") not in ("add", "remove"):
            return None
        return ChangeList(ListChange(Listed(listed), item.strip(), data["do"] == "add"), version, sure)

    return read


def _rule_added(data: Data) -> SettingCommand | None:
    version, name = _version(data), clean(text(data, "name", LONGEST_NAME) or "")
    hours = _value(HOURS, data.get("session_hours"))
    if version is None or not name or not isinstance(hours, int):
        return None
    networks = _words(data, "networks")
    occasion = text(data, "occasion", 10)
    rule = Rule(
        new_id(),
        name,
        workspaces=(workspace,) if (workspace := opaque(data, "workspace")) else (),
        domains=_words(data, "domains"),
        methods=tuple(each for each in Method if each.value in (text(data, "methods", 100) or "").split(",")),
        networks=networks,
        elsewhere=bool(networks) and data.get("elsewhere") == "true",
        occasion=Occasion(occasion) if occasion in tuple(Occasion) else None,
        block=data.get("block") == "true",
        mfa=data.get("mfa") == "true",
        terms=data.get("terms") == "true",
        session_hours=hours or None,
    )
    return AddRule(rule, version)


def _words(data: Data, name: str) -> tuple[str, ...]:
    """The words of a field, whatever they are."""
    words = re.split(r"[\s,;]+", text(data, name, LONGEST_LIST) or "")
    return tuple(word for word in words if word)[:MOST_OF_A_RULE]


def _rule_removed(data: Data) -> SettingCommand | None:
    rule_id, version = opaque(data, "rule"), _version(data)
    return RemoveRule(rule_id, version) if rule_id and version is not None else None


def _published(data: Data) -> SettingCommand | None:
    words, language, version = text(data, "words", LONGEST_TERMS), text(data, "language", 3), _version(data)
    if words is None or language not in LANGUAGES or version is None:
        return None
    return PublishTerms(language, words, version)


SETTING_BUTTONS: dict[str, Callable[[Data], SettingCommand | None]] = {
    "settings.page": _shown,
    "settings.save": _saved,
    "settings.list": _listing(sure=False),
    "settings.list_sure": _listing(sure=True),
    "settings.rule": _rule_added,
    "settings.rule_remove": _rule_removed,
    "settings.terms": _published,
}
