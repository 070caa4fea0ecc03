"""Result files that people take from the bot: Teams' answer to a file's consent card → a typed command, and the upload.

Where a file goes is what a client says, so it is put only on hosts that are known, and shown only from there.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.files import LONGEST_URL, Files
from bot.list_commands import NoFile, PutFile, Upload
from bot.listeners import TEAMS
from bot.payloads import opaque
from bot.places import part, word
from bot.writing import clean
from cards.bulk_file import NAME
from domain.bulk_errors import NotUploaded
from domain.views import Kind, Place

SAFE = "/:?&=%@!$'()*+,;~#[]"
"""Of an address. Names of folders have blanks, and letters of any kind, which Teams tells as they are."""


def answered(value: Mapping[str, Any]) -> PutFile | NoFile | None:
    """None: something that no client of ours sends."""
    if value.get("action") == "decline":
        return NoFile()
    bulk_id = opaque(part(value, "context"), "list")
    if value.get("action") != "accept" or not bulk_id:
        return None
    told = part(value, "uploadInfo")
    name = clean(told.get("name")) or NAME
    shown_at = quote(_url(told, "contentUrl"), safe=SAFE)
    return PutFile(bulk_id, Upload(name, _url(told, "uploadUrl"), shown_at, word(told, "uniqueId")))


def _url(told: Mapping[str, Any], name: str) -> str:
    """Empty, which leads nowhere, for what is none."""
    url = told.get(name)
    return url if isinstance(url, str) and len(url) <= LONGEST_URL else ""


def taken_at(place: Place) -> bool:
    """Whether people can take files from the bot there."""
    return place.kind is Kind.PERSONAL and place.channel_id == TEAMS


async def put(files: Files | None, upload: Upload, data: bytes) -> None:
    """Raises NotUploaded."""
    if files is None or not files.permitted(upload.content_url):
        raise NotUploaded(elsewhere=True)
    await files.put(upload.url, data)
