"""Lists of people: looked through first, then each guest once – whatever happens meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import bulk_showing, bulk_work, bulks, housekeeping, inquiries, invitations, lists, workspaces
from domain.bulk_errors import UnknownList
from domain.bulk_views import BulkView, Fault, Outcome, State
from domain.errors import FeatureOff, NotOwner, WrongDays
from domain.policies import Forbidden
from domain.views import InvitationMail, Kind, Problem, Surface
from tests.domain.world import ALICE, BOB, CHAT, GROUP, GWEN, TEAM, World

PLENTY = {"owner_hour": 100_000, "workspace_day": 100_000, "tenant_day": 100_000, "workspace_open": 100_000}


def listed(*rows: str, header: str = "email") -> Any:
    return lists.read("\n".join([header, *rows]).encode())


def guests(number: int, start: int = 0) -> Any:
    return listed(*(f"guest{each}@fabrikam.example" for each in range(start, start + number)))


async def given(world: World, some: Any, **more: Any) -> BulkView:
    where, by = more.pop("where", TEAM), more.pop("by", ALICE)
    return await world.do(bulks.preview, where, by, some, "people.csv", **more)


async def confirmed(world: World, some: Any, **more: Any) -> BulkView:
    view = await given(world, some, **more)
    return await world.do(bulks.confirm, more.get("where", TEAM), more.get("by", ALICE), view.bulk_id)


async def now(world: World, view: BulkView, only: str = "") -> BulkView:
    return await world.look(lambda work: bulk_showing.view(
        work, bulks._row(work, ALICE.tenant_id, view.bulk_id), Kind.PERSONAL, only
    ))  # fmt: skip


async def invited(world: World) -> list[str]:
    rows = await world.rows("SELECT address FROM invitations ORDER BY address")
    return [row.address for row in rows]


def card(world: World) -> Any:
    (post,) = [each for each in world.chat.values() if isinstance(each.view, BulkView)]
    return post


async def test_a_preview_tells_every_row_and_invites_nobody(world: World) -> None:
    await world.policy(denied_domains=("evil.example",))
    await world.guest("in@x.example")
    await world.invite("open@x.example")
    before = await invited(world)
    view = await given(
        world,
        listed(
            "new@x.example,", "IN@x.example,", "open@x.example,", "new@X.example,", "no one,", "a@evil.example,",
            "a@gmial.com,", "b@x.example,900", header="email,days",
        ),
    )  # fmt: skip
    assert [(line.number, line.outcome, line.why) for line in view.lines] == [
        (2, Outcome.NEW, ""),
        (3, Outcome.GUEST, ""),
        (4, Outcome.OPEN, ""),
        (5, Outcome.DUPLICATE, "2"),
        (6, Outcome.BAD, Problem.MALFORMED),
        (7, Outcome.FORBIDDEN, ""),
        (8, Outcome.TYPO, "gmail.com"),
        (9, Outcome.BAD, Fault.DAYS),
    ]
    barrier = view.lines[5].barrier
    assert barrier
    assert barrier.reason is Forbidden.DENIED_DOMAIN
    assert (view.state, view.rows, view.count(Outcome.NEW), view.left) == (State.PREVIEW, 8, 1, 4)
    assert await invited(world) == before
    await world.due()
    assert await invited(world) == before


async def test_what_was_confirmed_is_invited_with_each_rows_wishes_and_without_cards_of_their_own(world: World) -> None:
    view = await confirmed(
        world, listed("gwen@fabrikam.example,Gwen,de,30", "peter@x.example,,,", header="email,name,language,days")
    )
    assert view.state is State.RUNNING
    await world.due()
    rows = await world.rows("SELECT address, name, language, access_days, bulk_id FROM invitations ORDER BY address")
    assert [tuple(row) for row in rows] == [
        ("gwen@fabrikam.example", "Gwen", "de", 30, view.bulk_id),
        ("peter@x.example", None, "en", 90, view.bulk_id),
    ]
    await world.deliver()
    await world.post()
    assert len(world.inbox) == 2
    assert len(world.chat) == 1
    assert card(world).view.state is State.DONE


async def test_one_card_tells_how_far_it_has_come_and_who_came_in(world: World) -> None:
    await given(world, guests(3))
    await world.post()
    assert card(world).view.state is State.PREVIEW
    assert card(world).conversation_id == TEAM.conversation_id
    await world.do(bulks.confirm, TEAM, ALICE, card(world).view.bulk_id)
    world.clock.move(seconds=5)
    await world.due()
    await world.comes_in("guest1@fabrikam.example")
    for _ in range(3):
        world.clock.move(seconds=5)
        await world.post()
    shown = card(world)
    assert (shown.view.sent, shown.view.redeemed, shown.view.failed) == (3, 1, 0)
    assert shown.activity_id is not None
    assert await world.rows("SELECT * FROM cards") == []


async def test_the_same_list_twice_makes_nothing_and_shows_the_first_one(world: World) -> None:
    first = await confirmed(world, guests(2))
    await world.due()
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    again = await given(world, listed("GUEST0@fabrikam.example", "guest1@fabrikam.example", header="E-Mail"), by=BOB)
    assert (again.bulk_id, again.known, again.state, again.by) == (first.bulk_id, True, State.DONE, ALICE.name)
    assert len(await world.rows("SELECT * FROM bulks")) == 1
    assert len(await invited(world)) == 2


async def test_another_workspace_may_have_the_same_list(world: World) -> None:
    await world.settle(GROUP)
    one, other = await given(world, guests(2)), await given(world, guests(2), where=GROUP)
    assert one.bulk_id != other.bulk_id
    assert not other.known


async def test_a_cancelled_list_invites_nobody_and_may_be_given_again(world: World) -> None:
    view = await given(world, guests(2))
    assert (await world.do(bulks.stop, TEAM, ALICE, view.bulk_id)).state is State.CANCELLED
    assert (await world.do(bulks.confirm, TEAM, ALICE, view.bulk_id)).state is State.CANCELLED
    await world.due()
    assert await invited(world) == []
    assert not (await given(world, guests(2))).known


async def test_a_list_that_is_stopped_leaves_the_rest_alone(world: World) -> None:
    world.limit(**PLENTY)
    view = await confirmed(world, guests(250))
    await world.due()
    stopped = await world.do(bulks.stop, TEAM, ALICE, view.bulk_id)
    assert (stopped.state, stopped.count(Outcome.INVITED), stopped.count(Outcome.STOPPED)) == (State.STOPPED, 200, 50)
    await world.due()
    assert len(await invited(world)) == 200
    again = await given(world, guests(250))
    assert (again.count(Outcome.OPEN), again.count(Outcome.NEW)) == (200, 50)


async def test_confirming_twice_is_confirming_once(world: World) -> None:
    view = await given(world, guests(3))
    await asyncio.gather(*(world.do(bulks.confirm, TEAM, ALICE, view.bulk_id) for _ in range(4)))
    await asyncio.gather(*(world.due() for _ in range(3)))
    assert len(await invited(world)) == 3
    assert (await world.events()).count("bulk.confirmed") == 1


@pytest.mark.postgres
async def test_two_replicas_at_once_invite_each_guest_once(racing: World) -> None:
    racing.limit(**PLENTY)
    view = await confirmed(racing, guests(300))
    for _ in range(3):
        await asyncio.gather(*(racing.do(bulk_work.carry_on, ALICE.tenant_id, view.bulk_id) for _ in range(4)))
    assert len(await invited(racing)) == len(set(await invited(racing))) == 300
    assert (await now(racing, view)).state is State.DONE


async def test_two_uploads_at_once_are_one_list(world: World) -> None:
    views = await asyncio.gather(*(given(world, guests(20)) for _ in range(4)))
    assert len({view.bulk_id for view in views}) == 1
    assert sum(view.known for view in views) == 3
    assert len(await world.rows("SELECT * FROM bulk_rows")) == 20


async def test_rows_over_a_quota_wait_visibly_and_go_on_by_themselves(world: World) -> None:
    world.limit(owner_hour=4)
    view = await confirmed(world, guests(10))
    await world.due()
    told = await now(world, view)
    assert (told.state, told.count(Outcome.INVITED), told.count(Outcome.NEW)) == (State.WAITING, 4, 6)
    assert told.again_at == world.clock.now + timedelta(hours=1)
    await world.post()
    assert card(world).view.again_at == told.again_at
    world.clock.move(minutes=59)
    await world.due()
    assert len(await invited(world)) == 4
    for _ in range(2):
        world.clock.move(minutes=61)
        await world.due()
    assert len(await invited(world)) == 10
    assert (await now(world, view)).state is State.DONE


async def test_a_full_workspace_waits_until_there_is_room(world: World) -> None:
    world.limit(workspace_open=3)
    view = await confirmed(world, guests(4))
    await world.due()
    assert ((await now(world, view)).state, len(await invited(world))) == (State.WAITING, 3)
    await world.do(invitations.revoke, TEAM, ALICE, "guest0@fabrikam.example")
    world.clock.move(minutes=61)
    await world.due()
    assert ((await now(world, view)).state, len(await invited(world))) == (State.DONE, 4)


async def test_one_mailbox_that_has_had_enough_does_not_keep_the_others(world: World) -> None:
    tagged = [f"gwen+{number}@fabrikam.example" for number in range(7)]
    view = await confirmed(world, listed(*tagged, "peter@x.example"))
    await world.due()
    assert (await now(world, view)).count(Outcome.INVITED) == 6
    assert (await now(world, view)).again_at == world.clock.now + timedelta(hours=1)
    world.clock.move(minutes=61)
    await world.due()
    assert (await now(world, view)).state is State.DONE


async def test_the_policy_is_asked_again_when_a_rows_turn_has_come(world: World) -> None:
    view = await confirmed(world, guests(2))
    await world.policy(denied_domains=("fabrikam.example",))
    await world.due()
    told = await now(world, view, "left")
    assert [line.outcome for line in told.lines] == [Outcome.FORBIDDEN] * 2
    assert (told.state, await invited(world)) == (State.DONE, [])


async def test_who_was_invited_meanwhile_is_not_invited_again(world: World) -> None:
    view = await confirmed(world, guests(2))
    await world.invite("guest1@fabrikam.example")
    await world.due()
    told = await now(world, view)
    assert (told.count(Outcome.INVITED), told.count(Outcome.OPEN)) == (1, 1)


async def test_an_expired_invitation_makes_room_for_a_lists_new_one(world: World) -> None:
    await world.invite(GWEN)
    world.clock.move(days=15)
    view = await confirmed(world, listed(GWEN))
    await world.due()
    assert (await now(world, view)).count(Outcome.INVITED) == 1
    assert len(await invited(world)) == 2


async def test_losing_the_right_stops_the_list_visibly(world: World) -> None:
    world.limit(**PLENTY)
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    view = await confirmed(world, guests(250), by=BOB)
    await world.due()
    await world.do(workspaces.remove_owner, TEAM, ALICE, BOB)
    await world.due()
    told = await now(world, view)
    assert (told.state, told.count(Outcome.INVITED), told.count(Outcome.NO_RIGHT)) == (State.STOPPED, 200, 50)
    assert len(await invited(world)) == 200


async def test_only_owners_give_see_and_confirm_lists(quick: World) -> None:
    view = await given(quick, guests(2))
    for operation in (bulks.confirm, bulks.stop, bulks.shown):
        with pytest.raises(NotOwner):
            await quick.do(operation, TEAM, BOB, view.bulk_id)
    with pytest.raises(NotOwner):
        await given(quick, guests(2), by=BOB)
    await quick.settle(GROUP, BOB)
    for bulk_id in (view.bulk_id, "unheard-of"):
        with pytest.raises(UnknownList):
            await quick.do(bulks.confirm, GROUP, BOB, bulk_id)


async def test_ones_own_list_can_be_handled_in_ones_own_chat_while_one_owns_the_workspace(quick: World) -> None:
    view = await given(quick, guests(2))
    assert (await quick.do(bulks.shown, CHAT, ALICE, view.bulk_id, "all")).workspace == TEAM.name
    await quick.do(workspaces.add_owner, TEAM, ALICE, BOB)
    await quick.do(workspaces.remove_owner, TEAM, ALICE, ALICE)
    with pytest.raises(NotOwner):
        await quick.do(bulks.confirm, CHAT, ALICE, view.bulk_id)


async def test_a_whole_list_may_have_its_days(quick: World) -> None:
    with pytest.raises(WrongDays):
        await given(quick, guests(2), days=366)
    await confirmed(quick, listed(GWEN + ",", "peter@x.example,7", header="email,days"), days=30)
    await quick.due()
    rows = await quick.rows("SELECT access_days FROM invitations ORDER BY address")
    assert [row.access_days for row in rows] == [30, 7]


async def test_lists_of_scripts_need_passcodes_on_their_own_surface(quick: World) -> None:
    quick.vetoes = frozenset({("email_passcode", Surface.API)})
    with pytest.raises(FeatureOff):
        await given(quick, guests(1), surface=Surface.API)
    quick.vetoes = frozenset()
    await confirmed(quick, guests(1), surface=Surface.API)
    await quick.due()
    assert [row.surface for row in await quick.rows("SELECT surface FROM invitations")] == ["api"]


async def test_rows_are_found_page_by_page(quick: World) -> None:
    view = await given(quick, guests(25))
    assert (view.pages, len(view.lines)) == (3, 10)
    last = await quick.do(bulks.shown, TEAM, ALICE, view.bulk_id, "all", 99)
    assert (last.page, [line.number for line in last.lines]) == (3, [22, 23, 24, 25, 26])


async def test_mails_of_a_list_are_like_any_other(quick: World) -> None:
    await confirmed(quick, listed(GWEN))
    await quick.due()
    await quick.comes_in(GWEN)
    assert len(quick.mails(InvitationMail)) == 1
    assert (await quick.card(GWEN)).status == "redeemed"


async def test_explanations_of_a_list_cost_no_query_for_each_row(quick: World) -> None:
    queries: list[str] = []

    def counting(work: Any, some: Any) -> None:
        one, everything = work.one, work.all
        work.one = lambda *args: queries.append("one") or one(*args)
        work.all = lambda *args: queries.append("all") or everything(*args)
        bulks.look(work, TEAM, ALICE, some, Surface.CHAT)

    await quick.look(counting, guests(500))
    assert len(queries) < 20
    assert inquiries.MOST < 20


async def test_lists_are_forgotten_thirty_days_after_they_ended(world: World) -> None:
    """They hold addresses of people who never agreed to anything."""
    await confirmed(world, listed("gwen@fabrikam.example", "no one"))
    await world.due()
    await given(world, listed("never@x.example"))
    view = await given(world, listed("cancelled@x.example"))
    await world.do(bulks.stop, TEAM, ALICE, view.bulk_id)
    world.clock.move(days=29)
    await world.do(housekeeping.sweep)
    assert len(await world.rows("SELECT * FROM bulks")) == 3
    world.clock.move(days=2)
    while await world.do(housekeeping.sweep, 2):
        pass
    assert await world.rows("SELECT * FROM bulks") == await world.rows("SELECT * FROM bulk_rows") == []
    assert await invited(world) == ["gwen@fabrikam.example"]


async def test_a_list_that_goes_on_is_not_forgotten(world: World) -> None:
    world.limit(owner_hour=1)
    await confirmed(world, guests(3))
    await world.due()
    world.clock.move(days=31)
    await world.do(housekeeping.sweep)
    assert len(await world.rows("SELECT * FROM bulk_rows")) == 3
