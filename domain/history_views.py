"""What the audit tells in the chat, and what of it is asked for."""

from datetime import datetime
from enum import StrEnum

from domain.terms import Kind
from domain.value import value


class About(StrEnum):
    """Kinds of events that are asked for together."""

    ALL = "all"
    INVITATIONS = "invitations"
    ACCESS = "access"
    SETTINGS = "settings"
    REFUSALS = "refusals"


class By(StrEnum):
    """Who acted."""

    PERSON = "person"
    GUEST = "guest"
    HOLDER = "holder"
    """Of a mail to the guest."""
    SYSTEM = "system"
    OPERATOR = "operator"
    UNKNOWN = "unknown"


class Reach(StrEnum):
    """What the reader may read."""

    WORKSPACE = "workspace"
    OWN = "own"
    """All workspaces that the reader owns now."""
    TENANT = "tenant"


@value
class Question:
    """What somebody wants to read. Ids come from a client: they name nothing that its reader may not see."""

    about: About = About.ALL
    days: int = 0
    """So many days back; 0: from the beginning."""
    address: str = ""
    invitation_id: str = ""
    """In place of an address, where that may not stand in a button."""
    person: str = ""
    """Who acted: an object id, or the id of a mention."""
    before: int | None = None
    """The event before which the page begins; None: the newest."""


@value
class EventLine:
    sequence: int
    at: datetime
    kind: str
    by: By
    actor: str = ""
    """Name of the person who acted; empty for others, and where it is not known."""
    address: str = ""
    """The guest's, in full: cards mask it wherever more than the owner reads."""
    workspace: str | None = None
    """Where it happened, among several workspaces; None: the one that is shown, or none."""
    place: Kind | None = None
    subject: str = ""
    """Name of the person to whom it was done."""
    code: str = ""
    """What was refused, decided or set."""


@value
class HistoryView:
    workspace: str
    kind: Kind
    question: Question
    """As it was answered: the address in full, the person by object id."""
    lines: tuple[EventLine, ...]
    reach: Reach = Reach.WORKSPACE
    person: str = ""
    """Name of whoever is asked about."""
    older: bool = False
    """True: there are events before these."""
