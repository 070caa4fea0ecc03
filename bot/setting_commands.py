"""What admins ask for on the pages of the settings card: typed commands."""

from dataclasses import dataclass

from domain.policies import Rule
from domain.setting_fields import Page, Value
from domain.setting_views import ListChange


@dataclass(frozen=True, slots=True)
class ShowPage:
    page: Page
    number: int = 1


@dataclass(frozen=True, slots=True)
class SetFields:
    page: Page
    wanted: tuple[tuple[str, Value], ...]
    version: int
    """Of the policy that the button's card showed; so below."""


@dataclass(frozen=True, slots=True)
class ChangeList:
    change: ListChange
    version: int
    sure: bool = False
    """True: who could no longer come in has been shown."""


@dataclass(frozen=True, slots=True)
class AddRule:
    rule: Rule
    version: int


@dataclass(frozen=True, slots=True)
class RemoveRule:
    rule_id: str
    version: int


@dataclass(frozen=True, slots=True)
class PublishTerms:
    language: str
    words: str
    version: int


SettingCommand = ShowPage | SetFields | ChangeList | AddRule | RemoveRule | PublishTerms
