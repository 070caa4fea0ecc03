"""`python app.py settings`: what it prints, what it changes, and how it ends."""

import pytest

from domain import policy_changes, policy_edits, workspaces
from domain.policies import Approval, Inviting, Policy
from domain.views import Kind, Person, Place
from tests.operator.test_commands import TENANT, Machine, either, machine

__all__ = ["either", "machine"]

PLACE = Place(TENANT, Kind.TEAM, "msteams", "19:l@thread", "Launch", "https://smba.example/", "19:l@thread", "28:bot")
ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"


def policy(machine: Machine) -> Policy:
    found: Policy = machine.asks(policy_changes.of_tenant, TENANT)
    return found


def test_settings_are_set_and_shown(either: Machine) -> None:
    either.asks(workspaces.arrived, PLACE, Person(TENANT, ALICE, "Alice"), write=True)
    (workspace,) = either.asks(policy_edits.workspaces, TENANT)
    for arguments in (
        ("who-may-invite", "named"),
        ("inviters", ALICE.upper(), BOB),
        ("invitation-days", "7"),
        ("approval", "unfamiliar"),
        ("familiar-domains", "Fabrikam.example", "*.northwind.example"),
        ("approvers", BOB),
        ("sponsor-missing", "yes"),
        ("grace-days", "0"),
        ("workspace-approvers", ALICE, "--workspace", workspace),
    ):
        ran = either.run("settings", "set", TENANT, *arguments)
        assert (ran.status, ran.err) == (0, ""), arguments
    found = policy(either)
    assert (found.who_may_invite, found.inviters) == (Inviting.NAMED, (ALICE, BOB))
    assert (found.invitation_days, found.approval, found.grace_days) == (7, Approval.UNFAMILIAR, 0)
    assert found.familiar_domains == ("fabrikam.example", "*.northwind.example")
    assert (found.approvers, found.sponsor_missing) == ((BOB,), True)
    assert found.workspace_approvers == ((workspace, (ALICE,)),)
    shown = either.run("settings", "show", TENANT).out
    assert f"{ALICE} (Alice)" in shown
    assert "invitation-days" in shown
    either.run("settings", "set", TENANT, "inviters", "none")
    either.run("settings", "set", TENANT, "invitation-days", "usual")
    assert (policy(either).inviters, policy(either).invitation_days) == ((), 0)


def test_everything_wrong_is_named_at_once(machine: Machine) -> None:
    ran = machine.run("settings", "set", "contoso", "inviters", "alice", "bob")
    assert ran.status == 2
    assert all(word in ran.err for word in ("The tenant", "'alice'", "'bob'"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("who-may-invite", "the-world"),
        ("invitation-days", "91"),
        ("invitation-days", "7", "8"),
        ("invitation-days",),
        ("passcode-minutes", "4"),
        ("session-hours", "usual"),
        ("grace-days", "31"),
        ("sponsor-missing", "perhaps"),
        ("familiar-domains", "no domain"),
        ("familiar-domains",),
        ("workspace-approvers", ALICE),
        ("inviters", ALICE, "--workspace", "w"),
        ("colour", "red"),
    ],
)
def test_what_cannot_be_set_is_wrong_usage(machine: Machine, arguments: tuple[str, ...]) -> None:
    ran = machine.run("settings", "set", TENANT, *arguments)
    assert ran.status == 2
    assert ran.err
    assert policy(machine).version == 0


def test_numbers_that_contradict_each_other_are_refused(machine: Machine) -> None:
    assert machine.run("settings", "set", TENANT, "access-days-most", "30").status == 0
    ran = machine.run("settings", "set", TENANT, "access-days", "31")
    assert (ran.status, "access-days" in ran.err) == (2, True)


def test_a_workspace_of_nobody_has_no_approvers(machine: Machine) -> None:
    ran = machine.run("settings", "set", TENANT, "workspace-approvers", ALICE, "--workspace", "unknown")
    assert (ran.status, "no such workspace" in ran.err) == (1, True)


@pytest.mark.parametrize("command", [(), ("show",), ("set",)])
def test_each_command_explains_itself(machine: Machine, command: tuple[str, ...]) -> None:
    ran = machine.run("settings", *command, "--help")
    assert ran.status == 0
    assert "Usage" in ran.out
