"""`python app.py policies`, `domains`, `terms`: what they print, what they change, and how they end."""

from pathlib import Path
from typing import Any

import pytest

from domain import audit, policy_changes, policy_edits, workspaces
from domain.policies import Method, Occasion, Policy
from domain.views import Kind, Person, Place
from tests.operator.test_commands import TENANT, Machine, either, machine

__all__ = ["either", "machine"]

PLACE = Place(TENANT, Kind.TEAM, "msteams", "19:l@thread", "Launch", "https://smba.example/", "19:l@thread", "28:bot")


def policy(machine: Machine) -> Policy:
    found: Policy = machine.asks(policy_changes.of_tenant, TENANT)
    return found


def events(machine: Machine) -> list[Any]:
    return [each for each in machine.asks(lambda work: list(audit.export(work, TENANT))) if each["actor"] == "operator"]


def written(machine: Machine, name: str, text: str | bytes) -> str:
    (machine.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def test_a_rule_is_added_listed_and_removed(either: Machine) -> None:
    either.asks(workspaces.arrived, PLACE, Person(TENANT, "alice-id", "Alice"), write=True)
    (workspace,) = either.asks(policy_edits.workspaces, TENANT)
    ran = either.run(
        "policies", "add", TENANT.upper(), "Outside the office", "--workspace", workspace,
        "--domain", "Fabrikam.example", "*.c.example", "--method", "google", "--method", "email_passcode",
        "--network", "10.1.2.3/8", "2001:db8::/32", "--elsewhere", "--occasion", "later",
        "--mfa", "--terms", "--session-hours", "2",
    )  # fmt: skip
    assert (ran.status, ran.err) == (0, "")
    assert "No terms are published yet" in ran.out
    (rule,) = policy(either).rules
    assert rule.rule_id in ran.out
    assert (rule.name, rule.workspaces, rule.domains) == (
        "Outside the office", (workspace,), ("fabrikam.example", "*.c.example"),
    )  # fmt: skip
    assert rule.methods == (Method.GOOGLE, Method.EMAIL_PASSCODE)
    assert (rule.networks, rule.elsewhere) == (("10.0.0.0/8", "2001:db8::/32"), True)
    assert (rule.occasion, rule.block, rule.mfa, rule.terms, rule.session_hours) == (
        Occasion.LATER,
        False,
        True,
        True,
        2,
    )
    listed = either.run("policies", "list", TENANT).out
    assert "workspace Launch; domain fabrikam.example or *.c.example; method google or email_passcode; " in listed
    assert "; outside of 10.0.0.0/8 or 2001:db8::/32; sign-in later  mfa, terms, session 2 h  " + rule.rule_id in listed
    assert f"Launch     {workspace}" in listed
    assert "version        1\n" in listed
    assert either.run("policies", "remove", TENANT, "outside THE office").status == 0
    assert policy(either).rules == ()
    assert [each["kind"] for each in events(either)] == ["policy.changed", "policy.changed"]


def test_a_rule_without_conditions_says_that_it_is_for_everybody(machine: Machine) -> None:
    assert "applies to every guest" in machine.run("policies", "add", TENANT, "Nobody", "--block").out
    assert policy(machine).rules[0].block
    assert "always" in machine.run("policies", "list", TENANT).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("policies", "list", "contoso"), "must be an id such as"),
        (("policies", "add", TENANT, "x"), "A rule needs a control"),
        (("policies", "add", TENANT, "x" * 65, "--block"), "The name must be 1 to 64"),
        (("policies", "add", TENANT, " ", "--block"), "The name must be 1 to 64"),
        (("policies", "add", TENANT, "x\ny", "--block"), "The name must be 1 to 64"),
        (("policies", "add", TENANT, "x", "--block", "--elsewhere"), "--elsewhere goes with --network"),
        (("policies", "add", TENANT, "x", "--block", "--network", "10.0.0.0/33"), "--network must be an address range"),
        (("policies", "add", TENANT, "x", "--block", "--network", "::ffff:10.0.0.0/104"), "must be written as IPv4"),
        (("policies", "add", TENANT, "x", "--block", "--domain", "münchen.example"), "--domain must be a domain"),
        (("policies", "add", TENANT, "x", "--block", "--domain", "*"), "--domain must be a domain"),
        (("policies", "add", TENANT, "x", "--block", "--domain", "com"), "--domain must be a domain"),
        (("policies", "add", TENANT, "x", "--block", "--domain", "a.*.example"), "--domain must be a domain"),
        (("policies", "add", TENANT, "x", "--block", "--domain", "@a.example"), "--domain must be a domain"),
        (("policies", "add", TENANT, "x", "--session-hours", "0"), "--session-hours must be 1 to 24 hours"),
        (("policies", "add", TENANT, "x", "--session-hours", "25"), "--session-hours must be 1 to 24 hours"),
        (("policies", "add", TENANT, "x", "--block", "--method", "carrier_pigeon"), "carrier_pigeon"),
        (("policies", "add", TENANT, "x", "--block", "--occasion", "second"), "second"),
        (("policies", "session-hours", TENANT, "25"), "must be 1 to 24 hours"),
        (("policies", "privacy", TENANT, "ftp://x.example"), "must be a URL"),
        (("policies", "privacy", TENANT, "http://x.example"), "must begin with https://"),
        (("policies", "privacy", TENANT, "https://x.example/\njavascript:"), "must be an https URL"),
        (("policies", "privacy", TENANT, "https://x.example/<b>"), "must be an https URL"),
        (("domains", "own", "add", TENANT, "a b.example"), "The domain must be a domain"),
        (("terms", "publish", TENANT, "missing.txt", "--language", "en"), "missing.txt cannot be read"),
        (("terms", "publish", TENANT, "x.txt", "--language", "English"), "--language must be a language"),
        (("terms", "publish", TENANT, "x.txt", "--language", "en", "--language-file", "de"), "must be a language and"),
        (("terms", "publish", TENANT, "x.txt", "--language", "en", "--language-file", "en=x.txt"), "named twice"),
        (("terms", "require", TENANT, "some"), "some"),
        (("terms", "publish", TENANT, "x.txt"), "language"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_wrong_usage(machine: Machine, arguments: tuple[str, ...], told: str) -> None:
    written(machine, "x.txt", "Be kind.")
    ran = machine.run(*arguments)
    assert ran.status == 2
    assert told in " ".join((ran.out + ran.err).split())
    assert policy(machine) == Policy()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "is empty"),
        (b" \r\n\t ", "is empty"),
        (b"\xff\xfe", "is not UTF-8 text"),
        ("x" * 50_001, "holds more than 50,000 characters"),
        ("x" * 300_000, "holds more than 50,000 characters"),
        ("a\x1b[31mb", "holds control characters"),
    ],
)
def test_terms_are_plain_text_of_a_bearable_length(machine: Machine, text: str | bytes, told: str) -> None:
    ran = machine.run("terms", "publish", TENANT, written(machine, "t.txt", text), "--language", "en")
    assert (ran.status, ran.err) == (2, f"t.txt {told}.\n")
    assert policy(machine).terms_version == 0


