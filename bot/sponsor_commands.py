"""Typed commands about who answers for guests, what was removed, and erasing."""

from dataclasses import dataclass

from bot.writing import Mention


@dataclass(frozen=True, slots=True)
class Sponsors:
    address: str


@dataclass(frozen=True, slots=True)
class AddSponsor:
    address: str
    mention: Mention


@dataclass(frozen=True, slots=True)
class RemoveSponsor:
    address: str
    mention: Mention


@dataclass(frozen=True, slots=True)
class HandOver:
    old: Mention
    new: Mention


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A click on the card that says that a sponsor has left."""

    notice_id: str
    person_id: str = ""
    """Of the owner who was chosen; empty: who clicks."""


@dataclass(frozen=True, slots=True)
class Certificate:
    named: str
    """An address, or a certificate's id."""


@dataclass(frozen=True, slots=True)
class Erase:
    address: str


@dataclass(frozen=True, slots=True)
class EraseNow:
    invitation_id: str


SponsorCommand = (
    Sponsors | AddSponsor | RemoveSponsor | HandOver | TakeOver | Certificate | Erase | EraseNow
)  # fmt: skip
