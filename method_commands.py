"""`python app.py methods …`: tenants' sign-in methods, and partners whose people sign in with their own provider."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

import cli
import config
import method_reports
import values

if TYPE_CHECKING:
    from domain.partners import Misfit
    from domain.policies import Method, Policy

OnOff = Literal["on", "off"]
Several = Annotated[list[str], Parameter(consume_multiple=True, negative=())]
LARGEST_SECRET = 64 * 1024


def register(app: App, commands: cli.Commands, plain: dict[str, Any]) -> None:
    made = MethodCommands(commands)
    methods = App("methods", help="Sign-in methods of a tenant. Works while Gatehouse is running.", **plain)
    methods.command(made.show, name="list")
    methods.command(made.order, name="order")
    methods.command(made.switch, name="switch")
    methods.command(made.trust_mfa, name="trust-mfa")
    partners = App("partner", help="Organisations whose people sign in with their own provider.", **plain)
    partners.command(made.partner_add, name="add")
    partners.command(made.partner_remove, name="remove")
    google = App("google-domain", help="Domains besides Gmail's whose people sign in with Google.", **plain)
    google.command(made.google_add, name="add")
    google.command(made.google_remove, name="remove")
    methods.command(partners)
    methods.command(google)
    app.command(methods)


@dataclass
class MethodCommands:
    """Each method is a command; its docstring is its help."""

    commands: cli.Commands

    async def show(self, tenant: str | None = None, /) -> int:
        """Show a tenant's sign-in methods in order, or which tenants have changed theirs.

        Parameters
        ----------
        tenant
            The tenant's id.
        """
        from domain import method_changes

        if tenant:
            tenant_id = _tenant(tenant)
            async with self.commands.database() as database:
                await database.migrate()
                print(method_reports.shown(await database.read(method_changes.of_tenant, tenant_id)))
            return cli.DONE
        async with self.commands.database() as database:
            await database.migrate()
            print(method_reports.tenants(await database.read(method_changes.tenants)))
        return cli.DONE

    async def order(self, tenant: str, /, *methods: str) -> int:
        """Set the order in which sign-in methods are offered; those not named follow as they are.

        Parameters
        ----------
        tenant
            The tenant's id.
        methods
            microsoft, partner, google, personal; email_passcode is always the last.
        """
        from domain.method_changes import ordered
        from domain.policies import Method

        named = [_method(each) for each in methods]
        if not named or len(set(named)) < len(named):
            raise cli.WrongUsage("Name each sign-in method once, in the order in which they are offered.")
        if Method.EMAIL_PASSCODE in named[:-1]:
            raise cli.WrongUsage("email_passcode is always the last sign-in method.")
        return await self._changed(tenant, partial(ordered, first=named))

    async def switch(self, tenant: str, method: str, state: OnOff, /) -> int:
        """Switch a sign-in method on or off. Guests who came in with one that is off are signed out at once.

        Parameters
        ----------
        tenant
            The tenant's id.
        method
            microsoft, partner, google, personal or email_passcode.
        state
            on or off.
        """
        from domain.method_changes import switched

        return await self._changed(tenant, partial(switched, method=_method(method), on=state == "on"))

    async def trust_mfa(self, tenant: str, method: str, state: OnOff, /) -> int:
        """Say whether a second factor at Microsoft or Google counts here; for a partner see `partner add`.

        Parameters
        ----------
        tenant
            The tenant's id.
        method
            microsoft or google.
        state
            on or off.
        """
        from domain.method_changes import MFA_TRUSTED, trusting

        found = _method(method)
        if found not in MFA_TRUSTED:
            raise cli.WrongUsage("Only microsoft and google say whether there was a second factor.")
        return await self._changed(tenant, partial(trusting, method=found, on=state == "on"))

    async def google_add(self, tenant: str, domain: str, /) -> int:
        """Let the people of a domain sign in with Google.

        Parameters
        ----------
        tenant
            The tenant's id.
        domain
            Such as fabrikam.example, or *.fabrikam.example for all below it.
        """
        return await self._google(tenant, domain, on=True)

    async def google_remove(self, tenant: str, domain: str, /) -> int:
        """No longer let the people of a domain sign in with Google.

        Parameters
        ----------
        tenant
            The tenant's id.
        domain
            As it was added.
        """
        return await self._google(tenant, domain, on=False)

    async def _google(self, tenant: str, domain: str, *, on: bool) -> int:
        from domain.method_changes import with_google
        from domain.partners import Misfit, pattern

        try:
            plain = pattern(domain)
        except Misfit as misfit:
            raise cli.WrongUsage(sentence(misfit)) from None
        return await self._changed(tenant, partial(with_google, domain=plain, on=on))

    async def partner_add(
        self,
        tenant: str,
        name: str,
        /,
        *,
        issuer: str,
        client_id: str,
        domain: Several,
        secret_file: Path | None = None,
        trust_mfa: Annotated[bool, Parameter(negative=())] = False,
        mfa_acr: Several | None = None,
    ) -> int:
        """Set up a partner: its people sign in with its own OpenID provider. The secret is kept sealed.

        Parameters
        ----------
        tenant
            The tenant's id.
        name
            What guests know the partner by.
        issuer
            The provider's issuer, such as https://login.fabrikam.example.
        client_id
            What the provider calls this Gatehouse.
        domain
            Mail domains of the partner's people, lower-case; *.fabrikam.example for all below it.
        secret_file
            A file with the client secret; without one this Gatehouse is a public client.
        trust_mfa
            A second factor at the partner counts here.
        mfa_acr
            Values of `acr` that stand for a second factor, besides `amr` with mfa.
        """
        from domain import partners
        from domain.policies import Partner

        tenant_id, settings = _tenant(tenant), config.load(os.environ)
        made = Partner("", name, issuer, client_id, tuple(domain), trust_mfa, tuple(mfa_acr or ()))
        secret = None if secret_file is None else _secret(secret_file)
        adding = partial(partners.add, development=settings.development)
        return await self._with_partner(tenant_id, adding, made, secret)

    async def partner_remove(self, tenant: str, name: str, /) -> int:
        """Take a partner away, with its secret. Its people cannot sign in with its provider any more.

        Parameters
        ----------
        tenant
            The tenant's id.
        name
            The partner's name.
        """
        from domain import partners

        return await self._with_partner(_tenant(tenant), partners.remove, name)

    async def _with_partner(self, tenant_id: str, operation: Callable[..., "Policy"], *arguments: object) -> int:
        from domain import method_changes
        from domain.partners import Flaw, Misfit

        async with self.commands.database() as database:
            await database.migrate()
            try:
                await database.write(operation, tenant_id, *arguments)
            except Misfit as misfit:
                taken = misfit.flaw in (Flaw.NAME_TAKEN, Flaw.DOMAIN_TAKEN, Flaw.UNKNOWN_NAME)
                raise (cli.Failure if taken else cli.WrongUsage)(sentence(misfit)) from None
            print(method_reports.shown(await database.read(method_changes.of_tenant, tenant_id)))
        return cli.DONE

    async def _changed(self, tenant: str, make: Callable[["Policy"], "Policy"]) -> int:
        from domain import method_changes
        from domain.errors import Superseded

        tenant_id = _tenant(tenant)
        async with self.commands.database() as database:
            await database.migrate()
            try:
                print(method_reports.shown(await database.write(method_changes.change_by_operator, tenant_id, make)))
            except Superseded:
                raise cli.Failure("Somebody else changed the policy just now. Nothing was changed.") from None
        return cli.DONE


def _tenant(text: str) -> str:
    return cli.argument("The tenant", values.guid, text)


def _method(text: str) -> "Method":
    from domain.policies import Method

    choices = tuple(each.value for each in Method)
    return Method(cli.argument("The sign-in method", partial(values.one_of, choices=choices), text))


def _secret(file: Path) -> str:
    """The file's text without the line's end. It is never repeated."""
    try:
        text = file.read_text(encoding="utf-8") if file.stat().st_size <= LARGEST_SECRET else ""
    except (OSError, UnicodeDecodeError):
        raise cli.WrongUsage(f"The secret cannot be read from {file}.") from None
    return text.rstrip("\r\n")


def sentence(misfit: "Misfit") -> str:
    from domain.partners import Flaw

    given = "".join(letter if letter.isprintable() else "?" for letter in misfit.given[:100])
    return {
        Flaw.NAME: "The name has 1 to 64 characters that can be seen.",
        Flaw.NAME_TAKEN: f"There is a partner {given} already. Remove it first.",
        Flaw.UNKNOWN_NAME: f"There is no partner {given}.",
        Flaw.ISSUER: f"The issuer {given} must be an https URL without query and fragment.",
        Flaw.CLIENT_ID: "The client id has 1 to 255 characters that can be seen.",
        Flaw.SECRET: "The secret is empty, or longer than 4096 characters.",
        Flaw.NO_DOMAIN: "A partner has at least one domain.",
        Flaw.DOMAIN: f"{given} is no mail domain. It should look like fabrikam.example or *.fabrikam.example.",
        Flaw.DOMAIN_TAKEN: f"The domain {given} belongs to the partner {misfit.holder} already.",
    }[misfit.flaw]
