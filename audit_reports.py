"""What the audit's commands print: whether a chain is whole, and exports, piece by piece. Data in, text out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain import audit
from domain.csv_text import rows

INSTALLATION = "installation"
"""What commands call the chain of changes that belong to no tenant."""
COLUMNS = (
    "tenant_id", "sequence", "at", "kind", "actor", "workspace_id", "invitation_id", "guest_id", "detail", "hash",
    "actor_name", "address",
)  # fmt: skip
Event = Mapping[str, Any]


def chain(tenant_id: str, broken: int | None, row: Any, *, empty: bool) -> str:
    """`row`: what stands where the chain is broken, or None."""
    whose = INSTALLATION if tenant_id == audit.INSTALLATION else tenant_id
    if broken is None:
        return f"{whose}: no events" if empty else f"{whose}: whole"
    said = f"{row.kind}, {row.at:%Y-%m-%d %H:%M:%S} UTC" if row is not None else "it is missing or cannot be read"
    return f"{whose}: broken at event {broken} ({_printable(said)})"


def _printable(text: str) -> str:
    """What was tampered with steers no terminal."""
    return "".join(each if each.isprintable() else "?" for each in text)


class Csv:
    """RFC 4180, every cell quoted, with the names of the columns first."""

    def begin(self) -> str:
        return rows([COLUMNS])

    def piece(self, found: Sequence[Event]) -> str:
        return rows([event[name] for name in COLUMNS] for event in found)

    def end(self) -> str:
        return ""


class Json:
    """One list of objects, in UTF-8."""

    def __init__(self) -> None:
        self._before = "\n"

    def begin(self) -> str:
        return "["

    def piece(self, found: Sequence[Event]) -> str:
        return "".join(self._each(found))

    def _each(self, found: Sequence[Event]) -> Iterator[str]:
        for event in found:
            yield self._before + json.dumps({name: event[name] for name in COLUMNS}, default=str, ensure_ascii=False)
            self._before = ",\n"

    def end(self) -> str:
        return "\n]\n"
