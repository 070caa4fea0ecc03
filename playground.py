"""The try-out behind `make run`: Gatehouse in development, with the Microsoft 365 Agents Playground as its chat client.

The Playground (npm, locked in package-lock.json) is a page that plays Teams for one person. Its configuration file is
YAML, of which JSON is a part. It is strict: version 0.1.1, five other users, at most one channel beside General.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Generator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import node

ROOT = Path(__file__).resolve().parent
PORT = 3978
CHAT_PORT = 56150
SECONDS_TO_START = 60
SECONDS_TO_STOP = 15
POLL_SECONDS = 0.1
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TENANT = "5b0f1a52-6c0e-4f0b-9d2c-7f6f3a1e4c10"
TEAM = "19:lighthouse-general@thread.tacv2"

# The Playground listens on every interface by itself. It talks to a bot that asks nobody for a token: keep it here.
LOOPBACK_ONLY = """
import net from "node:net";
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === "number" ? listen.call(this, port, "127.0.0.1", ...rest) : listen.call(this, port, ...rest);
};
"""


def person(number: int, given: str, family: str) -> dict[str, str]:
    """Somebody at Contoso, as the Playground wants them."""
    address = f"{given.lower()}@contoso.example"
    return {
        "id": f"29:{given.lower()}-{family.lower()}",
        "name": f"{given} {family}",
        "userPrincipleName": address,  # the Playground's spelling
        "aadObjectId": f"c2a6d3f8-0b1d-4a57-8e90-3d5b7c9e1f{number:02x}",
        "givenName": given,
        "surname": family,
        "email": address,
    }


def configuration(me: int = 0) -> dict[str, Any]:
    """A tenant with six people, a chat of each kind and a bot. `me` (0–5) is who sits at the keyboard; 0 is Alice."""
    names = ("Alice Archer", "Bob Baker", "Charlie Cook", "Dana Draper", "Erin Ellis", "Frank Fisher")
    people = [person(number, *name.split()) for number, name in enumerate(names, start=1)]
    current = people.pop(me)
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": "28:8f7d2c4e-91b3-4d6a-a5f0-6e2b9c1d3a47", "name": "Gatehouse"},
        "currentUser": current,
        "users": people,
        "personalChat": {"id": f"a:{current['givenName'].lower()}-and-gatehouse"},
        "groupChat": {"id": "19:harbour@thread.v2", "name": "Harbour group"},
        "team": {
            "id": TEAM,
            "name": "Lighthouse",
            "aadGroupId": "3e9c5a70-2d4b-4c81-b6f3-0a8d7e5c2b19",
            "channels": [{"id": "19:lighthouse-plans@thread.tacv2", "name": "Plans"}],
        },
    }


def free_port() -> int:
    """A port of the loopback address that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def start(port: int, endpoint_url: str, config: Mapping[str, Any], log: Path) -> "subprocess.Popen[bytes]":
    """Starts a Playground at `http://localhost:port` that talks to the bot at `endpoint_url`.

    `config` as `configuration()` gives it; it is written beside `log`, which gets all that the Playground says.
    Returns at once: `wait(port, process)` waits until it answers. Raises node.Unavailable.
    """
    program = node.get()
    modules = node.packages(program, everything=False)
    log.parent.mkdir(parents=True, exist_ok=True)
    settings = log.with_suffix(".yml").resolve()
    settings.write_text(json.dumps(config, indent=2))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TEAMSAPPTESTER_")} | {
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(settings),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(log.with_suffix(".detail.log").resolve()),
    }
    command = [program.program, "--import", f"data:text/javascript,{urllib.parse.quote(LOOPBACK_ONLY)}"]
    command += [str(modules / "@microsoft" / "m365agentsplayground" / "cli.js"), "start", "--disable-telemetry"]
    command += ["-e", endpoint_url, "-c", "msteams", "-p", str(port)]
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=log.parent, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def wait(port: int, process: "subprocess.Popen[bytes]", seconds: float = SECONDS_TO_START) -> bool:
    """Whether the Playground answered within `seconds`; false as soon as its process has ended."""
    return answers(f"http://127.0.0.1:{port}/_debug/ping", process, seconds)


def answers(url: str, process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether `url` gave 200 within `seconds`, while `process` lived."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException), direct.open(url, timeout=5) as answer:
            if answer.status == 200:
                return True
        time.sleep(POLL_SECONDS)
    return False


@contextlib.contextmanager
def stopping(process: "subprocess.Popen[bytes]") -> Generator[None]:
    """Ends `process` on the way out: politely first."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _settings() -> dict[str, str]:
    """The environment and the .env file as Gatehouse reads them; the environment wins."""
    from dotenv import dotenv_values

    written = {
        name: value for name, value in dotenv_values(ROOT / ".env", interpolate=False).items() if value is not None
    }
    return {**written, **os.environ}


def _chat(stack: contextlib.ExitStack, endpoint_url: str) -> None:
    """Starts the chat client and says where it is – or in one sentence why there is none. `stack` ends it."""
    port = free_port() if _taken("127.0.0.1", CHAT_PORT) else CHAT_PORT
    try:
        process = start(port, endpoint_url, configuration(), ROOT / "var" / "playground" / "playground.log")
    except (node.Unavailable, OSError) as fault:
        _say(f"Gatehouse is up, but there is no chat client on this machine: {fault}")
        return
    stack.enter_context(stopping(process))
    if wait(port, process):
        _say(f"Chat: http://localhost:{port}")
    else:
        _say("Gatehouse is up, but its chat client did not start; see var/playground/playground.log.")


def _say(line: str) -> None:
    print(line, flush=True)


def _leave(_number: int, _frame: FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # asked once, everything ends in order
    raise SystemExit(0)


def _watch(process: "subprocess.Popen[bytes]") -> int:
    """Waits for Gatehouse to end. Ends itself when the `make` that started it was killed."""
    parent = os.getppid()
    while process.poll() is None:
        if "MAKELEVEL" in os.environ and os.getppid() != parent:
            return 1
        time.sleep(POLL_SECONDS)
    return process.returncode


def _taken(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return True
    return False


def main() -> int:
    """Starts Gatehouse, says where it is, then starts the chat client: Gatehouse does not wait for it."""
    for number in SIGNALS:
        signal.signal(number, _leave)
    settings = {"PORT": str(PORT), **_settings(), "GATEHOUSE_ENV": "development"}
    here = f"http://127.0.0.1:{settings['PORT']}"
    if settings["PORT"].isdecimal() and _taken("127.0.0.1", int(settings["PORT"])):
        _say(f"Port {settings['PORT']} is in use; choose another one: PORT=3979 make run")
        return 1
    app = subprocess.Popen([sys.executable, "app.py", "serve"], cwd=ROOT, env=settings)
    with contextlib.ExitStack() as stack:
        stack.enter_context(stopping(app))
        if not answers(f"{here}/readyz", app, SECONDS_TO_START):
            _say("Gatehouse did not start; what it said is above.")
            return app.poll() or 1
        base = settings.get("GATEHOUSE_PUBLIC_URL", f"http://localhost:{settings['PORT']}").rstrip("/")
        _say(f"Mailbox: {base}/dev/mailbox")
        _say(f"Guests: {base}/")
        _chat(stack, f"{here}/api/messages")
        return _watch(app)


if __name__ == "__main__":
    raise SystemExit(main())
