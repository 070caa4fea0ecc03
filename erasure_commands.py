"""`python app.py erase`: forgets a person who asked for that."""

from typing import Any

from cyclopts import App

import cli
import values
from cli import DONE, Failure, argument


def register(app: App, commands: cli.Commands, _plain: dict[str, Any]) -> None:
    app.command(ErasureCommands(commands).erase, name="erase")


class ErasureCommands:
    """Each method is a command; its docstring is its help."""

    def __init__(self, commands: cli.Commands) -> None:
        self.commands = commands

    async def erase(self, tenant: str, address: str, /) -> int:
        """Erase everything about a guest of a tenant, at once, as the guest may ask for (GDPR, article 17).

        Access, invitations, sign-ins and codes end first. What happened stays in the audit, under a pseudonym that is
        printed. There is no way back.

        Parameters
        ----------
        tenant
            The tenant's id.
        address
            The guest's e-mail address.
        """
        from domain import addresses, erasing_asked
        from domain.errors import WrongAddress
        from domain.life_refusals import NothingToErase

        tenant_id = argument("The tenant", values.guid, tenant)
        try:
            wanted = addresses.one(address)
            async with self.commands.database() as database:
                await database.migrate()
                pseudonym = await database.write(erasing_asked.by_operator, tenant_id, wanted)
        except WrongAddress:
            raise cli.WrongUsage("ADDRESS is no e-mail address.") from None
        except NothingToErase:
            raise Failure(f"Nobody with this address is known to the tenant {tenant_id}.") from None
        print(f"Erased. The audit knows the guest as {pseudonym}.")
        return DONE
