"""Gatehouse itself, as a process of its own, started as an operator starts it."""

import base64
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from tests.servers.background import Journal, free_port
from tests.servers.web import Answer, send

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 30
SECONDS_TO_STOP = 30
APP_ID = "6d1f0a34-5f0e-4b39-9a0c-2f4f8f2b7c55"
APP_PASSWORD = "the-bot's-own-secret"


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


class Gatehouse:
    """One process. `settings` are environment variables; the log is kept line by line.

    Nothing of this machine's own settings reaches it: it runs in `folder`, where there is no `.env`.
    """

    running: ClassVar["list[Gatehouse]"] = []

    def __init__(self, folder: Path, settings: Mapping[str, str], *, role: str = "all", tree: Path = ROOT) -> None:
        self.folder, self.role, self.tree = folder, role, tree
        self.settings = dict(settings)
        self.port = int(self.settings.setdefault("PORT", str(free_port())))
        self.url = f"http://127.0.0.1:{self.port}"
        self.log: Journal[str] = Journal(f"the log of Gatehouse on port {self.port}")
        self.start()

    def start(self) -> None:
        """Again after `kill` or `stop`, on the same port and with the same settings."""
        self.process = subprocess.Popen(
            [sys.executable, str(self.tree / "app.py"), "serve", "--role", self.role],
            cwd=self.folder,
            env=_environment(self.settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        Gatehouse.running.append(self)
        self._wait_until_ready()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return send("GET", self.url + path, headers=headers)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`python app.py …` beside the running process, with its settings."""
        return subprocess.run(
            [sys.executable, str(self.tree / "app.py"), *arguments],
            cwd=self.folder,
            env=_environment(self.settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def kill(self) -> None:
        """As a power cut: nothing is tidied up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As a rolling restart. The exit status."""
        return self._end(signal.SIGTERM)

    def tail(self, lines: int = 25) -> str:
        """The end of the log. Of a long line the end counts: there stands what went wrong."""
        return "\n".join(
            line if len(line) < 1500 else f"{line[:150]} … {line[-800:]}" for line in self.log.entries[-lines:]
        )

    def _end(self, how: signal.Signals) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            status = self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"Gatehouse did not stop within {SECONDS_TO_STOP} s:\n{self.tail()}") from None
        finally:
            if self in Gatehouse.running:
                Gatehouse.running.remove(self)
        self.reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.add(line.rstrip("\n"))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.reader.join(5)
                raise AssertionError(f"Gatehouse ended with status {self.process.returncode}:\n{self.tail()}")
            try:
                if self.get("/readyz").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.03)  # nothing tells when a port begins to listen
        tail = self.tail()
        self.kill()
        raise AssertionError(f"Gatehouse was not ready within {SECONDS_TO_START} s:\n{tail}")


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    own = ("GATEHOUSE_", "MicrosoftApp", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return kept | {"PYTHONUNBUFFERED": "1"} | dict(settings)
