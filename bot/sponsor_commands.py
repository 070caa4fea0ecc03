"""Typed commands about who answers for guests, what was removed, and erasing."""

from bot.writing import Mention
from domain.value import value


@value
class Sponsors:
    address: str


@value
class AddSponsor:
    address: str
    mention: Mention


@value
class RemoveSponsor:
    address: str
    mention: Mention


@value
class HandOver:
    old: Mention
    new: Mention


@value
class TakeOver:
    """A click on the card that says that a sponsor has left."""

    notice_id: str
    person_id: str = ""
    """Of the owner who was chosen; empty: who clicks."""


@value
class Certificate:
    named: str
    """An address, or a certificate's id."""


@value
class Erase:
    address: str


@value
class EraseNow:
    invitation_id: str


SponsorCommand = (
    Sponsors | AddSponsor | RemoveSponsor | HandOver | TakeOver | Certificate | Erase | EraseNow
)  # fmt: skip
