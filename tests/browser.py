"""The Chromium that the tests drive: found, or installed where that is permitted.

`chromium_path()` is what tests ask for; `python -m tests.browser` is the set-up step of `make test`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "Chromium is missing: install Debian's `chromium` package, or set CHROMIUM to the path of a Chromium or Chrome."
)
SECONDS = 900


class Missing(Exception):
    """No Chromium, and the text says what to install."""


@cache
def chromium_path() -> str:
    """The program named by the variable CHROMIUM, one on PATH, or Playwright's own. Raises Missing."""
    for found in (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), _playwrights_own()):
        if found and _starts(found):
            return found
    raise Missing(ADVICE)


def _starts(program: str) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights_own() -> str | None:
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    builds = sorted(Path(folder).glob("chromium*-*/chrome-*/*"), reverse=True)
    return next(
        (str(path) for path in builds if path.name in {"chrome", "headless_shell", "chrome-headless-shell"}), None
    )


def install() -> str:
    """The path as above, after an attempt with Debian's packages and one with Playwright. Raises Missing."""
    for attempt in (lambda: None, _from_debian, _from_playwright):
        path = _after(attempt)
        if path:
            return path
    raise Missing(ADVICE)


def _after(attempt: Callable[[], None]) -> str | None:
    attempt()
    chromium_path.cache_clear()
    try:
        return chromium_path()
    except Missing:
        return None


def _from_debian() -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None or (root and shutil.which("sudo") is None):
        return
    print("Installing Chromium …", flush=True)
    quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    _try([*quiet, "update"])
    _try([*quiet, "install", "--yes", "--no-install-recommends", "chromium"])


def _from_playwright() -> None:
    _try([sys.executable, "-m", "playwright", "install", "chromium"])


def _try(command: list[str]) -> None:
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return  # whether it worked is seen by looking again


def main() -> int:
    try:
        print(f"Chromium: {install()}")
    except Missing as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
