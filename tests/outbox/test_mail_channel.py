"""Mails from the invitation's commit to the relay, and what is written down of each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from domain import delivery, invitations, mailings
from domain.views import Claimed
from outbox import mail_channel
from outbox.mail_channel import PASSCODES, Gate, Lease, MailChannel
from outbox.smtp import Accepted, Deferred, Paused
from outbox.worker import Worker
from tests.outbox.scripted import CUT, Scripted, scripted
from tests.outbox.world import ALICE, CHAT, World, until

pytestmark = pytest.mark.sockets
GWEN = "gwen@fabrikam.example"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_channel, "AGAIN_SECONDS", 0.01)


@asynccontextmanager
async def running(world: World, channel: MailChannel) -> AsyncIterator[Worker]:
    worker = world.worker(channel)
    worker.start()
    try:
        yield worker
    finally:
        await worker.stop()
        channel._pool.close()


async def settled(world: World, status: str, address: str = GWEN) -> str | None:
    async with asyncio.timeout(8):
        while (found := (await world.statuses())[address])[0] != status:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.02)
    return found[1]


async def test_an_invitation_is_mailed_as_soon_as_it_is_committed(world: World, relay: Scripted) -> None:
    async with running(world, world.channel(relay.relay)):
        await world.invite(GWEN)
        await settled(world, "sent")
    (mail,) = relay.received
    assert mail.recipients == [GWEN]
    assert b"https://guests.example.com/i/" in mail.content


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "TEXT"])
async def test_a_permanent_refusal_is_one_attempt_and_the_owner_reads_why_h6(
    world: World, relay: Scripted, verb: str
) -> None:
    relay.answers[verb] = [f"550 5.1.1 <{GWEN.upper()}> unknown"]
    async with running(world, world.channel(relay.relay)):
        await world.invite(GWEN)
        reason = await settled(world, "undeliverable")
        world.clock.advance(hours=1)
        await asyncio.sleep(1.2)
    assert reason == "550 5.1.1 <gw***@fabrikam.example> unknown"
    assert len([command for command in relay.commands if command.startswith("MAIL")]) == 1


async def test_a_temporary_refusal_is_tried_again_within_two_minutes_h5(world: World, relay: Scripted) -> None:
    relay.answers["RCPT"] = ["451 greylisted"]
    async with running(world, world.channel(relay.relay)) as worker:
        await world.invite(GWEN)
        await until(lambda: "RSET" in relay.commands)
        await asyncio.sleep(0.1)
        assert (await world.statuses())[GWEN][0] == "sending"
        (row,) = await world.rows()
        assert row.problem == "451 greylisted"
        assert row.attempts == 1
        world.clock.advance(minutes=2)
        worker.wake()
        await settled(world, "sent")
    assert len(relay.received) == 1


async def test_a_relay_that_is_down_or_refuses_our_password_is_told_to_the_owner_until_it_is_back(
    world: World, relay: Scripted
) -> None:
    channel = world.channel(relay.relay)
    (view,) = await world.invite(GWEN)
    for outcome, told in ((Deferred("refused"), True), (Paused("535"), True), (Accepted(), False)):
        (row,) = await world.database.write(delivery.claim, "mail", 1, "me", 10, 60)
        mail = await world.database.read(mailings.mail, row)
        assert mail is not None
        await channel._settle(Lease(world.database, row, "me"), outcome, mail)
        world.clock.advance(minutes=2)
        shown = await world.database.read(invitations.status, CHAT, ALICE, GWEN)
        assert (shown.invitation_id, shown.deferred) == (view.invitation_id, told)
    channel._pool.close()


async def test_after_48_hours_it_is_given_up_with_the_reason(world: World, relay: Scripted) -> None:
    relay.at_rcpt = lambda _address: "451 still greylisted"
    async with running(world, world.channel(relay.relay)) as worker:
        await world.invite(GWEN)
        await until(lambda: "RSET" in relay.commands)
        for hours in (1, 48):
            world.clock.advance(hours=hours)
            await asyncio.sleep(0.2)
            worker.wake()
        assert await settled(world, "undeliverable") == "451 still greylisted"


async def test_a_cut_after_the_text_is_tried_once_more_with_the_same_message_id_h2(
    world: World, relay: Scripted
) -> None:
    relay.answers["TEXT"] = [CUT]
    async with running(world, world.channel(relay.relay)):
        await world.invite(GWEN)
        await settled(world, "sent")
    first, second = relay.received
    assert first.message_id == second.message_id
    assert first.content == second.content


async def test_a_second_cut_counts_as_sent(world: World, relay: Scripted) -> None:
    relay.answers["TEXT"] = [CUT, CUT, CUT]
    async with running(world, world.channel(relay.relay)) as worker:
        await world.invite(GWEN)
        await settled(world, "sent")
        world.clock.advance(minutes=10)
        worker.wake()
        await asyncio.sleep(0.2)
    assert len(relay.received) == 2


async def test_a_row_that_an_earlier_worker_left_in_the_middle_is_sent_with_the_same_message_id_h3(
    world: World, relay: Scripted
) -> None:
    """The first worker dies between the relay's 250 and our commit: its lease runs out, and another takes over."""
    await world.invite(GWEN)
    channel = world.channel(relay.relay)
    dead = world.worker(channel)

    async def dies(_outcome: object, *_more: object) -> None:
        raise SystemError("killed")

    channel._settle = dies  # type: ignore[method-assign]
    rows = await world.database.write(claim_one, dead.owner)
    with pytest.raises(SystemError):
        await channel.deliver(rows[0], dead.owner)
    async with running(world, world.channel(relay.relay)) as worker:
        await asyncio.sleep(0.1)
        assert len(relay.received) == 1
        world.clock.advance(seconds=91)
        worker.wake()
        await settled(world, "sent")
    assert len(relay.received) == 2
    assert relay.received[0].message_id == relay.received[1].message_id


