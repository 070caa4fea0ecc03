"""What the page of a refusal says, and what it offers instead."""

from datetime import datetime
from enum import StrEnum

from markupsafe import Markup

from domain.value import value


class Way(StrEnum):
    """What a page offers instead."""

    NONE = "none"
    HOME = "home"
    """Signing in with the address."""
    ADDRESS = "address"
    """The same, with its form on the page."""
    INVITATION = "invitation"
    """Back to the invitation that this browser opened."""
    CODE = "code"
    """Back to typing the passcode."""
    NEW_CODE = "new_code"
    """A form that sends a new passcode."""
    FIRST_CODE = "first_code"
    """The same, where the earlier passcode is of no use to this browser."""
    NEWEST_MAIL = "newest_mail"
    """A form that mails the newest link again."""
    MORE_TIME = "more_time"
    """A form that asks the owner to extend what ran out."""
    BLOCK = "block"
    """A form that refuses all further invitations of the organisation."""
    AGAIN = "again"
    """Trying the same page once more."""


@value
class Notice:
    status: int
    title: Markup
    lines: tuple[Markup, ...] = ()
    way: Way = Way.HOME
    again_at: datetime | None = None
    """The first moment at which trying again is of use: becomes Retry-After."""
