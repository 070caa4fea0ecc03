"""`python app.py audit`: the chain's soundness, and exports of all of it or of some."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

import audit_reports
from domain import audit, invitations, policy_edits, workspaces
from domain.views import Kind, Person, Place
from tests.operator.test_commands import TENANT, Machine, either, machine  # noqa: F401 - fixtures

OTHER = "7f1d2c3b-4a59-4e68-8d77-1c0b9a8f7e6d"
ALICE = Person(TENANT, "alice-id", "Alice Ahlberg", "29:alice")
GWEN = "gwen@fabrikam.example"


def team(name: str = "Launch", tenant: str = TENANT) -> Place:
    where = f"19:{name}@thread"
    return Place(tenant, Kind.TEAM, "msteams", where, name, "https://smba.example/", where, "28:bot")


@pytest.fixture
def filled(either: Machine) -> Machine:  # noqa: F811
    """Two workspaces with a guest each, and another tenant's."""
    for name, address in (("Launch", GWEN), ("Lunch", "otto@northwind.example")):
        either.asks(workspaces.arrived, team(name), ALICE, write=True)
        either.asks(invitations.invite, team(name), ALICE, (address,), None, write=True)
    either.asks(workspaces.arrived, team("Toys", OTHER), Person(OTHER, "charlie-id", "Charlie"), write=True)
    either.run("features", "tenant", TENANT, "email_passcode", "enabled")
    return either


def exported(machine: Machine, *options: str) -> list[dict[str, Any]]:  # noqa: F811
    """The same in both formats."""
    ran = machine.run("audit", "export", TENANT, "--format", "json", *options)
    assert (ran.status, ran.err) == (0, "")
    found = json.loads(ran.out)
    told = machine.run("audit", "export", TENANT, "--format", "csv", *options).out
    heads, *rows = csv.reader(io.StringIO(told, newline=""))
    assert tuple(heads) == audit_reports.COLUMNS
    cells = [[cell.removeprefix("'") for cell in row] for row in rows]
    assert cells == [["" if value is None else str(value) for value in event.values()] for event in found]
    return found


def kinds(found: Sequence[dict[str, Any]]) -> list[str]:
    return [event["kind"] for event in found]


def test_an_export_holds_every_event_of_one_tenant_in_order(filled: Machine) -> None:
    found = exported(filled)
    assert kinds(found) == [*["workspace.added", "owner.added", "invitation.created"] * 2, "feature.set"]
    assert [event["sequence"] for event in found] == list(range(1, 8))
    assert {event["tenant_id"] for event in found} == {TENANT}
    assert "Charlie" not in repr(found)


def test_events_are_exported_by_kind_and_by_group(filled: Machine) -> None:
    assert set(kinds(exported(filled, "--kind", "invitation.created"))) == {"invitation.created"}
    assert len(exported(filled, "--kind", "invitations", "feature.set")) == 3
    assert len(exported(filled, "--kind", "invitations", "--kind", "feature.set")) == 3
    assert exported(filled, "--kind", "refusals") == []


def test_events_are_exported_by_workspace_address_and_actor(filled: Machine) -> None:
    by_name = {name: it for it, name in filled.asks(policy_edits.workspaces, TENANT).items()}
    lunch = exported(filled, "--workspace", by_name["Lunch"])
    assert kinds(lunch) == ["workspace.added", "owner.added", "invitation.created"]
    assert {event["workspace_id"] for event in lunch} == {by_name["Lunch"]}
    assert [event["address"] for event in exported(filled, "--address", GWEN.upper())] == [GWEN]
    assert exported(filled, "--address", "nobody@x.example") == []
    assert kinds(exported(filled, "--actor", "operator")) == ["feature.set"]
    assert exported(filled, "--workspace", by_name["Lunch"], "--actor", "operator") == []


def test_events_are_exported_by_time(filled: Machine) -> None:
    moments = [datetime.fromisoformat(event["at"]) for event in exported(filled)]
    assert len(exported(filled, "--since", "2020-01-01", "--until", "2999-01-01")) == 7
    assert exported(filled, "--until", "2020-01-01") == []
    assert exported(filled, "--since", "2999-01-01T00:00+01:00") == []
    assert len(exported(filled, "--since", moments[-1].isoformat())) >= 1
    before = exported(filled, "--until", moments[-1].isoformat())
    assert all(datetime.fromisoformat(event["at"]) < moments[-1] for event in before)
    assert moments[0].tzinfo == UTC


