"""What an inviter may say of an invitation besides its address: kept with the invitation, or with what waits for a word
before it becomes one."""

from dataclasses import asdict
from datetime import datetime
from json import dumps, loads

from domain.value import value

LONGEST_NAME = 64
LONGEST_MESSAGE = 500
MOST_SPONSORS = 5
LONGEST_REASON = 300


@value
class Wishes:
    """All checked by who makes them. Empty: not said."""

    name: str = ""
    """The guest's."""
    language: str = ""
    """Of mails and pages; else what the guest chose before, else the tenant's."""
    until: datetime | None = None
    """When the access ends, whenever it begins; else it lasts the invitation's days."""
    message: str = ""
    """The inviter's own words in the mail: plain text without links."""
    sponsors: tuple[str, ...] = ()
    """People (Entra object ids) who answer for the guest; else the inviter does."""
    sure: bool = False
    """True: addresses that look mistyped are meant."""
    reason: str = ""
    """Why, for those who have to approve; nobody else reads it."""


NO_WISHES = Wishes()


def written(wishes: Wishes) -> str:
    """As a row keeps it."""
    found = asdict(wishes)
    found["until"] = wishes.until and wishes.until.isoformat()
    return dumps(found, separators=(",", ":"))


def read(text: str) -> Wishes:
    found = loads(text)
    found["until"] = found["until"] and datetime.fromisoformat(found["until"])
    return Wishes(**found | {"sponsors": tuple(found["sponsors"])})
