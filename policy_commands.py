"""`python app.py policies`, `domains` and `terms`: what a tenant demands of its guests, by command line."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from cyclopts import App, Parameter

import cli
import policy_reports
import policy_values
import values
from cli import DONE, Failure, WrongUsage, argument
from domain import audit, policy_changes, policy_edits, terms_of_use
from domain.errors import Superseded
from domain.policies import Method, Occasion, Policy, Rule
from domain.policy_edits import Domains, UnfitChange
from domain.secrets import new_id

if TYPE_CHECKING:
    from storage.database import Database

T = TypeVar("T")


def _several(help_: str) -> Any:
    """An option that takes several values, or may be repeated."""
    return Parameter(help=help_, consume_multiple=True, negative=())


Methods = list[Literal["microsoft", "partner", "google", "personal", "email_passcode"]]


@Parameter(name="*")
@dataclass
class Conditions:
    """Of a rule; all that are given have to be met."""

    workspace: Annotated[list[str], _several("Condition: the workspace is one of these ids.")] = field(
        default_factory=list[str]
    )
    domain: Annotated[
        list[str], _several("Condition: the guest's domain is one of these; *.example.com for all below it.")
    ] = field(default_factory=list[str])
    method: Annotated[Methods, _several("Condition: the guest signs in with one of these.")] = field(
        default_factory=list[Any]
    )
    network: Annotated[
        list[str], _several("Condition: the guest's client is in one of these ranges, such as 10.0.0.0/8.")
    ] = field(default_factory=list[str])
    elsewhere: Annotated[bool, Parameter(help="The client is in none of these ranges instead.", negative=())] = False
    occasion: Annotated[
        Literal["first", "later"] | None,
        Parameter(help="Condition: the first sign-in with an invitation, or a later one."),
    ] = None


@Parameter(name="*")
@dataclass
class Controls:
    """Of a rule; at least one."""

    block: Annotated[bool, Parameter(help="Control: no way in. It beats everything else.", negative=())] = False
    mfa: Annotated[bool, Parameter(help="Control: a second factor.", negative=())] = False
    terms: Annotated[bool, Parameter(help="Control: the terms of use.", negative=())] = False
    session_hours: Annotated[int | None, Parameter(help="Control: a sign-in lasts so many hours at most (1-24).")] = (
        None
    )


EVERYBODY = "This rule has no condition: it applies to every guest."
NO_TERMS = "No terms are published yet, so that nobody is asked for any: `terms publish` does that."


def register(app: App, commands: cli.Commands, plain: dict[str, Any]) -> None:
    it = PolicyCommands(commands)
    policies = App("policies", help="List and change a tenant's rules for its guests.", **plain)
    domains = App("domains", help="List and change which domains a tenant's guests may come from.", **plain)
    terms = App("terms", help="Publish and list a tenant's terms of use for guests.", **plain)
    policies.command(it.list_policies, name="list")
    policies.command(it.add, name="add")
    policies.command(it.remove, name="remove")
    policies.command(it.session_hours, name="session-hours")
    policies.command(it.privacy, name="privacy")
    domains.command(it.list_domains, name="list")
    for word, kind, told in (
        ("own", Domains.OWN, "Domains whose people are employees, never guests."),
        ("allow", Domains.ALLOW, "The only domains that guests may come from."),
        ("deny", Domains.DENY, "Domains that guests may not come from."),
    ):
        domains.command(_domain_commands(it, word, kind, told, plain))
    terms.command(it.publish, name="publish")
    terms.command(it.list_terms, name="list")
    terms.command(it.require, name="require")
    for each in (policies, domains, terms):
        app.command(each)


def _domain_commands(it: "PolicyCommands", word: str, kind: Domains, told: str, plain: dict[str, Any]) -> App:
    async def add(tenant: str, domain: str, /) -> int:
        """Put DOMAIN (example.com, or *.example.com for all below it) on this list of TENANT."""
        return await it.change_domains(tenant, domain, kind, policy_edits.with_domain)

    async def remove(tenant: str, domain: str, /) -> int:
        """Take DOMAIN off this list of TENANT; open invitations and guests are looked at again at once."""
        return await it.change_domains(tenant, domain, kind, policy_edits.without_domain)

    app = App(word, help=told, **plain)
    app.command(add, name="add")
    app.command(remove, name="remove")
    return app


@dataclass
class PolicyCommands:
    """Each method is a command; its docstring is its help."""

    commands: cli.Commands

    async def list_policies(self, tenant: str, /) -> int:
        """Show everything that TENANT demands of its guests, and its workspaces with their ids."""
        tenant_id = _tenant(tenant)
        async with self._database() as database:
            policy = await database.read(policy_changes.of_tenant, tenant_id)
            workspaces = await database.read(policy_edits.workspaces, tenant_id)
        print(policy_reports.policy(tenant_id, policy, workspaces))
        return DONE

    async def add(
        self, tenant: str, name: str, /, *, when: Conditions | None = None, then: Controls | None = None
    ) -> int:
        """Add a rule to TENANT's policy: where all its conditions are met, its controls work from the next request on.

        Parameters
        ----------
        name
            What people call the rule; unique.
        """
        rule = _rule(argument("The name", policy_values.name, name), when or Conditions(), then or Controls())
        return await self._add(_tenant(tenant), rule)

    async def _add(self, tenant_id: str, rule: Rule) -> int:
        policy = await self._write(policy_edits.add_rule, tenant_id, audit.OPERATOR, rule)
        print(f"The rule {rule.name} works from now on (id {rule.rule_id}, policy version {policy.version}).")
        if not (rule.workspaces or rule.domains or rule.methods or rule.networks or rule.occasion):
            print(EVERYBODY)
        if rule.terms and not policy.terms_version:
            print(NO_TERMS)
        return DONE

    async def remove(self, tenant: str, name: str, /) -> int:
        """Remove the rule NAME from TENANT's policy."""
        return await self._change(tenant, lambda before: policy_edits.without_rule(before, name.strip()))

    async def session_hours(self, tenant: str, hours: int, /) -> int:
        """Let sign-ins of TENANT's guests last HOURS at most (1-24); rules can only shorten that."""
        wanted = argument("The number", policy_values.hours, str(hours))
        return await self._change(tenant, lambda before: replace(before, session_hours=wanted))

    async def privacy(self, tenant: str, url: str, /) -> int:
        """Ask TENANT's guests once to agree to what the organisation sees of them, with its privacy statement at URL.

        Parameters
        ----------
        url
            An https URL, or the word none.
        """
        wanted = argument("The URL", policy_values.privacy_url, url)
        return await self._change(tenant, lambda before: replace(before, privacy_url=wanted))

    async def list_domains(self, tenant: str, /) -> int:
        """Show TENANT's own, allowed and denied domains, and how many people they keep out now."""
        tenant_id = _tenant(tenant)
        async with self._database() as database:
            policy = await database.read(policy_changes.of_tenant, tenant_id)
            out = await database.read(policy_edits.kept_out, tenant_id, policy)
        print(policy_reports.domains(policy))
        print(policy_reports.reach_now(out))
        return DONE

    async def change_domains(
        self, tenant: str, domain: str, kind: Domains, make: Callable[[Policy, Domains, str], Policy]
    ) -> int:
        named = argument("The domain", policy_values.domain, domain)

        def changed(before: Policy) -> Policy:
            return make(before, kind, named)

        policy, before, after = await self._write(policy_edits.change_domains, _tenant(tenant), audit.OPERATOR, changed)
        print(policy_reports.domains(policy))
        print(policy_reports.reach(before, after))
        return DONE

    async def publish(
        self,
        tenant: str,
        file: Path,
        /,
        *,
        language: str,
        language_file: Annotated[list[str] | None, Parameter(consume_multiple=True, negative=())] = None,
    ) -> int:
        """Publish FILE as the next version of TENANT's terms of use. Guests are asked at their next request.

        Parameters
        ----------
        file
            Plain UTF-8 text, empty lines between paragraphs, at most 50,000 characters.
        language
            The file's language, such as en.
        language_file
            The same terms in another language, such as de=terms-de.txt.
        """
        first = (argument("--language", policy_values.language, language), file)
        files = [first, *_each("--language-file", policy_values.language_file, language_file or ())]
        if len(dict(files)) < len(files):
            raise WrongUsage("A language is named twice. Keep one of them.")
        texts = {tag: argument(str(path), policy_values.terms, str(path)) for tag, path in files}
        policy = await self._write(terms_of_use.publish, _tenant(tenant), audit.OPERATOR, texts)
        whom = "every guest" if policy.terms_for_all else "guests of whom a rule demands it"
        print(f"Version {policy.terms_version} is published ({', '.join(sorted(texts))}); {whom} will be asked for it.")
        return DONE

    async def list_terms(self, tenant: str, /) -> int:
        """Show the versions of TENANT's terms, newest first, and how many guests accepted each one last."""
        async with self._database() as database:
            found = await database.read(terms_of_use.published, _tenant(tenant))
        print(policy_reports.published(found))
        return DONE

    async def require(self, tenant: str, whom: Literal["all", "rules"], /) -> int:
        """Say of whom TENANT's terms are demanded.

        Parameters
        ----------
        whom
            all: every guest. rules: only those of whom a rule demands them.
        """
        return await self._change(tenant, lambda before: replace(before, terms_for_all=whom == "all"))

    async def _change(self, tenant: str, make: Callable[[Policy], Policy]) -> int:
        tenant_id = _tenant(tenant)
        await self._write(policy_changes.change, tenant_id, audit.OPERATOR, make)
        return await self.list_policies(tenant_id)

    @asynccontextmanager
    async def _database(self) -> AsyncGenerator["Database"]:
        async with self.commands.database() as database:
            await database.migrate()
            yield database

    async def _write(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        async with self._database() as database:
            try:
                return await database.write(operation, *arguments)
            except UnfitChange as refusal:
                raise Failure(policy_reports.unfit(refusal)) from None
            except Superseded:
                raise Failure("Somebody else changed the policy meanwhile. Nothing was changed; try again.") from None


def _rule(name: str, when: Conditions, then: Controls) -> Rule:
    hours = then.session_hours
    rule = Rule(
        new_id(),
        name,
        workspaces=tuple(dict.fromkeys(when.workspace)),
        domains=_each("--domain", policy_values.domain, when.domain),
        methods=tuple(dict.fromkeys(map(Method, when.method))),
        networks=_each("--network", policy_values.network, when.network),
        elsewhere=when.elsewhere,
        occasion=Occasion(when.occasion) if when.occasion else None,
        block=then.block,
        mfa=then.mfa,
        terms=then.terms,
        session_hours=None if hours is None else argument("--session-hours", policy_values.hours, str(hours)),
    )
    if not (rule.block or rule.mfa or rule.terms or rule.session_hours):
        raise WrongUsage("A rule needs a control: --block, --mfa, --terms or --session-hours.")
    if rule.elsewhere and not rule.networks:
        raise WrongUsage("--elsewhere goes with --network only: outside of which ranges?")
    return rule


def _tenant(text: str) -> str:
    return argument("The tenant", values.guid, text)


def _each(name: str, read: Callable[[str], T], texts: Sequence[str]) -> tuple[T, ...]:
    """Each once, in the order in which they were given."""
    return tuple(dict.fromkeys(argument(name, read, text) for text in texts))