def test_what_is_found_by_nobody_is_an_empty_document_and_not_a_failure(filled: Machine) -> None:
    ran = filled.run("audit", "export", TENANT, "--format", "json", "--kind", "refused")
    assert (ran.status, json.loads(ran.out)) == (0, [])
    told = filled.run("audit", "export", TENANT, "--format", "csv", "--kind", "refused").out
    assert list(csv.reader(io.StringIO(told, newline=""))) == [list(audit_reports.COLUMNS)]


@pytest.mark.parametrize(
    ("tenant", "options", "said"),
    [
        ("contoso", (), "The tenant must be an id such as"),
        ("", (), "The tenant must be an id such as"),
        (TENANT, ("--since", "yesterday"), "--since must be an instant as in ISO 8601"),
        (TENANT, ("--until", "2026-13-01"), "--until must be an instant as in ISO 8601"),
        (TENANT, ("--since", "2026-12-01", "--until", "2026-12-01"), "--until must be later than --since."),
        (TENANT, ("--kind", "tea.made"), "--kind: tea.made is no kind of event. There are: access, admin.claimed,"),
        (TENANT, ("--address", "gwen"), "--address must be one e-mail address"),
        (TENANT, ("--workspace", "made-up"), f"--workspace: tenant {TENANT} has no workspace of this id."),
        (TENANT, ("--workspace", " "), "--workspace must not be empty."),
        (TENANT, ("--actor", ""), "--actor must not be empty."),
        (TENANT, ("--colour", "red"), "--colour"),
    ],
)
def test_a_wrong_tenant_or_option_is_status_2_with_a_sentence(
    filled: Machine, tenant: str, options: tuple[str, ...], said: str
) -> None:
    ran = filled.run("audit", "export", tenant, "--format", "csv", *options)
    assert ran.status == 2
    assert said in ran.out + ran.err
    assert "workspace.added" not in ran.out


def test_a_wrong_tenant_cannot_be_verified(machine: Machine) -> None:  # noqa: F811
    ran = machine.run("audit", "verify", "contoso")
    assert (ran.status, ran.out) == (2, "")
    assert "The tenant must be an id such as" in ran.err
    assert "or the word installation" in ran.err


def test_a_tenants_id_is_taken_however_it_is_written(filled: Machine) -> None:
    assert filled.run("audit", "verify", TENANT.upper()).out == f"{TENANT}: whole\n"
    assert filled.run("audit", "export", TENANT.upper(), "--format", "json").status == 0


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", " =", "\u200b=", "\u3000＝"])
def test_no_cell_is_a_formula_in_any_width(machine: Machine, beginning: str) -> None:  # noqa: F811
    actor = f"{beginning}cmd|' /C calc'!A0, \"x\""
    machine.asks(lambda work: audit.record(work, TENANT, "feature.set", actor), write=True)
    told = machine.run("audit", "export", TENANT, "--format", "csv").out
    assert told.count("\r\n") == 2
    heads, row = csv.reader(io.StringIO(told, newline=""))
    assert dict(zip(heads, row, strict=True))["actor"] == f"'{actor}"
    (event,) = json.loads(machine.run("audit", "export", TENANT, "--format", "json").out)
    assert event["actor"] == actor


NUMBER = 2 * audit.PIECE + 500


def _plenty(machine: Machine) -> None:  # noqa: F811
    """Rows as they are, chained by hand: making them one by one would take long."""
    machine.run("migrate")
    link, at = audit.START, datetime(2026, 11, 22, tzinfo=UTC)
    event: dict[str, Any] = {
        "tenant_id": TENANT, "at": at, "kind": "feature.set", "actor": "operator", "workspace_id": None,
        "invitation_id": None, "guest_id": None, "detail": '{"feature":"email_passcode"}',
    }  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for sequence in range(1, NUMBER + 1):
        link = audit.chained(link, sequence, event)
        rows.append((TENANT, sequence, "2026-11-22 00:00:00.000000", *list(event.values())[2:], link))
    with closing(sqlite3.connect(machine.folder / "gatehouse.db")) as raw, raw:
        raw.executemany(f"INSERT INTO audit_events VALUES ({', '.join('?' * 10)})", rows)
        raw.execute("INSERT INTO audit_heads VALUES (?, ?, ?)", (TENANT, NUMBER, link))


