"""A measured server: started, watched (CPU and memory of its whole process tree, as Linux counts them), stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30
LAST_WORDS = 1500


class DidNotStart(Exception):
    pass


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        found.append(parent)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the tree, with the children that have ended. In steps of 10 ms."""
    ticks = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS


def pss_mib(pid: int) -> float:
    """Memory of the tree, each shared page counted in parts."""
    kib = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib / 1024


class Server:
    """`settings` are environment variables; nothing of this machine's own settings of Gatehouse gets in."""

    def __init__(
        self, command: Sequence[str], folder: Path, settings: Mapping[str, object], user: str | None = None
    ) -> None:
        self.folder = folder
        self.log = folder / "log.txt"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GATEHOUSE_", "MicrosoftApp", "PORT"))}
        with self.log.open("ab") as log:
            self.started_at = time.perf_counter()
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env=kept | {name: str(value) for name, value in settings.items()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def answered(self, port: int, path: str) -> float:
        """Waits for the first HTTP answer, whatever it says. Seconds since the process was started."""
        ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
        while time.perf_counter() - self.started_at < SECONDS_TO_START and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as line:
                line.sendall(ask)
                if line.recv(12).startswith(b"HTTP/1."):
                    return time.perf_counter() - self.started_at
            time.sleep(0.005)
        raise DidNotStart(self.tail())

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-LAST_WORDS:]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
