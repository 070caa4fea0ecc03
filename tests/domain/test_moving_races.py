"""A guest's mailbox moves while something else happens to the guest: what was read before the lock is read again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from domain import repairs
from domain.errors import LinkReplaced
from domain.request_errors import OthersConcerned
from tests.domain.test_identities import enter, invited
from tests.domain.world import ALICE, BOB, GROUP, GWEN, TEAM, World

pytestmark = pytest.mark.postgres
NEW = "gwen@northwind.example"
LOOKS = 5000


@asynccontextmanager
async def holding(world: World, table: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else has the table's rows until the end of the block."""
    url = world.database.engine.url.replace("+asyncpg", "")  # type: ignore[attr-defined]
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(f"SELECT 1 FROM {table} FOR UPDATE")
            yield connection
    finally:
        await connection.close()


async def until_waiting(connection: asyncpg.Connection, number: int) -> None:
    for _ in range(LOOKS):
        if await connection.fetchval("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted") == number:
            return
    pytest.fail("nobody waits for anything")


async def test_the_old_mailboxs_account_is_not_linked_again_by_a_sign_in_that_began_before(racing: World) -> None:
    await enter(await invited(racing))
    racing.clock.move(minutes=2)
    old = await racing.opens()
    async with holding(racing, "invitations") as rows:
        move = asyncio.create_task(racing.do(repairs.move, TEAM, ALICE, GWEN, NEW))
        await until_waiting(rows, 1)
        back = asyncio.create_task(enter(old))
        await until_waiting(rows, 2)
    assert (await move).address == NEW
    with pytest.raises(LinkReplaced):
        await back
    assert await racing.rows("SELECT * FROM identities") == []
    assert await racing.rows("SELECT * FROM sessions WHERE ended_at IS NULL") == []


async def test_an_owner_who_comes_to_be_concerned_meanwhile_is_asked_too(racing: World) -> None:
    await racing.settle(GROUP, BOB)
    await racing.guest()
    async with holding(racing, "guests") as rows:
        move = asyncio.create_task(racing.do(repairs.move, TEAM, ALICE, GWEN, NEW))
        await until_waiting(rows, 1)
        await racing.invite(where=GROUP, by=BOB)
    with pytest.raises(OthersConcerned):
        await move
    assert (await racing.card()).address == GWEN
