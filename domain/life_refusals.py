"""Refusals about sponsors, certificates and erasure.

RequestRefusal
├── UnknownCertificate       no such certificate here
├── LastSponsor              somebody has to answer for the guest
├── TooManySponsors
├── NotSponsor               the person does not answer for this guest
├── NothingToHandOver        the person answers for nobody here
└── NothingToErase           nobody of that address is known
"""

from typing import ClassVar

from domain.errors import RequestRefusal
from domain.value import value


@value
class UnknownCertificate(RequestRefusal):
    code: ClassVar[str] = "unknown_certificate"
    named: str = ""


@value
class LastSponsor(RequestRefusal):
    code: ClassVar[str] = "last_sponsor"
    address: str = ""


@value
class TooManySponsors(RequestRefusal):
    code: ClassVar[str] = "too_many_sponsors"
    most: int = 5


@value
class NotSponsor(RequestRefusal):
    code: ClassVar[str] = "not_sponsor"
    name: str = ""


@value
class NothingToHandOver(RequestRefusal):
    code: ClassVar[str] = "nothing_to_hand_over"
    name: str = ""


@value
class NothingToErase(RequestRefusal):
    code: ClassVar[str] = "nothing_to_erase"
    address: str = ""