def test_what_does_not_fit_the_policy_fails_with_a_sentence(machine: Machine) -> None:
    for arguments, told in (
        (("policies", "remove", TENANT, "x"), "There is no rule named x."),
        (("policies", "add", TENANT, "x", "--block", "--workspace", "w"), "This tenant has no workspace w."),
        (("domains", "deny", "remove", TENANT, "a.example"), "a.example is not on the list."),
    ):
        ran = machine.run(*arguments)
        assert ran.status == 1
        assert ran.err.startswith(told)
    machine.run("policies", "add", TENANT, "x", "--block")
    ran = machine.run("policies", "add", TENANT, "X", "--mfa")
    assert (ran.status, len(policy(machine).rules)) == (1, 1)
    assert ran.err.startswith("There is a rule named X already.")


def test_domains_are_own_and_allowed_or_denied(either: Machine) -> None:
    assert either.run("domains", "own", "add", TENANT, "Contoso.example").status == 0
    ran = either.run("domains", "deny", "add", TENANT, "*.evil.example")
    assert ran.status == 0
    assert "deny  *.evil.example   never guests" in ran.out
    assert "Kept out by their domain now: 0 guests, 0 open invitations (before: 0 guests" in ran.out
    ran = either.run("domains", "allow", "add", TENANT, "good.example")
    assert ran.status == 1
    assert ran.err.startswith("A tenant has an allow list or a deny list, not both.")
    assert either.run("domains", "deny", "add", TENANT, "*.evil.example").status == 1
    assert either.run("domains", "deny", "remove", TENANT, "*.evil.example").status == 0
    assert either.run("domains", "allow", "add", TENANT, "good.example").status == 0
    listed = either.run("domains", "list", TENANT).out
    assert "own    contoso.example  employees, never guests" in listed
    assert "allow  good.example     only these may be guests" in listed
    found = policy(either)
    assert (found.own_domains, found.allowed_domains, found.denied_domains) == (
        ("contoso.example",),
        ("good.example",),
        (),
    )


