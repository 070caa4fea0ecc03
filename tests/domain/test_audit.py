"""The audit: one row for each change, a chain that shows every tampering, and no personal data in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from domain import (
    admins,
    audit,
    delivery,
    features,
    guests,
    invitations,
    mailings,
    passcodes,
    sessions,
    settings,
    workspaces,
)
from domain.errors import Refusal
from domain.views import InvitationMail, PasscodeMail, Setting, Stage, Surface
from tests.domain.world import ALICE, BOB, CONTOSO, DORA, GWEN, TEAM, World, other_code


async def _leave(world: World) -> None:
    browser = await world.guest()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await world.do(guests.leave, browser.session, (await browser.page()).memberships[0].membership_id)


async def _claim(world: World) -> None:
    code = await world.do(admins.issue_claim_code, (CONTOSO,), starting=True)
    await world.do(admins.claim, TEAM, DORA, code)


async def _wrong(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await browser.types(other_code(world.passcode()))


async def _enter(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await browser.types(world.passcode())


async def _request(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await browser.asks()


async def _withdraw(world: World) -> None:
    await world.invite()
    await world.asks()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await world.do(passcodes.withdraw, world.mails(PasscodeMail)[-1].withdraw_token)


async def _decline(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await browser.declines()


def _owner(operation: Callable[..., Any], *args: Any, guest: bool = False) -> Callable[[World], Awaitable[None]]:
    async def act(world: World) -> None:
        await (world.guest() if guest else world.invite())
        world.clock.move(seconds=61)
        world.audited = len(await world.events())  # type: ignore[attr-defined]
        await world.do(operation, TEAM, ALICE, *args)

    return act


async def _elsewhere(world: World) -> None:
    await world.guest()
    world.clock.move(minutes=2)
    browser = await world.comes_in()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await world.do(sessions.end, browser.session, None, browser.network)


async def _session(world: World, operation: Callable[..., Any], *more: Any) -> None:
    browser = await world.guest()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await world.do(operation, browser.session, *more)


async def _mail(world: World) -> None:
    await world.invite()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await world.deliver()


async def _bounce(world: World) -> None:
    await world.invite()
    world.audited = len(await world.events())  # type: ignore[attr-defined]
    await world.bounce()


async def _added_again(world: World) -> None:
    await world.do(workspaces.departed, TEAM)
    await world.do(workspaces.arrived, TEAM, ALICE)


OPERATIONS: dict[str, tuple[Callable[[World], Awaitable[Any]], list[str]]] = {
    "added, being there": (lambda world: world.do(workspaces.arrived, TEAM, ALICE), []),
    "added again": (_added_again, ["workspace.left", "workspace.added"]),
    "left": (lambda world: world.do(workspaces.departed, TEAM), ["workspace.left"]),
    "add owner": (lambda world: world.do(workspaces.add_owner, TEAM, ALICE, BOB), ["owner.added"]),
    "add owner twice": (lambda world: world.do(workspaces.add_owner, TEAM, ALICE, ALICE), []),
    "claim": (_claim, ["admin.claimed"]),
    "invite two": (lambda world: world.invite("a@x.example", "b@x.example"), ["invitation.created"] * 2),
    "invite again": (_owner(invitations.invite, (GWEN,), None), []),
    "resend": (_owner(invitations.resend, GWEN), ["invitation.resent"]),
    "correct": (_owner(invitations.correct, GWEN, "x@x.example"), ["invitation.corrected"]),
    "extend": (_owner(invitations.extend, GWEN, 5), ["invitation.extended"]),
    "extend access": (_owner(invitations.extend, GWEN, 5, guest=True), ["invitation.extended"]),
    "revoke": (_owner(invitations.revoke, GWEN), ["invitation.revoked"]),
    "revoke a guest": (_owner(invitations.revoke, GWEN, guest=True), ["invitation.revoked"]),
    "remove": (_owner(invitations.remove, GWEN, guest=True), ["membership.removed"]),
    "status": (_owner(invitations.status, GWEN), []),
    "mail": (_mail, ["invitation.sent"]),
    "bounce": (_bounce, ["invitation.undeliverable"]),
    "request": (_request, ["passcode.issued"]),
    "wrong": (_wrong, ["passcode.wrong"]),
    "enter": (_enter, ["invitation.redeemed", "session.started"]),
    "withdraw": (_withdraw, ["passcode.withdrawn"]),
    "decline": (_decline, ["invitation.declined"]),
    "leave": (_leave, ["membership.left"]),
    "sign out": (lambda world: _session(world, guests.sign_out), ["session.ended"]),
    "sign out elsewhere": (_elsewhere, ["session.ended"]),
    "speak": (lambda world: _session(world, guests.speak, "de"), ["guest.language"]),
    "tenant's setting": (
        lambda world: world.do(settings.set_tenant_by_operator, CONTOSO, features.EMAIL_PASSCODE, Setting.ENABLED),
        ["feature.set"],
    ),
    "refused": (lambda world: world.do(audit.refused, CONTOSO, "bob-id", "not_owner"), ["refused"]),
}


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_each_operation_writes_its_rows_and_no_other(quick: World, operation: str) -> None:
    act, expected = OPERATIONS[operation]
    quick.audited = len(await quick.events())  # type: ignore[attr-defined]
    await act(quick)
    assert (await quick.events())[quick.audited :] == expected  # type: ignore[attr-defined]
    assert await quick.look(audit.verify, CONTOSO) is None


async def test_rollouts_are_audited_in_the_installations_own_chain(world: World) -> None:
    await world.do(settings.set_rollout, features.EMAIL_PASSCODE, Surface.API, Stage.PREVIEW, None)
    assert await world.events(audit.INSTALLATION) == ["rollout.set"]
    assert await world.look(audit.verify, audit.INSTALLATION) is None
    assert await world.look(audit.tenants) == (audit.INSTALLATION, CONTOSO)


async def test_what_is_refused_leaves_no_row(world: World) -> None:
    await world.invite()
    before = await world.events()
    for act in (
        world.do(invitations.resend, TEAM, ALICE, GWEN),
        world.do(invitations.invite, TEAM, BOB, (GWEN,), None),
    ):
        with pytest.raises(Refusal):
            await act
    assert await world.events() == before


async def _story(world: World) -> int:
    """Ten events or so; how many."""
    await world.guest()
    await world.invite("b@x.example")
    await world.do(invitations.revoke, TEAM, ALICE, "b@x.example")
    return len(await world.events())


async def test_any_changed_deleted_or_swapped_row_is_found_with_its_number(quick: World) -> None:
    """G4: each row, each column."""
    number = await _story(quick)
    row = "FROM audit_events WHERE tenant_id = 'contoso' AND sequence"
    columns = ("at", "kind", "actor", "workspace_id", "invitation_id", "guest_id", "detail", "hash")
    edits = [
        f"UPDATE audit_events SET {each} = '2001-01-01 00:00:00.000000' WHERE sequence = {{n}}" for each in columns
    ]
    edits.append(f"DELETE {row} = {{n}}")
    for nth in range(1, number + 1):
        for edit in edits:
            assert await _found(quick, edit.format(n=nth)) == nth
    for nth in range(1, number):
        swap = (
            f"UPDATE audit_events SET sequence = CASE sequence WHEN {nth} THEN -{nth + 1} ELSE -{nth} END "
            f"WHERE sequence IN ({nth}, {nth + 1})"
        )
        assert await _found(quick, swap, "UPDATE audit_events SET sequence = -sequence WHERE sequence < 0") == nth


async def _found(world: World, *edits: str) -> int | None:
    """What verify says after the edits, which are undone."""

    class Undo(Exception):
        pass

    seen: list[int | None] = []

    def tamper(work: Any) -> None:
        for edit in edits:
            assert work.connection.execute(text(edit)).rowcount
        seen.append(audit.verify(work, CONTOSO))
        raise Undo

    with pytest.raises(Undo):
        await world.do(tamper)
    return seen[0]


async def test_cut_off_rows_are_found_even_with_the_head(world: World) -> None:
    number = await _story(world)
    last = f"DELETE FROM audit_events WHERE sequence = {number}"
    assert await _found(world, last) == number
    assert await _found(world, "DELETE FROM audit_heads") == number + 1
    assert await _found(world, last, "DELETE FROM audit_heads") == number
    assert await _found(world, "DELETE FROM audit_events") == 1
    assert await _found(world, "DELETE FROM audit_events", "DELETE FROM audit_heads") == 1
    assert await _found(world, "UPDATE audit_heads SET sequence = sequence + 1") == number + 1


async def test_a_tenant_whose_chain_is_gone_is_still_asked_after(world: World) -> None:
    await world.change("DELETE FROM audit_heads")
    assert CONTOSO in await world.look(audit.tenants)
    await world.change("DELETE FROM audit_events")
    assert CONTOSO in await world.look(audit.tenants)
    assert await world.look(audit.verify, CONTOSO) == 1


async def test_rows_of_the_audit_hold_no_addresses_and_no_names(world: World) -> None:
    await _story(world)
    await world.do(audit.refused, CONTOSO, BOB.person_id, "not_owner")
    dump = repr((await world.contents())["audit_events"]).lower()
    for personal in ("gwen", "fabrikam", "x.example", "alice owner", "launch", "@"):
        assert personal not in dump


async def test_an_export_names_people_as_long_as_they_are_known(world: World) -> None:
    await _story(world)
    exported = await world.look(lambda work: list(audit.export(work, CONTOSO)))
    assert [row["sequence"] for row in exported] == list(range(1, len(exported) + 1))
    created = next(row for row in exported if row["kind"] == "invitation.created")
    assert (created["actor_name"], created["address"]) == ("Alice Owner", GWEN)


async def test_the_database_holds_no_passcode_no_link_and_no_session(world: World) -> None:
    """G1: every value of every table, after each step of a whole life."""
    secrets: set[str] = set()
    await world.invite()
    browser = await world.opens()
    secrets.add(world.mails(InvitationMail)[-1].token)
    await browser.asks()
    code = await _queued_passcode(world)
    secrets |= {code, f"{code[:4]} {code[4:]}"}
    await _clean(world, secrets)
    await world.deliver()
    secrets |= {world.mails(PasscodeMail)[-1].withdraw_token, browser.name}
    await browser.types(other_code(code))
    await _clean(world, secrets)
    await browser.types(code)
    secrets.add(browser.session)
    await _clean(world, secrets)


async def _queued_passcode(world: World) -> str:
    (row,) = await world.claim()
    mail = await world.look(mailings.mail, row)
    await world.do(delivery.deferred, row, "worker", "again", world.clock.now, False)
    assert isinstance(mail, PasscodeMail)
    return mail.passcode


async def _clean(world: World, secrets: set[str]) -> None:
    dump = repr(await world.contents())
    assert not [secret for secret in secrets if secret in dump]


async def test_of_many_events_at_once_the_chain_stays_whole(world: World) -> None:
    await asyncio.gather(*(world.invite(f"guest{number}@x.example") for number in range(12)))
    assert (await world.events()).count("invitation.created") == 12
    assert await world.look(audit.verify, CONTOSO) is None
