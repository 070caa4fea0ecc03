"""What a certificate of removal shows. Frozen, no secrets."""

from datetime import datetime

from domain.terms import Kind
from domain.value import value


@value
class Removed:
    """How much ended, and how much stayed."""

    sessions: int = 0
    passcodes: int = 0
    """That were open."""
    links: int = 0
    applications: int = 0
    """That the guest could reach."""
    mails: int = 0
    """That waited to be sent."""
    factors: int = 0
    """Second factors: they stay, and open nothing by themselves."""
    others: int = 0
    """Other accesses of the guest in the organisation: they stay."""


@value
class CertificateView:
    certificate_id: str
    kind: Kind
    """Who reads the card."""
    address: str
    workspace: str
    workspace_kind: Kind
    reason: str
    """removed, revoked, left, or the rule that ended the access"""
    by: str
    """Empty: the guest, a rule, or somebody without a name."""
    started_at: datetime | None
    made_at: datetime
    removed: Removed
