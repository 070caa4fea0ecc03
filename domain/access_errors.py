"""Refusals around applications, and the way into them. They belong to the tree in domain/errors.py.

RequestRefusal
├── WrongUrl                 an address that no application can have here, and why
├── UnknownResource          no such application: never added, or removed
├── ResourceTaken            the workspace has an application of this name
├── TooManyResources         the workspace has as many as it can have
└── WrongPath                a place inside of an application that is none
NotLetIn                     signed in, and no guest of the application's workspace
HandOverOver                 the one-time hand-over to an application: too late, used, or another browser's
"""

from typing import ClassVar

from domain.access_views import UrlProblem
from domain.errors import Refusal, RequestRefusal
from domain.value import value


@value
class WrongUrl(RequestRefusal):
    code: ClassVar[str] = "wrong_url"
    problem: UrlProblem


@value
class UnknownResource(RequestRefusal):
    code: ClassVar[str] = "unknown_resource"
    name: str = ""
    """As it was asked for in the chat."""


@value
class ResourceTaken(RequestRefusal):
    code: ClassVar[str] = "resource_taken"
    name: str


@value
class TooManyResources(RequestRefusal):
    code: ClassVar[str] = "too_many_resources"
    most: int


@value
class WrongPath(RequestRefusal):
    code: ClassVar[str] = "wrong_path"


@value
class NotLetIn(Refusal):
    code: ClassVar[str] = "not_let_in"


@value
class HandOverOver(Refusal):
    code: ClassVar[str] = "hand_over_over"
