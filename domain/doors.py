"""What doors and channels are handed: units of work, the operator's switches, and the time. app.py owns them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from domain.directory import TeamOwner
from domain.methods import Discovered
from domain.policies import Policy
from domain.sign_ins import Leaving, Proof, Provider, Returned
from domain.work import Veto

T = TypeVar("T")
Clock = Callable[[], datetime]
"""The moment, aware."""


class Units(Protocol):
    """One operation, one transaction where it writes. Raises what the operation raises, or `domain.faults.Unavailable`.

    `vetoes` is the unit's own: what the operator's provider switched off. All else is the operation's.
    """

    async def write(
        self, operation: Callable[..., T], *args: Any, vetoes: frozenset[Veto] = ..., **kwargs: Any
    ) -> T: ...

    async def read(
        self, operation: Callable[..., T], *args: Any, vetoes: frozenset[Veto] = ..., **kwargs: Any
    ) -> T: ...


class Discovery(Protocol):
    async def ask(self, policy: Policy, address: str, /) -> Sequence[Discovered]:
        """Who has an account where: an answer for each method of the tenant besides the passcode, within seconds.
        Whatever goes wrong is an unknown answer."""
        ...


class Directory(Protocol):
    async def owners(self, tenant_id: str, group_id: str, /) -> Sequence[TeamOwner]:
        """Who owns a team now, within some seconds. Raises Untold (domain/directory.py)."""
        ...


class Flags(Protocol):
    async def vetoes(self, tenant_id: str | None, /) -> frozenset[Veto]:
        """Features that the operator's own provider switches off; asked before the unit of work."""
        ...


class SignIn(Protocol):
    """The way to a provider and back, within five seconds each. Raises SignInRefusal (domain/sign_in_errors.py)."""

    async def begin(self, provider: Provider, leaving: Leaving, /) -> str:
        """The address to which the browser goes. Raises ProviderDown."""
        ...

    async def finish(self, provider: Provider, leaving: Leaving, returned: Returned, /) -> Proof:
        """What the account proves. `returned` holds the state of `leaving`: the door has compared them.

        Raises ProviderDown, SignInCancelled.
        """
        ...
