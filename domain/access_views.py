"""What may be shown of applications and sessions. Frozen, no secrets unless said."""

from datetime import datetime
from enum import StrEnum

from domain.policies import Method
from domain.terms import Kind
from domain.value import value


class UrlProblem(StrEnum):
    """Why an address is not taken for an application's."""

    NAME = "name"
    """Not the address: it has no name, or one that is too long."""
    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    NOT_HTTPS = "not_https"
    USER_INFO = "user_info"
    FRAGMENT = "fragment"


@value
class ResourceView:
    """An application of a workspace. `url` is a checked one (domain/targets.py)."""

    resource_id: str
    name: str
    url: str


@value
class ResourcesView:
    workspace: str
    kind: Kind
    resources: tuple[ResourceView, ...]
    added: str = ""
    removed: str = ""
    """The names of what was just changed."""


@value
class TicketView:
    """Holds the ticket: goes into one redirect and nowhere else."""

    ticket: str
    url: str
    """The application's."""


@value
class HandedOver:
    """Holds the host session's secret: goes into the cookie of the application's host and nowhere else."""

    token: str
    tenant_id: str
    expires_at: datetime
    url: str
    """The application's."""


@value
class SessionView:
    """A sign-in as its guest sees it."""

    session_id: str
    since: datetime
    browser: str
    """As guest/browsers.py names it; empty: not known."""
    network: str
    """Coarse, and only good for recognising."""
    here: bool
    """True: the one that is looking."""


@value
class SignInLine:
    """A sign-in as owners see it: not from where, nor with what."""

    since: datetime
    expires_at: datetime
    method: Method


@value
class SignInsView:
    workspace: str
    kind: Kind
    guest_id: str
    address: str
    lines: tuple[SignInLine, ...]
    ended: int | None = None
    """How many were just ended; None: nobody asked for that."""
