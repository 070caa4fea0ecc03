"""Where Gatehouse's CPU goes: py-spy's samples of one round, summed by area and by function."""

import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.processes import TICKS

RATE = 200
"""Samples a second."""
SECONDS_TO_END = 60
LINES = 25
PACKAGE = re.compile(r"site-packages/([A-Za-z0-9_]+)|/lib/python[0-9.]+/([A-Za-z0-9_]+)")
FRAME = re.compile(r"^(?P<name>.+) \((?P<file>[^()]*?)(?::\d+)?\)$")
OWN = ("bot", "guest", "outbox", "cards", "domain", "storage", "locales")
THREAD = re.compile(r"^Thread ([0-9]+) \([^)]*\): \"([^\"]*)\"", re.MULTILINE)


class Profiler:
    """py-spy beside a running server; fetched into `folder` where this machine has none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "samples.txt"
        self.program = shutil.which("py-spy") or self._fetched()

    def begin(self, pid: int) -> None:
        """Samples that process until `end`, with the threads it has."""
        self.pid, self.before = pid, thread_ticks(pid)
        options = ["--gil", "--format", "raw", "--full-filenames", "--rate", str(RATE), "--output", str(self.output)]
        with (self.folder / "py-spy.txt").open("w") as told:
            command = [self.program, "record", *options, "--pid", str(pid), "--duration", "unlimited"]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told)

    def end(self) -> None:
        dump = subprocess.run(
            [self.program, "dump", "--pid", str(self.pid)], capture_output=True, text=True, check=False
        )
        self.threads = self._threads(dict(THREAD.findall(dump.stdout)))
        self.process.send_signal(signal.SIGINT)
        self.process.wait(SECONDS_TO_END)

    def _threads(self, names: dict[str, str]) -> list[str]:
        """Kernel's figures: what each thread used since `begin`, also in SQLite's own code and for writing to disk."""
        used: list[tuple[int, str]] = []
        for thread, now in thread_ticks(self.pid).items():
            first = self.before.get(thread, (0, 0))
            user, system = now[0] - first[0], now[1] - first[1]
            text = f"{user / TICKS:7.2f} s user {system / TICKS:6.2f} s system  {names.get(thread, thread)}"
            used.append((user + system, text))
        return [text for ticks, text in sorted(used, reverse=True) if ticks]

    def _fetched(self) -> str:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--target", str(self.folder / "py-spy"), "py-spy"], check=True)
        return str(self.folder / "py-spy" / "bin" / "py-spy")


def thread_ticks(pid: int) -> dict[str, tuple[int, int]]:
    """User and system time of each thread, by the kernel's id."""
    found: dict[str, tuple[int, int]] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        found[task.name] = (int(fields[11]), int(fields[12]))
    return found


def stacks(output: Path) -> Iterator[tuple[list[str], int]]:
    """Outermost frame first, and how many samples had that stack."""
    for line in output.read_text(errors="replace").splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if count.isdigit():
            yield frames, int(count)


def shown(profiler: Profiler) -> str:
    """Tables, as shares of the samples that had the interpreter (the GIL)."""
    areas, packages, alone, within = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for frames, count in stacks(profiler.output):
        short = [_short(frame) for frame in frames]
        areas[_area(short)] += count
        packages[_package(frames[-1])] += count
        alone[short[-1]] += count
        for frame in set(short):
            within[frame] += count
    total = sum(alone.values()) or 1
    return "\n".join(
        (
            f"{total} samples of Python at work",
            "",
            "CPU by thread",
            *profiler.threads,
            *_lines("By area: the innermost frame of ours", areas, total),
            *_lines("Self, by package", packages, total),
            *_lines("Self, by function", alone, total),
            *_lines("With what it calls", within, total),
        )
    )


def _lines(title: str, counts: Counter[str], total: int) -> Sequence[str]:
    return ["", title, *(f"  {count / total:6.1%}  {name}" for name, count in counts.most_common(LINES))]


def _short(frame: str) -> str:
    """`function (file)`, the file from its package on and without the line."""
    found = FRAME.match(frame)
    if found is None:
        return frame
    file = found["file"]
    tail = re.split(r"site-packages/|/lib/python[0-9.]+/", file)[-1]
    return f"{found['name']} ({tail if tail != file else '/'.join(Path(file).parts[-2:])})"


def _package(frame: str) -> str:
    found = PACKAGE.search(frame)
    if found is None:
        return "Gatehouse"
    return found[1] or f"Python's {found[2]}"


def _area(short: Sequence[str]) -> str:
    """Whose work it is: the innermost part of Gatehouse on the stack, and whether the database was being asked."""
    for number in range(len(short) - 1, -1, -1):
        found = FRAME.match(short[number])
        part = found["file"].partition("/")[0] if found else ""
        if part in OWN and found is not None:
            asking = any("sqlalchemy" in frame or "sqlite" in frame for frame in short[number + 1 :])
            return f"{found['file']}{' → SQLAlchemy' if asking else ''}"
    return "aiohttp and asyncio around it" if any("aiohttp" in frame for frame in short) else "elsewhere"
