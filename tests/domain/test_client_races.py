"""Many guests behind one address of the network, such as a company's, at the same moment."""

import asyncio

import pytest

from domain.errors import LimitReached
from domain.views import SignedIn, WrongPasscode
from storage.postgres import CONNECTIONS
from tests.domain.test_moving_races import holding, until_waiting
from tests.domain.world import Browser, World, other_code

pytestmark = pytest.mark.postgres
SECONDS = 3
"""Shorter than a lock is waited for."""


async def asking(world: World, number: int) -> dict[str, Browser]:
    """Invited guests, each with a passcode; all of them have the same client address."""
    names = [f"guest{nth}@x.example" for nth in range(number)]
    for name in names:
        await world.invite(name)
    return {name: await world.asks(name) for name in names}


async def test_a_right_passcode_does_not_wait_for_who_types_another_at_the_same_address(racing: World) -> None:
    one, other = (await asking(racing, 2)).items()
    await one[1].types(other_code(racing.passcode(one[0])))
    async with holding(racing, "limits WHERE limit_key LIKE 'client:%'"):
        entered = await asyncio.wait_for(other[1].types(racing.passcode(other[0])), SECONDS)
    assert isinstance(entered, SignedIn)


async def test_who_asks_for_a_passcode_by_address_does_not_wait_for_who_types_a_wrong_one(racing: World) -> None:
    one, other = (await asking(racing, 2)).items()
    await one[1].types(other_code(racing.passcode(one[0])))
    async with holding(racing, "limits WHERE limit_key LIKE 'client:%'"):
        await asyncio.wait_for(other[1].asks_by_address(other[0]), SECONDS)


async def test_of_many_wrong_tries_at_once_only_so_many_are_judged_and_all_are_counted(racing: World) -> None:
    """All have looked before any of them counts. What is refused at the end was compared, so its passcode has one try
    less all the same."""
    browsers = await asking(racing, CONNECTIONS)
    first, *others = browsers.items()
    racing.limit(client_tries_hour=4)
    await first[1].types(other_code(racing.passcode(first[0])))
    async with holding(racing, "limits WHERE limit_key LIKE 'client:%'") as rows:
        tries = [asyncio.create_task(browser.types(other_code(racing.passcode(name)))) for name, browser in others]
        await until_waiting(rows, len(others))
    ended = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, WrongPasscode) for each in ended) == 3
    assert sum(isinstance(each, LimitReached) for each in ended) == len(others) - 3
    assert [row.attempts for row in await racing.rows("SELECT attempts FROM passcodes")] == [1] * CONNECTIONS
    assert (await racing.events()).count("passcode.wrong") == CONNECTIONS
    with pytest.raises(LimitReached):
        await first[1].types(racing.passcode(first[0]))
