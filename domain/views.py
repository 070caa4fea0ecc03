"""What doors, cards and mails may show, with the words of domain/terms.py. Frozen, no secrets unless said."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.approval_views import AskedView
from domain.guest_views import (
    AccessView,
    ChooseTenant,
    GuestPageView,
    MembershipView,
    OfferView,
    OpenedLink,
    PasscodeView,
    SignedIn,
    TenantChoice,
    WithdrawView,
    WrongPasscode,
)
from domain.life_views import EndingMail, ReminderMail
from domain.owner_views import OwnersView
from domain.policy_views import Barrier, DraftView
from domain.terms import (
    BadAddress,
    Ended,
    Kind,
    KnownPerson,
    ParsedAddresses,
    Person,
    Place,
    Problem,
    Quota,
    RolloutView,
    Setting,
    Stage,
    Status,
    Surface,
    Target,
    TimelineEntry,
)
from domain.value import value

__all__ = [
    "AccessView",
    "Affected",
    "BadAddress",
    "CardPost",
    "ChooseTenant",
    "Claimed",
    "DraftView",
    "Ended",
    "EndingMail",
    "FeatureFacts",
    "FeatureView",
    "GuestLine",
    "GuestListView",
    "GuestPageView",
    "InvitationMail",
    "InvitationView",
    "InviteView",
    "Kind",
    "KnownPerson",
    "Mail",
    "MembershipView",
    "OfferView",
    "OpenedLink",
    "OwnersView",
    "ParsedAddresses",
    "PasscodeMail",
    "PasscodeView",
    "Person",
    "Place",
    "Problem",
    "Quota",
    "ReminderMail",
    "RolloutView",
    "Setting",
    "SettingsView",
    "SignedIn",
    "Stage",
    "Standing",
    "Status",
    "Surface",
    "SurfaceState",
    "Target",
    "TenantChoice",
    "TimelineEntry",
    "WithdrawView",
    "WorkspaceView",
    "WrongPasscode",
]


@value
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
    deferred: bool = False
    """The relay did not take the mail yet, which is tried again."""
    preview: bool = False
    timeline: tuple[TimelineEntry, ...] = ()
    barrier: Barrier | None = None
    """What keeps the guest out now, and who can change it."""
    language: str = ""
    """Of its mails; empty: not told."""
    access_until: datetime | None = None
    """When the access will end, in place of `access_days`."""
    orphaned: bool = False
    """True: it is open, and its inviter may not invite here any more."""
    readers: tuple[str, ...] = ()
    """Teams' ids of those whose clients ask for a view of their own, where others read the card too."""
    sponsors: tuple[str, ...] = ()
    """Names of those who answer for the guest, unless that is the inviter alone."""
    seen_at: datetime | None = None
    """The guest's last sign-in."""
    erased: bool = False
    """The address is a pseudonym, and nothing can be done any more."""
    replaced: bool = False
    """It expired, and a new invitation took its place: nothing can be done with this one."""

    @property
    def held(self) -> bool:
        """The mail waits, as long as the guest could not get in with it."""
        return self.status is Status.SENDING and self.barrier is not None


@value
class InviteView:
    """What `invite` did with each address. Nothing was written for `open`, `guests` and `waiting`."""

    created: tuple[InvitationView, ...] = ()
    open: tuple[InvitationView, ...] = ()
    guests: tuple[InvitationView, ...] = ()
    asked: tuple[AskedView, ...] = ()
    """The new request for approval, where some need that."""
    waiting: tuple[AskedView, ...] = ()
    """Requests from before, which hold some of the addresses already."""


@value
class GuestLine:
    invitation_id: str
    address: str
    status: Status
    inviter: str
    created_at: datetime
    until: datetime
    """End of the offer while it is open, end of access afterwards."""


@value
class GuestListView:
    workspace: str
    kind: Kind
    only: str
    """all, pending or active"""
    page: int
    pages: int
    total: int
    lines: tuple[GuestLine, ...]
    readers: tuple[str, ...] = ()


@value
class WorkspaceView:
    workspace_id: str
    workspace: str
    kind: Kind
    owners: tuple[str, ...]
    first_time: bool
    """True: the bot had not been here before (a welcome is due)."""
    preview: bool = False


@value
class Standing:
    """What a person may do at a place."""

    workspace_id: str
    workspace: str
    kind: Kind
    owner: bool
    admin: bool
    owners: tuple[str, ...]
    preview: bool = False
    invites: bool = False
    """Neither of both, and may invite all the same."""


@value
class SurfaceState:
    surface: Surface
    stage: Stage
    from_at: datetime | None
    on: bool
    preview: bool
    """True: on, and the stage is preview – show the badge."""


@value
class FeatureView:
    feature: str
    setting: Setting
    surfaces: tuple[SurfaceState, ...]


@value
class FeatureFacts:
    """Everything a decision about one feature in one tenant depends on, the moment apart."""

    feature: str
    tenant_id: str | None
    setting: Setting
    rollouts: tuple[RolloutView, ...]


@value
class Affected:
    """Who could no longer get in if the feature went off now."""

    guests: int
    pending: int


@value
class SettingsView:
    features: tuple[FeatureView, ...]
    affected: Affected
    admins: tuple[str, ...]
    version: int = 0


@value
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
    access_until: datetime | None = None
    """When the access ends, in place of days."""
    name: str = ""
    """The guest's, as the inviter knows it."""
    message: str = ""
    """The inviter's own words: lines of plain text without links."""
    moved: bool = False
    """True: no offer, but a guest who was moved to this mailbox, and whose access lasts until `expires_at`."""
    invitation_id: str = ""
    workspace_id: str = ""


@value
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
    invitation_id: str | None = None
    workspace_id: str | None = None


Mail = InvitationMail | PasscodeMail | ReminderMail | EndingMail


@value
class CardPost:
    """A card – an invitation's, a request's or a notice's – and where it stands."""

    view: Any
    """InvitationView, RequestView, or what domain/noticeboard.py makes."""
    channel_id: str
    service_url: str
    conversation_id: str
    bot_id: str
    locale: str
    activity_id: str | None
    """None: not posted yet."""
    changes_at: datetime | None = None
    """When time alone changes it."""
    member_id: str = ""
    """The person with whom a chat has to be opened first."""


@dataclass(slots=True)
class Claimed:
    """An outbox row under this worker's lease."""

    row_id: str
    tenant_id: str
    kind: str
    """invitation, passcode, card, request, notice, what domain/life_mails.py names, or what is due"""
    subject_id: str
    attempts: int
    """Including this one."""
    changes: int
    created_at: datetime
    cut: bool = False
    """True: an earlier attempt got as far as handing the text over, and how that ended is not known."""
    mail: Mail | None = field(default=None, repr=False)
    """What it says, where that was loaded along with the claim. It holds secrets."""
    card: CardPost | None = field(default=None, repr=False)
    channel: str = "mail"
