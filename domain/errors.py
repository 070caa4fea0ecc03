"""Refusals: what a person can act on. Raised before the first write; no text here, each door has its own sentences.

Refusal
├── AccessRefusal                who is asking
│   ├── NotOwner                 may not act in this workspace; names whom to ask
│   ├── NotAdmin                 only an admin of the tenant may; names whom to ask
│   ├── Outsider                 a Teams guest, an anonymous person or a bot
│   └── Unverified               the roster could not be asked right now
├── RequestRefusal               what is asked for
│   ├── UnknownAddress           nobody of that address in this workspace
│   ├── WrongDays                outside the permitted number of days
│   ├── WrongAddress             an address that cannot be invited, and why
│   ├── AddressTaken             already invited or a guest here
│   ├── IllegalMove              this operation is not possible in this state
│   ├── Outdated                 an old button: something else happened since
│   ├── UnknownInvitation        no such invitation for this workspace and tenant
│   ├── DraftGone                the confirmation came too late, or twice
│   ├── WrongClaimCode           unknown, spent or expired
│   ├── UnknownPerson            the mentioned person could not be found
│   └── LastOwner                a workspace keeps one owner
├── LimitRefusal                 too often; says when it works again
│   ├── TooSoon                  the cooldown after the last one
│   └── LimitReached             a quota or a count of tries
├── FeatureOff                   passcodes are switched off; names who can change it
├── PolicyRefusal                the tenant's policy
│   ├── PolicyForbids            a domain or a rule keeps this guest out
│   ├── BetterMethod             a passcode was asked for where there is something better
│   └── Superseded               the policy was changed by somebody else meanwhile
├── StepNeeded                   signed in, and not in yet
│   ├── SecondFactorNeeded
│   └── ConsentNeeded            the privacy statement or the terms of use
├── LinkRefusal                  the link in the mail
│   ├── UnknownLink              malformed or unknown
│   ├── LinkExpired  LinkRevoked  LinkDeclined  LinkReplaced (a newer mail was sent)
│   └── LinkRedeemed             too late to decline: the guest is in
├── PasscodeRefusal
│   ├── NoPasscode               none was asked for in this browser, or it was withdrawn
│   ├── PasscodeExpired          older than its life
│   └── PasscodeSpent            no tries left, or already used
└── NoSession                    not signed in, or no longer
    └── AccessEnded              was a guest here; an owner or the guest ended it, or it ran out
"""

from datetime import datetime
from typing import ClassVar

from domain.policies import Forbidden
from domain.value import value
from domain.views import Ended, InvitationView, Problem, Quota, Status


class Refusal(Exception):
    """Something a person can act on. `code` is stable and goes to logs and audit; the text is the door's."""

    code: ClassVar[str] = "refused"


class AccessRefusal(Refusal):
    pass


@value
class NotOwner(AccessRefusal):
    code: ClassVar[str] = "not_owner"
    owners: tuple[str, ...] = ()
    """Names of the workspace's owners; none: an admin must name one."""


@value
class NotAdmin(AccessRefusal):
    code: ClassVar[str] = "not_admin"
    admins: tuple[str, ...] = ()


@value
class Outsider(AccessRefusal):
    code: ClassVar[str] = "outsider"
    owners: tuple[str, ...] = ()


@value
class Unverified(AccessRefusal):
    code: ClassVar[str] = "unverified"


class RequestRefusal(Refusal):
    pass


@value
class UnknownAddress(RequestRefusal):
    code: ClassVar[str] = "unknown_address"
    address: str = ""


@value
class NoGuestHere(RequestRefusal):
    code: ClassVar[str] = "no_guest_here"
    address: str = ""


@value
class WrongDays(RequestRefusal):
    code: ClassVar[str] = "wrong_days"
    least: int = 1
    most: int = 365
    inviting: bool = False
    """False: of an extension."""


@value
class WrongAddress(RequestRefusal):
    code: ClassVar[str] = "wrong_address"
    text: str = ""
    problem: Problem = Problem.MALFORMED


@value
class AddressTaken(RequestRefusal):
    code: ClassVar[str] = "address_taken"
    address: str = ""


@value
class IllegalMove(RequestRefusal):
    code: ClassVar[str] = "illegal_move"
    operation: str
    """resend, revoke, remove, extend or correct"""
    status: Status
    address: str = ""


