"""What is asked with every delivery is found by an index, so that it costs the same however much there is."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import CompoundSelect, Delete, Select, Update

import storage
from outbox.worker import LANES
from storage import audit, outbox, workspaces
from storage.plain import Compiled
from storage.sqlite_driver import SPELLING, connect

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NO_QUERIES = {"migrations", "migrating"}
WALKS = {
    "a part that others are made of": (
        "bulks.FACTS", "form.FACTS", "guests.SESSION_ROWS", "invitations.FACTS_OF_ALL",
    ),
    "a command or a page of settings, about all of the tenant": (
        "approvals.LISTED", "audit.HEADS", "blocks.NUMBER", "blocks.PAGE", "bulks.IN_TENANT", "bulks.SOMEBODY",
        "bulks.TENANTS", "features.LIVE_GUESTS", "features.LIVE_GUESTS_ON", "features.OPEN_INVITATIONS_ON",
        "inquiries.KNOWN", "inviters.OPEN_IN_TENANT", "policies.ALL", "policies.WORKSPACES_OF",
        "policies.GUEST_ADDRESSES", "policies.OPEN_ADDRESSES", "reliance.GUESTS_IN", "reliance.INVITED",
        "tenant_settings.KNOWN_PEOPLE",
    ),
    "a handful of rows": (
        "consent.PUBLISHED", "features.ROLLOUTS_OF_ALL", "features.SETTINGS_OF", "features.TENANTS_WITH_SETTINGS",
        "sponsors.ADMINS_OF", "workspaces.ADMINS_OF", "workspaces.CLAIMED_TENANTS", "workspaces.FORGET_CLAIMS",
        "workspaces.LIVE_CLAIM", "factor_resets.WAITING", "factor_resets.OF_GUEST", "inviters.ROLES",
        "identities.WITH_PROVIDERS",
    ),
    "ends with the first row": ("notices.ANY_CHAT", "notices.REACHABLE"),
    "once a day or an hour, for all": (
        "reviews.INACTIVE", "reviews.UNSPONSORED", "reviews.UNATTESTED", "reviews.CANCEL_QUESTIONS",
        "reviews.END_OFFERS", "erasing.STALE_LINES", "erasing.STALE_APPROVALS",
    ),
    "once in a guest's or a chat's life": (
        "consent.ACCEPTED", "erasing.ANSWERS", "erasing.BULK_ROW", "erasing.BY_ADDRESS", "erasing.DRAFTED",
        "erasing.OUTBOX_PROBLEMS", "erasing.REQUEST", "erasing.WANTED", "notices.CLOSE_ALL", "notices.FORGET_CHAT",
    ),
    "the operator's metrics, and the start": ("outbox.STATE", "outbox.TAKE_BACK"),
}  # fmt: skip
"""What looks at all of a table, or at all that a tenant has in it, and why that may be."""


def plan(file: Path, compiled: Compiled) -> list[str]:
    driver = connect(file)
    rows = driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", [1] * compiled.text.count("?")).fetchall()
    driver.close()
    return [row[3] for row in rows]


def test_a_timeline_is_found_by_its_invitation_and_not_among_all_events_of_the_tenant(sqlite_template: Path) -> None:
    values: dict[str, Any] = {"tenant_id": "t", "invitation_ids": ["i"]}
    steps = plan(sqlite_template, Compiled(audit.TIMELINE, values, SPELLING).spread(audit.TIMELINE, values))
    assert steps[0] == "SEARCH audit_events USING INDEX ix_audit_events_invitation_id (invitation_id=?)"


def test_a_page_of_a_workspace_is_walked_from_its_newest_event_and_not_sorted(sqlite_template: Path) -> None:
    values = {"tenant_id": "t", "before": 1, "most": 11, "workspace": "w", "since": NOW, "until": NOW}
    steps = plan(sqlite_template, Compiled(audit.newest(frozenset({"workspace"})), values, SPELLING))
    index = "ix_audit_events_workspace (tenant_id=? AND workspace_id=? AND sequence<?)"
    assert steps[0] == f"SEARCH audit_events USING INDEX {index}"
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]


def test_a_page_of_a_tenant_is_walked_from_its_newest_event_and_not_sorted(sqlite_template: Path) -> None:
    values = {"tenant_id": "t", "before": 1, "most": 11, "since": NOW, "until": NOW}
    for statement in (audit.newest(frozenset()), audit.export(frozenset())):
        steps = plan(sqlite_template, Compiled(statement, values | {"after": 0}, SPELLING))
        assert steps[0].startswith("SEARCH audit_events USING INDEX sqlite_autoindex_audit_events_1 (tenant_id=? AND")
        assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]


def test_what_somebody_owns_is_found_by_person(sqlite_template: Path) -> None:
    steps = plan(sqlite_template, Compiled(audit.OWNED, {"tenant_id": "t", "person_id": "p"}, SPELLING))
    assert "ix_owners_person (tenant_id=? AND person_id=?)" in steps[0]


def test_due_rows_are_found_by_their_lane_and_time_and_not_among_all_rows(sqlite_template: Path) -> None:
    lanes = tuple((lane.channel, lane.priority) for lane in LANES)
    steps = [step for step in plan(sqlite_template, Compiled(outbox.claim(lanes), {}, SPELLING)) if "outbox" in step]
    found = "SEARCH outbox USING INDEX ix_outbox_due (channel=? AND priority=? AND due_at<?)"
    assert steps.count(found) == len(LANES)
    assert all(step.startswith("SEARCH") for step in steps)


def test_the_readers_of_a_card_are_found_by_their_ids_and_not_among_all_people_of_the_tenant(
    sqlite_template: Path,
) -> None:
    values: dict[str, Any] = {"tenant_id": "t", "person_ids": ["p", "q"], "most": 60}
    admins = Compiled(workspaces.PEOPLE_IN_TEAMS, values, SPELLING).spread(workspaces.PEOPLE_IN_TEAMS, values)
    owners = Compiled(workspaces.OWNERS_IN_TEAMS, {"tenant_id": "t", "workspace_id": "w", "most": 60}, SPELLING)
    steps = [step for each in (admins, owners) for step in plan(sqlite_template, each) if "people" in step]
    assert steps == ["SEARCH people USING INDEX sqlite_autoindex_people_1 (tenant_id=? AND person_id=?)"] * 2


def statements() -> Iterator[tuple[str, Any]]:
    """Every statement that storage has a name for, by the first of its names."""
    known: set[int] = set()
    names = sorted(each.name for each in pkgutil.iter_modules(storage.__path__) if each.name not in NO_QUERIES)
    for module in names:
        for name, found in vars(importlib.import_module(f"storage.{module}")).items():
            own = isinstance(found, (Select, CompoundSelect, Update, Delete)) and not name.startswith("_")
            if own and id(found) not in known:
                known.add(id(found))
                yield f"{module}.{name}", found


def written(statement: Any) -> str:
    """As SQLite is given it, lists with one element."""
    compiled: Any = statement.compile(dialect=SPELLING.dialect)
    given = {name: bind.value for name, bind in compiled.binds.items()}
    given |= {bind.key: ["x"] for bind in compiled.post_compile_params}
    return str(compiled.construct_expanded_state(given).statement)


WHOLE = re.compile(r"SCAN (?!CONSTANT)|SEARCH \w+ USING (COVERING )?INDEX \w+ \(tenant_id=\?\)$")
"""All of a table, or all that a tenant has in it."""
ONE_OF_TENANT = re.compile(r"(tenants|policies|audit_heads)_1 \(tenant_id=\?\)$")
"""There is one row of a tenant."""


def test_what_walks_through_a_table_or_a_tenant_is_known(sqlite_template: Path) -> None:
    found: set[str] = set()
    driver = connect(sqlite_template)
    for name, statement in statements():
        text = written(statement)
        rows = driver.execute(f"EXPLAIN QUERY PLAN {text}", [1] * text.count("?")).fetchall()
        steps = [row[3].removesuffix(" LEFT-JOIN") for row in rows]
        if any(WHOLE.match(step) and not ONE_OF_TENANT.search(step) for step in steps):
            found.add(name)
    driver.close()
    assert found == {name for names in WALKS.values() for name in names}


def test_no_query_within_another_multiplies_tables_that_nothing_joins() -> None:
    """What a query means to ask of the row outside it is asked of every row, if it names that row's table itself."""
    twice = re.compile(r"FROM ((?:\w+(?: AS \w+)?, )+\w+(?: AS \w+)?)")
    found = {(name, among[1]) for name, statement in statements() for among in twice.finditer(written(statement))}
    assert {among for _, among in found} == {"guests, identities"}  # joined by the guest's id
