"""What is asked with every delivery is found by an index, so that it costs the same however much there is."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from outbox.worker import LANES
from storage import audit, outbox, workspaces
from storage.plain import Compiled

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def plan(file: Path, compiled: Compiled) -> list[str]:
    driver = sqlite3.connect(file)
    rows = driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", [1] * compiled.text.count("?")).fetchall()
    driver.close()
    return [row[3] for row in rows]


def test_a_timeline_is_found_by_its_invitation_and_not_among_all_events_of_the_tenant(sqlite_template: Path) -> None:
    values: dict[str, Any] = {"tenant_id": "t", "invitation_ids": ["i"]}
    steps = plan(sqlite_template, Compiled(audit.TIMELINE, values).spread(audit.TIMELINE, values))
    assert steps[0] == "SEARCH audit_events USING INDEX ix_audit_events_invitation_id (invitation_id=?)"


def test_a_page_of_a_workspace_is_walked_from_its_newest_event_and_not_sorted(sqlite_template: Path) -> None:
    values = {"tenant_id": "t", "before": 1, "most": 11, "workspace": "w", "since": NOW, "until": NOW}
    steps = plan(sqlite_template, Compiled(audit.newest(frozenset({"workspace"})), values))
    index = "ix_audit_events_workspace (tenant_id=? AND workspace_id=? AND sequence<?)"
    assert steps[0] == f"SEARCH audit_events USING INDEX {index}"
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]


def test_a_page_of_a_tenant_is_walked_from_its_newest_event_and_not_sorted(sqlite_template: Path) -> None:
    values = {"tenant_id": "t", "before": 1, "most": 11, "since": NOW, "until": NOW}
    for statement in (audit.newest(frozenset()), audit.export(frozenset())):
        steps = plan(sqlite_template, Compiled(statement, values | {"after": 0}))
        assert steps[0].startswith("SEARCH audit_events USING INDEX sqlite_autoindex_audit_events_1 (tenant_id=? AND")
        assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]


def test_what_somebody_owns_is_found_by_person(sqlite_template: Path) -> None:
    steps = plan(sqlite_template, Compiled(audit.OWNED, {"tenant_id": "t", "person_id": "p"}))
    assert "ix_owners_person (tenant_id=? AND person_id=?)" in steps[0]


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
