"""What stands before Gatehouse in production: ends TLS, names the client, spreads requests over the replicas."""

import ssl
from itertools import count

import trustme
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web
from multidict import CIMultiDict

from tests.servers.background import Journal, Loop

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"}


class Proxy:
    """`replicas` may be changed at any time; requests go to them in turn. `asked` holds "METHOD path replica"."""

    def __init__(self, authority: trustme.CA) -> None:
        self.replicas: list[str] = []
        self.asked: Journal[str] = Journal("requests through the proxy")
        self.turns = count()
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(self.context)
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self.loop = Loop()
        self.runner: web.AppRunner = self.loop.run(self._listen())
        self.url = f"https://localhost:{self.runner.addresses[0][1]}"

    def stop(self) -> None:
        self.loop.run(self._close())
        self.loop.close()

    async def _listen(self) -> web.AppRunner:
        self.session = ClientSession(
            cookie_jar=DummyCookieJar(), auto_decompress=False, timeout=ClientTimeout(30), trust_env=False
        )
        app = web.Application(client_max_size=8 * 1024**2)
        app.router.add_route("*", "/{path:.*}", self._forward)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self.context).start()
        return runner

    async def _close(self) -> None:
        await self.session.close()
        await self.runner.cleanup()

    async def _forward(self, request: web.Request) -> web.Response:
        replica = self.replicas[next(self.turns) % len(self.replicas)]
        self.asked.add(f"{request.method} {request.path} {replica}")
        headers = _kept(request.headers)
        headers.popall("X-Forwarded-For", None)
        headers["X-Forwarded-For"] = request.remote or ""
        body = await request.read()
        async with self.session.request(
            request.method, replica + request.raw_path, headers=headers, data=body or None, allow_redirects=False
        ) as answer:
            return web.Response(status=answer.status, headers=_kept(answer.headers), body=await answer.read())


def _kept(headers: "CIMultiDict[str] | object") -> CIMultiDict[str]:
    kept = CIMultiDict(headers)  # type: ignore[arg-type]
    for name in HOP_BY_HOP:
        kept.popall(name, None)
    return kept
