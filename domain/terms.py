"""The words of the problem: states, settings, limits – and what doors hand in: people, places, addresses."""

from datetime import datetime
from enum import StrEnum

from domain.value import value


class Status(StrEnum):
    """An invitation's state as told to people. Computed from facts (domain/states.py), never stored."""

    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    LINK_OPENED = "link_opened"
    PASSCODE_SENT = "passcode_sent"
    REDEEMED = "redeemed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Kind(StrEnum):
    """What a workspace is in the chat."""

    TEAM = "team"
    GROUP = "group"
    PERSONAL = "personal"


class Surface(StrEnum):
    CHAT = "chat"
    API = "api"


class Stage(StrEnum):
    OFF = "off"
    PREVIEW = "preview"
    GA = "ga"


class Setting(StrEnum):
    DEFAULT = "default"
    ENABLED = "enabled"
    DISABLED = "disabled"


class Problem(StrEnum):
    """Why a pasted text is not an address that can be invited."""

    MALFORMED = "malformed"
    UNSUPPORTED_CHARACTERS = "unsupported_characters"
    TOO_LONG = "too_long"
    NO_SUCH_DOMAIN = "no_such_domain"


class Ended(StrEnum):
    """What ended a guest's access."""

    LEFT = "left"
    REMOVED = "removed"
    RULE = "rule"
    RAN_OUT = "ran_out"


class Quota(StrEnum):
    """What was used up. The numbers are in domain/limits.py."""

    OWNER_HOUR = "owner_hour"
    WORKSPACE_DAY = "workspace_day"
    TENANT_DAY = "tenant_day"
    WORKSPACE_OPEN = "workspace_open"
    RESENDS_DAY = "resends_day"
    MAILBOX_INVITATIONS = "mailbox_invitations"
    MAILBOX_PASSCODES = "mailbox_passcodes"
    PASSCODES_HOUR = "passcodes_hour"
    PASSCODES_DAY = "passcodes_day"
    TRIES_HOUR = "tries_hour"
    TRIES_DAY = "tries_day"
    TRIES_LINK = "tries_link"
    CLIENT_TRIES = "client_tries"
    REQUESTS = "requests"
    """What owners are asked for."""
    APPROVALS = "approvals"
    """What approvers are asked for."""


@value
class Person:
    """A chat user, as the activity and the roster say."""

    tenant_id: str
    person_id: str
    """Entra object id."""
    name: str = ""
    channel_user_id: str = ""
    address: str | None = None
    role: str | None = None
    """The roster's `userRole` (user, guest, anonymous); None: not asked or not told."""
    seen_in: str = ""
    """The place (`Place.place_id`) whose roster named the person just now; empty: no roster was asked."""


@value
class Place:
    """Where an activity came from, and where answers go."""

    tenant_id: str
    kind: Kind
    channel_id: str
    """Bot Framework's channel, e.g. msteams."""
    place_id: str
    """The team's id, or the conversation's id without the thread: names the workspace."""
    name: str
    service_url: str
    conversation_id: str
    """With the thread (`;messageid=`) where there is one."""
    bot_id: str
    locale: str = "en"
    group_id: str = ""
    """The team's group in the tenant's directory, where the activity names it."""


@value
class Target:
    """An invitation named by a button. `version` is what the button's card carried."""

    invitation_id: str
    version: int


@value
class BadAddress:
    text: str
    problem: Problem


@value
class ParsedAddresses:
    good: tuple[str, ...]
    bad: tuple[BadAddress, ...]


@value
class KnownPerson:
    """What is remembered of a chat user."""

    person_id: str
    name: str
    address: str | None
    role: str | None
    role_checked_at: datetime | None


@value
class RolloutView:
    feature: str
    surface: Surface
    stage: Stage
    from_at: datetime | None


@value
class TimelineEntry:
    kind: str
    """invited, sent, undeliverable, opened, passcode_sent, redeemed, declined, resent, remailed, corrected, moved,
    language, extended, revoked, removed, left, expired, access_ended, factor_added, factor_removed, recovery_used,
    reset_asked, factors_reset, reset_denied"""
    at: datetime
    actor: str = ""
    """Name of the chat user who did it; empty for guests and the system."""
