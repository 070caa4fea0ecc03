"""Second factors where units really run at the same time: of many that try one thing, one wins."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from domain import authenticators, factor_resets, passkeys, recovery
from domain.errors import NoSession, SecondFactorNeeded
from domain.factor_errors import FactorPaused
from domain.factor_views import Mistake, Passed
from tests.domain.second_factors import Holder, again, first_factor
from tests.domain.soft_key import SITE, SoftKey
from tests.domain.world import ALICE, DORA, GWEN, TEAM, World

pytestmark = pytest.mark.postgres
MANY = 12


async def at_once(*attempts: Awaitable[Any]) -> list[Any]:
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    unexpected = [
        each
        for each in outcomes
        if not isinstance(each, Passed | Mistake | NoSession | SecondFactorNeeded | FactorPaused)
    ]
    assert not unexpected
    return outcomes


def won(outcomes: list[Any]) -> int:
    return sum(isinstance(each, Passed) for each in outcomes)


async def sessions(holder: Holder, number: int) -> list[Holder]:
    holder.world.limit(passcodes_hour=100, passcodes_day=1000, mailbox_passcodes_hour=100, tries_hour=100)
    return [await again(holder) for _ in range(number)]


async def test_one_code_of_an_app_lets_one_session_in(racing: World) -> None:
    holder = await first_factor(racing)
    await holder.sets_up_app()
    others = await sessions(holder, 4)
    code = others[0].code()
    outcomes = await at_once(
        *(racing.do(authenticators.enter, each.visitor, code) for each in others for _ in range(3))
    )
    assert won(outcomes) == 1


async def test_one_recovery_code_lets_one_session_in(racing: World) -> None:
    holder = await first_factor(racing)
    await holder.sets_up_app()
    others = await sessions(holder, 4)
    outcomes = await at_once(
        *(racing.do(recovery.recover, each.visitor, holder.codes[0]) for each in others for _ in range(3))
    )
    assert won(outcomes) == 1
    assert len(await racing.rows("SELECT * FROM recovery_codes WHERE used_at IS NOT NULL")) == 1


async def test_one_answer_of_a_passkey_counts_once(racing: World) -> None:
    holder = await first_factor(racing)
    await holder.registers(SoftKey(count=None))
    (other,) = await sessions(holder, 1)
    answer = other.keys[0].get(await other.look(passkeys.request, SITE))
    outcomes = await at_once(*(racing.do(passkeys.sign_in, other.visitor, SITE, answer) for _ in range(MANY)))
    assert won(outcomes) == 1


async def test_the_first_second_factor_is_set_up_once(racing: World) -> None:
    """Two browsers of one mailbox: the slower one has to show what the quicker one set up."""
    holder = await first_factor(racing)
    others = [holder, *await sessions(holder, 2)]
    for each in others:
        await each.begins()
    outcomes = await at_once(
        *(racing.do(authenticators.confirm, each.visitor, each.code()) for each in others for _ in range(3))
    )
    assert won(outcomes) == 1
    assert len(await racing.rows("SELECT * FROM factors WHERE confirmed_at IS NOT NULL")) == 1
    assert len(await racing.rows("SELECT * FROM recovery_codes")) == 10


async def test_no_more_codes_are_compared_than_may_be_however_many_come_at_once(racing: World) -> None:
    """A2."""
    holder = await first_factor(racing)
    await holder.sets_up_app()
    (other,) = await sessions(holder, 1)
    outcomes = await at_once(*(racing.do(authenticators.enter, other.visitor, f"{n:06d}") for n in range(24)))
    assert sum(each is Mistake.WRONG for each in outcomes) <= 5
    assert (await racing.events()).count("second_factor.wrong") <= 5


async def test_a_reset_and_a_sign_in_at_once_leave_no_session_behind(racing: World) -> None:
    racing.settings["admins"] = frozenset({DORA.person_id})
    holder = await first_factor(racing)
    await holder.sets_up_app()
    others = await sessions(holder, 3)
    view = await racing.do(factor_resets.ask, TEAM, ALICE, GWEN)
    decided = [racing.do(factor_resets.confirm, TEAM, DORA, view.request_id) for _ in range(4)]
    await asyncio.gather(
        *decided,
        *(racing.do(authenticators.enter, each.visitor, each.code()) for each in others),
        *(racing.do(recovery.recover, each.visitor, holder.codes[1]) for each in others),
        return_exceptions=True,
    )
    assert not await racing.rows("SELECT * FROM sessions WHERE ended_at IS NULL")
    assert not await racing.rows("SELECT * FROM factors")
    assert (await racing.events()).count("second_factor.reset") == 1
