"""What the commands about sign-in methods print. Data in, text out."""

from collections.abc import Sequence

import reports
from domain.policies import Policy
from domain.policy_views import MethodsView


def shown(view: MethodsView) -> str:
    """A tenant's methods as tables."""
    rows = [
        (each.method.value, _on(each.on), "yes" if each.there else "no", "yes" if each.trusts_mfa else "-")
        for each in view.lines
    ]
    told = [reports.table(("METHOD", "STATE", "SET UP", "TRUSTS MFA"), rows)]
    told.append("email_passcode is always the last. Its feature: " + ", ".join(
        f"{each.surface.value} {each.stage.value} ({_on(each.on)})" for each in view.stages
    ) + ".")  # fmt: skip
    if view.partners:
        partners = [(each.name, " ".join(each.domains), "yes" if each.trusts_mfa else "no") for each in view.partners]
        told.append(reports.table(("PARTNER", "DOMAINS", "TRUSTS MFA"), partners))
    if view.google_domains:
        told.append("Google also signs in: " + ", ".join(view.google_domains))
    return "\n\n".join(told)


def tenants(found: Sequence[tuple[str, Policy]]) -> str:
    if not found:
        return "No tenant has changed its sign-in methods: all are on, in the usual order."
    rows = [
        (tenant_id, " ".join(method.value for method in policy.order), str(len(policy.partners)))
        for tenant_id, policy in found
    ]
    return reports.table(("TENANT", "METHODS THAT ARE ON", "PARTNERS"), rows)


def _on(state: bool) -> str:
    return "on" if state else "off"
