"""`python app.py invite FILE`: a list of people, previewed and invited from the command line."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

import cli
import list_reports
import values

if TYPE_CHECKING:
    from domain.bulk_views import BulkLine, BulkView, Listed
    from domain.views import Person, Place
    from storage.database import Database

Flag = Annotated[bool, Parameter(negative=())]


def register(app: App, commands: cli.Commands) -> None:
    app.command(ListCommands(commands).invite, name="invite")


@dataclass
class ListCommands:
    commands: cli.Commands

    async def invite(
        self,
        file: Path,
        /,
        *,
        workspace: str,
        as_: Annotated[str, Parameter(name="--as")],
        tenant: str | None = None,
        days: int | None = None,
        dry_run: Flag = False,
        sure: Flag = False,
        result: Path | None = None,
    ) -> int:
        """Invite everybody in a CSV file into a workspace, each once however often this is run.

        Prints what becomes of each row. Mails are sent by the Gatehouse that runs; rows over a quota wait, and go on
        there. Exit status 1 if a row can not be invited.

        Parameters
        ----------
        file
            CSV (UTF-8), at most 1 MB and 5,000 rows. Columns: email; also name, language, days, until, message.
        workspace
            Id (see `policies list`) or name of the workspace.
        as_
            Who invites: the Entra object id or the address of an owner or admin whom the bot has met.
        tenant
            The tenant's id. Not needed where there is only one.
        days
            Days of access, for rows that do not say.
        dry_run
            Only say what would become of each row.
        sure
            Invite also addresses that look mistyped.
        result
            Write what became of each row into this CSV file, safe against formulas.
        """
        listed = await _listed(file, sure)
        async with self.commands.database() as database:
            await database.migrate()
            place, person = await _named(database, tenant, workspace, as_)
            if dry_run:
                lines = await _looked(database, place, person, listed, days)
            else:
                lines = await _invited(database, place, person, listed, file.name, days)
        if result:
            await asyncio.to_thread(_write, result, list_reports.csv_text(lines))
        return list_reports.status(lines)


async def _listed(file: Path, sure: bool) -> "Listed":
    from domain import lists
    from domain.bulk_errors import UnreadableList

    try:
        data = await asyncio.to_thread(_beginning, file, lists.MOST_BYTES + 1)
        return lists.listed(lists.read(data).lines, sure=sure)
    except OSError as fault:
        raise cli.WrongUsage(f"{file} cannot be read: {fault.strerror}.") from None
    except UnreadableList as refusal:
        raise cli.Failure(list_reports.unreadable(file.name, refusal)) from None


def _beginning(file: Path, most: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(most)


async def _named(database: "Database", tenant: str | None, workspace: str, person: str) -> "tuple[Place, Person]":
    from domain import bulk_naming

    if tenant:
        tenant_id = cli.argument("The tenant", values.guid, tenant)
    else:
        tenant_id = _only(await database.read(bulk_naming.tenants), "tenant", "--tenant")
    places = await database.read(bulk_naming.places, tenant_id, workspace)
    people = await database.read(bulk_naming.people, tenant_id, person)
    return _only(places, "workspace of that name or id", "--workspace"), _only(people, "person like that", "--as")


def _only(found: "Sequence[Any]", what: str, option: str) -> Any:
    if len(found) == 1:
        return found[0]
    raise cli.WrongUsage(f"{option}: there is {'more than one' if found else 'no'} {what}.")


async def _asked(unit: Any, *arguments: Any, **named: Any) -> Any:
    """What the domain refuses, in a sentence. Nobody is asked who has an account where: that is unknown, not a no."""
    from domain.errors import Refusal, WrongDays

    try:
        return await unit(*arguments, **named)
    except WrongDays as refusal:
        raise cli.WrongUsage(list_reports.wrong_days(refusal)) from None
    except Refusal as refusal:
        raise cli.Failure(list_reports.refused(refusal)) from None


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8-sig", newline="")
    except OSError as fault:
        raise cli.Failure(f"{file} cannot be written: {fault.strerror}. What is told above was done.") from None


async def _looked(
    database: "Database", place: "Place", person: "Person", listed: "Listed", days: int | None
) -> "Sequence[BulkLine]":
    from domain import bulks
    from domain.views import Surface

    lines = await _asked(database.write, bulks.look, place, person, listed, Surface.API, days=days, found={})
    print(list_reports.rows(lines))
    return lines


async def _invited(
    database: "Database", place: "Place", person: "Person", listed: "Listed", name: str, days: int | None
) -> "Sequence[BulkLine]":
    from domain import bulk_work, bulks
    from domain.views import Surface

    given = partial(bulks.preview, days=days, found={})
    view: BulkView = await _asked(database.write, given, place, person, listed, name, Surface.API)
    if view.known:
        print(list_reports.known(view))
    await _asked(database.write, bulks.confirm, place, person, view.bulk_id)
    again_at: datetime | None = datetime.now(UTC)
    while again_at is not None and again_at <= datetime.now(UTC):
        again_at = await database.write(bulk_work.carry_on, place.tenant_id, view.bulk_id)
    lines = await database.read(bulks.everything, place.tenant_id, view.bulk_id)
    print(list_reports.rows(lines))
    if again_at is not None:
        await database.write(bulks.wait, place.tenant_id, view.bulk_id, again_at)
        print(list_reports.waiting(lines, again_at))
    return lines
