"""Finding a guest's status while writing a message: what is found may be put into a chat that others read."""

from domain import ownership, showing, workspaces
from domain.errors import Outsider
from domain.form_views import FoundView
from domain.views import Person, Place
from domain.work import Work
from storage import form as rows

MOST = 10
LONGEST = 100
"""Characters that are looked for."""
_ESCAPES = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def guests(work: Work, place: Place, person: Person, begins: str) -> FoundView:
    """At most ten, newest first, of the workspaces that the person owns, wherever it is asked. Raises Outsider."""
    if workspaces.stranger(place, person, workspaces.known(work, place.tenant_id, person.person_id)):
        raise Outsider
    typed = " ".join(begins.split())[:LONGEST].translate(_ESCAPES)
    found = work.all(rows.FOUND, _mine(place, person) | _patterns(typed) | ownership.believed(work) | {"most": MOST})
    ids = [row.invitation_id for row in found]
    facts = work.all(rows.FACTS_OF, {"tenant_id": place.tenant_id, "invitations": ids}) if ids else ()
    views = {view.invitation_id: view for view in showing.views(work, facts)}
    return FoundView(
        tuple(views[row.invitation_id] for row in found),
        tuple(row.known or "" for row in found),
        masked=not _alone(work, place, person),
    )


def _patterns(typed: str) -> dict[str, str]:
    lower = typed.lower()
    return {"prefix": f"{typed}%", "word": f"% {typed}%", "lower": f"{lower}%", "lower_word": f"% {lower}%"}


def _mine(place: Place, person: Person) -> dict[str, str]:
    return {"tenant_id": place.tenant_id, "person_id": person.person_id}


def _alone(work: Work, place: Place, person: Person) -> bool:
    """In the person's own chat with the bot. A chat of two people calls itself personal too."""
    alone = {"channel_id": place.channel_id, "conversation_id": place.conversation_id.partition(";")[0]}
    return work.one(rows.OWN_CHAT, _mine(place, person) | alone) is not None
