"""`python app.py audit …`: is the chain whole, and what is in it."""

import io
import sys
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

import audit_reports
import cli
import values
from audit_reports import INSTALLATION
from cli import DONE, FAILED, Failure, WrongUsage, argument

if TYPE_CHECKING:
    from domain.audit import Choice
    from storage.database import Database


def register(app: App, commands: cli.Commands, plain: dict[str, Any]) -> None:
    made = AuditCommands(commands)
    audit = App("audit", help="Verify or export the audit. Works while Gatehouse is running.", **plain)
    audit.command(made.verify, name="verify")
    audit.command(made.export, name="export")
    app.command(audit)


@Parameter(name="*")
@dataclass
class Chosen:
    """Which events; all that are given have to be met."""

    since: Annotated[str | None, Parameter(help="From this instant on. ISO 8601; a bare date means 00:00 UTC.")] = None
    until: Annotated[str | None, Parameter(help="Before this instant.")] = None
    workspace: Annotated[str | None, Parameter(help="In the workspace of this id.")] = None
    kind: Annotated[
        list[str],
        Parameter(
            help="Of these kinds, such as invitation.created, or of these groups: invitations, access, settings, "
            "refusals.",
            consume_multiple=True,
            negative=(),
        ),
    ] = field(default_factory=list[str])
    address: Annotated[str | None, Parameter(help="About the guest of this address.")] = None
    actor: Annotated[
        str | None, Parameter(help="Done by this person's object id, by guest:ID, system or operator.")
    ] = None


ALL = Chosen()


@dataclass
class AuditCommands:
    """Each method is a command; its docstring is its help."""

    commands: cli.Commands

    async def verify(self, tenant: str | None = None, /) -> int:
        """Follow the chain of hashes of one tenant's (or the installation's) events, or of all.

        Parameters
        ----------
        tenant
            The tenant's id, or the word installation.
        """
        from domain import audit

        whole = True
        asked = _chain_of(tenant) if tenant else None
        async with self.commands.database() as database:
            known = await database.read(audit.tenants)
            for tenant_id in (asked,) if asked else known:
                broken = await database.read(audit.verify, tenant_id)
                row = await database.read(audit.event, tenant_id, broken) if broken else None
                print(audit_reports.chain(tenant_id, broken, row, empty=tenant_id not in known))
                whole = whole and broken is None
        return DONE if known and whole else FAILED

    async def export(
        self,
        tenant: str,
        /,
        *,
        format: Literal["csv", "json"],  # noqa: A002 - the option
        chosen: Chosen = ALL,
    ) -> int:
        """Write one tenant's events to standard output, oldest first.

        Parameters
        ----------
        tenant
            The tenant's id, or the word installation.
        format
            csv: for spreadsheets, safe against formulas. json: one list.
        """
        tenant_id, choice = _chain_of(tenant), _choice(chosen)
        out = audit_reports.Csv() if format == "csv" else audit_reports.Json()
        _speak_utf8(sys.stdout)
        async with self.commands.database() as database:
            await _known(database, tenant_id, tenant, choice)
            sys.stdout.write(out.begin())
            await _write(database, tenant_id, choice, out)
            sys.stdout.write(out.end())
        return DONE


def _speak_utf8(stream: Any) -> None:
    """Whatever the terminal's language: that is what JSON is written in (RFC 8259)."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8")


async def _write(
    database: "Database", tenant_id: str, choice: "Choice", out: audit_reports.Csv | audit_reports.Json
) -> None:
    """A unit of work for each piece: nobody waits for the whole, and no more than a piece is in memory."""
    from domain import audit

    after = audit.BELOW
    while found := await database.read(audit.piece, tenant_id, choice, after):
        sys.stdout.write(out.piece(found))
        after = found[-1]["sequence"]


async def _known(database: "Database", tenant_id: str, tenant: str, choice: "Choice") -> None:
    """Raises Failure or WrongUsage, so that nothing is not taken for everything."""
    from domain import audit, policy_edits

    if not await database.read(audit.piece, tenant_id, audit.EVERYTHING, audit.BELOW, 1):
        raise Failure(f"There are no events of tenant {tenant}.")
    if choice.workspace_id and choice.workspace_id not in await database.read(policy_edits.workspaces, tenant_id):
        raise WrongUsage(f"--workspace: tenant {tenant} has no workspace of this id.")


def _chain_of(word: str) -> str:
    """The tenant id under which a chain is kept."""
    from domain import audit

    return audit.INSTALLATION if word == INSTALLATION else argument("The tenant", _tenant, word)


def _tenant(text: str) -> str:
    try:
        return values.guid(text)
    except values.Wrong as wrong:
        raise values.Wrong(f"{wrong}, or the word {INSTALLATION}") from None


def _choice(chosen: Chosen) -> "Choice":
    from domain.audit import EVERYTHING, Choice

    since = _instant("--since", chosen.since) or EVERYTHING.since
    until = _instant("--until", chosen.until) or EVERYTHING.until
    if until <= since:
        raise WrongUsage("--until must be later than --since.")
    return Choice(
        since, until, _word("--workspace", chosen.workspace), _kinds(chosen.kind), _word("--actor", chosen.actor),
        _address(chosen.address),
    )  # fmt: skip


def _instant(name: str, text: str | None) -> datetime | None:
    return argument(name, values.instant, text) if text is not None else None


def _word(name: str, text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise WrongUsage(f"{name} must not be empty.")
    return text


def _kinds(given: list[str]) -> tuple[str, ...]:
    from domain.history import GROUPS

    groups = {about.value: kinds for about, kinds in GROUPS.items()}
    known = {kind for kinds in groups.values() for kind in kinds}
    for unknown in (word for word in given if word not in known | groups.keys()):
        raise WrongUsage(
            f"--kind: {unknown} is no kind of event. There are: {', '.join(sorted(known | groups.keys()))}."
        )
    return tuple(dict.fromkeys(kind for word in given for kind in groups.get(word, (word,))))


def _address(text: str | None) -> str | None:
    from domain import addresses
    from domain.errors import WrongAddress

    if text is None:
        return None
    try:
        return addresses.one(text)
    except WrongAddress:
        raise WrongUsage("--address must be one e-mail address, such as gwen@fabrikam.example.") from None
