"""Forms that come back: where they were sent from, whether they are ours, and what they say."""

import asyncio
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from guest.callers import Ours

MOST_BYTES = 16 * 1024
MOST_FIELDS = 20
PATIENCE_SECONDS = 10.0
"""For the whole of a form, which any browser sends at once."""
CSRF = "csrf"
FORM_TYPE = "application/x-www-form-urlencoded"


class FormRefusal(Exception):
    """A form that is not acted upon."""


class ForeignForm(FormRefusal):
    """Sent by another site's page."""


class StaleForm(FormRefusal):
    """Its hidden field is missing, of another flow, or older than the flow."""


class FormTooLarge(FormRefusal):
    pass


class WrongForm(FormRefusal):
    """Not written the way a browser writes our forms."""


class SlowForm(FormRefusal):
    """It did not come in time."""


async def read(request: web.Request, ours: Ours, secrets: tuple[str, ...]) -> Mapping[str, str]:
    """The fields of a form of ours. `secrets`: what its hidden field may be, none when no form could have been shown.

    The hidden field decides; `Sec-Fetch-Site`, else `Origin`, can only refuse. An origin of `null` says nothing:
    Chromium sends it with our own forms, because of the `no-referrer` policy.
    """
    _check_sender(request, ours)
    fields = _parsed(await _body(request))
    given = fields.get(CSRF, "").encode()
    if not any(hmac.compare_digest(given, secret.encode()) for secret in secrets):
        raise StaleForm
    return fields


def _check_sender(request: web.Request, ours: Ours) -> None:
    sites = request.headers.getall("Sec-Fetch-Site", ())
    if sites:
        allowed = all(site == "same-origin" for site in sites)
    else:
        origins = request.headers.getall("Origin", ())
        allowed = all(origin == "null" or ours.origin(origin) for origin in origins)
    if not allowed:
        raise ForeignForm


async def _body(request: web.Request) -> bytes:
    if request.content_type != FORM_TYPE or request.headers.get("Content-Encoding", "identity") != "identity":
        raise WrongForm
    if (request.content_length or 0) > MOST_BYTES:
        raise FormTooLarge
    came_along = request.content.is_eof()
    try:
        async with asyncio.timeout(None if came_along else PATIENCE_SECONDS):
            return await _whole(request)
    except TimeoutError:
        raise SlowForm from None
    except web.RequestPayloadError as fault:
        raise WrongForm from fault


async def _whole(request: web.Request) -> bytes:
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > MOST_BYTES:
            raise FormTooLarge
    return bytes(body)


def _parsed(body: bytes) -> Mapping[str, str]:
    """A field that comes twice counts as its last."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise WrongForm from error
    return dict(pairs)
