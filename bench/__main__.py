"""python -m bench [--quick] [--only turn|redeem|full] [--flows N] [--rounds N] [--profile]"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import node
from bench import parts, profiling, report
from bench.measure import Plan, Result, Size, play
from bench.postgres import Postgres

PLANS = {
    "turn": (
        Plan("gatehouse", "sqlite", ("help", "invite"), checked=False),
        Plan("botbuilder", "", ("turn",), checked=False),
        Plan("gatehouse", "postgresql", ("help", "invite"), checked=False),
    ),
    "redeem": (
        Plan("gatehouse", "sqlite", ("redeem",), rounds=5),
        Plan("better-auth", "sqlite", ("redeem",), rounds=5),
        Plan("gatehouse", "postgresql", ("redeem",)),
        Plan("better-auth", "postgresql", ("redeem",)),
    ),
    "full": (
        Plan("gatehouse", "sqlite", ("full",)),
        Plan("better-auth", "sqlite", ("full",)),
        Plan("gatehouse", "postgresql", ("full",)),
        Plan("better-auth", "postgresql", ("full",)),
    ),
}


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round, to try; figures of Node are too high")
    parser.add_argument("--only", choices=[*PLANS], action="append", help="may be given more than once")
    parser.add_argument("--system", choices=["gatehouse", "botbuilder", "better-auth"], help="leave out the others")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="leave out the other")
    parser.add_argument("--flows", type=int, help="measured operations in a round (1000)")
    parser.add_argument("--warm", type=int, help="operations before that (300)")
    parser.add_argument("--rounds", type=int, help="rounds of each, in turns (5 of redeem on SQLite, 2 of the others)")
    parser.add_argument("--profile", action="store_true", help="one round of Gatehouse under py-spy: where CPU goes")
    return parser.parse_args(arguments)


def plans(chosen: argparse.Namespace) -> list[Plan]:
    every = [plan for name, some in PLANS.items() if name in (chosen.only or PLANS) for plan in some]
    system = "gatehouse" if chosen.profile else chosen.system
    return [
        plan
        for plan in every
        if system in (None, plan.kind) and chosen.database in (None, plan.database or chosen.database)
    ]


def run(chosen: argparse.Namespace, postgres: Postgres | None) -> list[Result]:
    small = chosen.quick
    size = Size(chosen.flows or (200 if small else 1000), chosen.warm or (50 if small else 300))
    results: list[Result] = []
    wanted = [(plan, chosen.rounds or (1 if small else plan.rounds)) for plan in plans(chosen)]
    for number in range(max((rounds for _, rounds in wanted), default=0)):
        for plan in (plan for plan, rounds in wanted if number < rounds):
            began = time.monotonic()
            for result in play(plan, size, postgres):
                results.append(result)
                _tell(result, time.monotonic() - began)
    return results


def profile(chosen: argparse.Namespace, postgres: Postgres | None, folder: Path) -> None:
    size = Size(chosen.flows or 1000, chosen.warm or 100)
    profiler = profiling.Profiler(folder)
    for plan in plans(chosen):
        for work in plan.works:
            alone = Plan(plan.kind, plan.database, (work,), plan.checked)
            for result in play(alone, size, postgres, profiler):
                _tell(result, 0)
            print(f"\n== {work}, {plan.database}: {profiling.shown(profiler)}\n", flush=True)


def _tell(result: Result, seconds: float) -> None:
    """A line for each measurement, so that nobody waits before a still screen."""
    print(
        f"{result.kind:11} {result.database:10} {result.work:6} {result.cpu:6.2f} ms CPU"
        f" (database {result.cpu_database:.2f}) {result.rate:6.0f}/s p50 {result.p50:.1f} p99 {result.p99:.1f} ms"
        f" PSS {result.pss:.0f} MiB first answer {result.first_answer_seconds:.2f} s"
        f" ({result.first_answer_cpu:.2f} s CPU)"
        f" [{result.mails} mails, {result.calls} calls, driver {result.cpu_driver:.2f} ms, load {result.load:.1f},"
        f" {seconds:.0f} s]",
        flush=True,
    )


def main(arguments: list[str]) -> int:
    chosen = options(arguments)
    wanted = plans(chosen)
    try:
        if any(plan.kind == "better-auth" for plan in wanted):
            parts.get()
    except node.Unavailable as fault:
        print(fault, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = Postgres(folder / "pg") if any(plan.database == "postgresql" for plan in wanted) else None
        if chosen.profile:
            profile(chosen, postgres, folder)
            return 0
        results = run(chosen, postgres)
    report.write(results)
    print(f"\n{report.shown(results)}\n\nAll rounds: bench/{report.FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