def test_terms_are_published_in_versions_and_listed(either: Machine) -> None:
    english = written(either, "en.txt", b"\xef\xbb\xbfBe kind.\r\n\r\nBe brief.\r\n")
    german = written(either, "de.txt", "Seien Sie nett.")
    ran = either.run("terms", "publish", TENANT, english, "--language", "en", "--language-file", f"de={german}")
    assert ran.out == "Version 1 is published (de, en); every guest will be asked for it.\n"
    assert either.run("terms", "publish", TENANT, english, "--language", "EN").status == 0
    lines = [line.split() for line in either.run("terms", "list", TENANT).out.splitlines()]
    assert [(line[0], line[1], line[2], line[-1]) for line in lines[1:]] == [
        ("2", "en", "19", "0"), ("1", "de", "15", "0"), ("1", "en", "19", "0"),
    ]  # fmt: skip
    assert policy(either).terms_version == 2
    assert [each["kind"] for each in events(either)] == ["policy.changed", "terms.published"] * 2
    ran = either.run("terms", "require", TENANT, "rules")
    assert "version 2, for those of whom a rule demands them" in ran.out
    assert not policy(either).terms_for_all


def test_the_longest_terms_are_published(machine: Machine) -> None:
    file = written(machine, "t.txt", "ü" * 50_000)
    assert machine.run("terms", "publish", TENANT, file, "--language", "de").status == 0


def test_session_hours_and_the_privacy_statement_are_set_and_taken_back(machine: Machine) -> None:
    assert "1 hour at most" in machine.run("policies", "session-hours", TENANT, "1").out
    url = "https://contoso.example/privacy?lang=en"
    assert url in machine.run("policies", "privacy", TENANT, url).out
    assert (policy(machine).session_hours, policy(machine).privacy_url) == (1, url)
    assert machine.run("policies", "privacy", TENANT, "none").status == 0
    assert policy(machine).privacy_url == ""


def test_the_chain_of_the_audit_is_whole_after_all_that(machine: Machine) -> None:
    machine.run("policies", "add", TENANT, "x", "--block")
    machine.run("domains", "own", "add", TENANT, "a.example")
    machine.run("terms", "publish", TENANT, written(machine, "t.txt", "Be kind."), "--language", "en")
    assert machine.run("audit", "verify", TENANT).out == f"{TENANT}: whole\n"


def test_nothing_was_said_yet(either: Machine) -> None:
    assert "No rules." in either.run("policies", "list", TENANT).out
    assert "No domains are listed" in either.run("domains", "list", TENANT).out
    assert either.run("terms", "list", TENANT).out == "No terms yet.\n"


GROUPS = [("policies", "list add remove session-hours privacy"), ("domains", "list own allow deny"),
          ("terms", "publish list require")]  # fmt: skip


@pytest.mark.parametrize(("group", "names"), GROUPS)
def test_each_command_explains_itself_without_settings(machine: Machine, group: str, names: str) -> None:
    machine.setting()
    for command in ((group,), *((group, name) for name in names.split())):
        ran = machine.run(*command, "--help")
        assert (ran.status, ran.err) == (0, "")
        assert f"Usage: {' '.join(('app.py', *command))}" in ran.out


def test_no_folder_is_needed_but_the_files(machine: Machine) -> None:
    assert machine.run("terms", "publish", TENANT, str(Path.cwd()), "--language", "en").status == 2
