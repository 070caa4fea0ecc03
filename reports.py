"""What the commands print: tables, sentences and exports. Data in, text out."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from domain import audit, features
from domain.switch_views import Reach
from domain.views import Affected, FeatureFacts, RolloutView, Setting, Surface
from domain.work import Work

INSTALLATION = "installation"
"""What commands call the chain of changes that belong to no tenant."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""A cell that begins with one of these may run as a formula (OWASP, CSV injection)."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their longest cell, two blanks apart."""
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def stages(rollouts: Iterable[RolloutView], tenants: Iterable[tuple[str, str, Setting]], now: datetime) -> str:
    """Every feature and surface with what it means now, and the tenants that decided for themselves."""
    rows = [
        (each.feature, each.surface.value, each.stage.value, _moment(each.from_at), _on(each, now)) for each in rollouts
    ]
    text = table(("FEATURE", "SURFACE", "STAGE", "FROM", "NOW"), rows)
    decided = [(tenant_id, feature, setting.value) for tenant_id, feature, setting in tenants]
    return text + (f"\n\n{table(('TENANT', 'FEATURE', 'SETTING'), decided)}" if decided else "")


def _on(rollout: RolloutView, now: datetime) -> str:
    facts = FeatureFacts(rollout.feature, None, Setting.DEFAULT, (rollout,))
    return "on" if features.decided(facts, rollout.surface, now).on else "off"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"


def tenant(facts: FeatureFacts, affected: Affected, now: datetime) -> str:
    """A tenant's setting, what it means on each surface, and who is shut out where it is off."""
    states = [features.decided(facts, surface, now) for surface in Surface]
    rows = [
        (state.surface.value, state.stage.value, _moment(state.from_at), "on" if state.on else "off")
        for state in states
    ]
    told = [f"{facts.feature} is {facts.setting.value} for tenant {facts.tenant_id}."]
    if not all(state.on for state in states):
        told.append(_shut_out(affected, everywhere=not any(state.on for state in states)))
    return "\n".join([*told, "", table(("SURFACE", "STAGE", "FROM", "NOW"), rows)])


def _shut_out(affected: Affected, *, everywhere: bool) -> str:
    guests = f"{affected.guests} {'guest' if affected.guests == 1 else 'guests'}"
    pending = f"{affected.pending} pending {'invitation' if affected.pending == 1 else 'invitations'}"
    reach = "Affected" if everywhere else "Affected where it is off, at most"
    return f"{reach}: {guests} can no longer sign in, {pending} can no longer be redeemed."


def reach(feature: str, on: Reach, off: Reach) -> str:
    """Whom a feature concerns: `on` could sign in if it came on where it is off, `off` could not if it went off."""
    rows = [
        ("if it comes on where it is off", str(on.guests), str(on.invitations), "could sign in with it"),
        ("if it goes off", str(off.guests), str(off.invitations), "could no longer"),
    ]
    return table((feature.upper(), "GUESTS", "OPEN INVITATIONS", ""), rows)


def chain_of(word: str) -> str:
    """The tenant id under which a chain is kept."""
    return audit.INSTALLATION if word == INSTALLATION else word


def chain(tenant_id: str, broken: int | None, *, empty: bool) -> str:
    whose = INSTALLATION if tenant_id == audit.INSTALLATION else tenant_id
    if broken is not None:
        return f"{whose}: broken at event {broken}"
    return f"{whose}: no events" if empty else f"{whose}: whole"


def events(work: Work, word: str) -> list[dict[str, Any]]:
    """All events of a chain, while the connection is there. A read operation."""
    return list(audit.export(work, chain_of(word)))


def csv_text(found: Sequence[Mapping[str, Any]]) -> str:
    """RFC 4180, every cell quoted, with the names of the columns first. At least one event is needed."""
    out = StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(found[0])
    writer.writerows([_cell(value) for value in event.values()] for event in found)
    return out.getvalue()


def _cell(value: Any) -> str:
    """An apostrophe in front of what could be a formula: spreadsheets then take it as text."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.startswith(FORMULA) else text


def json_text(found: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps([dict(event) for event in found], default=str, indent=1, ensure_ascii=False) + "\n"
