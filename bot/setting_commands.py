"""What admins ask for on the pages of the settings card: typed commands."""

from domain.policies import Rule
from domain.setting_fields import Page, Value
from domain.setting_views import ListChange
from domain.value import value


@value
class ShowPage:
    page: Page
    number: int = 1


@value
class SetFields:
    page: Page
    wanted: tuple[tuple[str, Value], ...]
    version: int
    """Of the policy that the button's card showed; so below."""


@value
class ChangeList:
    change: ListChange
    version: int
    sure: bool = False
    """True: who could no longer come in has been shown."""


@value
class AddRule:
    rule: Rule
    version: int


@value
class RemoveRule:
    rule_id: str
    version: int


@value
class PublishTerms:
    language: str
    words: str
    version: int


SettingCommand = ShowPage | SetFields | ChangeList | AddRule | RemoveRule | PublishTerms
