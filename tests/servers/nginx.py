"""A real nginx on loopback, without rights, with the blocks of docs/access.md in it; and an application behind it."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import trustme
from aiohttp import web

from tests.nginx import nginx_path
from tests.servers.background import Journal, Loop
from tests.servers.gatehouse import ROOT

SECONDS_TO_START = 10
NOBODY = "nobody"
BLOCK = re.compile(r"```nginx\n# nginx: ([^\n]*)\n(.*?)```", re.DOTALL)
MAIN = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
    {servers}
}}
"""
SERVER = """
    server {{
        listen 127.0.0.1:{port}{tls};
        server_name {name};
        {content}
    }}
"""


def documented(which: str, *, resource: str, gatehouse: str, application: str) -> str:
    """A block of docs/access.md, with the addresses of a test in place of its examples."""
    return (
        block(which)
        .replace("RESOURCE", resource)
        .replace("127.0.0.1:3978", gatehouse)
        .replace("127.0.0.1:9000", application)
    )


def block(which: str) -> str:
    return dict(BLOCK.findall((ROOT / "docs" / "access.md").read_text()))[which]


class Nginx:
    """One process, with the documented http block. `servers`: by name, what stands in its server block."""

    def __init__(self, servers: dict[str, str], port: int, tls: trustme.LeafCert | None = None) -> None:
        self.port = port
        folder = self._folder()
        certified = self._certified(tls) if tls else ""
        blocks = [
            SERVER.format(port=port, tls=" ssl" if tls else "", name=name, content=certified + content)
            for name, content in servers.items()
        ]
        written = folder / "nginx.conf"
        written.write_text(MAIN.format(folder=folder, http=block("in the http block"), servers="".join(blocks)))
        self.log: Journal[str] = Journal("nginx")
        command = [nginx_path(), "-p", str(folder), "-c", str(written)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            user=NOBODY if os.geteuid() == 0 else None,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self._wait()

    def _folder(self) -> Path:
        """Open to the user that nginx runs as, so it does not live in pytest's."""
        self.folder = Path(tempfile.mkdtemp(prefix="gatehouse-nginx-"))
        if os.geteuid() == 0:
            self.folder.chmod(0o755)
            shutil.chown(self.folder, NOBODY)
        return self.folder

    def _certified(self, tls: trustme.LeafCert) -> str:
        whole = self.folder / "server.pem"
        tls.private_key_and_cert_chain_pem.write_to_path(whole)
        if os.geteuid() == 0:
            shutil.chown(whole, NOBODY)
        return f"ssl_certificate {whole}; ssl_certificate_key {whole};\n"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.reader.join(5)
        assert self.process.stderr is not None
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.add(line.rstrip("\n"))

    def _wait(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)  # nothing tells when a port begins to listen
        self.process.kill()
        self.stop()
        raise AssertionError("nginx did not start:\n" + "\n".join(self.log.entries))


class Application:
    """A real application behind the proxy, which believes `Remote-User`. `asked` holds the requests that reach it."""

    def __init__(self) -> None:
        self.asked: Journal[str] = Journal("requests to the application")
        self.loop = Loop()
        self.runner: web.AppRunner = self.loop.run(self._listen())
        self.address = f"127.0.0.1:{self.runner.addresses[0][1]}"

    def stop(self) -> None:
        self.loop.run(self.runner.cleanup())
        self.loop.close()

    async def _listen(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.add(f"{request.method} {request.raw_path}")
        names = ("Remote-User", "Remote-Name", "Remote-Groups", "Cookie")
        seen = {name: request.headers.getall(name, []) for name in names}
        return web.json_response({"path": request.raw_path, "host": request.host, **seen})
