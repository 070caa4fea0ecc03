"""Who is in a conversation: the roster's facts, and the three ways of not getting them."""

from collections.abc import Mapping
from typing import Any, Protocol

from domain.value import value


@value
class Member:
    """One line of the roster: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context"""

    channel_user_id: str
    """The channel's own id, e.g. `29:…`; what `from.id` and mentions carry."""
    person_id: str
    """Entra object id; empty where the channel tells none (anonymous people)."""
    name: str
    address: str | None
    role: str | None
    """`user`, `guest` or `anonymous`, in lower case; None: not told."""
    tenant_id: str = ""
    """Whose member it is: in shared channels people of other tenants are listed too. Empty where it is not told."""


class RosterRefusal(Exception):
    """The roster gave no member."""


class NotInRoster(RosterRefusal):
    """The channel answered: no such member in this conversation."""


class NoRoster(RosterRefusal):
    """This channel has no roster (nothing is served at its address)."""


class RosterFault(RosterRefusal):
    """Nothing is known: refused, timed out or broken. Rights must not be given on it."""


class Roster(Protocol):
    async def __call__(self, service_url: str, conversation_id: str, member_id: str) -> Member:
        """`conversation_id` is the team's id for a team's channel; `member_id` a channel id or an Entra object id.
        Raises NotInRoster, NoRoster, RosterFault."""
        ...


def member_of(raw: Mapping[str, Any]) -> Member:
    """The member in a roster's answer; names of fields differ by channel and age."""

    def text(*names: str) -> str:
        return next((value for name in names if isinstance(value := raw.get(name), str) and value), "")

    return Member(
        channel_user_id=text("id"),
        person_id=text("aadObjectId", "objectId").lower(),
        name=text("name", "givenName"),
        address=text("email", "userPrincipalName", "userPrincipleName") or None,
        role=text("userRole", "role").lower() or None,
        tenant_id=text("tenantId").lower(),
    )
