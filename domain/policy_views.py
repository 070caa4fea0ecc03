"""What owners and admins are shown of policies and sign-in methods. Frozen, no secrets."""

from datetime import datetime
from enum import StrEnum

from domain.methods import Discovered
from domain.policies import Forbidden, Method
from domain.terms import Kind, Stage, Status, Surface
from domain.value import value


class Entry(StrEnum):
    """Whether somebody would get in. Perhaps: it hangs on what is not known yet."""

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"


class Unknown(StrEnum):
    """What a rule waits for before it is known to apply."""

    METHOD = "method"
    NETWORK = "network"
    OCCASION = "occasion"


class PasscodeUse(StrEnum):
    """Whether a guest could sign in with a passcode, and why not."""

    OFFERED = "offered"
    NOT_NEEDED = "not_needed"
    """There is something better for certain."""
    FEATURE_OFF = "feature_off"
    SWITCHED_OFF = "switched_off"
    """By the tenant's list of sign-in methods."""
    BLOCKED = "blocked"
    """By a rule."""


@value
class Barrier:
    """What keeps somebody out, and who can change it."""

    reason: Forbidden | None
    """None: there is no sign-in method."""
    rule: str = ""
    """The rule's name, where a rule forbids."""
    rule_id: str = ""
    admins: tuple[str, ...] = ()


@value
class RuleView:
    """A rule that applies, or may: then `waits` says what that hangs on."""

    name: str
    block: bool
    mfa: bool
    terms: bool
    session_hours: int | None
    waits: tuple[Unknown, ...] = ()


@value
class Explanation:
    """Would this address get in, how, under which rules; if not, what forbids it."""

    address: str
    entry: Entry
    barrier: Barrier | None = None
    """Set where the entry is *no*."""
    answers: tuple[Discovered, ...] = ()
    """Who has an account where, as far as it was asked."""
    ways: tuple[Discovered, ...] = ()
    """What the guest may sign in with, best first."""
    passcode: PasscodeUse | None = None
    """None: it is forbidden whatever the sign-in method, so that nobody looked at them."""
    rules: tuple[RuleView, ...] = ()
    mfa: bool = False
    terms: bool = False
    session_seconds: int = 0
    typo: str = ""
    """The domain that was probably meant."""
    status: Status | None = None
    """Of the invitation that the address has in this workspace."""


@value
class ExplainView:
    workspace: str
    kind: Kind
    asked_at: datetime
    explanations: tuple[Explanation, ...]
    left: int
    """So many more addresses were named; they have to be asked about again."""


@value
class Unfit:
    """A well-formed address that nobody can be invited at."""

    address: str
    barrier: Barrier


@value
class Typo:
    """An address that can be invited, though probably another one is meant."""

    address: str
    domain: str


@value
class DraftView:
    """Addresses that wait for a confirmation because others were bad, or some look mistyped."""

    draft_id: str
    good: tuple[str, ...]
    access_days: int
    unfit: tuple[Unfit, ...] = ()
    typos: tuple[Typo, ...] = ()
    """They look mistyped: not among the good ones, and wait beside them."""


@value
class MethodLine:
    method: Method
    on: bool
    there: bool
    """False: nobody set it up, so that it is offered to nobody."""
    trusts_mfa: bool = False


@value
class PartnerLine:
    name: str
    domains: tuple[str, ...]
    trusts_mfa: bool


@value
class StageLine:
    """Where the passcode's feature stands on one surface."""

    surface: Surface
    stage: Stage
    on: bool


@value
class MethodsView:
    """The tenant's sign-in methods in order, the passcode last."""

    version: int
    lines: tuple[MethodLine, ...]
    partners: tuple[PartnerLine, ...]
    google_domains: tuple[str, ...]
    stages: tuple[StageLine, ...]
    guests: int
    """With a live membership: those who could lose the way they came in."""