def claim_one(work: object, owner: str) -> list[Claimed]:
    from domain import delivery

    return delivery.claim(work, "mail", 1, owner, 1, 60)  # type: ignore[arg-type]


async def test_what_was_revoked_during_an_outage_is_never_sent_h10(world: World, relay: Scripted) -> None:
    relay.answers["RCPT"] = ["451 later"]
    async with running(world, world.channel(relay.relay)) as worker:
        await world.invite(GWEN)
        await until(lambda: "RSET" in relay.commands)
        await world.database.write(invitations.revoke, CHAT, ALICE, GWEN)
        world.clock.advance(minutes=5)
        worker.wake()
        await asyncio.sleep(0.3)
    assert not relay.received


async def test_what_is_revoked_between_rcpt_and_data_is_not_sent_h10(
    world: World, relay: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = mailings.begin

    def revoked_meanwhile(work: object, row: Claimed, owner: str) -> bool:
        invitations.revoke(work, CHAT, ALICE, GWEN)  # type: ignore[arg-type]
        return original(work, row, owner)  # type: ignore[arg-type]

    monkeypatch.setattr(mailings, "begin", revoked_meanwhile)
    async with running(world, world.channel(relay.relay)):
        await world.invite(GWEN)
        await until(lambda: "RSET" in relay.commands)
        await asyncio.sleep(0.1)
        assert (await world.statuses())[GWEN][0] == "revoked"
    assert not relay.received
    assert "DATA" not in relay.commands
    (row,) = await world.rows()
    assert row.due_at is None


async def test_a_wrong_password_pauses_the_queue_and_burns_no_attempts_h6(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with scripted(Scripted(password="right")) as script:
        from dataclasses import replace

        channel = world.channel(replace(script.relay, user="gatehouse", password="wrong"))
        async with running(world, channel):
            await world.invite(GWEN, "second@fabrikam.example")
            await until(lambda: any(command.startswith("AUTH") for command in script.commands))
            await asyncio.sleep(0.2)
            tries = len([command for command in script.commands if command.startswith("AUTH")])
            await world.invite("third@fabrikam.example")
            await asyncio.sleep(1.3)
            assert len([command for command in script.commands if command.startswith("AUTH")]) == tries
            channel._gate.shut_until = 0.0  # a minute later
            world.clock.advance(seconds=61)
            await asyncio.sleep(1.3)
            assert len([command for command in script.commands if command.startswith("AUTH")]) == tries + 1
    assert all(row.attempts == 0 and row.dead_at is None for row in await world.rows())
    assert "refuses our user and password" in caplog.text
    assert "wrong" not in caplog.text.replace("535 5.7.8 wrong password", "")


async def test_many_recipients_that_fail_do_not_stop_the_others_h7(world: World, relay: Scripted) -> None:
    relay.at_rcpt = lambda address: "550 no such user" if address.startswith("bad") else None
    good = [f"good{number}@fabrikam.example" for number in range(40)]
    async with running(world, world.channel(relay.relay)):
        await world.invite(*[f"bad{number}@fabrikam.example" for number in range(15)], *good)
        await until(lambda: len(relay.received) == 40)
        await settled(world, "undeliverable", "bad7@fabrikam.example")
    assert sorted(mail.recipients[0] for mail in relay.received) == sorted(good)
    assert relay.connections <= 6


async def test_two_workers_send_each_mail_once_h4(world: World, relay: Scripted) -> None:
    async with running(world, world.channel(relay.relay)), running(world, world.channel(relay.relay)):
        await world.invite(*[f"guest{number}@fabrikam.example" for number in range(60)])
        await until(lambda: len(relay.received) >= 60)
        await asyncio.sleep(0.2)
    assert len({mail.recipients[0] for mail in relay.received}) == len(relay.received) == 60


# the gate


def test_a_relay_that_is_down_is_not_hammered_h11() -> None:
    now = [0.0]
    gate = Gate(lambda: now[0])
    down = Deferred("no route", relay_down=True)
    for _ in range(3):
        assert gate.room(1, 6) == 6
        gate.seen(down)
    assert gate.room(1, 6) == 0
    assert gate.room(PASSCODES, 8) == 1, "passcodes still look whether it is back"
    now[0] += 5
    assert gate.room(1, 6) == 1
    gate.under_way = 1
    assert gate.room(1, 6) == gate.room(PASSCODES, 8) == 0, "one row looks, not all of them"
    gate.under_way = 0
    gate.seen(down)
    now[0] += 5
    assert gate.room(1, 6) == 0, "each time it waits for longer"
    now[0] += 5
    gate.seen(Accepted())
    assert gate.room(1, 6) == 6


def test_a_mail_of_its_own_trouble_does_not_shut_the_gate() -> None:
    gate = Gate(lambda: 0.0)
    for _ in range(10):
        gate.seen(Deferred("451 greylisted"))
    assert gate.room(1, 6) == 6


def test_after_a_wrong_password_one_row_asks_again_each_minute() -> None:
    now = [0.0]
    gate = Gate(lambda: now[0])
    gate.seen(Paused("535"))
    assert gate.room(PASSCODES, 8) == 0
    now[0] += 59
    assert gate.room(1, 6) == 0
    now[0] += 1
    assert gate.room(PASSCODES, 8) == 1


def test_the_times_of_the_channel_fit_into_a_lease() -> None:
    from outbox.relay import PATIENCE
    from outbox.worker import LEASE_SECONDS

    assert timedelta(seconds=PATIENCE.opening) < timedelta(seconds=LEASE_SECONDS) <= timedelta(minutes=5)
