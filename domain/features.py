"""Feature stages: is a feature on, for this tenant, on this surface, now? One pure function decides.

stage     setting   →  default            enabled   disabled
off                    off                off       off
preview                off                on        off
ga                     on from its date   on        off
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from domain.views import FeatureFacts, RolloutView, Setting, Stage, Surface, SurfaceState
from domain.work import Work
from storage import features as rows

EMAIL_PASSCODE = "email_passcode"
FEATURES = (EMAIL_PASSCODE,)


def decide(stage: Stage, from_at: datetime | None, setting: Setting, now: datetime) -> bool:
    """Whether a feature is on. `from_at` counts in ga only, and only for tenants that decided nothing."""
    if stage is Stage.OFF or setting is Setting.DISABLED:
        return False
    if setting is Setting.ENABLED:
        return True
    return stage is Stage.GA and (from_at is None or now >= from_at)


def decided(facts: FeatureFacts, surface: Surface, now: datetime) -> SurfaceState:
    """The decision for one surface with its reasons. A surface without a rollout is ga and on."""
    rollout = next((each for each in facts.rollouts if each.surface is surface), None)
    stage, from_at = (rollout.stage, rollout.from_at) if rollout else (Stage.GA, None)
    on = decide(stage, from_at, facts.setting, now)
    return SurfaceState(surface, stage, from_at, on, on and stage is Stage.PREVIEW)


def facts(work: Work, tenant_id: str | None, feature: str = EMAIL_PASSCODE) -> FeatureFacts:
    """Without a tenant: as for one that decided nothing."""
    chosen = _chosen(work, (tenant_id,), feature) if tenant_id else {}
    return FeatureFacts(feature, tenant_id, chosen.get(tenant_id or "", Setting.DEFAULT), _rollouts(work, feature))


def _rollouts(work: Work, feature: str) -> tuple[RolloutView, ...]:
    found = work.all(rows.FACTS, {"feature": feature})
    return tuple(RolloutView(feature, Surface(row.surface), Stage(row.stage), row.from_at) for row in found)


def _chosen(work: Work, tenant_ids: Iterable[str], feature: str) -> dict[str, Setting]:
    found = work.all(rows.SETTINGS_OF, {"tenant_ids": list(tenant_ids), "feature": feature})
    return {row.tenant_id: Setting(row.setting) for row in found}


def states_of(
    work: Work, tenant_ids: Collection[str], feature: str = EMAIL_PASSCODE
) -> dict[str, dict[Surface, SurfaceState]]:
    """The decisions of some tenants, operators' vetoes included: two queries, however many there are."""
    if not tenant_ids:
        return {}
    chosen, rollouts = _chosen(work, tenant_ids, feature), _rollouts(work, feature)
    known = {each: FeatureFacts(feature, each, chosen.get(each, Setting.DEFAULT), rollouts) for each in tenant_ids}
    return {
        tenant_id: {surface: _vetoed(work, feature, decided(facts, surface, work.now)) for surface in Surface}
        for tenant_id, facts in known.items()
    }


def states(work: Work, tenant_id: str, feature: str = EMAIL_PASSCODE) -> dict[Surface, SurfaceState]:
    """The decision for each surface, an operator's veto included."""
    return states_of(work, (tenant_id,), feature)[tenant_id]


def state(work: Work, tenant_id: str, surface: Surface, feature: str = EMAIL_PASSCODE) -> SurfaceState:
    return states(work, tenant_id, feature)[surface]


def of_invitation(work: Work, row: Any) -> SurfaceState:
    """The decision for an invitation's surface, from the facts that were read along with it."""
    surface = Surface(row.surface)
    stage, setting = Stage(row.stage or Stage.GA), Setting(row.setting or Setting.DEFAULT)
    on = decide(stage, row.from_at, setting, work.now)
    return _vetoed(work, EMAIL_PASSCODE, SurfaceState(surface, stage, row.from_at, on, on and stage is Stage.PREVIEW))


def _vetoed(work: Work, feature: str, state: SurfaceState) -> SurfaceState:
    if (feature, state.surface) not in work.vetoes:
        return state
    return SurfaceState(state.surface, state.stage, state.from_at, on=False, preview=False)
