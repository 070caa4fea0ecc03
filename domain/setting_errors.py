"""Refusals of the settings card that carry what it shows now (the tree is in domain/errors.py)."""

from dataclasses import dataclass
from typing import ClassVar

from domain.errors import PolicyRefusal, Superseded
from domain.setting_views import SettingsPage


@dataclass
class SettingsSuperseded(Superseded):
    """Somebody else changed the policy since the card was drawn."""

    code: ClassVar[str] = "superseded"
    current: SettingsPage


@dataclass
class WrongItem(PolicyRefusal):
    """No domain, or nobody that is known here."""

    code: ClassVar[str] = "wrong_item"
    what: str = ""
    person: bool = False
