"""`python app.py settings`: what a tenant's admins can set in the chat, by command line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

import cli
import setting_reports
import setting_values
import values
from cli import DONE, Failure, WrongUsage, argument
from domain import tenant_settings
from domain.errors import Superseded
from domain.policies import Policy
from domain.policy_edits import UnfitChange
from domain.setting_fields import UnfitSettings
from domain.setting_views import Listed

if TYPE_CHECKING:
    from storage.database import Database


def register(app: App, commands: cli.Commands, plain: dict[str, Any]) -> None:
    it = SettingCommands(commands)
    settings = App("settings", help="Show and change what a tenant set: who may invite, lifetimes, quotas.", **plain)
    settings.command(it.show, name="show")
    settings.command(it.set, name="set")
    app.command(settings)


@dataclass
class SettingCommands:
    """Each method is a command; its docstring is its help."""

    commands: cli.Commands

    async def show(self, tenant: str, /) -> int:
        """Show TENANT's settings, what each may be, and who is on its lists."""
        tenant_id = argument("The tenant", values.guid, tenant)
        async with self.commands.database() as database:
            await database.migrate()
            policy, names = await database.read(tenant_settings.told_to_operator, tenant_id)
        print(setting_reports.settings(tenant_id, policy, names))
        return DONE

    async def set(
        self,
        tenant: str,
        name: str,
        /,
        *value: str,
        workspace: Annotated[str | None, Parameter(help="With workspace-approvers: the workspace's id.")] = None,
    ) -> int:
        """Set NAME of TENANT to VALUE. Lists take several values, which become the whole list; none empties it.

        Parameters
        ----------
        name
            who-may-invite: nobody, named, owners, members or everyone. approval: never, always or unfamiliar.
            inviters, approvers, workspace-approvers: people's object ids. familiar-domains: domains.
            invitation-days, access-days, access-days-most, passcode-minutes, session-hours, owner-hour, workspace-day,
            tenant-day, workspace-open, inactive-days, unredeemed-days, grace-days, attestation-days: a number, or the
            word usual. sponsor-missing, terms-for-all: yes or no.
        value
            What it is from now on.
        """
        tenant_id, change = _read(tenant, name, value, workspace)
        async with self.commands.database() as database:
            await database.migrate()
            await _written(database, change, tenant_id)
        return await self.show(tenant_id)


Change = tuple[Callable[..., Policy], tuple[Any, ...]]


def _read(tenant: str, name: str, texts: Sequence[str], workspace: str | None) -> tuple[str, Change]:
    """Everything that is wrong is named at once."""
    faults: list[str] = []
    tenant_id = _or_fault(faults, "The tenant", lambda: values.guid(tenant))
    key, change = name.strip().lower().replace("_", "-"), None
    if key in setting_values.FIELD_NAMES:
        field = setting_values.FIELD_NAMES[key]
        value = _or_fault(faults, key, lambda: setting_values.field(field, texts))
        change = (tenant_settings.set_by_operator, ({field: value},))
    elif key in setting_values.LISTS:
        listed = setting_values.LISTS[key]
        some, wrong = setting_values.items(listed, texts)
        faults += wrong
        change = (tenant_settings.list_by_operator, (listed, some, workspace or ""))
        if (listed is Listed.WORKSPACE_APPROVERS) is not bool(workspace):
            faults.append("--workspace goes with workspace-approvers, and workspace-approvers with --workspace.")
    else:
        faults.append(f"There is no setting {name!r}. There are: {', '.join(setting_values.NAMES)}.")
    if faults or change is None or tenant_id is None:
        raise WrongUsage("\n".join(faults))
    return tenant_id, change


def _or_fault(faults: list[str], what: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except values.Wrong as wrong:
        faults.append(f"{what} {wrong}.")
        return None


async def _written(database: "Database", change: Change, tenant_id: str) -> None:
    operation, arguments = change
    try:
        await database.write(operation, tenant_id, *arguments)
    except UnfitSettings as refusal:
        raise WrongUsage(setting_reports.unfit(refusal)) from None
    except Superseded:
        raise Failure("Somebody else changed the policy meanwhile. Nothing was changed; try again.") from None
    except UnfitChange:
        raise Failure(f"Tenant {tenant_id} has no such workspace.") from None
