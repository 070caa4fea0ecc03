"""What all tests share: no sockets but where a mark says so, and a database of each kind.

Marks: `sockets` (real sockets on loopback), `postgres` (a real PostgreSQL), `browser` (Chromium).
"""

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from tests.servers.postgres import Postgres

MARKS = ("sockets", "postgres", "browser")
INTERNET = (socket.AF_INET, socket.AF_INET6)


def pytest_configure() -> None:
    for name in ("connect", "connect_ex", "bind", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    socket.getaddrinfo = partial(_resolve, socket.getaddrinfo)


class SocketBlocked(RuntimeError):
    """A test reached for the network. Not an OSError: nobody should handle it."""


class _Gate:
    """Open while a marked test and its fixtures run."""

    open = True


def _loopback(host: object) -> bool:
    try:
        return host in ("", "localhost", None) or ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse(host: object) -> None:
    if not _loopback(host):
        raise SocketBlocked(f"tests talk to loopback only, not to {host}")
    if not _Gate.open:
        raise SocketBlocked("this test has no mark that permits sockets (sockets, postgres, browser)")


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: socket.socket, *arguments: Any) -> Any:
        if self.family in INTERNET:
            _refuse(arguments[-1][0])
        return original(self, *arguments)

    return method


def _resolve(original: Callable[..., Any], host: Any, *arguments: Any, **named: Any) -> Any:
    _refuse(host.decode() if isinstance(host, bytes) else host)
    return original(host, *arguments, **named)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _Gate.open = any(item.get_closest_marker(mark) for mark in MARKS)
    try:
        return (yield)
    finally:
        _Gate.open = True  # what ends with the session may still say goodbye


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server. Its folder must be open to the user it runs as, so it does not live in pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-postgres-"))
    folder.chmod(0o755)
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty database of this test's own. The test needs the mark `postgres`."""
    name = postgres.create()
    try:
        yield postgres.url(name)
    finally:
        postgres.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of this test's own; the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gatehouse.db'}"
    return request.getfixturevalue("postgres_url")
