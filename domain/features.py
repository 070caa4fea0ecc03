"""Feature stages: is a feature on, for this tenant, on this surface, now? One pure function decides.

stage     setting   →  default            enabled   disabled
off                    off                off       off
preview                off                on        off
ga                     on from its date   on        off
"""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from domain.views import FeatureFacts, FeatureView, RolloutView, Setting, Stage, Surface, SurfaceState
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
    return facts_of(work, (tenant_id,))[tenant_id, feature]


def facts_of(work: Work, tenant_ids: Collection[str | None]) -> dict[tuple[str | None, str], FeatureFacts]:
    """By tenant and feature: two queries, however many there are."""
    rollouts: dict[str, tuple[RolloutView, ...]] = {}
    for row in work.all(rows.ROLLOUTS_OF_ALL):
        mine = RolloutView(row.feature, Surface(row.surface), Stage(row.stage), row.from_at)
        rollouts[row.feature] = (*rollouts.get(row.feature, ()), mine)
    named = [each for each in tenant_ids if each]
    found = work.all(rows.SETTINGS_OF, {"tenant_ids": named}) if named else ()
    chosen = {(row.tenant_id, row.feature): Setting(row.setting) for row in found}
    return {
        (tenant, feature): FeatureFacts(
            feature, tenant, chosen.get((tenant or "", feature), Setting.DEFAULT), rollouts.get(feature, ())
        )
        for tenant in tenant_ids
        for feature in FEATURES
    }


def states_of(
    work: Work, tenant_ids: Collection[str], feature: str = EMAIL_PASSCODE
) -> dict[str, dict[Surface, SurfaceState]]:
    """The decisions of some tenants, operators' vetoes included."""
    known = facts_of(work, tenant_ids) if tenant_ids else {}
    return {each: _states(work, known[each, feature]) for each in tenant_ids}


def _states(work: Work, known: FeatureFacts) -> dict[Surface, SurfaceState]:
    return {surface: _vetoed(work, known.feature, decided(known, surface, work.now)) for surface in Surface}


def shown(work: Work, tenant_id: str) -> tuple[FeatureView, ...]:
    """Each feature with the tenant's setting and the decisions that follow from it."""
    found = facts_of(work, (tenant_id,)).values()
    return tuple(FeatureView(each.feature, each.setting, tuple(_states(work, each).values())) for each in found)


def states(work: Work, tenant_id: str, feature: str = EMAIL_PASSCODE) -> dict[Surface, SurfaceState]:
    """The decision for each surface, an operator's veto included."""
    return states_of(work, (tenant_id,), feature)[tenant_id]


def state(work: Work, tenant_id: str, surface: Surface, feature: str = EMAIL_PASSCODE) -> SurfaceState:
    return states(work, tenant_id, feature)[surface]


def of_invitation(work: Work, row: Any) -> SurfaceState:
    """The decision for an invitation's surface, from the facts that were read along with it."""
    surface, stage, setting = _named(row.surface, row.stage or Stage.GA, row.setting or Setting.DEFAULT)
    on = decide(stage, row.from_at, setting, work.now)
    return _vetoed(work, EMAIL_PASSCODE, SurfaceState(surface, stage, row.from_at, on, on and stage is Stage.PREVIEW))


@lru_cache(64)
def _named(surface: str, stage: str, setting: str) -> tuple[Surface, Stage, Setting]:
    return Surface(surface), Stage(stage), Setting(setting)


def _vetoed(work: Work, feature: str, state: SurfaceState) -> SurfaceState:
    if (feature, state.surface) not in work.vetoes:
        return state
    return SurfaceState(state.surface, state.stage, state.from_at, on=False, preview=False)
