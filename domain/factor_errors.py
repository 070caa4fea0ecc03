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

from datetime import datetime
from typing import ClassVar

from domain.errors import Refusal, RequestRefusal
from domain.value import value


@value
class NothingToReset(RequestRefusal):
    code: ClassVar[str] = "nothing_to_reset"
    address: str = ""


@value
class UnknownRequest(RequestRefusal):
    code: ClassVar[str] = "unknown_request"


@value
class OwnRequest(RequestRefusal):
    code: ClassVar[str] = "own_request"


class FactorRefusal(Refusal):
    pass


@value
class FactorPaused(FactorRefusal):
    code: ClassVar[str] = "factor_paused"
    again_at: datetime
    """The first moment at which a code is compared again, aware."""


@value
class LastFactor(FactorRefusal):
    code: ClassVar[str] = "last_factor"


@value
class TooManyFactors(FactorRefusal):
    code: ClassVar[str] = "too_many_factors"
    most: int = 0
