"""Work: everything an operation may touch. Made anew for each unit, by the database, in the thread that runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.sql import Executable

from domain.limits import Numbers
from domain.policies import Method
from domain.secrets import Keys
from domain.views import Surface

Veto = tuple[str, Surface]


@dataclass
class Work:
    connection: Connection
    now: datetime
    keys: Keys
    numbers: Numbers
    admins: frozenset[str] = frozenset()
    """Entra object ids that administer every served tenant (from the settings)."""
    vetoes: frozenset[Veto] = frozenset()
    """Features that the operator's own provider switched off for this call."""
    providers: frozenset[Method] = frozenset()
    """Sign-in methods that the operator set up for every tenant."""
    development: bool = False
    """True: applications of this machine need no TLS."""
    wake: bool = False
    """True: something is due for the worker once this is committed."""
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Audit events of this unit, chained and written by `finish`."""

    def one(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[Any] | None:
        return self.connection.execute(statement, values or {}).first()

    def all(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        return self.connection.execute(statement, values or {}).all()

    def run(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> int:
        """Number of rows it changed: 0 means that a guard did not hold."""
        return self.connection.execute(statement, values or {}).rowcount

    @property
    def kinds(self) -> list[str]:
        """What happened in this unit, as the audit names it."""
        return [event["kind"] for event in self.events]

    def finish(self) -> None:
        """The last thing before the commit."""
        if self.events:
            from domain import audit

            audit.write(self)
