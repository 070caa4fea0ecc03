"""The claim code: while nobody administers a served tenant, the log says how to become its admin."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator

from domain import admins
from domain.doors import Units
from domain.faults import Unavailable

AGAIN_SECONDS = 600.0
"""How soon a code that ran out unused is replaced."""
log = logging.getLogger("gatehouse")


@contextlib.asynccontextmanager
async def offered(database: Units, tenants: tuple[str, ...]) -> AsyncGenerator[None]:
    """Prints a code whenever one is due. `tenants`: who is served, none for any."""
    offering = asyncio.create_task(_offer(database, tenants))
    try:
        yield
    finally:
        offering.cancel()
        await asyncio.gather(offering, return_exceptions=True)


async def _offer(database: Units, tenants: tuple[str, ...]) -> None:
    starting = True
    while True:
        with contextlib.suppress(Unavailable):
            code = await database.write(admins.issue_claim_code, tenants, starting=starting)
            starting = False
            if code:
                log.warning("no admin yet; whoever writes this to the bot becomes one: claim %s", code)
        await asyncio.sleep(AGAIN_SECONDS)
