"""Many rounds' results → one table, the ratios that count, and bench/results.json."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Result

FILE = Path(__file__).parent / "results.json"
NAMES = {"gatehouse": "Gatehouse", "botbuilder": "botbuilder 4.17.1 echo", "better-auth": "better-auth 1.7.25"}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "": "–"}
WORKS = {
    "help": "turn: help",
    "invite": "turn: invite + mail",
    "turn": "turn: echo",
    "redeem": "redeem",
    "full": "full flow",
}
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Goal:
    """`value` gives what was reached, None where this run did not measure it; it has to be at most `most`."""

    text: str
    most: float
    value: Callable[["Table"], float | None]


class Table:
    """Medians over the rounds, with the spread."""

    def __init__(self, results: Iterable[Result]) -> None:
        self.groups: dict[Key, list[Result]] = {}
        for result in results:
            self.groups.setdefault((result.work, result.kind, result.database), []).append(result)

    def median(self, key: Key, name: str) -> float | None:
        rounds = self.groups.get(key)
        return statistics.median(getattr(result, name) for result in rounds) if rounds else None

    def spread(self, key: Key, name: str) -> str:
        values = [getattr(result, name) for result in self.groups[key]]
        return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"

    def ratio(self, ours: Key, theirs: Key) -> float | None:
        mine, other = self.median(ours, "cpu"), self.median(theirs, "cpu")
        return mine / other if mine is not None and other else None

    def worst(self, name: str, database: str) -> float | None:
        """The highest median among Gatehouse's works on that database."""
        keys = [key for key in self.groups if key[1] == "gatehouse" and key[2] == database]
        found = [value for key in keys if (value := self.median(key, name))]
        return max(found, default=None)


ECHO: Key = ("turn", "botbuilder", "")


def _against_echo(work: str) -> Callable[[Table], float | None]:
    return lambda table: table.ratio((work, "gatehouse", "sqlite"), ECHO)


def _against_better_auth(work: str, database: str) -> Callable[[Table], float | None]:
    return lambda table: table.ratio((work, "gatehouse", database), (work, "better-auth", database))


GOALS = (
    Goal("turn (help), CPU ÷ stock echo", 0.25, _against_echo("help")),
    Goal("turn (invite + mail + card), CPU ÷ stock echo", 0.25, _against_echo("invite")),
    Goal("redeem, SQLite, CPU ÷ better-auth", 0.5, _against_better_auth("redeem", "sqlite")),
    Goal("memory, SQLite, PSS MiB", 110, lambda table: table.worst("pss", "sqlite")),
    Goal("memory, PostgreSQL, PSS MiB of Gatehouse", 110, lambda table: table.worst("pss", "postgresql")),
    Goal("start → first answer, SQLite, s", 1.5, lambda table: table.worst("first_answer_seconds", "sqlite")),
    Goal("start → first answer, PostgreSQL, s", 1.5, lambda table: table.worst("first_answer_seconds", "postgresql")),
)
SHOWN = (
    ("redeem, PostgreSQL, CPU ÷ better-auth", _against_better_auth("redeem", "postgresql")),
    ("full flow, SQLite, CPU ÷ better-auth", _against_better_auth("full", "sqlite")),
    ("full flow, PostgreSQL, CPU ÷ better-auth", _against_better_auth("full", "postgresql")),
)
HEAD = (
    "what",
    "system",
    "database",
    "CPU ms/op (min–max)",
    "ops/s",
    "p50 ms",
    "p99 ms",
    "PSS MiB",
    "first answer s",
    "first turn s",
)


def rows(table: Table) -> list[tuple[str, ...]]:
    """A line for each work and system, the works in the order of WORKS."""
    lines: list[tuple[str, ...]] = []
    for key in sorted(
        table.groups, key=lambda key: (list(WORKS).index(key[0]), list(NAMES).index(key[1]), key[2] == "")
    ):
        work, kind, database = key
        at = {name: table.median(key, name) or 0.0 for name in ("rate", "p50", "p99", "pss", "pss_database")}
        memory = f"{at['pss']:.0f}" + (f" + {at['pss_database']:.0f}" if at["pss_database"] else "")
        first = table.median(key, "first_operation_seconds")
        lines.append(
            (
                WORKS[work],
                NAMES[kind],
                DATABASES[database],
                table.spread(key, "cpu"),
                f"{at['rate']:.0f}",
                f"{at['p50']:.1f}",
                f"{at['p99']:.1f}",
                memory,
                f"{table.median(key, 'first_answer_seconds'):.2f}",
                f"{first:.2f}" if first else "–",
            )
        )
    return lines


def verdicts(table: Table) -> list[dict[str, Any]]:
    found = [(goal, goal.value(table)) for goal in GOALS]
    return [
        {"goal": goal.text, "most": goal.most, "value": round(value, 3), "reached": value <= goal.most}
        for goal, value in found
        if value is not None
    ]


def shown(results: Sequence[Result]) -> str:
    """Everything a person wants to see of a run."""
    table = Table(results)
    lines = [HEAD, *rows(table)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    text.insert(1, "  ".join("-" * width for width in widths))
    text.append("")
    for verdict in verdicts(table):
        word = "reached" if verdict["reached"] else "NOT reached"
        text.append(f"{verdict['goal']}: {verdict['value']:.2f} (at most {verdict['most']:g}): {word}")
    for name, value in SHOWN:
        if (ratio := value(table)) is not None:
            text.append(f"{name}: {ratio:.2f}")
    return "\n".join(text)


def write(results: Sequence[Result], file: Path = FILE) -> None:
    table = Table(results)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    found = {
        "machine": machine,
        "goals": verdicts(table),
        "shown": {name: ratio for name, value in SHOWN if (ratio := value(table)) is not None},
        "rounds": [result.as_json() for result in results],
    }
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
