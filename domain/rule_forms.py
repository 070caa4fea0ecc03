"""A rule as somebody filled it in → the rule as it is kept."""

from dataclasses import replace

from domain.domain_patterns import network, pattern
from domain.policies import LONGEST_HOURS, Rule
from domain.setting_fields import Fault, UnfitSettings


def checked(rule: Rule) -> Rule:
    """Raises UnfitSettings, naming all faults at once."""
    domains, networks = [pattern(each) for each in rule.domains], [network(each) for each in rule.networks]
    hours = rule.session_hours
    faults = [
        *([Fault("domains")] if None in domains else []),
        *([Fault("networks")] if None in networks else []),
        *([Fault("session_hours", 1, LONGEST_HOURS)] if hours is not None and not 1 <= hours <= LONGEST_HOURS else []),
        *([] if rule.block or rule.mfa or rule.terms or hours is not None else [Fault("rule")]),
    ]
    if faults:
        raise UnfitSettings(tuple(faults))
    return replace(
        rule,
        domains=tuple(dict.fromkeys(filter(None, domains))),
        networks=tuple(dict.fromkeys(filter(None, networks))),
    )