def test_many_events_are_exported_piece_by_piece(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    _plenty(machine)
    for format_ in ("csv", "json"):
        pieces: list[int] = []

        class Counting(io.StringIO):
            def write(self, text: str, pieces: list[int] = pieces) -> int:
                pieces.append(text.count(TENANT))
                return super().write(text)

        out = Counting()
        with monkeypatch.context() as patched:
            patched.setattr("sys.stdout", out)
            machine.run("audit", "export", TENANT, "--format", format_)
        assert [each for each in pieces if each] == [audit.PIECE, audit.PIECE, 500]
        assert out.getvalue().count("feature.set") == NUMBER


@pytest.mark.parametrize("edge", [1, audit.PIECE, audit.PIECE + 1, 2 * audit.PIECE + 1, NUMBER])
def test_a_long_chain_is_followed_across_its_pieces(machine: Machine, edge: int) -> None:  # noqa: F811
    _plenty(machine)
    assert machine.run("audit", "verify", TENANT).out == f"{TENANT}: whole\n"
    with closing(sqlite3.connect(machine.folder / "gatehouse.db")) as raw, raw:
        raw.execute("UPDATE audit_events SET at = 'tomorrow' WHERE sequence = ?", (edge,))
    assert f"{TENANT}: broken at event {edge} (" in machine.run("audit", "verify", TENANT).out


def test_verify_names_the_row_its_kind_and_its_moment(filled: Machine) -> None:
    moment = exported(filled)[2]["at"][:19].replace("T", " ")
    filled.asks(lambda work: _run(work, "UPDATE audit_events SET guest_id = 'x' WHERE sequence = 3"), write=True)
    ran = filled.run("audit", "verify", TENANT)
    assert (ran.status, ran.out) == (1, f"{TENANT}: broken at event 3 (invitation.created, {moment} UTC)\n")


@pytest.mark.parametrize(
    ("edits", "broken"),
    [
        (("DELETE FROM audit_events WHERE sequence = 7",), 7),
        (("DELETE FROM audit_events WHERE sequence > 4",), 5),
        (("DELETE FROM audit_events WHERE sequence = 3",), 3),
        (("DELETE FROM audit_events",), 1),
        (("DELETE FROM audit_events", "DELETE FROM audit_heads"), 1),
    ],
)
def test_what_is_missing_is_noticed(filled: Machine, edits: Sequence[str], broken: int) -> None:
    for edit in edits:
        filled.asks(lambda work, edit=edit: _run(work, f"{edit} {_and(edit)} tenant_id = '{TENANT}'"), write=True)
    ran = filled.run("audit", "verify", TENANT)
    missing = "it is missing or cannot be read" if broken != 3 else r"[\w.]+, [\d-]+ [\d:]+ UTC|it is missing.*"
    assert ran.status == 1
    assert re.fullmatch(rf"{TENANT}: broken at event {broken} \(({missing})\)\n", ran.out)


def test_a_missing_head_is_noticed(filled: Machine) -> None:
    filled.asks(lambda work: _run(work, f"DELETE FROM audit_heads WHERE tenant_id = '{TENANT}'"), write=True)
    ran = filled.run("audit", "verify")
    assert ran.status == 1
    assert f"{TENANT}: broken at event 8 (it is missing or cannot be read)\n" in ran.out
    assert f"{OTHER}: whole\n" in ran.out


@pytest.mark.parametrize("wrong", ["'tomorrow'", "7", "x'00ff'"])
def test_a_row_that_cannot_be_read_any_more_is_named(machine: Machine, wrong: str) -> None:  # noqa: F811
    for setting in ("disabled", "enabled", "default"):
        machine.run("features", "tenant", TENANT, "email_passcode", setting)
    with closing(sqlite3.connect(machine.folder / "gatehouse.db")) as raw, raw:
        raw.execute(f"UPDATE audit_events SET at = {wrong} WHERE sequence = 2")
    ran = machine.run("audit", "verify", TENANT)
    assert (ran.status, ran.out) == (1, f"{TENANT}: broken at event 2 (it is missing or cannot be read)\n")


def test_what_was_tampered_with_steers_no_terminal(machine: Machine) -> None:  # noqa: F811
    machine.run("features", "tenant", TENANT, "email_passcode", "disabled")
    with closing(sqlite3.connect(machine.folder / "gatehouse.db")) as raw, raw:
        raw.execute("UPDATE audit_events SET kind = char(27) || '[2J' || char(10) || 'x: whole'")
    out = machine.run("audit", "verify", TENANT).out
    assert out.startswith(f"{TENANT}: broken at event 1 (?[2J?x: whole, ")
    assert out.count("\n") == 1


def _run(work: Any, statement: str) -> int:
    from sqlalchemy import text

    return work.run(text(statement))


def _and(edit: str) -> str:
    return "AND" if "WHERE" in edit else "WHERE"
