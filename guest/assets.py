"""Stylesheet, pictures and the script for passkeys. Their addresses carry a hash of the content, so browsers may keep
them for ever."""

import hashlib
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}
FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """All files of `static`, read once."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._urls: dict[str, str] = {}
        for path in sorted(FOLDER.iterdir()):
            if path.suffix in TYPES:
                self._keep(path)

    def url(self, name: str) -> str:
        return self._urls[name]

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/static/{name}", self.show), web.get("/favicon.ico", self.favicon)]

    async def show(self, request: web.Request) -> web.Response:
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return answer(*found, cache=FOREVER)

    async def favicon(self, request: web.Request) -> web.Response:
        """For browsers that ask without having read a page."""
        return answer(*self._files[self._urls["icon.svg"].rpartition("/")[2]], cache="public, max-age=86400")

    def _keep(self, path: Path) -> None:
        content = path.read_bytes()
        name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        self._files[name] = (content, TYPES[path.suffix])
        self._urls[path.name] = f"/static/{name}"


def answer(content: bytes, content_type: str, cache: str) -> web.Response:
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=content, content_type=content_type, charset=charset, headers={"Cache-Control": cache})
