"""`python app.py invite FILE`: each guest once, whatever is in the file and however often it is run."""

from typing import Any

import pytest
from sqlalchemy import text

from domain import workspaces
from domain.views import Kind, Person, Place
from domain.work import Work
from tests.operator.test_commands import TENANT, Machine, either, machine

__all__ = ["either", "machine"]
ALICE = Person(TENANT, "a11ce000-0000-4000-8000-000000000001", "Alice Owner", "29:alice", "alice@contoso.example")
BOB = Person(TENANT, "b0b00000-0000-4000-8000-000000000002", "Bob Member", "29:bob", "bob@contoso.example")
TEAM = Place(TENANT, Kind.TEAM, "msteams", "19:team", "Web", "https://smba.example/", "19:team", "28:bot", "en")
WHERE = ("--workspace", "Web", "--as", "alice@contoso.example")


@pytest.fixture
def house(either: Machine) -> Machine:
    """A team with an owner, and somebody else whom the bot has met."""
    either.asks(workspaces.arrived, TEAM, ALICE, write=True)
    either.asks(workspaces.remember, BOB, write=True)
    return either


def write(machine: Machine, content: str | bytes, name: str = "people.csv") -> str:
    path = machine.folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def invited(machine: Machine) -> list[Any]:
    def read(work: Work) -> list[Any]:
        return [tuple(row) for row in work.all(text("SELECT address, surface FROM invitations ORDER BY address"))]

    return machine.asks(read)


PEOPLE = "email,name\ngwen@fabrikam.example,Gwen\npeter@x.example,\nGWEN@fabrikam.example,\n"


def test_a_list_is_invited_once_however_often_it_is_run(house: Machine) -> None:
    file = write(house, PEOPLE)
    ran = house.run("invite", file, *WHERE)
    assert (ran.status, ran.err) == (0, "")
    assert "    2  gwen@fabrikam.example  invited" in ran.out
    assert "named twice: The same address stands in row 2." in ran.out
    assert "2 invited, 1 named twice" in ran.out
    assert invited(house) == [("gwen@fabrikam.example", "api"), ("peter@x.example", "api")]
    again = house.run("invite", file, *WHERE, "--tenant", TENANT)
    assert again.status == 0
    assert "This list was given before" in again.out
    assert len(invited(house)) == 2


def test_a_dry_run_says_what_would_become_of_each_row_and_leaves_nothing(house: Machine) -> None:
    ran = house.run("invite", write(house, PEOPLE + "a@gmial.com,\nnobody,\n"), *WHERE, "--dry-run")
    assert ran.status == 1
    assert "peter@x.example" in ran.out
    assert "probably mistyped: Did you mean gmail.com?" in ran.out
    assert "2 will be invited, 1 named twice, 1 cannot be read, 1 probably mistyped" in ran.out
    assert invited(house) == house.asks(lambda work: work.all(text("SELECT * FROM bulks"))) == []


def test_the_result_can_be_had_as_a_file_that_is_safe_against_formulas(house: Machine) -> None:
    file = write(house, 'email\n"=HYPERLINK(""https://evil.example"",""@x"")"\ngwen@fabrikam.example\n')
    assert house.run("invite", file, *WHERE, "--result", "result.csv").status == 1
    first, bad, good = (house.folder / "result.csv").read_text("utf-8-sig").splitlines()
    assert first == '"row","address","outcome","why"'
    assert bad.startswith('"2","\'=HYPERLINK(')
    assert good == '"3","gwen@fabrikam.example","invited",""'
    assert house.run("invite", file, *WHERE, "--result", "nowhere/result.csv").status == 1


def test_what_looks_mistyped_is_invited_when_it_is_meant(house: Machine) -> None:
    file = write(house, "email\na@gmial.com\n")
    assert house.run("invite", file, *WHERE).status == 1
    assert house.run("invite", file, *WHERE, "--sure").status == 0
    assert invited(house) == [("a@gmial.com", "api")]


def test_rows_over_a_quota_wait(house: Machine) -> None:
    house.monkeypatch.setenv("GATEHOUSE_QUOTAS", "owner_hour=1")
    ran = house.run("invite", write(house, PEOPLE), *WHERE)
    assert ran.status == 0
    assert "1 wait for a quota, and go on at " in ran.out
    assert len(invited(house)) == 1


def test_whoever_may_not_invite_there_is_told(house: Machine) -> None:
    ran = house.run("invite", write(house, PEOPLE), "--workspace", "Web", "--as", BOB.person_id.upper())
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "Only the workspace's owners and the tenant's admins can invite there. Nobody was invited.\n"


def test_lists_obey_the_stage_of_their_own_surface(house: Machine) -> None:
    assert house.run("features", "set", "email_passcode", "--surface", "api", "--stage", "off").status == 0
    ran = house.run("methods", "list")
    for method in ("microsoft", "partner", "google", "personal"):
        house.run("methods", "switch", TENANT, method, "off")
    ran = house.run("invite", write(house, PEOPLE), *WHERE)
    assert ran.status == 1
    assert "switched off for lists" in ran.err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04zip", "it is not a CSV file; save it as CSV (UTF-8). Nobody was invited."),
        (b"", "there is nothing in it."),
        (b'email\n"a@x.example\n', "people.csv, line 2: a quotation mark is missing"),
        (b"x" * 1_100_000, "it is larger than 1 MB"),
        (b"email\n" + b"a@x.example\n" * 5001, "it has more than 5000 rows"),
    ],
)
def test_nonsense_is_refused_with_one_sentence(machine: Machine, content: bytes, sentence: str) -> None:
    ran = machine.run("invite", write(machine, content), *WHERE)
    assert (ran.status, ran.out) == (1, "")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere.csv", *WHERE), "nowhere.csv cannot be read"),
        ((".", *WHERE), ". cannot be read"),
        (("people.csv", *WHERE, "--tenant", "contoso"), "The tenant must be an id"),
        (
            ("people.csv", "--workspace", "Nowhere", "--as", "alice@contoso.example"),
            "--workspace: there is no workspace",
        ),
        (("people.csv", "--workspace", "Web", "--as", "nobody@contoso.example"), "--as: there is no person like that."),
        (("people.csv", "--workspace", "Web"), ""),
        ((*WHERE,), ""),
        (("people.csv", *WHERE, "--days", "many"), ""),
    ],
)
def test_wrong_usage_is_status_2_with_a_sentence(machine: Machine, arguments: tuple[str, ...], sentence: str) -> None:
    machine.asks(workspaces.arrived, TEAM, ALICE, write=True)
    write(machine, PEOPLE)
    ran = machine.run("invite", *arguments)
    assert ran.status == 2
    assert sentence in ran.err
    assert (ran.out + ran.err).strip()


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
@pytest.mark.parametrize("days", ["0", "400"])
def test_wrong_days_are_refused(house: Machine, days: str, dry: tuple[str, ...]) -> None:
    ran = house.run("invite", write(house, PEOPLE), *WHERE, "--days", days, *dry)
    assert (ran.status, ran.out) == (2, "")
    assert "--days goes from 1 to 365. Nobody was invited.\n" in ran.err
