"""Refusals around second factors. Members of the tree in domain/errors.py.

Refusal
├── RequestRefusal
│   ├── NothingToReset           the guest has no second factor
│   ├── UnknownRequest           no such request in this tenant, or too old
│   └── OwnRequest               whoever asked does not confirm
└── FactorRefusal
    ├── FactorPaused             too many wrong codes; says when it works again
    ├── LastFactor               a rule demands it
    └── TooManyFactors
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.errors import Refusal, RequestRefusal


@dataclass
class NothingToReset(RequestRefusal):
    code: ClassVar[str] = "nothing_to_reset"
    address: str = ""


@dataclass
class UnknownRequest(RequestRefusal):
    code: ClassVar[str] = "unknown_request"


@dataclass
class OwnRequest(RequestRefusal):
    code: ClassVar[str] = "own_request"


class FactorRefusal(Refusal):
    pass


@dataclass
class FactorPaused(FactorRefusal):
    code: ClassVar[str] = "factor_paused"
    again_at: datetime
    """The first moment at which a code is compared again, aware."""


@dataclass
class LastFactor(FactorRefusal):
    code: ClassVar[str] = "last_factor"


@dataclass
class TooManyFactors(FactorRefusal):
    code: ClassVar[str] = "too_many_factors"
    most: int = 0
