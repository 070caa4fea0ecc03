"""Personal data goes when it is not needed any more, or when its owner says so: nowhere in the database is it left."""

import json
from typing import Any

import pytest
from sqlalchemy import String
from sqlmodel import AutoString, SQLModel

from domain import audit, blocks, erasing, housekeeping, invitations
from domain.erasure import scrubbed
from domain.views import Status, Target
from domain.wishes import Wishes
from storage.erasing import ERASED, KEPT
from tests.domain.world import ALICE, CONTOSO, GROUP, GWEN, TEAM, World

NAME = "Gwendolyn Unmistakable"
MESSAGE = "Dear Gwendolyn, welcome aboard"


async def sweep(world: World, most: int = erasing.PAGE) -> int:
    """As the worker does."""
    erased = 0
    while found := await world.look(erasing.over, most):
        erased += await world.do(erasing.erase_all, found)
    return erased


async def traces(world: World, *words: str) -> dict[str, list[Any]]:
    """Where anything of these words stands, in the whole database."""
    contents = await world.contents()
    found = {
        name: [row for row in rows if any(word.lower() in row.lower() for word in words)]
        for name, rows in contents.items()
    }
    return {name: rows for name, rows in found.items() if rows}


async def wished(world: World, *addresses: str) -> None:
    wishes = Wishes(name=NAME, message=MESSAGE)
    await world.do(invitations.invite, TEAM, ALICE, addresses or (GWEN,), None, wishes=wishes)


async def ended(world: World, how: str) -> None:
    """An invitation that nobody took, over since now."""
    await wished(world)
    if how == "bounced":
        await world.bounce(f"550 5.1.1 <{GWEN}> no such user")
        await world.do(invitations.revoke, TEAM, ALICE, GWEN)
        return
    browser = await world.opens()
    if how == "declined":
        await browser.declines()
    elif how == "revoked":
        await world.do(invitations.revoke, TEAM, ALICE, GWEN)
    else:
        world.clock.move(days=14)


@pytest.mark.parametrize("how", ["declined", "revoked", "expired", "bounced"])
async def test_an_invitation_that_nobody_took_is_erased_thirty_days_after_it_ended(world: World, how: str) -> None:
    await ended(world, how)
    world.clock.move(days=30, seconds=-2)
    assert await sweep(world) == 0
    world.clock.move(seconds=3)
    assert await sweep(world) == 1
    while await world.do(housekeeping.sweep):
        pass
    assert await traces(world, "gwen", NAME, MESSAGE) == {}
    assert (await world.events())[-1] == "invitation.erased"
    assert await world.look(audit.verify, CONTOSO) is None


async def test_a_replaced_invitation_is_erased_and_the_new_one_is_not(world: World) -> None:
    await ended(world, "expired")
    world.clock.move(days=29)
    await wished(world)
    world.clock.move(days=2)
    assert await sweep(world) == 1
    assert (await world.card()).status is Status.SENDING
    rows = await world.rows("SELECT address, name, erased_at FROM invitations ORDER BY created_at")
    assert [row.erased_at is not None for row in rows] == [True, False]
    assert (rows[1].address, rows[1].name) == (GWEN, NAME)


async def test_a_guest_is_erased_ninety_days_after_the_last_access_ended(world: World) -> None:
    await world.settle(GROUP, ALICE)
    await wished(world)
    await world.comes_in()
    world.clock.move(minutes=5)
    await world.guest(where=GROUP)
    await world.do(invitations.remove, TEAM, ALICE, GWEN)
    world.clock.move(days=20)
    await world.do(invitations.remove, GROUP, ALICE, GWEN)
    world.clock.move(days=90, seconds=-1)
    assert await sweep(world) == 0
    world.clock.move(seconds=2)
    assert await sweep(world) == 1
    while await world.do(housekeeping.sweep):
        pass
    assert await traces(world, "gwen", NAME, MESSAGE) == {}
    (guest,) = await world.rows("SELECT address FROM guests")
    rows = await world.rows("SELECT DISTINCT address FROM invitations")
    assert [row.address for row in rows] == [guest.address]
    assert (await world.events())[-3:] == ["invitation.erased", "invitation.erased", "guest.erased"]


async def test_access_that_ran_out_counts_from_its_end(world: World) -> None:
    await world.invite(days=5)
    await world.comes_in()
    world.clock.move(days=94)
    assert await sweep(world) == 0
    world.clock.move(days=2)
    assert await sweep(world) == 1


async def test_a_guest_invited_anew_within_the_time_is_not_erased(world: World) -> None:
    await world.guest()
    await world.do(invitations.remove, TEAM, ALICE, GWEN)
    world.clock.move(days=85)
    await world.invite()
    world.clock.move(days=6)
    assert await sweep(world) == 0
    world.clock.move(days=9)
    assert await sweep(world) == 1  # that invitation ran out too
    (row,) = await world.rows("SELECT erased_at FROM guests")
    assert row.erased_at is not None


