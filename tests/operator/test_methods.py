"""`python app.py methods …`: what it prints, what it changes, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from domain import partners, policy_changes, seals
from domain.policies import Method, Policy
from domain.work import Work
from tests.operator.test_commands import PLAIN, TENANT, Machine, either, machine

__all__ = ["either", "machine"]
FABRIKAM = ("--issuer", "https://login.fabrikam.example", "--client-id", "gatehouse", "--domain", "fabrikam.example")


def policy(machine: Machine) -> Policy:
    return machine.asks(policy_changes.of_tenant, TENANT)


def add(machine: Machine, *more: str, name: str = "Fabrikam") -> Any:
    return machine.run("methods", "partner", "add", TENANT, name, *(more or FABRIKAM))


def test_methods_are_listed_ordered_and_switched(either: Machine) -> None:
    assert either.run("methods", "list").out == (
        "No tenant has changed its sign-in methods: all are on, in the usual order.\n"
    )
    ran = either.run("methods", "order", TENANT, "google", "microsoft")
    assert ran.status == 0
    named = [line.split()[0] for line in ran.out.splitlines()[1:6]]
    assert named == ["google", "microsoft", "partner", "personal", "email_passcode"]
    assert "email_passcode is always the last. Its feature: chat ga (on), api ga (on)." in ran.out
    assert either.run("methods", "switch", TENANT, "google", "off").status == 0
    assert policy(either).order[0] is Method.MICROSOFT
    listed = either.run("methods", "list")
    assert f"{TENANT}  microsoft partner personal email_passcode" in listed.out
    assert "google          off" in either.run("methods", "list", TENANT).out


def test_google_domains_and_trusted_second_factors_are_set_and_taken_away(machine: Machine) -> None:
    assert "Google also signs in: x.example" in machine.run("methods", "google-domain", "add", TENANT, "X.example").out
    assert machine.run("methods", "trust-mfa", TENANT, "google", "on").status == 0
    assert (policy(machine).google_domains, policy(machine).trusted_mfa) == (("x.example",), (Method.GOOGLE,))
    assert machine.run("methods", "google-domain", "remove", TENANT, "x.example").status == 0
    assert machine.run("methods", "trust-mfa", TENANT, "google", "off").status == 0
    assert (policy(machine).google_domains, policy(machine).trusted_mfa) == ((), ())


def test_a_partner_is_set_up_with_a_sealed_secret_that_is_never_told(either: Machine) -> None:
    (either.folder / "secret").write_text("hunter2\n")
    ran = add(
        either, *FABRIKAM, "*.fabrikam.example", "--secret-file", "secret", "--trust-mfa", "--mfa-acr", "urn:a", "urn:b"
    )  # fmt: skip
    assert ran.status == 0
    assert "Fabrikam  fabrikam.example *.fabrikam.example  yes" in ran.out
    assert "hunter2" not in ran.out + ran.err
    (partner,) = policy(either).partners
    assert (partner.trusts_mfa, partner.mfa_acr) == (True, ("urn:a", "urn:b"))

    def unsealed(work: Work) -> Any:
        (row,) = work.all(text("SELECT provider_id, sealed FROM provider_secrets"))
        return row.provider_id, seals.seal(work.keys, partners.PURPOSE).open(row.sealed)

    assert either.asks(unsealed) == (partner.provider_id, b"hunter2")
    told = either.run("audit", "export", TENANT, "--format", "json").out
    assert "hunter2" not in told
    assert json.loads(told)[0]["actor"] == "operator"
    assert either.run("methods", "partner", "remove", TENANT, "fabrikam").status == 0
    assert policy(either).partners == ()
    assert either.asks(lambda work: work.all(text("SELECT * FROM provider_secrets"))) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("order", TENANT), "Name each sign-in method once"),
        (("order", TENANT, "google", "google"), "Name each sign-in method once"),
        (("order", TENANT, "email_passcode", "google"), "email_passcode is always the last"),
        (("order", TENANT, "telepathy"), "The sign-in method must be"),
        (("switch", TENANT, "telepathy", "off"), "The sign-in method must be"),
        (("switch", "contoso", "google", "off"), "The tenant must be"),
        (("list", "contoso"), "The tenant must be"),
        (("trust-mfa", TENANT, "personal", "on"), "Only microsoft and google"),
        (("google-domain", "add", TENANT, "com"), "com is no mail domain."),
        (("partner", "add", TENANT, " ", *FABRIKAM), "The name has"),
        (("partner", "add", TENANT, "F", "--issuer", "http://x.example", *FABRIKAM[2:]), "must be an https URL"),
        (("partner", "add", TENANT, "F", *FABRIKAM[:4], "--domain", "*"), "* is no mail domain."),
        (("partner", "add", TENANT, "F", *FABRIKAM, "--secret-file", "nowhere"), "The secret cannot be read"),
    ],
)
def test_wrong_usage_is_status_2_with_a_sentence(machine: Machine, arguments: tuple[str, ...], sentence: str) -> None:
    ran = machine.run("methods", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert sentence in ran.err
    assert ran.err.endswith(".\n")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("move",),
        ("switch", TENANT, "google"),
        ("switch", TENANT, "google", "maybe"),
        ("partner",),
        ("partner", "add", TENANT, "F"),
        ("partner", "add", TENANT, "F", *FABRIKAM[:4]),
        ("google-domain", "add", TENANT),
    ],
)
def test_what_the_parser_refuses_is_status_2_too(machine: Machine, arguments: tuple[str, ...]) -> None:
    ran = machine.run("methods", *arguments)
    assert ran.status == 2
    assert (ran.out + ran.err).strip()


def test_an_empty_secret_is_none(machine: Machine) -> None:
    (machine.folder / "secret").write_text("\n")
    ran = add(machine, *FABRIKAM, "--secret-file", "secret")
    assert (ran.status, policy(machine).partners) == (2, ())


def test_names_and_domains_belong_to_one_partner(machine: Machine) -> None:
    assert add(machine).status == 0
    again = add(machine, *FABRIKAM[:4], "--domain", "other.example")
    assert (again.status, again.err) == (1, "There is a partner Fabrikam already. Remove it first.\n")
    taken = add(machine, name="Other")
    assert (taken.status, taken.err) == (1, "The domain fabrikam.example belongs to the partner Fabrikam already.\n")
    gone = machine.run("methods", "partner", "remove", TENANT, "Nobody")
    assert (gone.status, gone.err) == (1, "There is no partner Nobody.\n")


def test_in_development_only_a_partner_may_be_on_this_machine(machine: Machine, tmp_path: Path) -> None:
    here = ("--issuer", "http://127.0.0.1:4000", *FABRIKAM[2:])
    assert add(machine, *here).status == 0
    from tests.operator.test_settings import PRODUCTION

    machine.setting(**PRODUCTION | {"GATEHOUSE_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"})
    ran = add(machine, *here)
    assert ran.status == 2
    assert "must be an https URL" in ran.err


@pytest.mark.parametrize("arguments", [(), ("partner",), ("partner", "add"), ("switch",), ("google-domain", "add")])
def test_help_explains_each(machine: Machine, arguments: tuple[str, ...]) -> None:
    ran = machine.run("methods", *arguments, "--help")
    assert ran.status == 0
    assert "Usage" in ran.out


@pytest.mark.sockets
def test_a_database_that_is_away_is_a_sentence(machine: Machine) -> None:
    machine.setting(**PLAIN, GATEHOUSE_DATABASE_URL="postgresql://gate:hunter2@127.0.0.1:1/gatehouse")
    ran = machine.run("methods", "switch", TENANT, "google", "off")
    assert (ran.status, ran.err) == (1, "The database cannot be reached. Nothing was changed.\n")
