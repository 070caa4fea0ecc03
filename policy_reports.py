"""What policy commands print. Data in, text out."""

from collections.abc import Iterable, Mapping

from domain.policies import Policy, Rule
from domain.policy_edits import Domains, Unfit, UnfitChange
from domain.terms_of_use import PublishedTerms
from domain.views import Affected
from reports import table

UNFIT = {
    Unfit.NAME_TAKEN: "There is a rule named {what} already. Choose another name, or remove that rule first.",
    Unfit.UNKNOWN_RULE: "There is no rule named {what}. `policies list` shows their names.",
    Unfit.UNKNOWN_WORKSPACE: "This tenant has no workspace {what}. `policies list` shows their ids.",
    Unfit.ALREADY_LISTED: "{what} is on the list already.",
    Unfit.NOT_LISTED: "{what} is not on the list. `domains list` shows what is.",
    Unfit.OTHER_LIST: "A tenant has an allow list or a deny list, not both. Empty the other one before adding {what}.",
}
WORDS = {Domains.OWN: "own", Domains.ALLOW: "allow", Domains.DENY: "deny"}
MEANING = {
    Domains.OWN: "employees, never guests",
    Domains.ALLOW: "only these may be guests",
    Domains.DENY: "never guests",
}


def unfit(refusal: UnfitChange) -> str:
    return UNFIT[refusal.why].format(what=refusal.what)


def policy(tenant_id: str, it: Policy, workspaces: Mapping[str, str]) -> str:
    """Everything that the tenant demands, in tables."""
    lasting = f"{it.session_hours} {'hour' if it.session_hours == 1 else 'hours'}"
    facts = [
        ("version", str(it.version)),
        ("sessions", f"{lasting} at most"),
        ("privacy", it.privacy_url or "-"),
        ("terms", _terms(it)),
        *((f"{WORDS[kind]} domains", ", ".join(getattr(it, kind)) or "-") for kind in Domains),
    ]
    rules = [(rule.name, _conditions(rule, workspaces), _controls(rule), rule.rule_id) for rule in it.rules]
    parts = [f"Policy of tenant {tenant_id}", table(("WHAT", "VALUE"), facts)]
    parts.append(table(("RULE", "WHEN", "THEN", "ID"), rules) if rules else "No rules.")
    if workspaces:
        parts.append(table(("WORKSPACE", "ID"), [(name or "-", key) for key, name in workspaces.items()]))
    return "\n\n".join(parts)


def _terms(it: Policy) -> str:
    if not it.terms_version:
        return "-"
    return f"version {it.terms_version}, for {'all' if it.terms_for_all else 'those of whom a rule demands them'}"


def _conditions(rule: Rule, workspaces: Mapping[str, str]) -> str:
    """All of them have to be met."""
    parts = (
        ("workspace", [workspaces.get(each) or each for each in rule.workspaces]),
        ("domain", rule.domains),
        ("method", rule.methods),
        ("outside of" if rule.elsewhere else "network", rule.networks),
        ("sign-in", [rule.occasion] if rule.occasion else []),
    )
    return "; ".join(f"{what} {' or '.join(choices)}" for what, choices in parts if choices) or "always"


def _controls(rule: Rule) -> str:
    lasting = f"session {rule.session_hours} h" if rule.session_hours else ""
    found = ("block" if rule.block else "", "mfa" if rule.mfa else "", "terms" if rule.terms else "", lasting)
    return ", ".join(filter(None, found))


def domains(it: Policy) -> str:
    rows = [(WORDS[kind], domain, MEANING[kind]) for kind in Domains for domain in getattr(it, kind)]
    return table(("LIST", "DOMAIN", "MEANING"), rows) if rows else "No domains are listed: all may be guests."


def reach(before: Affected, after: Affected) -> str:
    return f"Kept out by their domain now: {_people(after)} (before: {_people(before)})."


def reach_now(out: Affected) -> str:
    return f"Kept out by their domain now: {_people(out)}."


def _people(it: Affected) -> str:
    guests = f"{it.guests} {'guest' if it.guests == 1 else 'guests'}"
    return f"{guests}, {it.pending} open {'invitation' if it.pending == 1 else 'invitations'}"


def published(found: Iterable[PublishedTerms]) -> str:
    rows = [
        (str(each.version), each.language, str(each.characters), f"{each.published_at:%Y-%m-%d %H:%M} UTC",
         str(each.guests))
        for each in found
    ]  # fmt: skip
    return table(("VERSION", "LANGUAGE", "CHARACTERS", "PUBLISHED", "ACCEPTED BY"), rows) if rows else "No terms yet."
