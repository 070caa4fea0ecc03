"""What people see of sponsors. Frozen, no secrets."""

from datetime import datetime

from domain.terms import Kind
from domain.value import value


@value
class SponsorsView:
    address: str
    workspace: str
    kind: Kind
    sponsors: tuple[str, ...]
    """Names; empty ones where nobody knows them."""
    changed: str = ""
    """Name of the person who was added or removed by this command."""
    added: bool = False
    already: bool = False
    """True: it was so before, nothing changed."""


@value
class HandoverView:
    workspace: str
    kind: Kind
    before: str
    after: str
    guests: int
    everywhere: bool
    """True: in all workspaces of the organisation."""


@value
class LeftView:
    """Somebody who answers for guests left their workspace."""

    notice_id: str
    kind: Kind
    workspace: str
    workspace_kind: Kind
    name: str
    left_at: datetime
    guests: int
    """For whom that person still answers; 0: others do now."""
    owners: tuple[tuple[str, str], ...] = ()
    """Who could: ids and names."""
    address: str = ""
