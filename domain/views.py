"""What doors, cards and mails may show, and what doors hand in. Frozen, no secrets unless said."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    CLIENT_TRIES = "client_tries"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Target:
    """An invitation named by a button. `version` is what the button's card carried."""

    invitation_id: str
    version: int


@dataclass(frozen=True, slots=True)
class BadAddress:
    text: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class ParsedAddresses:
    good: tuple[str, ...]
    bad: tuple[BadAddress, ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    kind: str
    """invited, sent, undeliverable, opened, passcode_sent, redeemed, declined, resent, corrected, extended, revoked,
    removed, left, expired, access_ended"""
    at: datetime
    actor: str = ""
    """Name of the chat user who did it; empty for guests and the system."""


@dataclass(frozen=True, slots=True)
class InvitationView:
    invitation_id: str
    tenant_id: str
    workspace_id: str
    workspace: str
    kind: Kind
    address: str
    """In full: cards mask it wherever more than the owner reads."""
    status: Status
    version: int
    inviter: str
    inviter_id: str
    created_at: datetime
    expires_at: datetime
    access_days: int
    access_ends_at: datetime | None = None
    failure: str | None = None
    """The relay's reason, only while *Undeliverable*."""
    preview: bool = False
    timeline: tuple[TimelineEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class InviteView:
    """What `invite` did with each address. Nothing was written for `open` and `guests`."""

    created: tuple[InvitationView, ...] = ()
    open: tuple[InvitationView, ...] = ()
    guests: tuple[InvitationView, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftView:
    """Good addresses that wait for a confirmation because others were bad."""

    draft_id: str
    good: tuple[str, ...]
    access_days: int


@dataclass(frozen=True, slots=True)
class GuestLine:
    invitation_id: str
    address: str
    status: Status
    inviter: str
    created_at: datetime
    until: datetime
    """End of the offer while it is open, end of access afterwards."""


@dataclass(frozen=True, slots=True)
class GuestListView:
    workspace: str
    kind: Kind
    only: str
    """all, pending or active"""
    page: int
    pages: int
    total: int
    lines: tuple[GuestLine, ...]


@dataclass(frozen=True, slots=True)
class OwnersView:
    workspace: str
    kind: Kind
    owners: tuple[str, ...]
    changed: str = ""
    """Name of the person who was added or removed by this command."""
    already: bool = False
    """True: it was so before, nothing changed."""


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    workspace_id: str
    workspace: str
    kind: Kind
    owners: tuple[str, ...]
    first_time: bool
    """True: the bot had not been here before (a welcome is due)."""
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person may do at a place."""

    workspace_id: str
    workspace: str
    kind: Kind
    owner: bool
    admin: bool
    owners: tuple[str, ...]
    preview: bool = False


@dataclass(frozen=True, slots=True)
class SurfaceState:
    surface: Surface
    stage: Stage
    from_at: datetime | None
    on: bool
    preview: bool
    """True: on, and the stage is preview – show the badge."""


@dataclass(frozen=True, slots=True)
class FeatureView:
    feature: str
    setting: Setting
    surfaces: tuple[SurfaceState, ...]


@dataclass(frozen=True, slots=True)
class FeatureFacts:
    """Everything a decision about one feature in one tenant depends on, the moment apart."""

    feature: str
    tenant_id: str | None
    setting: Setting
    rollouts: tuple["RolloutView", ...]


@dataclass(frozen=True, slots=True)
class RolloutView:
    feature: str
    surface: Surface
    stage: Stage
    from_at: datetime | None


@dataclass(frozen=True, slots=True)
class Affected:
    """Who could no longer get in if the feature went off now."""

    guests: int
    pending: int


@dataclass(frozen=True, slots=True)
class SettingsView:
    features: tuple[FeatureView, ...]
    affected: Affected
    admins: tuple[str, ...]
    version: int = 0


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What the flow cookie keeps of a link."""

    tenant_id: str
    invitation_id: str
    token_hash: str
    language: str


@dataclass(frozen=True, slots=True)
class OfferView:
    """The invitation as the guest sees it."""

    tenant_id: str
    invitation_id: str
    inviter: str
    workspace: str
    kind: Kind
    masked_address: str
    expires_at: datetime
    access_days: int
    redeemed: bool
    """True: the guest is in already, and only signs in again."""
    preview: bool
    language: str
    again_at: datetime | None
    """When the next passcode can be asked for; None: now."""


@dataclass(frozen=True, slots=True)
class PasscodeView:
    """The page on which the passcode is typed. Same shape for unknown addresses."""

    passcode_id: str
    reference: str
    masked_address: str
    issued_at: datetime
    expires_at: datetime
    again_at: datetime
    tries_left: int
    workspace: str = ""
    """Empty for a returning guest."""


@dataclass(frozen=True, slots=True)
class WrongPasscode:
    """Returned, not raised: the attempt is written."""

    tries_left: int
    again_at: datetime
    """When a new passcode can be asked for."""
    newer_at: datetime | None = None
    """Set when the passcode of an older mail was typed: when the newer one was sent."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Holds the session's secret: goes into the cookie and nowhere else."""

    session_token: str
    expires_at: datetime
    tenant_id: str
    language: str


@dataclass(frozen=True, slots=True)
class TenantChoice:
    tenant_id: str
    workspaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChooseTenant:
    """The address is proved and known in several tenants."""

    passcode_id: str
    choices: tuple[TenantChoice, ...]


@dataclass(frozen=True, slots=True)
class MembershipView:
    membership_id: str
    workspace_id: str
    workspace: str
    kind: Kind
    ends_at: datetime
    preview: bool


@dataclass(frozen=True, slots=True)
class GuestPageView:
    tenant_id: str
    address: str
    name: str
    language: str
    memberships: tuple[MembershipView, ...]
    session_expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccessView:
    tenant_id: str
    address: str
    name: str
    workspace_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithdrawView:
    """The page behind "I did not ask for this"."""

    masked_address: str
    reference: str
    issued_at: datetime
    over: bool
    """True: it is used, expired or withdrawn already."""
    language: str


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """Holds the link: made at the moment of sending, never kept."""

    recipient: str
    language: str
    token: str
    inviter: str
    reply_to: str | None
    workspace: str
    kind: Kind
    expires_at: datetime
    access_days: int
    preview: bool


@dataclass(frozen=True, slots=True)
class PasscodeMail:
    """Holds the passcode: made at the moment of sending, never kept."""

    recipient: str
    language: str
    passcode: str
    """Eight digits."""
    reference: str
    issued_at: datetime
    expires_at: datetime
    withdraw_token: str
    workspace: str
    """Empty for a returning guest."""


@dataclass(frozen=True, slots=True)
class CardPost:
    """An invitation's card and where it stands."""

    view: InvitationView
    channel_id: str
    service_url: str
    conversation_id: str
    bot_id: str
    locale: str
    activity_id: str | None
    """None: not posted yet."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox row under this worker's lease."""

    row_id: str
    tenant_id: str
    kind: str
    """invitation, passcode or card"""
    subject_id: str
    attempts: int
    """Including this one."""
    changes: int
    created_at: datetime
    cut: bool = False
    """True: an earlier attempt got as far as handing the text over, and how that ended is not known."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What is remembered of a chat user."""

    person_id: str
    name: str
    address: str | None
    role: str | None
    role_checked_at: datetime | None
