"""The numbers that hold for one tenant: the operator's, tightened by the tenant's policy and never loosened."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import policies
from domain.limits import Numbers
from domain.policies import NO_POLICY, Policy
from domain.work import Work

MINUTE = 60


def of(work: Work, row: Any) -> Numbers:
    """For the tenant of a row that was read along with its policy."""
    return tightened(work.numbers, policies.of(row))


def tightened(numbers: Numbers, policy: Policy) -> Numbers:
    """Pure. Where the policy says nothing (0), the operator's number stays."""
    if policy is NO_POLICY:
        return numbers
    invitation_most = _least(numbers.invitation_days_most, policy.invitation_days)
    access_most = _least(numbers.access_days_most, policy.access_days_most)
    return replace(
        numbers,
        invitation_days=min(policy.invitation_days or numbers.invitation_days, invitation_most),
        invitation_days_most=invitation_most,
        access_days=min(policy.access_days or numbers.access_days, access_most),
        access_days_most=access_most,
        passcode_seconds=_least(numbers.passcode_seconds, policy.passcode_minutes * MINUTE),
        owner_hour=_least(numbers.owner_hour, policy.owner_hour),
        workspace_day=_least(numbers.workspace_day, policy.workspace_day),
        tenant_day=_least(numbers.tenant_day, policy.tenant_day),
        workspace_open=_least(numbers.workspace_open, policy.workspace_open),
    )


def _least(most: int, wanted: int) -> int:
    return min(most, wanted) if wanted else most


def in_time(work: Work, found: Mapping[str, list[Any]], age: timedelta) -> dict[str, list[Any]]:
    """Those tenants (by id, with rows that hold the policy) that take a passcode of that age. Of one that was asked
    for by address nobody knows before for which tenant it is, and its page tells the same to everybody."""
    return {
        tenant_id: live
        for tenant_id, live in found.items()
        if age <= timedelta(seconds=of(work, live[0]).passcode_seconds)
    }
