"""Refusals of who may invite (the tree is in domain/errors.py)."""

from typing import ClassVar

from domain.errors import AccessRefusal
from domain.policies import Inviting
from domain.value import value


@value
class MayNotInvite(AccessRefusal):
    """The tenant lets others invite, or nobody at all; `admins` can change it."""

    code: ClassVar[str] = "may_not_invite"
    setting: Inviting = Inviting.NOBODY
    admins: tuple[str, ...] = ()
