"""Many changes, many cards, and a chat that enforces its limits and loses messages (C3, I2, I4, I5)."""

import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain import invitations, workspaces
from domain.limits import Numbers
from domain.views import SignedIn
from tests.domain.world import ALICE, GWEN, World, build
from tests.outbox.cards.storms import Storm, storm
from tests.servers.botframework import Cloud

pytestmark = pytest.mark.sockets
MANY = Numbers(owner_hour=9999, workspace_day=9999, tenant_day=9999, workspace_open=9999)


@pytest.fixture
async def quick(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[World]:
    world = build(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'gatehouse.db')}")
    world.settings["numbers"] = MANY
    yield world
    await world.database.close()


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud("app", "password")
    yield cloud
    cloud.stop()


@pytest.fixture
async def team(quick: World, cloud: Cloud) -> AsyncIterator[Storm]:
    async with storm(quick, cloud) as made:
        yield made


async def test_a_thousand_changes_of_one_card_in_ten_seconds_are_few_edits_and_the_last_is_shown(team: Storm) -> None:
    """I5"""
    view = await team.world.invite(where=team.place)
    await team.settles(timedelta(minutes=1))
    for _ in range(1000):
        team.world.clock.move(milliseconds=10)
        await team.changes(view.invitation_id)
        await team.works()
    await team.settles(timedelta(minutes=5))
    assert team.cloud.violations == []
    assert len(team.calls("POST")) == 1
    assert len(team.calls("PUT")) <= 7, "two seconds apart"
    assert team.shown() == await team.now_shown()
    (row,) = await team.world.rows("SELECT version FROM invitations")
    assert row.version == 1001


async def test_a_hundred_cards_of_one_conversation_are_all_right_within_five_minutes(team: Storm) -> None:
    """I2"""
    await team.world.invite(*(f"guest{number}@fabrikam.example" for number in range(100)), where=team.place)
    ids = [row.invitation_id for row in await team.world.rows("SELECT invitation_id FROM invitations")]
    begun = team.world.clock.now
    for _ in range(20):
        await team.works()
        for each in ids[::7]:
            await team.changes(each)
    for each in ids:
        await team.changes(each)
    await team.settles(timedelta(minutes=10))
    assert team.cloud.violations == []
    assert len(team.calls("POST")) == 100
    assert all(call.status < 300 for call in team.cloud.calls.entries)
    assert team.shown() == await team.now_shown()
    assert team.world.clock.now - begun <= timedelta(minutes=5)


async def test_more_cards_than_five_minutes_hold_break_no_limit_and_none_is_given_up(team: Storm) -> None:
    """I2"""
    await team.world.invite(*(f"guest{number}@fabrikam.example" for number in range(300)), where=team.place)
    await team.settles(timedelta(hours=2))
    assert team.cloud.violations == []
    assert len(team.calls("POST")) == 300
    assert team.shown() == await team.now_shown()
    assert not await team.world.rows("SELECT 1 FROM outbox WHERE dead_at IS NOT NULL")


async def test_a_chat_that_says_too_many_requests_is_left_alone_for_as_long_as_it_says(team: Storm) -> None:
    """I2"""
    view = await team.world.invite(where=team.place)
    await team.settles(timedelta(minutes=1))
    team.cloud.answer(lambda call: call.method == "PUT", 429, headers={"Retry-After": "600"})
    await team.changes(view.invitation_id)
    asked_at = team.world.clock.now
    team.world.clock.move(seconds=3)
    await team.works()
    assert [call.status for call in team.calls("PUT")] == [429]
    await team.settles(timedelta(minutes=20))
    assert [call.status for call in team.calls("PUT")] == [429, 200]
    assert team.world.clock.now - asked_at >= timedelta(seconds=600)
    assert team.shown() == await team.now_shown()


async def test_a_deleted_card_is_posted_again_exactly_once_and_the_guest_comes_in_all_the_same(team: Storm) -> None:
    """I4"""
    view = await team.world.invite(where=team.place)
    await team.settles(timedelta(minutes=1))
    browser = await team.world.asks()
    team.cloud.answer(lambda call: call.method == "PUT", 404, code="ActivityNotFoundInConversation", times=9)
    for _ in range(10):
        team.world.clock.move(minutes=1)
        await team.changes(view.invitation_id)
        await team.settles(timedelta(minutes=5))
    assert (len(team.calls("POST")), len(team.calls("PUT"))) == (2, 2)
    browser = await team.world.asks()
    assert isinstance(await browser.types(team.world.passcode()), SignedIn)
    await team.settles(timedelta(minutes=5))
    assert (len(team.calls("POST")), len(team.calls("PUT"))) == (2, 2)


async def test_where_the_bot_was_removed_it_is_quiet_until_it_comes_back(team: Storm) -> None:
    """I4"""
    view = await team.world.invite(where=team.place)
    await team.settles(timedelta(minutes=1))
    team.cloud.answer(lambda call: call.method == "PUT", 403, code="BotNotInConversationRoster", times=99)
    for _ in range(10):
        team.world.clock.move(minutes=1)
        await team.changes(view.invitation_id)
        await team.settles(timedelta(minutes=5))
    assert len(team.calls("PUT")) == 1
    await team.world.do(workspaces.departed, team.place)
    team.cloud.scripts.clear()
    await team.world.do(workspaces.arrived, team.place, ALICE)
    await team.settles(timedelta(minutes=5))
    assert [call.status for call in team.calls("PUT")] == [403, 200]
    assert team.shown() == await team.now_shown()
    await team.world.do(invitations.revoke, team.place, ALICE, GWEN)
    await team.settles(timedelta(minutes=5))
    assert team.shown() == await team.now_shown()
