"""What may be shown of a workspace's owners."""

from domain.terms import Kind
from domain.value import value


@value
class OwnersView:
    workspace: str
    kind: Kind
    owners: tuple[str, ...]
    """Whom people in the chat named."""
    changed: str = ""
    """Name of the person who was added or removed by this command."""
    already: bool = False
    """True: it was so before, nothing changed."""
    team: tuple[str, ...] = ()
    """Whom nobody named but the team's directory."""
    directed: bool = False
    """True: `changed` stays an owner, because the directory says so."""
