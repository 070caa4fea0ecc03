"""Refusals of the tenant's policy that carry what it is now (the tree is in domain/errors.py)."""

from typing import ClassVar

from domain.errors import Superseded
from domain.policy_views import MethodsView
from domain.value import value


@value
class MethodsSuperseded(Superseded):
    """Somebody else changed the policy since the card was drawn: this is what it says now."""

    code: ClassVar[str] = "superseded"
    current: MethodsView
