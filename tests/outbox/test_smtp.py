"""What becomes of a mail at a real relay, phase by phase."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from outbox.relay import Patience, Relay
from outbox.smtp import Accepted, Ambiguous, Deferred, Letter, Outcome, Paused, Pool, Refused, Unwanted
from tests.outbox.scripted import CUT, HANG, Scripted, scripted

pytestmark = pytest.mark.sockets

LETTER = Letter("no-reply@example.com", "gwen@fabrikam.example", b"Message-ID: <1@example.com>\r\n\r\nhello\r\n")
QUICK = Patience(connect=2, command=0.3, idle=30, doubt=5)


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


@pytest.fixture(params=[True, False], ids=["pipelining", "step by step"])
async def relay(request: pytest.FixtureRequest) -> AsyncIterator[Scripted]:
    async with scripted(Scripted(pipelining=request.param)) as script:
        yield script


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server_side(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


async def send(to: Relay, letter: Letter = LETTER, patience: Patience = QUICK) -> Outcome:
    pool = Pool(to, patience=patience)
    try:
        return await pool.send(letter, yes, urgent=False)
    finally:
        pool.close()


async def test_a_mail_is_taken_with_exactly_its_one_recipient(relay: Scripted) -> None:
    assert await send(relay.relay) == Accepted()
    (mail,) = relay.received
    assert mail.recipients == ["gwen@fabrikam.example"]
    assert mail.sender == "<no-reply@example.com>"


PHASES = [
    ("CONNECT", "421 busy", Deferred),
    ("CONNECT", "554 go away", Deferred),
    ("CONNECT", CUT, Deferred),
    ("EHLO", "421 busy", Deferred),
    ("MAIL", "451 later", Deferred),
    ("MAIL", "550 not you", Deferred),
    ("MAIL", "421 closing", Deferred),
    ("MAIL", CUT, Deferred),
    ("MAIL", HANG, Deferred),
    ("MAIL", "nonsense", Deferred),
    ("RCPT", "450 greylisted", Deferred),
    ("RCPT", "550 5.1.1 no such mailbox", Refused),
    ("RCPT", "552 full", Refused),
    ("RCPT", "251 will forward", Accepted),
    ("RCPT", CUT, Deferred),
    ("RCPT", HANG, Deferred),
    ("DATA", "451 later", Deferred),
    ("DATA", "554 no", Refused),
    ("DATA", CUT, Deferred),
    ("DATA", HANG, Deferred),
    ("TEXT", "250-more\r\n250 than one line", Accepted),
    ("TEXT", "452 no room", Deferred),
    ("TEXT", "421 closing", Deferred),
    ("TEXT", "554 5.7.1 spam", Refused),
    ("TEXT", CUT, Ambiguous),
    ("TEXT", HANG, Ambiguous),
]


@pytest.mark.parametrize(("verb", "answer", "outcome"), PHASES, ids=[f"{verb} {answer}" for verb, answer, _ in PHASES])
async def test_each_answer_in_each_phase_has_its_outcome_h6(
    relay: Scripted, verb: str, answer: str, outcome: type
) -> None:
    relay.answers[verb] = [answer]
    assert type(await send(relay.relay)) is outcome


@pytest.mark.parametrize(("verb", "answer", "_outcome"), [phase for phase in PHASES if phase[0] not in {"CONNECT"}])
async def test_the_next_mail_goes_out_whatever_became_of_the_last_h7(
    relay: Scripted, verb: str, answer: str, _outcome: type
) -> None:
    relay.answers[verb] = [answer]
    pool = Pool(relay.relay, patience=QUICK)
    await pool.send(LETTER, yes, urgent=False)
    before = len(relay.received)
    assert await pool.send(replace(LETTER, recipient="next@fabrikam.example"), yes, urgent=False) == Accepted()
    assert relay.received[before].recipients == ["next@fabrikam.example"]
    pool.close()


async def test_a_refusal_tells_the_relays_reason(relay: Scripted) -> None:
    relay.answers["RCPT"] = ["550-5.1.1 no such\r\n550 5.1.1 mailbox\x07 here"]
    assert await send(relay.relay) == Refused("550 5.1.1 no such 5.1.1 mailbox  here")


async def test_a_relay_that_is_not_there_puts_the_mail_off() -> None:
    async with scripted(Scripted()) as script:
        pass
    outcome = await send(script.relay)
    assert isinstance(outcome, Deferred)
    assert outcome.relay_down


async def test_what_is_no_longer_wanted_is_not_sent_h10(relay: Scripted) -> None:
    pool = Pool(relay.relay, patience=QUICK)
    assert await pool.send(LETTER, no, urgent=False) == Unwanted()
    assert "DATA" not in relay.commands
    assert await pool.send(LETTER, yes, urgent=False) == Accepted()
    assert relay.connections == 1
    pool.close()


async def test_a_fault_at_the_last_moment_sends_nothing(relay: Scripted) -> None:
    async def broken() -> bool:
        raise LookupError("database")

    pool = Pool(relay.relay, patience=QUICK)
    with pytest.raises(LookupError):
        await pool.send(LETTER, broken, urgent=False)
    assert await pool.send(LETTER, yes, urgent=False) == Accepted()
    assert len(relay.received) == 1
    pool.close()


async def test_one_connection_carries_many_mails(relay: Scripted) -> None:
    pool = Pool(relay.relay, patience=QUICK)
    for _ in range(60):
        assert await pool.send(LETTER, yes, urgent=False) == Accepted()
    assert relay.connections == 1
    assert len(relay.received) == 60
    pool.close()


async def test_a_connection_that_died_while_idle_costs_no_attempt(relay: Scripted) -> None:
    pool = Pool(relay.relay, patience=QUICK)
    await pool.send(LETTER, yes, urgent=False)
    relay.drop_all()
    assert await pool.send(LETTER, yes, urgent=False) == Accepted()
    pool.close()


@pytest.mark.parametrize("answer", [CUT, HANG, "421 closing"])
async def test_a_kept_connection_that_fails_before_mail_is_accepted_costs_no_attempt(
    relay: Scripted, answer: str
) -> None:
    pool = Pool(relay.relay, patience=QUICK)
    await pool.send(LETTER, yes, urgent=False)
    relay.answers["MAIL"] = [answer]
    assert await pool.send(LETTER, yes, urgent=False) == Accepted()
    assert relay.connections == 2
    pool.close()


@pytest.mark.parametrize("stray", [b"421 4.4.2 timeout\r\n", b"250 2.0.0 as you were\r\n"])
async def test_what_is_said_while_idle_is_not_taken_for_an_answer(relay: Scripted, stray: bytes) -> None:
    pool = Pool(relay.relay, patience=QUICK)
    await pool.send(LETTER, yes, urgent=False)
    for writer in relay._writers:
        writer.write(stray)
        await writer.drain()
    await asyncio.sleep(0.05)
    relay.answers["RCPT"] = ["550 no such mailbox"]
    assert await pool.send(LETTER, yes, urgent=False) == Refused("550 no such mailbox")
    assert relay.connections == 2
    pool.close()


async def test_a_connection_in_doubt_is_asked_first(relay: Scripted) -> None:
    pool = Pool(relay.relay, patience=replace(QUICK, doubt=0.05))
    await pool.send(LETTER, yes, urgent=False)
    await asyncio.sleep(0.1)
    await pool.send(LETTER, yes, urgent=False)
    assert relay.commands.count("NOOP") == 1
    assert relay.connections == 1
    pool.close()


async def test_idle_connections_are_closed(relay: Scripted) -> None:
    pool = Pool(relay.relay, patience=replace(QUICK, idle=0.1))
    await pool.send(LETTER, yes, urgent=False)
    assert relay.open == 1
    await asyncio.sleep(0.4)
    assert relay.open == 0
    assert relay.commands[-1] == "QUIT"


async def test_places_are_reserved_for_urgent_mails_h9(relay: Scripted) -> None:
    relay.seconds = 0.15
    pool = Pool(relay.relay, connections=3, reserved=1, patience=replace(QUICK, command=5))
    ordinary = [asyncio.create_task(pool.send(LETTER, yes, urgent=False)) for _ in range(8)]
    await asyncio.sleep(0.3)
    assert relay.connections == 2
    urgent = asyncio.create_task(pool.send(replace(LETTER, recipient="urgent@fabrikam.example"), yes, urgent=True))
    done, _ = await asyncio.wait([*ordinary, urgent], return_when=asyncio.FIRST_COMPLETED)
    await urgent
    assert sum(task.done() for task in ordinary) <= 4
    assert relay.open <= 3
    await asyncio.gather(*ordinary)
    assert len(done) >= 1
    pool.close()


async def test_a_relay_that_drips_does_not_hold_a_mail_for_ever_h8() -> None:
    async with scripted(Scripted(seconds=1.0)) as script:
        started = asyncio.get_running_loop().time()
        patience = Patience(connect=0.3, opening=0.5, command=0.3)
        assert isinstance(await send(script.relay, patience=patience), Deferred)
        assert asyncio.get_running_loop().time() - started < 2


# TLS


async def test_the_mail_is_encrypted_where_the_relay_offers_it(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = server_side(authority.issue_cert("localhost"))
    async with scripted(Scripted(starttls=context)) as script:
        to = Relay("localhost", script.port, ca_file=str(tmp_path / "ca.pem"))
        assert await send(to) == Accepted()
        assert script.received[0].encrypted


async def test_tls_from_the_first_byte(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = server_side(authority.issue_cert("localhost"))
    async with scripted(Scripted(), tls=context) as script:
        to = Relay("localhost", script.port, implicit_tls=True, ca_file=str(tmp_path / "ca.pem"))
        assert await send(to) == Accepted()
        assert script.received[0].encrypted


PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("wrong", ["unknown authority", "other name", "expired"])
async def test_a_certificate_that_does_not_hold_gets_no_mail_e8(
    authority: trustme.CA, tmp_path: Path, wrong: str, implicit: bool
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    issuer = trustme.CA() if wrong == "unknown authority" else authority
    name = "elsewhere.example" if wrong == "other name" else "localhost"
    expires = PAST if wrong == "expired" else None
    context = server_side(issuer.issue_cert(name, not_before=PAST - timedelta(days=1), not_after=expires))
    script = Scripted() if implicit else Scripted(starttls=context)
    async with scripted(script, tls=context if implicit else None):
        to = Relay("localhost", script.port, implicit_tls=implicit, ca_file=str(tmp_path / "ca.pem"))
        outcome = await send(to)
    assert isinstance(outcome, Deferred)
    assert outcome.relay_down
    assert not [command for command in script.commands if command.startswith(("MAIL", "AUTH"))]


async def test_a_relay_elsewhere_that_hides_starttls_gets_no_mail_e8(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(Scripted()) as script:
        to = Relay("127.0.0.1", script.port, user="gatehouse", password="secret")
        monkeypatch.setattr(Relay, "loopback", property(lambda _relay: False))  # stands for a host that is not ours
        outcome = await send(to)
    assert isinstance(outcome, Deferred)
    assert "STARTTLS" in outcome.problem
    assert not [command for command in script.commands if command.startswith(("MAIL", "AUTH"))]


async def test_an_old_tls_version_gets_no_mail_e8(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = server_side(authority.issue_cert("localhost"))
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with scripted(Scripted(starttls=context)) as script:
        outcome = await send(Relay("localhost", script.port, ca_file=str(tmp_path / "ca.pem")))
    assert isinstance(outcome, Deferred)
    assert not [command for command in script.commands if command.startswith("MAIL")]


@pytest.mark.parametrize(
    ("host", "ours"),
    [("localhost", True), ("LOCALHOST.", True), ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True),
     ("mail.example", False), ("10.0.0.1", False), ("localhost.example", False), ("127.0.0.1.example", False)],
)  # fmt: skip
def test_clear_text_is_for_this_machine_only(host: str, ours: bool) -> None:
    assert Relay(host, 25).loopback is ours


# sign-in


async def test_we_sign_in_where_a_password_is_set() -> None:
    async with scripted(Scripted(password="s3cret")) as script:
        to = Relay("127.0.0.1", script.port, user="gatehouse", password="s3cret")
        assert await send(to) == Accepted()


async def test_a_wrong_password_pauses_and_blames_no_mail_h6() -> None:
    async with scripted(Scripted(password="s3cret")) as script:
        to = Relay("127.0.0.1", script.port, user="gatehouse", password="wrong")
        outcome = await send(to)
    assert isinstance(outcome, Paused)
    assert "535" in outcome.problem
    assert "wrong" not in outcome.problem.replace("wrong password", "")
    assert not [command for command in script.commands if command.startswith("MAIL")]


async def test_a_relay_without_sign_in_pauses_too() -> None:
    async with scripted(Scripted()) as script:
        assert isinstance(await send(replace(script.relay, user="gatehouse", password="x")), Paused)


def test_the_password_is_not_shown_in_a_log() -> None:
    assert "s3cret" not in repr(Relay("mail.example", 587, user="gatehouse", password="s3cret"))


# what goes over the wire


SMUGGLED = [
    b"\n.\n",
    b"\r.\r",
    b"\n.\r\n",
    b"\r\n.\r",
    b"\r.\n",
    b"\r\n.\n",
    b"\n.\r",
    b"\r\n.\r\n",
    b"\r\n..\r\n",
    b".",
]


@pytest.mark.parametrize("trick", SMUGGLED)
async def test_no_text_ends_its_mail_or_begins_another_e7(relay: Scripted, trick: bytes) -> None:
    second = b"MAIL FROM:<x@evil.example>\r\nRCPT TO:<y@evil.example>\r\nDATA\r\nsmuggled\r\n.\r\n"
    content = b"Message-ID: <1@example.com>\r\n\r\nhello" + trick + second
    assert await send(relay.relay, replace(LETTER, content=content)) == Accepted()
    (mail,) = relay.received
    assert mail.content.count(b"\n") == mail.content.count(b"\r") == mail.content.count(b"\r\n")
    assert not [line for line in mail.content.split(b"\r\n") if line.startswith(b".") and not line.startswith(b"..")]
    assert len([command for command in relay.commands if command.startswith("MAIL")]) == 1


@pytest.mark.parametrize(
    "address",
    ["", "gwen", "a@b.example,c@d.example", "a@b.example> NOTIFY=NEVER", "a@b.example\r\nRCPT TO:<c@d.example>",
     '"e@evil.example"@b.example', "a b@c.example", "ä@b.example", "<a@b.example>", "a@b.example\n"],
)  # fmt: skip
def test_the_envelope_takes_one_plain_address_e1(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Letter("no-reply@example.com", address, b"")
    with pytest.raises(ValueError, match="address"):
        Letter(address, "gwen@fabrikam.example", b"")


@pytest.mark.parametrize("address", ["O'Brien+tag@Fabrikam.Example", "a_b-c.d@xn--bcher-kva.example"])
async def test_the_recipient_is_sent_byte_for_byte(relay: Scripted, address: str) -> None:
    assert await send(relay.relay, replace(LETTER, recipient=address)) == Accepted()
    assert relay.received[0].recipients == [address]


async def test_an_answer_without_end_is_cut_off(relay: Scripted) -> None:
    relay.answers["RCPT"] = ["250-" + "x" * 40_000]
    assert isinstance(await send(relay.relay), Deferred)
