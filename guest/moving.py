"""Offering the move: a guest who came in with a passcode may sign in with an account from now on."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from domain import destinations
from domain.methods import Discovered
from domain.views import GuestPageView
from guest.desk import Desk, SessionCookie

PATIENCE_SECONDS = 0.5
"""It is an offer: nobody waits for it. By the next look the answer is there."""


async def moves(desk: Desk, request: web.Request, session: SessionCookie, guest: GuestPageView) -> Sequence[Discovered]:
    if not guest.may_move or desk.discovery is None:
        return ()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            network, vetoes = desk.network(request), await desk.vetoes(session.tenant_id)
            return await desk.asking(
                desk.units.read, destinations.moves, session.token, network=network, vetoes=vetoes
            )  # fmt: skip
    except TimeoutError:
        return ()
