"""What the guest door is handed: units of work, and the operator's switches. app.py owns both."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from domain.work import Veto

T = TypeVar("T")


class Units(Protocol):
    """One operation, one transaction. Raises what the operation raises, or `domain.faults.Unavailable`.

    The keyword `vetoes` is the unit's own: what the operator's provider switched off. The others are the operation's.
    """

    async def write(self, operation: Callable[..., T], *args: Any, **kwargs: Any) -> T: ...

    async def read(self, operation: Callable[..., T], *args: Any, **kwargs: Any) -> T: ...


class Flags(Protocol):
    async def vetoes(self, tenant_id: str | None) -> frozenset[Veto]:
        """Features that the operator's own provider switches off; asked before the unit of work."""
        ...
