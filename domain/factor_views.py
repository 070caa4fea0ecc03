"""What guests see of their second factors, and chat users of requests about them. Frozen, no secrets unless said."""

from datetime import datetime
from enum import StrEnum

from domain.guest_views import SignedIn
from domain.terms import Kind
from domain.value import value


class Factor(StrEnum):
    APP = "app"
    """An authenticator app: time-based codes (RFC 6238)."""
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    """A recovery code: counts as a second factor, once."""


@value
class FactorView:
    factor_id: str
    kind: Factor
    added_at: datetime
    used_at: datetime | None


@value
class FactorsView:
    """A guest's second factors, and what this session has to do with them."""

    address: str
    language: str
    needed: bool
    """A rule demands one, and this session has not shown it."""
    demanded: bool
    """A rule demands one, shown or not."""
    done: bool
    inside: bool
    """Some workspace is open to this session."""
    factors: tuple[FactorView, ...]
    codes_left: int

    @property
    def has_app(self) -> bool:
        return any(each.kind is Factor.APP for each in self.factors)

    @property
    def has_passkey(self) -> bool:
        return any(each.kind is Factor.PASSKEY for each in self.factors)


@value
class AppView:
    """An app that is being set up. Holds its key: for the page of the session that began it, and nowhere else."""

    key: str
    """Base32."""
    uri: str
    """otpauth://, for the QR code."""


class Mistake(StrEnum):
    """Why a code or a passkey was not accepted. Returned, not raised: the try is written."""

    UNREADABLE = "unreadable"
    """Cannot be a code, and cost no try."""
    WRONG = "wrong"
    USED = "used"
    """Right, and used before."""


@value
class Passed:
    """The second factor is shown. Holds the session's new secret, and new recovery codes: both are shown once."""

    signed_in: SignedIn
    needed: bool
    """A rule demanded it: the guest was on the way in."""
    codes: tuple[str, ...] = ()
    codes_left: int | None = None
    """After a recovery code was used."""


@value
class ResetView:
    """Somebody asks that a guest's second factors are taken away."""

    request_id: str
    address: str
    workspace: str
    asked_by: str
    """Name."""
    asked_at: datetime
    decision: str = ""
    """confirmed, denied or expired; empty: it waits for an admin."""
    decided_by: str = ""
    decided_at: datetime | None = None
    kind: Kind = Kind.PERSONAL
    """Of the workspace."""
    new: bool = False
    """Made just now: its card is on its way."""
