"""What all tests share: no sockets but where a mark says so, and a database of each kind.

Marks: `sockets` (real sockets on loopback), `postgres` (a real PostgreSQL), `browser` (Chromium).
"""

import shutil
import socket
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from tests.servers.background import Loop
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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no rows, to be copied."""
    from storage.sqlite import SQLite

    path = tmp_path_factory.mktemp("template") / "gatehouse.db"

    async def migrate() -> None:
        engine = SQLite(path)
        await engine.migrate()
        await engine.close()

    _run(migrate())
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a database with all tables and no rows, to be cloned."""
    from storage.postgres import PostgreSQL

    name = postgres.create()

    async def migrate() -> None:
        engine = PostgreSQL(postgres.url(name))
        await engine.migrate()
        await engine.close()

    _run(migrate())
    return name


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Off the main thread: the tests' own loops are not disturbed."""
    loop = Loop()
    loop.run(work)
    loop.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own, with all tables and no rows; the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "gatehouse.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(template)
    yield server.url(name)
    server.drop(name)
