"""The commands of `python app.py`. Only `serve` needs no parser: loading that costs 100 ms."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_args

import config
import values
from config import Settings, SettingsFaults

if TYPE_CHECKING:
    from cyclopts import App

    from storage.database import Database

T = TypeVar("T")
Role = Literal["all", "web", "worker"]
OpenDatabase = Callable[[Settings], AbstractAsyncContextManager["Database"]]
Serve = Callable[[Settings, Role], int]
"""Runs until it is told to stop; gives the exit status."""

DONE, FAILED, USAGE = 0, 1, 2
"""Exit statuses; wrong settings are wrong usage."""


class WrongUsage(Exception):
    """A sentence for whoever typed it."""


class Failure(Exception):
    """A sentence for whoever typed it: it was not done."""


def main(arguments: Sequence[str], *, open_database: OpenDatabase, serve: Serve) -> int:
    """Runs one command and gives the exit status."""
    commands = Commands(open_database, serve)
    try:
        role = _serving(list(arguments))
        return commands.serve(role=role) if role else _parsed(commands, arguments)
    except (SettingsFaults, WrongUsage, values.Wrong) as wrong:
        return _complain(str(wrong), USAGE)
    except Failure as failure:
        return _complain(str(failure), FAILED)


def _serving(arguments: list[str]) -> Role | None:
    """The role when plainly asked to serve; None: the parser must look."""
    rest = arguments[1:] if arguments[:1] == ["serve"] else arguments
    if not rest:
        return "all"
    named = rest[1:] if rest[0] == "--role" else [rest[0].removeprefix("--role=")]
    return next((role for role in get_args(Role) if named == [role] and rest[0].startswith("--role")), None)


def _parsed(commands: "Commands", arguments: Sequence[str]) -> int:
    from cyclopts import CycloptsError

    try:
        status = _parser(commands)(arguments)
    except CycloptsError:
        return USAGE
    asked_for_help = any(argument in {"--help", "-h"} for argument in arguments)
    return status if isinstance(status, int) else DONE if asked_for_help else USAGE


def _parser(commands: "Commands") -> "App":
    from cyclopts import App

    import audit_commands
    import erasure_commands
    import feature_commands
    import list_commands
    import method_commands
    import policy_commands
    import setting_commands

    plain: dict[str, Any] = {"version_flags": [], "help_format": "plaintext"}
    app = App("app.py", help="Invite guests from the chat.", result_action="return_value", exit_on_error=False, **plain)
    for command in (commands.serve, commands.migrate, commands.doctor, commands.manifest, commands.backup):
        app.command(command)
    audit_commands.register(app, commands, plain)
    list_commands.register(app, commands)
    erasure_commands.register(app, commands, plain)
    feature_commands.register(app, commands, plain)
    policy_commands.register(app, commands, plain)
    setting_commands.register(app, commands, plain)
    method_commands.register(app, commands, plain)
    return app


@dataclass
class Commands:
    """Each method is a command; its docstring is its help."""

    open_database: OpenDatabase
    run_server: Serve

    def serve(self, *, role: Role = "all") -> int:
        """Run Gatehouse (also without any command).

        Parameters
        ----------
        role
            all: everything in one process. web: bot endpoint and guest pages. worker: delivers mails and cards.
        """
        return self.run_server(_settings(), role)

    async def migrate(self) -> int:
        """Bring the database to this version. `serve` does so at its start, too."""
        async with self.database() as database:
            await database.migrate()
        print("The database is of this version.")
        return DONE

    async def doctor(self) -> int:
        """Check settings, address, relay, database, bot, DNS and clock. Sends no mail, shows no secret."""
        import doctor

        bad = FAILED
        try:
            settings = _settings()
        except SettingsFaults as faults:
            bad, findings = USAGE, doctor.faulty(faults.faults)
        else:
            findings = await doctor.examine(settings, self.open_database(settings), config.given(os.environ))
        for finding in findings:
            print(finding)
        return bad if any(finding.bad for finding in findings) else DONE

    def manifest(self, *, out: Path = Path("dist/gatehouse.zip")) -> int:
        """Write the app package for Teams, made for this bot and this public address.

        Parameters
        ----------
        out
            The zip file.
        """
        from manifest import package

        settings = _settings()
        try:
            package.build(settings.app_id or package.SAMPLE_ID, settings.public_url, out)
        except package.Faulty as fault:
            return _complain("\n".join(fault.faults), FAILED)
        except OSError as fault:
            return _complain(f"{out} cannot be written: {fault.strerror}.", FAILED)
        sample = "" if settings.app_id else " It is for a sample bot: MicrosoftAppId is not set."
        print(f"The package is in {out}.{sample}")
        return DONE

    async def backup(self, file: Path, /) -> int:
        """Copy the SQLite database, while Gatehouse runs or not, to a new FILE that only this user can read."""
        settings = _settings()
        if settings.sqlite_path is None:
            return _complain("Only SQLite is copied here. Back PostgreSQL up with its own pg_dump.", FAILED)
        if not await asyncio.to_thread(settings.sqlite_path.is_file):
            return _complain(f"There is no database at {settings.sqlite_path} yet.", FAILED)
        async with self.database(settings) as database:
            try:
                await cast(Any, database.engine).backup(file)
            except OSError as fault:
                return _complain(f"{file} cannot be written: {fault.strerror}.", FAILED)
        print(f"The database was copied to {file}.")
        return DONE

    @asynccontextmanager
    async def database(self, settings: Settings | None = None) -> AsyncGenerator["Database"]:
        from domain.faults import Unavailable

        try:
            async with self.open_database(settings or _settings()) as database:
                yield database
        except Unavailable:
            raise Failure("The database cannot be reached. Nothing was changed.") from None


def _settings() -> Settings:
    return config.load(os.environ)


def argument(name: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except values.Wrong as wrong:
        raise WrongUsage(f"{name} {wrong}.") from None


def _complain(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr)
    return status
