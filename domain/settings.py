"""What admins and operators decide about features, and who feels it. Every change is audited with before and after."""

from datetime import datetime

from domain import audit, delivery, features, workspaces
from domain.views import (
    Affected,
    Person,
    Place,
    RolloutView,
    Setting,
    SettingsView,
    Stage,
    Surface,
)
from domain.work import Work
from storage import features as rows

SWITCHES = "switches"
"""The due act that looks at a tenant's dates (domain/switches.py)."""


def show(work: Work, place: Place, person: Person) -> SettingsView:
    """Raises NotAdmin, Outsider."""
    workspaces.administering(work, place, person)
    names = workspaces.admin_names(work, place.tenant_id)
    return SettingsView(features.shown(work, place.tenant_id), affected(work, place.tenant_id), names)


def set_tenant(work: Work, place: Place, person: Person, feature: str, setting: Setting) -> SettingsView:
    """An admin's word in the chat. Raises NotAdmin, Outsider."""
    workspaces.administering(work, place, person)
    _set(work, place.tenant_id, feature, setting, person.person_id)
    return show(work, place, person)


def set_tenant_by_operator(work: Work, tenant_id: str, feature: str, setting: Setting) -> Affected:
    """Who is affected by switching off, counted before."""
    before = affected(work, tenant_id)
    _set(work, tenant_id, feature, setting, audit.OPERATOR)
    return before


def _set(work: Work, tenant_id: str, feature: str, setting: Setting, actor: str) -> None:
    before = features.facts(work, tenant_id, feature).setting
    if before is setting:
        return
    chosen = {"tenant_id": tenant_id, "feature": feature, "setting": setting.value}
    work.run(rows.put_setting(work.connection.dialect.name), chosen)
    delivery.release(work, tenant_id)
    delivery.schedule(work, tenant_id, SWITCHES, tenant_id, work.now)
    audit.record(
        work, tenant_id, "feature.set", actor, feature=feature, before=before.value, after=setting.value
    )  # fmt: skip


def affected(work: Work, tenant_id: str) -> Affected:
    """Who could no longer get in if passcodes, today the only sign-in method, went off now."""
    values = {"tenant_id": tenant_id, "now": work.now}
    return Affected(
        work.connection.execute(rows.LIVE_GUESTS, values).scalar_one(),
        work.connection.execute(rows.OPEN_INVITATIONS, values).scalar_one(),
    )


def rollouts(work: Work) -> tuple[RolloutView, ...]:
    """Each feature on each surface, whether anybody set it or not."""
    known = features.facts_of(work, (None,)).values()
    found = {(each.feature, each.surface): each for facts in known for each in facts.rollouts}
    return tuple(
        found.get((feature, surface), RolloutView(feature, surface, Stage.GA, None))
        for feature in features.FEATURES
        for surface in Surface
    )


def tenant_settings(work: Work) -> tuple[tuple[str, str, Setting], ...]:
    """(tenant, feature, setting) for each tenant that decided something."""
    found = work.all(rows.TENANTS_WITH_SETTINGS)
    return tuple((row.tenant_id, row.feature, Setting(row.setting)) for row in found)


def set_rollout(work: Work, feature: str, surface: Surface, stage: Stage, from_at: datetime | None) -> None:
    """The operator's word, for the whole installation: audited under the tenant id of nobody."""
    before = features.decided(features.facts(work, None, feature), surface, work.now)
    row = {"feature": feature, "surface": surface.value, "stage": stage.value, "from_at": from_at}
    work.run(rows.put_rollout(work.connection.dialect.name), row)
    delivery.release(work)
    delivery.schedule_tenants(work, SWITCHES)
    audit.record(
        work, audit.INSTALLATION, "rollout.set", audit.OPERATOR, feature=feature, surface=surface.value,
        before=before.stage.value, before_from=before.from_at and before.from_at.isoformat(),
        after=stage.value, after_from=from_at and from_at.isoformat(),
    )  # fmt: skip
