"""What is asked with every delivery is found by an index, so that it costs the same however much there is."""

import sqlite3
from pathlib import Path
from typing import Any

from outbox.worker import LANES
from storage import audit, outbox, workspaces
from storage.plain import Compiled


def plan(file: Path, compiled: Compiled) -> list[str]:
    driver = sqlite3.connect(file)
    rows = driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", [1] * compiled.text.count("?")).fetchall()
    driver.close()
    return [row[3] for row in rows]


def test_a_timeline_is_found_by_its_invitation_and_not_among_all_events_of_the_tenant(sqlite_template: Path) -> None:
    values: dict[str, Any] = {"tenant_id": "t", "invitation_ids": ["i"]}
    steps = plan(sqlite_template, Compiled(audit.TIMELINE, values).spread(audit.TIMELINE, values))
    assert steps[0] == "SEARCH audit_events USING INDEX ix_audit_events_invitation_id (invitation_id=?)"


def test_due_rows_are_found_by_their_lane_and_time_and_not_among_all_rows(sqlite_template: Path) -> None:
    lanes = tuple((lane.channel, lane.priority) for lane in LANES)
    steps = [step for step in plan(sqlite_template, Compiled(outbox.claim(lanes), {})) if "outbox" in step]
    found = "SEARCH outbox USING INDEX ix_outbox_due (channel=? AND priority=? AND due_at<?)"
    assert steps.count(found) == len(LANES)
    assert all(step.startswith("SEARCH") for step in steps)


def test_the_readers_of_a_card_are_found_by_their_ids_and_not_among_all_people_of_the_tenant(
    sqlite_template: Path,
) -> None:
    values: dict[str, Any] = {"tenant_id": "t", "person_ids": ["p", "q"], "most": 60}
    admins = Compiled(workspaces.PEOPLE_IN_TEAMS, values).spread(workspaces.PEOPLE_IN_TEAMS, values)
    owners = Compiled(workspaces.OWNERS_IN_TEAMS, {"tenant_id": "t", "workspace_id": "w", "most": 60})
    steps = [step for each in (admins, owners) for step in plan(sqlite_template, each) if "people" in step]
    assert steps == ["SEARCH people USING INDEX sqlite_autoindex_people_1 (tenant_id=? AND person_id=?)"] * 2
