"""`python app.py COMMAND`: what it prints, what it changes, and how it ends."""

import asyncio
import csv
import io
import json
import re
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import app
import cli
import config
from domain import audit, features
from domain.views import Setting, Stage, Surface
from tests.operator.test_settings import PRODUCTION

TENANT = "6f1d2c3b-4a59-4e68-8d77-1c0b9a8f7e6d"
PLAIN = {"GATEHOUSE_ENV": "development"}


@dataclass
class Ran:
    status: int
    out: str
    err: str


@dataclass
class Machine:
    """A folder and an environment to run commands in."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path
    served: list[tuple[config.Settings, str]]

    def setting(self, **environ: str) -> None:
        for name in config.VARIABLES:
            self.monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            self.monkeypatch.setenv(name, value)

    def run(self, *arguments: str) -> Ran:
        def serve(settings: config.Settings, role: cli.Role) -> int:
            self.served.append((settings, role))
            return cli.DONE

        self.capsys.readouterr()
        status = cli.main(list(arguments), open_database=app.open_database, serve=serve)
        said = self.capsys.readouterr()
        return Ran(status, said.out, said.err)

    def asks(self, operation: Callable[..., Any], *arguments: Any, write: bool = False) -> Any:
        async def ask() -> Any:
            async with app.open_database(config.load(dict(__import__("os").environ))) as database:
                await database.migrate()
                return await (database.write if write else database.read)(operation, *arguments)

        return asyncio.run(ask())


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Machine:
    monkeypatch.chdir(tmp_path)
    made = Machine(monkeypatch, capsys, tmp_path, [])
    made.setting(**PLAIN, GATEHOUSE_DATABASE_URL=f"sqlite:///{tmp_path / 'gatehouse.db'}")
    return made


@pytest.fixture
def either(machine: Machine, database_url: str) -> Machine:
    """On both kinds of database."""
    machine.setting(**PLAIN, GATEHOUSE_DATABASE_URL=database_url)
    return machine


@pytest.mark.parametrize(
    ("arguments", "role"),
    [
        ((), "all"),
        (("serve",), "all"),
        (("serve", "--role", "web"), "web"),
        (("serve", "--role=worker"), "worker"),
        (("--role", "worker"), "worker"),
    ],
)
def test_serving_is_the_default_and_has_three_roles(machine: Machine, arguments: tuple[str, ...], role: str) -> None:
    assert machine.run(*arguments).status == 0
    ((settings, served),) = machine.served
    assert (settings.development, served) == (True, role)


def test_serving_does_not_load_the_parser(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cyclopts", None)
    assert machine.run("serve", "--role", "web").status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("unheard-of",),
        ("serve", "--role", "cook"),
        ("serve", "web"),
        ("serve", "--role"),
        ("migrate", "now"),
        ("doctor", "--deep"),
        ("features",),
        ("features", "set", "email_passcode"),
        ("features", "set", "email_passcode", "--surface", "mail", "--stage", "ga"),
        ("features", "set", "email_passcode", "--surface", "chat", "--stage", "on"),
        ("features", "set", "telepathy", "--surface", "chat", "--stage", "ga"),
        ("features", "set", "email_passcode", "--surface", "chat", "--stage", "ga", "--from", "tomorrow"),
        ("features", "set", "email_passcode", "--surface", "chat", "--stage", "ga", "--from", ""),
        ("features", "set", "email_passcode", "--surface", "chat", "--stage", "ga", "--from", "2026-13-01"),
        ("features", "set", "email_passcode", "--surface", "chat", "--stage", "preview", "--from", "2026-12-01"),
        ("features", "tenant", TENANT, "email_passcode"),
        ("features", "tenant", TENANT, "email_passcode", "off"),
        ("features", "tenant", TENANT, "telepathy", "enabled"),
        ("features", "tenant", "contoso", "email_passcode", "enabled"),
        ("audit",),
        ("audit", "export", TENANT),
        ("audit", "export", TENANT, "--format", "xlsx"),
        ("backup",),
    ],
)
def test_wrong_usage_is_status_2_with_a_sentence(machine: Machine, arguments: tuple[str, ...]) -> None:
    ran = machine.run(*arguments)
    assert ran.status == 2
    assert (ran.out + ran.err).strip()
    assert not machine.served


@pytest.mark.parametrize("arguments", [(), ("migrate",), ("features", "list"), ("audit", "verify"), ("backup", "x")])
def test_wrong_settings_are_status_2_and_named_at_once(machine: Machine, arguments: tuple[str, ...]) -> None:
    machine.setting(PORT="x", GATEHOUSE_ADMINS="x")
    ran = machine.run(*arguments)
    assert ran.status == 2
    assert {"PORT", "GATEHOUSE_ADMINS", "MicrosoftAppId"} <= set(ran.err.replace("- ", "").split())
    assert not machine.served


HELPED = [
    (),
    ("serve",),
    ("migrate",),
    ("doctor",),
    ("manifest",),
    ("backup",),
    ("features",),
    ("features", "list"),
    ("features", "set"),
    ("features", "tenant"),
    ("audit",),
    ("audit", "verify"),
    ("audit", "export"),
    ("erase",),
]


@pytest.mark.parametrize("command", HELPED)
def test_each_command_explains_itself_without_settings(machine: Machine, command: tuple[str, ...]) -> None:
    machine.setting()
    ran = machine.run(*command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert f"Usage: {' '.join(('app.py', *command))}" in ran.out
    assert len(ran.out.split()) > 10


def test_help_names_every_command_with_a_sentence(machine: Machine) -> None:
    told = machine.run("--help").out
    for command in HELPED[1:]:
        if len(command) == 1:
            (line,) = [line for line in told.splitlines() if f" {command[0]} " in f"{line} "]
            assert len(line.split()) > 3


def test_a_fresh_installation_is_on_everywhere(either: Machine) -> None:
    ran = either.run("features", "list")
    assert ran.status == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        ["FEATURE", "SURFACE", "STAGE", "FROM", "NOW"],
        ["email_passcode", "chat", "ga", "-", "on"],
        ["email_passcode", "api", "ga", "-", "on"],
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2999-12-01", datetime(2999, 12, 1, tzinfo=UTC)),
        ("2999-12-01T09:30", datetime(2999, 12, 1, 9, 30, tzinfo=UTC)),
        ("2999-12-01T09:30Z", datetime(2999, 12, 1, 9, 30, tzinfo=UTC)),
        ("2999-12-01T09:30+01:00", datetime(2999, 12, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_stage_is_set_from_an_instant_on(machine: Machine, text: str, moment: datetime) -> None:
    ran = machine.run("features", "set", "email_passcode", "--surface", "chat", "--stage", "ga", "--from", text)
    assert ran.status == 0
    assert f"{moment:%Y-%m-%d %H:%M} UTC  off" in ran.out
    (chat,) = [each for each in machine.asks(features.facts, None).rollouts if each.surface is Surface.CHAT]
    assert (chat.stage, chat.from_at) == (Stage.GA, moment)


def test_a_stage_is_set_on_one_surface_and_audited(either: Machine) -> None:
    assert either.run("features", "set", "email_passcode", "--surface", "chat", "--stage", "off").status == 0
    facts = either.asks(features.facts, None)
    now = datetime.now(UTC)
    assert not features.decided(facts, Surface.CHAT, now).on
    assert features.decided(facts, Surface.API, now).on
    (event,) = either.asks(lambda work: list(audit.export(work, audit.INSTALLATION)))
    assert (event["kind"], event["actor"]) == ("rollout.set", audit.OPERATOR)


def test_a_tenants_setting_is_set_and_its_effect_told(either: Machine) -> None:
    ran = either.run("features", "tenant", TENANT.upper(), "email_passcode", "disabled")
    assert ran.status == 0
    assert f"email_passcode is disabled for tenant {TENANT}." in ran.out
    assert "0 guests can no longer sign in, 0 pending invitations can no longer be redeemed" in ran.out
    assert either.asks(features.facts, TENANT).setting is Setting.DISABLED
    assert f"{TENANT}  email_passcode  disabled" in either.run("features", "list").out


def test_enabling_says_nothing_of_people_shut_out(machine: Machine) -> None:
    told = machine.run("features", "tenant", TENANT, "email_passcode", "enabled").out
    assert "no longer" not in told
    assert told.count(" on\n") == 2


def test_the_audit_is_verified_and_a_changed_event_named(machine: Machine) -> None:
    for setting in ("disabled", "enabled", "default"):
        machine.run("features", "tenant", TENANT, "email_passcode", setting)
    whole = machine.run("audit", "verify", TENANT)
    assert (whole.status, whole.out) == (0, f"{TENANT}: whole\n")
    with sqlite3.connect(machine.folder / "gatehouse.db") as raw:
        raw.execute("UPDATE audit_events SET actor = 'mallory' WHERE sequence = 2")
    raw.close()
    broken = machine.run("audit", "verify")
    assert broken.status == 1
    assert re.fullmatch(rf"{TENANT}: broken at event 2 \(feature\.set, \d{{4}}-[\d-]+ [\d:]+ UTC\)\n", broken.out)


def test_the_operators_own_changes_have_a_chain_too(either: Machine) -> None:
    either.run("features", "set", "email_passcode", "--surface", "api", "--stage", "preview")
    assert either.run("audit", "verify").out == "installation: whole\n"
    assert either.run("audit", "verify", "installation").status == 0
    (event,) = json.loads(either.run("audit", "export", "installation", "--format", "json").out)
    assert event["kind"] == "rollout.set"


def test_nothing_to_verify_is_not_whole(machine: Machine) -> None:
    machine.run("migrate")
    assert machine.run("audit", "verify").status == 1
    named = machine.run("audit", "verify", TENANT)
    assert (named.status, named.out) == (1, f"{TENANT}: no events\n")


def test_the_audit_is_exported_as_json(machine: Machine) -> None:
    machine.run("features", "tenant", TENANT, "email_passcode", "disabled")
    (event,) = json.loads(machine.run("audit", "export", TENANT, "--format", "json").out)
    assert (event["sequence"], event["kind"], event["tenant_id"]) == (1, "feature.set", TENANT)


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "\0="])
def test_no_cell_of_an_export_is_a_formula(machine: Machine, beginning: str) -> None:
    actor = f"{beginning}cmd|' /C calc'!A0, \"x\""
    machine.asks(lambda work: audit.record(work, TENANT, "feature.set", actor, feature="x"), write=True)
    told = machine.run("audit", "export", TENANT, "--format", "csv").out
    heads, row = csv.reader(io.StringIO(told, newline=""))
    cells = dict(zip(heads, row, strict=True))
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))]
    assert cells["actor"].lstrip("'") == actor.replace("\0", "")
    assert cells["kind"] == "feature.set"


def test_an_export_of_nothing_is_a_failure(machine: Machine) -> None:
    machine.run("migrate")
    assert machine.run("audit", "export", TENANT, "--format", "csv").status == 1


def test_a_backup_is_whole_and_private(machine: Machine) -> None:
    machine.run("features", "tenant", TENANT, "email_passcode", "disabled")
    ran = machine.run("backup", "copy.db")
    assert ran.status == 0
    copy = machine.folder / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    machine.setting(**PLAIN, GATEHOUSE_DATABASE_URL="sqlite:///copy.db")
    assert "disabled" in machine.run("features", "list").out


def test_a_backup_overwrites_nothing(machine: Machine) -> None:
    machine.run("migrate")
    (machine.folder / "copy.db").write_text("mine")
    ran = machine.run("backup", "copy.db")
    assert ran.status == 1
    assert "File exists" in ran.err
    assert (machine.folder / "copy.db").read_text() == "mine"


def test_without_a_database_there_is_nothing_to_back_up(machine: Machine) -> None:
    ran = machine.run("backup", "copy.db")
    assert ran.status == 1
    assert not (machine.folder / "gatehouse.db").exists()


def test_postgresql_is_backed_up_with_its_own_program(machine: Machine) -> None:
    machine.setting(**PLAIN, GATEHOUSE_DATABASE_URL="postgresql://gate:hunter2@localhost/gatehouse")
    ran = machine.run("backup", "copy.db")
    assert ran.status == 1
    assert "pg_dump" in ran.err
    assert "hunter2" not in ran.err


@pytest.mark.sockets
@pytest.mark.parametrize("command", [("migrate",), ("features", "list"), ("audit", "verify")])
def test_a_database_that_is_away_is_a_sentence(machine: Machine, command: tuple[str, ...]) -> None:
    machine.setting(**PLAIN, GATEHOUSE_DATABASE_URL="postgresql://gate:hunter2@127.0.0.1:1/gatehouse")
    ran = machine.run(*command)
    assert (ran.status, ran.err) == (1, "The database cannot be reached. Nothing was changed.\n")


@pytest.mark.parametrize("path", ["folder", "notes.txt", "notes.txt/gatehouse.db"])
def test_a_path_that_can_hold_no_database_is_a_sentence(machine: Machine, path: str) -> None:
    (machine.folder / "folder").mkdir()
    (machine.folder / "notes.txt").write_text("Milk, eggs, bread. " * 100)
    machine.setting(**PLAIN, GATEHOUSE_DATABASE_URL=f"sqlite:///{path}")
    for command in (("features", "list"), ("migrate",)):
        ran = machine.run(*command)
        assert (ran.status, ran.err) == (1, "The database cannot be reached. Nothing was changed.\n")


def test_the_app_package_is_for_this_bot(machine: Machine) -> None:
    machine.setting(**PRODUCTION)
    assert machine.run("manifest", "--out", "out/app.zip").status == 0
    with zipfile.ZipFile(machine.folder / "out" / "app.zip") as package:
        described = json.loads(package.read("manifest.json"))
    assert described["bots"][0]["botId"] == PRODUCTION["MicrosoftAppId"]


def test_a_feature_provider_that_cannot_be_had_is_a_wrong_setting(machine: Machine) -> None:
    def serve(settings: config.Settings, role: cli.Role) -> int:
        import evaluation

        evaluation.find(settings.feature_provider or "")
        return cli.DONE

    machine.setting(**PLAIN, GATEHOUSE_FEATURE_PROVIDER="no_such_package:provider")
    assert cli.main((), open_database=app.open_database, serve=serve) == 2
    assert "GATEHOUSE_FEATURE_PROVIDER" in machine.capsys.readouterr().err
