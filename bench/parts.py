"""What the peers are made of: Node, the npm packages of bench/peers, and the one of them that has to be built."""

import subprocess
from pathlib import Path

import node

PEERS = Path(__file__).parent / "peers"
NATIVE = "better-sqlite3"
"""It brings or builds a program for the Node at hand; no other package's script runs."""
MINUTES = 60
LAST_WORDS = 400


def get() -> None:
    """Quick when everything is there. Raises node.Unavailable."""
    found = node.get()
    modules = node.packages(found, everything=True, folder=PEERS)
    if _loads(found):
        return
    print(f"Building {NATIVE} (once) …", flush=True)
    command = [*found.npm, "rebuild", NATIVE, "--ignore-scripts=false"]
    built = subprocess.run(command, cwd=PEERS, capture_output=True, text=True, timeout=15 * MINUTES, check=False)
    if not _loads(found):
        words = " ".join((built.stdout + built.stderr).split())[-LAST_WORDS:]
        raise node.Unavailable(f"{NATIVE} could not be built in {modules}: {words}")


def _loads(found: node.Node) -> bool:
    """True: this Node can open a SQLite file with it."""
    attempt = "new (require('better-sqlite3'))(':memory:').close()"
    tried = subprocess.run([found.program, "-e", attempt], cwd=PEERS, capture_output=True, timeout=MINUTES, check=False)
    return tried.returncode == 0