@value
class Outdated(RequestRefusal):
    code: ClassVar[str] = "outdated"
    current: InvitationView


@value
class UnknownInvitation(RequestRefusal):
    code: ClassVar[str] = "unknown_invitation"


@value
class DraftGone(RequestRefusal):
    code: ClassVar[str] = "draft_gone"


@value
class WrongClaimCode(RequestRefusal):
    code: ClassVar[str] = "wrong_claim_code"


@value
class UnknownPerson(RequestRefusal):
    code: ClassVar[str] = "unknown_person"
    name: str = ""


@value
class LastOwner(RequestRefusal):
    code: ClassVar[str] = "last_owner"


@value
class LimitRefusal(Refusal):
    again_at: datetime
    """The first moment at which it works again, aware."""


@value
class TooSoon(LimitRefusal):
    code: ClassVar[str] = "too_soon"


@value
class LimitReached(LimitRefusal):
    code: ClassVar[str] = "limit_reached"
    quota: Quota
    most: int | None = None
    """What it lets through at once, where more was asked for than it ever does."""
    address: str = ""
    """Whose mailbox it is, for a limit of one."""


@value
class FeatureOff(Refusal):
    code: ClassVar[str] = "feature_off"
    tenant_id: str = ""
    contact: str = ""
    """For a guest: the inviter's name. Empty where nobody may be named."""
    admins: tuple[str, ...] = ()
    """For a chat user: the names of known admins."""
    language: str | None = None
    """The guest's language, where it is known."""


class PolicyRefusal(Refusal):
    pass


@value
class PolicyForbids(PolicyRefusal):
    code: ClassVar[str] = "policy_forbids"
    reason: Forbidden
    rule: str = ""
    rule_id: str = ""
    address: str = ""
    contact: str = ""
    admins: tuple[str, ...] = ()
    language: str | None = None
    tenant_id: str = ""
    """For the audit of what guests are refused, as are the next two."""
    invitation_id: str = ""
    guest_id: str = ""


@value
class BetterMethod(PolicyRefusal):
    code: ClassVar[str] = "better_method"


@value
class Superseded(PolicyRefusal):
    code: ClassVar[str] = "superseded"


class StepNeeded(Refusal):
    """The page of the step is where the guest goes next."""


@value
class SecondFactorNeeded(StepNeeded):
    code: ClassVar[str] = "second_factor_needed"


@value
class ConsentNeeded(StepNeeded):
    code: ClassVar[str] = "consent_needed"


@value
class LinkRefusal(Refusal):
    """Workspace and inviter are shown only to a holder of a real link."""

    inviter: str = ""
    workspace: str = ""
    language: str | None = None
    at: datetime | None = None
    """When it ended, or when the newer mail was asked for."""
    way: bool = False  # True: something can be done about it without a new invitation


@value
class UnknownLink(LinkRefusal):
    code: ClassVar[str] = "unknown_link"


@value
class LinkExpired(LinkRefusal):
    code: ClassVar[str] = "link_expired"


@value
class LinkRevoked(LinkRefusal):
    code: ClassVar[str] = "link_revoked"
    left: bool = False
    """True: the guest left by choice. Told to holders of the link that counts."""


@value
class LinkDeclined(LinkRefusal):
    code: ClassVar[str] = "link_declined"


@value
class LinkRedeemed(LinkRefusal):
    code: ClassVar[str] = "link_redeemed"


@value
class LinkReplaced(LinkRefusal):
    code: ClassVar[str] = "link_replaced"


class PasscodeRefusal(Refusal):
    pass


@value
class NoPasscode(PasscodeRefusal):
    code: ClassVar[str] = "no_passcode"


@value
class PasscodeExpired(PasscodeRefusal):
    code: ClassVar[str] = "passcode_expired"
    again_at: datetime | None = None


@value
class PasscodeSpent(PasscodeRefusal):
    code: ClassVar[str] = "passcode_spent"
    again_at: datetime | None = None


@value
class NoSession(Refusal):
    code: ClassVar[str] = "no_session"


@value
class AccessEnded(NoSession):
    code: ClassVar[str] = "access_ended"
    workspace: str = ""
    contact: str = ""
    """Name of whoever invited."""
    language: str | None = None
    how: Ended | None = None
    """None: not known."""
