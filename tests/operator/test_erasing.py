"""`python app.py erase`: a person asks, and is forgotten."""

import re

from domain import audit, invitations, workspaces
from domain.views import Kind, Person, Place
from tests.operator.test_commands import TENANT, Machine, either, machine  # noqa: F401 - fixtures

GWEN = "gwen@fabrikam.example"
TEAM = Place(TENANT, Kind.TEAM, "msteams", "19:l@thread", "Launch", "https://smba.example/", "19:l@thread", "28:bot")
ALICE = Person(TENANT, "alice-id", "Alice Ahlberg", "29:alice")


def test_a_guest_is_erased_and_the_pseudonym_told(either: Machine) -> None:  # noqa: F811
    either.asks(workspaces.arrived, TEAM, ALICE, write=True)
    either.asks(invitations.invite, TEAM, ALICE, (GWEN,), None, write=True)
    ran = either.run("erase", TENANT.upper(), "Gwen@Fabrikam.example")
    assert (ran.status, ran.err) == (0, "")
    found = re.search(r"erased-[\w-]{22}", ran.out)
    assert found
    told = either.asks(lambda work: list(audit.export(work, TENANT)))
    assert {each["address"] for each in told if each["invitation_id"]} == {found[0]}
    assert told[-1]["actor"] == "operator"
    again = either.run("erase", TENANT, GWEN)
    assert (again.status, again.out) == (1, "")
    assert "Nobody with this address" in again.err


def test_wrong_usage_erases_nobody(machine: Machine) -> None:  # noqa: F811
    assert machine.run("erase", TENANT, "nobody").status == 2
    assert machine.run("erase", "contoso", GWEN).status == 2
    assert machine.run("erase", TENANT).status == 2
