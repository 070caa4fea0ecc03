"""Pages: templates, compiled once, filled with sentences."""

from functools import cache
from pathlib import Path
from typing import Any, cast

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from domain import names
from guest.assets import Assets
from guest.sentences import Sentences, strong
from locales import LANGUAGE_NAMES

FOLDER = Path(__file__).parent / "templates"


class Pages:
    """Every template is given `say` and `say_many` (the extractor knows these names), `s` for moments, `asset`."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        known = cast(dict[str, Any], self._environment.globals)
        known["asset"], known["languages"] = assets.url, LANGUAGE_NAMES
        self._environment.filters["strong"] = strong
        self._environment.filters["name"] = names.plain
        self._template = cache(self._environment.get_template)

    def show(self, template: str, sentences: Sentences, *, status: int = 200, **values: object) -> web.Response:
        found: Template = self._template(template)
        text = found.render(say=sentences.say, say_many=sentences.say_many, s=sentences, **values)
        return web.Response(text=text, status=status, content_type="text/html")
