"""Refusals of the settings card that carry what it shows now (the tree is in domain/errors.py)."""

from typing import ClassVar

from domain.errors import PolicyRefusal, Superseded
from domain.setting_views import SettingsPage
from domain.value import value


@value
class SettingsSuperseded(Superseded):
    """Somebody else changed the policy since the card was drawn."""

    code: ClassVar[str] = "superseded"
    current: SettingsPage


@value
class WrongItem(PolicyRefusal):
    """No domain, or nobody that is known here."""

    code: ClassVar[str] = "wrong_item"
    what: str = ""
    person: bool = False
