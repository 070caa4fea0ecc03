"""`python app.py features …`: stages of features, tenants' settings, and whom a change concerns."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from cyclopts import App

import cli
import reports
import values


def register(app: App, commands: cli.Commands, plain: dict[str, Any]) -> None:
    made = FeatureCommands(commands)
    features = App("features", help="List and change feature stages. Works while Gatehouse is running.", **plain)
    features.command(made.show, name="list")
    features.command(made.set_stage, name="set")
    features.command(made.set_tenant, name="tenant")
    features.command(made.affected, name="affected")
    app.command(features)


@dataclass
class FeatureCommands:
    """Each method is a command; its docstring is its help."""

    commands: cli.Commands

    async def show(self) -> int:
        """Show each feature's stage on each surface, and the tenants that decided for themselves."""
        from domain import settings

        async with self.commands.database() as database:
            await database.migrate()
            rollouts = await database.read(settings.rollouts)
            tenants = await database.read(settings.tenant_settings)
        print(reports.stages(rollouts, tenants, datetime.now(UTC)))
        return cli.DONE

    async def set_stage(
        self,
        name: str,
        /,
        *,
        surface: Literal["chat", "api"],
        stage: Literal["off", "preview", "ga"],
        from_: str | None = None,
    ) -> int:
        """Set the stage of a feature on a surface, for the whole installation.

        Parameters
        ----------
        name
            The feature, such as email_passcode.
        surface
            chat: what is invited in chats. api: what scripts and lists invite.
        stage
            off: for nobody. preview: for tenants that enabled it. ga: for all that did not disable it.
        from_
            With ga: when it comes on for tenants that decided nothing. ISO 8601; a bare date means 00:00 UTC.
        """
        from domain import settings
        from domain.views import Stage, Surface

        feature = _feature(name)
        if from_ is not None and stage != "ga":
            raise cli.WrongUsage("--from goes with --stage ga only: off and preview have no date.")
        from_at = cli.argument("--from", values.instant, from_) if from_ is not None else None
        async with self.commands.database() as database:
            await database.migrate()
            await database.write(settings.set_rollout, feature, Surface(surface), Stage(stage), from_at)
        return await self.show()

    async def set_tenant(self, tenant: str, name: str, setting: Literal["default", "enabled", "disabled"], /) -> int:
        """Set a feature for one tenant, as its admins can in the chat.

        Parameters
        ----------
        tenant
            The tenant's id.
        name
            The feature, such as email_passcode.
        setting
            default: as the rollout says. enabled: on in preview and ga. disabled: off.
        """
        from domain import features, settings
        from domain.views import Setting

        feature = _feature(name)
        tenant_id = cli.argument("The tenant", values.guid, tenant)
        async with self.commands.database() as database:
            await database.migrate()
            affected = await database.write(settings.set_tenant_by_operator, tenant_id, feature, Setting(setting))
            facts = await database.read(features.facts, tenant_id, feature)
        print(reports.tenant(facts, affected, datetime.now(UTC)))
        return cli.DONE

    async def affected(self, tenant: str, name: str, /) -> int:
        """Show who could sign in if a feature came on for a tenant, and who could not if it went off.

        Parameters
        ----------
        tenant
            The tenant's id.
        name
            The feature, such as email_passcode.
        """
        from domain import switches

        feature, tenant_id = _feature(name), cli.argument("The tenant", values.guid, tenant)
        async with self.commands.database() as database:
            await database.migrate()
            on, off = await database.read(switches.report, tenant_id, feature)
        print(reports.reach(feature, on, off))
        return cli.DONE


def _feature(name: str) -> str:
    from domain.features import FEATURES

    return cli.argument("The feature", partial(values.one_of, choices=FEATURES), name)
