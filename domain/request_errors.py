"""Refusals about requests and repairs; they belong to the tree at the top of domain/errors.py."""

from typing import ClassVar

from domain.errors import AccessRefusal, LimitRefusal, RequestRefusal
from domain.value import value


@value
class OthersConcerned(AccessRefusal):
    """The guest is in workspaces too that the person does not own."""

    code: ClassVar[str] = "others_concerned"
    admins: tuple[str, ...] = ()


@value
class RequestGone(RequestRefusal):
    """No such request for this workspace and tenant, or not any more."""

    code: ClassVar[str] = "request_gone"


@value
class MailboxTaken(RequestRefusal):
    """Nobody can move to an address that the tenant knows already."""

    code: ClassVar[str] = "mailbox_taken"
    address: str = ""


@value
class MailTooSoon(LimitRefusal):
    """The newest mail was asked for again too soon or too often."""

    code: ClassVar[str] = "mail_too_soon"


@value
class AskedTooOften(LimitRefusal):
    """An owner was asked for something too often."""

    code: ClassVar[str] = "asked_too_often"
