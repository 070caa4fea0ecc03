"""A PostgreSQL of a test's own, which it may stop and start."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.postgres import Postgres


def stop(server: Postgres) -> tuple[str, ...]:
    """As if the machine had been switched off."""
    return "pg_ctl", "-D", str(server.data), "-w", "-m", "immediate", "stop"


def start(server: Postgres) -> tuple[str, ...]:
    """With the settings that a server has of itself: what is acknowledged is on disk."""
    options = f"-h 127.0.0.1 -p {server.port} -k {server.folder}"
    return "pg_ctl", "-D", str(server.data), "-w", "-o", options, "-l", str(server.folder / "log"), "start"


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-restart-"))
    folder.chmod(0o755)
    server = Postgres(folder)
    server.loop.run(server.admin.close())
    server._run("pg_ctl", "-D", str(server.data), "-w", "-m", "fast", "stop")
    server._run(*start(server))
    yield server
    server.loop.close()
    server._run(*stop(server))
    shutil.rmtree(folder, ignore_errors=True)
