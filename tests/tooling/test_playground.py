"""The launcher of `make run`: Gatehouse first, the chat client where it can be had, and a clean end."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import node
import playground

ROOT = Path(__file__).resolve().parents[2]
FAKE_GATEHOUSE = """
import http.server, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
print(sys.argv[1:], os.environ["GATEHOUSE_ENV"], flush=True)
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()
"""

pytestmark = pytest.mark.sockets


def closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def launched(folder: Path, app: str, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The launcher in a folder without npm's lock file: a machine where the chat client cannot be had."""
    for name in ("node.py", "playground.py"):
        shutil.copy(ROOT / name, folder)
    (folder / "app.py").write_text(app)
    environment = {**os.environ, "PORT": str(port)}
    command = [sys.executable, "playground.py"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()  # which takes along what it started
            process.wait(20)


def lines(process: "subprocess.Popen[str]", count: int) -> list[str]:
    assert process.stdout
    return [process.stdout.readline().strip() for _ in range(count)]


def test_gatehouse_is_up_where_the_chat_client_cannot_be_had(tmp_path: Path) -> None:
    port = playground.free_port()
    with launched(tmp_path, FAKE_GATEHOUSE, port) as process:
        started, mailbox, guests, sentence = lines(process, 4)
        assert started == "['serve'] development"
        assert mailbox == f"Mailbox: http://localhost:{port}/dev/mailbox"
        assert guests == f"Guests: http://localhost:{port}/"
        assert sentence.startswith("Gatehouse is up, but there is no chat client on this machine:")
        assert not closed(port)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_gatehouse_with_its_launcher(tmp_path: Path, number: signal.Signals) -> None:
    port = playground.free_port()
    with launched(tmp_path, FAKE_GATEHOUSE, port) as process:
        lines(process, 4)
        process.send_signal(number)
        assert process.wait(20) == 0
        assert closed(port)


def test_a_gatehouse_that_does_not_start_ends_the_launcher_with_its_status(tmp_path: Path) -> None:
    with launched(tmp_path, "raise SystemExit(2)", playground.free_port()) as process:
        assert lines(process, 1) == ["Gatehouse did not start; what it said is above."]
        assert process.wait(20) == 2


def test_a_port_in_use_is_said_to_be(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with launched(tmp_path, FAKE_GATEHOUSE, port) as process:
            assert lines(process, 1) == [f"Port {port} is in use; choose another one: PORT=3979 make run"]
            assert process.wait(20) == 1


def test_the_playground_takes_our_configuration_and_listens_on_loopback_only(tmp_path: Path) -> None:
    port = playground.free_port()
    bot = "http://127.0.0.1:9/api/messages"
    process = playground.start(port, bot, playground.configuration(me=2), tmp_path / "playground.log")
    with playground.stopping(process):
        assert playground.wait(port, process), (tmp_path / "playground.log").read_text()
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=10) as page:
            assert page.status == 200
        assert listening_addresses(port) == {"0100007F"}
    assert closed(port)


def listening_addresses(port: int) -> set[str]:
    """Local addresses in hexadecimal, as /proc/net/tcp and tcp6 have them (Linux)."""
    rows = [*Path("/proc/net/tcp").read_text().splitlines()[1:], *Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    listening = (row.split()[1].split(":") for row in rows if row.split()[3] == "0A")
    return {address for address, number in listening if int(number, 16) == port}


def test_whoever_sits_at_the_keyboard_the_other_five_are_there() -> None:
    for me in range(6):
        config = playground.configuration(me)
        ids = {config["currentUser"]["id"], *(user["id"] for user in config["users"])}
        assert len(config["users"]) == 5
        assert len(ids) == 6


def test_npm_packages_are_installed_once_until_the_lock_changes(tmp_path: Path) -> None:
    """With a stand-in for npm that notes its arguments, as `npm ci` would take seconds."""
    noted = tmp_path / "calls"
    note = f"open({str(noted)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')"
    script = f"import pathlib, sys; pathlib.Path('node_modules').mkdir(exist_ok=True); {note}"
    pretended = node.Node("node", (sys.executable, "-c", script))
    lock = tmp_path / "package-lock.json"
    lock.write_text("one")
    for everything in (False, False, True, False, True):
        node.packages(pretended, everything=everything, folder=tmp_path)
    lock.write_text("two")
    node.packages(pretended, everything=False, folder=tmp_path)
    assert noted.read_text().splitlines() == [
        "ci --no-progress --omit=dev",
        "ci --no-progress",
        "ci --no-progress --omit=dev",
    ]


def test_a_failing_npm_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").touch()
    broken = node.Node("node", (sys.executable, "-c", "raise SystemExit('no network')"))
    before = time.monotonic()
    with pytest.raises(node.Unavailable, match=r"^The npm packages could not be installed \(status 1\): no network$"):
        node.packages(broken, everything=False, folder=tmp_path)
    assert time.monotonic() - before < 20
