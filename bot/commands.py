"""What people can ask for: typed commands. Where they come from: bot/phrases.py (text), bot/clicks.py (cards)."""

from dataclasses import dataclass
from enum import StrEnum

from bot.approval_commands import ApprovalCommand
from bot.life_commands import LifeCommand
from bot.list_commands import ConfirmList, InviteFile, InviteList, NoFile, OfferFile, PutFile, ShowList, StopList
from bot.setting_commands import SettingCommand
from bot.sponsor_commands import SponsorCommand
from bot.writing import Mention
from domain.form_views import EMPTY, Filled
from domain.history_views import Question
from domain.policies import Method
from domain.request_views import Decision
from domain.switch_views import Remind
from domain.views import BadAddress, ParsedAddresses, Setting, Target

PASSCODES = "email_passcode"


class Need(StrEnum):
    """What a command lacks."""

    ADDRESS = "address"
    ONE_ADDRESS = "one_address"
    DAYS = "days"
    PERSON = "person"
    TWO_PEOPLE = "two_people"
    CODE = "code"
    ON_OR_OFF = "on_or_off"
    LIST = "list"
    OWNERS = "owners"
    LINKS = "links"
    LINK = "link"
    LINK_NAME = "link_name"
    BUTTON = "button"
    FACTORS = "factors"
    LANGUAGE = "language"
    TWO_ADDRESSES = "two_addresses"
    EVENTS = "events"
    APPROVALS = "approvals"
    FILE = "file"
    ONE_FILE = "one_file"


@dataclass(frozen=True, slots=True)
class Invite:
    addresses: ParsedAddresses
    days: int | None = None
    """Days of access after redemption, as typed; None: the usual number."""
    reason: str = ""
    """For those who have to approve."""


@dataclass(frozen=True, slots=True)
class HowToInvite:
    filled: Filled = EMPTY
    """What the form holds already."""


@dataclass(frozen=True, slots=True)
class FillIn:
    """The form, sent."""

    filled: Filled


@dataclass(frozen=True, slots=True)
class InviteFromMessage:
    """The action on somebody's message."""

    addresses: tuple[str, ...]
    author_id: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Find:
    begins: str


@dataclass(frozen=True, slots=True)
class Confirm:
    draft_id: str


@dataclass(frozen=True, slots=True)
class Guests:
    only: str = "all"
    """all, pending or active"""
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowInvitation:
    """A client asks, mostly on its own, for its reader's view of a card: the current one, whatever version it shows."""

    invitation_id: str


@dataclass(frozen=True, slots=True)
class ShowGuests:
    only: str
    page: int


@dataclass(frozen=True, slots=True)
class Status:
    address: str


@dataclass(frozen=True, slots=True)
class Resend:
    target: Target | str
    """A button's invitation, or an address."""


@dataclass(frozen=True, slots=True)
class Revoke:
    target: Target | str


@dataclass(frozen=True, slots=True)
class Remove:
    address: str


@dataclass(frozen=True, slots=True)
class Extend:
    target: Target | str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Correct:
    target: Target
    address: str


@dataclass(frozen=True, slots=True)
class Language:
    address: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Move:
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Decide:
    """A word on a request."""

    request_id: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Owners:
    pass


@dataclass(frozen=True, slots=True)
class AddOwner:
    mention: Mention


@dataclass(frozen=True, slots=True)
class RemoveOwner:
    mention: Mention


@dataclass(frozen=True, slots=True)
class Settings:
    pass


@dataclass(frozen=True, slots=True)
class SetFeature:
    setting: Setting
    feature: str = PASSCODES
    sure: bool = False
    """True: who is affected has been shown."""


@dataclass(frozen=True, slots=True)
class Explain:
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Methods:
    pass


@dataclass(frozen=True, slots=True)
class MoveMethod:
    method: Method
    up: bool
    version: int
    """Of the policy that the button's card showed."""


@dataclass(frozen=True, slots=True)
class SwitchMethod:
    method: Method
    on: bool
    version: int


@dataclass(frozen=True, slots=True)
class Claim:
    code: str


@dataclass(frozen=True, slots=True)
class Links:
    pass


@dataclass(frozen=True, slots=True)
class AddLink:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class RemoveLink:
    name: str


@dataclass(frozen=True, slots=True)
class Sessions:
    address: str


@dataclass(frozen=True, slots=True)
class ResetFactors:
    address: str


@dataclass(frozen=True, slots=True)
class EndSessions:
    guest_id: str


@dataclass(frozen=True, slots=True)
class FactorRequests:
    pass


@dataclass(frozen=True, slots=True)
class ConfirmReset:
    request_id: str


@dataclass(frozen=True, slots=True)
class DenyReset:
    request_id: str


@dataclass(frozen=True, slots=True)
class Audit:
    question: Question


@dataclass(frozen=True, slots=True)
class Help:
    pass


@dataclass(frozen=True, slots=True)
class Unknown:
    word: str
    nearest: str | None


@dataclass(frozen=True, slots=True)
class Blocks:
    """Who wants no invitations any more, for admins."""

    page: int = 1


class SwitchWish(StrEnum):
    """What an admin wants of a feature that comes on by itself."""

    SHOW = "show"
    ASK = "ask"
    ON = "on"
    BLOCK = "block"
    REMIND = "remind"


@dataclass(frozen=True, slots=True)
class OnSwitch:
    """A click on the card about such a feature."""

    notice_id: str
    wish: SwitchWish
    when: Remind | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    command: str
    """The command's English word; empty for a button."""
    need: Need
    bad: tuple[BadAddress, ...] = ()


Command = (
    Invite
    | InviteList
    | InviteFile
    | ConfirmList
    | StopList
    | ShowList
    | OfferFile
    | PutFile
    | NoFile
    | HowToInvite
    | FillIn
    | InviteFromMessage
    | Find
    | Confirm
    | Guests
    | ShowInvitation
    | ShowGuests
    | Status
    | Resend
    | Revoke
    | Remove
    | Extend
    | Correct
    | Language
    | Move
    | Decide
    | Owners
    | AddOwner
    | RemoveOwner
    | Settings
    | SetFeature
    | Explain
    | Methods
    | MoveMethod
    | SwitchMethod
    | Claim
    | Links
    | AddLink
    | RemoveLink
    | Sessions
    | EndSessions
    | ResetFactors
    | FactorRequests
    | ConfirmReset
    | DenyReset
    | Blocks
    | OnSwitch
    | Audit
    | ApprovalCommand
    | SponsorCommand
    | Help
    | Unknown
    | Unclear
    | LifeCommand
    | SettingCommand
)

Look = ShowInvitation | ShowGuests
"""Reads, and nothing else: no effect, nothing kept."""
