"""The nginx that the tests put before Gatehouse: found, or installed where that is permitted.

`nginx_path()` is what tests ask for; `python -m tests.nginx` is the set-up step of `make test`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache

from tests.browser import Missing

PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
ADVICE = "nginx with auth_request is missing: install Debian's `nginx-light` package, or set NGINX to the path of one."
SECONDS = 900


@cache
def nginx_path() -> str:
    """The program named by the variable NGINX, or one that is installed. Raises Missing."""
    for found in (os.environ.get("NGINX"), shutil.which("nginx", path=PLACES)):
        if found and _asks_others(found):
            return found
    raise Missing(ADVICE)


def _asks_others(program: str) -> bool:
    try:
        told = subprocess.run([program, "-V"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "http_auth_request_module" in told.stderr


def install() -> str:
    """The path as above, after an attempt with Debian's packages. Raises Missing."""
    try:
        return nginx_path()
    except Missing:
        _from_debian()
        return nginx_path()


def _from_debian() -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None or (root and shutil.which("sudo") is None):
        return
    print("Installing nginx …", flush=True)
    # The package would start a server of its own, on a port that may be taken: RUNLEVEL says not to.
    quiet = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-qq"]
    install_it = [*quiet, "install", "--yes", "--no-install-recommends", "nginx-light"]
    if not _tried(install_it):
        _tried([*quiet, "update"])
        _tried(install_it)


def _tried(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def told(find: Callable[[], str] = install) -> int:
    try:
        print(f"nginx: {find()}")
    except Missing as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(told())
