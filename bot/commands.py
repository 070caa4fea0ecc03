"""What people can ask for: typed commands. Where they come from: bot/phrases.py (text), bot/clicks.py (cards)."""

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
from domain.value import value
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


@value
class Invite:
    addresses: ParsedAddresses
    days: int | None = None
    """Days of access after redemption, as typed; None: the usual number."""
    reason: str = ""
    """For those who have to approve."""
    name: str = ""
    """The only guest's, where it stands before the address."""


@value
class HowToInvite:
    filled: Filled = EMPTY
    """What the form holds already."""


@value
class FillIn:
    """The form, sent."""

    filled: Filled


@value
class InviteFromMessage:
    """The action on somebody's message."""

    addresses: tuple[str, ...]
    author_id: str = ""
    author: str = ""


@value
class Find:
    begins: str


@value
class Confirm:
    draft_id: str
    only_good: bool = False
    """True: without the addresses that look mistyped."""


@value
class Guests:
    only: str = "all"
    """all, pending or active"""
    page: int = 1


@value
class ShowInvitation:
    """A client asks, mostly on its own, for its reader's view of a card: the current one, whatever version it shows."""

    invitation_id: str


@value
class ShowGuests:
    only: str
    page: int


@value
class Status:
    address: str


@value
class Resend:
    target: Target | str
    """A button's invitation, or an address."""


@value
class Revoke:
    target: Target | str


@value
class Remove:
    address: str


@value
class Extend:
    target: Target | str
    days: int | None = None


@value
class Correct:
    target: Target
    address: str


@value
class Language:
    address: str
    chosen: str


@value
class Move:
    old: str
    new: str


@value
class Decide:
    """A word on a request."""

    request_id: str
    decision: Decision


@value
class Owners:
    pass


@value
class AddOwner:
    mention: Mention


@value
class RemoveOwner:
    mention: Mention


@value
class Settings:
    pass


@value
class SetFeature:
    setting: Setting
    feature: str = PASSCODES
    sure: bool = False
    """True: who is affected has been shown."""


@value
class Explain:
    addresses: tuple[str, ...]


@value
class Methods:
    pass


@value
class MoveMethod:
    method: Method
    up: bool
    version: int
    """Of the policy that the button's card showed."""


@value
class SwitchMethod:
    method: Method
    on: bool
    version: int


@value
class Claim:
    code: str


@value
class Links:
    pass


@value
class AddLink:
    name: str
    url: str


@value
class RemoveLink:
    name: str


@value
class Sessions:
    address: str


@value
class ResetFactors:
    address: str


@value
class EndSessions:
    guest_id: str


@value
class FactorRequests:
    pass


@value
class ConfirmReset:
    request_id: str


@value
class DenyReset:
    request_id: str


@value
class Audit:
    question: Question


@value
class Help:
    pass


@value
class Unknown:
    word: str
    nearest: str | None
    """The command that was probably meant."""
    rest: str = ""
    """What stands behind it."""


@value
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


@value
class OnSwitch:
    """A click on the card about such a feature."""

    notice_id: str
    wish: SwitchWish
    when: Remind | None = None


@value
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
