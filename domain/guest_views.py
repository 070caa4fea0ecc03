"""What guests may see. Frozen, no secrets unless said."""

from datetime import datetime

from domain.access_views import ResourceView
from domain.methods import Discovered
from domain.terms import Kind, Quota
from domain.value import value


@value
class OpenedLink:
    """What the flow cookie keeps of a link."""

    tenant_id: str
    invitation_id: str
    token_hash: str
    language: str


@value
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
    held_by: Quota | None = None
    """Which quota keeps it until then; None: none, or the pause after the last one."""
    coded: bool = False
    """True: the passcode that this browser asked for can still be typed in."""
    methods: tuple[Discovered, ...] = ()
    """Sign-in methods to choose from, best first; there is at least one."""
    access_until: datetime | None = None
    """When the access ends, in place of `access_days`."""
    factor: bool = False
    """True: a second factor follows the passcode."""
    terms: bool = False
    """True: then terms of use are to be accepted."""
    privacy: bool = False
    """True: then the guest agrees to what the organisation sees."""


@value
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
    waits: bool = False
    """The relay did not take its mail yet, which is tried again. Told to who came by a link only."""


@value
class WrongPasscode:
    """Returned, not raised: the attempt is written."""

    tries_left: int
    again_at: datetime
    """When a new passcode can be asked for."""
    newer_at: datetime | None = None
    """Set when the passcode of an older mail was typed: when the newer one was sent."""


@value
class SignedIn:
    """Holds the session's secret: goes into the cookie and nowhere else."""

    session_token: str
    expires_at: datetime
    tenant_id: str
    language: str


@value
class TenantChoice:
    tenant_id: str
    workspaces: tuple[str, ...]


@value
class ChooseTenant:
    """The address is proved and known in several tenants."""

    passcode_id: str
    choices: tuple[TenantChoice, ...]


@value
class MembershipView:
    membership_id: str
    workspace_id: str
    workspace: str
    kind: Kind
    ends_at: datetime
    preview: bool
    step: str = ""
    """What has to be done before it is open: second_factor, consent; empty: it is open."""
    links: tuple[ResourceView, ...] = ()
    """Its applications, once it is open."""


@value
class GuestPageView:
    tenant_id: str
    address: str
    name: str
    language: str
    memberships: tuple[MembershipView, ...]
    session_expires_at: datetime
    may_move: bool = False
    """True: came in with a passcode, where there are accounts to sign in with too."""


@value
class AccessView:
    tenant_id: str
    address: str
    name: str
    workspace_ids: tuple[str, ...]


@value
class WithdrawView:
    """The page behind "I did not ask for this"."""

    masked_address: str
    reference: str
    issued_at: datetime
    over: bool
    """True: it is used, expired or withdrawn already."""
    language: str
