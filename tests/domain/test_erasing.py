"""Personal data goes when it is not needed any more, or when its owner says so: nowhere in the database is it left."""

import json
from typing import Any

import pytest
from sqlalchemy import String
from sqlmodel import AutoString, SQLModel

from domain import audit, blocks, erasing, erasing_asked, housekeeping, invitations, received, requests, resources
from domain.erasure import scrubbed
from domain.errors import IllegalMove, NoSession, NotAdmin
from domain.life_refusals import NothingToErase
from domain.views import Status, Target
from domain.wishes import Wishes
from storage.erasing import ERASED, KEPT
from tests.domain.second_factors import Holder
from tests.domain.world import (
    ALICE,
    BOB,
    CHARLIE,
    CONTOSO,
    DORA,
    FOREIGN,
    GROUP,
    GWEN,
    TAILSPIN,
    TEAM,
    Browser,
    World,
)

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
    assert await traces(world, "gwen") == {}


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
    with pytest.raises(IllegalMove):
        await world.do(invitations.resend, TEAM, ALICE, Target(invitation_id, version))
    with pytest.raises(IllegalMove):
        await world.do(invitations.extend, TEAM, ALICE, Target(invitation_id, version), None)


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


async def _everywhere(world: World) -> Browser:
    """Gwen is in every table that could know her."""
    world.settings["admins"] = frozenset({DORA.person_id})
    await wished(world)
    await world.deliver()
    await world.post()
    browser = await world.comes_in()
    await Holder(browser).sets_up_app()
    await world.do(resources.add, TEAM, ALICE, "Wiki", "https://wiki.contoso.example/")
    world.clock.move(minutes=2)
    await browser.asks()
    await world.bounce(f"550 <{GWEN.upper()}> is full")
    await world.invite("other@x.example")
    holder = await world.opens("other@x.example")
    assert holder.link
    held = (holder.link.tenant_id, holder.link.invitation_id, holder.link.token_hash)
    await world.do(requests.ask, *held, GWEN, f"I am {NAME}", client="c")
    await world.do(invitations.draft, TEAM, ALICE, ("b@x.example", GWEN.upper()), None)
    ((workspace_id,),) = await world.rows("SELECT workspace_id FROM workspaces")
    wanted = json.dumps({"addresses": [GWEN], "wishes": {"name": NAME, "message": MESSAGE}})
    await world.change(
        "INSERT INTO approvals (approval_id, tenant_id, workspace_id, asked_by, wishes, reason, asked_at, expires_at, "
        "note, outcome, service_url, conversation_id, bot_id, locale, version) "
        "VALUES ('a', :tenant, :workspace, 'alice-id', :wanted, '', :now, :now, '', :outcome, '', '', '', '', 1)",
        tenant=CONTOSO, workspace=workspace_id, wanted=wanted, now=world.clock.now,
        outcome=json.dumps({"invited": 0, "left_out": [GWEN]}),
    )  # fmt: skip
    await world.change(
        "INSERT INTO bulk_rows (bulk_id, number, tenant_id, given, address, address_key, wishes) "
        "VALUES ('b', 1, :tenant, :given, :address, :address, :name)",
        tenant=CONTOSO, given=f"{NAME} <{GWEN}>", address=GWEN, name=NAME,
    )  # fmt: skip
    answer = json.dumps({"value": f"{GWEN} is in"})
    await world.do(received.once, "click", lambda _: answer, lambda _: True)
    return browser


async def test_who_asks_is_erased_from_every_table_at_once(world: World) -> None:
    browser = await _everywhere(world)
    assert len(await traces(world, "gwen")) >= 9
    view = await world.do(erasing_asked.ask, TEAM, DORA, GWEN.upper())
    assert (view.address, view.invitations, view.accesses, view.done) == (GWEN, 1, 1, False)
    done = await world.do(erasing_asked.erase, TEAM, DORA, view.invitation_id)
    assert done.done
    assert await traces(world, "gwen", NAME, MESSAGE) == {}
    with pytest.raises(NoSession):
        await browser.page()
    told = await world.look(lambda work: list(audit.export(work, CONTOSO)))
    assert {each["address"] for each in told if each["guest_id"]} == {done.address}
    assert await world.look(audit.verify, CONTOSO) is None
    assert (await world.card("other@x.example")).status is not Status.REVOKED
    await world.post()
    shown = {each: repr(post.view) for each, post in world.chat.items() if "gwen" in repr(post.view).lower()}
    assert shown == {}
    with pytest.raises(NothingToErase):
        await world.do(erasing_asked.erase, TEAM, DORA, view.invitation_id)
    assert await world.invite(GWEN)


async def test_who_was_never_invited_after_all_is_forgotten_too(world: World) -> None:
    await _everywhere(world)
    await world.change("UPDATE bulk_rows SET done_at = :now", now=world.clock.now)
    world.clock.move(days=30, seconds=-1)
    assert await world.do(erasing.stale) == 0
    world.clock.move(seconds=2)
    assert await world.do(erasing.stale) == 2
    assert await world.do(erasing.stale) == 0
    assert not {"approvals", "bulk_rows"} & (await traces(world, "gwen", NAME, MESSAGE)).keys()


async def test_only_admins_erase_and_others_learn_nothing(world: World) -> None:
    await world.guest()
    ((invitation_id,),) = await world.rows("SELECT invitation_id FROM invitations")
    before = await world.contents()
    for who in (ALICE, BOB):
        with pytest.raises(NotAdmin):
            await world.do(erasing_asked.ask, TEAM, who, GWEN)
        with pytest.raises(NotAdmin):
            await world.do(erasing_asked.erase, TEAM, who, invitation_id)
    assert await world.contents() == before
    world.settings["admins"] = frozenset({DORA.person_id})
    with pytest.raises(NothingToErase):
        await world.do(erasing_asked.ask, TEAM, DORA, "nobody@x.example")


async def test_another_tenants_guest_of_the_same_address_stays(world: World) -> None:
    await world.settle(FOREIGN, CHARLIE)
    await world.guest()
    world.clock.move(hours=2)
    browser = await world.guest(where=FOREIGN, by=CHARLIE)
    before = {name: [row for row in rows if TAILSPIN in row] for name, rows in (await world.contents()).items()}
    await world.do(erasing_asked.by_operator, CONTOSO, GWEN)
    after = {name: [row for row in rows if TAILSPIN in row] for name, rows in (await world.contents()).items()}
    assert after == before
    assert (await browser.page()).address == GWEN


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
    "approvals": {"decision", "service_url", "locale"},
    "bulk_rows": {"verdict"},
    "outbox": {"channel", "kind", "unique_key", "owner"},
    "received": {"activity_key"},
    "factors": set(),
}
"""Words of ours, and names of channels."""