async def test_a_guest_who_is_in_is_never_erased(world: World) -> None:
    await world.invite(days=365)
    await world.comes_in()
    world.clock.move(days=360)
    assert await sweep(world) == 0


async def test_it_goes_page_by_page_and_a_broken_unit_leaves_the_others_whole(world: World) -> None:
    await wished(world, *(f"gwen{number}@fabrikam.example" for number in range(5)))
    world.clock.move(days=45)
    first = await world.look(erasing.over, 2)
    assert len(first) == 2
    assert await world.do(erasing.erase_all, first) == 2

    def broken(work: Any, found: Any) -> None:
        erasing.erase_all(work, found)
        raise RuntimeError("killed")

    second = await world.look(erasing.over, 2)
    before = await world.contents()
    with pytest.raises(RuntimeError):
        await world.do(broken, second)
    assert await world.contents() == before
    assert await world.do(erasing.erase_all, first) == 0
    assert await sweep(world, 2) == 3
    assert await traces(world, "gwen") == {"outbox": []} or await traces(world, "gwen") == {}


async def test_one_that_was_opened_again_meanwhile_is_left_alone(world: World) -> None:
    await wished(world)
    world.clock.move(days=45)
    found = await world.look(erasing.over)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    assert await world.do(erasing.erase_all, found) == 0
    assert (await world.card()).address == GWEN


async def test_the_card_shows_nobody_and_lists_leave_it_out(world: World) -> None:
    await world.invite()
    await world.deliver()
    await world.post()
    world.clock.move(days=45)
    await sweep(world)
    await world.post()
    ((invitation_id, version),) = await world.rows("SELECT invitation_id, version FROM invitations")
    card = world.chat[invitation_id]
    assert card.view.erased
    assert card.activity_id
    assert "gwen" not in repr(card.view)
    assert (await world.look(invitations.listing, TEAM, ALICE, "all", 1)).total == 0
    from domain.errors import IllegalMove

    for operation in (invitations.resend, invitations.extend):
        with pytest.raises(IllegalMove):
            more = (None,) if operation is invitations.extend else ()
            await world.do(operation, TEAM, ALICE, Target(invitation_id, version), *more)


async def test_a_card_that_is_gone_is_not_posted_again_for_somebody_erased(world: World) -> None:
    await world.invite()
    world.clock.move(days=45)
    await sweep(world)
    world.chat.clear()
    await world.post()
    assert world.chat == {}


async def test_a_block_outlives_the_address(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    assert browser.link
    await world.do(blocks.block, browser.link.tenant_id, browser.link.invitation_id, browser.link.token_hash)
    world.clock.move(days=31)
    assert await sweep(world) == 1
    assert await world.look(blocks.among, CONTOSO, [GWEN]) == {GWEN}


async def test_the_audit_stays_whole_and_tells_a_pseudonym(world: World) -> None:
    await ended(world, "declined")
    world.clock.move(days=31)
    await sweep(world)
    told = await world.look(lambda work: list(audit.export(work, CONTOSO)))
    named = {each["address"] for each in told if each["invitation_id"]}
    assert len(named) == 1
    assert named.pop().startswith("erased-")
    assert "gwen" not in json.dumps(told, default=str).lower()


def test_texts_lose_the_address_and_what_is_said_of_the_person() -> None:
    text = json.dumps({"addresses": ["Gwen@x.example", "b@x.example"], "wishes": {"name": "G", "message": "hi"}})
    assert json.loads(scrubbed(text, "gwen@x.example", "erased-1")) == {
        "addresses": ["erased-1", "b@x.example"],
        "wishes": {"name": "", "message": ""},
    }
    assert scrubbed("ask gwen@x.example why", "gwen@x.example", "erased-1") == "ask erased-1 why"


def test_every_text_in_the_database_is_thought_of() -> None:
    """A new table or column is either erased, or told why it says nothing of guests."""
    tables = SQLModel.metadata.tables
    assert not ERASED.keys() & KEPT.keys()
    assert ERASED.keys() | KEPT.keys() == tables.keys()
    for name, considered in ERASED.items():
        texts = {each.name for each in tables[name].columns if isinstance(each.type, String | AutoString)}
        ids = {each for each in texts if each.endswith(("_id", "_by"))}
        assert considered <= texts
        assert texts - ids - considered - HARMLESS[name] == set(), name
    for name in KEPT:
        personal = {"address", "address_key", "addresses", "message", "given", "email", "wishes"}
        found = personal & {each.name for each in tables[name].columns}
        assert not found or name == "people", name


HARMLESS: dict[str, set[str]] = {name: set() for name in ERASED}
HARMLESS |= {
    "invitations": {"language", "surface"},
    "guests": {"language"},
    "passcodes": {"language"},
    "sessions": {"end_reason"},
    "requests": {"kind", "decision", "service_url", "locale"},
    "approvals": {"decision"},
    "bulk_rows": {"verdict"},
    "outbox": {"channel", "kind", "unique_key", "owner"},
    "received": {"activity_key"},
    "factors": set(),
}
"""Words of ours, and names of channels."""
